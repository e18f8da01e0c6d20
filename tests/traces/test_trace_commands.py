"""`xlcfg trace`: info, lint, minimise, convert, generate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from xentrace_captures import Busy

from support import ROOT, Cli


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "busy.bin"
    path.write_bytes(Busy(2).build())
    return path


@pytest.fixture
def generated(tmp_path: Path, cli: Any) -> Path:
    done = cli("trace", "generate", "--seed", "4", "--events", "300")
    assert done.returncode == 0
    path = tmp_path / "generated.jsonl"
    path.write_text(done.stdout)
    return path


def test_generated_traces_verify_and_repeat(generated: Path, cli: Any) -> None:
    assert cli("replay", "--verify", generated).returncode == 0
    again = cli("trace", "generate", "--seed", "4", "--events", "300").stdout
    assert again == generated.read_text()
    assert cli("trace", "generate", "--seed", "5", "--events", "300").stdout != again
    bad = cli("trace", "generate", "--arch", "arm64", "--guest", "pv")
    assert bad.returncode == 2
    assert "pvh" in bad.stderr


def test_info_of_a_capture(capture: Path, cli: Any) -> None:
    text = cli("trace", "info", capture).stdout
    assert "domain 1: hvm or pvh, 2 vCPUs" in text
    assert "2.400 GHz (assumed" in text
    reported = json.loads(cli("trace", "info", "--format", "json", capture).stdout)
    assert reported["version"] == 1
    assert [d["domain"] for d in reported["domains"]] == [0, 1, 2, 32767]
    only = json.loads(cli("trace", "info", "--format", "json", "--domain", "1", capture).stdout)
    assert [d["domain"] for d in only["domains"]] == [1]


def test_info_of_a_boot_trace(cli: Any) -> None:
    lines = [
        {"trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1,
         "policy": None, "phys_area": False, "ram": []},
        {"ev": "switch_out", "t": 1000, "vcpu": 0, "state": "blocked"},
        {"ev": "switch_in", "t": 4000, "vcpu": 0},
        {"ev": "switch_out", "t": 9000, "vcpu": 0, "state": "runnable"},
        {"ev": "note", "t": 9500, "text": "end"},
    ]  # fmt: skip
    text = "".join(json.dumps(line) + "\n" for line in lines)
    reported = json.loads(cli("trace", "info", "-", "--format", "json", stdin=text.encode()).stdout)
    (domain,) = reported["domains"]
    assert domain["vcpus"][0]["states"] == {
        "running": {"spells": 1, "ns": 5000},
        "runnable": {"spells": 1, "ns": 500},
        "blocked": {"spells": 1, "ns": 3000},
    }
    assert (reported["span_ns"], domain["switches"]) == (8500, 3)


def test_lint(generated: Path, capture: Path, cli: Any) -> None:
    assert cli("trace", "lint", generated).returncode == 0
    broken = generated.read_text() + '{"ev": "switch_in", "vcpu": 99}\n'
    done = cli("trace", "lint", "-", stdin=broken.encode())
    assert done.returncode == 1
    assert "error: " in done.stdout
    reported = json.loads(cli("trace", "lint", "--format", "json", "-", stdin=b"{}\n").stdout)
    assert reported["problems"][0]["severity"] == "error"
    done = cli("trace", "lint", "--domain", "1", capture)
    assert "error" not in done.stdout


def test_minimise(generated: Path, tmp_path: Path, cli: Any) -> None:
    lines = generated.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if '"ret": 0' in line)
    lines[at] = lines[at].replace('"ret": 0', '"ret": -14')
    path = tmp_path / "wrong.jsonl"
    path.write_text("\n".join(lines) + "\n")
    done = cli("trace", "minimise", path)
    assert done.returncode == 0
    kept = done.stdout.splitlines()
    assert len(kept) < 10
    assert any('"ret": -14' in line for line in kept)
    done = cli("trace", "minimise", generated)
    assert (done.returncode, done.stdout) == (1, "")
    assert "every recorded result is as predicted under update" in done.stderr
    done = cli("trace", "minimise", "--keep", "RT105", "--policy", "hypercall", generated)
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not show RT105 under hypercall; --policy chooses another" in done.stderr
    bad = cli("trace", "minimise", "--keep", "XY1", generated)
    assert bad.returncode == 2
    assert "difference" in bad.stderr


def test_a_replay_says_where_the_trace_is_from(generated: Path, cli: Any) -> None:
    assert "2 vCPUs, generated, seed " in cli("replay", generated).stdout
    done = cli("replay", ROOT / "examples/abi/kpti.jsonl")
    assert "arm64 pvh, 1 vCPU, written by hand; 11 events" in done.stdout
    done = cli("replay", ROOT / "examples/linux-kpti-arm64.jsonl.gz")
    assert "2 vCPUs, recorded on xen 4.17.7 arm64 (Debian); 6631 events" in done.stdout


def test_convert(capture: Path, tmp_path: Path, cli: Any) -> None:
    done = cli("trace", "convert", "--domain", "1", capture)
    assert done.returncode == 0
    path = tmp_path / "converted.jsonl"
    path.write_text(done.stdout)
    direct = cli("replay", "--domain", "1", "--format", "json", capture)
    later = cli("replay", "--format", "json", path)
    first, second = (json.loads(d.stdout)["replays"][0] for d in (direct, later))
    assert first["verdict"] == second["verdict"]
    assert first["partial"] == second["partial"]


@pytest.mark.parametrize("action", ["info", "lint", "minimise", "convert"])
def test_what_cannot_be_read_is_said(tmp_path: Path, cli: Any, action: str) -> None:
    missing = cli("trace", action, tmp_path / "none")
    assert missing.returncode == 2
    assert "cannot be read" in missing.stderr
    path = tmp_path / "junk"
    path.write_bytes(b"\x03\xf0\x01\x20" + b"junk" * 9)
    assert cli("trace", action, path).returncode in (1, 2)


SCRIPT = """
import contextlib, io, sys
from xlcfg.__main__ import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
print(*sys.modules)
"""


def modules(*arguments: str) -> set[str]:
    """What a run imports."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'plugins'}"},
    )
    return set(done.stdout.split())


def test_readers_are_imported_for_files_of_their_kind(tmp_path: Path) -> None:
    config, log = tmp_path / "g.cfg", tmp_path / "log"
    config.write_text('name = "x"\n')
    log.write_text("(XEN) hello\n")
    assert not {m for m in modules("check", str(config)) if m.startswith("xlcfg_traces")}
    names = modules("replay", str(log))
    assert "xlcfg_traces.console" in names
    assert not names & {"xlcfg_traces.xentrace", "xlcfg_traces.ftrace"}


def test_columns_and_back(generated: Path, tmp_path: Path, cli: Any) -> None:
    path = tmp_path / "generated.columns"
    with open(path, "wb") as file:
        subprocess.run(
            [sys.executable, "-m", "xlcfg", "trace", "convert", "--columns", str(generated)],
            stdout=file,
            check=True,
        )
    assert path.stat().st_size < generated.stat().st_size / 4
    assert cli("trace", "convert", path).stdout == generated.read_text()
    assert cli("replay", "--verify", path).returncode == 0
    reported = cli("trace", "info", path).stdout
    assert reported.replace(path.name, generated.name) == cli("trace", "info", generated).stdout
    both = [cli("replay", "--compare", "--format", "json", p).stdout for p in (path, generated)]
    assert both[0].replace(path.name, generated.name) == both[1]


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_comparison_counts_what_it_shows(cli: Any, form: str) -> None:
    """Warnings on the screen are findings of the run: of each policy, as of `replay --policy`."""
    path = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
    done = cli("replay", "--compare", "--format", form, path)
    assert done.returncode == 1
    alone = cli("replay", "--policy", "update", "--format", "json", path)
    (warning,) = [d for d in json.loads(alone.stdout)["diagnostics"] if d["severity"] == "warning"]
    if form == "text":
        assert done.stdout.count("RT103 warning") == 1
        assert done.stdout.endswith("1 warning in 1 file.\n")
    elif form == "json":
        (same,) = json.loads(done.stdout)["diagnostics"]
        assert same == {**warning, "message": f"under update: {warning['message']}"}
    else:
        assert done.stdout.count("RT103") >= 1
        assert "under update: " in done.stdout


def test_a_comparison_without_warnings_is_clean(cli: Any, tmp_path: Path) -> None:
    """A guest that registers nothing: advice (RT115) is not shown, and not counted."""
    path = tmp_path / "t.jsonl"
    generated = cli("trace", "generate", "--events", "1").stdout
    path.write_text(generated.splitlines()[0] + "\n")
    done = cli("replay", "--compare", path)
    assert (done.returncode, done.stdout[-23:]) == (0, "No findings in 1 file.\n"), done.stdout


def test_no_trace_has_less_than_no_events(cli: Cli) -> None:
    done = cli("trace", "generate", "--events", "-1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--events" in done.stderr
