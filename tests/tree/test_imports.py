"""No module imports itself in a circle, imports for types and inside functions counted.

Which rooms may import which is in pyproject.toml (`[tool.importlinter]`); `lint-imports` checks it.
"""

from __future__ import annotations

import tomllib

import grimp

from support import ROOT


def packages() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    roots: list[str] = settings["tool"]["importlinter"]["root_packages"]
    return roots


def circles(graph: grimp.ImportGraph) -> list[list[str]]:
    """The strongly connected parts of a graph that have more than one module (Tarjan's way)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in sorted(graph.find_modules_directly_imported_by(module)):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            part = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(part) > 1:
                found.append(sorted(part))

    for module in sorted(graph.modules):
        if module not in index:
            visit(module)
    return found


def test_the_search_finds_a_circle() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")):
        graph.add_import(importer=importer, imported=imported)
    assert circles(graph) == [["b", "c"]]


def test_no_import_circle() -> None:
    graph = grimp.build_graph(*packages(), cache_dir=None)
    assert circles(graph) == []


def test_every_toolstack_is_looked_at() -> None:
    plugins = {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}
    assert set(packages()) == {"xlcfg", *plugins}
