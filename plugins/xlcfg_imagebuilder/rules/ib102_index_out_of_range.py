"""A setting for a guest that is not made.

What it does
------------
Reports settings whose index is not below the number that says how many there are: `NUM_DOMUS` for
guests, and the like for overlays, CPU pools and files.

Why
---
ImageBuilder counts from 0 up to that number and never looks at others: the guest is not there, and
nothing is said.

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
    DOMU_KERNEL[1]="rtos.bin"

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
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.source.imagebuilder import read_config
from xlcfg_imagebuilder.catalogue import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB102"
NAME = "index-out-of-range"
SUMMARY = "a setting is for a guest that is not made"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding for each index of a kind."""
    config = read_config(source)
    seen = set()
    for setting in config.settings:
        counter = settings().get(setting.name, {}).get("counted_by")
        index = setting.index or 0
        if counter is None or index < 0 or (counter, index) in seen:
            continue
        given = config.get(counter)
        if given is None and config.is_open:
            continue
        count = 0 if given is None else given.number()
        if count is None or index < count:
            continue
        seen.add((counter, index))
        said = f"{counter} is {count}" if given is not None else f"{counter} is missing"
        yield Diagnostic(
            CODE,
            WARNING,
            f"`{setting.name}[{index}]` is not looked at: {said}",
            start=setting.start,
            end=setting.name_end,
            help=f"write {counter}={index + 1}, or remove what has this index",
        )
