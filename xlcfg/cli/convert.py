"""`xlcfg convert` writes a guest in another toolstack's form."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS
from xlcfg.cli.arguments import add_dialects, add_text_or_json, add_xen, completes, linter_of
from xlcfg.cli.errors import UsageError
from xlcfg.core.screen import json_text, safe
from xlcfg.hooks import Hooks
from xlcfg.report.conversion import loss_lines, to_json
from xlcfg.source.files import read_named
from xlcfg.source.kinds import GUEST
from xlcfg.source.paths import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from xlcfg.checks.linter import Linter
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest


#: So many names of guests are shown.
_NAMED = 12

DESCRIPTION = (
    "Writes a guest in the form of another toolstack to standard output, and names what does not "
    "survive on standard error."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument("path", metavar="FILE", help="a guest in any form that xlcfg reads, or -")
    to = sub.add_argument(
        "--to",
        required=True,
        metavar="TOOLSTACK",
        help="xl, libvirt, dom0less (a device tree) or xapi; plugins may add others",
    )
    completes(to, lambda: targets(Hooks(plugins=False)))
    sub.add_argument("--guest", metavar="NAME", help="which one, of a file that holds several")
    add_xen(sub)
    add_dialects(sub)
    add_text_or_json(sub)


def run(arguments: Namespace) -> int:
    """Run the command: 0 all survived, 1 something is lost, 2 nothing could be converted."""
    linter = linter_of(arguments)
    guest = _guest(arguments, linter)
    linter.hooks.load_all()
    conversion = linter.hooks.first(
        "xlcfg_convert", guest=guest, to=arguments.to, target=linter.target
    )
    if conversion is None:
        from xlcfg.core.meant import meant

        known = targets(linter.hooks)
        hint = meant(arguments.to, known)
        raise UsageError(
            f"--to: nobody writes {arguments.to!r}{hint}; choose from {', '.join(known)}"
        )
    if arguments.format == "json":
        import json

        print(json_text(json.dumps(to_json(guest, arguments.to, conversion), indent=2)))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(conversion.text.encode("latin-1"))
        for line in loss_lines(guest, conversion.losses):
            print(line, file=sys.stderr)
    return EXIT_FINDINGS if conversion.losses else EXIT_CLEAN


def targets(hooks: Hooks) -> list[str]:
    """The toolstacks that somebody writes guests for; their plugins say so themselves."""
    hooks.load_all()
    return sorted({name for answer in hooks.all("xlcfg_targets") for name in answer})


def _guest(arguments: Namespace, linter: Linter) -> Guest:
    """The one guest that is meant; UsageError when there is none, or no telling which."""
    item = read_named(arguments.path)
    if isinstance(item, Unreadable):
        raise UsageError(f"{safe(item.path)}: {item.message}")
    guests = linter.read_guests(item)
    if all(guest.toolstack == "xl" for guest in guests):
        _refuse_other(item)
    guest = _meant(arguments.guest, guests, item)
    if guest.document.refused:
        from xlcfg.rules.syntax import texts

        first = guest.document.problems[0]
        at = item.position(first.start)
        raise UsageError(f"{safe(item.path)}:{at.line}:{at.column}: {texts(first)[0]}")
    return guest


def _meant(name: str | None, guests: list[Guest], source: Source) -> Guest:
    """The guest of this name, or the only one; UsageError with the names of all there are."""
    wanted = [guest for guest in guests if name is None or guest.name == name]
    if len(wanted) == 1:
        return wanted[0]
    names = [safe(guest.name or "") for guest in guests]
    there = ", ".join([*names[:_NAMED], "..."] if len(names) > _NAMED else names)
    if name is None:
        problem = f"name one of its guests by --guest: {there}" if guests else "no guest is in it"
    elif wanted:
        problem = f"{len(wanted)} guests of it are called {name!r}"
    else:
        problem = f"there is no guest {name!r} in it" + (f", but {there}" if guests else "")
    raise UsageError(f"{safe(source.path)}: {problem}")


def _refuse_other(source: Source) -> None:
    """UsageError for a file that is no guest's: of another kind, or of none that is known."""
    from xlcfg.checks.file import unread

    found = unread(source)
    if found is not None:
        raise UsageError(f"{safe(source.path)}: {found.message}")
    if source.kind not in ("", GUEST):
        raise UsageError(f"{safe(source.path)}: no guest is in this file ({source.kind})")
