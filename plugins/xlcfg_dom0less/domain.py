"""Domain nodes as guests: what Xen would make of each property, by the names xl has for it."""

from __future__ import annotations

from xlcfg.core.conversion import ConversionLoss
from xlcfg.model.guest import Guest
from xlcfg.source.found import Text
from xlcfg.syntax.tree import Atom, Document, ListValue, Setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from xlcfg.core.source import Source
    from xlcfg.model.boot import BootLine
    from xlcfg.model.target import Target
    from xlcfg.source.devicetree import Node, Property, Tree

#: The property of a domain node that carries its policy.
POLICY = "xen,runstate-translation"

#: Properties that hold one number: xl's name, as Xen and xl mean the same by it.
NUMBERS = {
    "cpus": "vcpus",
    "nr_spis": "nr_spis",
    "max_grant_version": "max_grant_version",
    "max_grant_frames": "max_grant_frames",
    "max_maptrack_frames": "max_maptrack_frames",
}
#: Properties that every domain node has, or that only say how to read the others.
_STRUCTURE = frozenset(("compatible", "#address-cells", "#size-cells", "phandle", "linux,phandle"))
#: Properties that Xen on RISC-V does not read, and that would be settings of xl's.
_OF_ARM = frozenset(("vpl011", "nr_spis", "sve", "llc-colors"))
NO_PLACE = "xl has no setting for it that xlcfg knows of"


class Origin:
    """Where a guest comes from: the tree, the path of its node, the node.

    `whole` says that no other file can add to the tree.
    """

    __slots__ = ("node", "path", "tree", "whole")

    def __init__(self, tree: Tree, path: str, node: Node, whole: bool) -> None:
        self.whole = whole
        self.tree = tree
        self.path = path
        self.node = node


def domains(tree: Tree) -> list[tuple[str, Node]]:
    """The domain nodes that Xen would start; in a piece of a tree without /chosen all of them."""
    nodes = [(p, n) for p, n in tree.root.walk() if "xen,domain" in n.strings("compatible")]
    chosen = {path for path, node in tree.root.walk() if node.name.lstrip("&") == "chosen"}
    if not chosen:
        return nodes
    return [(path, node) for path, node in nodes if path.rpartition("/")[0] in chosen]


def guest(
    source: Source,
    target: Target,
    tree: Tree,
    path: str,
    node: Node,
    toolstack: str = "dom0less",
) -> Guest:
    """The guest of a domain node; `toolstack` is who made the tree."""
    reader = _Reader(source, node, target.arch)
    reader.run()
    made = Guest(source, reader.document, target, toolstack=toolstack)
    made.type = "pvh"
    text = source.text
    if tree.script:
        whole = tree.made is None or id(node) in tree.made
    else:
        whole = tree.flat or (
            "/dts-v1/" in text and "/plugin/" not in text and "include" not in text
        )
    made.origin = Origin(tree, path, node, whole)
    made.unsupported = reader.lost
    return made


def known_properties(guest: Guest) -> Iterator[tuple[Mapping[str, Any], Property]]:
    """What the catalogue says of each property of the guest's node that Xen reads on its
    architecture, and the property.

    Nothing for a guest that no node made.
    """
    from xlcfg.catalogue import dom0less_properties

    if guest.origin is None:
        return
    for known in dom0less_properties("xen,domain"):
        found = guest.origin.node.properties.get(known["name"])
        if found is not None and reads(guest, known):
            yield known, found


def reads(guest: Guest, known: Mapping[str, Any]) -> bool:
    """Whether Xen on the guest's architecture looks at a property, whatever the release."""
    arch = str(known.get("arch", ""))
    # Neither width is told apart: who builds Xen for 32 bits is told of the value by other rules.
    family = "riscv" if arch.startswith("riscv") else "arm" if arch else ""
    return guest.target.arch.startswith(family)


def shape(node: Node) -> object:
    """What tells a domain from another: its names and values, each by its place."""
    return tuple(
        (path, name, found.start, found.end)
        for path, below in node.walk()
        for name, found in below.properties.items()
    )


#: What makes a node below /chosen a boot module.
MODULE = frozenset(("multiboot,module", "xen,multiboot-module"))


def since(guest: Guest, first: str) -> bool:
    """Whether the guest's release is `first` or later."""
    from xlcfg.catalogue import alive

    return alive([[first, "unstable"]], guest.target.release)


def boot_lines(guest: Guest) -> list[BootLine]:
    """What Xen makes of its line as given, else of those of the tree; none when nobody has one."""
    from xlcfg.model.boot import read_boot_line

    target = guest.target
    given = "" if target.boot is None else target.boot.source.text
    key = ("lines", target.release, target.arch, given)
    kept = guest.origin.tree.kept
    if key not in kept:
        texts = lines_of(guest.origin.tree) if target.boot is None else [given]
        kept[key] = [read_boot_line(text, target.release, target.arch) for text in texts]
    lines: list[BootLine] = kept[key]
    return lines


def has_dom0(origin: Origin) -> bool:
    """Whether /chosen has a kernel for dom0."""
    chosen = nodes(origin).get(origin.path.rpartition("/")[0])
    modules = [] if chosen is None else chosen.children.values()
    return any(
        "multiboot,kernel" in words and not MODULE.isdisjoint(words)
        for words in (module.strings("compatible") for module in modules)
    )


def nodes(origin: Origin) -> dict[str, Node]:
    """Every node of the tree by its path."""
    kept = origin.tree.kept
    if "nodes" not in kept:
        kept["nodes"] = dict(origin.tree.root.walk())
    found: dict[str, Node] = kept["nodes"]
    return found


def lines_of(tree: Tree) -> list[str]:
    """The boot lines of a tree."""
    if tree.lines is None:
        from xlcfg.source.boot.devicetree import chosen_lines

        tree.lines = [str(line.text) for line in chosen_lines(tree.root, "dts")]
    return tree.lines


def reg_cells(origin: Origin) -> tuple[int, int] | None:
    """The cells of an address and of a size below the domain, as its nearest node says."""
    return _cells(origin, origin.path)


def static_cells(origin: Origin, own: bool) -> tuple[int, int] | None:
    """The same for its static memory: by its `own` properties (0 where missing), or of /chosen."""
    if not own:
        return _cells(origin, origin.path.rpartition("/")[0])
    names = ("#xen,static-mem-address-cells", "#xen,static-mem-size-cells")
    found: list[int] = []
    for name in names:
        property_ = origin.node.properties.get(name)
        width = 0 if property_ is None else property_.first()
        if width is None:
            return None
        found.append(width)
    return found[0], found[1]


def _cells(origin: Origin, path: str) -> tuple[int, int] | None:
    """What the node at a path, or the nearest above it, says; None where nobody does."""
    above = [origin.tree.root]
    for step in path.split("/")[1:]:
        child = above[-1].children.get(step)
        if child is None:
            break
        above.append(child)
    found: list[int] = []
    for name in ("#address-cells", "#size-cells"):
        property_ = next(
            (n.properties[name] for n in reversed(above) if name in n.properties), None
        )
        width = None if property_ is None else property_.first()
        if not width or width > 4:
            return None
        found.append(width)
    return found[0], found[1]


class _Reader:
    def __init__(self, source: Source, node: Node, arch: str) -> None:
        self.source = source
        self.arch = arch
        self.node = node
        self.document = Document()
        self.lost: list[ConversionLoss] = []

    def put(self, name: str, value: object, at: Property, text: Text | None = None) -> None:
        """A setting named at a property, its value at that of the property."""
        start, end = (at.parts[0].start, at.end) if at.parts else (at.start, at.name_end)
        if text is not None and text.places:
            start, end = text.span()
        self.add(name, value, at.start, at.name_end, start, end)

    def add(
        self, name: str, value: object, named: int, name_end: int, start: int, end: int
    ) -> None:
        line = self.source.line_of(named)
        made: Atom | ListValue
        if isinstance(value, list):
            items = [Atom(str(v), start, end, line, True) for v in value]
            made = ListValue(list(items), start, end, line, line)
        else:
            text = str(int(value)) if isinstance(value, bool) else str(value)
            made = Atom(text, start, end, line, isinstance(value, str))
        setting = Setting(name, "=", made, named, name_end, max(end, name_end), line)
        self.document.settings.append(setting)

    def run(self) -> None:
        node = self.node
        self.add("name", node.name, node.start, node.name_end, node.start, node.name_end)
        for property_ in node.properties.values():
            self.property(property_)
        for child in node.children.values():
            self.child(child)
        affinity = self.affinity()
        if affinity is not None:
            self.put(*affinity)

    def property(self, found: Property) -> None:
        name, cells, texts = found.name, found.cells() or [], found.strings()
        first = cells[0] if cells else None
        text = str(texts[0]) if texts else ""
        if name in _STRUCTURE:
            return
        if self.arch.startswith("riscv") and name in _OF_ARM:
            self.lose(f"`{name}`", found)
        elif name in NUMBERS and first is not None:
            self.put(NUMBERS[name], first, found)
        elif name == "memory" and len(cells) >= 2 and None not in cells[:2]:
            size = (cells[0] or 0) << 32 | (cells[1] or 0)
            self.put("memory", -(-size // 1024), found)
        elif name == "vpl011":
            self.put("vuart", "sbsa_uart", found)
        elif name == "passthrough" and text in ("enabled", "disabled"):
            self.put("passthrough", text, found, texts[0])
        elif name == "llc-colors" and text:
            self.put("llc_colors", [w.strip() for w in text.split(",")], found, texts[0])
        elif name == "sve" and (first is not None or not found.parts):
            self.put("sve", "hw" if first is None else str(first) if first else "disabled", found)
        elif name == POLICY:
            if texts and not (cells and not any(p.kind == "string" for p in found.parts)):
                self.put("runstate_translation", text, found, texts[0])
            else:
                self.put("runstate_translation", "" if first is None else str(first), found)
        else:
            self.lose(f"`{name}`", found)

    def child(self, child: Node) -> None:
        kinds = child.strings("compatible")
        for kind, name in (("multiboot,kernel", "kernel"), ("multiboot,ramdisk", "ramdisk")):
            if kind not in kinds:
                continue
            file = child.properties.get("xen,uefi-binary")
            if file is not None and file.strings():
                text = file.strings()[0]
                self.put(name, str(text), file, text)
            else:
                place = (child.start, child.name_end)
                self.add(name, child.name, *place, *place)
            line = child.properties.get("bootargs")
            if name == "kernel" and line is not None and line.strings():
                text = line.strings()[0]
                self.put("cmdline", text.line("").text, line, text)
            return
        if "xen,vcpu" not in kinds:
            self.lost.append(ConversionLoss(child.name, NO_PLACE, child.start, child.name_end))

    def affinity(self) -> tuple[str, list[str], Property] | None:
        """The affinity of each vCPU as xl's list, where any is given."""
        count = next((s.value for s in self.document.settings if s.name == "vcpus"), None)
        pins: dict[int, str] = {}
        at: Property | None = None
        for child in self.node.children.values():
            number = child.properties.get("id")
            affinity = child.properties.get("hard-affinity")
            if "xen,vcpu" not in child.strings("compatible") or number is None or affinity is None:
                continue
            vcpu = number.first()
            if vcpu is not None and affinity.strings():
                pins[vcpu] = str(affinity.strings()[0])
                at = at or affinity
        if at is None or count is None or isinstance(count, ListValue) or len(count.text) > 4:
            return None
        return "cpus", [pins.get(i, "all") for i in range(int(count.text))], at

    def lose(self, what: str, at: Property) -> None:
        self.lost.append(ConversionLoss(what, NO_PLACE, at.start, at.name_end))
