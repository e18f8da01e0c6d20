"""A config that bash does not understand.

What it does
------------
Reports quotes and brackets that are never closed.

Why
---
ImageBuilder has bash read the config, which refuses it: `unexpected EOF while looking for
matching`.

Example
-------
    # xlcfg: --kind imagebuilder
    MEMORY_START=0x40000000
    MEMORY_END=0x80000000
    DEVICE_TREE="board.dtb"
    XEN="xen"
    XEN_CMD="console=dtuart dom0_mem=768M"
    DOM0_KERNEL="dom0.Image"
    NUM_DOMUS=1
    DOMU_KERNEL[0]="linux.Image"
    DOMU_CMD[0]="console=ttyAMA0

Fix
---
    # xlcfg: --kind imagebuilder
    MEMORY_START=0x40000000
    MEMORY_END=0x80000000
    DEVICE_TREE="board.dtb"
    XEN="xen"
    XEN_CMD="console=dtuart dom0_mem=768M"
    DOM0_KERNEL="dom0.Image"
    NUM_DOMUS=1
    DOMU_KERNEL[0]="linux.Image"
    DOMU_CMD[0]="console=ttyAMA0"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.source.imagebuilder import read_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB108"
NAME = "not-shell"
SUMMARY = "bash does not understand the config"
SEVERITY = "error"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """At most one finding, at the quote or bracket."""
    problem = read_config(source).problem
    if problem is not None:
        message, at = problem
        yield Diagnostic(
            CODE,
            ERROR,
            f"bash refuses the config: {message}",
            start=at,
            end=at + 1,
            help="close it",
        )
