"""Xen's console: what the hypervisor itself says about areas and boot parameters.

A debug build on Arm says which address it could not translate.  A missed update makes one line, or
three with the runstate update flag (flag byte, area, flag byte); a vCPU that blocks misses two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from xlcfg_traces.recording import (
    MAX_VCPUS,
    RecordingError,
    header_line,
    note,
    text_lines,
)

_WALK = re.compile(
    r"(?:\bd(\d{1,5}|\[[A-Za-z]+\])v(\d{1,5}):? +)?"
    r"Failed to walk page-table va (0x[0-9a-fA-F]{1,16})"
)
#: Looked for behind the first mark of Xen's own lines.
_MARK = "(XEN)"
#: A release that the log is of, in Xen's first line.
_VERSION = re.compile(r"\(XEN\).* Xen version (\d{1,3}\.\d{1,3}(?:\.\d{1,3})?) ")
_UNKNOWN = re.compile(r'parameter "([^"]*)" unknown!')
_INVALID = re.compile(r'parameter "([^"]*)" has invalid value "([^"]*)", rc=(-?\d{1,10})')
MAX_DOMAINS = 1 << 16


class Console:
    """A log as the lines of a boot trace: notes, for there is no event in it."""

    def __init__(self, path: str, domain: int | None) -> None:
        self.path = path
        self.domain = domain

    def __iter__(self) -> Iterator[str]:
        walks: Counter[int] = Counter()
        vcpus = 1
        release = ""
        for _, line in text_lines(self.path):
            version = _VERSION.search(line)
            if version is not None:
                release = f" {version[1]}"
            walk = _WALK.search(line)
            if walk is not None and walk[1] and walk[1].isdigit() and len(walks) < MAX_DOMAINS:
                walks[int(walk[1])] += 1
                vcpus = max(vcpus, min(int(walk[2]) + 1, MAX_VCPUS))
        if self.domain not in walks and (self.domain is not None or len(walks) > 1):
            what = "several domains" if self.domain is None else f"nothing of domain {self.domain}"
            listed = "; ".join(f"domain {d}: {n:,}" for d, n in sorted(walks.items())[:20])
            raise RecordingError(
                f"this console log holds failed walks of {what} ({listed or 'of no domain'})",
                "choose one with --domain N",
            )
        yield header_line(
            "arm64",
            "pvh",
            vcpus,
            f"Xen{release} console log",
            ["areas", "stage-1", "switches", "guest"],
        )
        for number, line in text_lines(self.path):
            yield from self._line(number, line)

    def _line(self, number: int, line: str) -> Iterator[str]:
        walk = _WALK.search(line)
        if walk is not None:
            domain = int(walk[1]) if walk[1] and walk[1].isdigit() else None
            if self.domain is None or domain == self.domain:
                more: dict[str, Any] = {}
                if domain is not None and int(walk[2]) < MAX_VCPUS:
                    more["vcpu"] = int(walk[2])
                address = hex(int(walk[3], 16))
                yield note(f"Xen failed to translate {address}", failed_walk=address, **more)
            return
        mark = line.find(_MARK)
        if mark < 0:
            return
        unknown = _UNKNOWN.search(line, mark)
        invalid = _INVALID.search(line, mark)
        if unknown is not None:
            yield _found(number, "BL101", f"Xen says that it does not know `{unknown[1]}`")
        elif invalid is not None:
            yield _found(
                number,
                "BL201",
                f"Xen says that `{invalid[1]}` has the invalid value `{invalid[2]}` "
                f"(rc={invalid[3]})",
            )


def _found(number: int, code: str, message: str) -> str:
    finding = {"code": code, "severity": "error", "message": message, "line": number}
    return note(message, finding=finding)
