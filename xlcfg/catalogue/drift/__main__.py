"""`python -m xlcfg.catalogue.drift XEN_SOURCE_TREE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xlcfg.catalogue import UnknownReleaseError, parse_release
from xlcfg.catalogue.drift import NotXen
from xlcfg.catalogue.drift.compare import drift
from xlcfg.catalogue.drift.report import json_text, table


def main(arguments: list[str]) -> int:
    """0: the catalogue has all of it; 1: there are differences; 2: no tree of Xen."""
    parser = argparse.ArgumentParser(
        prog="python -m xlcfg.catalogue.drift",
        description="Holds a Xen source tree against the catalogue.",
    )
    parser.add_argument("tree", type=Path, metavar="XEN_SOURCE_TREE")
    parser.add_argument(
        "--release", default="", help="the line to compare with (default: the tree's)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    given = parser.parse_args(arguments)
    try:
        release = parse_release(given.release) if given.release else ""
        report = drift(given.tree, release)
    except (NotXen, UnknownReleaseError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    sys.stdout.write(json_text(report) if given.format == "json" else table(report))
    return 1 if report.found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
