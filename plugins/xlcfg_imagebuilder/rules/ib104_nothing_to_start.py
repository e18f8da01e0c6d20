"""A config with neither a dom0 nor guests.

What it does
------------
Reports configs without `DOM0_KERNEL` whose `NUM_DOMUS` is missing or 0.

Why
---
ImageBuilder says `Neither dom0 or domUs are specified, exiting.` and writes no script; without
`NUM_DOMUS` it writes one that starts nothing.

Example
-------
    # xlcfg: --kind imagebuilder
    MEMORY_END=0x80000000
    DEVICE_TREE="board.dtb"
    XEN="xen"
    XEN_CMD="console=dtuart"
    NUM_DOMUS=0

Fix
---
    # xlcfg: --kind imagebuilder
    MEMORY_END=0x80000000
    DEVICE_TREE="board.dtb"
    XEN="xen"
    XEN_CMD="console=dtuart"
    NUM_DOMUS=1
    DOMU_KERNEL[0]="linux.Image"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.source.imagebuilder import read_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB104"
NAME = "nothing-to-start"
SUMMARY = "a config has neither dom0 nor guests"
SEVERITY = "error"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding, at the number or at Xen."""
    config = read_config(source)
    count, xen = config.get("NUM_DOMUS"), config.get("XEN") or config.get("XEN_CMD")
    at = count or xen
    if config.is_open or config.problem is not None or at is None or xen is None:
        return
    if config.get("DOM0_KERNEL") is not None:
        return
    if count is not None and count.number() != 0:
        return
    yield Diagnostic(
        CODE,
        ERROR,
        "ImageBuilder exits: there is neither a kernel of dom0 nor a guest",
        start=at.start,
        end=at.name_end,
        help='write DOM0_KERNEL="FILE", or the number of guests as NUM_DOMUS',
    )
