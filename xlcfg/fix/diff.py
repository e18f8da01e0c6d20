"""The difference of two texts as a unified diff, in bytes, so that `patch` can apply it."""

from __future__ import annotations

from difflib import SequenceMatcher

#: With more lines than this from the first change to the last, all of them count as changed: to
#: find the smallest difference takes time that grows with their square.
CAREFUL_LINES = 2000
_CONTEXT = 3


def unified(path: str, old: bytes, new: bytes) -> bytes:
    """The diff from `old` to `new`, empty when they are equal."""
    if old == new:
        return b""
    a, b = _lines(old), _lines(new)
    # a line break in a name would make lines of it
    name = path.encode("utf-8", "surrogateescape").replace(b"\n", b"\\n")
    out = [b"--- ", name, b"\n+++ ", name, b"\n"]
    for group in _groups(a, b):
        first, last = group[0], group[-1]
        places = _range(first[1], last[2]), _range(first[3], last[4])
        out.append("@@ -{} +{} @@\n".format(*places).encode())
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                out += (_line(b" ", line) for line in a[i1:i2])
            else:
                out += (_line(b"-", line) for line in a[i1:i2])
                out += (_line(b"+", line) for line in b[j1:j2])
    return b"".join(out)


def _lines(data: bytes) -> list[bytes]:
    """The lines with their ends; unlike `bytes.splitlines` only LF ends one."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _line(mark: bytes, line: bytes) -> bytes:
    if line.endswith(b"\n"):
        return mark + line
    return mark + line + b"\n\\ No newline at end of file\n"


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _groups(a: list[bytes], b: list[bytes]) -> list[list[tuple[str, int, int, int, int]]]:
    """The hunks: runs of (what, start and end in `a`, start and end in `b`)."""
    least = min(len(a), len(b))
    head = tail = 0
    while head < least and a[head] == b[head]:
        head += 1
    while tail < least - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    # Only the lines from the first change to the last are compared, with some around them.
    start, behind = max(0, head - _CONTEXT), max(0, tail - _CONTEXT)
    middle_a, middle_b = a[start : len(a) - behind], b[start : len(b) - behind]
    if max(len(middle_a), len(middle_b)) <= CAREFUL_LINES:
        matcher = SequenceMatcher(None, middle_a, middle_b, autojunk=False)
        found = [list(group) for group in matcher.get_grouped_opcodes(_CONTEXT)]
    else:
        before, after = head - start, tail - behind
        size_a, size_b = len(middle_a), len(middle_b)
        found = [
            [
                ("equal", 0, before, 0, before),
                ("replace", before, size_a - after, before, size_b - after),
                ("equal", size_a - after, size_a, size_b - after, size_b),
            ]
        ]
    return [
        [(tag, i1 + start, i2 + start, j1 + start, j2 + start) for tag, i1, i2, j1, j2 in group]
        for group in found
    ]
