"""What a plain `xlcfg check` imports: counted, for a timed test fails by the weather."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

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

#: Each of these costs as much as the rest of the run, or more.
HEAVY = {
    "ast", "asyncio", "ctypes", "dataclasses", "difflib", "email", "importlib.metadata", "inspect",
    "json", "jsonschema", "lark", "logging", "multiprocessing", "pathlib", "pluggy", "random",
    "socket", "subprocess", "tempfile", "typing", "unicodedata", "urllib",
}  # fmt: skip

SCRIPT = """
import sys
before = set(sys.modules)
sys.argv = ["xlcfg", "check", sys.argv[1]]
from xlcfg.__main__ import main
code = main()
import json
print(json.dumps([code, sorted(set(sys.modules) - before)]))
"""

#: Modules of our own on the road of a clean config; raise it knowingly.
OURS = 62


def imported(tmp_path: Path) -> tuple[int, set[str]]:
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
    code, names = json.loads(done.stdout.splitlines()[-1])
    return code, set(names) - {"json", *(n for n in names if n.startswith("json."))}


def test_the_hot_road_imports_nothing_heavy(tmp_path: Path) -> None:
    code, names = imported(tmp_path)
    assert code == 0
    assert not names & HEAVY


def test_the_hot_road_does_not_grow(tmp_path: Path) -> None:
    _, names = imported(tmp_path)
    ours = {name for name in names if name.startswith("xlcfg")}
    assert "xlcfg.syntax.guest" in ours
    assert len(ours) <= OURS, sorted(ours)
