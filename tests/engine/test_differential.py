"""The engine against the real xl on configs nobody has seen before.

Needs the toolstacks: `sh tests/oracle/setup.sh .cache/releases`.  The seed is fresh
and printed; `XLCFG_FUZZ_SEED` repeats a run.
"""

from __future__ import annotations

import json
import os
import random
import re
import secrets

import diff
import generator
import json_view
import pytest
from trees import Plain, render, settings
from xl_oracle import RELEASES, XlServer

import needs
from xlcfg.model.xl import read


def _server(release: str) -> XlServer:
    needs.require(f"xl-{release}")
    return XlServer(release)


def _seed() -> int:
    seed = int(os.environ.get("XLCFG_FUZZ_SEED") or secrets.randbits(32))
    print(f"XLCFG_FUZZ_SEED={seed}")
    return seed


def _names(pairs: list[tuple[str, Plain]]) -> list[str]:
    return [name.strip("+") for name, _ in pairs]


def _compare(release: str, count: int) -> None:
    chance = random.Random(_seed())
    with _server(release) as server:
        configs = (generator.config(chance) for _ in range(count))
        lines = diff.disagreements(server, release, configs)
    assert not lines, "\n".join(lines[:20])


@pytest.mark.parametrize("release", RELEASES)
def test_refused_exactly_when_xl_refuses(release: str) -> None:
    _compare(release, 1500)


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_refused_exactly_when_xl_refuses_for_long(release: str) -> None:
    _compare(release, 200_000)


@pytest.mark.parametrize("release", RELEASES)
def test_values_are_what_xl_prints(release: str) -> None:
    chance = random.Random(_seed())
    wrong = []
    with _server(release) as server:
        host = diff.host_of(server)
        for _ in range(500):
            pairs = generator.config(chance)
            pairs.append(("uuid", "00000000-0000-0000-0000-0000000000F0"))
            text = render(pairs)
            tree = settings(text)
            reading = read(tree, release, "x86_64", diff.host_for(pairs, host))
            if reading.refused or tree.document.refused:
                continue
            answer = server.create(text)
            printed = json.loads(answer["out"].decode("utf-8", "surrogateescape"))
            wrong += [(pairs, line) for line in json_view.mismatches(reading, printed)]
    assert not wrong


@pytest.mark.parametrize("release", RELEASES)
def test_every_refusal_stands_alone(release: str) -> None:
    """Of several refusals each is certain: xl refuses without the others, too."""
    chance = random.Random(_seed())
    wrong = []
    with _server(release) as server:
        host = diff.host_of(server)
        for _ in range(500):
            pairs = generator.config(chance)
            reading = diff.engine(pairs, release, diff.host_for(pairs, host))
            fatal = {o.key for o in reading.outcomes if o.effect in ("refused", "crash")}
            if len(fatal) < 2:
                continue
            for key in fatal:
                fewer = [p for p in pairs if p[0].strip("+") in (key, *({*_names(pairs)} - fatal))]
                if diff.disagreements(server, release, [fewer]):
                    wrong.append(fewer)
    assert not wrong


#: without these a config is another one: other keys mean something else or are refused
_BASICS = {"name", "type", "builder", "kernel", "vcpus", "maxvcpus", "vnuma"}


def _last_words(server: XlServer, pairs: list[tuple[str, Plain]]) -> tuple[int, str]:
    """How xl ends, and its last message without warnings and line numbers."""
    answer = server.build(render(pairs))
    lines = [
        re.sub(r"x\.cfg:\d+", "x.cfg", line)
        for line in answer["err"].decode("latin-1").splitlines()
        if "warning" not in line.lower() and "info defaults" not in line
    ]
    return answer["rc"], lines[-1] if lines else ""


@pytest.mark.parametrize("release", RELEASES)
def test_xl_stops_at_the_first_refusal(release: str) -> None:
    """What comes later in the engine's order does not change what xl stops at."""
    chance = random.Random(_seed())
    wrong = []
    with _server(release) as server:
        host = diff.host_of(server)
        for _ in range(1500):
            pairs = generator.config(chance)
            if any(name.endswith("+") for name, _ in pairs):
                continue
            outcomes = diff.engine(pairs, release, diff.host_for(pairs, host)).outcomes
            fatal = [o.key for o in outcomes if o.effect in ("refused", "crash")]
            for key in {*fatal} - {*fatal[:1], *_BASICS}:
                fewer = [pair for pair in pairs if pair[0] != key]
                status, words = _last_words(server, pairs)
                status_of_fewer, words_of_fewer = _last_words(server, fewer)
                if status < 0 and status_of_fewer < 0:
                    continue  # what a crash says depends on what its heap holds
                # some notes of xl lack their newline
                if status != status_of_fewer or not words.endswith(words_of_fewer):
                    wrong.append((pairs, fatal[0], key))
    assert not wrong
