"""Settings of projects for the texts of an editor: which hold, and whether their files changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xlcfg.settings.project import ProjectError, Projects, candidates

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.model.target import Target
    from xlcfg.settings.project import Project

#: What differs between two states of a file; None where there is none.
Stamp = tuple[int, int, int] | None


class Settings:
    """The settings files above the paths that were asked about.

    A settings file that cannot be used counts as none, and `complaints` says so once.
    """

    def __init__(self, code: Callable[[str], str]) -> None:
        self._code = code
        self._projects = Projects(code)
        self._stamps: dict[str, Stamp] = {}
        #: folder -> what is wrong with the settings that hold there
        self._broken: dict[str, str] = {}
        self._reported: set[str] = set()

    def hold(self, path: str, base: Target) -> tuple[Target, bool]:
        """What a check of a text is about, and whether its project leaves it out.

        `path` is that of a file, which need not exist, or "" for a text that is none: no settings
        hold for it.
        """
        project = self._above(path) if path else None
        if project is None:
            return base, False
        return project.target(path, base), project.excludes(path)

    def complaints(self) -> list[str]:
        """What is wrong with settings files and has not been reported yet."""
        wrong = set(self._broken.values())
        new, self._reported = sorted(wrong - self._reported), wrong
        return new

    def changed(self) -> bool:
        """Whether a settings file appeared, changed or vanished since it was looked at."""
        return any(_stamp(name) != stamp for name, stamp in self._stamps.items())

    def drop(self) -> None:
        """Forget what is known of the settings files."""
        self._projects = Projects(self._code)
        self._stamps.clear()
        self._broken.clear()

    def _above(self, path: str) -> Project | None:
        folder = os.path.dirname(path)
        if folder in self._broken:
            return None
        for name in candidates(path):
            if name in self._stamps:
                break
            self._stamps[name] = _stamp(name)
        try:
            return self._projects.above(path)
        except ProjectError as error:
            self._broken[folder] = str(error)
            return None


def _stamp(path: str) -> Stamp:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
