"""`xlcfg options` lists and explains the options of guest configs, boot lines and xl.conf."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN, EXIT_USAGE
from xlcfg.cli.arguments import (
    add_dialects,
    add_text_or_json,
    add_xen,
    completes,
    linter_of,
    release_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from xlcfg.catalogue import Catalogue

PLACES = {"guest": "Guest keys", "boot": "Boot parameters", "xl.conf": "Keys of xl.conf"}


DESCRIPTION = (
    "Lists and explains the keys of guest configs, boot parameters and the keys of xl.conf."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    names = sub.add_argument(
        "names", nargs="*", metavar="NAME", help="an option; without one, a list"
    )
    completes(names, _names)
    sub.add_argument(
        "--kind",
        choices=("guest", "boot", "xl.conf"),
        metavar="KIND",
        help="only guest keys (guest), boot parameters (boot) or keys of xl.conf (xl.conf)",
    )
    add_xen(sub, "all", "all")
    add_dialects(sub)
    add_text_or_json(sub)


def _names() -> list[str]:
    """Every option. A bracket, as of `ivrs_hpet[`, means something to every shell."""
    from xlcfg import catalogue

    names = {option.name for option in catalogue.guest_options()}
    names |= {parameter.name for parameter in catalogue.boot_parameters()}
    names |= set(catalogue.xl_conf_options())
    return sorted(name for name in names if "[" not in name)


def run(arguments: Namespace) -> int:
    """Run the command; its exit code. Unknown names go to stderr, known ones are shown anyway."""
    release = release_of("--xen", arguments.xen) or None
    options = linter_of(arguments).everything()
    places = [arguments.kind] if arguments.kind else list(PLACES)
    if not arguments.names:
        shown: list[dict[str, Any]] = []
        text = _list(places, release, arguments.arch, options, shown)
    else:
        shown, text = _pages(arguments.names, places, release, options)
    if arguments.format == "json":
        import json

        text = json.dumps({"version": 1, "options": shown}, indent=2) + "\n"
    sys.stdout.write(text)
    known = {entry["name"] for entry in shown}
    unknown = [n for n in arguments.names if n not in known and _stem(n) not in known]
    for name in unknown:
        print(f"xlcfg: {_unknown(name, places, options)}", file=sys.stderr)
    return EXIT_USAGE if unknown else EXIT_CLEAN


def _list(
    places: list[str],
    release: str | None,
    arch: str | None,
    options: Catalogue,
    shown: list[dict[str, Any]],
) -> str:
    from xlcfg.catalogue.page import list_data, list_page

    parts = []
    for place in places:
        found = list_data(place, release, arch, options)
        shown += [{"place": place, **entry} for entry in found]
        title = f"{PLACES[place]} ({len(found)})"
        page = list_page(place, release, arch, options)
        parts.append(f"{title}\n{'-' * len(title)}\n\n{page}" if len(places) > 1 else page)
    return "\n".join(parts)


def _pages(
    names: list[str], places: list[str], release: str | None, options: Catalogue
) -> tuple[list[dict[str, Any]], str]:
    from xlcfg.catalogue.page import entry_page, option_data

    found = [
        entry
        for name in dict.fromkeys(names)
        for entry in option_data(name, options)
        if entry["place"] in places
    ]
    return found, "\n".join(entry_page(entry, release) for entry in found)


def _stem(name: str) -> str:
    """`ivrs_hpet[0]` is found under `ivrs_hpet[`."""
    return name.partition("[")[0] + "["


def _unknown(name: str, places: list[str], options: Catalogue) -> str:
    from xlcfg.catalogue import boot_mistake, guest_mistake, xl_conf_options
    from xlcfg.catalogue.suggest import closest
    from xlcfg.core.screen import safe

    shown = safe(name if len(name) <= 60 else name[:57] + "...")
    text = f"there is no option {shown}"
    meant: list[str | None] = []
    advice = []
    if "guest" in places:
        meant.append(options.suggest_guest_key(name))
        mistake = guest_mistake(name)
        advice += [mistake.advice] if mistake is not None else []
    if "boot" in places:
        meant.append(options.suggest_boot_parameter(name))
        mistake = boot_mistake(name)
        advice += [mistake.advice] if mistake is not None else []
    if "xl.conf" in places:
        meant.append(closest(name.lower(), list(xl_conf_options())))
    near = [f"`{one}`" for one in dict.fromkeys(meant) if one]
    if near:
        return f"{text}; did you mean {' or '.join(near)}?"
    hint = next(filter(None, advice), "")
    return f"{text}: {hint}" if hint else f"{text}; `xlcfg options` lists them"
