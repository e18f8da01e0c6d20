"""`xlcfg check --fix`, `--diff`, and fixes in what other programs read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import needs
import xlcfg
from support import Cli
from xlcfg.core.source import Source
from xlcfg.fix.files import LOGS, Output

SCHEMA = json.loads((Path(xlcfg.__file__).parent / "report/schema/report.schema.json").read_text())
BAD = 'name = "x"\nkernel = "/k"\nmemory = 64M\nvcpu = 2\n'
SAFE = BAD.replace("64M", "64")
ALL = SAFE.replace("vcpu ", "vcpus ")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "x.cfg"
    path.write_text(BAD)
    return path


def test_fix_applies_what_is_safe_and_reports_the_rest(cli: Cli, config: Path) -> None:
    done = cli("check", "--fix", config)
    assert config.read_text() == SAFE
    assert done.returncode == 1
    assert "XL012" not in done.stdout
    assert "x.cfg:4:1: warning[XL101]" in done.stdout
    assert done.stderr == "xlcfg: applied 1 fix in 1 file; 1 more with --unsafe-fixes\n"


def test_unsafe_fixes_too(cli: Cli, config: Path) -> None:
    done = cli("check", "--fix", "--unsafe-fixes", config)
    assert config.read_text() == ALL
    assert done.returncode == 0
    assert done.stderr == "xlcfg: applied 2 fixes in 1 file\n"


def test_nothing_to_fix(cli: Cli, config: Path) -> None:
    config.write_text(ALL)
    before = config.stat()
    done = cli("check", "--fix", config)
    assert (done.returncode, done.stderr) == (0, "")
    assert config.stat().st_ino == before.st_ino


def test_diff_changes_nothing(cli: Cli, config: Path) -> None:
    done = cli("check", "--diff", config.name, cwd=config.parent)
    assert config.read_text() == BAD
    assert done.returncode == 1
    assert done.stdout == (
        "--- x.cfg\n+++ x.cfg\n@@ -1,4 +1,4 @@\n"
        ' name = "x"\n kernel = "/k"\n-memory = 64M\n+memory = 64\n vcpu = 2\n'
    )
    assert done.stderr == "xlcfg: would apply 1 fix in 1 file; 1 more with --unsafe-fixes\n"
    config.write_text(ALL)
    done = cli("check", "--diff", config)
    assert (done.returncode, done.stdout) == (0, "")


def test_patch_takes_the_diff(cli: Cli, config: Path) -> None:
    patch = needs.require("patch")
    lines = [f"# {number}\r\n" for number in range(30)]
    data = ("".join(lines) + BAD + "".join(lines) + "# end").encode()
    config.write_bytes(data)
    done = cli("check", "--diff", "--unsafe-fixes", config.name, cwd=config.parent)
    subprocess.run(
        [patch, "--binary", "-p0"], input=done.stdout.encode(), cwd=config.parent, check=True,
        capture_output=True,
    )  # fmt: skip
    patched = config.read_bytes()
    config.write_bytes(data)
    assert cli("check", "--fix", "--unsafe-fixes", config).returncode == 0
    assert patched == config.read_bytes()


def test_standard_input_comes_out_mended(cli: Cli) -> None:
    done = cli("check", "--fix", "-", stdin=BAD.encode())
    assert done.stdout == SAFE
    assert done.returncode == 1
    assert "<stdin>:4:1: warning[XL101]" in done.stderr
    done = cli("check", "--fix", "-", stdin=ALL.encode())
    assert (done.returncode, done.stdout) == (0, ALL)


def test_a_file_given_twice_is_mended_once(cli: Cli, config: Path) -> None:
    link = config.parent / "y.cfg"
    link.symlink_to(config)
    done = cli("check", "--fix", config, link, config)
    assert config.read_text() == SAFE
    assert link.is_symlink()
    assert "applied 1 fix in 1 file;" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--unsafe-fixes", "x.cfg"], ["--fix", "-", "x.cfg"], ["--diff", "-", "x.cfg"]]
)
def test_options_that_do_not_go_together(cli: Cli, arguments: list[str]) -> None:
    assert cli("check", *arguments).returncode == 2


@pytest.mark.parametrize("option", ["--format=json", "--output=x", "--statistics"])
def test_what_is_about_findings_goes_with_no_diff(cli: Cli, config: Path, option: str) -> None:
    done = cli("check", "--diff", option, config, cwd=config.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert option.partition("=")[0] in done.stderr


def test_unreadable_files(cli: Cli, config: Path) -> None:
    done = cli("check", "--diff", config, config.parent / "none.cfg")
    assert done.returncode == 2
    assert "IO001" in done.stderr
    assert "+memory = 64" in done.stdout


def test_a_report_for_programs_stays_one(cli: Cli, config: Path) -> None:
    done = cli("check", "--fix", "--format", "json", config)
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert found["code"] == "XL101"


def edited(text: str, edits: list[dict[str, object]]) -> str:
    """What an editor makes of a text by the edits of JSON."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for edit in reversed(edits):
        start = starts[int(str(edit["line"])) - 1] + int(str(edit["column"])) - 1
        end = starts[int(str(edit["end_line"])) - 1] + int(str(edit["end_column"])) - 1
        text = text[:start] + str(edit["text"]) + text[end:]
    return text


def test_json_carries_fixes(cli: Cli, config: Path) -> None:
    text = BAD + "# ünïcode\nkernel = “/kérnel” # é\n# end"
    config.write_text(text)
    done = cli("check", "--format", "json", config)
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    fixes = {d["code"]: d["fix"] for d in document["diagnostics"] if "fix" in d}
    assert fixes["XL012"]["safe"]
    assert not fixes["XL101"]["safe"]
    edits = [edit for fix in fixes.values() for edit in fix["edits"]]
    edits.sort(key=lambda edit: (edit["line"], edit["column"]))
    assert edited(text, edits) == ALL + '# ünïcode\nkernel = "/kérnel" # é\n# end\n'


def test_a_fix_that_json_cannot_carry_is_left_out(cli: Cli, config: Path) -> None:
    config.write_bytes(b"name = \x93w\xe9b\x94\n")
    document = json.loads(cli("check", "--format", "json", config).stdout)
    jsonschema.validate(document, SCHEMA)
    assert all("fix" not in d for d in document["diagnostics"])
    cli("check", "--fix", config)
    assert config.read_bytes() == b'name = "w\xe9b"\n'


def test_sarif_carries_fixes(cli: Cli, config: Path) -> None:
    run = json.loads(cli("check", "--format", "sarif", config).stdout)["runs"][0]
    (result,) = [r for r in run["results"] if r["ruleId"] == "XL012"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert result["fixes"][0]["description"]["text"] == "write `64`"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 13},
            "insertedContent": {"text": "64"},
        }
    ]


def test_what_a_terminal_would_obey_is_not_shown_raw(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for log in LOGS:
        monkeypatch.delenv(log, raising=False)
    source = Source("x.cfg", b'a = "\x1b[31m"\n')
    Output(diff=True).put(source, b'a = "\x1b[32m"\n')
    assert b'-a = "\x1b[31m"\n' in capsysbinary.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    Output(diff=True).put(source, b'a = "\x1b[32m"\n')
    assert b'-a = "\\x1b[31m"\n' in capsysbinary.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    monkeypatch.setenv("CI", "true")
    Output(diff=True).put(source, b'a = "\x1b[32m"\n')
    assert b'-a = "\\x1b[31m"\n' in capsysbinary.readouterr().out
