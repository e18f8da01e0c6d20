"""Writes `xlcfg/rules/_index.py`: what has to be known of a rule before its file is imported.

    python -m xlcfg.rules.build           write it anew
    python -m xlcfg.rules.build --check   exit 1 when it is stale

The files of the rules are the source; the index saves a run from importing them all to find one.
A file that lacks something ends this with a RuleFileError (`xlcfg/rules/protocol.py` says what a
file holds).
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import ModuleType

from xlcfg.core.diagnostics import SEVERITIES
from xlcfg.generated import keep

HERE = Path(__file__).parent
INDEX = HERE / "_index.py"
#: the toolstacks of this tree, whose rules are indexed by family only
PLUGINS = Path(__file__).parents[2] / "plugins"

#: folders whose files do not say SEVERITY and FIX yet
WITHOUT_ATTRIBUTES: tuple[str, ...] = ()

SECTIONS = ("What it does", "Why", "Example", "Fix")


class RuleFileError(ValueError):
    """The file of a rule lacks something or contradicts itself."""


def families() -> list[str]:
    """The folders of rules."""
    return sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] != "_")


def files(family: str) -> list[tuple[str, str]]:
    """Code and module name of each file in a folder of rules."""
    return [
        (path.stem.partition("_")[0].upper(), f"xlcfg.rules.{family}.{path.stem}")
        for path in sorted((HERE / family).glob("[!_]*.py"))
    ]


def text() -> str:
    """The source of the index module."""
    codes: list[str] = []
    kinds: dict[str, str] = {}
    about_policy: list[str] = []
    members: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    for family in families():
        for code, name in files(family):
            module = import_module(name)
            examine(module, code, family)
            unique(names, module.NAME, code)
            codes.append(f"    {code!r}: {(name, module.NAME, module.SUMMARY)!r},\n")
            for kind in getattr(module, "KINDS", ()):
                unique(kinds, kind, code)
            if getattr(module, "POLICY", False):
                about_policy.append(code)
        members[family] = tuple(code for code, _ in files(family))
    for folder in sorted(PLUGINS.glob("*/rules")):
        package = folder.parent.name
        found = files_of_plugin(folder)
        for code, name in found:
            module = import_module(name)
            examine(module, code, package)
            unique(names, module.NAME, code)
            if getattr(module, "POLICY", False):
                about_policy.append(code)
        members[package] = tuple(code for code, _ in found)
    lines = "".join(f"    {kind!r}: {code!r},\n" for kind, code in sorted(kinds.items()))
    groups = "".join(f"    {family!r}: {group!r},\n" for family, group in sorted(members.items()))
    return (
        '"""Written by `python -m xlcfg.rules.build`."""\n\n'
        "# code: (module of its page, name, summary)\n"
        f"CODES = {{\n{''.join(sorted(codes))}}}\n\n"
        "# kind of what a model notes: code\n"
        f"KINDS = {{\n{lines}}}\n\n"
        "# folder of rules, or package of a toolstack: codes\n"
        f"FAMILIES = {{\n{groups}}}\n\n"
        "# rules about what says which runstate translation holds\n"
        f"POLICY = {tuple(sorted(about_policy))!r}\n"
    )


def files_of_plugin(folder: Path) -> list[tuple[str, str]]:
    """Code and module name of each file in the `rules` folder of a toolstack's package."""
    return [
        (path.stem.partition("_")[0].upper(), f"{folder.parent.name}.rules.{path.stem}")
        for path in sorted(folder.glob("[!_]*.py"))
    ]


def unique(owners: dict[str, str], what: str, code: str) -> None:
    """Note that `what` belongs to the rule `code`; RuleFileError when another has it."""
    if owners.setdefault(what, code) != code:
        raise RuleFileError(f"{what} belongs to {owners[what]} and {code}")


def examine(module: ModuleType, code: str, family: str) -> None:
    """RuleFileError unless the module holds what `RuleFile` asks for, under the code of its name.

    `family` is the folder, or the package of a toolstack.
    """
    for problem in faults(module, code, family):
        raise RuleFileError(f"{module.__name__}: {problem}")


def faults(module: ModuleType, code: str, family: str) -> list[str]:
    """What is wrong with the file of a rule, each in one line; empty when nothing is."""
    found: list[str] = []
    if getattr(module, "CODE", None) != code:
        found.append(f"CODE is {getattr(module, 'CODE', None)!r}, the file is named after {code}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(getattr(module, "NAME", ""))):
        found.append("NAME is not in kebab case")
    if not one_line(getattr(module, "SUMMARY", "")):
        found.append("SUMMARY is not one line without a full stop")
    headings = re.findall(r"^(.+)\n-{3,}$", module.__doc__ or "", re.MULTILINE)
    if headings[:4] != list(SECTIONS):
        found.append(f"the docstring needs the sections {', '.join(SECTIONS)}")
    if family not in WITHOUT_ATTRIBUTES:
        found += attribute_faults(module, family)
    for table in ("KINDS", "MESSAGES"):
        for kind, words in getattr(module, table, {}).items():
            found += [f"{table}[{kind!r}]: {fault}" for fault in template_faults(words)]
    return found


def attribute_faults(module: ModuleType, family: str) -> list[str]:
    """What is wrong with SEVERITY, FIX and, for replays, IMPACT."""
    found = [f"{name} is set twice" for name in set_twice(module)]
    severities = values(module, "SEVERITY")
    known = [severity for severity in SEVERITIES if severity in severities]
    if not severities or list(severities) != known:
        found.append(f"SEVERITY is one or more of {', '.join(SEVERITIES)}, worst first")
    if values(module, "FIX") not in (("safe",), ("unsafe",), ("",), ("safe", "unsafe")):
        found.append('FIX is "safe", "unsafe", "" or ("safe", "unsafe")')
    if any(kind not in getattr(module, "KINDS", {}) for kind in getattr(module, "FIXES", {})):
        found.append("FIXES has a kind that KINDS has not")
    if hasattr(module, "FIXES") and not module.FIX:
        found.append("FIX is empty, and there are FIXES")
    if family == "replay" and not isinstance(getattr(module, "IMPACT", None), str):
        found.append("IMPACT says what it does to the verdict, or is empty")
    return found


def template_faults(words: object) -> list[str]:
    """What is wrong with `(message, help)` of a kind."""
    if not isinstance(words, tuple) or len(words) != 2:
        return ["is not (message, help)"]
    found: list[str] = []
    for template in words:
        try:
            list(Formatter().parse(template))
        except (ValueError, TypeError) as error:
            found.append(str(error))
    return found


def set_twice(module: ModuleType) -> list[str]:
    """The names that the file of a module sets more than once: the first is not what counts."""
    path = getattr(module, "__file__", None)
    if path is None:
        return []
    names = Counter(
        target.id
        for node in ast.parse(Path(path).read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    )
    return [name for name, times in names.items() if times > 1]


def values(module: ModuleType, name: str) -> tuple[str, ...]:
    """An attribute that is a word or a tuple of words, as a tuple; () when it is neither."""
    value = getattr(module, name, None)
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, tuple) else ()


def one_line(summary: object) -> bool:
    """Whether that is a summary: one line, and no sentence."""
    return (
        isinstance(summary, str)
        and bool(summary)
        and "\n" not in summary
        and not summary.endswith(".")
    )


def main(argv: list[str] | None = None) -> int:
    """Write the index, or with `--check` compare it; 1 when it is stale."""
    return keep({INDEX: text()}, "python -m xlcfg.rules.build", argv)


if __name__ == "__main__":
    sys.exit(main())
