"""Cache colours that no released Xen reads.

What it does
------------
Notes `DOMU_COLORS`, `DOM0_COLORS` and `XEN_COLORS`.

Why
---
ImageBuilder writes them as the property `colors`, and as options, of patches that went into Xen in
another form: Xen from 4.20 on reads `llc-colors`, `dom0-llc-colors` and `xen-llc-colors`, with
`llc-coloring=on`. Xen as some vendors ship it reads the old ones.

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
    DOMU_COLORS[0]="4-7"

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
"""

from __future__ import annotations

from xlcfg.core.diagnostics import INFO, Diagnostic
from xlcfg.source.imagebuilder import read_config
from xlcfg_imagebuilder.catalogue import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB109"
NAME = "colors-of-drafts"
SUMMARY = "colours are written in a form that no release reads"
SEVERITY = "info"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding for all of them, at the first."""
    for setting in read_config(source).settings:
        if settings().get(setting.name, {}).get("kind") == "colors" and setting.value.chars:
            yield Diagnostic(
                CODE,
                INFO,
                f"no release of Xen reads `{setting.name}` as ImageBuilder writes it",
                start=setting.start,
                end=setting.name_end,
                help="use the Xen of a vendor who has the early patches on cache colouring",
            )
            return
