"""Every rule's page is true: its example has the finding, its fix has not."""

from __future__ import annotations

import re
import shlex
from importlib import import_module

import pytest

from xlcfg.catalogue import newest_release
from xlcfg.check import Context, check_any, check_boot, read_boot
from xlcfg.hooks import Hooks
from xlcfg.model.cmdline import KINDS as BOOT_KINDS
from xlcfg.model.xl.kinds import KINDS as GUEST_KINDS
from xlcfg.model.xl_conf import KINDS as CONF_KINDS
from xlcfg.rules import build
from xlcfg.rules._index import CODES, KINDS
from xlcfg.rules.reading import SEVERITY
from xlcfg.source import Source

KIND_TABLE = {**GUEST_KINDS, **CONF_KINDS}
SECTIONS = ("What it does", "Why", "Example", "Fix")


def sections(doc: str) -> dict[str, str]:
    """The text under each underlined heading of a docstring."""
    parts = re.split(r"^(.+)\n-{3,}$", doc, flags=re.MULTILINE)
    return {parts[i].strip(): parts[i + 1] for i in range(1, len(parts), 2)}


def block(text: str) -> str:
    """The indented lines of a section, without their indentation."""
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ") or not line.strip()]
    config = "\n".join(lines).strip("\n") + "\n"
    # What a page cannot show as it is: a file that ends without a newline, control characters, and
    # lists nested deeper than anybody wants to read.
    config = config.replace("␄\n", "").replace("[…]", "[" * 5000 + "]" * 5000)
    return config.translate({0x2400 + code: code for code in range(32)} | {0x2421: 0x7F})


def found(example: str, *, boot: bool = False) -> set[str]:
    """The codes found in a config or, with `boot`, in a command line.

    The first line may choose the Xen and the kind of file: `# xlcfg: --xen 4.14 --kind xl.conf`.
    """
    release, arch, kind = newest_release(), "x86_64", ""
    first = re.match(r"# xlcfg: (.*)\n", example)
    if first:
        words = shlex.split(first[1])
        for option, value in zip(words[::2], words[1::2], strict=True):
            if option == "--xen":
                release = value
            elif option == "--arch":
                arch = value
            elif option == "--kind":
                kind = value
            else:
                raise AssertionError(f"unknown option {option} in an example")
    context = Context(release, arch, Hooks(plugins=False))
    if boot:
        line = example[first.end() :] if first else example
        context.boot = read_boot(line.strip("\n"))
        return {d.code for d in check_boot(context).diagnostics}
    source = Source("x.cfg", example.encode())
    source.kind = kind
    return {d.code for d in check_any(source, context).diagnostics}


@pytest.mark.parametrize("code", sorted(CODES))
def test_page_has_every_section(code: str) -> None:
    module = import_module(CODES[code][0])
    assert code == module.CODE
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", module.NAME)
    assert module.SUMMARY
    assert set(SECTIONS) <= set(sections(module.__doc__ or ""))


@pytest.mark.parametrize("code", sorted(CODES))
def test_example_is_found_and_fix_is_not(code: str) -> None:
    boot = ".boot." in CODES[code][0]
    parts = sections(import_module(CODES[code][0]).__doc__ or "")
    assert code in found(block(parts["Example"]), boot=boot)
    assert code not in found(block(parts["Fix"]), boot=boot)


def test_everything_said_about_boot_words_has_a_code() -> None:
    assert {f"boot.{kind}" for kind in BOOT_KINDS} == {k for k in KINDS if k.startswith("boot.")}


def test_the_index_is_what_the_pages_say() -> None:
    assert build.main(["--check"]) == 0


def test_a_code_has_one_severity() -> None:
    severities: dict[str, set[str]] = {}
    for kind, code in KINDS.items():
        if kind.startswith("boot."):
            continue  # an error where that Xen reports the word, a warning where it is silent
        effect = "advice" if KIND_TABLE[kind][0] == "host" else KIND_TABLE[kind][0]
        severities.setdefault(code, set()).add(SEVERITY[effect])
    assert {code: s for code, s in severities.items() if len(s) > 1} == {}
