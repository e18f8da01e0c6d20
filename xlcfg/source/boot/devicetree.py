"""Device trees, source and flattened: which property of /chosen Xen takes as its command line."""

from __future__ import annotations

from xlcfg.source.devicetree import MAGIC, Node, architecture, read_blob, read_text
from xlcfg.source.found import FoundLine, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.core.source import Source

_KERNELS = ("multiboot,kernel", "xen,linux-zimage")


def chosen_lines(root: Node, kind: str) -> list[FoundLine]:
    """The line of each /chosen: its xen,xen-bootargs, else its bootargs if dom0 has its own."""
    found: list[FoundLine] = []
    for path, node in root.walk():
        if node.name.lstrip("&") != "chosen":
            continue
        name = "xen,xen-bootargs"
        if name not in node.properties:
            if "xen,dom0-bootargs" not in node.properties and not _kernel_has_line(node):
                continue
            name = "bootargs"
        text = _first(node, name)
        if text is not None:
            # No x86 takes its command line from a device tree.
            arch = architecture(root) or "device-tree"
            found.append(text.line(kind, f"{path}/{name}", arch))
    return found


def _kernel_has_line(chosen: Node) -> bool:
    return any(
        str(_first(node, "bootargs") or "")
        and not set(_KERNELS).isdisjoint(node.strings("compatible"))
        for _, node in chosen.walk()
        if node is not chosen
    )


def _first(node: Node, name: str) -> Text | None:
    """The first string of a property, as C reads it."""
    found = node.properties.get(name)
    texts = [] if found is None else found.strings()
    if not texts:
        return None
    text = texts[0]
    if "\0" in text.chars:
        end = text.chars.index("\0")
        text.chars, text.places = text.chars[:end], text.places[:end]
    return text


def dts(source: Source) -> list[FoundLine]:
    """The lines of a source file; an overlay's /chosen counts like any other."""
    return chosen_lines(read_text(source).root, "dts")


def dtb(source: Source) -> list[FoundLine]:
    """The lines of a flattened tree, as far as it can be read."""
    return chosen_lines(read_blob(source).root, "dtb") if source.data[:4] == MAGIC else []


READERS: dict[str, Callable[[Source], list[FoundLine]]] = {"dts": dts, "dtb": dtb}
