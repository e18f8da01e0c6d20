"""`python ci/same.py ONE OTHER`: two trees of xlcfg print the same of everything, to the byte.

Every guest config, boot line and trace of the tests and the examples goes through the commands that
read such a thing, with all their forms of output. Ends with 1 and the first difference.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: So many inputs go to one command: a start costs more than a file.
AT_ONCE = 200


def commands() -> list[list[str]]:
    """Every command line that is tried."""
    traces = [
        *sorted((ROOT / "examples").glob("*.jsonl*")),
        *sorted((ROOT / "tests/data/traces").glob("*")),
    ]
    texts = sorted(
        path
        for folder in ("examples", "tests", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".cfg", ".conf", ".xml", ".dts", ".cmdline", ".toml") and path.is_file()
    )
    found = []
    for at in range(0, len(texts), AT_ONCE):
        some = [str(path) for path in texts[at : at + AT_ONCE]]
        for form in ("text", "json", "sarif"):
            found += [
                ["check", "--no-cache", "--format", form, *more, *some]
                for more in ([], ["--xen", "4.14"], ["--arch", "arm64"], ["-j", "2"])
            ]
        found.append(["check", "--no-cache", "--diff", "--unsafe-fixes", *some])
        found.append(["fmt", "--diff", *some])
        found.append(["upgrade", "--from", "4.14", *some])
    found += [["parse", str(path)] for path in texts if path.suffix == ".cfg"][:300]
    for path in map(str, traces):
        for policy in ("update", "hypercall"):
            found.append(["replay", "--policy", policy, "--verify", "--format", "json", path])
        found.append(["replay", "--compare", path])
        found.append(["trace", "info", path])
        found.append(["trace", "lint", path])
        found.append(["verdict", path])
    return found


def said(tree: Path, arguments: list[str]) -> tuple[int, bytes, bytes]:
    """Exit code, output and errors of xlcfg of a tree."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "XLCFG_"))}
    env["PYTHONPATH"] = f"{tree}{os.pathsep}{tree / 'plugins'}"
    env["COLUMNS"] = "100"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "xlcfg", *arguments], capture_output=True, env=env, check=False
    )
    return done.returncode, done.stdout, done.stderr


def same(arguments: list[str], one: Path, other: Path) -> str:
    """What differs for one command, or nothing."""
    first, second = said(one, arguments), said(other, arguments)
    if first == second and b"Traceback" not in first[2]:
        return ""
    short = " ".join(arguments[:8])
    for a, b in zip(first[1:], second[1:], strict=True):
        for line, (x, y) in enumerate(zip(a.splitlines(), b.splitlines(), strict=False), 1):
            if x != y:
                return f"xlcfg {short} ...: line {line}\n  {x!r}\n  {y!r}"
    return f"xlcfg {short} ...: {first[0]} and {second[0]}\n{second[2].decode(errors='replace')}"


def main() -> int:
    """Compare; 1 when something differs."""
    one, other = (Path(folder).resolve() for folder in sys.argv[1:3])
    tried = commands()
    if len(tried) < 200 or not re.search(r"examples.*\.cfg", " ".join(tried[0])):
        print(f"only {len(tried)} commands: where are the inputs?", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        different = [
            text for text in pool.map(lambda command: same(command, one, other), tried) if text
        ]
    for text in different[:10]:
        print(text, file=sys.stderr)
    print(f"{len(tried)} commands, {len(different)} of them print something else")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
