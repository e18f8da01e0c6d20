"""The handlers of parameters about devices, messages and reboots that follow no common form."""

from __future__ import annotations

from xlcfg.catalogue import release_index
from xlcfg.model.boot.results import E2BIG, EINVAL, Result, refuse, rest
from xlcfg.model.boot.scanners import (
    DIGITS,
    MASK,
    any_of,
    parse_boolean,
    parse_pci,
    strtoll,
    strtoull,
    word_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_V4_17 = release_index("4.17")


def _extra_guest_irqs(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = 0
    if text[:1] in tuple(DIGITS):
        _, at = strtoull(text, 0, 0)
    if text[at : at + 1] == ",":
        at += 1
        if text[at : at + 1] in tuple(DIGITS):
            _, at = strtoull(text, at, 0)
    return rest(text, at)


_LEVELS = ("none", "error", "warning", "info", "debug", "all")


def _loglvl(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = next((len(level) for level in _LEVELS if text.startswith(level)), 0)
    if text[at : at + 1] == "/":
        at = next((at + 1 + len(lvl) for lvl in _LEVELS if text.startswith(lvl, at + 1)), at)
    return rest(text, at)


def loglvl_threshold(text: str) -> int:
    """The level from which on `loglvl=` with this value has nothing printed, even if refused."""
    levels: list[int] = []
    at = 0
    while len(levels) < 2 and (not levels or text[at : at + 1] == "/"):
        at += len(levels)
        name = next((level for level in _LEVELS if text.startswith(level, at)), "")
        at += len(name)
        # what is no level counts as a warning
        levels.append(min(_LEVELS.index(name), 4) if name else 2)
    return max(levels)


def _dbgp(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    """Two handlers see the value, each for its own kind; that of xHCI alone refuses anything."""
    if not text.startswith("xhci"):
        return Result(0, (), {"": text})
    at = 4
    if text[at : at + 1] in tuple(DIGITS):
        _, at = strtoull(text, at, 10)
    elif text.startswith("@pci", at):
        at, _, _ = parse_pci(text, 8)
        if at < 0 or text[at : at + 1] not in ("", ","):
            return refuse(text, 8)
    while text[at : at + 1] == ",":
        at += 1
        end = any_of(text, at, ",")
        share = parse_boolean("share", text, at, end, index)
        if share == -1 or (share == -2 and not word_at(text, at + 6, "hwdom", index)):
            break
        at = end
    return rest(text, at)


def _ivmd(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = 0
    while True:
        if state.get("ivmd", 0) == 8:
            return refuse(text, at, E2BIG)
        place = at
        low, at = strtoull(text, at, 16)
        if at == place:
            return refuse(text, at)
        if text[at : at + 1] == "-":
            place = at + 1
            high, at = strtoull(text, place, 16)
            if at == place or high < low:
                return refuse(text, place)
        if text[at : at + 1] != "=":
            state["ivmd"] = state.get("ivmd", 0) + 1
        else:
            while True:
                if state.get("ivmd", 0) == 8:
                    return refuse(text, at, E2BIG)
                place = at + 1
                at, segment, device = parse_pci(text, place)
                if at < 0 or segment:
                    return refuse(text, place)
                if text[at : at + 1] == "-":
                    place = at + 1
                    at, segment, last = parse_pci(text, place)
                    if at < 0 or segment or last < device:
                        return refuse(text, place)
                state["ivmd"] = state.get("ivmd", 0) + 1
                if text[at : at + 1] != ",":
                    break
        if text[at : at + 1] != ";":
            return rest(text, at)
        at += 1


def _ivrs(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    _, at = strtoull(text, 1, 0)
    if text[at : at + 2] != "]=":
        return refuse(text, at)
    end, _, _ = parse_pci(text, at + 2)
    return refuse(text, at + 2) if end < 0 else rest(text, end)


def _ivrs_hpet(text: str, index: int, state: dict[str, Any]) -> Result:
    identity, at = strtoull(text, 1, 0)
    return _ivrs(text, index, state) if identity <= 0xFFFF else refuse(text[:at], 1)


def _pci_phantom(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    if text and state.get("phantom", 0) == 8:
        return refuse(text, rc=E2BIG)
    at, _, _ = parse_pci(text, 0, function=False)
    if at < 0 or text[at : at + 1] != ",":
        return refuse(text, max(at, 0))
    stride, end = strtoll(text, at + 1, 0)
    if stride not in (1, 2, 4) or end < len(text):
        return refuse(text, at + 1)
    state["phantom"] = state.get("phantom", 0) + 1
    return Result(0, (), {"": text})


def _reboot(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    bad: list[tuple[int, int]] = []
    at = 0
    while True:
        end = any_of(text, at, ",")
        if text[at : at + 1] not in tuple("nwcaekPptx"):
            bad.append((at, end))
        if end == len(text):
            return Result(EINVAL if bad else 0, tuple(bad), {"": text})
        at = end + 1


def _rmrr(text: str, index: int, state: dict[str, Any]) -> Result:
    at = 0
    while True:
        if state.get("rmrr", 0) == 10:
            return refuse(text, at, E2BIG)
        start = at
        low, at = strtoull(text, at, 16)
        if at == start:
            return refuse(text, at)
        high = low
        if text[at : at + 1] == "-":
            place = at + 1
            high, at = strtoull(text, place, 16)
            if at == place:
                return refuse(text, place)
        if (high - low) & MASK >= 16 and index >= _V4_17:
            return refuse(text[:at], start, E2BIG)
        if text[at : at + 1] == "=":
            devices = 0
            while True:
                place = at + 1
                at, _, _ = parse_pci(text, place)
                if at < 0:
                    return refuse(text, place)
                devices += 1
                if text[at : at + 1] != "," or devices == 20:
                    break
            state["rmrr"] = state.get("rmrr", 0) + 1
        if text[at : at + 1] != ";":
            return rest(text, at)
        at += 1


HANDLERS: dict[str, Callable[[str, int, dict[str, Any]], Result]] = {
    "dbgp": _dbgp,
    "extra_guest_irqs": _extra_guest_irqs,
    "guest_loglvl": _loglvl,
    "ivmd": _ivmd,
    "ivrs_hpet[": _ivrs_hpet,
    "ivrs_ioapic[": _ivrs,
    "loglvl": _loglvl,
    "pci-phantom": _pci_phantom,
    "reboot": _reboot,
    "rmrr": _rmrr,
}
