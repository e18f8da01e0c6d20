"""The examples on the pages of rules: taken from their sections, and checked."""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from typing import NamedTuple

from xlcfg import catalogue
from xlcfg.checks.file import check_any
from xlcfg.checks.linter import Linter
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.host import host_of
from xlcfg.model.target import Target
from xlcfg.run import check_boot
from xlcfg.syntax.cmdline import read_boot

_HOST = re.compile(r"# host\.json: (\{.*\})\n")
_DECLARED = re.compile(r'# \.xlcfg\.toml: type = "(\w+)"\n')


class Chosen(NamedTuple):
    """What the first line of an example chooses, as in `# xlcfg: --xen 4.14 --arch arm64`.

    `release` is "" where none is said.
    """

    release: str = ""
    arch: str = "x86_64"
    kind: str = ""


def sections(page: str) -> dict[str, str]:
    """The text under each underlined heading of a page."""
    parts = re.split(r"^(.+)\n-{3,}$", page, flags=re.MULTILINE)
    return {parts[i].strip(): parts[i + 1] for i in range(1, len(parts), 2)}


def block(page: str, section: str) -> str:
    """The indented lines of a section, without their indentation."""
    text = sections(page)[section]
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ") or not line.strip()]
    config = "\n".join(lines).strip("\n") + "\n"
    # What a page cannot show as it is: a file that ends without a newline, control characters, and
    # lists nested deeper than anybody wants to read.
    config = config.replace("␄\n", "").replace("[…]", "[" * 5000 + "]" * 5000)
    return config.translate({0x2400 + code: code for code in range(32)} | {0x2421: 0x7F})


def chosen(config: str) -> Chosen:
    """What an example chooses; ValueError for an option that examples do not have."""
    first = re.match(r"# xlcfg: (.*)", config)
    words = shlex.split(first[1]) if first else []
    given = dict(zip(words[::2], words[1::2], strict=True))
    if not given.keys() <= {"--xen", "--arch", "--kind"}:
        raise ValueError(f"unknown option in an example: {first and first[1]}")
    return Chosen(given.get("--xen", ""), given.get("--arch", "x86_64"), given.get("--kind", ""))


def findings(config: str, release: str = "", *, boot: bool = False) -> list[Diagnostic]:
    """What xlcfg finds in a config or a boot line, for its own release or the given one."""
    about = chosen(config)
    target = Target(release or about.release or catalogue.newest_release(), about.arch)
    linter = Linter(target, _hooks())
    if boot:
        line = re.sub(r"^# xlcfg: .*\n", "", config).strip("\n")
        linter.target = target.replace(boot=read_boot(line))
        return check_boot(linter).diagnostics
    described = _HOST.search(config)
    if described:
        target = target.replace(host=host_of(json.loads(described[1]), "host.json"))
    declared = _DECLARED.match(config)
    linter.target = target.replace(guest_type=declared[1] if declared else "")
    source = Source("x.cfg", config.encode())
    source.kind = about.kind
    return [d for report in check_any(source, linter) for d in report.diagnostics]


@cache
def _hooks() -> Hooks:
    return Hooks(plugins=False)


def releases(code: str, page: str, *, boot: bool) -> list[str]:
    """The releases for which a page's example has its finding, the oldest first."""
    example = block(page, "Example")
    return [
        release
        for release in catalogue.releases()
        if any(one.code == code for one in findings(example, release, boot=boot))
    ]
