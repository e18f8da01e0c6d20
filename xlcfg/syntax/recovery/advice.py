"""What people write where a setting's name or value belongs, and what to write instead.

Pure text in, advice out: the lexer finds the places. All text is one character per byte, as in
`Source.text`; what is shown to people is decoded again (`shown`).
"""

from __future__ import annotations

import re

from xlcfg.syntax.tables import xl_cfg as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

#: Longest piece of a file that a message repeats.
SHOWN = 48

_NAME = re.compile(_t.PATTERNS[_t.TERMINALS.index("IDENT")])

#: Text that some tool should have replaced.
PLACEHOLDER = re.compile(
    r"@@?[A-Za-z_][\w.:-]*+@@?"
    r"|<%[^%\n]*+%>|<[A-Za-z_?.][^<>\n]*+>"
    r"|\$\{[^{}\n]*+\}|\$\([^()\n]*+\)|\$\w++"
    r"|\{\{[^{}\n]*+\}\}|\{%[^%\n]*+%\}|\{[A-Za-z_][^{}:'\"\n]*+\}"
    r"|%\([^()\n]*+\)[a-z]|%[A-Za-z_]\w*+%|%[sd]\b"
    r"|__[A-Za-z][A-Za-z0-9]*+(?:_[A-Za-z0-9]++|)*+__"
    r"|\.\.\.+|\xe2\x80\xa6|\?\?+",
    re.ASCII,
)

#: An expression: a call, a subscript, an operator between blanks, or one next to a string.
PYTHON = re.compile(
    r"(?<![\w.])[A-Za-z_][\w.]*+[(\[]|(?<=[ \t\w\"'])[+*%](?=[ \t\w\"'])"
    r"|\b(?:if|else|lambda|for|not|and|or)[ \t]",
    re.ASCII,
)

_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?)[ \t]*([kmgtKMGT])(?:i?[bB]|bytes?)?")
_UNIT_IN_MIB = {"k": 1 / 1024, "m": 1, "g": 1024, "t": 1024 * 1024}
#: Settings that count MiB.
_IN_MIB = frozenset(("maxmem", "memory", "shadow_memory", "stubdomain_memory", "videoram"))
_TRUTH = {"true": "1", "yes": "1", "on": "1", "false": "0", "no": "0", "off": "0"}
_NOTHING = frozenset(("none", "null", "nil", "undef"))


class Advice:
    """What is wrong with a value, and the text it stands for (`value`; None: unknown).

    `code`, `kind` and `facts` are as in `xlcfg.syntax.tree.Mistake`.
    """

    __slots__ = ("code", "facts", "kind", "value")

    def __init__(self, code: str, kind: str, value: str | None, **facts: object) -> None:
        self.code = code
        self.kind = kind
        self.value = value
        self.facts = facts


def shown(text: str) -> str:
    """`text` for a message, to stand in backquotes: decoded, on one line, not too long."""
    cut = text[: 4 * SHOWN].encode("latin-1").decode("utf-8", "replace")
    if len(text) > 4 * SHOWN or len(cut) > SHOWN:
        cut = cut[:SHOWN] + "..."
    return "".join(c if c.isprintable() else _escaped(c) for c in cut)


def _escaped(char: str) -> str:
    return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(char, f"\\x{ord(char):02x}")


def in_quotes(text: str) -> str:
    """`text` as a string xl reads."""
    quote = "'" if '"' in text and "'" not in text else '"'
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def known_names() -> Mapping[str, str]:
    """Every name xl reads, by its letters and digits alone: `oncrash` gives `on_crash`."""
    global _known
    if _known is None:
        import xlcfg.catalogue

        options: Any = getattr(xlcfg.catalogue, "guest_options", tuple)()
        _known = {_letters(option.name): option.name for option in options}
    return _known


_known: Mapping[str, str] | None = None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_known(name: str) -> bool:
    """Whether xl reads a setting of that name."""
    return known_names().get(_letters(name)) == name


def legal_name(name: str) -> str | None:
    """The setting somebody means by a name xl cannot read; None when nothing can be made of it."""
    if len(name) > 4 * SHOWN:
        return None
    known = known_names().get(_letters(name))
    if known is not None:
        return known
    name = re.sub(r"[-\s]+", "_", name.lower()).strip("_.")
    return name if _NAME.fullmatch(name) else None


def name_fault(name: str) -> str:
    """Why xl cannot read `name`: "quotes", "blank", "capitals", "beginning" or "characters"."""
    if name[:1] in "'\"":
        return "quotes"
    if re.search(r"[ \t]", name):
        return "blank"
    if name != name.lower() and _NAME.fullmatch(name.lower()):
        return "capitals"
    if not re.match(r"[a-z]", name.lower()):
        return "beginning"
    return "characters"


#: Numbers of other languages: a pattern, what is odd about them, and the number for xl.
_ODD_NUMBERS: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (re.compile(r"-[0-9][0-9a-fA-FxX]*"), "number.negative", lambda text: text),
    (re.compile(r"\+[0-9][0-9a-fx]*"), "number.other-form", lambda text: text[1:]),
    (re.compile(r"0[xX][0-9a-fA-F]+"), "number.capitals", lambda text: text.lower()),
    (re.compile(r"[0-9]+(?:_[0-9]+)+"), "number.other-form", lambda text: text.replace("_", "")),
    (re.compile(r"0[oO][0-7]+"), "number.other-form", lambda text: "0" + text[2:]),
    (re.compile(r"0B[01]{1,64}"), "number.other-form", lambda text: str(int(text, 0))),
    (re.compile(r"[0-9]+[lLuU]+"), "number.other-form", lambda text: text.rstrip("lLuU")),
)
_FRACTION = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)")


def number(text: str, name: str) -> Advice | None:
    """A number xl cannot read, as value of `name`; None when `text` is no number at all."""
    found = shown(text)
    size = _SIZE.fullmatch(text)
    if size is not None:
        mib = float(size[1]) * _UNIT_IN_MIB[size[2].lower()]
        whole = str(int(mib)) if mib == int(mib) else None
        if name in _IN_MIB:
            size_in_mib = whole or int(mib) + 1
            return Advice(
                "XL012", "number.size-in-mib", whole, found=found, name=name, size=size_in_mib
            )
        if whole:
            return Advice("XL012", "number.size", None, found=found, size=whole)
        return Advice("XL012", "number.unit", None, found=found)
    for pattern, kind, rewrite in _ODD_NUMBERS:
        if pattern.fullmatch(text):
            plain = rewrite(text)
            quoted = shown(f'"{plain}"')
            return Advice("XL012", kind, plain, found=found, number=shown(plain), string=quoted)
    if _FRACTION.fullmatch(text):
        return Advice("XL012", "number.fraction", None, found=found, string=shown(in_quotes(text)))
    return None


def bare(text: str, name: str) -> Advice:
    """Text without quotes as value of `name` (a name, or empty inside something unnamed)."""
    if PLACEHOLDER.search(text):
        return placeholder(text)
    if text[:1] in "0123456789+-.":
        advice = number(text, name)
        if advice is not None:
            return advice
    found = shown(text)
    word = text.lower()
    if word in _TRUTH:
        return Advice("XL005", "text.truth", _TRUTH[word], found=found, number=_TRUTH[word])
    if word in _NOTHING:
        return Advice("XL005", "text.nothing", None, found=found)
    if PYTHON.search(text):
        return python(text)
    return Advice("XL005", "text.unquoted", text, found=found, string=shown(in_quotes(text)))


def placeholder(text: str) -> Advice:
    """A value that somebody or some tool was to fill in."""
    left_out = text.startswith((".", "?", "\xe2\x80\xa6"))
    kind = "placeholder.left-out" if left_out else "placeholder.unfilled"
    return Advice("XL013", kind, None, found=shown(text))


def python(text: str) -> Advice:
    """An expression as value."""
    return Advice("XL009", "python.expression", None, found=shown(text))
