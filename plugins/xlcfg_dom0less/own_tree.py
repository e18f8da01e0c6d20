"""The device tree that Xen writes for a domain: how much of its 4 KiB a domain takes.

Sizes are in bytes, those of a flattened tree of version 17 as libfdt writes it one after the other:
the nodes and properties from the front, the names of the properties from the end.
"""

from __future__ import annotations

from xlcfg.source.devicetree import CELLS
from xlcfg.source.found import HOLE
from xlcfg_dom0less.domain import MODULE, lines_of, nodes, since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest
    from xlcfg.source.devicetree import Node, Property

#: what Xen 4.12 to 4.21 has for the tree
ROOM = 4096
#: the shortest and the usual `compatible` of a processor, in whole cells: arm,armv8, arm,cortex-a53
SHORTEST, USUAL = 12, 16

#: header, reservations, root, /chosen, /psci, /cpus, /memory, interrupt controller, /timer, and the
#: names of their properties
_EVERY = 64 + 44 + 16 + 112 + 48 + 72 + 184 + 108 + 4 + 170
#: linux,initrd-start and linux,initrd-end
_INITRD = 2 * 20 + 19 + 17
#: #redistributor-regions
_REDISTRIBUTORS = 16 + 23
#: /hypervisor without extended regions, and each of these
_HYPERVISOR, _REGION = 124, 16
_UART = 154
#: current-speed: where it does not fit, it is left out
_SPEED = 30
#: node, device_type, reg and enable-method of a vCPU, and what a property takes beside its value
_VCPU, _PROPERTY = 68, 12
#: what names and ranges of a domain at the addresses of the host may take less
_HOST_ADDRESSES = 20
#: a bank of memory ends at 4 GiB, and the smallest extended region is 64 MiB; in KiB
_BANK, _SMALLEST = 3 << 20, 64 << 10
#: the longest line of a module, without its NUL
_LINE = 1023


class OwnTree:
    """What the tree of a domain takes at least, without its vCPUs."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.node: Node = guest.origin.node
        self.uart = "vpl011" in self.node.properties
        self.hypervisor = self._hypervisor()
        self.fixed = _EVERY + self.hypervisor + self._chosen() + self._memory()
        if since(guest, "4.20"):
            self.fixed += _REDISTRIBUTORS
        if self.uart:
            self.fixed += _UART
        if "direct-map" in self.node.properties:
            self.fixed -= _HOST_ADDRESSES

    def most(self, compatible: int) -> int:
        """How many vCPUs there is room for, whose `compatible` takes so many bytes."""
        each = _VCPU + _PROPERTY + compatible
        most = (ROOM - self.fixed) // each
        if self.uart:
            without = self.fixed - _SPEED + (most + 1) * each
            # what follows it: three ends and /hypervisor
            if without <= ROOM < without + _SPEED - self.hypervisor - 12:
                most += 1
        return most

    def _modules(self, kind: str) -> list[Node]:
        return [
            child
            for child in self.node.children.values()
            if kind in (words := child.strings("compatible")) and not MODULE.isdisjoint(words)
        ]

    def _chosen(self) -> int:
        size = 0
        if not since(self.guest, "4.18") or self._modules("multiboot,ramdisk"):
            size += _INITRD
        lines = [
            line.replace(HOLE, "").encode()
            for module in self.node.children.values()
            for line in module.strings("bootargs")[:1]
        ]
        shortest = min(map(len, lines), default=0)
        if shortest:
            size += _PROPERTY + whole_cells(min(shortest, _LINE) + 1) + 9
        return size

    def _kib(self) -> int | None:
        found = self.node.properties.get("memory")
        cells = None if found is None else found.cells()
        if not cells or len(cells) < 2 or cells[0] is None or cells[1] is None:
            return None
        return cells[0] << 32 | cells[1]

    def _memory(self) -> int:
        """The range of a second bank."""
        kib = self._kib()
        return _REGION if kib is not None and kib > _BANK else 0

    def _hypervisor(self) -> int:
        """What /hypervisor takes: it exists with `xen,enhanced`."""
        found = self.node.properties.get("xen,enhanced")
        if found is None or not since(self.guest, "4.17"):
            return 0
        words = {str(text) for text in found.strings()[:1]}
        known = {"enabled", "no-xenstore", *(("legacy",) if since(self.guest, "4.21") else ())}
        if found.parts and not words & known:
            return 0
        boot = self.guest.target.boot
        lines = lines_of(self.guest.origin.tree) if boot is None else [boot.source.text]
        if "direct-map" in self.node.properties or any("ext_regions" in line for line in lines):
            return _HYPERVISOR
        kib = self._kib()
        below = kib is not None and kib <= _BANK - _SMALLEST
        return _HYPERVISOR + (2 if below else 1) * _REGION


def grows(guest: Guest) -> bool:
    """Whether Xen makes the tree larger than 4 KiB, for the part that the domain brings along."""
    words = [child.strings("compatible") for child in guest.origin.node.children.values()]
    return since(guest, "4.18") and any("multiboot,device-tree" in found for found in words)


def processor(guest: Guest) -> int | None:
    """What `compatible` of the host's first processor takes, and its clock-frequency; None where
    the tree does not say it."""
    host = nodes(guest.origin).get("/cpus")
    children = [] if host is None else host.children.values()
    for child in children:
        if "cpu" not in child.strings("device_type"):
            continue
        words = child.properties.get("compatible")
        size = None if words is None else _text(words)
        clock = 16 if "clock-frequency" in child.properties else 0
        return None if size is None else whole_cells(size) + clock
    return None


def _text(words: Property) -> int | None:
    """The length of a list of strings with its NULs; None where it is none."""
    if any(part.kind == CELLS for part in words.parts):
        return None
    texts = words.strings()
    return sum(len(str(text).encode()) + 1 for text in texts) if texts else None


def whole_cells(size: int) -> int:
    """Bytes in whole cells."""
    return -(-size // 4) * 4
