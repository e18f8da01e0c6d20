"""A setting that another one takes the effect from.

What it does
------------
Reports `DOM0_MEM` and `DOM0_VCPUS` beside `XEN_CMD`, settings of dom0 without `DOM0_KERNEL`,
`DOMU_DIRECT_MAP` without `DOMU_STATIC_MEM`, `DOMU_PASSTHROUGH_DTB` beside `DOMU_PASSTHROUGH_PATHS`,
settings of Linux beside `XEN`, and a setting that is made twice.

Why
---
ImageBuilder asks for one of the two, and does not look at the other.

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
    DOM0_MEM=1024

Fix
---
    # xlcfg: --kind imagebuilder
    MEMORY_START=0x40000000
    MEMORY_END=0x80000000
    DEVICE_TREE="board.dtb"
    XEN="xen"
    XEN_CMD="console=dtuart dom0_mem=1024M"
    DOM0_KERNEL="dom0.Image"
    NUM_DOMUS=1
    DOMU_KERNEL[0]="linux.Image"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.source.imagebuilder import counting, read_config
from xlcfg_imagebuilder.catalogue import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target
    from xlcfg.source.imagebuilder import Config, Setting

CODE = "IB106"
NAME = "contradicting-settings"
SUMMARY = "a setting has no effect beside another"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS: tuple[str, ...] = ()
FILES = ("imagebuilder",)


def check_file(source: Source, target: Target) -> Iterator[Diagnostic]:  # noqa: ARG001
    """One finding per setting."""
    config = read_config(source)
    if config.is_open or config.problem is not None:
        return
    for setting in counting(config):
        why = _why(config, setting)
        if why and setting.value.chars:
            yield Diagnostic(
                CODE,
                WARNING,
                f"`{setting.name}` has no effect {why}",
                start=setting.start,
                end=setting.name_end,
                help="remove one of them" if "beside" in why else "remove it",
            )
    yield from _twice(config)


def _why(config: Config, setting: Setting) -> str:
    name, index = setting.name, setting.index or 0
    if name in ("DOM0_MEM", "DOM0_VCPUS"):
        return "beside XEN_CMD" if config.get("XEN_CMD") is not None else ""
    if name in ("DOM0_RAMDISK", "DOM0_CMD"):
        return "without DOM0_KERNEL" if config.get("DOM0_KERNEL") is None else ""
    if name == "DOMU_DIRECT_MAP":
        return "without DOMU_STATIC_MEM" if config.get("DOMU_STATIC_MEM", index) is None else ""
    if name == "DOMU_PASSTHROUGH_DTB":
        other = config.get("DOMU_PASSTHROUGH_PATHS", index)
        return "beside DOMU_PASSTHROUGH_PATHS" if other is not None else ""
    if name in ("LINUX", "LINUX_CMD", "LINUX_RAMDISK", "LINUX_ROOTFS"):
        return "beside XEN" if config.get("XEN") is not None else ""
    return ""


def _twice(config: Config) -> Iterator[Diagnostic]:
    """Settings that a later one of the same name and index replaces."""
    latest: dict[tuple[str, int, int | None], Setting] = {}
    for setting in config.settings:
        key = (setting.name, setting.index or 0, setting.second)
        before = latest.get(key)
        latest[key] = setting
        if before is None or setting.name not in settings() or setting.name in config.used:
            continue
        if str(before.value) != str(setting.value) and before.value.chars:
            yield Diagnostic(
                CODE,
                WARNING,
                f"`{before.name}` has no effect: it is set again below",
                start=before.start,
                end=before.name_end,
                help="remove one of them",
                related=((setting.start, setting.name_end, "set again here"),),
            )
