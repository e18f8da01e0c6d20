"""Many cases for a box: a new one after a fault, what differs from the records, random rounds."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping

from box import generator, records, verdicts
from box.host import Answer, Box, BoxFault

#: cases about the hotplug scripts; for all others lean ones stand in, which are 8 s and more faster
_REAL_SCRIPTS = ("be-", "bridge-", "col-same", "missing", "script", "disk-home", "vif-")


_OF_EVERY_GUEST = {b"name", b"type", b"kernel", b"memory"}

#: after so many cases in a row without an answer the machine is too slow for any
_ENOUGH = 3


class Round:
    """What came of asking many: how many answered, how many did not, and what differs."""

    def __init__(self) -> None:
        self.count = 0
        self.silent = 0
        self.wrong: list[str] = []


def answers(
    release: str, cases: Mapping[str, bytes], seconds: float = float("inf")
) -> Iterator[tuple[str, Answer | None]]:
    """What becomes of each case, until the time is over.

    After a fault of the box the case is asked again of a new one. A case that gets no answer twice
    has None: the machine is too slow for it. After three such in a row nothing more is asked.
    """
    end = time.monotonic() + seconds
    box: Box | None = None
    silent = 0
    try:
        for name, config in cases.items():
            answer = None
            for _ in range(2):
                if time.monotonic() > end:
                    return
                try:
                    box = box or Box(release)
                    answer = box.create(config, real_scripts=name.startswith(_REAL_SCRIPTS))
                    break
                except (BoxFault, OSError) as fault:
                    print(f"{release} {name}: no answer: {fault}")
                    if box is not None:
                        box.__exit__()
                        box = None
            silent = 0 if answer is not None else silent + 1
            yield name, answer
            if silent == _ENOUGH:
                return
    finally:
        if box is not None:
            box.__exit__()


def _words(message: str) -> str:
    """A message without the lines of Xen's source, which move with every update."""
    return re.sub(r"\.c:\d+:", ".c:", message)


def difference(known: records.Result, found: records.Result) -> str:
    """How what became of a case differs from its record, or ""."""
    if known.rc != found.rc:
        return f"exit code {known.rc} is recorded ({known.message})"
    if (known.layer, _words(known.message)) != (found.layer, _words(found.message)):
        return f"{known.layer}: {known.message} is recorded"
    return ""


def disagreement(config: bytes, release: str, answer: Answer) -> str:
    """How the host's answer and xlcfg's verdict contradict each other, or ""."""
    with_host = verdicts.errors(config, release, with_host=True)
    if answer.rc == 0 and with_host:
        return f"created, but {with_host[0]}"
    if answer.rc != 0 and not with_host and not verdicts.errors(config, release):
        return f"no error, but {answer.layer}: {answer.message}"
    return ""


def recorded_round(release: str, names: Iterable[str], seconds: float) -> Round:
    """Run recorded cases in this order, as far as the time goes, and compare."""
    cases = records.cases()
    known = records.results(release)
    done = Round()
    for name, answer in answers(release, {name: cases[name] for name in names}, seconds):
        if answer is None:
            done.silent += 1
            continue
        done.count += 1
        found = records.Result(name, answer.rc, answer.layer, answer.message)
        if differs := difference(known[name], found):
            done.wrong.append(f"{release} {name}: {answer.layer}: {answer.message}: {differs}")
    return done


def random_round(release: str, chance: random.Random, seconds: float) -> Round:
    """Run new random configs, as far as the time goes; `wrong` is where the verdicts disagree.

    A refusal that open.tsv has under another name is known: it is told by its words, and by the
    settings that its case has beside those of every guest.
    """
    known = _open_refusals()
    cases = {f"random-{n}": generator.config(chance) for n in range(1000)}
    done = Round()
    for name, answer in answers(release, cases, seconds):
        if answer is None:
            done.silent += 1
            continue
        done.count += 1
        said = disagreement(cases[name], release, answer)
        if said and not _is_open(cases[name], answer.message, known):
            done.wrong.append(f"{release}: {said}\n{cases[name].decode()}")
    return done


def _kind(message: str) -> str:
    """The words of a message without its values: which refusal it is."""
    return re.sub(
        r"[0-9a-f]*\d[0-9a-f]*(-[0-9a-f]+)?|'[^']*'|\"[^\"]*\"|/\S+|=\S+", "", _words(message)
    )


def _keys(config: bytes) -> frozenset[bytes]:
    found = re.findall(rb"^(device_model_args|\w+)", config, re.MULTILINE)
    return frozenset(found) - _OF_EVERY_GUEST


def _is_open(config: bytes, message: str, known: Iterable[tuple[str, frozenset[bytes]]]) -> bool:
    """Whether open.tsv has a refusal with these words for settings that the config has as well."""
    return any(words in _kind(message) and keys <= _keys(config) for words, keys in known)


def _open_refusals() -> set[tuple[str, frozenset[bytes]]]:
    """The words of every refusal in open.tsv, and the settings that it is about."""
    cases = records.cases()
    return {
        (words, _keys(cases[entry.case]))
        for release in records.RELEASES
        for known in (records.results(release),)
        for entry in records.opened()
        if release in entry.releases and entry.case in known
        if (words := _kind(known[entry.case].message))
    }
