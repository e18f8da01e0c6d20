"""Writes what depends on the catalogue's data: `python -m xlcfg.catalogue.build`.

It compiles `data/*.json` into the modules of `_compiled/`, and in a checkout it has
`editors/build.py` write the files that editors colour configs with. `--check` changes nothing and
exits 1 when a file is not what the data gives.
"""

from __future__ import annotations

import json
import subprocess
import sys
from operator import itemgetter
from pathlib import Path
from typing import Any

from xlcfg.generated import keep

HERE = Path(__file__).parent
DATA = HERE / "data"
COMPILED = HERE / "_compiled"

_HEADER = '''"""Compiled from {source} by `python -m xlcfg.catalogue.build`; do not edit."""

# ruff: noqa
# fmt: off
from __future__ import annotations

'''


def load(name: str) -> Any:
    """The parsed `data/<name>.json`."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def _freeze(value: Any) -> Any:
    """Lists as tuples: constants that the compiler marshals whole and that nobody can change."""
    if isinstance(value, list):
        return tuple(_freeze(item) for item in value)
    if isinstance(value, dict):
        return {key: _freeze(item) for key, item in value.items()}
    return value


#: kind -> the reader of keys of that kind that have no grammar and do not say `read_as`
_READ_AS = {
    "bool-long": "long",
    "bool-or-enum": "boolean_or_name",
    "bounded-long": "bounded",
    "defbool": "boolean",
    "enum-or-long": "number_or_name",
    "list-of-strings": "strings",
    "long": "long",
    "path": "string",
    "string": "string",
    "string-or-list": "string_or_list",
    "string-uuid": "uuid",
}
#: how xl compares the names of an `enum-string` -> its reader
_NAMES_READ_AS = {"exact": "exact_name", "case-insensitive": "name"}


class NoReaderError(ValueError):
    """A guest key says neither by its kind nor by itself how xl reads it; the message names it."""


def reader_of(option: dict[str, Any], match: str) -> str:
    """The reader of a guest key: a name in `xlcfg.model.xl.keys.READERS`, or `specs.MODULE`.

    `match` is how xl compares the names of an enumeration, "" for other keys. A key that is read
    with others (`read_with`) may have none, "". Raises NoReaderError.
    """
    if "read_as" in option:
        found: str = option["read_as"]
        return found
    if "grammar" in option:
        return f"specs.{option['grammar']}"
    kind = option["kind"]
    by_kind = _NAMES_READ_AS.get(match) if kind == "enum-string" else _READ_AS.get(kind)
    if by_kind is None and "read_with" not in option:
        raise NoReaderError(f"{option['name']}: nothing says how xl reads it, add `read_as`")
    return by_kind or ""


class _Reading:
    """`order`: `(key, reader, guest types)`, no types for all, and `("", step, ())` for a step.

    `steps` has the keys of each step with their readers, `names` the names a key takes (`(name,
    first, last)`), `once` what guest types xl read a key for up to an older release.
    """

    def __init__(self) -> None:
        self.order: list[tuple[str, str, tuple[str, ...]]] = []
        self.steps: dict[str, list[tuple[str, str]]] = {}
        self.names: dict[str, Any] = {}
        self.once: dict[str, Any] = {}

    def text(self) -> str:
        """The literals of the compiled module."""
        rows = "".join(f"    {row!r},\n" for row in self.order)
        return (
            "\n#: in xl's order: (key, reader, the guest types, none for all), or ('', step, ())\n"
            f"ORDER: tuple[tuple[str, str, tuple[str, ...]], ...] = (\n{rows})\n"
            "\n#: step -> its keys with their readers\n"
            f"STEPS: dict[str, tuple[tuple[str, str], ...]] = {_literal(self.steps)}\n"
            "\n#: key -> its names: (name, first and last release); 17 is 4.17, 99 unstable\n"
            f"NAMES: dict[str, tuple[tuple[str, int, int], ...]] = {_literal(self.names)}\n"
            "\n#: key -> a release, and the guest types that had the key up to it\n"
            f"ONCE: dict[str, tuple[int, tuple[str, ...]]] = {_literal(self.once)}\n"
        )


class _Compiler:
    def __init__(self) -> None:
        self.releases = load("releases")
        self.lines = [line["name"] for line in self.releases["lines"]]

    def runs(self, runs: list[list[str]]) -> tuple[tuple[int, int], ...]:
        return tuple((self.lines.index(a), self.lines.index(b)) for a, b in runs)

    def guest(self, options: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            o["name"]: (
                o["kind"],
                o["arch"],
                tuple(o["guest_types"]),
                self.runs(o["runs"]),
                o.get("replacement", ""),
                tuple(o.get("parsed_for", o["guest_types"])),
            )
            for o in sorted(options, key=itemgetter("name"))
        }

    def minors(self, runs: list[list[str]]) -> list[tuple[int, int]]:
        """Releases as the numbers that the model of xl counts in: 4.17 is 17, unstable 99."""

        def minor(name: str) -> int:
            return 99 if name == self.lines[-1] else int(name.partition(".")[2])

        return [(minor(first), minor(last)) for first, last in runs]

    def enumeration(self, option: dict[str, Any], enums: dict[str, Any]) -> tuple[Any, str]:
        """The names that a key takes, `(name, first, last)` each, and how xl compares them."""
        table = enums[option["enum"]] if "enum" in option else option
        rows = []
        for value in table.get("values", ()):
            if isinstance(value, str):
                value = {"value": value, "runs": option["runs"]}
            rows += [(value["value"], *minors) for minors in self.minors(value["runs"])]
        return tuple(rows), table.get("match", "")

    def reading(self, options: list[dict[str, Any]], enums: dict[str, Any]) -> _Reading:
        """How `xlcfg.model.xl.create` reads the keys, which stand in the order of xl."""
        found = _Reading()
        for option in options:
            name = option["name"]
            values, match = self.enumeration(option, enums)
            reader = reader_of(option, match)
            if values and match in _NAMES_READ_AS and "enum" in option["kind"]:
                found.names[name] = values
            if "parsed_for_until" in option:
                until = option["parsed_for_until"]
                last = self.minors([[until["release"]] * 2])[0][1]
                found.once[name] = (last, tuple(until["guest_types"]))
            if "read_with" in option:
                step = option["read_with"]
                if step not in found.steps:
                    found.order.append(("", step, ()))
                found.steps.setdefault(step, []).append((name, reader))
            else:
                types = tuple(option.get("parsed_for", option["guest_types"]))
                found.order.append((name, reader, () if len(types) == 3 else types))
        return found

    def boot(self, parameters: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            p["name"]: (
                tuple(
                    (k["kind"], tuple(k.get("arch", p["arch"])), self.runs(k["runs"]))
                    for k in p["kinds"]
                ),
                tuple(p["arch"]),
                self.runs(p["runs"]),
                p.get("replacement", ""),
                tuple(self.suboption(s) for s in p.get("suboptions", ())),
                self.runs(p.get("runtime", [])),
            )
            for p in parameters
        }

    def values(self, value: Any) -> Any:
        """`boot_values.json` with every `runs` as index pairs."""
        if isinstance(value, dict):
            return {k: self.runs(v) if k == "runs" else self.values(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.values(item) for item in value]
        return value

    def suboption(self, suboption: dict[str, Any]) -> tuple[Any, ...]:
        status = suboption.get("status", {})
        return (
            suboption["name"],
            self.runs(suboption["runs"]),
            status.get("replacement", ""),
            status.get("state", ""),
        )


def _mistakes(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        e["name"]: (
            e.get("replacement", ""),
            e.get("advice", ""),
            e["kind"],
            tuple(e.get("value_prefixes", ())),
        )
        for e in entries
    }


def _by_name(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {e["name"]: e for e in entries}


def _boot_values(values: dict[str, Any]) -> dict[str, Any]:
    handlers: dict[str, list[Any]] = {}
    for entry in values["handlers"]:
        handlers.setdefault(entry["name"], []).append(entry)
    others = ("integers", "strings", "choices")
    named: dict[str, dict[str, list[Any]]] = {section: {} for section in others}
    for section, entries in named.items():
        for entry in values[section]:
            entries.setdefault(entry["name"], []).append(entry)
    features = {entry["name"]: entry["runs"] for entry in values["cpuid_features"]}
    return {"handlers": handlers, **named, "cpuid_features": features}


def _literal(value: dict[str, Any]) -> str:
    """One entry a line, so that a change of the data is a change of one line."""
    rows = "".join(f"    {key!r}: {_freeze(item)!r},\n" for key, item in value.items())
    return "{\n" + rows + "}"


def render() -> dict[str, str]:
    """The text of every compiled module by file name."""
    compiler = _Compiler()
    guest = load("guest_options")["options"]
    boot = load("boot_parameters")
    mistakes = load("mistakes")
    grammars = load("grammars")
    conf = load("xl_conf")
    modules: dict[str, tuple[str, dict[str, Any]]] = {
        "guest": ("guest_options.json", compiler.guest(guest)),
        "guest_details": ("guest_options.json", _by_name(sorted(guest, key=itemgetter("name")))),
        "boot": ("boot_parameters.json", compiler.boot(boot["parameters"])),
        "boot_details": ("boot_parameters.json", _by_name(boot["parameters"])),
        "boot_values": ("boot_values.json", _boot_values(compiler.values(load("boot_values")))),
        "mistakes": (
            "mistakes.json",
            {"guest": _mistakes(mistakes["guest"]), "boot": _mistakes(mistakes["boot"])},
        ),
        "grammars": (
            "grammars.json",
            {name: grammars[name] for name in ("grammars", "enums", "parser")},
        ),
        "xl_conf": (
            "xl_conf.json",
            {**{k: v for k, v in conf.items() if k != "$schema"}}
            | {"options": _by_name(conf["options"])},
        ),
        "dom0less": ("dom0less.json", {"properties": load("dom0less")["properties"]}),
        "dialects": ("dialects.json", _by_name(load("dialects")["dialects"])),
        "timeline": (
            "timeline.json",
            {
                "entries": load("timeline")["entries"],
                "checked_at": {
                    line["name"]: line["checked_at"]
                    for line in compiler.releases["lines"]
                    if "checked_at" in line
                },
            },
        ),
    }
    texts = {
        f"{name}.py": _HEADER.format(source=f"data/{source}")
        + f"TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any\n\n"
        f"DATA: dict[str, Any] = {_literal(value)}\n"
        for name, (source, value) in modules.items()
    }
    texts["guest.py"] += compiler.reading(guest, grammars["enums"]).text()
    lines = "".join(f"    {line!r},\n" for line in compiler.lines)
    texts["__init__.py"] = (
        _HEADER.format(source="data/releases.json")
        + f"RELEASES: tuple[str, ...] = (\n{lines})\n"
        + f"NEWEST = {compiler.releases['newest']!r}\n"
    )
    return texts


def main(argv: list[str] | None = None) -> int:
    """Write what depends on the data, or with `--check` compare it; 1 when a file is stale."""
    arguments = sys.argv[1:] if argv is None else argv
    files = {COMPILED / name: text for name, text in render().items()}
    stale = keep(files, "python -m xlcfg.catalogue.build", arguments)
    return stale or _editors(arguments)


def _editors(arguments: list[str]) -> int:
    """The files of editors, in a process of its own: it reads what has just been compiled."""
    script = HERE.parents[1] / "editors" / "build.py"
    if not script.exists():
        return 0
    return subprocess.run([sys.executable, str(script), *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
