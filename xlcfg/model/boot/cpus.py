"""The handlers of parameters about CPUs that follow no common form."""

from __future__ import annotations

from xlcfg.catalogue import release_index
from xlcfg.model.boot.results import E2BIG, EINVAL, Result, refuse, rest
from xlcfg.model.boot.scanners import (
    DIGITS,
    any_of,
    parse_bool,
    parse_boolean,
    strtoll,
    strtoull,
    word_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_V4_11 = release_index("4.11")
_V4_17 = release_index("4.17")
_V4_18 = release_index("4.18")
_V4_21 = release_index("4.21")


def _cpufreq(text: str, index: int, state: dict[str, Any]) -> Result:
    newer = index >= _V4_18
    choice = parse_bool(text[: any_of(text, 0, ",:;" if newer else ",:")])
    if choice is None and word_at(text, 0, "dom0-kernel", index):
        return Result(0, (), {"": text})
    if choice is False or word_at(text, 0, "none", index):
        return Result(0, (), {"": text})
    if not newer:
        if choice or word_at(text, 0, "xen", index):
            arg = any_of(text, 0, ",:")
            if text[arg + 1 :]:
                return _governor(text, arg + 1, len(text), state)
            # In these releases a plain `xen` takes effect and is then called invalid.
            return Result(
                0 if choice else EINVAL, (() if choice else ((0, len(text)),)), {"": text}
            )
        return refuse(text)
    at = 0
    seen: list[str] = []
    while True:
        end = any_of(text, at, ";")
        arg = any_of(text, at, ",:")
        if arg > end:
            arg = len(text)
        if len(seen) == (3 if index >= _V4_21 else 2):
            return refuse(text, at, E2BIG)
        result = refuse(text[:end], at)
        names = ("xen", "hwp", "amd-cppc") if index >= _V4_21 else ("xen", "hwp")
        for name in names:
            if word_at(text, at, name, index) or (choice and name == "xen"):
                if name not in seen or index < _V4_21:
                    seen.append(name)
                result = Result(0, (), {"": text})
                if text[arg + 1 :] and arg < len(text):
                    if name == "xen":
                        result = _governor(text, arg + 1, end, state)
                    else:
                        options = ("verbose", "hdc" if name == "hwp" else "active")
                        result = _driver_options(text, arg + 1, end, options, index)
                break
        if choice:
            return Result(0, (), {"": text})
        at = min(end + 1, len(text))
        if result.rc or at == len(text):
            return result


_GOVERNORS = {
    "ondemand": ("rate", "up_threshold", "bias"),
    "userspace": ("speed",),
    "performance": (),
    "powersave": (),
}


def _governor(text: str, at: int, end: int, state: dict[str, Any]) -> Result:
    bad: list[tuple[int, int]] = []
    options: tuple[str, ...] = _GOVERNORS["ondemand"]
    while True:
        stop = min(any_of(text, at, ","), end)
        name, equals, _ = text[at:stop].partition("=")
        taken = False
        if not state.get("governor"):
            if equals:
                state["governor"] = "ondemand"
            elif name in _GOVERNORS:
                state["governor"] = name
                options = _GOVERNORS[name]
                taken = True
        if not (
            taken
            or name == "verbose"
            or (equals and (name in ("maxfreq", "minfreq") or name in options))
        ):
            bad.append((at, stop))
        if stop >= end:
            return Result(EINVAL if bad else 0, tuple(bad), {"": text})
        at = stop + 1


def _driver_options(text: str, at: int, end: int, names: tuple[str, str], index: int) -> Result:
    while True:
        stop = any_of(text, at, ",;")
        if not any(parse_boolean(name, text, at, stop, index) >= 0 for name in names):
            return Result(EINVAL, ((at, stop),), {"": text})
        at = stop + 1
        if at >= end:
            return Result(0, (), {"": text})


def _cpuid(text: str, index: int, state: dict[str, Any]) -> Result:
    names = state.get("features")
    if names is None:
        from xlcfg.catalogue._compiled.boot_values import DATA

        features: dict[str, Any] = DATA["cpuid_features"]
        names = state["features"] = sorted(
            name for name, runs in features.items() if any(a <= index <= b for a, b in runs)
        )
    bad: list[tuple[int, int]] = []
    parts: dict[str, Any] = {}
    at = 0
    while True:
        end = any_of(text, at, ",")
        name = _feature(text, at + 3 if text.startswith("no-", at) else at, names)
        given = -1 if name is None else parse_boolean(name, text, at, end, index)
        if given < 0:
            bad.append((at, end))
        else:
            parts[str(name)] = bool(given)
        if end == len(text):
            return Result(EINVAL if bad else 0, tuple(bad), parts)
        at = end + 1


def _feature(text: str, at: int, names: list[str]) -> str | None:
    """Xen's binary search, which goes astray at `avx=yes`: to it `=` comes after `-` and digits."""
    low, high = 0, len(names)
    while low < high:
        middle = (low + high) // 2
        name = names[middle]
        i = 0
        while i < len(name) and text[at + i : at + i + 1] == name[i]:
            i += 1
        char = text[at + i : at + i + 1]
        if i == len(name) and (not char or char in ",:;="):
            return name
        if i < len(name) and char < name[i]:
            high = middle
        else:
            low = middle + 1
    return None


def _dom0_max_vcpus(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    if text[:1] == "-":
        _, at = strtoull(text, 1, 0)
    else:
        _, at = strtoull(text, 0, 0)
        if at < len(text):
            at += 1
            if text[at - 1] == "-" and at < len(text):
                _, at = strtoull(text, at, 0)
            # Any one character may follow the number.
    return rest(text, at)


def _dom0_nodes(text: str, index: int, state: dict[str, Any]) -> Result:
    bad: list[tuple[int, int]] = []
    at = rc = 0
    while True:
        end = any_of(text, at, ",")
        nodes = state.get("nodes", 0)
        problem = 0
        if text[at : at + 1] in tuple(DIGITS):
            if nodes == 64:
                problem = E2BIG
            elif strtoull(text, at, 0)[1] == end:
                state["nodes"] = nodes + 1
            else:
                problem = EINVAL
        elif index < _V4_17:
            problem = 0 if text[at:end] in ("relaxed", "strict") else EINVAL
        elif not any(word_at(text, at, word, index) for word in ("relaxed", "strict")):
            problem = EINVAL
        if problem:
            bad.append((at, end))
            rc = problem
        # Up to 4.16 the first error ends it.
        if end == len(text) or (rc and index < _V4_17):
            return Result(rc, tuple(bad), {"": text})
        at = end + 1


def _psr(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    features = ("cmt", "cat", "cdp", "mba") if index >= _V4_11 else ("cmt", "cat", "cdp")
    bad: list[tuple[int, int]] = []
    parts: dict[str, Any] = {}
    at = 0
    while True:
        end = any_of(text, at, ",")
        mark = min(any_of(text, at, ":"), end)
        for number in ("rmid_max", "cos_max"):
            if mark < len(text) and word_at(text, at, number, index):
                _, stop = strtoull(text, mark + 1, 0)
                if text[stop : stop + 1] not in ("", ","):
                    bad.append((at, end))
                else:
                    parts[number] = text[mark + 1 : stop]
                break
        else:
            # Only as many letters as were written are compared: `c` is `cmt`.
            value = parse_bool(text[mark + 1 : end]) if text[mark : mark + 1] == ":" else True
            named = [f for f in features if mark > at and f.startswith(text[at:mark])]
            if named and value is not None:
                parts[named[0]] = value
            else:
                bad.append((at, end))
        if end == len(text):
            return Result(EINVAL if bad else 0, tuple(bad), parts)
        at = end + 1


def _ucode(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    if text.startswith("scan"):
        return Result(0, (), {"scan": True})
    return rest(text, strtoll(text, 0, 0)[1])


def _viridian_version(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    fields = text.split(",")
    at = 0
    for i, field in enumerate(fields):
        if field and i < 3:
            value, end = strtoull(field, 0, 0)
            if end < len(field) or (value & 0xFFFFFFFF) > (0xFFFFFFFF if i == 2 else 0xFFFF):
                return Result(EINVAL, ((at, at + len(field)),), {})
        at += len(field) + 1
    return Result(0, (), {"": text}) if len(fields) == 3 else refuse(text)


HANDLERS: dict[str, Callable[[str, int, dict[str, Any]], Result]] = {
    "cpufreq": _cpufreq,
    "cpuid": _cpuid,
    "dom0-cpuid": _cpuid,
    "dom0_max_vcpus": _dom0_max_vcpus,
    "dom0_nodes": _dom0_nodes,
    "psr": _psr,
    "ucode": _ucode,
    "viridian-version": _viridian_version,
}
