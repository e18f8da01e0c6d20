"""Hostile names and bytes through every command, message and format: nobody obeys what comes out.

Looked for: control characters, C1 included, characters that reorder or break a line, lone
surrogates, workflow commands at the beginning of a line, `##[` anywhere, markup.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harmless import obeyed
from support import ROOT, ZYGOTE
from xlcfg.cli import COMMANDS
from xlcfg.core.screen import json_text, log_line, markdown, safe
from xlcfg.report import FORMATS
from zygote import checkout_env

ENV = checkout_env(os.environ)
for _name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "FORCE_COLOR"):
    ENV.pop(_name, None)
TRACE = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"

COMMAND = "::error file=a::x"
NAMES = {
    "escape": b"\x1b]0;x\x07\x9b1m",
    "lines": b"a\n::error::x\r::warning::y",
    "command": b"::error::x",
    "group": b"##[error]x ##vso[task.x]y",
    "c1": "\x85\x9b31m\x90".encode(),
    "bidi": "\u202ea\u2066b\u200f".encode(),
    "separators": "a\u2028::error::b\u2029c".encode(),
    "surrogate": b"a\xed\xa0\x80\xff",
    "markup": b"[x](http:a) @who <script>alert(1)<!--\"'&]]> | `c`",
}
TEXT = b"".join(name.replace(b"'", b"") for name in NAMES.values())


def _harmless(data: bytes, form: str = "") -> None:
    """Nobody obeys any of it; `form`: the format it is in."""
    text = data.decode()  # a lone surrogate or stray byte is no UTF-8
    assert not obeyed(text, form), obeyed(text, form)


def _run(*arguments: object, **env: str) -> subprocess.CompletedProcess[bytes]:
    words = [word if isinstance(word, bytes) else str(word) for word in arguments]
    done = ZYGOTE.run(words, {**ENV, **env})
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 1, 2)
    return done


def _put(folder: Path, name: bytes, data: bytes) -> bytes:
    path = os.path.join(os.fsencode(folder), name.replace(b"/", b"_"))
    with open(path, "wb") as file:
        file.write(data)
    return path


def _config() -> bytes:
    text = TEXT.replace(b"\n", b" ").replace(b'"', b"")
    return (
        b'name = "x"\nkernel = "/k"\nvcpu = 2\n' + b'vif = [ "mac=' + text + b'" ]\n'
        b'type = "' + text + b'"\n# ' + text + b"\n::error::x = 1\n"
    )


@pytest.mark.fault(
    "control characters, workflow commands and markup in an input or its name",
    says="as usual, shown escaped in every format",
    lost="nothing",
)
@pytest.mark.parametrize("name", NAMES)
def test_every_format(tmp_path: Path, name: str) -> None:
    path = _put(tmp_path, NAMES[name] + b".cfg", _config())
    line = _put(tmp_path, NAMES[name] + b".bootline", b"dom0_mem=zz " + TEXT + b"\n")
    for form in FORMATS:
        done = _run("check", "--no-cache", "--format", form, path, "--kind", "guest")
        _harmless(done.stdout, form)
        _harmless(done.stderr)
        assert b"XL" in done.stdout
        other = _run("check", "--no-cache", "--format", form, line, "--kind", "bootline")
        _harmless(other.stdout, form)
        if form in ("junit", "checkstyle"):
            ElementTree.fromstring(done.stdout)
            assert b"<script" not in done.stdout
        if form in ("json", "sarif", "gitlab"):
            json.loads(done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_every_message(tmp_path: Path, name: str) -> None:
    """What names a file that is missing, empty, wrong, or cannot be written."""
    evil = os.path.join(os.fsencode(tmp_path), NAMES[name].replace(b"/", b"_"))
    good = _put(tmp_path, b"g.cfg", b'name = "x"\nkernel = "/k"\n')
    bad = _put(tmp_path, NAMES[name] + b".json", b"{")
    for arguments in (
        ("check", good, "--host", evil),
        ("check", good, "--host", bad),
        ("check", good, "--baseline", evil),
        ("check", good, "--baseline", bad),
        ("check", good, "--write-baseline", evil + b".base"),
        ("check", good, "--baseline", evil + b".base"),
        ("check", "--files-from", evil),
        ("check", good, "--output", evil + b"/x"),
        ("check", good, "--select", NAMES[name]),
        ("check", good, "--xen", NAMES[name]),
        ("check", good, "--format", NAMES[name]),
        ("check", good, "--trace", evil),
        ("fmt", evil), ("fmt", bad), ("parse", evil), ("policy", evil),
        ("replay", evil), ("replay", bad), ("verdict", evil), ("verdict", bad),
        ("trace", "info", bad), ("trace", "lint", bad), ("trace", "minimise", bad),
        ("merge", evil), ("merge", bad), ("merge", bad, bad),
        ("convert", evil, "--to", "xl"), ("convert", good, "--to", NAMES[name]),
        ("upgrade", "--from", "4.14", evil), ("upgrade", "--from", NAMES[name], good),
        ("explain", NAMES[name]), ("options", NAMES[name]), ("cmdline", NAMES[name]),
        ("completion", NAMES[name]), ("schema", NAMES[name]), (NAMES[name],),
        ("plugins", NAMES[name]), ("lsp", NAMES[name]),
        ("record", "--kernel", good, "--arch", NAMES[name], "-o", evil),
    ):  # fmt: skip
        done = _run(*arguments)
        _harmless(done.stdout)
        _harmless(done.stderr)
    named = {"check", "fmt", "parse", "policy", "replay", "verdict", "trace", "merge", "convert"}
    named |= {
        "upgrade",
        "explain",
        "options",
        "cmdline",
        "completion",
        "schema",
        "plugins",
        "lsp",
        "record",
    }
    assert named == set(COMMANDS)


@pytest.mark.parametrize("name", NAMES)
def test_settings_in_a_hostile_folder(tmp_path: Path, name: str) -> None:
    folder = os.path.join(os.fsencode(tmp_path), NAMES[name].replace(b"/", b"_"))
    os.mkdir(folder)
    path = os.path.join(folder, b"g.cfg")
    with open(path, "wb") as file:
        file.write(b'name = "x"\n')
    with open(os.path.join(folder, b".xlcfg.toml"), "wb") as file:
        file.write(b"select = [\n")
    done = _run("check", path)
    assert done.returncode == 2
    assert done.stderr
    _harmless(done.stderr)


@pytest.mark.parametrize("server", ["GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "CI"])
def test_a_diff_in_a_log(tmp_path: Path, server: str) -> None:
    text = b"name='x'\nvcpu = 1\n# \xc3\xa9\n  ::error::x\n# ##[error]y\n# \x1b[31m\n"
    path = _put(tmp_path, b"d.cfg", b"name='x'\ntsc_mode = 1\nvcpu=1\n" + text)
    for command in (("fmt", "--diff"), ("check", "--diff", "--unsafe-fixes")):
        _harmless(_run(*command, path, **{server: "true"}).stdout)
    plain = _put(tmp_path, b"p.cfg", b"name='x'\nvif=['a']\t# \xc3\xa9\n")
    assert _run("fmt", "--diff", plain).stdout == _run("fmt", "--diff", plain, CI="1").stdout


@pytest.mark.parametrize("name", NAMES)
def test_traces(tmp_path: Path, name: str) -> None:
    import gzip

    head, rest = gzip.decompress(TRACE.read_bytes()).split(b"\n", 1)
    header = {**json.loads(head), "hypervisor": TEXT.decode("utf-8", "replace")}
    lines = json.dumps(header).encode() + b"\n" + b"\n".join(rest.split(b"\n")[:200]) + b"\n"
    path = _put(tmp_path, NAMES[name] + b".jsonl", lines)
    page, drawn = tmp_path / "page.html", 0
    for arguments in (
        ("replay", path), ("replay", "--compare", path), ("replay", path, "--format", "json"),
        ("replay", path, "--html", page), ("trace", "info", path), ("trace", "lint", path),
        ("verdict", path), ("verdict", path, "--format", "json"),
        ("replay", "--compare", path, "--html", page), ("verdict", path, "--html", page),
    ):  # fmt: skip
        done = _run(*arguments)
        _harmless(done.stdout)
        _harmless(done.stderr)
        if page.exists():
            _harmless(page.read_bytes())
            assert b"<script>alert" not in page.read_bytes()
            page.unlink()
            drawn += 1
    assert drawn == 3
    table = _run("verdict", path, "--format", "markdown").stdout
    _harmless(table)
    bare = re.sub(rb"(`+) ?.*?\1(?!`)", b"", table)
    assert not re.search(rb"@who|\]\(|<script|http:", bare)


def _spoiled(value: object, evil: str) -> object:
    """The value with every text of it made hostile, but for what has to be one of a few words."""
    if isinstance(value, dict):
        kept = ("severity", "outcome", "path")
        return {k: v if k in kept else _spoiled(v, evil) for k, v in value.items()}
    if isinstance(value, list):
        return [_spoiled(one, evil) for one in value]
    return value + evil if isinstance(value, str) else value


@pytest.mark.parametrize("name", NAMES)
def test_results_to_merge(tmp_path: Path, name: str) -> None:
    evil = NAMES[name].decode("utf-8", "surrogateescape")
    config = _put(tmp_path, b"g.cfg", b'name = "x"\nkernel = "/k"\nvcpu = 2\n')
    command = ("check", "--no-cache", "--format", "json", "--cmdline", "runstate-translation=old")
    result = json.loads(_run(*command, config).stdout)
    assert result["policies"]
    for part in ("diagnostics", "policies"):
        result[part] = _spoiled(result[part], evil)
        path = tmp_path / "r.json"
        path.write_text(json.dumps(result))
        for form in FORMATS:
            done = _run("merge", path, "--format", form)
            assert done.returncode == 1, done.stderr
            _harmless(done.stdout, form)
            _harmless(done.stderr)


def test_what_plugins_say(tmp_path: Path) -> None:
    """Codes, messages and votes of a plugin are no more trusted than those of an input."""
    evil = TEXT.decode("utf-8", "surrogateescape")
    (tmp_path / "evil.py").write_text(
        "from xlcfg.core.diagnostics import Diagnostic\n"
        "from xlcfg.core.policy import Vote\n"
        f"EVIL = {evil!r}\n"
        "class Rule:\n"
        "    CODE, NAME, SUMMARY, SEVERITY, FIX = 'ZZ001' + EVIL, 'n' + EVIL, EVIL, 'info', ''\n"
        "    def check(self, guest):\n"
        "        return [Diagnostic(self.CODE, 'warning', EVIL, start=0, end=1, help=EVIL)]\n"
        "def xlcfg_rules():\n    return [Rule()]\n"
        "def xlcfg_policy(guest, target):\n"
        "    return [Vote('update', 'toolstack', EVIL, EVIL)]\n"
    )
    config = _put(tmp_path, b"g.cfg", b'name = "x"\nkernel = "/k"\nvcpu = 2\n')
    more = {"XLCFG_PLUGINS": "evil:", "PYTHONPATH": f"{ENV['PYTHONPATH']}:{tmp_path}"}
    for form in FORMATS:
        done = _run("check", "--no-cache", "--format", form, config, **more)
        assert b"ZZ001" in done.stdout
        _harmless(done.stdout, form)
        _harmless(done.stderr)
    for command in (("check", "--no-cache", "--statistics", config), ("policy", config),
                    ("plugins",), ("explain", "all"), ("explain", "ZZ")):  # fmt: skip
        done = _run(*command, **more)
        _harmless(done.stdout)
        _harmless(done.stderr)


def test_marks_of_the_page_do_not_multiply(tmp_path: Path) -> None:
    import gzip

    head, rest = gzip.decompress(TRACE.read_bytes()).split(b"\n", 1)
    sizes: list[list[int]] = []
    for mark in ("x" * 7, "@DATA@ ", "${data}", "$data  ", "$$data "):
        header = {**json.loads(head), "hypervisor": mark * 3000}
        path = _put(
            tmp_path,
            b"t.jsonl",
            json.dumps(header).encode() + b"\n" + b"\n".join(rest.split(b"\n")[:100]) + b"\n",
        )
        page = tmp_path / "page.html"
        sizes.append([])
        for command in (("replay",), ("replay", "--compare"), ("verdict",)):
            _run(*command, path, "--html", page)
            assert mark.strip() in page.read_text()
            sizes[-1].append(page.stat().st_size)
    for lengths in zip(*sizes, strict=True):
        assert max(lengths) - min(lengths) < 1000  # lines break elsewhere


def test_what_each_output_needs() -> None:
    assert safe("fe80::1 a::b") == "fe80::1 a::b"
    assert safe("a ::1") == "a \\x3a:1"
    assert safe(f"{'a' * 90}{COMMAND}") == f"{'a' * 90}\\x3a:error file=a::x"
    assert safe("##[x] ## # [y]") == "#\\x23[x] ## # [y]"
    assert safe("a\u2028b\ud800\u202e\x85") == "a\\u2028b\\ud800\\u202e\\x85"
    assert log_line("a\tb \u00e9") == "a\tb \u00e9"
    assert log_line("  ::error::x") == "  \\x3a:error::x"
    assert json.loads(json_text(json.dumps("##[a] ###"))) == "##[a] ###"
    assert "##" not in json_text(json.dumps("##[a] ###"))
    assert markdown("a/linux-6.1.jsonl.gz") == "a/linux-6.1.jsonl.gz"
    assert markdown("@who") == "`@who`"
    assert markdown("a`b|c") == "`` a`b\\|c ``"
    assert markdown("http://x") == "`http://x`"
