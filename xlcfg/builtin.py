"""What xlcfg does by itself, through the same hooks that plugins use.

Every function imports what it needs when it is asked: a run pays only for what it asks.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from xlcfg.checks.report import Result
    from xlcfg.core.engine import Engine
    from xlcfg.core.policy import Vote
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target


def xlcfg_options(target: Target) -> list[Any]:  # noqa: ARG001
    """The runstate options, which no release of Xen has."""
    from xlcfg.policy import options

    return options()


def xlcfg_rules() -> list[Any]:
    """The rules of `xlcfg.rules`."""
    from xlcfg.rules import load

    return load()


def xlcfg_read_trace(path: str, domain: int | None) -> Iterable[str] | None:
    """The recordings that `xlcfg_traces` knows, which is imported for a trace and nothing else."""
    from xlcfg_traces.plugin import xlcfg_read_trace as read

    return read(path, domain)


def xlcfg_engine(url: str) -> Engine | None:
    """The engines that `xlcfg_dask` knows, which is imported for them and nothing else."""
    if not url.startswith("dask://"):
        return None
    from xlcfg_dask.plugin import xlcfg_engine as connect

    return connect(url)


def xlcfg_policy(guest: Guest | None, target: Target) -> list[Vote]:  # noqa: ARG001
    """What the boot command line says, and the architecture's default."""
    from xlcfg.policy import architecture_vote, boot_votes

    return [*boot_votes(target), architecture_vote(target)]


def xlcfg_formats() -> list[str]:
    """The formats of `xlcfg.report`."""
    from xlcfg.report import FORMATS

    return list(FORMATS)


def xlcfg_report(result: Result, format: str) -> str | None:  # noqa: A002
    """The formats of `xlcfg.report`, each imported when asked for."""
    from xlcfg.report import FORMATS

    module = FORMATS.get(format)
    if module is None:
        return None
    from xlcfg.core import load_module

    text: str = load_module(module).render(result)
    return text
