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

        from xlcfg.core.resources import read

        data = json.loads(read("xlcfg_imagebuilder", "settings.json"))
        _known.update((one["name"], one) for one in data["settings"])
    return _known
