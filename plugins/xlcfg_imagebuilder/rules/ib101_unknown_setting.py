"""A setting that ImageBuilder does not read.

What it does
------------
Reports names that begin like its own (`DOMU_`, `DOM0_`, `XEN_`, `NUM_` ...) or look like one of
them, and that nothing in the config refers to.

Why
---
ImageBuilder is a script that reads its config as one: what it does not ask for is ignored without a
word.

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
    DOMU_VCPU[0]=2

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
    DOMU_VCPUS[0]=2
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.core.meant import closest
from xlcfg.source.imagebuilder import read_config
from xlcfg_imagebuilder.catalogue import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB101"
NAME = "unknown-setting"
SUMMARY = "ImageBuilder does not read a setting"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding per name, at its first setting."""
    config = read_config(source)
    known = settings()
    seen = set()
    for setting in config.settings:
        name = setting.name
        if name in known or name in config.used or name in seen:
            continue
        seen.add(name)
        close = closest(name[:64], known, 0.8)
        if not close and not name.startswith(_OWN):
            continue
        yield Diagnostic(
            CODE,
            WARNING,
            f"ImageBuilder does not read `{name}`",
            start=setting.start,
            end=setting.start + len(name),
            help=f"write `{close}`" if close else "remove it",
        )


#: How names of its own begin.
_OWN = ("DOMU_", "DOM0_", "XEN_", "NUM_", "UBOOT_", "FIT_")
