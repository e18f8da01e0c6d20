"""`xlcfg record` on the command line, as far as nothing is booted."""

from __future__ import annotations

import lzma
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from record_help import bzimage, elf, image_with_symbols, made_kernel, many_symbols
from support import ROOT, Cli
from xlcfg.cli import record as command
from xlcfg.record import job
from xlcfg.record.errors import RecordError
from xlcfg.record.images import Image, Images
from xlcfg.record.job import Order, _notes, _ram, record
from xlcfg.record.machine import Request

xlcfg = Cli()


def refused(*words: str) -> str:
    done = xlcfg("record", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr


def test_what_is_missing_on_the_line(tmp_path: Path) -> None:
    assert "--kernel" in refused("-o", str(tmp_path / "t"))
    assert "-o" in refused("--kernel", "debian:bookworm")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--vcpus", "0"), "--vcpus"),
        (("--vcpus", "9"), "--vcpus"),
        (("--limit", "0"), "--limit"),
        (("--limit", "soon"), "--limit"),
        (("--max-size", "0"), "--max-size"),
        (("--until", "later"), "--until: 'later' is not registered, updates=N"),
        (("--arch", "arm64", "--type", "pv"), "guests of Xen on Arm are pvh"),
        (("--type", "hvm"), "a dom0 is pv or pvh"),
        (("--firmware", "grub"), "for domUs on x86_64"),
        (("--arch", "arm32", "--icount"), "take --vcpus 1"),
        (("--arch", "x86_32", "--guest", "domu", "--icount"), "recorded without it"),
        (("--arch", "i386", "--type", "pv"), "recorded as pvh and hvm"),
        (("--xen", "/none"), "--xen: there is no file /none"),
        (("--xen", "debian:../x"), "no suite of Debian"),
        (("--machine", "crystal"), "there is no 'crystal'; choose from qemu"),
    ],
)
def test_what_is_wrong_on_the_line(tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    output = tmp_path / "t.jsonl"
    assert why in refused("--kernel", "/none", "-o", str(output), *words)
    assert not output.exists()


def made_xen(tmp_path: Path) -> Path:
    path = tmp_path / "xen"
    path.write_bytes(image_with_symbols(many_symbols(0x20_0000, {"_start": 0x20_0000})))
    return path


def test_a_xen_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "xen"
    path.write_bytes(bytes(5000))
    words = ("--kernel", "/none", "--xen", str(path), "-o", str(tmp_path / "t"))
    assert "no image of Xen" in refused(*words)


def test_a_kernel_that_is_not_there(tmp_path: Path) -> None:
    words = ("--kernel", "/none", "--xen", str(made_xen(tmp_path)), "-o", str(tmp_path / "t"))
    assert "--kernel: there is no file /none" in refused(*words)


def test_a_qemu_that_is_none(tmp_path: Path) -> None:
    kernel = tmp_path / "vmlinuz"
    kernel.write_bytes(made_kernel())
    words = ("--kernel", str(kernel), "--xen", str(made_xen(tmp_path)))
    said = refused(*words, "--qemu", "/bin/true", "-o", str(tmp_path / "t"))
    assert "/bin/true does not say what version it is" in said


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    said = refused("--kernel", "/none", "-o", str(tmp_path / "none" / "t.jsonl"))
    assert "no such file or directory" in said


def test_control_characters_in_names_reach_no_terminal(tmp_path: Path) -> None:
    said = refused("--kernel", "/a\x1b[2J", "--xen", "/b\x1b[2J", "-o", str(tmp_path / "t"))
    assert "\x1b" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_before_anything_runs_it_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    """The QEMU that is started never opens its gdbstub."""
    kernel, initrd, qemu = tmp_path / "vmlinuz", tmp_path / "initrd", tmp_path / "qemu"
    kernel.write_bytes(made_kernel())
    initrd.write_bytes(b"x")
    started = tmp_path / "started"
    qemu.write_text(
        "#!/bin/sh\n"
        "[ $1 = --version ] && { echo QEMU emulator version 11.0.0; exit; }\n"
        f"echo >{started}\nexec sleep 60\n"
    )
    qemu.chmod(0o755)
    before = set(Path("/dev/shm").glob("xlcfg-record-*"))
    words = ["--kernel", str(kernel), "--xen", str(made_xen(tmp_path)), "--initrd", str(initrd)]
    child = subprocess.Popen(
        [sys.executable, "-m", "xlcfg", "record", *words, "--qemu", str(qemu),
         "-o", str(tmp_path / "t.jsonl")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins")))},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while not started.exists():
        assert child.poll() is None
        time.sleep(0.05)
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, b"", b"")
    assert not (tmp_path / "t.jsonl").exists()
    assert set(Path("/dev/shm").glob("xlcfg-record-*")) <= before


# -- a machine of a plugin ------------------------------------------------------------------------


def test_a_plugin_brings_a_machine(tmp_path: Path) -> None:
    asked: list[Request] = []

    def crystal(request: Request) -> Any:
        asked.append(request)
        raise RecordError("the crystal is dark")

    kernel, initrd = tmp_path / "vmlinuz", tmp_path / "initrd"
    kernel.write_bytes(made_kernel("arm64"))
    initrd.write_bytes(b"x")
    order = Order(
        output=str(tmp_path / "t.jsonl"),
        kernel=str(kernel),
        xen=str(made_xen(tmp_path)),
        arch="arm64",
        initrd=str(initrd),
        vcpus=3,
    )
    with pytest.raises(RecordError, match="the crystal is dark"):
        record(order, lambda _: None, None, {"crystal": crystal}, "crystal")
    assert asked[0].kernel == kernel
    assert asked[0].vcpus == 3
    assert not (tmp_path / "t.jsonl").exists()


@pytest.mark.parametrize(
    ("guest", "kind", "firmware", "unpacked"),
    [("dom0", "pv", None, True), ("domu", "pv", "grub", True), ("domu", "pvh", "grub", False)],
)
def test_a_kernel_is_unpacked_for_what_cannot_or_is_slow_to(
    tmp_path: Path, guest: str, kind: str, firmware: str | None, unpacked: bool
) -> None:
    for name, data in (
        ("vmlinuz", bzimage(lzma.compress(elf(62, True)) + b"size")),
        ("initrd", b"x"),
        ("xen", made_xen(tmp_path).read_bytes()),
    ):
        (tmp_path / name).write_bytes(data)
    order = Order(
        str(tmp_path / "t"), str(tmp_path / "vmlinuz"), str(tmp_path / "xen"), "x86_64",
        initrd=str(tmp_path / "initrd"), guest=guest, type=kind, firmware=firmware,
    )  # fmt: skip
    found = Images(lambda _: None, tmp_path / "cache")
    images = [Image(Path(path), path) for path in (order.xen, order.kernel)]
    asked = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(job, "_add_host", lambda request, *_: asked.append(request.kernel))
        request = job._request(order, found, *images, tmp_path)
    assert (request.kernel.read_bytes() == elf(62, True)) is unpacked
    assert asked == ([request.kernel] if guest == "domu" else [])


def test_machines_are_asked_for_through_the_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = ModuleType("crystal")
    plugin.xlcfg_machines = lambda: {"crystal": print}  # type: ignore[attr-defined]

    class Hooks:
        def __init__(self, plugins: bool) -> None:
            self.plugins = plugins

        def all(self, name: str) -> list[Any]:
            return [getattr(plugin, name)()]

    monkeypatch.setattr("xlcfg.hooks.Hooks", Hooks)

    class Arguments:
        machine = "crystal"
        no_plugins = False

    arguments: Any = Arguments()
    assert command._machines(arguments) == {"crystal": print}


# -- what is said of a boot -----------------------------------------------------------------------


def request(arch: str, **labels: str) -> Request:
    names = {"kernel": "k 1", "xen": "x 2", "machine": "QEMU 11.1", "initrd": "load", **labels}
    return Request(arch, Path("k"), Path("x"), None, guest_memory=256, labels=names)


def test_memory_of_a_guest_on_arm() -> None:
    console = (
        "(XEN) BANK[0] 0x1-0x2 (1MB)\n"
        "(XEN) Allocating 1:1 mappings totalling 256MB for dom0:\n"
        "(XEN) BANK[0] 0x00000060000000-0x00000070000000 (256MB)\n"
        "(XEN) Grant table range\n"
    )
    assert _ram(request("arm64"), console) == [{"gpa": "0x60000000", "pages": 65536}]


def test_memory_of_a_guest_on_x86() -> None:
    console = (
        "[    0.0] Xen: [mem 0x0000000000000000-0x000000000009efff] usable\n"
        "[    0.0] Xen: [mem 0x000000000009f800-0x00000000000fffff] reserved\n"
        "[    0.0] Xen: [mem 0x0000000000100000-0x00000000200607ff] usable\n"
    )
    assert _ram(request("x86_64"), console) == [
        {"gpa": "0x0", "pages": 159},
        {"gpa": "0x100000", "pages": 0x20060 - 0x100},
    ]


def test_memory_where_nobody_says_it() -> None:
    assert _ram(request("x86_64"), "") == [{"gpa": "0x0", "pages": 65536}]


def test_notes_name_no_folder_of_this_machine() -> None:
    order = Order(output="o", kernel="/home/me/k", xen="/home/me/x", arch="arm64", append="a b")
    labels = {"kernel": "/home/me/k", "xen": "/home/me/x", "machine": "QEMU 11 (/opt/q)"}
    notes = _notes(order, request("arm64", **labels), "Linux version 6.1.0 x")
    assert "/home" not in " ".join(notes)
    assert "/opt" not in " ".join(notes)
    assert "k, Linux 6.1.0 with a load" in notes[0]
    assert notes[1] == "kernel line: a b; Xen line: "


def test_no_part_of_it_is_imported_by_other_commands() -> None:
    done = xlcfg("options", "vcpus")
    assert done.returncode == 0
    script = (
        "import sys; from xlcfg.cli import parser; parser('record'); "
        "print(any(m.startswith('xlcfg.record') for m in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
