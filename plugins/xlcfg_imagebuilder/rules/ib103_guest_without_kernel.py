"""A guest without a kernel.

What it does
------------
Reports guests below `NUM_DOMUS` that have no `DOMU_KERNEL`, unless `DOMU_NOBOOT` or `DOMU_ROOTFS`
leave them to dom0.

Why
---
ImageBuilder looks for the file of each guest's kernel, does not find one, and exits without a
script.

Example
-------
    # xlcfg: --kind imagebuilder
    MEMORY_START=0x40000000
    MEMORY_END=0x80000000
    DEVICE_TREE="board.dtb"
    XEN="xen"
    XEN_CMD="console=dtuart dom0_mem=768M"
    DOM0_KERNEL="dom0.Image"
    NUM_DOMUS=2
    DOMU_KERNEL[0]="linux.Image"
    DOMU_MEM[1]=256

Fix
---
    # xlcfg: --kind imagebuilder
    MEMORY_START=0x40000000
    MEMORY_END=0x80000000
    DEVICE_TREE="board.dtb"
    XEN="xen"
    XEN_CMD="console=dtuart dom0_mem=768M"
    DOM0_KERNEL="dom0.Image"
    NUM_DOMUS=2
    DOMU_KERNEL[0]="linux.Image"
    DOMU_KERNEL[1]="rtos.bin"
    DOMU_MEM[1]=256
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.source.imagebuilder import read_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB103"
NAME = "guest-without-kernel"
SUMMARY = "a guest has no kernel"
SEVERITY = "error"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding per guest, at its first setting or at their number."""
    config = read_config(source)
    if config.is_open or config.problem is not None:
        return
    told = 0
    for i in config.guests():
        if config.get("DOMU_KERNEL", i) is not None or told >= MOST:
            continue
        told += 1
        own = (s for s in config.settings if s.index == i and s.name.startswith("DOMU_"))
        at = next(own, None) or config.get("NUM_DOMUS")
        assert at is not None
        yield Diagnostic(
            CODE,
            ERROR,
            f"ImageBuilder exits: guest {i} has no kernel",
            start=at.start,
            end=at.name_end,
            help=f'write DOMU_KERNEL[{i}]="FILE", or a smaller NUM_DOMUS',
        )


#: Findings about one config.
MOST = 20
