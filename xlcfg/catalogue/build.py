"""Compiles `data/*.json` into the modules of `_compiled/`: `python -m xlcfg.catalogue.build`.

`--check` changes nothing and exits 1 when a module is not what its data gives.
"""

from __future__ import annotations

import json
import sys
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
            for o in options
        }

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
        "guest_details": ("guest_options.json", _by_name(guest)),
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
    lines = "".join(f"    {line!r},\n" for line in compiler.lines)
    texts["__init__.py"] = (
        _HEADER.format(source="data/releases.json")
        + f"RELEASES: tuple[str, ...] = (\n{lines})\n"
        + f"NEWEST = {compiler.releases['newest']!r}\n"
    )
    return texts


def main(argv: list[str] | None = None) -> int:
    """Write the compiled catalogue, or with `--check` compare it; 1 when a file is stale."""
    files = {COMPILED / name: text for name, text in render().items()}
    return keep(files, "python -m xlcfg.catalogue.build", argv)


if __name__ == "__main__":
    sys.exit(main())
