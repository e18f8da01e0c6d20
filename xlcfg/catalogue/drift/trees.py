"""Properties of device trees that Xen reads to start domains, and their documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlcfg.catalogue import alive
from xlcfg.catalogue.drift import GONE, NEW, Drift, data
from xlcfg.catalogue.drift.source import Tree

_READ = re.compile(
    r"\b(?:dt_(?:property_(?:read|count|match)_\w+|get_property|find_property)"
    r"|fdt_(?:getprop|get_property|getprop_namelen)|device_tree_get_\w+)"
    r'\s*\(\s*[^";{}]*?"([^"\n]+)"'
)
_COMPATIBLE = re.compile(
    r"\b(?:dt_device_is_compatible|device_tree_node_compatible|fdt_node_check_compatible"
    r'|DT_MATCH_COMPATIBLE)\s*\(\s*[^";{}]*?"([^"\n]+)"'
)
#: the files that build domains from a tree, by a part of their names
_BUILDERS = re.compile(r"dom0less|static-|domain_build|domain-build|bootfdt|bootinfo|kernel\.c")
#: properties of any device tree, and those that Xen reads of the machine or writes for dom0
_GENERAL = frozenset(
    (
        "#address-cells", "#size-cells", "#interrupt-cells", "compatible", "reg", "status",
        "ranges", "interrupts", "interrupt-parent", "interrupts-extended", "device_type",
        "phandle", "linux,phandle", "no-map", "reusable", "name", "linux,initrd-start",
        "linux,initrd-end", "clocks", "clock-names", "iommus", "dma-coherent", "method", "cpu_on",
        "cpu_off", "id", "linux,uefi-mmap-start", "linux,uefi-mmap-size",
        "linux,uefi-mmap-desc-size", "bootargs", "linux,uefi-system-table", "linux,pci-domain",
        "assigned-clocks", "stdout-path", "riscv,isa", "linux,usable-memory-range", "aliases",
        "clock-frequency", "gic", "reserved-memory", "xen,xen", "iommu-map", "msi-map",
        "arm,smc-id", "shmem", "linux,pci-probe-only",
    )
)  # fmt: skip


def found(tree: Tree, release: str) -> Iterator[Drift]:
    """What differs about domains of device trees."""
    known = {p["name"]: p for p in data("dom0less")["properties"]}
    values = {v if isinstance(v, str) else v["value"] for p in known.values()
              for v in p.get("values", ())}  # fmt: skip
    nodes = {p["node"] for p in known.values()}
    alive_now = {name for name, p in known.items() if alive(p["runs"], release)}
    seen: set[str] = set()
    for file in tree.files("xen", ".c", ".h"):
        if not _BUILDERS.search(file.name) or not tree.arches(file, 0):
            continue
        for pattern, what in ((_READ, "a property"), (_COMPATIBLE, "a compatible")):
            for match in pattern.finditer(file.text):
                name = match[1]
                theirs = name.startswith(("xen,", "multiboot,")) or pattern is _READ
                if name in _GENERAL or name in seen or not theirs:
                    continue
                seen.add(name)
                if name not in alive_now | values | nodes and tree.arches(file, match.start()):
                    line = file.line(match.start(1))
                    yield Drift("dom0less", NEW, name, f"{what} that is read", file.name, line)
    for name in sorted(alive_now):
        if f'"{name}"' not in tree.everything and name not in _GENERAL:
            yield Drift("dom0less", GONE, name, "no file below xen/ has it")
    yield from _documented(tree, set(known) | values | nodes)


_ITEM = re.compile(
    r"^[ \t]*-[ \t]+((?:xen,|#)?[a-z][\w,.#-]*)[ \t]*(?:\(.*\))?[ \t]*$", re.MULTILINE
)


def _documented(tree: Tree, known: set[str]) -> Iterator[Drift]:
    file, text = tree.text("docs/misc/arm/device-tree/booting.txt")
    for match in _ITEM.finditer(text):
        name = match[1]
        if name not in known and name not in _GENERAL:
            line = text.count("\n", 0, match.start(1)) + 1
            yield Drift("documentation", NEW, name, "the page on device trees has it", file, line)
