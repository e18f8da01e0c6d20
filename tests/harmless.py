"""What no output may hand on from an input: what terminals and CI servers obey."""

from __future__ import annotations

import re

#: Nobody may see any of these raw: control characters, C1 included, characters that reorder or
#: break a line, lone surrogates. A line break ends a line of ours.
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
#: `##[error]` and `##vso[...]`, which count anywhere.
GROUP = re.compile(r"##\w*\[")
#: A workflow command.
LINE = re.compile(r"^\s*::", re.MULTILINE)
#: What `--format github` prints, itself made of workflow commands.
OURS = re.compile(r"^::(?:error|warning|notice) file=", re.MULTILINE)


def obeyed(text: str, form: str = "") -> str:
    """The first thing in an output that somebody would obey; "" when there is none.

    `form`: the format it is in, `github` being the one that has commands of its own.
    """
    for pattern in (OBEYED, GROUP):
        found = pattern.search(text)
        if found:
            return repr(text[max(0, found.start() - 40) : found.end() + 40])
    if form == "github":
        if len(LINE.findall(text)) != len(OURS.findall(text)):
            return repr(text[:400])
    elif found := LINE.search(text):
        return repr(text[max(0, found.start() - 40) : found.end() + 40])
    return ""
