"""What a command line can be wrong about, and the exit codes that no report has."""

from __future__ import annotations

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def complain(message: object) -> None:
    """Say on standard error what is wrong; whatever the message holds of an input."""
    import sys

    from xlcfg.core.screen import safe

    print(f"xlcfg: {safe(str(message))}", file=sys.stderr, flush=True)


class UsageError(Exception):
    """Something on the command line that argparse could not see is wrong."""
