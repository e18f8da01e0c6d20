"""`xlcfg schema` prints a JSON Schema of the guest configs of one release."""

from __future__ import annotations

import sys

from xlcfg.cli.common import context_of
from xlcfg.result import EXIT_CLEAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    import json

    from xlcfg.catalogue.jsonschema_export import guest_config_schema

    context = context_of(arguments)
    schema = guest_config_schema(
        context.release, context.arch, strict=arguments.strict, options=context.catalogue
    )
    sys.stdout.write(json.dumps(schema, indent=2) + "\n")
    return EXIT_CLEAN
