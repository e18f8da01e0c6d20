"""Every rule's page is true: its example has the finding, its fix has not."""

from __future__ import annotations

import re
import shlex
from importlib import import_module

import pytest

from xlcfg.catalogue import newest_release
from xlcfg.check import Context, check_source
from xlcfg.hooks import Hooks
from xlcfg.rules import codes
from xlcfg.source import Source

SECTIONS = ("What it does", "Why", "Example", "Fix")


def sections(doc: str) -> dict[str, str]:
    """The text under each underlined heading of a docstring."""
    parts = re.split(r"^(.+)\n-{3,}$", doc, flags=re.MULTILINE)
    return {parts[i].strip(): parts[i + 1] for i in range(1, len(parts), 2)}


def block(text: str) -> str:
    """The indented lines of a section, without their indentation."""
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ") or not line.strip()]
    return "\n".join(lines).strip("\n") + "\n"


def found(config: str) -> set[str]:
    """The codes found in a config; its first line may choose the Xen: `# xlcfg: --xen 4.14`."""
    release, arch = newest_release(), "x86_64"
    first = re.match(r"# xlcfg: (.*)", config)
    if first:
        words = shlex.split(first[1])
        for option, value in zip(words[::2], words[1::2], strict=True):
            if option == "--xen":
                release = value
            elif option == "--arch":
                arch = value
            else:
                raise AssertionError(f"unknown option {option} in an example")
    context = Context(release, arch, Hooks(plugins=False))
    return {d.code for d in check_source(Source("x.cfg", config.encode()), context).diagnostics}


GUEST_CODES = [
    code for code, module in sorted(codes().items()) if module.split(".")[2] in ("keys", "runstate")
]


@pytest.mark.parametrize("code", sorted(codes()))
def test_page_has_every_section(code: str) -> None:
    module = import_module(codes()[code])
    assert module.CODE == code
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", module.NAME)
    assert module.SUMMARY
    assert set(SECTIONS) <= set(sections(module.__doc__ or ""))


@pytest.mark.parametrize("code", GUEST_CODES)
def test_example_is_found_and_fix_is_not(code: str) -> None:
    parts = sections(import_module(codes()[code]).__doc__ or "")
    assert code in found(block(parts["Example"]))
    assert code not in found(block(parts["Fix"]))
