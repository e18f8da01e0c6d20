"""Pages of the documentation site: one for every finding and every option, and lists of them."""

from __future__ import annotations

import re
import textwrap
from importlib import import_module
from typing import TYPE_CHECKING, Any

from xlcfg import catalogue
from xlcfg.catalogue.page import entry_rows, list_data, option_data, string_words
from xlcfg.core.policy import BOOT_PARAMETER, GUEST_KEY
from xlcfg.docs.facts import Facts, facts, family
from xlcfg.hooks import Hooks
from xlcfg.report.explain import contributed
from xlcfg.rules._index import CODES, POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlcfg.catalogue import Catalogue

#: What the codes of a family (a folder of rules, or the package of a toolstack) are about.
TITLES = {
    "syntax": "Reading guest configs",
    "keys": "Names of guest keys",
    "cross_file": "Several guests of one host",
    "xl": "Values of guest keys",
    "domain": "What refuses a created domain",
    "runstate": "Runstate options",
    "boot": "Boot command lines",
    "xl_conf": "xl.conf",
    "cpupool": "Configs of cpupools",
    "answers": "What a host answers: its log, xl info, the domains that run",
    "boot_files": "Files that boot lines come from",
    "replay": "Replayed traces",
    "xlcfg_libvirt": "libvirt domains",
    "xlcfg_dom0less": "dom0less device trees",
    "uboot": "Scripts of U-Boot",
    "xlcfg_imagebuilder": "Configs of ImageBuilder",
    "xlcfg_xapi": "XAPI records",
    "inputs": "Inputs",
    "suppression": "Ignoring findings",
    "plugins": "Plugins",
}

#: place in the catalogue -> folder of its pages, title, what the list is
PLACES = {
    "guest": (
        "guest-keys",
        "Guest keys",
        "The keys of guest configs that some release of xl reads.",
    ),
    "boot": ("boot-parameters", "Boot parameters", "The parameters of Xen's boot command line."),
    "xl.conf": ("xl-conf", "Keys of xl.conf", "The toolstack's own settings, `/etc/xen/xl.conf`."),
}


def pages() -> dict[str, str]:
    """Every generated page: path below the site's root -> Markdown."""
    rules = _rules()
    found = {code: facts(code, module) for code, (*_, module) in rules.items()}
    made = {"rules/index.md": _rules_index(rules, found)}
    for code, (_, name, doc, _) in sorted(rules.items()):
        made[f"rules/{code}.md"] = _rule_page(code, name, doc, found[code])
    options = everything()
    for place, (folder, title, about) in PLACES.items():
        listed = list_data(place, options=options)
        made[f"{folder}/index.md"] = _options_index(title, about, listed)
        for entry in listed:
            made[f"{folder}/{slug(entry['name'])}.md"] = _option_page(entry["name"], place, options)
    return made


def everything() -> Catalogue:
    """All options of Xen, and those that xlcfg adds."""
    from xlcfg.checks.linter import Linter
    from xlcfg.model.target import Target

    return Linter(Target(catalogue.newest_release(), "x86_64"), Hooks(plugins=False)).everything()


def slug(name: str) -> str:
    """The name of an option as the name of a file."""
    return name.rstrip("[")


def _rules() -> dict[str, tuple[str, str, str, Any]]:
    """Code -> summary, name, page and module of every rule, those of the other toolstacks too."""
    found = {}
    for code, (path, name, summary) in CODES.items():
        module = import_module(path)
        found[code] = (summary, name, module.__doc__ or "", module)
    for code, rule in contributed().items():
        found[code] = (rule.SUMMARY, rule.NAME, rule.__doc__ or "", rule)
    return found


def title(code: str) -> str:
    """What a code is about."""
    return TITLES["runstate" if code in POLICY else family(code)]


def _rules_index(rules: Mapping[str, tuple[str, str, str, Any]], found: Mapping[str, Facts]) -> str:
    lines = [
        "# Findings",
        "",
        "Every finding has a code that keeps its meaning for ever. In a terminal `xlcfg explain`",
        "shows these pages.",
        "",
        "*Fix* says whether `xlcfg check --fix` mends it (safe), only `--unsafe-fixes` does, or",
        "nobody but you. *Xen* says under which releases the example on the page has the finding.",
    ]
    for about in TITLES.values():
        codes = [code for code in sorted(rules) if title(code) == about]
        if codes:
            lines += ["", f"## {about}", "", "| code | | severity | fix | Xen |", "|" + "---|" * 5]
            lines += [
                f"| [{code}]({code}.md)<br>{rules[code][1]} | {plain(rules[code][0])} "
                f"| {found[code].severity} | {found[code].fix.partition(':')[0]} "
                f"| {found[code].releases} |"
                for code in codes
            ]
    return "\n".join(lines) + "\n"


def _rule_page(code: str, name: str, doc: str, about: Facts) -> str:
    text = textwrap.dedent(doc).strip()
    rows = [
        ("Severity", about.severity),
        ("Fix", about.fix),
        ("Noticed by", about.layer),
        ("Its example, under Xen", about.releases),
        ("Ignoring it", about.ignoring),
    ]
    table = "".join(f"| {label} | {value} |\n" for label, value in rows if value)
    page = "\n".join(map(_line, text.splitlines()))
    first, _, rest = page.partition("\n\n")
    return f"# {code}: {name}\n\n{first}\n\n| | |\n|---|---|\n{table}\n{rest}\n"


def _line(line: str) -> str:
    """A line of a docstring, which is Markdown but for `<` in its prose."""
    if line.startswith("    ") or "<" not in line:
        return line
    parts = re.split(r"(`[^`]*`)", line)
    return "".join(part if part[:1] == "`" else part.replace("<", "&lt;") for part in parts)


def _options_index(title: str, about: str, listed: Iterable[Mapping[str, str]]) -> str:
    lines = [f"# {title}", "", about, "", "| name | |", "|---|---|"]
    lines += [
        f"| [`{entry['name']}`]({slug(entry['name'])}.md) | {plain(entry['description'])} |"
        for entry in listed
    ]
    return "\n".join(lines) + "\n"


def _option_page(name: str, place: str, options: Catalogue) -> str:
    (entry,) = (one for one in option_data(name, options) if one["place"] == place)
    lines = [f"# `{entry['name']}`", "", plain(str(entry.get("description", ""))), ""]
    example = ""
    rows = []
    for label, text in entry_rows(entry, None):
        if label == "Example":
            example = text
        elif text.startswith("https://"):
            rows.append(f"| {label} | [{text.rsplit('/', 1)[1].partition('#')[0]}]({text}) |")
        else:
            rows.append(f"| {label} | {plain(text)} |")
    if example:
        lines += ["    " + line for line in example.splitlines()] + [""]
    lines += ["| | |", "|---|---|", *rows]
    if name in (GUEST_KEY, BOOT_PARAMETER):
        lines += ["", "No released Xen has this option; see [RS002](../rules/RS002.md)."]
    if entry.get("grammar"):
        lines += _form(entry)
    return "\n".join(lines) + "\n"


def _form(entry: Mapping[str, Any]) -> list[str]:
    """The words of a device's string, and what else is known of its form."""
    grammar = catalogue.grammar(entry["grammar"])
    lines = ["", "## Form", ""]
    if grammar.get("form"):
        lines += [plain(str(grammar["form"]).capitalize()) + ".", ""]
    if grammar.get("syntax"):
        lines += [f"    {grammar['syntax']}", ""]
    words = list(string_words(entry, None))
    if words:
        lines += ["| word | takes | releases | |", "|---|---|---|---|"]
        lines += [
            f"| `{word.name}` | {plain(word.takes)} | {word.span or 'all'} | {plain(word.about)} |"
            for word in words
        ]
        lines.append("")
    lines += [f"- {plain(str(rule))}" for rule in grammar.get("rules", ())]
    return lines


def plain(text: str) -> str:
    """Text as Markdown that says the same, in a table too."""
    parts = re.split(r"(`[^`]*`)", text)
    escaped = (
        part if part[:1] == "`" else re.sub(r"([\\*_\[\]])", r"\\\1", part).replace("<", "&lt;")
        for part in parts
    )
    return "".join(escaped).replace("|", "\\|")


def below(made: Mapping[str, str]) -> dict[str, list[Any]]:
    """What the nav has below the lists among `pages`: for findings a section for each family."""
    codes = [path.split("/")[1][:-3] for path in made if path.startswith("rules/")]
    sections: dict[str, list[Any]] = {about: [] for about in TITLES.values()}
    for code in codes:
        if code != "index":
            sections[title(code)].append(f"rules/{code}.md")
    found: dict[str, list[Any]] = {
        "rules/index.md": [{about: paths} for about, paths in sections.items() if paths]
    }
    for folder, *_ in PLACES.values():
        start = f"{folder}/"
        found[f"{start}index.md"] = [
            path for path in made if path.startswith(start) and path != f"{start}index.md"
        ]
    return found


def with_pages(nav: Any, below: dict[str, list[Any]]) -> Any:
    """A part of the nav in which each list of pages is a section with those pages in it."""
    if isinstance(nav, list):
        return [with_pages(one, below) for one in nav]
    if not isinstance(nav, dict):
        return nav
    return {
        title: [{"All of them": what}, *below[what]] if isinstance(what, str) and what in below
        else what if isinstance(what, str)
        else with_pages(what, below)
        for title, what in nav.items()
    }  # fmt: skip
