"""A Xen source tree: its files without comments, and where each line of them is compiled."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

from xlcfg.catalogue.drift.kconfig import ALWAYS, ARCHES, NEVER, Options

_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|/\*.*?\*/|//[^\n]*', re.DOTALL)
_DIRECTIVE = re.compile(
    r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b((?:\\\n|[^\n])*)", re.MULTILINE
)
_OBJECTS = re.compile(r"^obj(?:-bin)?-(y|\$\((.*)\))[ \t]*[+:]?=[ \t]*(.*)$", re.MULTILINE)


def uncommented(text: str) -> str:
    """C with its comments as blanks, so that every offset stays."""

    def blank(match: re.Match[str]) -> str:
        found = match[0]
        return found if found[0] in "\"'" else re.sub(r"[^\n]", " ", found)

    return _COMMENT.sub(blank, text)


class CFile:
    """A file of C: `text` without comments, `name` relative to the tree."""

    def __init__(self, tree: Path, path: Path) -> None:
        self.name = path.relative_to(tree).as_posix()
        self.text = uncommented(path.read_text(encoding="utf-8", errors="replace"))

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return self.text.count("\n", 0, offset) + 1

    @cached_property
    def _conditions(self) -> tuple[list[int], list[tuple[str, ...]]]:
        starts, held = [0], [()]  # type: tuple[list[int], list[tuple[str, ...]]]
        stack: list[tuple[str, str]] = []
        for match in _DIRECTIVE.finditer(self.text):
            word, rest = match[1], " ".join(match[2].replace("\\\n", " ").split())
            rest = {"ifdef": f"defined({rest})", "ifndef": f"!defined({rest})"}.get(word, rest)
            if word.startswith("if"):
                stack.append((rest, f"!({rest})"))
            elif stack and word == "endif":
                stack.pop()
            elif stack:
                before = stack[-1][1]
                here = before if word == "else" else f"{before} && ({rest})"
                stack[-1] = (here, f"{before} && !({rest or 1})")
            starts.append(match.end())
            held.append(tuple(condition for condition, _ in stack))
        return starts, held

    def conditions(self, offset: int) -> tuple[str, ...]:
        """The conditions of the preprocessor around an offset."""
        starts, held = self._conditions
        return held[bisect_right(starts, offset) - 1]

    def function(self, name: str) -> str:
        """The body of a function that the file defines, or ""."""
        for match in re.finditer(rf"\b{re.escape(name)}\s*\([^;{{}}]*\)\s*\{{", self.text):
            depth = 0
            for brace in re.finditer(r"[{}]", self.text[match.end() - 1 :]):
                depth += 1 if brace[0] == "{" else -1
                if not depth:
                    end = match.end() - 1 + brace.start()
                    return self.text[match.end() : end]
        return ""


class Tree:
    """A source tree; what is asked for twice is read once."""

    def __init__(self, path: Path, version: str = "") -> None:
        self.path = path
        self.version = version
        self._files: dict[Path, CFile] = {}

    def file(self, path: Path) -> CFile:
        if path not in self._files:
            self._files[path] = CFile(self.path, path)
        return self._files[path]

    def files(self, folder: str, *suffixes: str) -> Iterator[CFile]:
        """Every file of C below a folder, in order."""
        for path in sorted((self.path / folder).rglob("*")):
            if path.suffix in (suffixes or (".c",)) and path.is_file():
                yield self.file(path)

    @cached_property
    def everything(self) -> str:
        """All of the hypervisor's C and of its headers, one after the other."""
        return "".join(file.text for file in self.files("xen", ".c", ".h"))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word in a string of the hypervisor."""
        strings = re.findall(r'"((?:\\.|[^"\\\n])*)"', self.everything)
        return frozenset(word for text in set(strings) for word in re.findall(r"[\w.@-]+", text))

    def one(self, *names: str) -> CFile | None:
        """The first of these files that there is."""
        paths = [self.path / name for name in names]
        return next((self.file(path) for path in paths if path.is_file()), None)

    def text(self, *names: str) -> tuple[str, str]:
        """Name and text of the first of these files that there is, as it is; both "" for none."""
        for name in names:
            path = self.path / name
            if path.is_file():
                return name, path.read_text(encoding="utf-8", errors="replace")
        return "", ""

    @cached_property
    def options(self) -> dict[str, Options]:
        """Build options of each architecture that reads a boot line at all."""
        folders = {
            folder
            for folder in {folder for folder, _ in ARCHES.values()}
            if any("cmdline_parse(" in file.text for file in self.files(f"xen/arch/{folder}"))
        }
        return {a: Options(self.path, a) for a, (folder, _) in ARCHES.items() if folder in folders}

    def arches(self, file: CFile, offset: int) -> frozenset[str]:
        """The architectures for which the place can be compiled at all."""
        found = set()
        for arch, options in self.options.items():
            parts = file.name.split("/")
            folder = ARCHES[arch][0]
            if parts[1] == "arch" and parts[2] != folder:
                continue
            if ("arm32" in parts and arch == "arm64") or ("arm64" in parts and arch == "arm32"):
                continue
            held = [options.condition(text) for text in file.conditions(offset)]
            if min(held, default=ALWAYS) != NEVER and self.built(file.name, arch) != NEVER:
                found.add(arch)
        return frozenset(found)

    @cache  # noqa: B019 - a tree lives as long as the run
    def built(self, name: str, arch: str) -> int:
        """Whether the Makefiles on the way to a file have it built."""
        path = self.path / name
        value = ALWAYS
        goal = path.stem
        folder = path.parent
        tops = (self.path / "xen", self.path / "xen" / "arch", self.path)
        while folder not in tops:
            value = min(value, self._listed(folder / "Makefile", goal, arch))
            goal, folder = folder.name, folder.parent
        return value

    def _listed(self, makefile: Path, goal: str, arch: str) -> int:
        found = []
        text = makefile.read_text(encoding="utf-8", errors="replace") if makefile.is_file() else ""
        for match in _OBJECTS.finditer(text):
            objects = [word.split(".")[0].rstrip("/") for word in match[3].split()]
            if goal in objects:
                names = re.findall(r"CONFIG_(\w+)|\b(HAS_\w+)", match[2] or "")
                values = [self.options[arch].value(a or b) for a, b in names]
                found.append(min(values, default=ALWAYS))
        if found:
            return max(found)
        # what no line names is put together by an architecture's folder of that name
        folder = makefile.parent.name
        own = self.path / "xen" / "arch" / ARCHES[arch][0]
        elsewhere = own in makefile.parents or (own / folder).is_dir()
        return ALWAYS if text or elsewhere else NEVER
