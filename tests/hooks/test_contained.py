"""Plugins that leave, print, lie or cannot even say what went wrong: named, and the run goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

CONFIG = 'name = "a"\nkernel = "/k"\nvcpu = 2\n'

RULE = """
class R:
    CODE = "ZZ001"; NAME = "zz"; SUMMARY = "s"
    def check(self, guest):
        {body}
def xlcfg_rules():
    return [R()]
"""

#: what a plugin's module holds, and what is said of it
PLUGINS = {
    "leaves at import": ("import sys\nsys.exit()\n", "failed in loading: SystemExit", 2),
    "has no main guard": (
        (
            "import sys\ndef xlcfg_rules():\n    return []\ndef main():\n    return 0\n"
            "sys.exit(main())\n"
        ),
        "failed in loading: SystemExit: 0",
        6,
    ),
    "does not parse": ("def xlcfg_rules(:\n", "failed in loading: SyntaxError", 1),
    "leaves in a hook": (
        "def xlcfg_rules():\n    raise SystemExit(0)\n",
        "failed in xlcfg_rules: SystemExit: 0",
        2,
    ),
    "closes a generator": (
        "def xlcfg_rules():\n    raise GeneratorExit\n",
        "failed in xlcfg_rules: GeneratorExit",
        2,
    ),
    "raises what has no text": (
        (
            "class E(Exception):\n    def __str__(self):\n        raise ValueError('no')\n"
            "def xlcfg_rules():\n    raise E()\n"
        ),
        "E: (its text cannot be had: ValueError)",
        5,
    ),
    "leaves in a rule": (RULE.format(body="raise SystemExit(0)"), "rule ZZ001: SystemExit: 0", 5),
    "leaves in a rule that yields": (
        RULE.format(body="raise KeyError('x')\n        yield"),
        "rule ZZ001: KeyError: 'x'",
        5,
    ),
    "finds with an unknown severity": (
        RULE.format(
            body="return [type('D', (), dict(code='ZZ001', severity='critical', message='m',"
            " help='', start=0, end=1, related=()))()]"
        ),
        "the severity of its finding is 'critical', not one of error, warning, info",
        4,
    ),
    "finds outside the file": (
        RULE.format(
            body="from xlcfg.core.diagnostics import Diagnostic\n"
            "        return [Diagnostic('ZZ001', 'error', 'm', start=7, end=99999)]"
        ),
        "its finding is at 7 to 99999 of",
        4,
    ),
    "votes for nobody": (
        (
            "class V:\n    policy = 'update'; level = 'king'\n"
            "def xlcfg_policy(guest, context):\n    return [V()]\n"
        ),
        "failed in xlcfg_policy: TypeError: its answer is list, see the hook",
        3,
    ),
    "reads a guest that is none": (
        (
            "class G:\n    document = source = None\n"
            "def xlcfg_read_config(source, context):\n    return G()\n"
        ),
        "failed in xlcfg_read_config: TypeError: its answer is G, see the hook",
        3,
    ),
    "wants an argument that is not there": (
        "def xlcfg_rules(everything):\n    return []\n",
        "xlcfg_rules has no argument 'everything'",
        0,
    ),
}


def run(
    tmp_path: Path, text: str, *arguments: str, codes: tuple[int, ...] = (0, 1)
) -> subprocess.CompletedProcess[bytes]:
    (tmp_path / "a_plugin").mkdir(exist_ok=True)
    (tmp_path / "a_plugin" / "__init__.py").write_text("")
    (tmp_path / "a_plugin" / "it.py").write_text(text)
    (tmp_path / "g.cfg").write_text(CONFIG)
    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", *arguments],
        capture_output=True,
        cwd=tmp_path,
        env={
            "PYTHONPATH": f"{tmp_path}:{ROOT}:{ROOT / 'plugins'}",
            "XLCFG_PLUGINS": "a_plugin.it",
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
        },
        check=False,
    )
    assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode()
    assert done.returncode in codes, done.stderr.decode()
    return done


@pytest.mark.fault(
    "a plugin leaves, or raises what nobody catches",
    says="`PL001` names it with file and line",
    lost="the plugin's answer",
)
@pytest.mark.parametrize("name", PLUGINS)
def test_it_is_named_and_the_run_goes_on(tmp_path: Path, name: str) -> None:
    text, error, line = PLUGINS[name]
    done = run(tmp_path, text, "check", "--format", "json", "g.cfg")
    found = [d for d in json.loads(done.stdout)["diagnostics"] if d["code"] == "PL001"]
    assert len(found) == 1
    assert error in found[0]["message"]
    if line:
        assert found[0]["message"].endswith(f"({tmp_path}/a_plugin/it.py:{line})")
    codes = {d["code"] for d in json.loads(done.stdout)["diagnostics"]}
    assert "XL101" in codes, "the run went on"
    assert done.returncode == 1


def test_a_broken_finding_costs_the_others_nothing(tmp_path: Path) -> None:
    body = (
        "from xlcfg.core.diagnostics import Diagnostic\n"
        "        return [Diagnostic('ZZ001', 'warning', 'one', start=0, end=1), 5,\n"
        "                Diagnostic('ZZ001', 'warning', 'two', start=0, end=1)]"
    )
    done = run(tmp_path, RULE.format(body=body), "check", "--format", "json", "g.cfg")
    found = [d["message"] for d in json.loads(done.stdout)["diagnostics"] if d["code"] == "ZZ001"]
    assert found == ["one", "two"]


def test_a_fix_that_fails_is_none(tmp_path: Path) -> None:
    body = (
        "from xlcfg.core.diagnostics import Diagnostic\n"
        "        def fix():\n            raise SystemExit(0)\n"
        "        return [Diagnostic('ZZ001', 'warning', 'one', start=0, end=1, fix=fix)]"
    )
    done = run(tmp_path, RULE.format(body=body), "check", "--format", "json", "g.cfg")
    assert "ZZ001" in {d["code"] for d in json.loads(done.stdout)["diagnostics"]}


@pytest.mark.fault(
    "a plugin prints", says="its text, on standard error", lost="nothing: results stay readable"
)
def test_standard_output_stays_ours(tmp_path: Path) -> None:
    text = (
        "import atexit, os, sys\n"
        "print('AT IMPORT')\n"
        "atexit.register(lambda: os.write(1, b'AT EXIT'))\n"
        "kept = sys.stdout\n"
    ) + RULE.format(
        body="print('IN A RULE'); os.write(1, b'RAW'); sys.__stdout__.write('OLD');"
        " kept.write('KEPT'); os.system('echo A CHILD'); return []"
    )
    done = run(tmp_path, text, "check", "--format", "json", "g.cfg")
    assert {d["code"] for d in json.loads(done.stdout)["diagnostics"]} == {"XL101"}
    for word in (b"AT IMPORT", b"IN A RULE", b"RAW", b"OLD", b"KEPT", b"A CHILD", b"AT EXIT"):
        assert word in done.stderr, word


def test_the_workers_of_a_long_run_keep_it_too(tmp_path: Path) -> None:
    for n in range(40):
        (tmp_path / f"h{n}.cfg").write_text(CONFIG)
    text = RULE.format(body="print('NOISE'); raise SystemExit(0)")
    done = run(tmp_path, text, "check", "-j", "2", "--no-cache", "--format", "json", ".")
    found = json.loads(done.stdout)["diagnostics"]
    assert sum(d["code"] == "PL001" for d in found) == 1
    assert sum(d["code"] == "XL101" for d in found) == 41


def test_a_recording_that_breaks_off_is_no_traceback(tmp_path: Path) -> None:
    text = (
        "def lines():\n"
        '    yield \'{"format": "xen-runstate-trace"}\\n\'\n'
        "    raise GeneratorExit\n"
        "def xlcfg_read_trace(path, domain):\n    return lines()\n"
    )
    (tmp_path / "x.odd").write_text("odd")
    for command in (("replay", "x.odd"), ("trace", "info", "x.odd"), ("verdict", "x.odd")):
        run(tmp_path, text, *command, codes=(0, 1, 2))


@pytest.mark.parametrize("line", ["1", "None", "object()", "[]"])
def test_a_recording_of_what_is_no_text_is_named(tmp_path: Path, line: str) -> None:
    text = f"def xlcfg_read_trace(path, domain):\n    return iter(['{{}}', {line}])\n"
    (tmp_path / "x.odd").write_text("odd")
    for command in (("replay", "x.odd"), ("replay", "--compare", "x.odd"), ("verdict", "x.odd")):
        done = run(tmp_path, text, *command, codes=(2,))
        assert b"a_plugin.it" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "said",
    ["return 42", "return None", "return {}", "return {'domains': 5}", "raise SystemExit(0)",
     "return {'kind': object()}", "return {1: 2}", "return []", "raise GeneratorExit"],
)  # fmt: skip
def test_a_recording_that_says_nonsense_of_itself_is_no_traceback(
    tmp_path: Path, said: str
) -> None:
    text = (
        "class Lines:\n    def __iter__(self):\n        return iter(())\n"
        f"    def info(self):\n        {said}\n"
        "def xlcfg_read_trace(path, domain):\n    return Lines()\n"
    )
    (tmp_path / "x.odd").write_text("odd")
    for form in ("text", "json"):
        done = run(tmp_path, text, "trace", "info", "--format", form, "x.odd", codes=(2,))
        assert b"plugin" in done.stderr


def test_an_engine_that_raises_ends_with_a_line(tmp_path: Path) -> None:
    text = (
        "class E:\n    batch_files = 1\n"
        "    def map(self, batches):\n        raise SystemExit(0)\n"
        "    def close(self):\n        pass\n"
        "def xlcfg_engine(url):\n    return E()\n"
    )
    done = run(tmp_path, text, "check", "--engine", "odd://x", "g.cfg", codes=(2,))
    assert b"--engine: plugin a_plugin.it: SystemExit: 0" in done.stderr


def test_old_names_still_work(tmp_path: Path) -> None:
    """A plugin for the hooks as they were: `context`, `guest.context`, `xlcfg.core.diagnostics`."""
    text = RULE.format(
        body="from xlcfg.core.diagnostics import INFO, Diagnostic\n"
        "        return [Diagnostic('ZZ001', INFO, guest.context.release, start=0, end=1)]"
    ) + (
        "def xlcfg_policy(guest, context):\n"
        "    from xlcfg.policy import Vote\n"
        "    return [Vote('hypercall', 'toolstack', 'me', context.arch)]\n"
    )
    done = run(tmp_path, text, "check", "--xen", "4.17", "--format", "json", "g.cfg")
    told = json.loads(done.stdout)
    assert "4.17" in {d["message"] for d in told["diagnostics"] if d["code"] == "ZZ001"}
    assert not any(d["code"] == "PL001" for d in told["diagnostics"])
