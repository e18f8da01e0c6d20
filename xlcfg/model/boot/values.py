"""What Xen makes of the value of each kind of parameter: one method for each kind."""

from __future__ import annotations

from xlcfg.catalogue import release_index
from xlcfg.model.boot.line import IGNORED, BootWord
from xlcfg.model.boot.notes import Notes
from xlcfg.model.boot.results import EINVAL, EOVERFLOW
from xlcfg.model.boot.scanners import parse_bool, parse_size, strtoll

_V4_5 = release_index("4.5")


class Values(Notes):
    """Reads values. A method named after a kind, with `_` before it, takes words of that kind."""

    def _ignore(self, ours: BootWord) -> None:
        ours.effect = IGNORED

    def _boolean(self, ours: BootWord) -> None:
        read = ours.read
        value = parse_bool(read.value) if read.value else True
        if value is None:
            self.invalid(ours, -1, "not-boolean", read.value_start, read.end)
            if self.line.reports:
                return
            value = True
        if read.negated and not value:
            self.find("double-negative", read.start, read.end, name=read.name, value=read.value)
        ours.value = value is not read.negated

    def _integer(self, ours: BootWord) -> None:
        read = ours.read
        self.no_ignored(ours, "number")
        value, end = strtoll(read.value, 0, 0)
        self.store(ours, value, value, read.value[end:], "not-number", end)
        if not read.value:
            self.find("empty-number", read.start, read.end, name=read.name)

    def _size(self, ours: BootWord) -> None:
        read = ours.read
        self.no_ignored(ours, "size")
        value, exact, end = parse_size(read.value, 0, self.index)
        self.store(ours, value, exact, read.value[end:], "not-size", end)
        if not read.value:
            self.find("empty-number", read.start, read.end, name=read.name)
        elif read.value.isdigit() and int(read.value[:20]):
            self.find(
                "kib", read.value_start, read.end, name=read.name, value=read.value, number=value
            )

    def store(self, ours: BootWord, value: int, exact: int, rest: str, kind: str, end: int) -> None:
        """Assigns a number the way Xen does: by the width of the variable alone."""
        from xlcfg.catalogue._compiled.boot_values import DATA

        read = ours.read
        entry = DATA["integers"].get(ours.name, ({"bits": 32},))[0]
        bits: int = entry["bits"]
        size = 2**bits
        stored = value % size
        if entry.get("signed") and stored >= size // 2:
            stored -= size
        fits = bits == 64 or -(size // 2) <= value < size
        args = {"value": read.value, "number": stored, "bits": bits, "limit": size - 1}
        if fits or not self.line.reports:
            ours.value = stored
        if rest:
            # Text that is left is what Xen reports, even of a number that does not fit.
            place = read.value_start + end
            self.invalid(ours, EINVAL, kind, place, read.end, rest=rest, **args)
        elif not fits:
            self.invalid(ours, EOVERFLOW, "out-of-range", read.value_start, read.end, **args)
        elif stored != exact:
            self.find("wrapped", read.value_start, read.end, name=ours.name, **args)

    def _string(self, ours: BootWord) -> None:
        from xlcfg.catalogue._compiled.boot_values import DATA

        read = ours.read
        self.no_ignored(ours, "text")
        value = read.value
        for entry in DATA["strings"].get(ours.name, ()):
            runs = entry.get("runs")
            if runs is None or any(a <= self.index <= b for a, b in runs):
                limit = entry["size"] - 1
                if len(value) > limit:
                    value = value[:limit]
                    place = read.value_start + limit
                    self.find(
                        "string-cut", place, read.end, name=ours.name, limit=limit, value=value
                    )
        ours.value = value
        for entry in DATA["choices"].get(ours.name, ()):
            words = [
                w["name"]
                for w in entry["words"]
                if "runs" not in w or any(a <= self.index <= b for a, b in w["runs"])
            ]
            if value and value not in words:
                self.find(
                    "unknown-value",
                    read.value_start,
                    read.end,
                    name=ours.name,
                    part=value,
                    expected=", ".join(words),
                )
        if ours.name != "console":
            self.joined(ours)

    def _custom(self, ours: BootWord) -> None:
        read = ours.read
        typed, value = read.typed, read.value
        if read.negated and self.index >= _V4_5:
            if value:
                self.invalid(ours, EINVAL, "no-with-value", read.start, read.end)
                return
            # Xen writes "no" over its copy of the word, so that is what it goes on to report.
            typed = value = "no"
        elif read.negated:
            self.no_ignored(ours, "value of its own in 4.4")
        self.custom(ours, value, read.value_start, typed, value)
        if ours.name == "dom0_mem":
            self.dom0_mem(ours)
        elif ours.name == "dbgp" and value and not value.startswith(("ehci", "xhci")):
            place = (read.value_start, read.end)
            self.find("unknown-value", *place, name="dbgp", part=value, expected="ehci, xhci")
        if not ours.rc:
            self.joined(ours)

    def custom(self, ours: BootWord, text: str, start: int, typed: str, value: str) -> None:
        """Hands `text`, which is at `start` of the line, to the handler."""
        read = ours.read
        result = self.handlers.call(ours.name, text)
        ours.parts = result.parts
        if result.parts or not result.rc:
            ours.value = text
        if ours.name == "loglvl":
            from xlcfg.model.boot.devices import loglvl_threshold

            # in force at once, also for what Xen has to say about this very value
            self.threshold = loglvl_threshold(text)
        if not result.rc:
            return
        self.complain(ours, result.rc, typed, value)
        expected = self.handlers.expected(ours.name)
        for low, high in result.bad:
            part = text[low:high]
            whole = not part or (low, high) == (0, len(text))
            # A `no` that Xen put there itself has no place of its own.
            placed = not whole and text == read.value
            self.find(
                "invalid" if whole else "invalid-part",
                start + low if placed else read.start,
                start + high if placed else read.end,
                name=ours.name,
                value=text,
                part=part,
                rc=result.rc,
                says=self.reaction(ours),
                expected=expected,
                hint=self.hint(ours, part, expected),
            )

    def hint(self, ours: BootWord, part: str, expected: list[str]) -> str:
        name, equals, _ = part.partition("=")
        if ours.name == "dom0_mem" and name in ("max", "min") and equals:
            return "write " + part.replace("=", ":", 1)
        if self.is_word(part) and name not in expected:
            return f"put a space before {part}" if equals else f"{name} is a parameter of its own"
        if ours.name == "cpufreq" and part == "xen":
            return "it takes effect nevertheless; cpufreq=yes does the same quietly"
        if expected:
            return f"{ours.name} takes {', '.join(expected)}"
        syntax = getattr(ours.parameter, "detail", {}).get("syntax", "")
        return f"{ours.name} takes {syntax}" if syntax else ""

    def dom0_mem(self, ours: BootWord) -> None:
        """A bare number counts KiB; nobody means to give dom0 less than 64 MiB."""
        read = ours.read
        for text in ours.parts.values():
            kibibytes = strtoll(text, 0, 0)[0] if text.isdigit() else 0
            if kibibytes:
                start = read.start + read.text.rfind(text)
                tiny = kibibytes < 65536
                self.find(
                    "tiny-memory" if tiny else "kib",
                    start,
                    start + len(text),
                    name=ours.name,
                    value=text,
                    number=kibibytes if tiny else kibibytes * 1024,
                )
