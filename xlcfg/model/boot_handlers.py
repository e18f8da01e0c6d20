"""What Xen's handlers say to the value of a custom boot parameter.

Most handlers follow one of the forms that `boot_values.json` describes; those that do not are the
functions at the end, which go through the text the way the C code does: step by step, with what
it forgets to look at.  `text[at : at + 1]` is the C character at `at`, "" being the NUL.
"""

from __future__ import annotations

from collections import namedtuple

from xlcfg.catalogue import release_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

EINVAL = -22
E2BIG = -7
ERANGE = -34
EOVERFLOW = -75

Result = namedtuple("Result", ("rc", "bad", "parts"))
Result.__doc__ = """What a handler makes of a value.

`rc` is what it returns, 0 or a negative errno; `bad` are `(start, end)` of what it refuses within
the value, and `parts` what it takes: sub-option name ("" for the value itself) to value.
"""

_V4_5 = release_index("4.5")
_V4_11 = release_index("4.11")
_V4_12 = release_index("4.12")
_V4_13 = release_index("4.13")
_V4_15 = release_index("4.15")
_V4_17 = release_index("4.17")
_V4_18 = release_index("4.18")
_V4_21 = release_index("4.21")
_V4_22 = release_index("4.22")

_DIGITS = "0123456789"
_HEX = "0123456789abcdefABCDEF"
_MASK = 2**64 - 1

_TRUE = ("yes", "on", "true", "enable", "1")
_FALSE = ("no", "off", "false", "disable", "0")


def parse_bool(text: str) -> bool | None:
    """A boolean as Xen writes it, None for any other text."""
    return True if text in _TRUE else False if text in _FALSE else None


def strtoull(text: str, at: int, base: int) -> tuple[int, int]:
    """Xen's `simple_strtoull`: the number modulo 2^64, and where it ends (`at`: no digits)."""
    if base == 0:
        base = 10
        if text[at : at + 1] == "0":
            base, at = 8, at + 1
            if text[at : at + 1] in ("x", "X") and text[at + 1 : at + 2] in tuple(_HEX):
                base, at = 16, at + 1
    elif base == 16 and text[at : at + 2] in ("0x", "0X"):
        at += 2
    digits = {8: "01234567", 10: _DIGITS, 16: _HEX}[base]
    end = at
    size = len(text)
    while end < size and text[end] in digits:
        end += 1
    # Digits in front fall out of 64 bits anyhow; int() of a million of them would be quadratic.
    if end - at <= 128:
        return int(text[at:end] or "0", base) & _MASK, end
    value = 0
    for char in text[at:end]:
        value = (value * base + int(char, 16)) & _MASK
    return value, end


def strtoll(text: str, at: int, base: int) -> tuple[int, int]:
    """Xen's `simple_strtoll`: the number as a signed one, and where it ends."""
    if text[at : at + 1] == "-":
        value, end = strtoull(text, at + 1, base)
        value = -value & _MASK
    else:
        value, end = strtoull(text, at, base)
    return value - 2**64 if value >= 2**63 else value, end


def parse_size(text: str, at: int, index: int) -> tuple[int, int, int]:
    """Xen's `parse_size_and_unit`: the size modulo 2^64, the size unbounded, where it ends.

    A percentage is not scaled and ends before the `%`, for callers who know it (4.12 on).
    """
    value, end = strtoull(text, at, 0)
    unit = text[end : end + 1]
    shift = 10
    if unit and unit in "BbKkMmGgTt" and (unit not in "Tt" or index >= _V4_5):
        shift = 10 * "bkmgt".index(unit.lower())
        end += 1
    elif unit == "%" and index >= _V4_12:
        shift = 0
    return value << shift & _MASK, value << shift, end


def parse_boolean(name: str, text: str, start: int, end: int, index: int) -> int:
    """Xen's `parse_boolean` on `text[start:end]`.

    1 or 0 for `name`, `no-name` and `name=boolean`; -2 (4.13 on) for the name with another value;
    -1 for anything else.
    """
    negated = text.startswith("no-", start)
    if negated:
        start += 3
    if not text.startswith(name, start, end):
        return -1
    after = start + len(name)
    if after == end:
        return int(not negated)
    if negated and index >= _V4_13:
        return -1
    if text[after] == "=":
        value = parse_bool(text[after + 1 : end])
        if value is not None:
            return int(value)
        return -2 if index >= _V4_13 else -1
    return -1


def _word_at(text: str, at: int, name: str, index: int) -> bool:
    """Xen's `cmdline_strcmp`: whether the word at `at` is `name`."""
    if not text.startswith(name, at):
        return False
    after = text[at + len(name) : at + len(name) + 1]
    return not after or after in (",:;=" if index >= _V4_13 else ",:;")


def _runs(entry: Mapping[str, Any], index: int, arch: str) -> bool:
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
            if _runs(entry, self.index, self.arch):
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
            if not _runs(entry, self.index, self.arch):
                continue
            if entry.get("boolean") == "any":
                found += ["yes", "no"]
            elif entry.get("boolean"):
                found.append("no")
            found += [w["name"] for w in entry.get("words", ()) if _runs(w, self.index, self.arch)]
            for item in entry.get("items", ()):
                if not _runs(item, self.index, self.arch):
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
            any(w["name"] == text and _runs(w, self.index, self.arch) for w in entry["words"])
            or (boolean is not None and entry.get("boolean") == "any")
            or (boolean is False and entry.get("boolean") == "false")
            or (not text and entry.get("bare"))
        ):
            return Result(0, (), {"": text})
        if entry.get("number"):
            return self._number(entry, text)
        return _refuse(text)

    def _prefixes(self, entry: Mapping[str, Any], text: str) -> Result:
        if any(text.startswith(word["name"]) for word in entry["words"]):
            return Result(0, (), {"": text})
        return _refuse(text)

    def _number(self, entry: Mapping[str, Any], text: str) -> Result:
        value, end = strtoull(text, 0, 0)
        if end < len(text):
            return _refuse(text, end)
        if value > entry.get("max", value):
            return _refuse(text, rc=ERANGE)
        return Result(0, (), {"": text})

    def _size(self, entry: Mapping[str, Any], text: str) -> Result:
        start = len(entry.get("prefix", ""))
        if not text.startswith(entry.get("prefix", "")):
            start = 0
        *_, end = parse_size(text, start, self.index)
        return _refuse(text, end) if end < len(text) else Result(0, (), {"": text})

    def _list(self, entry: Mapping[str, Any], text: str) -> Result:
        if entry.get("whole_boolean") and parse_bool(text) is not None:
            return Result(0, (), {"": text})
        items = [i for i in entry["items"] if _runs(i, self.index, self.arch)]
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
            value = bool(given)
        elif kind in ("boolean", "false"):
            value = parse_bool(text[at:end])
            if value is None:
                return ""
            if value and kind == "false":
                return _REFUSED
        elif kind == "word":
            if not _word_at(text, at, name, self.index):
                return ""
            value = not negated
        elif kind in ("exact", "last"):
            if text[at : end if kind == "exact" else None] != name:
                return ""
            value = True
        elif kind == "choice":
            if not text.startswith(name, at):
                return ""
            at += len(name)
            for word in item["words"]:
                if _word_at(text, at, word, self.index):
                    parts[name.rstrip("=")] = word
                    return _TAKEN
            return _REFUSED
        elif kind in ("number", "digits"):
            if not text.startswith(name, at):
                return ""
            if kind == "digits" and text[at : at + 1] not in tuple(_DIGITS + "-"):
                return ""
            value, stop = strtoll(text, at + len(name), item.get("base", 0))
            low, high = item.get("min", value), item.get("max", value)
            if stop != end or not low <= value <= high:
                return _REFUSED
            name = name.rstrip(":=")
        elif at < len(text):  # end
            return ""
        parts[name] = value
        return _TAKEN

    def _code(self, entry: Mapping[str, Any], text: str) -> Result:
        return _CODE[entry["name"]](text, self.index, self.state)


_TAKEN = "taken"
_REFUSED = "refused"


def _refuse(text: str, at: int = 0, rc: int = EINVAL, **parts: Any) -> Result:
    return Result(rc, ((at, len(text)),), parts)


def _rest(text: str, at: int, **parts: Any) -> Result:
    """What a handler returns that refuses text left at `at`."""
    return _refuse(text, at, **parts) if at < len(text) else Result(0, (), {"": text, **parts})


# The handlers of their own form.


def _cpufreq(text: str, index: int, state: dict[str, Any]) -> Result:
    newer = index >= _V4_18
    choice = parse_bool(text[: _any_of(text, 0, ",:;" if newer else ",:")])
    if choice is None and _word_at(text, 0, "dom0-kernel", index):
        return Result(0, (), {"": text})
    if choice is False or _word_at(text, 0, "none", index):
        return Result(0, (), {"": text})
    if not newer:
        if choice or _word_at(text, 0, "xen", index):
            arg = _any_of(text, 0, ",:")
            if text[arg + 1 :]:
                return _governor(text, arg + 1, len(text), state)
            # In these releases a plain `xen` takes effect and is then called invalid.
            return Result(
                0 if choice else EINVAL, (() if choice else ((0, len(text)),)), {"": text}
            )
        return _refuse(text)
    at = 0
    seen: list[str] = []
    while True:
        end = _any_of(text, at, ";")
        arg = _any_of(text, at, ",:")
        if arg > end:
            arg = len(text)
        if len(seen) == (3 if index >= _V4_21 else 2):
            return _refuse(text, at, E2BIG)
        result = _refuse(text[:end], at)
        names = ("xen", "hwp", "amd-cppc") if index >= _V4_21 else ("xen", "hwp")
        for name in names:
            if _word_at(text, at, name, index) or (choice and name == "xen"):
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
        stop = min(_any_of(text, at, ","), end)
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
        stop = _any_of(text, at, ",;")
        if not any(parse_boolean(name, text, at, stop, index) >= 0 for name in names):
            return Result(EINVAL, ((at, stop),), {"": text})
        at = stop + 1
        if at >= end:
            return Result(0, (), {"": text})


def _any_of(text: str, at: int, chars: str) -> int:
    """Where the first of `chars` is from `at` on; the end of the text when there is none."""
    places = [i for i in (text.find(char, at) for char in chars) if i >= 0]
    return min(places, default=len(text))


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
        end = _any_of(text, at, ",")
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


def _crashinfo_maxaddr(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    address, _, end = parse_size(text, 0, index)
    return _rest(text, end) if address else _refuse(text)


def _crashkernel(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    rc = at = 0
    first: int | None = 0

    def size(start: int) -> int:
        nonlocal first, at
        first = start
        value, _, at = parse_size(text, start, index)
        return value

    if ":" in text:
        ranges = 0
        while True:
            if ranges == 16:
                return _refuse(text, at)
            low = size(at + bool(ranges))
            if first == at:
                break
            if text[at : at + 1] != "-":
                rc = EINVAL
                break
            at += 1
            if text[at : at + 1] != ":":
                high = size(at)
                if first == at:
                    break
                if high <= low:
                    rc = EINVAL
                    break
            if text[at : at + 1] != ":":
                rc = EINVAL
                break
            size(at + 1)
            if first == at:
                break
            ranges += 1
            if text[at : at + 1] != ",":
                break
    else:
        size(0)
    if first != at:
        if text[at : at + 1] in ("@", "<"):
            size(at + 1)
        elif text.startswith(",below=", at):
            size(at + 7)
        elif at < len(text) or index < _V4_13:
            # Before 4.13 even the end of the text counts as something left.
            rc = EINVAL
    if first == at:
        rc = EINVAL
    if not rc:
        return Result(0, (), {"": text})
    return Result(rc, ((min(at, max(len(text) - 1, 0)), len(text)),), {"": text})


def _colors(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = 0
    while at < len(text):
        place = at
        low, end = strtoull(text, at, 0)
        if end == at and index >= _V4_22:
            return _refuse(text, at)
        high, at = low, end
        if text[at : at + 1] == "-":
            high, end = strtoull(text, at + 1, 0)
            if end == at + 1 and index >= _V4_22:
                return _refuse(text, end)
            at = end
        # Xen is built for 2 to 1024 colors, 128 unless told otherwise.
        if low > high or high >= 1024:
            return _refuse(text, place)
        if text[at : at + 1] == ",":
            at += 1
        elif at < len(text):
            break
    return _rest(text, at)


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
    return _rest(text, at)


def _bound(text: str, at: int) -> tuple[str, int]:
    """`max` or `min` and where its amount begins; an empty name when neither is at `at`."""
    for name in ("max", "min"):
        if text.startswith(f"{name}:", at):
            return name, at + 4
    return "", at


def _dom0_mem(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    parts: dict[str, Any] = {}
    at = 0
    while True:
        name, start = _bound(text, at)
        if index < _V4_12:
            *_, at = parse_size(text, start + (text[start : start + 1] == "-"), index)
            end = at
        else:
            end = _amount(text, start, index)
            if end < 0:
                comma = _any_of(text, at, ",")
                return Result(EINVAL, ((at, comma),), parts)
            at = end
        parts[name] = text[start:end]
        if text[at : at + 1] != ",":
            break
        at += 1
    return Result(EINVAL, ((at, len(text)),), parts) if at < len(text) else Result(0, (), parts)


def _amount(text: str, at: int, index: int) -> int:
    """The end of `[-][size+][percent%]` at `at`, -1 when there is none."""
    at += text[at : at + 1] == "-"
    items = 0
    while True:
        if text[at : at + 1] not in tuple(_DIGITS):
            return -1
        value, _, at = parse_size(text, at, index)
        if text[at : at + 1] == "%":
            if value >= 100:
                return -1
            at += 1
            items += 1
        elif items:
            return -1
        items += 1
        if text[at : at + 1] != "+" or items >= 2:
            break
        at += 1
    return at if text[at : at + 1] in ("", ",") else -1


def _shim_mem(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    parts: dict[str, Any] = {}
    at = 0
    while True:
        name, start = _bound(text, at)
        *_, at = parse_size(text, start, index)
        parts[name] = text[start:at]
        if text[at : at + 1] != ",":
            return _rest(text, at, **parts)
        at += 1


def _dom0_nodes(text: str, index: int, state: dict[str, Any]) -> Result:
    bad: list[tuple[int, int]] = []
    at = rc = 0
    while True:
        end = _any_of(text, at, ",")
        nodes = state.get("nodes", 0)
        problem = 0
        if text[at : at + 1] in tuple(_DIGITS):
            if nodes == 64:
                problem = E2BIG
            elif strtoull(text, at, 0)[1] == end:
                state["nodes"] = nodes + 1
            else:
                problem = EINVAL
        elif index < _V4_17:
            problem = 0 if text[at:end] in ("relaxed", "strict") else EINVAL
        elif not any(_word_at(text, at, word, index) for word in ("relaxed", "strict")):
            problem = EINVAL
        if problem:
            bad.append((at, end))
            rc = problem
        # Up to 4.16 the first error ends it.
        if end == len(text) or (rc and index < _V4_17):
            return Result(rc, tuple(bad), {"": text})
        at = end + 1


def _extra_guest_irqs(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = 0
    if text[:1] in tuple(_DIGITS):
        _, at = strtoull(text, 0, 0)
    if text[at : at + 1] == ",":
        at += 1
        if text[at : at + 1] in tuple(_DIGITS):
            _, at = strtoull(text, at, 0)
    return _rest(text, at)


_LEVELS = ("none", "error", "warning", "info", "debug", "all")


def _loglvl(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = next((len(level) for level in _LEVELS if text.startswith(level)), 0)
    if text[at : at + 1] == "/":
        at = next((at + 1 + len(lvl) for lvl in _LEVELS if text.startswith(lvl, at + 1)), at)
    return _rest(text, at)


def _memop_max_order(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = 0
    if text[:1] != ",":
        _, at = strtoull(text, 0, 0)
    # Until 4.14 the fourth order was compiled out.
    for _ in range(3 if index >= _V4_15 else 2):
        if text[at : at + 1] == ",":
            at += 1
            if text[at : at + 1] != ",":
                _, at = strtoull(text, at, 0)
    return _rest(text, at)


def _parse_pci(text: str, at: int, function: bool = True) -> tuple[int, int, int]:
    """Where a PCI address ends (-1: it is none), its segment, and its bus, device and function."""
    segment, at = strtoull(text, at, 16)
    if text[at : at + 1] != ":":
        return -1, 0, 0
    bus, at = strtoull(text, at + 1, 16)
    if text[at : at + 1] == ":":
        device, at = strtoull(text, at + 1, 16)
    else:
        segment, bus, device = 0, segment, bus
    func = 0
    if function:
        if text[at : at + 1] != ".":
            return -1, 0, 0
        func, at = strtoull(text, at + 1, 0)
    if segment > 0xFFFF or bus > 0xFF or device > 0x1F or func > 7:
        return -1, 0, 0
    return at, segment, bus << 8 | device << 3 | func


def _ivmd(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = 0
    while True:
        if state.get("ivmd", 0) == 8:
            return _refuse(text, at, E2BIG)
        place = at
        low, at = strtoull(text, at, 16)
        if at == place:
            return _refuse(text, at)
        if text[at : at + 1] == "-":
            place = at + 1
            high, at = strtoull(text, place, 16)
            if at == place or high < low:
                return _refuse(text, place)
        if text[at : at + 1] != "=":
            state["ivmd"] = state.get("ivmd", 0) + 1
        else:
            while True:
                if state.get("ivmd", 0) == 8:
                    return _refuse(text, at, E2BIG)
                place = at + 1
                at, segment, device = _parse_pci(text, place)
                if at < 0 or segment:
                    return _refuse(text, place)
                if text[at : at + 1] == "-":
                    place = at + 1
                    at, segment, last = _parse_pci(text, place)
                    if at < 0 or segment or last < device:
                        return _refuse(text, place)
                state["ivmd"] = state.get("ivmd", 0) + 1
                if text[at : at + 1] != ",":
                    break
        if text[at : at + 1] != ";":
            return _rest(text, at)
        at += 1


def _ivrs(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    _, at = strtoull(text, 1, 0)
    if text[at : at + 2] != "]=":
        return _refuse(text, at)
    end, _, _ = _parse_pci(text, at + 2)
    return _refuse(text, at + 2) if end < 0 else _rest(text, end)


def _ivrs_hpet(text: str, index: int, state: dict[str, Any]) -> Result:
    identity, at = strtoull(text, 1, 0)
    return _ivrs(text, index, state) if identity <= 0xFFFF else _refuse(text[:at], 1)


def _pci_phantom(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    if text and state.get("phantom", 0) == 8:
        return _refuse(text, rc=E2BIG)
    at, _, _ = _parse_pci(text, 0, function=False)
    if at < 0 or text[at : at + 1] != ",":
        return _refuse(text, max(at, 0))
    stride, end = strtoll(text, at + 1, 0)
    if stride not in (1, 2, 4) or end < len(text):
        return _refuse(text, at + 1)
    state["phantom"] = state.get("phantom", 0) + 1
    return Result(0, (), {"": text})


def _psr(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    features = ("cmt", "cat", "cdp", "mba") if index >= _V4_11 else ("cmt", "cat", "cdp")
    bad: list[tuple[int, int]] = []
    parts: dict[str, Any] = {}
    at = 0
    while True:
        end = _any_of(text, at, ",")
        mark = min(_any_of(text, at, ":"), end)
        for number in ("rmid_max", "cos_max"):
            if mark < len(text) and _word_at(text, at, number, index):
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


def _reboot(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    bad: list[tuple[int, int]] = []
    at = 0
    while True:
        end = _any_of(text, at, ",")
        if text[at : at + 1] not in tuple("nwcaekPptx"):
            bad.append((at, end))
        if end == len(text):
            return Result(EINVAL if bad else 0, tuple(bad), {"": text})
        at = end + 1


def _rmrr(text: str, index: int, state: dict[str, Any]) -> Result:
    at = 0
    while True:
        if state.get("rmrr", 0) == 10:
            return _refuse(text, at, E2BIG)
        start = at
        low, at = strtoull(text, at, 16)
        if at == start:
            return _refuse(text, at)
        high = low
        if text[at : at + 1] == "-":
            place = at + 1
            high, at = strtoull(text, place, 16)
            if at == place:
                return _refuse(text, place)
        if (high - low) & _MASK >= 16 and index >= _V4_17:
            return _refuse(text[:at], start, E2BIG)
        if text[at : at + 1] == "=":
            devices = 0
            while True:
                place = at + 1
                at, _, _ = _parse_pci(text, place)
                if at < 0:
                    return _refuse(text, place)
                devices += 1
                if text[at : at + 1] != "," or devices == 20:
                    break
            state["rmrr"] = state.get("rmrr", 0) + 1
        if text[at : at + 1] != ";":
            return _rest(text, at)
        at += 1


def _ucode(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    if text.startswith("scan"):
        return Result(0, (), {"scan": True})
    return _rest(text, strtoll(text, 0, 0)[1])


def _viridian_version(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    fields = text.split(",")
    at = 0
    for i, field in enumerate(fields):
        if field and i < 3:
            value, end = strtoull(field, 0, 0)
            if end < len(field) or (value & 0xFFFFFFFF) > (0xFFFFFFFF if i == 2 else 0xFFFF):
                return Result(EINVAL, ((at, at + len(field)),), {})
        at += len(field) + 1
    return Result(0, (), {"": text}) if len(fields) == 3 else _refuse(text)


_CODE: dict[str, Callable[[str, int, dict[str, Any]], Result]] = {
    "cpufreq": _cpufreq,
    "cpuid": _cpuid,
    "crashinfo_maxaddr": _crashinfo_maxaddr,
    "crashkernel": _crashkernel,
    "dom0-cpuid": _cpuid,
    "dom0-llc-colors": _colors,
    "dom0_max_vcpus": _dom0_max_vcpus,
    "dom0_mem": _dom0_mem,
    "dom0_nodes": _dom0_nodes,
    "extra_guest_irqs": _extra_guest_irqs,
    "guest_loglvl": _loglvl,
    "ivmd": _ivmd,
    "ivrs_hpet[": _ivrs_hpet,
    "ivrs_ioapic[": _ivrs,
    "loglvl": _loglvl,
    "memop-max-order": _memop_max_order,
    "pci-phantom": _pci_phantom,
    "psr": _psr,
    "reboot": _reboot,
    "rmrr": _rmrr,
    "shim_mem": _shim_mem,
    "ucode": _ucode,
    "viridian-version": _viridian_version,
    "xen-llc-colors": _colors,
}
