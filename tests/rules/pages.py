"""The pages of the rules: their sections, their examples, and what xlcfg finds in those."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from xlcfg.docs import examples
from xlcfg.docs.examples import findings
from xlcfg.report.explain import contributed
from xlcfg.rules._index import CODES

__all__ = ["findings"]

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
    return examples.sections(page_module(code).__doc__ or "")


def block(code: str, section: str) -> str:
    """The indented lines of a section, without their indentation."""
    return examples.block(page_module(code).__doc__ or "", section)


def xen_of(config: str) -> tuple[str, str]:
    """The release ("" when it is not said) and architecture of `# xlcfg: --xen 4.14 --arch ...`."""
    return examples.chosen(config)[:2]


def found(config: str, *, boot: bool = False) -> set[str]:
    """The codes found in a config or a command line."""
    return {finding.code for finding in findings(config, boot=boot)}
