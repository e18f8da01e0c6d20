"""The command line as data, read off its parser."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from xlcfg.cli import parser

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Metavariables that stand for a path.
_FILES = {"FILE", "FILE.json", "PATH", "TRACE", "GUEST.CFG"}


class Argument(NamedTuple):
    """An option (`flags` are its spellings) or a positional (none).

    `words` are what it takes where that can be listed, `file` says that it takes a path, `value` is
    its metavariable, "" for a switch.
    """

    flags: tuple[str, ...]
    value: str
    help: str
    words: tuple[str, ...] = ()
    file: bool = False
    repeats: bool = False
    optional: bool = False


class Command(NamedTuple):
    """One command, with its arguments in the order of its help."""

    name: str
    summary: str
    description: str
    arguments: tuple[Argument, ...]

    @property
    def options(self) -> list[Argument]:
        """The arguments with a flag."""
        return [one for one in self.arguments if one.flags]

    @property
    def positionals(self) -> list[Argument]:
        """The arguments without."""
        return [one for one in self.arguments if not one.flags]


def commands() -> list[Command]:
    """Every command, in the order of the help; one with actions is followed by each of them.

    The name of an action is that of its command, a space and its own.
    """
    return list(_commands(parser(), ""))


def _commands(top: argparse.ArgumentParser, before: str) -> Iterator[Command]:
    for action in top._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, sub in action.choices.items():
            arguments = tuple(_argument(one) for one in sub._actions)
            summary = summaries.get(name, "")
            yield Command(before + name, summary, sub.description or summary, arguments)
            yield from _commands(sub, f"{name} ")


def common() -> list[Argument]:
    """The options before a command."""
    return [_argument(action) for action in parser()._actions if action.option_strings]


def _argument(action: argparse.Action) -> Argument:
    value = ""
    if action.nargs != 0:
        value = str(action.metavar or (action.dest.upper() if action.option_strings else ""))
        if not action.metavar and action.choices:
            value = "{" + ",".join(map(str, action.choices)) + "}"
    return Argument(
        tuple(action.option_strings),
        value,
        _help(action),
        _words(action),
        value in _FILES,
        action.nargs in ("+", "*") or isinstance(action, argparse._AppendAction),
        action.nargs in ("?", "*"),
    )


def _help(action: argparse.Action) -> str:
    if isinstance(action, argparse._SubParsersAction) and not action.help:
        return "what to do"
    return (action.help or "").replace("%%", "%")


def _words(action: argparse.Action) -> tuple[str, ...]:
    if action.choices:
        return tuple(map(str, action.choices))
    words = getattr(action, "words", None)  # as `completes` has left them
    return () if words is None else tuple(words())
