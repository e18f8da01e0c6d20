"""dom0less' answers to the hooks."""

from __future__ import annotations

from xlcfg.model.guest import Guest
from xlcfg.syntax.tree import Document, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from xlcfg.core.conversion import Conversion
    from xlcfg.core.policy import Vote
    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

NAME = "dom0less"

_LOOK = 64 * 1024


def xlcfg_read_config(source: Source, target: Target) -> list[Guest] | None:
    """Every domain below /chosen; None for what is no device tree, and makes none."""
    from xlcfg.source.devicetree import MAGIC, architecture, read

    head = source.data[:_LOOK]
    if source.kind == "uboot" or (not source.kind and _is_script(source)):
        return _of_script(source, target)
    if head[:4] != MAGIC and b"/dts-v1/" not in head and b'"xen,domain"' not in head:
        return None
    from xlcfg_dom0less.domain import domains, guest

    tree = read(source)
    target = target.on(architecture(tree.root) or "device-tree")
    if tree.problem is not None:
        message, at = tree.problem
        return [_refused(source, target, message, at)]
    found = domains(tree)
    if not found:
        return [_refused(source, target, "this device tree starts no guests", 0)]
    return [guest(source, target, tree, path, node) for path, node in found]


def _is_script(source: Source) -> bool:
    from xlcfg.source.uboot import is_environment, is_script

    text = source.text[:_LOOK]
    return is_environment(text) or is_script(source.data, text)


def _of_script(source: Source, target: Target) -> list[Guest]:
    """The domains of all trees that a script makes, each once however many trees it is in."""
    from xlcfg.source.devicetree import architecture
    from xlcfg.source.uboot import outcome
    from xlcfg_dom0less.domain import domains, guest, lines_of, shape

    guests: dict[object, Guest] = {}
    for tree in outcome(source, target.board).trees:
        about = target.on(architecture(tree.root) or "device-tree")
        for path, node in domains(tree):
            key = (shape(node), *lines_of(tree))
            if key not in guests:
                guests[key] = guest(source, about, tree, path, node)
    none = "this U-Boot script starts no guests"
    return list(guests.values()) or [_refused(source, target, none, 0)]


def _refused(source: Source, target: Target, message: str, at: int) -> Guest:
    document = Document()
    document.problems = [Problem("IO007", message, "", at, min(at + 1, len(source.data)))]
    return Guest(source, document, target, toolstack=NAME)


def xlcfg_rules() -> list[ModuleType]:
    """The rules on domain nodes."""
    from xlcfg_dom0less.rules import load

    return load()


def xlcfg_policy(guest: Guest | None, target: Target) -> list[Vote]:
    """What the boot line in the tree itself says, unless another was given."""
    tree = None if guest is None else getattr(guest.origin, "tree", None)
    if tree is None or target.boot is not None:
        return []
    if tree.votes is None:
        from xlcfg.policy import line_votes
        from xlcfg.source.boot.devicetree import chosen_lines
        from xlcfg.syntax.cmdline import read_cmdline

        tree.votes = []
        for line in chosen_lines(tree.root, "dts"):
            tree.votes += line_votes(read_cmdline(line.text), line.label, line.span)
    votes: list[Vote] = list(tree.votes)
    return votes


def xlcfg_targets() -> list[str]:
    """Device trees."""
    return [NAME]


def xlcfg_convert(guest: Guest, to: str, target: Target) -> Conversion | None:
    """A device tree that starts the guest."""
    if to != NAME:
        return None
    from xlcfg_dom0less.write import write

    return write(guest, target)
