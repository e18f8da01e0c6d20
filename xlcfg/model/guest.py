"""A guest: its source, its settings as the toolstack reads them, and what the run is about."""

from __future__ import annotations

from xlcfg.model.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.core.conversion import ConversionLoss
    from xlcfg.core.source import Source
    from xlcfg.model.target import Target
    from xlcfg.model.xl import Reading
    from xlcfg.syntax.tree import Document

_BEFORE_TYPE = ("4.4", "4.5", "4.6", "4.7", "4.8", "4.9")

GUEST_TYPES = ("pv", "pvh", "hvm")


class Guest:
    """One guest config as read.

    `toolstack` names who reads it ("xl"); `type` is "pv", "pvh", "hvm", or None when xl would
    refuse what the config says about it. `unsupported` are the losses of a reader of another
    toolstack: what its source says and xl's settings cannot (`ConversionLoss`). `origin` is
    whatever such a reader keeps for the rules of its own plugin.
    """

    __slots__ = (
        "_reading",
        "document",
        "origin",
        "settings",
        "source",
        "target",
        "toolstack",
        "type",
        "unsupported",
    )

    def __init__(
        self,
        source: Source,
        document: Document,
        target: Target,
        *,
        toolstack: str = "xl",
    ) -> None:
        self.source = source
        self.document = document
        self.target = target
        self.toolstack = toolstack
        self.settings = Settings(document)
        self.type = guest_type(self.settings, target.release, target.arch)
        self.unsupported: list[ConversionLoss] = []
        self.origin: Any = None
        self._reading: Reading | None = None

    @property
    def reading(self) -> Reading:
        """What xl of the target's release makes of the config; worked out once, when asked for."""
        if self._reading is None:
            from xlcfg.model.xl import read

            target = self.target
            self._reading = read(self.settings, target.release, target.arch, target.host)
        return self._reading

    @property
    def context(self) -> Target:
        """The target, by the name that plugins for versions before 0.2 know."""
        return self.target

    @property
    def name(self) -> str:
        """The guest's name as written, or the path of its source."""
        value = self.settings.string("name")
        return value or self.source.path


def guest_type(settings: Settings, release: str, arch: str) -> str | None:
    """The type xl picks: `type` (from 4.10) and `builder` match by prefix, the default is by arch.

    None where xl refuses the config over it.
    """
    kind = settings.string("type") if release not in _BEFORE_TYPE else None
    builder = settings.string("builder")
    by_type = by_builder = None
    if kind is not None:
        by_type = _prefixed(kind, ("hvm", "pv", "pvh"))
        if by_type is None:
            return None
    if builder is not None:
        by_builder = {"hvm": "hvm", "generic": "pv"}.get(
            _prefixed(builder, ("hvm", "generic")) or ""
        )
        if by_builder is None or (by_type is not None and by_type != by_builder):
            return None
    return by_builder or by_type or ("pvh" if arch.startswith(("arm", "riscv")) else "pv")


def _prefixed(text: str, words: tuple[str, ...]) -> str | None:
    """The first of `words` that starts with `text`, which may be empty."""
    return next((word for word in words if word.startswith(text)), None)
