"""Rules: one file each, in a folder per family. CONTRIBUTING.md says how to add one.

`keys/` and `runstate/` look at guests themselves, `cpupool/` at configs of cpupools. `syntax/` has
the words for what the reader reports; `xl/`, `domain/`, `xl_conf/` and `boot/` have those for what
the models of xl and Xen note. `answers/` is about what a host says: its log, its domains.
`cross_file/` compares the guests of one run, `replay/` looks at replayed traces; `inputs/`,
`plugins/` and `suppression/` are about the run itself. A file is named after its code:
`keys/xl101_unknown_key.py`; `protocol.py` says what it holds.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

#: Families whose files have a `check(guest)`.
CHECKED = ("keys", "runstate")


def load() -> list[ModuleType]:
    """The rules that check guests."""
    from xlcfg.core import load_module

    names = [name for family in CHECKED for _, name in files(family)]
    modules = [load_module(name) for name in (*names, "xlcfg.rules.reading")]
    return [module for module in modules if hasattr(module, "check")]


def family(code: str) -> str:
    """The folder of a code's rule, for example "xl"; "" for codes of other packages."""
    from xlcfg.rules._index import CODES

    entry = CODES.get(code)
    return entry[0].split(".")[2] if entry is not None else ""


def counts_always(code: str) -> bool:
    """Whether a finding of that code cannot be deselected, ignored or put into a baseline.

    Those about inputs and plugins cannot: a run that has not looked must not look clean.
    """
    return family(code) in ("inputs", "plugins")


def files(family: str) -> list[tuple[str, str]]:
    """Code and module name of each rule in a folder, by code, as the index has them."""
    from xlcfg.rules._index import CODES

    start = f"xlcfg.rules.{family}."
    return [(code, module) for code, (module, *_) in CODES.items() if module.startswith(start)]
