"""The settings that ImageBuilder reads, from `settings.json` (shape: `settings.schema.json`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_known: dict[str, dict[str, Any]] = {}


def settings() -> dict[str, dict[str, Any]]:
    """What is known of each setting, by its name."""
    if not _known:
        import json
        import os

        path = os.path.join(os.path.dirname(__file__), "settings.json")
        with open(path, encoding="utf-8") as file:
            _known.update((one["name"], one) for one in json.load(file)["settings"])
    return _known
