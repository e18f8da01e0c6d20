"""The message for a command line that cannot be parsed: short, and with what was probably meant."""

from __future__ import annotations

import os
import re
import sys

from xlcfg.core.meant import closest, meant
from xlcfg.core.screen import rows, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def complain(message: object) -> None:
    """Say on standard error what is wrong, whatever the message holds of an input."""
    print(f"xlcfg: {safe(str(message))}", file=sys.stderr, flush=True)


def no_such(option: str, word: str, words: Iterable[str]) -> str:
    """The error for a value of an option that is none of `words`, which it lists in their order."""
    known = list(words)
    hint = meant(word, known)
    return f"{option}: there is no {safe(word)!r}{hint}; choose from {', '.join(known)}"


def usage_error(prog: str, message: str, commands: Iterable[str], flags: Iterable[str] = ()) -> str:
    """The error of the parser `prog` ("xlcfg check") for people, ending in a newline.

    `flags` are the options that the command has.
    """
    wrong = re.match(r"argument COMMAND: invalid choice: '(.*?)' \(choose", message, re.DOTALL)
    if wrong is not None:
        hint = _command(wrong[1], commands)
        message = f"there is no command {wrong[1]!r}; {hint}"
    elif message.endswith("required: COMMAND"):
        message = "which command? `xlcfg --help` lists them"
    else:
        message += f"{_near(message, flags)}; see `{prog} --help`"
    first, *more = rows(f"{prog}: {safe(message)}", 78)
    return "".join(f"{row}\n" for row in (first, *(f"  {row}" for row in more)))


def option_first(word: str, flags: Callable[[], Iterable[str]]) -> str:
    """What to say when the first word is an option of a command (`flags`); else nothing."""
    flag = word.partition("=")[0]
    known = flag.startswith("-") and flag in flags()
    return f"options stand behind the command, as in `xlcfg check {flag}`" if known else ""


def _near(message: str, flags: Iterable[str]) -> str:
    """What was probably meant where argparse knows a word or an option for none."""
    choice = re.search(r": invalid choice: '(.*?)' \(choose from (.*)\)\Z", message, re.DOTALL)
    if choice is not None:
        return meant(choice[1], re.findall(r"'(.*?)'", choice[2]))
    option = re.search(r"unrecognized arguments:.*? (--?[^\s=]+)", message)
    known = set(flags)
    # one of another action of the same command is no slip
    return "" if option is None or option[1] in known else meant(option[1], sorted(known))


def _command(word: str, commands: Iterable[str]) -> str:
    if os.path.exists(word):
        return f"did you mean `xlcfg check {word}`?"
    near = closest(word, commands, 0.6)
    return f"did you mean `{near}`?" if near else "`xlcfg --help` lists them"
