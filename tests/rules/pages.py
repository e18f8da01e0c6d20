"""The pages of the rules: their sections, their examples, and what xlcfg finds in those."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from typing import Any

from support import make_linter
from xlcfg.catalogue import newest_release
from xlcfg.checks.file import check_any
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.report.explain import contributed
from xlcfg.rules._index import CODES
from xlcfg.run import check_boot
from xlcfg.syntax.cmdline import read_boot

#: the pages about names and values: what the real xl can be asked about
XL_CODES = [c for c, page in sorted(CODES.items()) if ".xl." in page[0] or ".keys." in page[0]]
#: the pages about what refuses a domain that xl has created
DOMAIN_CODES = [c for c, page in sorted(CODES.items()) if ".domain." in page[0]]
CROSS_FILE_CODES = [c for c, page in sorted(CODES.items()) if ".cross_file." in page[0]]
#: the pages about traces and runs, whose examples are no configs
RUN_CODES = [
    c
    for c, p in sorted(CODES.items())
    if c.startswith("XH1") or ".replay." in p[0] or ".inputs." in p[0] or ".plugins." in p[0]
]


def page_module(code: str) -> Any:
    """The file of a rule, those of the toolstacks too."""
    return import_module(CODES[code][0]) if code in CODES else contributed()[code]


def sections(code: str) -> dict[str, str]:
    """The text under each underlined heading of a page."""
    doc = page_module(code).__doc__ or ""
    parts = re.split(r"^(.+)\n-{3,}$", doc, flags=re.MULTILINE)
    return {parts[i].strip(): parts[i + 1] for i in range(1, len(parts), 2)}


def block(code: str, section: str) -> str:
    """The indented lines of a section, without their indentation."""
    text = sections(code)[section]
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ") or not line.strip()]
    config = "\n".join(lines).strip("\n") + "\n"
    # What a page cannot show as it is: a file that ends without a newline, control characters, and
    # lists nested deeper than anybody wants to read.
    config = config.replace("␄\n", "").replace("[…]", "[" * 5000 + "]" * 5000)
    return config.translate({0x2400 + code: code for code in range(32)} | {0x2421: 0x7F})


_DECLARED = re.compile(r'# \.xlcfg\.toml: type = "(\w+)"\n')


def xen_of(config: str) -> tuple[str, str]:
    """The release ("" when it is not said) and architecture of `# xlcfg: --xen 4.14 --arch ...`."""
    return _said(config)[:2]


def _said(config: str) -> tuple[str, str, str]:
    """Release, architecture and kind of file that the first line of an example chooses."""
    release, arch, kind = "", "x86_64", ""
    first = re.match(r"# xlcfg: (.*)", config)
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
    return release, arch, kind


def findings(config: str, release: str = "", *, boot: bool = False) -> list[Diagnostic]:
    """What xlcfg finds in a config or a command line, for its own release or the given one."""
    named, arch, kind = _said(config)
    linter = make_linter(release or named or newest_release(), arch, Hooks(plugins=False))
    if boot:
        line = re.sub(r"^# xlcfg: .*\n", "", config).strip("\n")
        linter.target = linter.target.replace(boot=read_boot(line))
        return check_boot(linter).diagnostics
    declared = _DECLARED.match(config)
    linter.target = linter.target.replace(guest_type=declared[1] if declared else "")
    source = Source("x.cfg", config.encode())
    source.kind = kind
    return [d for report in check_any(source, linter) for d in report.diagnostics]


def found(config: str, *, boot: bool = False) -> set[str]:
    """The codes found in a config or a command line."""
    return {finding.code for finding in findings(config, boot=boot)}
