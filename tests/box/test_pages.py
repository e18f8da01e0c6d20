"""The pages of the rules about created domains: each error names who refuses, and quotes the words.

What is quoted stands in a recorded refusal that the rule gives an error to, and who is named is the
layer of that record.
"""

from __future__ import annotations

import re
from functools import cache

import pytest
from box import records, verdicts
from rules.pages import DOMAIN_CODES, page_module, sections

from xlcfg.rules import build

ERRORS = [c for c in DOMAIN_CODES if "error" in build.values(page_module(c), "SEVERITY")]
#: layers, and how pages call them
CALLED = {
    "xl": r"\bxl\b",
    "libxl": r"\blibxl\b",
    "hypervisor": r"\bXen\b",
    "builder": r"\bbuilder\b|\bbuild",
    "qemu": r"\bQEMU\b",
    "hotplug": r"\bhotplug script\b",
    "bootloader": r"\bbootloader",
}
#: words that the records lack: why
NOT_RECORDED = {
    "XD203": "of a hotplug script the exit is recorded, its own words are not",
    "XD256": "of a hotplug script the exit is recorded, its own words are not",
    "XD404": "no host of the box has trace buffers, so that all are refused by XD408",
    "XD406": "xl says something else before",
}


def plain(text: str) -> str:
    """Text in one line, with one sort of quotation marks inside it."""
    return " ".join(text.split()).replace("'", '"')


@cache
def refusals() -> dict[str, list[records.Result]]:
    """Every recorded refusal by the codes of the errors that xlcfg gives it."""
    cases = records.cases()
    found: dict[str, list[records.Result]] = {}
    for release in records.RELEASES:
        for result in records.results(release).values():
            for with_host in (False, True):
                if result.rc != 0:
                    for error in verdicts.errors(cases[result.case], release, with_host):
                        found.setdefault(error.partition(":")[0], []).append(result)
    return found


@pytest.mark.parametrize("code", ERRORS)
def test_a_page_names_the_layer_and_quotes_its_words(code: str) -> None:
    why = plain(sections(code)["Why"])
    quoted = [part for part in re.split(r'"(?=[^\w]|$)|(?<![\w"])"', why)[1::2] if len(part) > 8]
    assert quoted, "nothing is quoted"
    assert any(re.search(words, why) for words in CALLED.values())
    seen = refusals().get(code, [])
    if code in NOT_RECORDED:
        return
    said = [r for r in seen if any(part in plain(r.message) for part in quoted)]
    assert said, (quoted, sorted({r.message for r in seen}))
    assert all(re.search(CALLED[r.layer], why) for r in said), {r.layer for r in said}


def test_what_is_not_recorded_really_is_not() -> None:
    for code in NOT_RECORDED:
        why = plain(sections(code)["Why"])
        said = [plain(r.message) for r in refusals().get(code, [])]
        quoted = re.findall(r'"([^"]{9,})"', why)
        assert not any(part in message for part in quoted for message in said), code
