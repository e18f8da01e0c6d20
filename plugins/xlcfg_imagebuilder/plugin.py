"""ImageBuilder's answers to the hooks."""

from __future__ import annotations

from xlcfg.model.guest import Guest
from xlcfg.syntax.tree import Document, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

NAME = "imagebuilder"

_LOOK = 64 * 1024


def xlcfg_read_config(source: Source, target: Target) -> list[Guest] | None:
    """Every guest that ImageBuilder makes of a config; None for what is none."""
    from xlcfg.source.imagebuilder import is_config, tree_of

    if source.kind != NAME and (source.kind or not is_config(source.text[:_LOOK])):
        return None
    from xlcfg_dom0less.domain import domains, guest

    tree = tree_of(source)
    about = target.on("device-tree")
    found = [guest(source, about, tree, path, node, NAME) for path, node in domains(tree)]
    if found:
        return found
    document = Document()
    message = "this config of ImageBuilder starts no guests"
    document.problems = [Problem("IO007", message, "", 0, min(1, len(source.data)))]
    return [Guest(source, document, about, toolstack=NAME)]


def xlcfg_rules() -> list[ModuleType]:
    """The rules on configs."""
    from xlcfg_imagebuilder.rules import load

    return load()
