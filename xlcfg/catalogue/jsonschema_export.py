"""A JSON Schema of the guest configs of one release, for editors and for generated configs.

An instance is the config as JSON: an object with a member for each key, whose value is a string, an
integer or an array of those, nested as xl nests them.  xl makes no difference between `512` and
`"512"`, and neither does the schema.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlcfg import catalogue
from xlcfg.catalogue import XEN, Catalogue, GuestOption

if TYPE_CHECKING:
    from collections.abc import Mapping

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: A text that C's strtol takes whole with base 0: what xl's readers of numbers and booleans take.
NUMBER = r"^[ \t\n\v\f\r]*[-+]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$"

_DEFS: dict[str, Any] = {
    "text": {"type": ["string", "integer"]},
    "number": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": NUMBER}]},
    "list": {"type": "array", "items": {"$ref": "#/$defs/text"}},
    "lists": {"type": "array", "items": {"$ref": "#/$defs/list"}},
}

_FORMS: dict[str, tuple[str, ...]] = {
    "bool-long": ("number",),
    "bounded-long": ("number",),
    "cpuid-string-or-list": ("text", "list"),
    "cpulist-string-or-list": ("text", "list"),
    "defbool": ("number",),
    "defbool-or-list": ("number", "list"),
    "list": ("list",),
    "list-of-lists": ("lists",),
    "list-of-strings": ("list",),
    "long": ("number",),
    "path": ("text",),
    "spec-list": ("list",),
    "spec-string": ("text",),
    "string": ("text",),
    "string-or-list": ("text", "list"),
    "string-uuid": ("text",),
}


def guest_config_schema(
    release: str, arch: str, *, strict: bool = False, options: Catalogue = XEN
) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the configs that xl of `release` reads as they are written.

    The members are the keys that release reads on `arch`. xl ignores other keys silently, so they
    are allowed unless `strict`. Raises UnknownReleaseError.
    """
    known = [o for o in options.guest_options() if o.is_read(release, arch)]
    return {
        "$schema": DIALECT,
        "title": f"Guest config (xl.cfg) of Xen {release} on {arch}",
        "type": "object",
        "properties": {option.name: _property(option, release) for option in known},
        "required": [option.name for option in known if option.detail.get("mandatory")],
        "additionalProperties": not strict,
        "$defs": _DEFS,
    }


def _property(option: GuestOption, release: str) -> dict[str, Any]:
    detail = option.detail
    schema: dict[str, Any] = {}
    if "description" in detail:
        schema["description"] = _describe(detail)
    forms = [{"$ref": f"#/$defs/{form}"} for form in _FORMS.get(option.kind, ())]
    values = _values(detail, release)
    if values:
        forms = [_one_of(values, _match(detail)), *_numbers(option)]
    elif not forms:
        forms = [{"$ref": "#/$defs/text"}]
    if len(forms) == 1:
        schema.update(forms[0])
    else:
        schema["anyOf"] = forms
    limits = detail.get("range")
    if limits and detail.get("hard_error_if_invalid"):
        # These keywords say nothing about the same number written as a string.
        schema["minimum"], schema["maximum"] = limits
    if "deprecated" in detail or option.replacement:
        schema["deprecated"] = True
    return schema


def _describe(detail: Mapping[str, Any]) -> str:
    text = str(detail["description"])
    if "unit" in detail:
        text += f" Unit: {detail['unit']}."
    if "default" in detail:
        text += f" Default: {detail['default']}."
    return text


def _values(detail: Mapping[str, Any], release: str) -> list[str]:
    """The words the release takes for the key; empty when it takes any text."""
    table = catalogue.enum(detail["enum"]) if "enum" in detail else detail
    entries = table.get("values", ())
    if detail.get("enum_since") and catalogue.release_index(release) < catalogue.release_index(
        detail["enum_since"]
    ):
        return []
    return [
        entry if isinstance(entry, str) else entry["value"]
        for entry in entries
        if isinstance(entry, str) or catalogue.alive(entry["runs"], release)
    ]


def _match(detail: Mapping[str, Any]) -> str:
    table = catalogue.enum(detail["enum"]) if "enum" in detail else detail
    return str(table.get("match", "exact"))


def _one_of(values: list[str], match: str) -> dict[str, Any]:
    """The words themselves, so that editors offer them, and what else xl takes for one of them."""
    # xl makes no difference between 1 and "1".
    numbers = [int(value) for value in values if value.isdecimal()]
    words: dict[str, Any] = {"enum": [*values, *numbers]}
    if match == "case-insensitive":
        patterns = ["".join(_either_case(c) for c in value) for value in values]
    elif match == "prefix":
        patterns = [_prefixes(value) for value in values]
    else:
        return words
    return {"anyOf": [words, {"type": "string", "pattern": f"^({'|'.join(patterns)})$"}]}


def _either_case(character: str) -> str:
    if character.isalpha():
        return f"[{character.upper()}{character.lower()}]"
    return re.escape(character)


def _prefixes(value: str) -> str:
    """A pattern of every beginning of `value`, the empty one and the whole included."""
    pattern = ""
    for character in reversed(value):
        pattern = f"({re.escape(character)}{pattern})?"
    return pattern


def _numbers(option: GuestOption) -> list[dict[str, Any]]:
    return [{"$ref": "#/$defs/number"}] if option.kind in ("enum-or-long", "bool-or-enum") else []
