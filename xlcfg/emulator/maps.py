"""Maps from page numbers to values, for ranges of any size.

A range of 10**9 pages costs as much as one page: large ranges are kept as intervals, small ones
page by page. Every assignment carries a stamp, and the newest one that covers a page decides; so
no assignment has to look for older ones underneath it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

_PAGEWISE = 64
#: Bits of a packed entry below its stamp: a value of at most 53 bits, plus one for "absent".
SHIFT = 56
#: Selects the value, plus one, of a packed entry.
ENTRY = (1 << SHIFT) - 1


class RangeMap:
    """Page number -> value >= 0, or -1 where there is none.

    With `slope` s, the value set for a range grows by s from page to page, as for a linear mapping.
    """

    __slots__ = ("_ends", "_first", "_slope", "pages", "starts")

    def __init__(self, slope: int = 0) -> None:
        self._slope = slope
        self.pages: dict[int, int] = {}
        # Disjoint intervals, ordered; `_first` is the packed entry of an interval's first page.
        self.starts: list[int] = []
        self._ends: list[int] = []
        self._first: list[int] = []

    def set(self, start: int, count: int, value: int, stamp: int) -> None:
        """Pages start..start+count-1 have `value` (-1: none) from `stamp` on; stamps only grow."""
        packed = stamp << SHIFT | value + 1
        slope = self._slope if value >= 0 else 0
        if count <= _PAGEWISE:
            pages = self.pages
            for page in range(start, start + count):
                pages[page] = packed
                packed += slope
            return
        starts, ends, first = self.starts, self._ends, self._first
        end = start + count
        low = bisect_right(ends, start)
        high = bisect_left(starts, end)
        new_starts, new_ends, new_first = [start], [end], [packed]
        if low < high:
            if starts[low] < start:
                new_starts.insert(0, starts[low])
                new_ends.insert(0, start)
                new_first.insert(0, first[low])
            if ends[high - 1] > end:
                new_starts.append(end)
                new_ends.append(ends[high - 1])
                new_first.append(self._at(high - 1, end))
        starts[low:high] = new_starts
        ends[low:high] = new_ends
        first[low:high] = new_first

    def _at(self, index: int, page: int) -> int:
        packed = self._first[index]
        if packed & ENTRY:
            packed += (page - self.starts[index]) * self._slope
        return packed

    def stamped(self, page: int) -> int:
        """The packed entry of a page, 0 if it was never set; comparable by age across maps."""
        packed = self.pages.get(page, 0)
        if self.starts:
            index = bisect_right(self.starts, page) - 1
            if index >= 0 and page < self._ends[index]:
                packed = max(packed, self._at(index, page))
        return packed

    def get(self, page: int) -> int:
        """The value of a page, -1 if none."""
        return (self.stamped(page) & ENTRY) - 1

    def __bool__(self) -> bool:
        return bool(self.pages or self.starts)


def pack(value: int, stamp: int) -> int:
    """An entry as `RangeMap.stamped` returns it."""
    return stamp << SHIFT | value + 1


def unpack(packed: int) -> int:
    """The value of a packed entry, -1 if none."""
    return (packed & ENTRY) - 1
