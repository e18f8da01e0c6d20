"""What the catalogue knows of an option, as a page of text or as plain data for JSON."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

from xlcfg import catalogue
from xlcfg.catalogue import XEN, BootParameter, Catalogue, GuestOption, manual_url
from xlcfg.catalogue.examples import boot_example, guest_example, xl_conf_example

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WIDTH = 80
_LABEL = 14
_NAME = 24
_WORD = 16

_KINDS = {
    "bool-long": "number, 0 or not",
    "bool-or-enum": "number, 0 or not, or one of the values",
    "boolean": "boolean",
    "bounded-long": "number within bounds",
    "cpuid-string-or-list": "CPUID string, or list of register strings",
    "cpulist": "CPU list",
    "cpulist-string-or-list": "CPU list, or list of one per vCPU",
    "custom": "text of its own form",
    "defbool": "number, 0 or not",
    "defbool-or-list": "number, 0 or not, or list of words",
    "enum": "one of the values",
    "enum-or-long": "one of the values, or a number",
    "enum-string": "one of the values",
    "ignore": "ignored",
    "integer": "number",
    "list": "list",
    "list-of-lists": "list of lists of strings",
    "list-of-strings": "list of strings",
    "long": "number",
    "path": "path",
    "size": "size, in KiB without a suffix",
    "spec-list": "list of strings of key=value words",
    "spec-string": "string of key=value words",
    "string": "string",
    "string-or-list": "string, or list of strings",
    "string-uuid": "UUID",
}

#: what a word of a device's string takes
_TYPES = {
    "bdf": "PCI address",
    "bool-int": "0 or 1",
    "enum": "a word",
    "flag": "alone, without a value",
    "hex": "hexadecimal number",
    "int": "number",
    "int>0": "number above 0",
    "string": "text",
    "uint8": "number, 0 to 255",
    "ulong": "number",
    "ulong MiB": "number, in MiB",
    "ulong list": "numbers",
    'ulong list ";"': "numbers with `;` between them",
    "uuid": "UUID",
}


def option_data(name: str, options: Catalogue = XEN) -> list[dict[str, Any]]:
    """All that is known under a name, for JSON: one object for each place that has it.

    `place` is "guest", "boot" or "xl.conf"; the rest is as in the data files. Empty for an unknown
    name.
    """
    found: list[dict[str, Any]] = []
    guest = options.guest_option(name)
    if guest is not None:
        found.append(_guest(guest))
    boot = options.boot_parameter(name)
    if boot is not None:
        found.append(_boot(boot))
    conf = catalogue.xl_conf_options().get(name)
    if conf is not None:
        found.append({"place": "xl.conf", **conf, **_example(xl_conf_example(conf))})
    for entry in found:
        changes = _changes(name, entry["place"])
        if changes:
            entry["changes"] = changes
    return found


def option_page(name: str, release: str | None = None, options: Catalogue = XEN) -> str | None:
    """The page of a name, for every place that has it; None for an unknown name.

    With `release` the page also says whether that release reads it. Raises UnknownReleaseError.
    """
    parts = [entry_page(entry, release) for entry in option_data(name, options)]
    return "\n".join(parts) if parts else None


def list_data(
    place: str,
    release: str | None = None,
    arch: str | None = None,
    options: Catalogue = XEN,
) -> list[dict[str, str]]:
    """Name and description of the options of a place ("guest", "boot" or "xl.conf"), by name.

    `release` and `arch` keep those read there; without a release, all that ever were.
    """
    found: Iterable[tuple[str, Mapping[str, Any], bool]]
    if place == "xl.conf":
        found = [
            (name, option, release is None or catalogue.alive(option["runs"], release))
            for name, option in sorted(catalogue.xl_conf_options().items())
        ]
    else:
        listed = options.guest_options() if place == "guest" else options.boot_parameters()
        found = [(o.name, o.detail, _kept(o, release, arch)) for o in listed]
    return [
        {"name": name, "description": str(detail.get("description", ""))}
        for name, detail, kept in found
        if kept
    ]


def _kept(option: GuestOption | BootParameter, release: str | None, arch: str | None) -> bool:
    if release is not None:
        return option.is_read(release, arch)
    return arch is None or any(option.is_read(one, arch) for one in catalogue.releases())


def list_page(
    place: str,
    release: str | None = None,
    arch: str | None = None,
    options: Catalogue = XEN,
) -> str:
    """The same list as text, at most 80 columns wide."""
    lines: list[str] = []
    for entry in list_data(place, release, arch, options):
        name = entry["name"]
        text = textwrap.wrap(entry["description"], WIDTH - _NAME) or [""]
        if len(name) >= _NAME:
            lines.append(name)
            name = ""
        lines.append(f"{name:{_NAME}}{text[0]}".rstrip())
        lines += [" " * _NAME + more for more in text[1:]]
    return "\n".join(lines) + "\n" if lines else ""


def _guest(option: GuestOption) -> dict[str, Any]:
    # What is contributed has no more of a detail than its maker gave it.
    entry: dict[str, Any] = {
        "place": "guest",
        "name": option.name,
        "kind": option.kind,
        "arch": option.arch,
        "guest_types": list(option.guest_types),
        "runs": _named(option.runs),
        **option.detail,
        **_link(option),
    }
    words = [word["value"] if isinstance(word, dict) else word for word in _known(entry)]
    return {**entry, **_example(guest_example(option.name, entry, words))}


def _boot(parameter: BootParameter) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {"kind": kind.kind, "arch": list(kind.archs), "runs": _named(kind.runs)}
        for kind in parameter.kinds
    ]
    return {
        "place": "boot",
        "name": parameter.name,
        "arch": list(parameter.arch),
        "kinds": kinds,
        "runs": _named(parameter.runs),
        **parameter.detail,
        **_link(parameter),
        **_example(boot_example(parameter.name, {k["kind"] for k in kinds}, parameter.detail)),
    }


def _named(runs: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    lines = catalogue.releases()
    return [(lines[first], lines[last]) for first, last in runs]


def _example(line: str) -> dict[str, str]:
    return {"example": line} if line else {}


def _link(option: GuestOption | BootParameter) -> dict[str, str]:
    url = manual_url(option)
    return {"manual": url} if url else {}


def _changes(name: str, place: str) -> list[dict[str, str]]:
    """The entries of the timeline that are about the name, oldest first."""
    from xlcfg.catalogue._compiled.timeline import DATA

    return [
        {key: entry[key] for key in ("release", "effect", "change", "advice") if key in entry}
        for entry in DATA["entries"]
        if entry["scope"] == place and name in _about(entry)
    ]


def _about(entry: Mapping[str, Any]) -> set[str]:
    named = {c["name"] for group in entry.get("when", ()) for c in group[:1]}
    words = str(entry["subject"]).replace("=", " ").replace(",", " ").split()
    return named | set(words)


def entry_page(entry: Mapping[str, Any], release: str | None = None) -> str:
    """The page of one entry of `option_data`, at most 80 columns wide."""
    place = {"guest": "guest key", "boot": "boot parameter", "xl.conf": "key of xl.conf"}
    title = place[entry["place"]]
    name = str(entry["name"])
    lines = [f"{name}{title:>{max(WIDTH - len(name), len(title) + 2)}}", ""]
    lines += textwrap.wrap(str(entry.get("description", "")), WIDTH, **_indents("  "))
    lines.append("")
    for label, text in entry_rows(entry, release):
        head = f"  {label:{_LABEL}}"
        lines += textwrap.wrap(text, WIDTH, initial_indent=head, **_indent(" " * len(head)))
    words = list(string_words(entry, release))
    if words:
        lines += ["", "  Words of its strings"]
    for word in words:
        about = "; ".join(filter(None, (word.takes, word.about, word.span)))
        head = f"    {word.name:{_WORD}}"
        if len(word.name) >= _WORD:
            lines.append(head)
            head = " " * (4 + _WORD)
        lines += textwrap.wrap(about, WIDTH, initial_indent=head, **_indent(" " * (4 + _WORD)))
    return "\n".join(lines) + "\n"


class StringWord(NamedTuple):
    """A word of a device's string: what it takes, what it is about, the releases that read it.

    `span` is empty for a word that lives as long as its key.
    """

    name: str
    takes: str
    about: str
    span: str


def string_words(entry: Mapping[str, Any], release: str | None) -> Iterable[StringWord]:
    """The words allowed inside the strings of an entry of `option_data`, those of `release` only.

    Source: `data/grammars.json`.
    """
    if not entry.get("grammar"):
        return
    grammar = catalogue.grammar(entry["grammar"])
    for key in grammar.get("keys", ()):
        if release is not None and not catalogue.alive(key["runs"], release):
            continue
        values = key.get("values") or grammar.get("enum", {}).get(key["name"], ())
        texts = [
            str(v["value"] if isinstance(v, dict) else v)
            for v in values
            if release is None or not isinstance(v, dict) or catalogue.alive(v["runs"], release)
        ]
        kind = str(key.get("type") or "")
        whole = tuple(key["runs"]) == tuple(entry["runs"])
        yield StringWord(
            key["name"],
            ", ".join(t for t in texts if t[:1] != "<") or _TYPES.get(kind, kind),
            str(key.get("description", "")),
            "" if whole else _spans(key["runs"], short=True),
        )


def _indent(text: str) -> dict[str, Any]:
    return {"subsequent_indent": text, "break_long_words": False, "break_on_hyphens": False}


def _indents(text: str) -> dict[str, Any]:
    return {"initial_indent": text, **_indent(text)}


def entry_rows(entry: Mapping[str, Any], release: str | None) -> Iterable[tuple[str, str]]:
    """What there is to say of an entry of `option_data`: label and text, in order.

    With `release` also whether that release reads it.
    """
    yield "Value", _value(entry)
    values = _words(entry)
    if values:
        yield "Values", values
    for label, key in (("Syntax", "syntax"), ("Default", "default")):
        if entry.get(key):
            yield label, str(entry[key])
    if entry.get("example"):
        yield "Example", str(entry["example"])
    if "guest_types" in entry:
        yield "Guest types", ", ".join(entry["guest_types"])
    if "arch" in entry:
        archs = entry["arch"]
        yield "Architecture", archs if isinstance(archs, str) else ", ".join(archs)
    if "runs" in entry:
        proposed = entry.get("proposed", False)
        yield "Read by", "no release of Xen" if proposed else _spans(entry["runs"])
        if release is not None and not proposed:
            yield f"In {release}", "read" if catalogue.alive(entry["runs"], release) else "not read"
    if entry.get("kconfig"):
        yield "Needs", ", ".join(f"CONFIG_{option}" for option in entry["kconfig"])
    if entry.get("runtime"):
        yield "At run time", f"can be set in {_spans(entry['runtime'])}"
    if entry.get("conflicts_with"):
        yield "Conflicts", ", ".join(entry["conflicts_with"])
    if entry.get("replacement"):
        yield "Write instead", str(entry["replacement"])
    if entry.get("notes"):
        yield "Notes", str(entry["notes"])
    for change in entry.get("changes", ()):
        yield (
            f"Since {change['release']}",
            " ".join(change[key] for key in ("change", "advice") if key in change),
        )
    if entry.get("manual"):
        yield "Manual", str(entry["manual"])


def kind_in_words(kind: str) -> str:
    """What a key or parameter of a kind takes, in plain words: defbool is "number, 0 or not"."""
    return _KINDS.get(kind, kind)


def _value(entry: Mapping[str, Any]) -> str:
    kinds = [entry["kind"]] if "kind" in entry else [k["kind"] for k in entry.get("kinds", ())]
    text = "; ".join(dict.fromkeys(map(kind_in_words, kinds))) or "none"
    if "unit" in entry:
        text += f", in {entry['unit']}"
    if "range" in entry:
        text += f", {entry['range'][0]} to {entry['range'][1]}"
    return text


def _words(entry: Mapping[str, Any]) -> str:
    """The words an option takes, with the releases that do not span its whole life."""
    shown = []
    for word in _known(entry):
        if isinstance(word, str):
            shown.append(word)
            continue
        text = str(word.get("value", word.get("name")))
        if tuple(word["runs"]) != tuple(entry["runs"]):
            text += f" ({_spans(word['runs'], short=True)})"
        shown.append(text)
    return ", ".join(shown)


def _known(entry: Mapping[str, Any]) -> Iterable[Any]:
    """The words an option takes: texts, or mappings with their runs."""
    if "enum" in entry:
        words: Iterable[Any] = catalogue.enum(entry["enum"])["values"]
        return words
    return entry.get("values") or entry.get("suboptions") or ()


def _spans(runs: Iterable[tuple[str, str]], *, short: bool = False) -> str:
    texts = []
    for first, last in runs:
        if last == catalogue.releases()[-1]:
            texts.append(f"since {first}" if short else f"Xen {first} to {last}")
        elif first == last:
            texts.append(first if short else f"Xen {first}")
        else:
            texts.append(f"{first} to {last}" if short else f"Xen {first} to {last}")
    return ", ".join(texts) or "no release"
