"""`xlcfg explain`: the page of a code is the docstring of the module named after it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from xlcfg.hooks import Hooks
from xlcfg.report.links import url
from xlcfg.rules._index import CODES


def about(code: str, rules: Iterable[Any] | None = None) -> tuple[str, str, str] | None:
    """Name, one line and page (Markdown) of a code, or None when no rule has it."""
    if code in CODES:
        module, name, summary = CODES[code]
        doc = import_module(module).__doc__
    else:
        rule = contributed(rules).get(code)
        if rule is None:
            return None
        name, summary, doc = rule.NAME, rule.SUMMARY, rule.__doc__
    return name, summary, textwrap.dedent(doc or "").strip()


def page(code: str) -> str | None:
    """What a terminal shows of a code (or of a rule's name), or None when no rule has it."""
    names = {name: code for code, (_, name, _) in CODES.items()}
    code = names.get(code.lower(), code.upper())
    found = about(code)
    if found is None:
        return None
    name, _, text = found
    head = f"{code} ({name})"
    address = url(code)
    online = f"\n{address}\n" if address else ""
    return f"{head}\n{'=' * len(head)}\n\n{_narrow(text)}\n{online}"


def _narrow(text: str) -> str:
    """A page with its prose in the 80 columns of a terminal; examples stay as they are."""
    out: list[str] = []
    prose: list[str] = []
    lines = [*text.splitlines(), ""]
    for number, line in enumerate(lines):
        title = lines[number + 1 : number + 2] == ["-" * len(line)]
        if line.strip() and line[:4] != "    " and set(line) != {"-"} and not title:
            prose.append(line.strip())
            continue
        out += textwrap.wrap(" ".join(prose), 79, break_long_words=False, break_on_hyphens=False)
        prose = []
        out.append(line)
    return "\n".join(out[:-1])


def section(page: str, title: str) -> str:
    """The text of one section of a rule's page; "" when it has none of that title."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?:\n\n[^\n]+\n---|\Z)", page, re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else ""


def index() -> str:
    """Every code with its one line."""
    lines = [f"{code}  {name}: {summary}\n" for code, (_, name, summary) in CODES.items()]
    lines += [
        f"{code}  {rule.NAME}: {rule.SUMMARY}\n" for code, rule in sorted(contributed().items())
    ]
    return "".join(lines)


def contributed(rules: Iterable[Any] | None = None) -> dict[str, Any]:
    """The rules of the other toolstacks and of plugins, by code: those of `rules`, else of all."""
    if rules is None:
        hooks = Hooks()
        hooks.load_all()
        rules = [rule for answer in hooks.all("xlcfg_rules") for rule in answer]
    return {rule.CODE: rule for rule in rules if len(rule.CODE) == 5 and rule.CODE not in CODES}
