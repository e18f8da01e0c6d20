"""python -m tests.box.dom0less COMMAND: arm64 Xen under QEMU and device trees.

python -m tests.box.dom0less boot 4.20 FILE...      what Xen makes of trees
python -m tests.box.dom0less record 4.20 [PREFIX...]  boot trees of trees.py and record it; without
                                                        PREFIX those that have no record yet
python -m tests.box.dom0less show NAME              the text of a tree
"""

from __future__ import annotations

import sys
from pathlib import Path

_TESTS = str(Path(__file__).resolve().parents[2])
if _TESTS not in sys.path:
    sys.path.insert(0, _TESTS)

from box.dom0less import boot, trees  # noqa: E402


def main(arguments: list[str]) -> int:
    match arguments:
        case ["boot", release, *paths] if paths:
            for path in paths:
                print(*boot.boot(release, path, Path(path).read_text(encoding="utf-8")), sep="\t")
        case ["record", release, *prefixes]:
            found = boot.recorded(release)
            for name, text in trees.trees().items():
                if name.startswith(tuple(prefixes)) if prefixes else name not in found:
                    found[name] = boot.boot(release, name, text)
                    print(*found[name], sep="\t", flush=True)
                    boot.write(release, found)
        case ["show", name]:
            print(trees.trees()[name], end="")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
