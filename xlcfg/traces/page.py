"""The page of a verdict, and that of one trace under both policies."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from xlcfg.core.replace import put_file
from xlcfg.report.verdict_page import Guest, Page, render
from xlcfg.source.paths import display
from xlcfg.traces.verdict import Row, Table, row_values, sentences, to_json
from xlcfg.traces.verdict import render as render_table

if TYPE_CHECKING:
    from xlcfg.emulator.comparing import Comparison
    from xlcfg.traces.replaying import Replayed

_ABOUT = (
    "Xen writes to a guest's runstate area whenever it switches a vCPU. Under the policy update it "
    "translates the area's address at every update, as released Xen does; under hypercall once, in "
    "the call that registers the area."
)


class PageError(Exception):
    """Why a page cannot be written, for people."""


def write_verdict(path: str, table: Table, command: list[str]) -> None:
    """Write the page of a table that `gather` made with pictures. Raises PageError."""
    text = render(
        Page(
            title="xlcfg verdict",
            sentences=sentences(table) or ["No boot is replayed."],
            lede=[_ABOUT],
            command=shlex.join(command),
            guests=[_guest(row) for row in table.rows],
            summary=render_table(table, "text"),
            document=to_json(table),
            unreadable=table.unreadable,
        )
    )
    _put(path, text)


def write_comparison(path: str, replayed: Replayed, command: list[str]) -> None:
    """Write the page of one trace that was replayed under both policies. Raises PageError."""
    incomplete = replayed.incomplete
    if incomplete is not None and incomplete.areas_unknown:
        raise PageError("a page needs the areas: say --assume-area VCPU=VA@GPA")
    comparison: Comparison = replayed.outcome  # type: ignore[assignment]
    # what is missing and assumed is said where the figures are, here as in the text
    told = [] if incomplete is None else [" ".join(incomplete.text()), incomplete.verdict]
    known = [one for one in told if one]
    row = Row(*row_values(replayed.path, comparison, replayed.picture))
    table = Table([row])
    verdict = comparison.verdict
    text = render(
        Page(
            title="xlcfg replay --compare",
            sentences=[f"{verdict[:1].upper()}{verdict[1:]}."],
            lede=[*known, *sentences(table), _ABOUT],
            command=shlex.join(command),
            guests=[_guest(row)],
            summary=replayed.text(),
            document=to_json(table),
        )
    )
    _put(path, text)


def _put(path: str, text: str) -> None:
    try:
        put_file(path, text.encode())
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise PageError(f"the page {display(path)} cannot be written: {why}") from None


def _guest(row: Row) -> Guest:
    picture: dict[str, Any] | None = row.picture
    assert picture is not None
    return Guest(
        path=row.path,
        arch=row.arch,
        kind=row.guest,
        hypervisor=row.hypervisor,
        outcomes={"update": row.update, "hypercall": row.hypercall},
        effect=row.effect("hypercall"),
        why=row.why,
        picture=picture,
    )
