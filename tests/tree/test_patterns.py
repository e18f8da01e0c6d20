"""Regular expressions mean the same under every Python from 3.11.0 on.

Before 3.11.5, as on Debian 12, a possessive group (`(?:...)*+`) whose last turn fails may leave
the place that this turn had come to (python/cpython issue 106052), and several Pythons raise
SystemError where something is captured in one (101955). So a turn must not be able to fail behind
its beginning: it consists of single characters, or its last alternative is empty.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import re._constants as sre  # type: ignore[import-untyped]
import re._parser as parser  # type: ignore[import-untyped]
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import xlcfg
from support import ROOT

_ONE = (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY)
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


def modules() -> Iterator[ModuleType]:
    """All of xlcfg, and of the plugins beside it."""
    packages = [xlcfg]
    packages += [
        importlib.import_module(path.name) for path in sorted((ROOT / "plugins").glob("xlcfg_*"))
    ]
    for package in packages:
        yield package
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns() -> dict[str | bytes, tuple[str, re.Pattern[Any]]]:
    """Each pattern that a module or a class keeps, and where."""
    found = {}
    for module in modules():
        spaces: list[tuple[str, Any]] = [(module.__name__, module)]
        spaces += [(f"{module.__name__}.{k}", v) for k, v in vars(module).items()
                   if isinstance(v, type)]  # fmt: skip
        for name, space in spaces:
            for key, value in list(vars(space).items()):
                for one in value if isinstance(value, (tuple, list)) else (value,):
                    if isinstance(one, re.Pattern):
                        found[one.pattern] = f"{name}.{key}", one
    return found


def possessive_groups(tree: Any) -> Iterator[Any]:
    """What is repeated in each possessive group of a parsed pattern."""
    for op, argument in tree:
        if op is sre.ATOMIC_GROUP:
            yield from possessive_groups(argument)
        elif op in _REPEATS:
            if op is sre.POSSESSIVE_REPEAT and not _is_one(argument[2]):
                yield argument[2]
            yield from possessive_groups(argument[2])
        elif op is sre.SUBPATTERN:
            yield from possessive_groups(argument[3])
        elif op is sre.BRANCH:
            for way in argument[1]:
                yield from possessive_groups(way)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from possessive_groups(argument[1])


def _is_one(tree: Any) -> bool:
    return len(tree) == 1 and tree[0][0] in _ONE


def is_safe(body: Any) -> bool:
    """Whether no turn fails behind its beginning."""
    if len(body) == 1 and body[0][0] is sre.BRANCH:
        ways = body[0][1][1]
        return not len(ways[-1]) or all(map(_is_plain, ways))
    return _is_plain(body)


def _is_plain(way: Any) -> bool:
    """Single characters, and at the end any number of one."""
    if len(way) and way[-1][0] in _REPEATS and (len(way) == 1 or not way[-1][1][0]):
        if not _is_one(way[-1][1][2]):
            return False
        way = way[:-1]
    return all(op in _ONE for op, _ in way)


def captures(tree: Any) -> bool:
    """Whether a group in it is captured."""
    return bool(re.search(r"SUBPATTERN, \(\d", repr(tree)))


def parsed(pattern: re.Pattern[Any]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)


def test_possessive_groups() -> None:
    wrong = {}
    seen = 0
    for where, pattern in patterns().values():
        for body in possessive_groups(parsed(pattern)):
            seen += 1
            if not is_safe(body) or captures(body):
                wrong[where] = pattern.pattern
    assert wrong == {}
    assert seen > 10


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"(?:ab?c)*+", False),
        (r"(?:ab?c|)*+", True),
        (r"(?:[ \t]*+,)*+", False),
        (r"x(?:\\[\s\S][^'\\]*+)*+", True),
        (r"(?:[^a]|\\.)*+", True),
        (r"(?:a|(?!b)c)*+", False),
        (r"(?:(?:a|bc*d)*+)?", False),
    ],
)
def test_what_is_safe(pattern: str, expected: bool) -> None:
    groups = list(possessive_groups(parsed(re.compile(pattern))))
    assert groups
    assert all(map(is_safe, groups)) is expected


def test_captured_groups_are_seen() -> None:
    (body,) = possessive_groups(parsed(re.compile(r"(?:(a)|)*+")))
    assert captures(body)
