"""Runs a script of U-Boot without executing anything: variables, conditions, what `fdt` is told.

What is run are *worlds*: one for each way that a script can take. A condition that only the board
can decide makes two of one; worlds in which the same was done are one again. All is bounded:
commands, the depth of variables that are run, the length of values, and the number of worlds.
"""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, Text
from xlcfg.source.uboot.hush import (
    TOO_LONG,
    Command,
    HushError,
    If,
    Script,
    Steps,
    Word,
    expand,
    parse,
)
from xlcfg.source.uboot.image import LONGEST, body
from xlcfg.source.uboot.tests import decide
from xlcfg.source.uboot.trees import Edit, Note, Outcome, build

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source
    from xlcfg.source.uboot.hush import Loop

#: Commands that are run, all worlds together.
MOST_COMMANDS = 20_000
#: Ways through a script that are followed.
MOST_WAYS = 8
#: Steps within steps.
_MOST_LEVELS = 100
#: Variables that run each other.
_DEEPEST = 12
#: Characters that all variables of all worlds may be given.
_MOST_TEXT = 1 << 20
#: Edits of a device tree, all worlds together.
_MOST_EDITS = 50_000

_USED = re.compile(r"\$\{?([A-Za-z_]\w*)")
_SETS = re.compile(r"\bsetenv[ \t]+([A-Za-z_]\w*)")
_LOADS = ("load", "tftp", "tftpboot", "tftpb", "dhcp", "bootp", "nfs", "imxtract", "size", "loadb",
          "loadx", "loady", "ubifsload", "sysboot", "pxe")  # fmt: skip
_BOOTS = ("booti", "bootm", "bootz", "bootefi", "bootxen", "bootelf", "bootflow", "go")
_QUIET = ("echo", "sleep", "saveenv", "printenv", "true", "version", "bdinfo", "iminfo", "ls")


class World:
    """One way through a script, as far as it was followed.

    `variables` are those that the script has set (None: to what nobody knows), `edits` what was
    done to device trees, newest first, as (earlier, edit). `status` says how the last command
    ended: None when only the board knows. `unsure` is set when the environment was loaded over the
    variables.
    """

    __slots__ = (
        "edits",
        "ended",
        "looped",
        "moved",
        "open",
        "status",
        "tree",
        "unsure",
        "variables",
    )

    def __init__(self) -> None:
        self.variables: dict[str, Text | None] = {}
        self.edits: tuple[object, Edit] | None = None
        self.status: bool | None = True
        self.ended = False
        self.looped = False
        self.unsure = False
        #: whether something that is not seen may have changed the tree
        self.open = False
        #: the tree at hand, by the address that it was given by, and what addresses stand for
        self.tree = ""
        self.moved: dict[str, str] = {}

    def copy(self) -> World:
        """Another that starts as this one stands."""
        other = World()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.variables = dict(self.variables)
        other.moved = dict(self.moved)
        return other

    def did_alike(self, other: World, telling: frozenset[str]) -> bool:
        """Whether the trees are the same, and the variables that tell."""
        return (
            self.edits is other.edits
            and (self.ended, self.looped, self.tree) == (other.ended, other.looped, other.tree)
            and self.moved == other.moved
            and all(_same(self.variables.get(n), other.variables.get(n)) for n in telling)
        )

    def is_like(self, other: World) -> bool:
        """Whether what follows would be the same."""
        return (
            self.edits is other.edits
            and (self.ended, self.unsure, self.open, self.tree)
            == (other.ended, other.unsure, other.open, other.tree)
            and self.moved == other.moved
            and self.variables.keys() == other.variables.keys()
            and all(_same(value, other.variables[n]) for n, value in self.variables.items())
        )

    def value(self, name: str) -> Text | None:
        """The value of a variable as far as it is known."""
        if name == "?":
            known = Text()
            if self.status is None:
                return None
            known.add("0" if self.status else "1", 0)
            return known
        return self.variables.get(name)


def _same(one: Text | None, other: Text | None) -> bool:
    return one is other or (one is not None and other is not None and str(one) == str(other))


def _joined_up(worlds: list[World], telling: frozenset[str]) -> list[World]:
    """Fewer worlds: one of those that have done the same to the trees, and have the same in the
    variables that tell; nobody knows in it the other variables that differ.
    """
    kept: list[World] = []
    for world in worlds:
        twin = next((one for one in kept if one.did_alike(world, telling)), None)
        if twin is None:
            kept.append(world)
            continue
        for name in twin.variables.keys() | world.variables.keys():
            here, there = twin.variables.get(name), world.variables.get(name)
            if not _same(here, there):
                twin.variables[name] = None
        twin.unsure |= world.unsure
        twin.open |= world.open
        if twin.status is not world.status:
            twin.status = None
    return kept


def _skips(before: str, status: bool | None) -> bool:
    """Whether a step behind `&&` or `||` is left out after a command that ended so."""
    return (before == "&&" and status is False) or (before == "||" and status is True)


class _Stop(Exception):
    """The script takes longer than it is followed."""


class _Machine:
    def __init__(self) -> None:
        self.commands = 0
        self.text = 0
        self.edited = 0
        self.level = 0
        #: variables that what `fdt` is told depends on
        self.telling: frozenset[str] = frozenset()
        self.done: dict[tuple[object, ...], tuple[object, Edit]] = {}
        self.notes: dict[tuple[str, int], Note] = {}
        #: how far a tree was made when something was booted: edits, its address or ""
        self.boots: list[tuple[World, str]] = []

    def note(self, kind: str, start: int, end: int, **facts: str) -> None:
        """Something to tell, once for each place; of limits that are reached the first."""
        key = (kind, 0 if kind in ("ways", "long", "deep") else start)
        self.notes.setdefault(key, Note(kind, start, end, facts))

    # the language

    def steps(self, steps: Steps, worlds: list[World], depth: int) -> list[World]:
        """All worlds that come out of these steps."""
        self.level += 1
        if self.level > _MOST_LEVELS:
            raise _Stop
        for before, step in steps:
            going: list[World] = []
            staying: list[World] = []
            for world in worlds:
                if world.ended or world.looped or _skips(before, world.status):
                    staying.append(world)
                    continue
                if before == "||" and world.status is None:
                    other = world.copy()
                    other.status = True
                    staying.append(other)
                going.append(world)
            worlds = self.merged(staying + self.step(step, going, depth), step)
        self.level -= 1
        return worlds

    def step(self, step: Command | If | Loop, worlds: list[World], depth: int) -> list[World]:
        if not worlds:
            return []
        if isinstance(step, Command):
            out: list[World] = []
            for world in worlds:
                out += self.command(step, world, depth)
            return out
        if isinstance(step, If):
            return self.condition(step, worlds, depth)
        return self.loop(step, worlds, depth)

    def condition(self, step: If, worlds: list[World], depth: int) -> list[World]:
        out: list[World] = []
        for asked, done in step.arms:
            yes: list[World] = []
            no: list[World] = []
            for world in self.steps(asked, worlds, depth):
                if world.ended or world.looped:
                    out.append(world)
                    continue
                if world.status is not False:
                    yes.append(world)
                if world.status is not True:
                    no.append(world.copy() if world.status is None else world)
            out += self.steps(done, yes, depth)
            worlds = self.merged(no, step)
        for world in worlds:
            world.status = True
        return out + self.steps(step.otherwise, worlds, depth)

    def loop(self, step: Loop, worlds: list[World], depth: int) -> list[World]:
        if step.name:
            out: list[World] = []
            for world in worlds:
                out += self.over(step, world, depth)
            return out
        done: list[World] = []
        while worlds:
            again: list[World] = []
            for world in self.steps(step.condition, worlds, depth):
                if world.ended or world.looped:
                    done.append(world)
                    continue
                if world.status is None or world.status is step.until:
                    done.append(world.copy() if world.status is None else world)
                if world.status is None:
                    # Once is enough to see what it does: nobody knows how often it does it.
                    self.once(step.body, world, depth, done)
                elif world.status is not step.until:
                    again.append(world)
            worlds = self.left(self.steps(step.body, again, depth), done)
        return self.merged(done, step)

    def once(self, steps: Steps, world: World, depth: int, done: list[World]) -> None:
        for ended in self.steps(steps, [world], depth):
            ended.looped = False
            done.append(ended)

    def over(self, step: Loop, world: World, depth: int) -> list[World]:
        """A loop over words: once with each."""
        done: list[World] = []
        worlds = [world]
        for word in self.expand(step.words, world):
            for each in worlds:
                self.set(each, step.name, word)
            worlds = self.left(self.steps(step.body, worlds, depth), done)
        return worlds + done

    @staticmethod
    def left(worlds: list[World], done: list[World]) -> list[World]:
        """Those that go on with a loop; those that have left it are `done`."""
        going: list[World] = []
        for world in worlds:
            (done if world.ended or world.looped else going).append(world)
            world.looped = False
        return going

    def merged(self, worlds: list[World], step: Command | If | Loop) -> list[World]:
        """The worlds that differ, and no more than are followed."""
        kept: list[World] = []
        for world in worlds:
            twin = next((one for one in kept if one.is_like(world)), None)
            if twin is None:
                kept.append(world)
            elif twin.status is not world.status:
                twin.status = None
        if len(kept) > MOST_WAYS:
            kept = _joined_up(kept, self.telling)
        if len(kept) > MOST_WAYS:
            at = step.words[0].start if isinstance(step, Command) else step.start
            self.note("ways", at, at + 1, most=str(MOST_WAYS))
            for world in kept[:MOST_WAYS]:
                world.open = True
        return kept[:MOST_WAYS]

    # commands

    def command(self, step: Command, world: World, depth: int) -> list[World]:
        self.commands += 1
        if self.commands > MOST_COMMANDS:
            at = step.words[0]
            self.note("long", at.start, at.end, most=str(MOST_COMMANDS))
            raise _Stop
        words = self.expand(step.words, world)
        while words and self.assigns(words[0], world):
            words = words[1:]
        if not words:
            return [world]
        name = str(words[0])
        if name == "fdt":
            self.unset(step, world)
        self.text += sum(len(word.chars) for word in words)
        if self.text > 4 * _MOST_TEXT:
            self.note("long", step.words[0].start, step.words[0].end, most=str(MOST_COMMANDS))
            raise _Stop
        world.status = True
        if name in ("test", "["):
            asked = [str(word) for word in words]
            world.status = None if world.unsure and len(asked) > 1 else decide(asked, name == "[")
        elif name == "false":
            world.status = False
        elif name == "exit":
            world.ended = True
        elif name in ("break", "continue"):
            world.looped = name == "break"
        elif name == "run":
            return self.run_variables(words[1:], world, depth)
        elif name == "setenv" or (name == "env" and [str(w) for w in words[1:2]] == ["set"]):
            self.setenv(words[1 if name == "setenv" else 2 :], world)
        elif name == "fdt":
            self.fdt(words, world)
        elif name in _BOOTS:
            self.boot(words, world)
        elif name not in _QUIET:
            self.other(name, words, world)
        return [world]

    def unset(self, step: Command, world: World) -> None:
        """Notes variables of nearly the name of one that the script sets."""
        for word in step.words:
            for piece in word.pieces:
                if isinstance(piece, Text) or piece[0] in world.variables or len(piece[0]) < 5:
                    continue
                name, start, end = piece
                for known in world.variables:
                    if _is_near(name, known):
                        self.note("unset", start, end, name=name, close=known)
                        break

    def expand(self, words: list[Word], world: World) -> list[Text]:
        """The words as the command gets them, none where a quote in a value spoils them."""
        try:
            return expand(words, world.value)
        except HushError as error:
            self.note("syntax", words[0].start, words[0].end, what=error.message)
            if error.message == TOO_LONG:
                raise _Stop from None
            world.status = False
            return []

    def assigns(self, word: Text, world: World) -> bool:
        """Keeps `name=value` before a command."""
        text = str(word)
        name, equals, _ = text.partition("=")
        if not equals or not name.replace("_", "a").isalnum() or name[0].isdigit():
            return False
        value = Text()
        cut = len(name) + 1
        value.chars, value.places = word.chars[cut:], word.places[cut:]
        self.set(world, name, value)
        return True

    def set(self, world: World, name: str, value: Text | None) -> None:
        """Gives a variable its value, while there is room."""
        self.text += 0 if value is None else len(value.chars)
        if self.text > _MOST_TEXT:
            value = None
        world.variables[name] = value

    def setenv(self, words: list[Text], world: World) -> None:
        while words and str(words[0]) in ("-f", "-e"):
            words = words[1:]
        if not words:
            return
        name = str(words[0])
        if HOLE in name:
            world.unsure = True
            return
        self.set(world, name, _joined(words[1:]))

    def run_variables(self, words: list[Text], world: World, depth: int) -> list[World]:
        worlds = [world]
        for word in words:
            going: list[World] = []
            for each in worlds:
                if each.ended or each.looped or each.status is False:
                    going.append(each)
                    continue
                going += self.run_variable(word, each, depth)
            worlds = going
        return worlds

    def run_variable(self, word: Text, world: World, depth: int) -> list[World]:
        value = world.value(str(word))
        if value is None or HOLE in str(word):
            # The board's own: it may do anything but is mostly about loading.
            self.unseen(world)
            return [world]
        if depth >= _DEEPEST:
            self.note("deep", *word.span(), name=str(word), most=str(_DEEPEST))
            return [world]
        steps, error = parse(Script(str(value), 0, list(value.places)))
        worlds = self.steps(steps, [world], depth + 1)
        if error is not None:
            self.refused(error, Script(str(value), 0, list(value.places)))
        return worlds

    def refused(self, error: HushError, script: Script) -> None:
        at = script.place(error.at)
        self.note("syntax", at, at + 1, what=error.message)

    def unseen(self, world: World) -> None:
        """Something ran that is not seen here."""
        world.status = None
        world.open = True

    def boot(self, words: list[Text], world: World) -> None:
        """What boots takes its tree, and its line when that is a variable."""
        line = world.variables.get("bootargs")
        if line is not None and line.chars:
            self.edit(world, "bootargs", line.places[0], [line])
        tree = str(words[3]) if len(words) > 3 else ""
        self.boots.append((world.copy(), world.moved.get(_address(tree), _address(tree))))
        world.status = None

    def fdt(self, words: list[Text], world: World) -> None:
        """One `fdt` command; which one its first letters tell."""
        name = str(words[1]) if len(words) > 1 else ""
        at = words[0].places[0]
        if name.startswith("ad"):
            rest = [word for word in words[2:] if str(word) != "-q"]
            if rest and str(rest[0]) != "-c":
                world.tree = world.moved.get(_address(str(rest[0])), _address(str(rest[0])))
                self.edit(world, "addr", at, words)
            elif rest:
                world.tree = "-c"
                self.edit(world, "addr", at, words)
        elif name.startswith("mo"):
            if len(words) > 3:
                source = _address(str(words[2]))
                world.tree = world.moved.get(source, source)
                world.moved[_address(str(words[3]))] = world.tree
        elif name.startswith(("mk", "cho")) or (name[:1] == "s" and name[:3] != "sys"):
            self.edit(world, "mknod" if name[0] == "m" else name[:3], at, words)
        elif name.startswith("rm"):
            self.edit(world, "rm", at, words)
        elif name.startswith("ap"):
            world.open = True
        elif name[:1] == "g" and len(words) > 3:
            self.set(world, str(words[3]), None)
            world.status = None

    def edit(self, world: World, what: str, at: int, words: list[Text]) -> None:
        self.edited += 1
        if self.edited > _MOST_EDITS:
            self.note("long", at, at + 1, most=str(_MOST_EDITS))
            raise _Stop
        # What is done alike after the same is the same, whichever world does it.
        key = (id(world.edits), what, world.tree, at, tuple(map(str, words)))
        done = self.done.get(key)
        if done is None:
            done = self.done[key] = (world.edits, Edit(what, world.tree, at, words))
        world.edits = done

    def other(self, name: str, words: list[Text], world: World) -> None:
        """A command of which only the board knows how it ends."""
        world.status = None
        if name in ("setexpr", "part", "uuid", "gpt", "env", "askenv", "fsuuid"):
            kind = str(words[1]) if len(words) > 1 else ""
            if name == "env" and kind in ("import", "load", "default", "select"):
                world.unsure = True
            elif name == "setexpr" and len(words) > 1:
                self.set(world, kind, None)
            elif name in ("part", "gpt", "fsuuid", "uuid", "env", "askenv"):
                self.set(world, str(words[-1]), None)
        elif name in _LOADS or name.endswith("load"):
            for variable in ("filesize", "fileaddr"):
                world.variables.pop(variable, None)
        elif name in ("source", "bootcmd", "boot", "bootd") or HOLE in name:
            self.unseen(world)


def _is_near(one: str, other: str) -> bool:
    """Whether one letter is missing, too many or another, or two are exchanged."""
    if abs(len(one) - len(other)) > 1 or one[-1:].isdigit() or other[-1:].isdigit():
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _joined(words: list[Text]) -> Text:
    line = Text()
    for number, word in enumerate(words):
        if number:
            line.add(" ", line.places[-1] + 1 if line.places else 0)
        line.extend(word)
    return line


def _address(text: str) -> str:
    """An address the same however it is written; U-Boot reads hexadecimal numbers."""
    try:
        return f"{int(text, 16):x}"
    except ValueError:
        return text


def _telling(text: str) -> frozenset[str]:
    """The variables in what `fdt` is told, and those that these are made of."""
    names = {"bootargs"}
    made: dict[str, set[str]] = {}
    for statement in re.split(r"[;\n]", text):
        used = set(_USED.findall(statement))
        if "fdt" in statement:
            names |= used
        sets = _SETS.search(statement)
        if sets is not None:
            made.setdefault(sets[1], set()).update(used)
    todo = list(names)
    while todo:
        for name in made.get(todo.pop(), ()):
            if name not in names:
                names.add(name)
                todo.append(name)
    return frozenset(names)


def run(source: Source, base: Source | None) -> Outcome:
    """What a script leaves behind; never raises."""
    machine = _Machine()
    start, end = body(source)
    text = source.text[start:end].replace("\r\n", " \n")
    nul = text.find("\0")
    script = Script(text if nul < 0 else text[:nul], start)
    if len(script.text) > LONGEST:
        machine.note("size", start, start + 1, most=str(LONGEST >> 20))
        return Outcome([], list(machine.notes.values()))
    machine.telling = _telling(script.text)
    steps, error = parse(script)
    worlds: list[World] = []
    world = World()
    try:
        worlds = machine.steps(steps, [world], 0)
    except _Stop:
        # What was done up to there was done.
        worlds = [world]
    if error is not None:
        machine.refused(error, script)
    ends = [*machine.boots, *((world, "") for world in worlds)]
    trees = build([(w.edits, tree, w.open) for w, tree in ends], source, base, machine.notes)
    return Outcome(trees, sorted(machine.notes.values(), key=lambda note: (note.start, note.kind)))
