"""A value that is no number.

What it does
------------
Reports settings that count something and whose value bash cannot count with, such as `512M`.

Why
---
ImageBuilder works with these numbers: bash says `value too great for base` or the like, and the
script that comes out lacks the guest's memory or stops half way.

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
    DOMU_MEM[0]="512M"

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
    DOMU_MEM[0]=512
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.source.imagebuilder import counting, read_config
from xlcfg_imagebuilder.catalogue import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

CODE = "IB105"
NAME = "uncountable-setting"
SUMMARY = "ImageBuilder cannot count with a value"
SEVERITY = "error"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding per setting that counts, at its value."""
    config = read_config(source)
    for setting in counting(config):
        kind = settings().get(setting.name, {}).get("kind")
        if kind != "number" or not setting.known or not setting.value.chars:
            continue
        if setting.number() is None and not _is_sum(setting.text):
            start, end = setting.span()
            yield Diagnostic(
                CODE,
                ERROR,
                f"`{setting.name}` cannot be `{setting.text[:40]}`: ImageBuilder counts with it",
                start=start,
                end=end,
                help=_help(setting.name),
            )


def _help(name: str) -> str:
    return "write a number of MiB, such as 512" if name.endswith("_MEM") else "write a number"


def _is_sum(text: str) -> bool:
    """Whether bash may work a number out: of names, operators and brackets."""
    return (
        not text[:1].isdigit()
        and text.strip() != ""
        and not text.strip("+-*/%()<>&|^~ 0123456789xX")
    )
