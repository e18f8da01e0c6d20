"""The message for a command line that cannot be parsed: short, and with what was probably meant."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches

from xlcfg.core.screen import rows, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def usage_error(prog: str, message: str, commands: Iterable[str]) -> str:
    """The error of the parser `prog` ("xlcfg check") for people, ending in a newline."""
    wrong = re.match(r"argument COMMAND: invalid choice: '(.*?)' \(choose", message, re.DOTALL)
    if wrong is not None:
        hint = _command(wrong[1], commands)
        message = f"there is no command {wrong[1]!r}; {hint}"
    elif message.endswith("required: COMMAND"):
        message = "which command? `xlcfg --help` lists them"
    else:
        message += f"; see `{prog} --help`"
    first, *more = rows(f"{prog}: {safe(message)}", 78)
    return "".join(f"{row}\n" for row in (first, *(f"  {row}" for row in more)))


def _command(word: str, commands: Iterable[str]) -> str:
    if os.path.exists(word):
        return f"did you mean `xlcfg check {word}`?"
    near = get_close_matches(word, commands, 1)
    return f"did you mean `{near[0]}`?" if near else "`xlcfg --help` lists them"
