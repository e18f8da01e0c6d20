"""`xlcfg explain` explains a finding."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN
from xlcfg.cli.arguments import completes
from xlcfg.cli.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    from xlcfg.rules._index import CODES

    code = sub.add_argument(
        "code", metavar="CODE", help="such as XL101 or unknown-key; `all` lists them"
    )
    completes(code, lambda: ("all", *CODES))


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.report.explain import index, page

    if arguments.code.lower() == "all":
        sys.stdout.write(index())
        return EXIT_CLEAN
    text = page(arguments.code)
    if text is None:
        raise UsageError(_unknown(arguments.code))
    sys.stdout.write(text)
    return EXIT_CLEAN


def _unknown(word: str) -> str:
    """What to say of a word that is no code: where it is explained, or what was meant."""
    from xlcfg.catalogue.page import option_data
    from xlcfg.core.meant import code_meant
    from xlcfg.core.screen import safe
    from xlcfg.rules._index import CODES

    if option_data(word):
        return f"{word} is an option, no code: `xlcfg options {word}` explains it"
    shown = safe(word if len(word) <= 60 else word[:57] + "...")
    hint = code_meant(word, CODES, [name for _, name, _ in CODES.values()])
    return f"there is no code {shown!r}{hint}; `xlcfg explain all` lists them{_failed()}"


def _failed() -> str:
    """The first plugin that could not say which codes it has, "" for none."""
    from xlcfg.core.screen import safe
    from xlcfg.hooks import Hooks

    hooks = Hooks()
    hooks.load_all()
    hooks.all("xlcfg_rules")
    return next(
        (f"; plugin {safe(one.plugin)} failed: {safe(one.error)}" for one in hooks.failures), ""
    )
