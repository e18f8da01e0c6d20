"""What a command line can be wrong about, and the exit codes that no report has."""

from __future__ import annotations

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class UsageError(Exception):
    """Something on the command line that argparse could not see is wrong."""
