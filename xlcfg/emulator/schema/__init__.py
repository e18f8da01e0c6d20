"""JSON Schemas of the trace format, and what they say about a line the reader refused.

The reader decides by itself, fast; jsonschema is imported only to explain a refusal.
"""

from __future__ import annotations

import json
from typing import Any, cast

from xlcfg.core.resources import read


def load(name: str) -> dict[str, Any]:
    """The schema `header` or `event` as a JSON object."""
    return cast("dict[str, Any]", json.loads(read(__name__, f"{name}.json")))


def explain_header(obj: Any, reason: str) -> str:
    """`reason`, with what the schema adds to it."""
    return _explain("header", load("header"), obj, f"header: {reason}")


def explain_event(obj: Any, reason: str) -> str:
    """`reason`, with the event's name and what the schema adds to it."""
    ev = obj.get("ev") if isinstance(obj, dict) else None
    schema = load("event")
    known = schema["$defs"]
    if not isinstance(ev, str) or ev not in known:
        words = ", ".join(schema["properties"]["ev"]["enum"])
        return f"{reason}; the events of version 1 are: {words}" if isinstance(ev, str) else reason
    return _explain(ev, {**known[ev], "$defs": known}, obj, f"{ev}: {reason}")


def _explain(name: str, schema: dict[str, Any], obj: Any, reason: str) -> str:
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema)
    more = []
    for error in validator.iter_errors(obj):
        place = "/".join(str(part) for part in error.absolute_path)
        if (place and f"'{place.split('/')[0]}'" in reason) or (not place and "missing" in reason):
            if error.validator == "required" and _name(error.message) not in reason:
                more.append(f"{_name(error.message)} is missing too")
            continue
        if error.validator == "required" and _name(error.message) in reason:
            continue
        text = error.message if len(error.message) <= 120 else error.message[:117] + "..."
        more.append(f"{place}: {text}" if place else text)
        if len(more) == 3:
            break
    title = schema.get("title")
    tail = f" ({name} takes {title})" if title and name != "header" else ""
    return "; ".join([reason, *more]) + tail


def _name(message: str) -> str:
    """The quoted member of a message about a required one."""
    return message.removesuffix(" is a required property")
