"""What xl of a release makes of /etc/xen/xl.conf, which it reads before every command.

libxlutil parses it like a guest config.  A key xl does not know is ignored silently; most values it
does not like are ignored with a message; a bad number for a table size ends xl.
"""

from __future__ import annotations

from xlcfg.catalogue import alive, release_index, xl_conf_options
from xlcfg.model.settings import read_number
from xlcfg.model.xl.outcome import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.model.settings import Settings
    from xlcfg.syntax.tree import Setting

#: What xl does under each kind of outcome; `xlcfg.model.xl.effects` says what the words mean.
EFFECTS: dict[str, str] = {
    "conf.unknown": "ignored",
    "conf.other-release": "ignored",
    "conf.old-name": "note",
    "conf.old-name-lost": "ignored",
    "conf.list": "ignored",
    "conf.not-a-number": "ignored",
    "conf.bad-word": "ignored",
    "conf.bad-cpus": "ignored",
    "conf.refused": "refused",
}

#: Before, xl read the table sizes like any other number.
_BOUNDED_SINCE = "4.13"


class Conf:
    """What xl makes of an xl.conf: `outcomes` in the order of the file, `values` by key."""

    __slots__ = ("outcomes", "refused", "values")

    def __init__(self, outcomes: list[Outcome], values: dict[str, object]) -> None:
        self.outcomes = outcomes
        self.values = values
        #: xl exits before it does anything
        self.refused = any(outcome.effect == "refused" for outcome in outcomes)


def read_conf(settings: Settings, release: str) -> Conf:
    """What xl of `release` ("4.4".."4.22", "unstable") takes from an xl.conf."""
    return _Reader(settings, release).read()


class _Reader:
    def __init__(self, settings: Settings, release: str) -> None:
        self.settings = settings
        self.release = release
        self.outcomes: list[Outcome] = []
        self.values: dict[str, object] = {}

    def report(self, kind: str, setting: Setting, *, name: bool = False, **args: object) -> None:
        value = setting.value
        start, end = (setting.start, setting.name_end) if name else (value.start, value.end)
        self.outcomes.append(Outcome(kind, EFFECTS[kind], setting.name, start, end, args))

    def read(self) -> Conf:
        options = xl_conf_options()
        for name, setting in self.settings.by_name.items():
            option = options.get(name)
            if option is None:
                self.report("conf.unknown", setting, name=True, hint=hint(name))
            elif not alive(option["runs"], self.release):
                first, last = option["runs"][0][0], option["runs"][-1][1]
                facts = {"release": self.release, "first": first, "last": last}
                self.report("conf.other-release", setting, name=True, **facts)
            else:
                self.option(option, setting)
        self.outcomes.sort(key=lambda outcome: outcome.start)
        return Conf(self.outcomes, self.values)

    def option(self, option: Mapping[str, Any], setting: Setting) -> None:
        kind = option["kind"]
        if kind == "bounded-long" and release_index(self.release) >= release_index(_BOUNDED_SINCE):
            self.bounded(option, setting)
        elif setting.value.is_list:
            self.report("conf.list", setting)
        elif kind in ("bool-long", "defbool", "bounded-long"):
            number, problem = read_number(setting)
            if problem:
                numbers = "a number" if kind == "bounded-long" else "0 or 1"
                text = setting.value.text
                self.report("conf.not-a-number", setting, text=text, numbers=numbers)
            else:
                self.values[setting.name] = number if kind == "bounded-long" else number != 0
        else:
            self.text(option, setting, setting.value.text)

    def bounded(self, option: Mapping[str, Any], setting: Setting) -> None:
        least, most = option["range"]
        number, problem = read_number(setting)
        if problem or not least <= number <= most:
            example = 2 if "version" in setting.name else 64
            self.report("conf.refused", setting, least=least, most=most, example=example)
        else:
            self.values[setting.name] = number

    def text(self, option: Mapping[str, Any], setting: Setting, text: str) -> None:
        if option["kind"] == "enum" and text not in option["values"]:
            accepted = list(option["values"])
            facts = {"text": text, "accepted": accepted, "default": option["default"]}
            self.report("conf.bad-word", setting, **facts)
            return
        if option["kind"] == "cpulist":
            bad = bad_range(text)
            if bad:
                self.report("conf.bad-cpus", setting, text=bad)
        self.values[setting.name] = text
        new = option.get("replacement")
        if new:
            lost = new in self.settings.by_name
            kind = "conf.old-name-lost" if lost else "conf.old-name"
            self.report(kind, setting, name=True, replacement=new)


def bad_range(text: str) -> str:
    """The first word of a CPU list that xl cannot read, "" for none."""
    from xlcfg.model.xl.ctext import strtok
    from xlcfg.model.xl.specs.cpus import read_range

    for _, word in strtok(text, ","):
        rest = word.removeprefix("^")
        negated = rest != word
        for prefix in ("node:", "nodes:"):
            if rest.startswith(prefix):
                rest = rest.removeprefix(prefix)
                break
        if rest == "all":
            if negated:
                return word
        elif read_range(rest) is None:
            return word
    return ""


def hint(name: str) -> str:
    """What to do about a key that no xl.conf ever had."""
    from xlcfg.catalogue import guest_option
    from xlcfg.catalogue.suggest import closest

    meant = closest(name.lower().replace("-", "_"), list(xl_conf_options()))
    if meant is not None:
        return f"write `{meant}`"
    if guest_option(name) is not None:
        return "it is a key of guest configs: write it there"
    return "delete the line; `xlcfg options --kind xl.conf` lists the keys"
