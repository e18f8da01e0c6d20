"""The pages of the toolstacks' rules are true: the example has the finding, the fix has not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from plugins.toolstacks import LATER, linter, reports

from xlcfg.report.explain import contributed, page

RULES: dict[str, Any] = {
    code: rule for code, rule in contributed().items() if code[:2] in ("LV", "DT", "XA", "IB")
}


def blocks(doc: str) -> dict[str, str]:
    parts = re.split(r"^(.+)\n-{3,}$", doc, flags=re.MULTILINE)
    return {
        parts[i].strip(): "\n".join(line[4:] for line in parts[i + 1].strip("\n").splitlines())
        for i in range(1, len(parts), 2)
    }


def found(text: str, release: str = "4.20") -> set[str]:
    return {d.code for report in reports(text + "\n", release=release) for d in report.diagnostics}


def test_every_toolstack_has_rules() -> None:
    assert {code[:2] for code in RULES} == {"LV", "DT", "XA", "IB"}


@pytest.mark.parametrize("code", sorted(RULES))
def test_example_is_found_and_fix_is_not(code: str) -> None:
    parts = blocks(RULES[code].__doc__)
    assert {"What it does", "Why", "Example", "Fix"} <= set(parts)
    release = LATER.get(code, "4.20")
    assert code in found(parts["Example"], release)
    assert found(parts["Fix"], release) - {"RS002"} == set()  # a note about the policy itself


@pytest.mark.parametrize("code", sorted(RULES))
def test_explain_finds_the_page(code: str) -> None:
    text = page(code)
    assert text is not None
    assert text.startswith(f"{code} ({RULES[code].NAME})")


def test_xl_guests_do_not_bring_the_toolstacks_in() -> None:
    from xlcfg.checks.guest import check_source
    from xlcfg.core.source import Source

    run = linter()
    check_source(Source("a.cfg", b'name = "a"\nkernel = "/k"\n'), run)
    assert [m.__name__ for m in run.hooks.builtins()] == ["xlcfg.builtin", "xlcfg_xl.plugin"]
