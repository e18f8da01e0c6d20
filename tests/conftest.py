"""Fixtures of all tests."""

from __future__ import annotations

import signal

import pytest

from support import Cli

# Where the tests are started in the background Ctrl-C comes ignored, and every process that they
# start would have it so.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def cli() -> Cli:
    return Cli()
