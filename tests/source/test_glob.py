"""Patterns of file names: what `fnmatch` says, at once."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase
from random import Random

import pytest

from xlcfg.source.glob import matches

CASES = [
    ("", ""), ("a", ""), ("", "*"), ("a", "*"), ("a/b.cfg", "*.cfg"), ("a/b.cfg", "a/*"),
    ("abc", "a?c"), ("abc", "a[b-d]c"), ("abc", "a[!b]c"), ("a]c", "a[]]c"), ("a[c", "a[c"),
    ("a-c", "a[x-]c"), ("abab", "*ab*ab"), ("aba", "*ab*ba"), ("a\nb", "a?b"), ("a.b", "a.b"),
    ("axb", "a.b"), ("a", "[!]"), ("!", "[!]"), ("[!]", "[!]"), ("ü", "?"), ("A", "a"),
    ("b", "[c-a]"), ("b", "[!c-a]"), ("aaa", "a**a"), ("x", "**"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "pattern"), CASES)
def test_says_what_fnmatch_says(path: str, pattern: str) -> None:
    assert matches(path, pattern) == fnmatchcase(path, pattern)


@pytest.mark.parametrize("seed", range(20))
def test_says_what_fnmatch_says_of_anything(seed: int) -> None:
    random = Random(seed)
    for _ in range(1000):
        path = "".join(random.choices("ab/]-!", k=random.randrange(8)))
        pattern = "".join(random.choices("ab/*?[]!-*", k=random.randrange(9)))
        assert matches(path, pattern) == fnmatchcase(path, pattern), (path, pattern)


@pytest.mark.fault("an `exclude` pattern of several KB", says="as of any pattern", lost="nothing")
@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 4000, "*" * 8000, "*" + "a" * 8000 + "b", "?*" * 4000, "[ab]" * 2000 + "*b",
        "*[ab]c" * 2000, "[" * 8000, "*" + "?" * 4000 + "b", "*[!a-z]" * 1000,
    ],
)  # fmt: skip
def test_long_patterns_take_no_time(pattern: str) -> None:
    began = time.process_time()
    for path in ("a" * 4000, "ab" * 2000, "a/" * 2000 + "x.cfg"):
        matches(path, pattern)
    assert time.process_time() - began < 1
