"""VM records with the place of every field, from the text of `xe` or from JSON.

Both give the same: fields by xapi's own names (`VCPUs_max`), each a `Field` or, for a map such as
`platform`, a dictionary of them.
"""

from __future__ import annotations

import re

from xlcfg_xapi.fields import Field, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: No pool has records of this size; memory has a bound.
SIZE = 32 * 1024 * 1024
DEPTH = 32


class NotRead(Exception):
    """The text is no list of records: a message and a byte offset."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


_LINE = re.compile(r"[ \t]*([\w-]+) \([ SM]?R[OW]\)[ \t]*:[ \t]?([^\n]*)")
_MAPS = frozenset(
    ("platform", "other_config", "VCPUs_params", "HVM_boot_params", "NVRAM", "bios_strings")
)


def from_text(text: str) -> list[Record]:
    """The records of `xe vm-param-list` or `xe vm-list params=all`; a `uuid` begins a record."""
    records: list[Record] = []
    at = 0
    for line in text.split("\n"):
        match = _LINE.match(line)
        if match is not None:
            # what xe calls param-name is param_name in the API
            name = match[1].replace("-", "_")
            if name == "uuid" or not records:
                records.append(Record(at))
            record = records[-1]
            start = at + match.start(2)
            value = match[2].rstrip("\r ")
            named = (at + match.start(1), at + match.end(1))
            if name in _MAPS:
                record.maps[name] = _map(value, start)
            else:
                record.fields[name] = Field(value, named, (start, start + len(value)))
        at += len(line) + 1
    return records


def _map(text: str, at: int) -> dict[str, Field]:
    """`key: value; key: value`."""
    found: dict[str, Field] = {}
    for piece in text.split("; "):
        key, colon, value = piece.partition(": ")
        if colon:
            start = at + len(key) + 2
            found[key.strip()] = Field(value, (at, at + len(key)), (start, start + len(value)))
        at += len(piece) + 2
    return found


_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:(?P<string>"(?:[^"\\]|\\.)*+")|(?P<mark>[{}\[\]:,])|(?P<word>[-+\w.]+))""",
    re.VERBOSE,
)


class _Json:
    """A reader of JSON that keeps places: objects are dicts of (place of key, value)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def token(self) -> tuple[str, str, int, int]:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match.lastgroup is None:
            raise NotRead("this is not JSON", min(self.at, len(self.text)))
        kind = match.lastgroup
        self.at = match.end()
        return kind, match[kind], match.start(kind), match.end(kind)

    def value(self, depth: int = 0) -> Any:
        """A dict, a list, or a (text, start, end)."""
        kind, token, start, end = self.token()
        if depth > DEPTH:
            raise NotRead(f"the JSON is nested more than {DEPTH} deep", start)
        if kind == "string":
            return _unquoted(token, start), start + 1, end - 1
        if kind == "word":
            return token, start, end
        if token == "{":
            return self.items(depth, "}")
        if token == "[":
            return self.items(depth, "]")
        raise NotRead("this is not JSON", start)

    def items(self, depth: int, last: str) -> Any:
        members: dict[str, Any] = {}
        items: list[Any] = []
        while True:
            before = self.at
            kind, token, start, end = self.token()
            if token == last and kind == "mark":
                break
            if last == "]":
                self.at = before
                items.append(self.value(depth + 1))
            else:
                colon = self.token()
                if kind != "string" or colon[1] != ":":
                    raise NotRead("this is not JSON", start)
                name = _unquoted(token, start)
                members[name] = ((start + 1, end - 1), self.value(depth + 1))
            _, token, start, _ = self.token()
            if token == last:
                break
            if token != ",":
                raise NotRead("this is not JSON", start)
        return items if last == "]" else members


def _unquoted(token: str, start: int) -> str:
    if "\\" not in token:
        return token[1:-1]
    import json

    try:
        text: str = json.loads(token, strict=False)
    except ValueError:
        raise NotRead("this is not JSON", start) from None
    return text.encode("utf-8", "replace").decode("latin-1")


_TAG = re.compile(r"<(/?)(struct|member|name|value|array|data|string|i4|int|boolean|double)(/?)>")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#\d{1,7});")


def from_export(text: str) -> list[Record]:
    """The VM records of the ova.xml in an export (XVA), which is XML-RPC's form of a value."""
    found: list[dict[str, Any]] = []
    #: what is open: a struct as a dict, an array as None
    stack: list[dict[str, Any] | None] = []
    names: list[tuple[str, tuple[int, int]] | None] = []
    at = 0
    for tag in _TAG.finditer(text):
        closes, kind = tag[1] == "/", tag[2]
        if len(stack) > DEPTH:
            raise NotRead(f"the XML is nested more than {DEPTH} deep", tag.start())
        if kind in ("struct", "array") and not tag[3]:
            if not closes:
                stack.append({} if kind == "struct" else None)
                names.append(None)
            elif stack:
                closed = stack.pop()
                names.pop()
                if closed is not None and _is_vm(closed):
                    found.append(closed)
                _put(stack, names, closed)
        elif kind == "name" and closes and names:
            names[-1] = text[at : tag.start()].strip(), (at, tag.start())
        elif kind not in ("struct", "array", "member", "name", "data") and closes:
            _put(stack, names, (_plain(text[at : tag.start()]), at, tag.start()))
        at = tag.end()
    return [_record(one) for one in found]


def _put(stack: list[Any], names: list[Any], value: Any) -> None:
    """A value at the name that waits for one; the tags around it have nothing to add."""
    if stack and isinstance(stack[-1], dict) and names[-1] is not None and value is not None:
        name, place = names[-1]
        stack[-1][name] = (place, value)
        names[-1] = None


def _plain(text: str) -> str:
    if "&" not in text:
        return text
    words = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

    def meant(match: re.Match[str]) -> str:
        if match[1] in words:
            return words[match[1]]
        number = int(match[1][1:])
        return (
            chr(number).encode("utf-8", "replace").decode("latin-1") if number < 0x110000 else "?"
        )

    return _ENTITY.sub(meant, text)


def from_json(text: str) -> list[Record]:
    """The VM records of an object, of a list, or of a map from references to records."""
    reader = _Json(text)
    top = reader.value()
    if text[reader.at :].strip():
        raise NotRead("there is something after the JSON", reader.at)
    if isinstance(top, dict) and not _is_vm(top):
        top = [value for _, value in top.values()]
    found = top if isinstance(top, list) else [top]
    return [_record(one) for one in found if isinstance(one, dict) and _is_vm(one)]


def _is_vm(members: dict[str, Any]) -> bool:
    return not {"VCPUs_max", "VCPUs-max"}.isdisjoint(members) or _is_orchestra(members)


def _is_orchestra(members: dict[str, Any]) -> bool:
    """Whether it is a VM as Xen Orchestra's REST API gives it."""
    return "CPUs" in members and isinstance(members["CPUs"][1], dict) and "memory" in members


def _record(members: dict[str, Any]) -> Record:
    if _is_orchestra(members):
        from xlcfg_xapi import orchestra

        return orchestra.record(members)
    places = [place for place, _ in members.values()]
    record = Record(min(start for start, _ in places))
    for key, (place, value) in members.items():
        name = key.replace("-", "_")
        if isinstance(value, dict):
            record.maps[name] = {
                inner: Field(field[0], at, (field[1], field[2]))
                for inner, (at, field) in value.items()
                if isinstance(field, tuple)
            }
        elif isinstance(value, tuple):
            record.fields[name] = Field(value[0], place, (value[1], value[2]))
    return record
