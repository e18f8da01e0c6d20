"""Settings of a project: `.xlcfg.toml`, or `[tool.xlcfg]` in pyproject.toml, above a file.

The nearest file that has any holds for everything below it. What the command line says goes first,
then the tables under `paths` (the last that fits), then the file's own settings.
"""

from __future__ import annotations

import os

from xlcfg.core.errors import SettingsError
from xlcfg.source.opening import open_plain
from xlcfg.source.paths import is_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from xlcfg.model.target import Target

FILES = (".xlcfg.toml", "pyproject.toml")
_KEYS: dict[str, type] = {
    "xen": str,
    "arch": str,
    "dialect": list,
    "type": str,
    "select": list,
    "ignore": list,
    "extend-select": list,
    "fail-level": str,
    "exclude": list,
    "paths": list,
}
_PATH_KEYS = ("match", "xen", "arch", "dialect", "type", "select", "ignore", "extend-select")

#: Settings that hold words for findings.
CHOOSING = ("select", "ignore", "extend-select")

#: Settings of more bytes are refused.
SIZE_LIMIT = 1 << 20


class ProjectError(SettingsError):
    """A settings file that cannot be used; the message names it and says why."""


class Project:
    """The settings above one folder: `folder` they are relative to, and `table` as written."""

    __slots__ = ("_targets", "folder", "path", "table")

    def __init__(self, path: str, table: dict[str, Any]) -> None:
        self.path = path
        self.folder = os.path.dirname(path)
        self.table = table
        self._targets: dict[tuple[Any, ...], Target] = {}

    def excludes(self, path: str) -> bool:
        """Whether a file is left out of a search."""
        return any(_fits(self._relative(path), p) for p in self.table.get("exclude", ()))

    def target(self, path: str, base: Target) -> Target:
        """The target that a file is checked in: `base` with this project's settings."""
        from xlcfg.catalogue import parse_release
        from xlcfg.core.selection import CodeSelection

        chosen = dict(self.table)
        relative = self._relative(path)
        for entry in self.table.get("paths", ()):
            match = entry["match"]
            if any(_fits(relative, p) for p in ([match] if isinstance(match, str) else match)):
                chosen.update(entry)
        given = base.given
        release = base.release if "xen" in given else parse_release(chosen.get("xen", base.release))
        arch = base.arch if "arch" in given else chosen.get("arch", base.arch)
        dialects = base.dialects if "dialect" in given else tuple(chosen.get("dialect", ()))
        line = base.selection or CodeSelection()
        selection = CodeSelection(
            line.select or tuple(chosen.get("select", ())),
            (*chosen.get("ignore", ()), *line.ignore),
            (*chosen.get("extend-select", ()), *line.extend),
        )
        named = "xen" in chosen and not {"xen", "as_proposed"} & set(given)
        kind = base.guest_type if "type" in given else chosen.get("type", "")
        codes = (selection.select, selection.ignore, selection.extend)
        key = (release, named, arch, dialects, kind, codes)
        known = self._targets.get(key)
        if known is None:
            known = self._targets[key] = base.replace(
                release=release,
                arch=arch,
                as_released=base.as_released or named,
                dialects=dialects,
                selection=selection,
                guest_type=kind,
            )
        return known

    def _relative(self, path: str) -> str:
        return os.path.relpath(os.path.abspath(path), self.folder).replace(os.sep, "/")


def _fits(path: str, pattern: str) -> bool:
    from xlcfg.source.glob import matches

    pattern = pattern.rstrip("/")
    return matches(path, pattern) or matches(path, f"{pattern}/*") or matches(path, f"*/{pattern}")


class Projects:
    """The projects of a run, found once per folder. `None` in the cache: there is none above.

    `code` gives the beginning of codes that a word of `select` and the like means, and raises
    SettingsError for a word that means none. Without it, the words stay as they are written: that
    is for who asks which files are left out, and nothing else.
    """

    def __init__(self, code: Callable[[str], str] | None = None) -> None:
        self._code = code
        self._known: dict[str, Project | None] = {}
        #: the same by the folder as it is written in a path
        self._given: dict[str, Project | None] = {}

    def above(self, path: str) -> Project | None:
        """The project that the file at `path` belongs to; a URL to none. Raises ProjectError."""
        given = path[: max(path.rfind("/"), path.rfind(os.sep)) + 1]
        if given not in self._given:
            self._given[given] = None if is_url(path) else self._above(path)
        return self._given[given]

    def _above(self, path: str) -> Project | None:
        try:
            folder = os.path.dirname(os.path.abspath(path))
        except OSError:  # the working directory is gone
            return None
        asked = []
        found: Project | None = None
        while True:
            if folder in self._known:
                found = self._known[folder]
                break
            asked.append(folder)
            found = _in(folder, self._code)
            parent = os.path.dirname(folder)
            if found is not None or parent == folder:
                break
            folder = parent
        for one in asked:
            self._known[one] = found
        return found


def candidates(path: str) -> Iterator[str]:
    """Every place where settings for the file at `path` may be, the nearest first."""
    try:
        folder = os.path.dirname(os.path.abspath(path))
    except OSError:  # the working directory is gone
        return
    while True:
        for name in FILES:
            yield os.path.join(folder, name)
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _in(folder: str, code: Callable[[str], str] | None) -> Project | None:
    for name in FILES:
        path = os.path.join(folder, name)
        try:
            data = _read(path)
        except OSError:
            continue
        if name == "pyproject.toml" and b"xlcfg" not in data:
            continue
        table = _load(path, data, tool=name == "pyproject.toml")
        if table is not None:
            if code is not None:
                _resolve(path, table, code)
            return Project(path, table)
    return None


def _resolve(path: str, table: dict[str, Any], code: Callable[[str], str]) -> None:
    """Put beginnings of codes in the place of the words for them. ProjectError for no such."""
    places = [("", table), *((f"paths.{n}.", t) for n, t in enumerate(table.get("paths", ())))]
    for where, one in places:
        for name in CHOOSING:
            if name in one:
                try:
                    one[name] = [code(word) for word in one[name]]
                except SettingsError as error:
                    raise ProjectError(f"{path}: {where}{name}: {error}") from None


def _read(path: str) -> bytes:
    """What a plain file holds; OSError for what is none, which might never end.

    Raises ProjectError for settings larger than the bound.
    """
    with open_plain(path) as file:
        data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise ProjectError(f"{path}: is larger than {SIZE_LIMIT >> 20} MiB")
    return data


def _load(path: str, data: bytes, *, tool: bool) -> dict[str, Any] | None:
    import tomllib

    try:
        table: Any = tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise ProjectError(f"{path}: nested too deep") from None
    except ValueError as error:  # not TOML, not UTF-8, a number of thousands of digits
        raise ProjectError(f"{path}: {error}") from None
    if tool:
        tools = table.get("tool")
        table = tools.get("xlcfg") if isinstance(tools, dict) else None
        if table is None:
            return None
    problem = _problem(table)
    if problem:
        raise ProjectError(f"{path}: {problem}")
    checked: dict[str, Any] = table
    return checked


def _problem(table: Any) -> str:
    """What is wrong with the settings, or "". The quick look; jsonschema explains what it finds."""
    if isinstance(table, dict) and all(
        key in _KEYS and isinstance(value, _KEYS[key]) for key, value in table.items()
    ):
        for key in ("dialect", "select", "ignore", "extend-select", "exclude"):
            if not all(isinstance(item, str) for item in table.get(key, ())):
                return _explained(table)
        for entry in table.get("paths", ()):
            if not isinstance(entry, dict) or not set(entry) <= set(_PATH_KEYS):
                return _explained(table)
        return _explained(table) if _bad_values(table) else _bad_dialect(table)
    return _explained(table)


def _bad_values(table: dict[str, Any]) -> bool:
    from xlcfg.catalogue import UnknownReleaseError, parse_release
    from xlcfg.core.diagnostics import SEVERITIES
    from xlcfg.model.guest import GUEST_TYPES
    from xlcfg.model.target import ARCHITECTURES

    for one in (table, *table.get("paths", ())):
        if "match" not in one and one is not table:
            return True
        match = one.get("match", "")
        if not isinstance(match, str | list) or not all(isinstance(m, str) for m in match):
            return True
        for key in ("dialect", "select", "ignore", "extend-select"):
            value = one.get(key, [])
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                return True
        if one.get("arch", "x86_64") not in ARCHITECTURES:
            return True
        if one.get("type", "pv") not in GUEST_TYPES:
            return True
        try:
            if not isinstance(release := one.get("xen", "unstable"), str):
                return True
            parse_release(release)
        except UnknownReleaseError:
            return True
    return table.get("fail-level", "warning") not in SEVERITIES


def _bad_dialect(table: dict[str, Any]) -> str:
    """Which dialect nobody knows, or ""."""
    for one in (table, *table.get("paths", ())):
        for name in one.get("dialect", ()):
            from xlcfg.catalogue import dialects

            if name not in dialects():
                words = ", ".join(dialects())
                return f"dialect: there is no {name!r}; choose from {words}"
    return ""


def _explained(table: Any) -> str:
    import json

    import jsonschema

    from xlcfg.core.meant import closest
    from xlcfg.core.resources import read

    schema = json.loads(read("xlcfg.settings", "project.schema.json"))
    error = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(table)
    )
    if error is None:
        return "xen names no release that is known"
    where = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "enum" and isinstance(error.instance, str):
        words = ", ".join(error.validator_value)
        return f"{where}: there is no {error.instance!r}; choose from {words}"
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        unknown = sorted(set(error.instance) - set(known))
        close = closest(unknown[0], known, 0.6)
        meant = f"; write {close!r}" if close else f"; known are {', '.join(known)}"
        return f"there is no setting {unknown[0]!r}{meant}"
    return f"{where}: {error.message}" if where else str(error.message)
