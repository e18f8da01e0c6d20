"""A boot line as Xen reads it: its words, and what there is to say about them."""

from __future__ import annotations

from xlcfg.catalogue import release_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from xlcfg.syntax.cmdline import Word

    class Parameter(Protocol):
        """What a contributed parameter must offer; `BootParameter` does."""

        @property
        def name(self) -> str: ...

        def kind(self, release: str, arch: str | None = None) -> str: ...


#: from here on Xen reports words it does not like
V4_10 = release_index("4.10")

# What happens to a word.
USED = "used"  # it does what it says
UNKNOWN = "unknown"  # Xen prints: parameter "NAME" unknown!
INVALID = "invalid"  # Xen prints: parameter "NAME" has invalid value "VALUE", rc=N!
IGNORED = "ignored"  # nothing comes of it, silently
DOM0 = "dom0"  # it is behind " -- " and goes to the dom0 kernel

# What else there is to say about a word.
OTHERWISE = "otherwise"  # Xen takes it for something else than it looks like, silently
ADVICE = "advice"  # it does what it says, and could be written better

#: What Xen does under each kind of finding. `xlcfg/rules/boot` has the words for them.
EFFECTS: dict[str, str] = {
    # Words Xen does not know.
    "unknown": UNKNOWN,
    "removed": UNKNOWN,
    "not-yet": UNKNOWN,
    "never": UNKNOWN,
    "other-arch": UNKNOWN,
    "linux": UNKNOWN,
    "early": UNKNOWN,
    "dashes": UNKNOWN,
    "blank-around-equals": UNKNOWN,
    "unknown-value": OTHERWISE,
    # Values Xen does not like.
    "invalid": INVALID,
    "invalid-part": INVALID,
    "not-boolean": INVALID,
    "not-number": INVALID,
    "not-size": INVALID,
    "out-of-range": INVALID,
    "no-with-value": INVALID,
    "bad-console": INVALID,
    "no-console-left": INVALID,
    # Accepted, but hardly what was meant.
    "cut": OTHERWISE,
    "string-cut": OTHERWISE,
    "overridden": OTHERWISE,
    "no-ignored": OTHERWISE,
    "double-negative": OTHERWISE,
    "quoted": OTHERWISE,
    "joined": OTHERWISE,
    "not-space": OTHERWISE,
    "variable": OTHERWISE,
    "empty-number": OTHERWISE,
    "wrapped": OTHERWISE,
    "tiny-memory": OTHERWISE,
    "kib": ADVICE,
    "placeholder": ADVICE,
    "deprecated": ADVICE,
    "leaving": ADVICE,
    "nul": OTHERWISE,
}


class Finding:
    """Something to say about a place of the line; `kind` is a key of `EFFECTS`.

    `start` and `end` are offsets into the line. `args` are facts for the words of the rule.
    `reported` says whether this Xen reports words it does not like.
    """

    __slots__ = ("args", "end", "kind", "reported", "start")

    def __init__(
        self, kind: str, start: int, end: int, reported: bool, args: dict[str, Any]
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.reported = reported
        self.args = args

    @property
    def effect(self) -> str:
        """What Xen does: one of the values of `EFFECTS`."""
        return EFFECTS[self.kind]

    def __repr__(self) -> str:
        return f"Finding({self.kind!r}, {self.start}, {self.end}, {self.args!r})"


class BootWord:
    """A word and what Xen does with it.

    `word` is the word as written, `read` as Xen reads it (cut to its limit). `effect` is one of
    `USED`, `UNKNOWN`, `INVALID`, `IGNORED` and `DOM0`. `parameter` is what it sets, None for an
    unknown word. `value` is what the parameter becomes: bool, int (bytes for a size) or str; None
    when the word leaves it alone. `parts` has the sub-options a custom parameter took, "" being
    the value itself. `rc` and `message` are what Xen reports, 0 and "" when it does not; `silenced`
    says that a `loglvl=` before it keeps the message from being seen.
    """

    __slots__ = (
        "effect", "message", "parameter", "parts", "rc", "read", "silenced", "value", "word",
    )  # fmt: skip

    def __init__(self, word: Word, read: Word) -> None:
        self.word = word
        self.read = read
        self.effect = USED
        self.parameter: Parameter | None = None
        self.value: bool | int | str | None = None
        self.parts: dict[str, Any] = {}
        self.rc = 0
        self.message = ""
        self.silenced = False

    @property
    def name(self) -> str:
        """The name of the parameter, for an unknown word as typed."""
        return self.read.typed if self.parameter is None else self.parameter.name

    def __repr__(self) -> str:
        return f"BootWord({self.word.text!r}, {self.effect!r}, {self.value!r})"


class BootLine:
    """A command line as one release on one architecture reads it.

    `words` has the words for Xen and then, on x86, those behind ` -- `; `dom0_start` is where the
    latter begin, None without them. `findings` are in the order of their places.
    """

    __slots__ = ("arch", "dom0_start", "findings", "release", "text", "words")

    def __init__(self, text: str, release: str, arch: str) -> None:
        self.text = text
        self.release = release
        self.arch = arch
        self.words: list[BootWord] = []
        self.findings: list[Finding] = []
        self.dom0_start: int | None = None

    @property
    def reports(self) -> bool:
        """Whether this Xen reports words it does not like."""
        return release_index(self.release) >= V4_10

    def given(self, name: str) -> list[BootWord]:
        """The words that set the parameter, or name it when it is unknown; in order."""
        return [w for w in self.words if w.name == name and w.effect != DOM0]

    def value(self, name: str) -> bool | int | str | None:
        """What the parameter is in the end; None when the line leaves it at its default.

        A custom parameter gives the text of the last word it took something from.
        """
        for word in reversed(self.given(name)):
            if word.value is not None:
                return word.value
        return None

    def suboptions(self, name: str) -> dict[str, Any]:
        """The sub-options a custom parameter has in the end, "" being a value of its own."""
        parts: dict[str, Any] = {}
        for word in self.given(name):
            parts.update(word.parts)
        return parts

    def xen_messages(self) -> list[str]:
        """What Xen prints about the words, in order; nothing before 4.10."""
        return [word.message for word in self.words if word.message and not word.silenced]
