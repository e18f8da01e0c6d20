"""Hover: what the catalogue says of a key or word, and what a finding means. Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlcfg.catalogue.page import entry_rows, option_data
from xlcfg.lsp.cursor import cursor_at
from xlcfg.lsp.words import entry_keys
from xlcfg.source.kinds import BOOT_KINDS, GUEST, XL_CONF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlcfg.lsp.analysis import Analysis

_CODE = re.compile(r"\b[A-Z]{2}\d{3}\b")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def hover(analysis: Analysis, offset: int) -> tuple[str, int, int] | None:
    """What is known of the thing at a byte offset: Markdown, and the place it is about."""
    parts: list[str] = []
    place: tuple[int, int] | None = None
    text = analysis.source.text
    line_start = text.rfind("\n", 0, offset) + 1
    line_end = text.find("\n", offset)
    line_end = len(text) if line_end < 0 else line_end
    word = _around(_NAME, text, line_start, line_end, offset)
    code = _around(_CODE, text, line_start, line_end, offset)
    if code is not None:
        page = code_markdown(text[slice(*code)])
        if page:
            parts, place = [page], code
    elif word is not None:
        about = _about(analysis, *word)
        if about:
            parts, place = [about], word
    for finding in analysis.findings_at(offset):
        page = code_markdown(finding.code, short=True)
        if page:
            parts.append(page)
            if place is None and finding.start is not None and finding.end is not None:
                place = finding.start, finding.end
    if not parts or place is None:
        return None
    return "\n\n---\n\n".join(parts), *place


def _around(
    pattern: re.Pattern[str], text: str, start: int, end: int, offset: int
) -> tuple[int, int] | None:
    for match in pattern.finditer(text, start, end):
        if match.start() <= offset <= match.end():
            return match.span()
    return None


def _about(analysis: Analysis, start: int, end: int) -> str:
    """What is known of a word: a key, or a word of a device's string."""
    name = analysis.source.text[start:end]
    if analysis.kind != GUEST:
        return key_markdown(analysis, name)
    cursor = cursor_at(analysis.source.text, end)
    if cursor.kind == "key" or (cursor.kind == "value" and not cursor.key):
        return key_markdown(analysis, name) + _in_vain(analysis, name)
    if cursor.kind != "string":
        return ""
    option = analysis.target.catalogue.guest_option(cursor.key)
    if option is None:
        return ""
    before = analysis.source.text[cursor.start : start]
    if before.rsplit(",", 1)[-1].strip():
        return ""
    key = entry_keys(option).get(name)
    return "" if key is None else _entry_markdown(cursor.key, key)


def _in_vain(analysis: Analysis, name: str) -> str:
    """One more row where the key means nothing for this guest."""
    option = analysis.target.catalogue.guest_option(name)
    kind = analysis.guest_type
    if option is None or kind is None or kind in option.guest_types:
        return ""
    why = " by the project's settings" if analysis.declared_type else ""
    return f"\n- No effect here: the guest is {kind.upper()}{why}"


def key_markdown(analysis: Analysis, name: str) -> str:
    """A key of what the text is: description, kind, releases, default, example and link; "" for
    none. In files of boot loaders and device trees, the keys are Xen's boot parameters.
    """
    kind, target = analysis.kind, analysis.target
    place = kind if kind in (GUEST, XL_CONF) else "boot" if kind in BOOT_KINDS else ""
    options = analysis.linter.everything() if place == "boot" else target.catalogue
    for entry in option_data(name, options):
        if entry["place"] == place:
            return entry_markdown(entry, target.release)
    return ""


def entry_markdown(entry: Mapping[str, Any], release: str) -> str:
    """One entry of the catalogue."""
    lines = [f"**{entry['name']}**", "", str(entry.get("description", "")), ""]
    for label, text in entry_rows(entry, release):
        shown = f"<{text}>" if text.startswith("https://") else _plain(text)
        lines.append(f"- {label}: {shown}")
    return "\n".join(lines)


def _entry_markdown(key: str, word: Mapping[str, Any]) -> str:
    lines = [f"**{word['name']}** in `{key}`", "", str(word.get("description", "")), ""]
    lines += [
        f"- {label.capitalize()}: {_plain(str(word[label]))}"
        for label in ("type", "default", "range", "notes")
        if word.get(label)
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text as Markdown that says the same."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", text)


def code_markdown(code: str, *, short: bool = False) -> str:
    """The page of a finding's code, `short` without its examples; "" for no such code."""
    from importlib import import_module

    from xlcfg.rules._index import CODES

    found = CODES.get(code)
    if found is None:
        return ""
    module, name, summary = found
    head = f"**{code}** ({name}): {summary}"
    page = import_module(module).__doc__ or ""
    parts = re.split(r"^(.+)\n-{3,}$", page, flags=re.MULTILINE)
    lines = [head]
    for title, text in zip(parts[1::2], parts[2::2], strict=True):
        if short and title.strip() != "Why":
            continue
        lines += ["", f"*{title.strip()}*" if not short else "", text.strip("\n")]
    return "\n".join(lines)
