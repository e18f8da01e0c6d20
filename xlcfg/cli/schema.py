"""`xlcfg schema` prints a JSON Schema of the guest configs of one release."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN
from xlcfg.cli.arguments import add_dialects, add_xen, linter_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_xen(sub)
    add_dialects(sub)
    sub.add_argument(
        "--strict", action="store_true", help="allow no other keys, which xl ignores silently"
    )


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    import json

    from xlcfg.catalogue.jsonschema_export import guest_config_schema

    linter = linter_of(arguments)
    schema = guest_config_schema(
        linter.target.release,
        linter.target.arch,
        strict=arguments.strict,
        options=linter.catalogue(linter.target),
    )
    sys.stdout.write(json.dumps(schema, indent=2) + "\n")
    return EXIT_CLEAN
