"""Writes what editors need to know guest configs and colour them, from the catalogue's names.

`python -m xlcfg.catalogue.build` calls it, with `--check` too, which exits 1 when a file is stale.
"""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from xlcfg import catalogue  # noqa: E402
from xlcfg.docs.pages import everything  # noqa: E402
from xlcfg.generated import keep  # noqa: E402
from xlcfg.source.kinds import SHARED  # noqa: E402

TEXTMATE = HERE / "vscode" / "syntaxes" / "xlcfg.tmLanguage.json"
VIM = HERE / "vim" / "syntax" / "xlcfg.vim"
VIM_KEYS = HERE / "vim" / "autoload" / "xlcfg" / "keys.vim"
VSCODE_KEYS = HERE / "vscode" / "keys.json"


def keys() -> list[str]:
    """Every guest key of every release, and xlcfg's own."""
    return sorted(option.name for option in everything().guest_options())


def words() -> list[str]:
    """Every word of a device's string that is followed by `=` or stands alone."""
    found = {
        key["name"]
        for option in catalogue.guest_options()
        if option.detail.get("grammar")
        for key in catalogue.grammar(option.detail["grammar"]).get("keys", ())
    }
    return sorted(found)


def shared() -> list[str]:
    """Keys that other programs' files may well have."""
    return [name for name in keys() if name in SHARED]


def own() -> list[str]:
    """Keys that tell a guest config: nobody but xl reads them."""
    return [name for name in keys() if name not in SHARED]


def vscode_keys() -> str:
    """Both for the extension."""
    return json.dumps({"own": own(), "shared": shared()}, indent=1) + "\n"


def vim_keys() -> str:
    """Both for Vim."""

    def split(names: list[str]) -> str:
        lines = textwrap.wrap(" ".join(names), 90, break_on_hyphens=False)
        return "\n".join(f"      \\ {line}" for line in lines)

    return f"""\
" Keys of guest configs. Written by `python -m xlcfg.catalogue.build`.

" Nobody but xl reads these.
let g:xlcfg#keys#own = split('
{split(own())}
      \\ ')

" Other programs' files may well have these.
let g:xlcfg#keys#shared = split('
{split(shared())}
      \\ ')
"""


def textmate() -> str:
    """The TextMate grammar."""

    def string(quote: str, name: str) -> dict[str, Any]:
        mark = {"0": {"name": "punctuation.definition.string.xlcfg"}}
        return {
            "name": f"string.quoted.{name}.xlcfg",
            "begin": quote,
            "beginCaptures": mark,
            "end": f"{quote}|$",
            "endCaptures": mark,
            "patterns": [{"include": "#escape"}, {"include": "#word"}],
        }

    before = r"(?:^|(?<=;))\s*"
    assign = r"\s*(\+?=)"
    equals = {"2": {"name": "keyword.operator.assignment.xlcfg"}}
    grammar = {
        "name": "xl guest config",
        "scopeName": "source.xlcfg",
        "comment": "Written by `python -m xlcfg.catalogue.build`.",
        "patterns": [
            {"include": "#comment"},
            {
                "match": f"{before}({'|'.join(keys())}){assign}",
                "captures": {"1": {"name": "support.type.property-name.xlcfg"}, **equals},
            },
            {
                "match": f"{before}([A-Za-z_][A-Za-z0-9_.-]*){assign}",
                "captures": {"1": {"name": "variable.other.xlcfg"}, **equals},
            },
            string('"', "double"),
            string("'", "single"),
            {"name": "constant.numeric.xlcfg", "match": r"-?\b(?:0[xX][0-9a-fA-F]+|[0-9]+)\b"},
            {"name": "punctuation.separator.xlcfg", "match": "[,;]"},
            {"name": "punctuation.bracket.xlcfg", "match": r"[\[\]]"},
        ],
        "repository": {
            "comment": {"name": "comment.line.number-sign.xlcfg", "match": "#.*$"},
            "escape": {
                "name": "constant.character.escape.xlcfg",
                "match": r"\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)",
            },
            "word": {
                "name": "entity.other.attribute-name.xlcfg",
                "match": rf"(?<=[\"',\s])(?:{'|'.join(words())})(?=\s*[=,\"'])",
            },
        },
    }
    return json.dumps(grammar, indent=2) + "\n"


def vim() -> str:
    """The syntax file for Vim."""
    wrapped = textwrap.wrap(" ".join(keys()), 76, break_on_hyphens=False, break_long_words=False)
    known = "\n".join(f"syn keyword xlcfgKey contained {line}" for line in wrapped)
    alternatives = "\\|".join(words())
    return f"""\
" Xen guest configs (xl.cfg). Written by `python -m xlcfg.catalogue.build`.
if exists("b:current_syntax")
  finish
endif

setlocal iskeyword+=_

syn match xlcfgSetting /\\%(^\\|;\\)\\s*\\zs[A-Za-z_][A-Za-z0-9_.-]*\\ze\\s*+\\?=/ contains=xlcfgKey
{known}
syn match xlcfgComment /#.*$/ contains=@Spell
syn match xlcfgNumber /-\\?\\<\\%(0[xX]\\x\\+\\|\\d\\+\\)\\>/
syn match xlcfgEscape contained /\\\\\\%(x\\x\\{{1,2}}\\|\\o\\{{1,3}}\\|.\\)/
syn match xlcfgWord contained /["',]\\s*\\zs\\%({alternatives}\\)\\ze\\s*[=,"']/
syn region xlcfgString start=/"/ skip=/\\\\./ end=/"/ oneline contains=xlcfgEscape,xlcfgWord
syn region xlcfgString start=/'/ skip=/\\\\./ end=/'/ oneline contains=xlcfgEscape,xlcfgWord

hi def link xlcfgComment Comment
hi def link xlcfgKey Keyword
hi def link xlcfgSetting Identifier
hi def link xlcfgNumber Number
hi def link xlcfgString String
hi def link xlcfgEscape SpecialChar
hi def link xlcfgWord Type

let b:current_syntax = "xlcfg"
"""


def main(argv: list[str] | None = None) -> int:
    """Write the files, or with `--check` compare them; 1 when one is stale."""
    files = {
        TEXTMATE: textmate(),
        VIM: vim(),
        VIM_KEYS: vim_keys(),
        VSCODE_KEYS: vscode_keys(),
    }
    return keep(files, "python -m xlcfg.catalogue.build", argv)


if __name__ == "__main__":
    sys.exit(main())
