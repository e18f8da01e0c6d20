"""What ends a run with a line for people."""

from __future__ import annotations


class SettingsError(Exception):
    """Settings that a run cannot go by; the message names where they are and says why."""
