"""Fixtures of all tests."""

from __future__ import annotations

import pytest

from support import Cli


@pytest.fixture
def cli() -> Cli:
    return Cli()
