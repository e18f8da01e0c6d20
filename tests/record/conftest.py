"""Spools of writers that a test leaves open are closed after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xlcfg.record import writing


@pytest.fixture(autouse=True)
def closed_writers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made: list[writing.Writer] = []
    plain = writing.Writer.__init__

    def keep(self: writing.Writer, output: str) -> None:
        plain(self, output)
        made.append(self)

    monkeypatch.setattr(writing.Writer, "__init__", keep)
    yield
    for writer in made:
        writer.close()
