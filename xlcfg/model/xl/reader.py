"""One reading of a guest config: what xl's readers hand out, and what was found on the way."""

from __future__ import annotations

from xlcfg.model.settings import read_number
from xlcfg.model.xl.ctext import atoi, int32, overflows, overflows_long, scan, strtoul, written
from xlcfg.model.xl.outcome import FATAL, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.host import Host
    from xlcfg.model.settings import Settings
    from xlcfg.syntax.tree import Atom, Value

UNSTABLE = 99
#: where a C long has 32 bits
_NARROW = ("x86_32", "arm32")
#: nobody reads more than this of one file, and memory has an end
OUTCOME_LIMIT = 5000


class ConfigReader:
    """The readers of libxlutil over one file, noting what they refuse or skip.

    `minor` is the release as a number (4.17 is 17, unstable `UNSTABLE`); `guest` the guest type,
    once known; `broken` the keys with a fatal outcome, whose values nothing may be built on;
    `unread` the keys this release does not look at; `later` what is reported when all are read;
    `range_error` whether C's errno is ERANGE, which some readers of xl neither reset nor expect.
    """

    __slots__ = (
        "arch",
        "broken",
        "guest",
        "host",
        "later",
        "minor",
        "outcomes",
        "range_error",
        "settings",
        "unread",
        "values",
    )

    def __init__(self, settings: Settings, minor: int, arch: str, host: Host | None) -> None:
        self.settings = settings
        self.minor = minor
        self.arch = arch
        self.host = host
        self.guest: str | None = None
        self.outcomes: list[Outcome] = []
        self.values: dict[str, object] = {}
        self.broken: set[str] = set()
        self.unread: set[str] = set()
        self.later: list[tuple[str, str, int, int, dict[str, object]]] = []
        self.range_error = False

    # ---- reporting ---------------------------------------------------------------------------

    def report(self, kind: str, key: str, start: int, end: int, **args: object) -> None:
        from xlcfg.model.xl.effects import EFFECTS

        effect = EFFECTS[kind]
        if effect == "host":  # refused, but only when the host is known to be like that
            effect = "advice" if self.host is None else "refused"
        if effect in FATAL:
            # beyond the limit, the verdict still has to be right
            if len(self.outcomes) >= OUTCOME_LIMIT and self.broken:
                return
            self.broken.add(key)
        elif len(self.outcomes) >= OUTCOME_LIMIT:
            return
        self.outcomes.append(Outcome(kind, effect, key, start, end, args))

    def report_key(self, kind: str, key: str, **args: object) -> None:
        """An outcome about the whole value of `key` (about the whole file when it is not set)."""
        setting = self.settings.by_name.get(key)
        if setting is None:
            self.report(kind, key, 0, 0, **args)
        else:
            self.report(kind, key, setting.value.start, setting.value.end, **args)

    def report_at(
        self, kind: str, key: str, atom: Atom, start: int, end: int, **args: object
    ) -> None:
        """An outcome about the characters `start`..`end` of a string's text.

        Escapes make text and source differ; then the place is the whole string.
        """
        length = len(atom.text)
        lead = 1 if atom.quoted else 0
        if atom.end - atom.start == length + 2 * lead and 0 <= start <= end <= length:
            self.report(kind, key, atom.start + lead + start, atom.start + lead + end, **args)
        else:
            self.report(kind, key, atom.start, atom.end, **args)

    def report_word(
        self, kind: str, key: str, atom: Atom, at: int, word: str, **args: object
    ) -> None:
        """An outcome about `word`, found at offset `at` of the string's text."""
        self.report_at(kind, key, atom, at, at + len(word), text=word, **args)

    # ---- reading -----------------------------------------------------------------------------

    def strtoul(self, text: str, base: int, start: int = 0) -> tuple[int, int]:
        """C `strtoul`, errno included."""
        if overflows(text, base, start):
            self.range_error = True
        return strtoul(text, base, start)

    def atoi(self, text: str) -> int:
        """C `atoi`, errno included."""
        if overflows_long(text):
            self.range_error = True
        return atoi(text)

    def fits(
        self, key: str, atom: Atom, at: int, name: str, text: str, value: int, base: int
    ) -> int:
        """`value`, what xl keeps of the number that begins `text`; said when it is another.

        `at` is where the text is in the string, `name` what the number is.
        """
        if written(text, base) != value:
            self.report_word("spec.wrapped", key, atom, at, text, name=name, value=value)
        return value

    def scan(self, text: str, base: int, start: int = 0) -> tuple[int, int]:
        """glibc's `sscanf` of one number, errno included."""
        if overflows(text, base, start):
            self.range_error = True
        return scan(text, base, start)

    def has(self, key: str) -> bool:
        return key in self.settings.by_name and key not in self.unread

    def atom(self, key: str, quiet: bool = False) -> Atom | None:
        """The key's string or number; a list is reported (unless `quiet`) and not handed out."""
        if not self.has(key):
            return None
        value = self.settings.by_name[key].value
        if value.is_list:
            if not quiet:
                self.report_key("type.list-for-value", key)
            return None
        return value

    def string(self, key: str) -> str | None:
        """A string key: reads and keeps it."""
        atom = self.atom(key)
        if atom is None:
            return None
        self.values[key] = atom.text
        return atom.text

    def number(self, key: str, quiet: bool = False) -> int | None:
        """`xlu_cfg_get_long`: None when the key is not set or its text is no number."""
        if not self.has(key):
            return None
        setting = self.settings.by_name[key]
        number: int | None
        number, problem = read_number(setting)
        if number is not None and self.arch in _NARROW and not -(2**31) <= number < 2**31:
            number, problem = None, "out-of-range"
        if problem not in ("list", "plus"):
            self.range_error = problem == "out-of-range"
        if problem and not quiet:
            if problem == "list":
                self.report_key("type.list-for-value", key)
            else:
                text = "" if setting.value.is_list else setting.value.text
                self.report_key("number." + problem, key, text=text)
        return number

    def boolean(self, key: str) -> bool | None:
        """`xlu_cfg_get_defbool`: any number, 0 or not."""
        number = self.number(key)
        if number is None:
            return None
        self.values[key] = number != 0
        return number != 0

    def long(self, key: str) -> int | None:
        """A number that goes into a C int."""
        number = self.number(key)
        if number is None:
            return None
        value = int32(number)
        if value != number:
            self.report_key("number.wrapped", key, text=str(number), value=value)
        self.values[key] = value
        return value

    def unsigned(self, key: str) -> int | None:
        """A number that goes into a 32-bit unsigned."""
        number = self.number(key)
        if number is None:
            return None
        value = number & 0xFFFFFFFF
        if value != number:
            self.report_key("number.wrapped", key, text=str(number), value=value)
        self.values[key] = value
        return value

    def mebibytes(self, key: str) -> int | None:
        """A size in MiB, as the unsigned 64-bit number of KiB libxl keeps."""
        number = self.number(key)
        if number is None:
            return None
        kib = (number * 1024) & 0xFFFFFFFFFFFFFFFF
        if kib != number * 1024:
            self.report_key("number.wrapped", key, text=str(number), value=f"{kib} KiB")
        self.values[key] = kib
        return kib

    def items(self, key: str, quiet: bool = False) -> list[Value] | None:
        """The items of a list key; a single value is reported (unless `quiet`)."""
        setting = self.settings.by_name.get(key)
        if setting is None:
            return None
        value = setting.value
        if not value.is_list:
            if not quiet:
                self.report_key("type.value-for-list", key)
            return None
        return value.items

    def strings(self, key: str) -> list[Atom] | None:
        """The items of a list of strings; xl ends the list at the first nested one."""
        items = self.items(key)
        if items is None:
            return None
        return self.until_nested(key, items)

    def until_nested(self, key: str, items: list[Value]) -> list[Atom]:
        atoms: list[Atom] = []
        for item in items:
            if item.is_list:
                self.report("list.cut", key, item.start, items[-1].end, position=len(atoms) + 1)
                break
            atoms.append(item)
        return atoms
