"""What an input names is never opened, run or asked for; what is written is private and whole."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

import needs
from support import ROOT, Cli

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins")))}
TRACE = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"

WATCHED = r"""
import json, os, shutil, sys
TOLD = ("open", "exec", "compile", "subprocess", "os.system", "os.exec", "os.posix_spawn",
        "os.spawn", "socket", "urllib", "http", "ftplib", "smtplib", "webbrowser", "ctypes",
        "os.link", "os.symlink", "os.rename", "os.remove", "os.mkdir", "shutil", "pty")
asked = json.load(sys.stdin)
log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
nowhere = os.open(os.devnull, os.O_WRONLY)
watching = False
def hook(event, arguments):
    if watching and event.startswith(TOLD):
        said = [getattr(a, "co_filename", None) or (os.fsdecode(a) if isinstance(a, bytes) else a)
                for a in arguments[:2]]
        os.write(log, json.dumps([event, *map(str, said)]).encode() + b"\n")
sys.addaudithook(hook)
from xlcfg.__main__ import main
import importlib, pkgutil
for package in asked["packages"]:
    # Once for all of them; what a command imports late it would open else.
    for one in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not one.name.startswith(("xlcfg.docs.", "xlcfg.record.")) and "__main__" not in one.name:
            try:
                importlib.import_module(one.name)
            except ImportError:
                pass
codes = []
for words in asked["commands"]:
    shutil.rmtree(asked["inputs"], ignore_errors=True)
    os.mkdir(asked["inputs"])
    for name, text in asked["files"].items():
        with open(os.path.join(asked["inputs"], name), "w") as file:
            file.write(text)
    child = os.fork()
    if child == 0:
        os.dup2(nowhere, 1)
        sys.argv, watching = ["xlcfg", *words], True
        try:
            code = main()
        except SystemExit as left:
            code = left.code
        except BaseException:
            import traceback
            traceback.print_exc()
            code = 99
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(codes))
"""

#: Inputs that name files, programs and addresses in every way their forms have. @ is a folder.
HOSTILE = {
    "guest.cfg": (
        'import os\nos.system("touch @/ran")\n'
    ),
    "paths.cfg": (
        'name = "a"\ntype = "hvm"\nkernel = "@/kernel"\nramdisk = "http://127.0.0.1:9/x"\n'
        'bootloader = "@/run"\nbootloader_args = [ "`@/run`", "$(@/run)" ]\n'
        'firmware_override = "@/kernel"\ndevice_model_override = "@/run"\nhook = "@/run"\n'
        'acpi_firmware = "@/kernel"\nsmbios_firmware = "@/kernel"\ncmdline = "root=@/kernel"\n'
        'disk = [ "@/kernel,raw,xvda,w", "script=@/run,vdev=xvdb,target=nbd://127.0.0.1:9/x" ]\n'
        'vif = [ "script=@/run,bridge=x" ]\nuuid = "%(run)s"\ntsc_mode = 1\nvcpu = 2\n'
        'p9 = [ "tag=a,path=@/,security_model=none" ]\nchannel = [ "connection=socket,path=@/s,'
        'name=n" ]\nvnclisten = "127.0.0.1"\ninclude "@/included.cfg"\n'
    ),
    "fixable.cfg": 'name="a"\nkernel="@/kernel"\nvcpu=2\ntsc_mode=1\n',
    "guest.xml": (
        "<domain type='xen'><name>a</name><os><type>hvm</type><loader>@/kernel</loader></os>"
        "<devices><emulator>@/run</emulator><disk type='file'><source file='@/kernel'/>"
        "<target dev='xvda'/></disk><interface type='ethernet'><script path='@/run'/></interface>"
        "</devices></domain>"
    ),
    "external.xml": (
        "<!DOCTYPE d SYSTEM 'file://@/included.cfg' [<!ENTITY x SYSTEM 'file://@/kernel'>"
        "<!ENTITY % y SYSTEM 'http://127.0.0.1:9/'>%y;]>"
        "<domain type='xen'><name>&x;</name></domain>"
    ),
    "guest.dts": (
        '/dts-v1/;\n#include "@/included.cfg"\n/include/ "@/included.cfg"\n/ { chosen { '
        'blob = /incbin/("@/kernel"); a { compatible = "xen,domain"; cpus = <1>; module@0 { '
        'compatible = "multiboot,kernel"; xen,uefi-binary = "@/kernel"; }; }; }; };\n'
    ),
    "grub.cfg": (
        "source @/included.cfg\nconfigfile @/included.cfg\ninsmod @/run\nset a=`@/run`$(@/run)\n"
        "menuentry 'x' { multiboot2 @/xen.gz $a `@/run` }\n"
    ),
    "xl.conf": 'vif.default.script="@/run"\nlockfile="@/lock"\nautoballoon="on"\n',
    "vm.json": '{"VCPUs_max": 1, "PV_kernel": "@/kernel", "PV_bootloader": "@/run"}',
    "grub": (
        "GRUB_X=1\n. @/run\nA=$(@/run)\n"
        'GRUB_CMDLINE_XEN="`@/run` $A $(cat @/kernel)\n@/run; @/run"\n'
    ),
    "boot.cmd": (
        "source @/run\nrun @/run\nload mmc 0 0 @/kernel\nfdt addr 1\nfdt apply @/kernel\n"
        'fdt set /chosen xen,xen-bootargs "a=`@/run`"\nhttp://127.0.0.1:9/x\nbooti 1\n'
    ),
    "uEnv.txt": "xen_cmdline=a=$(@/run)\nbootcmd=source @/run; run @/run; env import @/kernel\n",
    "imagebuilder": (
        'NUM_DOMUS=1\nsource @/run\nXEN_CMD="`@/run`"\nDOMU_KERNEL[0]="@/kernel"\n'
        'DOMU_RAMDISK[0]=$(cat @/kernel)\nDOMU_PASSTHROUGH_DTB[0]=@/included.cfg\neval @/run\n'
    ),
    "entry.conf": "title a\nlinux @/xen.efi\noptions -cfg=@/included.cfg -- console=@/kernel\n",
    "loader.conf": 'xen_kernel="@/kernel"\nxen_cmdline="a=@/kernel"\nexec="@/run"\n',
    "xen.nix": (
        "virtualisation.xen = { enable = true; };\n"
        'virtualisation.xen.bootParams = [ (builtins.readFile "@/kernel") ];\n'
        'imports = [ @/included.cfg (builtins.fetchurl "http://127.0.0.1:9/x") ];\n'
    ),
    "pool.cfg": 'name="p"\nsched="@/run"\ncpus="@/kernel"\n',
    "cmdline.sh": "xen-cmdline --set-xen a=$(@/run)\n@/run\n",
    ".xlcfg.toml": (
        'exclude = ["@/**"]\n[[paths]]\nmatch = ["@/kernel", "file://@/included.cfg"]\n'
        'xen = "4.17"\n'
    ),
}  # fmt: skip

COMMANDS = (
    "check {inputs} --no-cache", "check {inputs} --cache-dir {work}/cache", "check {each}",
    "check --format sarif {each}", "check --fix --unsafe-fixes {each}", "fmt {each}",
    "upgrade --from 4.17 {each}", "policy {each}", "parse {each}", "convert {each} --to libvirt",
    "convert {each} --to xl", f"replay {TRACE}", f"replay {TRACE} --html {{work}}/page.html",
    f"replay --compare {TRACE} --html {{work}}/page.html",
    f"verdict {TRACE} --html {{work}}/page.html",
    f"trace info {TRACE}", "cmdline 'placeholder=@/run `@/run` console=@/kernel'", "explain XL101",
    "completion bash",
)  # fmt: skip


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """A folder of all that the inputs name, which nobody may touch."""
    folder = tmp_path / "named"
    folder.mkdir()
    for name in ("kernel", "included.cfg", "xen.gz", "s"):
        (folder / name).write_text("name = 'included'\n")
    (folder / "run").write_text(f"#!/bin/sh\ntouch {folder}/ran\n")
    (folder / "run").chmod(0o755)
    return folder


@pytest.mark.fault(
    "an input that names files, programs and addresses to be opened, run or asked",
    says="findings; nothing outside of xlcfg, its inputs and its cache is opened, run or asked",
    lost="nothing",
)
def test_nothing_that_is_named_is_opened_or_run(named: Path, tmp_path: Path) -> None:
    inputs, work, log = tmp_path / "inputs", tmp_path / "work", tmp_path / "log"
    work.mkdir()
    allowed = tuple(
        os.path.realpath(path)
        for path in (sys.prefix, sys.base_prefix, sys.exec_prefix, ROOT, inputs, work, *sys.path)
        if path
    )
    files = [str(inputs / name) for name in sorted(HOSTILE) if name != ".xlcfg.toml"]
    commands: list[list[str]] = []
    for command in COMMANDS:
        alone = command.startswith(("parse", "convert"))
        for chosen in [[path] for path in files] if alone else [files]:
            words: list[str] = []
            for word in shlex.split(command):
                word = word.replace("@", str(named)).format(inputs=inputs, work=work, each="{each}")
                words += chosen if word == "{each}" else [word]
            commands.append(words)
    asked = {
        "log": str(log), "inputs": str(inputs), "commands": commands,
        "packages": ["xlcfg", *sorted(one.name for one in (ROOT / "plugins").glob("xlcfg_*"))],
        "files": {name: text.replace("@", str(named)) for name, text in HOSTILE.items()},
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], input=json.dumps(asked), capture_output=True, text=True,
        env={**ENV, "PYTHONDONTWRITEBYTECODE": "1"}, cwd=work, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    codes = json.loads(done.stdout)
    assert len(codes) == len(commands)
    assert set(codes) <= {0, 1, 2}, list(zip(codes, commands, strict=True))
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(events) > 500
    assert not (named / "ran").exists()
    for event, *said in events:
        if event in ("open", "exec", "compile"):
            path = said[0]
            if path.startswith(("<", "None")) or path.isdigit() or path == os.devnull:
                continue
            # Settings of a project are looked for above an input.
            if os.path.basename(path) in (".xlcfg.toml", "pyproject.toml"):
                continue
            assert os.path.realpath(os.path.join(work, path)).startswith(allowed), (event, path)
            assert not path.startswith(str(named)), (event, path)
        else:
            assert event in ("os.rename", "os.remove", "os.mkdir"), (event, said)
            assert said[0].startswith((str(inputs), str(work))), (event, said)


def test_what_is_written_beside_a_file_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xlcfg.core.replace import replace_file

    seen: list[tuple[str, int]] = []
    real = os.fsync

    def look(descriptor: int) -> None:
        beside = tmp_path.glob(".xlcfg-*")
        seen.extend((str(path.parent), stat.S_IMODE(path.stat().st_mode)) for path in beside)
        real(descriptor)

    opened = os.open

    def noting(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        if flags & os.O_CREAT:
            seen.append((os.path.dirname(path), mode))
            assert flags & os.O_EXCL
        return opened(path, flags, mode, **more)

    monkeypatch.setattr(os, "fsync", look)
    monkeypatch.setattr(os, "open", noting)
    target = tmp_path / "g.cfg"
    target.write_bytes(b"old")
    target.chmod(0o600)
    replace_file(str(target), b"old", b"new")
    assert seen
    assert set(seen) == {(str(tmp_path), 0o600)}


def test_the_cache_is_private(cli: Cli, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    for n in range(40):
        (fleet / f"{n}.cfg").write_text(f'name = "a{n}"\nkernel = "/k"\n')
    cli("check", fleet, env={"XDG_CACHE_HOME": str(tmp_path / "home")})
    (folder,) = (tmp_path / "home").iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


@pytest.mark.fault(
    "somebody else has put a link where a baseline is about to be written",
    says="0; the link stays, the baseline is written", lost="nothing",
)  # fmt: skip
def test_a_baseline_follows_no_link_of_others(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "b.json.new").symlink_to(tmp_path / "victim")
    config = tmp_path / "g.cfg"
    config.write_text('name = "a"\nkernel = "/k"\nvcpu = 1\n')
    assert cli("check", config, "--write-baseline", tmp_path / "b.json").returncode == 0
    assert (tmp_path / "victim").read_text() == "mine"
    assert json.loads((tmp_path / "b.json").read_text())["findings"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "b.json", "b.json.new", "g.cfg", "victim",
    ]  # fmt: skip
    assert cli("check", config, "--baseline", tmp_path / "b.json").returncode == 0


@pytest.mark.parametrize(
    "command",
    ["check {0} --baseline /dev/zero", "check --host /dev/zero {0}", "merge /dev/zero",
     "check --files-from /dev/zero", "check /dev/zero", "parse /dev/zero", "fmt /dev/zero",
     "check {0} --baseline {1}"],
)  # fmt: skip
def test_what_never_ends_is_not_read(cli: Cli, tmp_path: Path, command: str) -> None:
    config = tmp_path / "g.cfg"
    config.write_text('name = "a"\nkernel = "/k"\n')
    (tmp_path / "deep.json").write_text("[" * 100_000)
    done = cli(*command.format(config, tmp_path / "deep.json").split())
    assert done.returncode == 2
    said = "is not a plain file" if "zero" in command else "not JSON"
    assert said in done.stdout + done.stderr


@pytest.mark.fault(
    "settings above an input that are a FIFO, a folder, or nest too deep",
    says="as if there were none; 2 and what is wrong for those that cannot be used", lost="nothing",
)  # fmt: skip
def test_settings_that_never_end(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "g.cfg"
    config.write_text('name = "a"\nkernel = "/k"\n')
    os.mkfifo(tmp_path / ".xlcfg.toml")
    (tmp_path / "pyproject.toml").mkdir()
    start = time.monotonic()
    assert cli("check", config).returncode == 0
    assert time.monotonic() - start < 20
    (tmp_path / ".xlcfg.toml").unlink()
    (tmp_path / ".xlcfg.toml").write_text("x = " + "[" * 3000)
    done = cli("check", config)
    assert done.returncode == 2
    assert done.stderr.endswith(".xlcfg.toml: nested too deep\n")


@pytest.mark.fault(
    "settings of more than 1 MiB",
    says="2: `is larger than 1 MiB`",
    lost="the run: cut, they would say something else",
)
def test_settings_that_are_too_large(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "g.cfg"
    config.write_text('name = "a"\nkernel = "/k"\nvcpu = 1\n')
    settings = tmp_path / ".xlcfg.toml"
    for size, code in ((1 << 20, 0), ((1 << 20) + 1, 2)):
        settings.write_bytes(b'ignore = ["XL101"]\n'.ljust(size, b"#"))
        done = cli("check", config)
        assert (done.returncode, done.stderr) == (
            code, f"xlcfg: {settings}: is larger than 1 MiB\n" if code else "",
        )  # fmt: skip


# ---- what others read --------------------------------------------------------------------------

EVIL = "</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
BIDI = "\u202e\u2066\u2069\u200f\u2028"


@pytest.mark.parametrize("form", ["text", "concise"])
def test_text_that_would_turn_around_is_shown(cli: Cli, tmp_path: Path, form: str) -> None:
    """Characters that reorder a line make a file look like another (Trojan source)."""
    path = tmp_path / f"a{BIDI}.cfg"
    path.write_text(f'name = "a"\nkernel = "/k"\nvcpus{BIDI} = 1\n# {BIDI}\nvcpu = "{BIDI}"\n')
    done = cli("check", path, "--format", form)
    assert done.returncode in (1, 2)
    assert not set(BIDI) & set(done.stdout + done.stderr)
    assert "\\u202e" in done.stdout


@pytest.mark.parametrize("form", ["sarif", "junit", "checkstyle", "gitlab", "github"])
def test_reports_for_programs_are_not_broken_out_of(cli: Cli, tmp_path: Path, form: str) -> None:
    evil = EVIL.replace("/", "-") + "]]>&amp;\"'\n::error::x%0A"
    path = tmp_path / (evil[:80].replace("\n", "") + ".cfg")
    key = 'name = "a"\nkernel = "/k"\n'
    path.write_text(
        key + f"disk = [ '{evil}' ]\nvif = [ 'mac={EVIL}' ]\nvcpu = 1\n".replace("\n::", "::")
    )
    done = cli("check", path, "--format", form)
    assert done.returncode in (1, 2)
    if form in ("junit", "checkstyle"):
        from xml.etree import ElementTree

        tree = ElementTree.fromstring(done.stdout)
        assert not {e.tag for e in tree.iter()} & {"script", "img"}
    elif form == "github":
        for line in done.stdout.splitlines():
            assert not line.startswith("::error::")
    else:
        json.loads(done.stdout)
        if form == "sarif":
            for run in json.loads(done.stdout)["runs"]:
                for result in run["results"]:
                    # markdown would be shown as such: messages are plain text alone
                    assert set(result["message"]) == {"text"}


@pytest.fixture
def hostile_page(cli: Cli, tmp_path: Path) -> Path:
    """The page of a trace that has markup and the page's own marks wherever a text can be."""
    header = {
        "trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1,
        "policy": "update", "phys_area": False, "va_bits": 48, "ram": [], "runstate_size": 48,
        "hypervisor": f"@DATA@@FINDINGS@@VCPUS@{EVIL}{BIDI}",
    }  # fmt: skip
    lines = [header, {"ev": "note", "text": EVIL},
             {"ev": "switch_out", "vcpu": 0, "state": "blocked"}]  # fmt: skip
    trace = tmp_path / "@DATA@ @VERDICT@ <script>document.title='owned'<x>.jsonl"
    trace.write_text("".join(json.dumps(line) + "\n" for line in lines))
    page = tmp_path / "page.html"
    assert cli("replay", trace, "--html", page).returncode in (0, 1)
    return page


def test_a_hostile_trace_makes_no_markup(hostile_page: Path) -> None:
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            for name, value in attributes:
                assert not name.startswith("on")
                assert "javascript:" not in (value or "")

    Reader().feed(hostile_page.read_text(encoding="utf-8"))
    assert tags.count("script") == 2
    assert "img" not in tags


@pytest.mark.needs("chromium")
def test_a_hostile_trace_runs_no_script(hostile_page: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [needs.require("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
         "--disable-dev-shm-usage", f"--user-data-dir={tmp_path / 'profile'}",
         "file://" + str(hostile_page)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "<canvas" in done.stdout
    assert "<title>owned" not in done.stdout


def test_what_the_network_needs_is_imported_for_a_url_alone(named: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(HOSTILE["paths.cfg"].replace("@", str(named)))
    code = (
        "import sys\nfrom xlcfg.__main__ import main\ntry:\n    main()\nexcept SystemExit:\n"
        "    pass\nprint(*{'fsspec', 'aiohttp', 'requests', 'ssl', 'urllib.request', "
        "'http.client', 'distributed'} & set(sys.modules), file=sys.stderr)\n"
    )
    for words in (["check", str(path)], ["policy", str(path)], ["replay", str(TRACE)]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], env=ENV, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.stdout
        assert done.stderr.strip() == "", words


def test_a_text_that_is_asked_for_keeps_its_bytes(cli: Cli, tmp_path: Path) -> None:
    """It goes to a file or a pipe, where another text would be another guest."""
    odd = b"a\x1b[31m\xc2\x9b\xff::error::"
    text = b'name = "' + odd + b'"\nkernel = "/k"\nvcpu = 2\n'
    path = tmp_path / "a.cfg"
    path.write_bytes(text)
    commands = (["fmt", "-"], ["check", "--fix", "-"], ["convert", str(path), "--to", "xl"])
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "xlcfg", *command], env=ENV, input=text, capture_output=True,
            check=False,
        )  # fmt: skip
        assert odd in done.stdout, command
        assert b"\x1b" not in done.stderr
