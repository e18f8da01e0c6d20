"""The arguments of a command that is given paths and no option, without argparse.

To import argparse, to make a parser and to parse takes as long as two starts of Python, and most
runs of a commit hook have no option. What the arguments are is still said in one place: the
command's `add_arguments` declares them to a `Defaults` as it does to a parser.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


class Given:
    """The arguments by name, as argparse's Namespace has them."""

    command: str
    paths: list[str]

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


class Option:
    """Stands for what argparse gives for an option that was declared."""


class Defaults:
    """What a command declares its arguments to, as to a parser: keeps what each is by default."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def add_mutually_exclusive_group(self) -> Defaults:
        """The options of a group are among all others."""
        return self

    def set_defaults(self, **values: Any) -> None:
        """What is among the arguments and no option."""
        self.values.update({k: v.copy() if isinstance(v, list) else v for k, v in values.items()})

    def add_argument(self, *names: str, action: str = "store", **more: Any) -> Option:
        """Note the default; a list is made anew for each run."""
        long = next((name for name in names if name[:2] == "--"), names[-1])
        default = more.get("default", False if action == "store_true" else None)
        if isinstance(default, list):
            default = default.copy()
        self.values[long.lstrip("-").replace("-", "_")] = default
        return Option()


def plain(command: str, module: ModuleType, words: list[str]) -> Given | None:
    """What `words` after the name of a command mean; None if only argparse can tell.

    The command takes any number of paths and nothing else by place.
    """
    if any(word[:1] == "-" and word != "-" for word in words):
        return None
    defaults = Defaults()
    module.add_arguments(defaults)
    return Given({"version": None, "command": command, **defaults.values, "paths": words})
