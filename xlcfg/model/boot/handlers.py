"""What Xen's handlers say to the value of a custom boot parameter.

Most handlers follow one of the forms that `boot_values.json` describes; those that do not are the
functions in `cpus.py`, `memory.py` and `devices.py`, which are imported when they are asked.
"""

from __future__ import annotations

from importlib import import_module

from xlcfg.catalogue import release_index
from xlcfg.model.boot.results import EINVAL, ERANGE, Result, refuse
from xlcfg.model.boot.scanners import (
    DIGITS,
    parse_bool,
    parse_boolean,
    parse_size,
    strtoll,
    strtoull,
    word_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

#: the handlers of their own form, and the module of each
_MODULES: dict[str, str] = {
    "cpufreq": "cpus",
    "cpuid": "cpus",
    "crashinfo_maxaddr": "memory",
    "crashkernel": "memory",
    "dbgp": "devices",
    "dom0-cpuid": "cpus",
    "dom0-llc-colors": "memory",
    "dom0_max_vcpus": "cpus",
    "dom0_mem": "memory",
    "dom0_nodes": "cpus",
    "extra_guest_irqs": "devices",
    "guest_loglvl": "devices",
    "ivmd": "devices",
    "ivrs_hpet[": "devices",
    "ivrs_ioapic[": "devices",
    "loglvl": "devices",
    "memop-max-order": "memory",
    "pci-phantom": "devices",
    "psr": "cpus",
    "reboot": "devices",
    "rmrr": "devices",
    "shim_mem": "memory",
    "ucode": "cpus",
    "viridian-version": "cpus",
    "xen-llc-colors": "memory",
}

_TAKEN = "taken"
_REFUSED = "refused"


def applies(entry: Mapping[str, Any], index: int, arch: str) -> bool:
    runs = entry.get("runs")
    archs = entry.get("arch")
    return (runs is None or any(a <= index <= b for a, b in runs)) and (
        archs is None or arch in archs
    )


class Handlers:
    """The handlers of one release and architecture; some count how often they were called."""

    __slots__ = ("arch", "index", "state")

    def __init__(self, release: str, arch: str) -> None:
        self.index = release_index(release)
        self.arch = arch
        self.state: dict[str, Any] = {}

    def call(self, name: str, text: str) -> Result:
        """What the handler of parameter `name` says to `text`, which for `ivrs_ioapic[` and the
        like is everything from the bracket on."""
        from xlcfg.catalogue._compiled.boot_values import DATA

        for entry in DATA["handlers"].get(name, ()):
            if applies(entry, self.index, self.arch):
                form: Callable[[Mapping[str, Any], str], Result] = getattr(
                    self, f"_{entry['form']}"
                )
                return form(entry, text)
        return Result(0, (), {"": text})

    def expected(self, name: str) -> list[str]:
        """What the parameter takes, for a message; empty when that is not a list of words."""
        from xlcfg.catalogue._compiled.boot_values import DATA

        found: list[str] = []
        for entry in DATA["handlers"].get(name, ()):
            if not applies(entry, self.index, self.arch):
                continue
            if entry.get("boolean") == "any":
                found += ["yes", "no"]
            elif entry.get("boolean"):
                found.append("no")
            found += [
                w["name"] for w in entry.get("words", ()) if applies(w, self.index, self.arch)
            ]
            for item in entry.get("items", ()):
                if not applies(item, self.index, self.arch):
                    continue
                kind = item["is"]
                if kind == "boolean":
                    found += ["yes", "no"]
                elif kind == "false":
                    found.append("no")
                elif kind == "choice":
                    found += [item["name"] + word for word in item["words"]]
                elif kind == "number" and item["name"]:
                    found.append(item["name"] + "N")
                elif "name" in item:
                    found.append(item["name"])
            break
        return list(dict.fromkeys(found))

    # The forms.

    def _accept(self, entry: Mapping[str, Any], text: str) -> Result:  # noqa: ARG002
        return Result(0, (), {"": text})

    def _words(self, entry: Mapping[str, Any], text: str) -> Result:
        boolean = parse_bool(text)
        if (
            any(w["name"] == text and applies(w, self.index, self.arch) for w in entry["words"])
            or (boolean is not None and entry.get("boolean") == "any")
            or (boolean is False and entry.get("boolean") == "false")
            or (not text and entry.get("bare"))
        ):
            return Result(0, (), {"": text})
        if entry.get("number"):
            return self._number(entry, text)
        return refuse(text)

    def _prefixes(self, entry: Mapping[str, Any], text: str) -> Result:
        if any(text.startswith(word["name"]) for word in entry["words"]):
            return Result(0, (), {"": text})
        return refuse(text)

    def _number(self, entry: Mapping[str, Any], text: str) -> Result:
        value, end = strtoull(text, 0, 0)
        if end < len(text):
            return refuse(text, end)
        if value > entry.get("max", value):
            return refuse(text, rc=ERANGE)
        return Result(0, (), {"": text})

    def _size(self, entry: Mapping[str, Any], text: str) -> Result:
        start = len(entry.get("prefix", ""))
        if not text.startswith(entry.get("prefix", "")):
            start = 0
        *_, end = parse_size(text, start, self.index)
        return refuse(text, end) if end < len(text) else Result(0, (), {"": text})

    def _list(self, entry: Mapping[str, Any], text: str) -> Result:
        if entry.get("whole_boolean") and parse_bool(text) is not None:
            return Result(0, (), {"": text})
        items = [i for i in entry["items"] if applies(i, self.index, self.arch)]
        bad: list[tuple[int, int]] = []
        parts: dict[str, Any] = {}
        at = 0
        while True:
            start = at
            negated = bool(entry.get("no")) and text.startswith("no-", at)
            at += 3 * negated
            comma = -1 if entry.get("whole") else text.find(",", at)
            end = len(text) if comma < 0 else comma
            found = (self._item(i, text, at, end, negated, parts) for i in items)
            if next(filter(None, found), _REFUSED) is _REFUSED:
                bad.append((start, end))
            if comma < 0 or entry.get("first"):
                return Result(EINVAL if bad else 0, tuple(bad), parts)
            at = comma + 1

    def _item(
        self,
        item: Mapping[str, Any],
        text: str,
        at: int,
        end: int,
        negated: bool,
        parts: dict[str, Any],
    ) -> str:
        """_TAKEN, _REFUSED (which ends the search), or "" when the item does not match."""
        kind: str = item["is"]
        name: str = item.get("name", "")
        value: Any = None
        if kind in ("option", "false-option", "nested"):
            return self._option(item, text, at, end, parts)
        if kind == "choice":
            return self._choice(item, text, at, parts)
        if kind in ("number", "digits"):
            return _bounded(item, text, at, end, parts)
        if kind in ("boolean", "false"):
            value = parse_bool(text[at:end])
            if value is None:
                return ""
            if value and kind == "false":
                return _REFUSED
        elif kind == "word":
            if not word_at(text, at, name, self.index):
                return ""
            value = not negated
        elif kind in ("exact", "last"):
            if text[at : end if kind == "exact" else None] != name:
                return ""
            value = True
        elif at < len(text):  # end
            return ""
        parts[name] = value
        return _TAKEN

    def _option(
        self, item: Mapping[str, Any], text: str, at: int, end: int, parts: dict[str, Any]
    ) -> str:
        """`name`, `no-name` and `name=boolean`; of a nested one `name=word` too."""
        kind, name = item["is"], item["name"]
        given = parse_boolean(name, text, at, end, self.index)
        if given == -2 and kind == "nested":
            at += len(name) + 1
            for word in item["words"]:
                given = parse_boolean(word, text, at, end, self.index)
                if given >= 0:
                    parts[f"{name}={word}"] = bool(given)
                    return _TAKEN
            return _REFUSED
        if given < 0:
            return ""
        if given and kind == "false-option":
            return _REFUSED
        parts[name] = bool(given)
        return _TAKEN

    def _choice(self, item: Mapping[str, Any], text: str, at: int, parts: dict[str, Any]) -> str:
        """The name, which ends in `=`, and one of some words."""
        name: str = item["name"]
        if not text.startswith(name, at):
            return ""
        at += len(name)
        for word in item["words"]:
            if word_at(text, at, word, self.index):
                parts[name.rstrip("=")] = word
                return _TAKEN
        return _REFUSED

    def _code(self, entry: Mapping[str, Any], text: str) -> Result:
        name: str = entry["name"]
        module = import_module(f"xlcfg.model.boot.{_MODULES[name]}")
        result: Result = module.HANDLERS[name](text, self.index, self.state)
        return result


def _bounded(item: Mapping[str, Any], text: str, at: int, end: int, parts: dict[str, Any]) -> str:
    """The name, if the item has one, and a number within bounds."""
    name: str = item.get("name", "")
    if not text.startswith(name, at):
        return ""
    if item["is"] == "digits" and text[at : at + 1] not in tuple(DIGITS + "-"):
        return ""
    value, stop = strtoll(text, at + len(name), item.get("base", 0))
    low, high = item.get("min", value), item.get("max", value)
    if stop != end or not low <= value <= high:
        return _REFUSED
    parts[name.rstrip(":=")] = value
    return _TAKEN
