"""What the reader of xl's syntax refuses: a page and the messages of each kind of mistake.

`xlcfg.syntax.recovery` finds the mistakes and hands up kinds and facts; `texts` fills them in.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.syntax.tree import Mistake, Problem


def texts(problem: Mistake | Problem) -> tuple[str, str]:
    """Message and help of what a reader refuses.

    A mistake's are filled in from the MESSAGES of its rule; readers of other toolstacks bring
    theirs along.
    """
    from xlcfg.rules._index import CODES
    from xlcfg.syntax.tree import Mistake

    if not isinstance(problem, Mistake):
        return problem.message, problem.help
    message, help_text = import_module(CODES[problem.code][0]).MESSAGES[problem.kind]
    return message.format_map(problem.facts), help_text.format_map(problem.facts)
