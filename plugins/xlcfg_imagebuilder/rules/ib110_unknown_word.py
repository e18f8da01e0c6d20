"""A role that ImageBuilder does not know.

What it does
------------
Reports `DOMU_CAPS` with words other than control, hardware, xenstore, dom0 and none, and numbers.

Why
---
ImageBuilder says `Invalid DOMU_CAPS[0]` and exits without a script.

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
    DOMU_CAPS[0]="control|hardwar"

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
    DOMU_CAPS[0]="control|hardware"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.source.imagebuilder import counting, read_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB110"
NAME = "unknown-word"
SUMMARY = "ImageBuilder does not know a word"
SEVERITY = "error"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding per setting, at its value."""
    config = read_config(source)
    for setting in counting(config):
        if setting.name != "DOMU_CAPS" or not setting.known or not setting.value.chars:
            continue
        if (setting.index or 0) not in config.guests():
            continue
        words = str(setting.value).replace("|", " ").lower().split()
        wrong = [w for w in words if w not in WORDS and not w[0].isdigit()]
        if wrong:
            start, end = setting.span()
            yield Diagnostic(
                CODE,
                ERROR,
                f"ImageBuilder exits: `{setting.name}` has no `{wrong[0][:40]}`",
                start=start,
                end=end,
                help=f"write words of {', '.join(WORDS)}, with | between them",
            )


WORDS = ("none", "control", "hardware", "xenstore", "dom0", "domain0")
