"""What a plain `xlcfg check` imports: counted, for a timed test fails by the weather."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from xlcfg.cli import COMMANDS, check, parser
from xlcfg.cli.plain import plain

CONFIG = """\
name = "web01"
type = "hvm"
memory = 2048
vcpus = 2
disk = [ "format=raw,vdev=xvda,access=rw,target=/dev/vg/web01" ]
vif = [ "mac=00:16:3e:aa:bb:cc,bridge=xenbr0" ]
vnc = 1
boot = "cd"
"""

#: Each of these costs a tenth of an empty Python's start, or as much as the rest of the run.
HEAVY = {
    "argparse", "ast", "asyncio", "ctypes", "dataclasses", "difflib", "email", "importlib",
    "importlib.metadata", "inspect", "json", "jsonschema", "lark", "logging", "multiprocessing",
    "pathlib", "pluggy", "random", "socket", "subprocess", "tempfile", "typing", "unicodedata",
    "urllib", "warnings",
}  # fmt: skip

#: Prints the exit code, what was imported, and those of our modules that hold functions of which
#: none was called. Code of a class body, which runs at import, is not "optimized" (flag 1).
SCRIPT = """
import sys
before = set(sys.modules)
called = set()
def note(frame, event, arg):
    code = frame.f_code
    if event == "call" and code.co_flags & 1 and code.co_name[0] != "<":
        called.add(code.co_filename)
sys.argv = ["xlcfg", "check", sys.argv[1]]
sys.setprofile(note)
from xlcfg.__main__ import main
code = main()
sys.setprofile(None)
names = sorted(set(sys.modules) - before)
idle = []
for name in names:
    module = sys.modules[name]
    if name.startswith("xlcfg.") and module.__file__ not in called:
        held = [v for v in vars(module).values() if type(v) is type(note)]
        if any(f.__module__ == name and f.__name__[:2] != "__" for f in held):
            idle.append(name)
import json
print(json.dumps([code, names, idle]))
"""


def imported(tmp_path: Path) -> tuple[int, set[str], list[str]]:
    """The exit code of a check of a clean config, what it imported, and what of it in vain."""
    config = tmp_path / "g.cfg"
    config.write_text(CONFIG)
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT, str(config)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'plugins'}"},
    )
    code, names, idle = json.loads(done.stdout.splitlines()[-1])
    return code, set(names) - {"json", *(n for n in names if n.startswith("json."))}, idle


def test_a_plain_check_imports_nothing_heavy(tmp_path: Path) -> None:
    code, names, _ = imported(tmp_path)
    assert code == 0
    assert not names & HEAVY


def test_a_plain_check_imports_nothing_in_vain(tmp_path: Path) -> None:
    """No number is kept: a module with functions is there because one of them is called."""
    _, names, idle = imported(tmp_path)
    assert "xlcfg.syntax.guest" in names
    assert not idle


def test_a_plain_check_imports_one_command(tmp_path: Path) -> None:
    _, names, _ = imported(tmp_path)
    assert {name for name in COMMANDS if f"xlcfg.cli.{name}" in names} == {"check"}


@pytest.mark.parametrize(
    "words", [[], ["a.cfg"], ["a b", "-", "", "x=1", "\u00e9"], ["--"], ["-q"]]
)
def test_arguments_without_options_are_those_of_the_parser(words: list[str]) -> None:
    given = plain("check", check, words)
    if any(word.startswith("-") and word != "-" for word in words):
        assert given is None
        return
    assert given is not None
    assert vars(given) == vars(parser("check").parse_args(["check", *words]))


def test_defaults_of_one_run_are_not_those_of_the_next() -> None:
    first, second = plain("check", check, ["a"]), plain("check", check, ["a"])
    assert first is not None
    assert second is not None
    vars(first)["ignore"].append("XL101")
    assert vars(second)["ignore"] == []
