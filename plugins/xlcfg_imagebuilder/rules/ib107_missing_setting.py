"""A setting that ImageBuilder cannot do without.

What it does
------------
Reports configs without `XEN`, `DEVICE_TREE` or `MEMORY_END`, unless they take settings from
elsewhere.

Why
---
ImageBuilder looks for a file without a name and exits, or finds that there is no memory for the
files. A config that is a part of another one may well lack them.

Example
-------
    # xlcfg: --kind imagebuilder
    MEMORY_START=0x40000000
    MEMORY_END=0x80000000
    XEN="xen"
    XEN_CMD="console=dtuart dom0_mem=768M"
    DOM0_KERNEL="dom0.Image"
    NUM_DOMUS=1
    DOMU_KERNEL[0]="linux.Image"

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

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.source.imagebuilder import read_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB107"
NAME = "missing-setting"
SUMMARY = "a setting is missing that ImageBuilder needs"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding for all of them, at the first setting."""
    config = read_config(source)
    if config.is_open or config.problem is not None or not config.settings:
        return
    if config.get("XEN") is None and config.get("LINUX") is not None:
        return
    missing = [name for name in NEEDED if config.get(name) is None]
    if missing:
        first = config.settings[0]
        yield Diagnostic(
            CODE,
            WARNING,
            f"ImageBuilder needs {' and '.join(missing)}",
            start=first.start,
            end=first.name_end,
            help=f'write {missing[0]}="..."',
        )


NEEDED = ("XEN", "DEVICE_TREE", "MEMORY_END")
