"""What a person is told: every template fills with the facts the engine gives."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from random import Random
from string import Formatter

import pytest
from engine.generator import config
from engine.trees import render

import xlcfg.model.xl
from xlcfg.core.host import Host
from xlcfg.model.settings import Settings
from xlcfg.model.xl import read
from xlcfg.rules._index import CODES
from xlcfg.rules._index import KINDS as OWNERS
from xlcfg.rules.reading import outcome_words
from xlcfg.syntax.guest import read_guest

_PACKAGE = Path(xlcfg.model.xl.__file__).parents[2]
SOURCES = sorted([*(_PACKAGE / "model").rglob("*.py"), *(_PACKAGE / "source/uboot").rglob("*.py")])
#: kind: message and help, of all that the models note
KINDS = {kind: import_module(CODES[code][0]).KINDS[kind] for kind, code in OWNERS.items()}
#: kinds of outcome; those of boot lines have other facts
OUTCOMES = {kind: words for kind, words in KINDS.items() if not kind.startswith("boot.")}
#: there is nothing to write instead
NO_HELP = ("boot.wrapped",)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_messages_read_well(kind: str) -> None:
    for template in KINDS[kind]:
        if not template:
            assert kind in NO_HELP
            continue
        assert template == template.strip()
        assert "\n" not in template
        assert not template.endswith(".")
        assert template.count("`") % 2 == 0
        # lower case, but for names: VNC, PV, Xen
        first = template.split()[0]
        assert first[0] in '`{"' or first[0].islower() or first.isupper() or first == "Xen"


def test_every_template_is_given_its_facts() -> None:
    """Facts are keyword arguments of the call that says the kind, so their names are near it."""
    code = "\n".join(path.read_text() for path in SOURCES)
    for kind, templates in OUTCOMES.items():
        wanted = {field for t in templates for _, field, _, _ in Formatter().parse(t)}
        wanted -= {None, "key"}
        for fact in wanted - {"text"}:
            assert re.search(rf'\b{fact}=|"{fact}":', code), (kind, fact)


@pytest.mark.parametrize("release", ["4.9", "4.14", "4.17", "4.22"])
@pytest.mark.parametrize("host", [None, Host(cpus=4)])
def test_what_is_said_about_random_configs_fills_in(release: str, host: Host | None) -> None:
    random = Random(f"{release}{host is None}")
    for _ in range(400):
        settings = Settings(read_guest(render(config(random)).decode("latin-1")))
        for arch in ("x86_64", "arm64"):
            for outcome in read(settings, release, arch, host).outcomes:
                if outcome.kind in OWNERS:
                    assert all(outcome_words(outcome))
