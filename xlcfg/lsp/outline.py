"""Symbols of a config, and where a setting's rivals are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlcfg.syntax.tree import ListValue

if TYPE_CHECKING:
    from xlcfg.lsp.analysis import Analysis
    from xlcfg.syntax.tree import Setting, Value

_LONGEST = 60


class Symbol(NamedTuple):
    """A setting, or an item of its list: `kind` is "number", "string" or "list"."""

    name: str
    detail: str
    kind: str
    start: int
    end: int
    name_start: int
    name_end: int
    children: tuple[Symbol, ...] = ()


def symbols(analysis: Analysis) -> list[Symbol]:
    """Every setting, in order; the items of a list are its children."""
    return [_symbol(analysis, setting) for setting in analysis.settings]


def _symbol(analysis: Analysis, setting: Setting) -> Symbol:
    value = setting.value
    return Symbol(
        setting.name,
        _shown(analysis, value.start, value.end),
        _kind(value),
        setting.start,
        setting.end,
        setting.start,
        setting.name_end,
        _items(analysis, value),
    )


def _items(analysis: Analysis, value: Value) -> tuple[Symbol, ...]:
    """The items of a list; what is nested in them is part of their text."""
    if not isinstance(value, ListValue):
        return ()
    return tuple(
        Symbol(
            _shown(analysis, item.start, item.end) or "[]",
            "",
            _kind(item),
            item.start,
            item.end,
            item.start,
            item.end,
        )
        for item in value.items
    )


def _kind(value: Value) -> str:
    if value.is_list:
        return "list"
    return "string" if value.quoted else "number"


def _shown(analysis: Analysis, start: int, end: int) -> str:
    """The source of a value, on one line and not too long."""
    text = analysis.source.data[start : min(end, start + 4 * _LONGEST)].decode("utf-8", "replace")
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def name_at(analysis: Analysis, offset: int) -> str:
    """The name of the setting at an offset, "" for none."""
    setting = analysis.setting_at(offset)
    return "" if setting is None else setting.name


def definition(analysis: Analysis, offset: int) -> Setting | None:
    """The setting that counts where one is written: of duplicates the last."""
    return analysis.winner(name_at(analysis, offset))


def references(analysis: Analysis, offset: int) -> list[Setting]:
    """Every setting of the name at an offset."""
    return analysis.named(name_at(analysis, offset))
