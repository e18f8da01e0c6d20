"""How machines are started: command lines and device trees."""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

from xlcfg.record import boot_arm, boot_x86
from xlcfg.record.errors import RecordError
from xlcfg.record.fdt import Node, add_to, cells, text, wide
from xlcfg.record.machine import QemuMachine, Request, common, escaped

HEADER = struct.Struct(">10I")


def plain_tree() -> bytes:
    """/ with /memory and a /chosen that has a property and a child."""
    strings = b"reg\0bootargs\0"
    body = cells(1) + bytes(4)
    body += cells(1) + b"memory\0\0" + cells(3, 4, 0, 7) + cells(2)
    body += cells(1) + b"chosen\0\0" + cells(3, 3, 4) + b"ab\0\0"
    body += cells(4) + cells(1) + b"inner\0\0\0" + cells(2) + cells(2) + cells(2, 9)
    reserved = bytes(16)
    place = HEADER.size + len(reserved)
    total = place + len(body) + len(strings)
    parts = (total, place, place + len(body), HEADER.size, 17, 16, 0, len(strings), len(body))
    return HEADER.pack(0xD00DFEED, *parts) + reserved + body + strings


ADDED = Node(
    "chosen",
    {"xen,xen-bootargs": text("console=dtuart"), "reg": cells(1)},
    [Node("domU1", {"memory": wide(0x40000), "vpl011": b""}, [Node("module@50000000")])],
)


def decompiled(blob: bytes) -> str:
    dtc = shutil.which("dtc")
    if dtc is None:
        pytest.skip("dtc is not here")
    done = subprocess.run([dtc, "-q", "-I", "dtb", "-O", "dts"], input=blob, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_nodes_are_added_where_they_belong() -> None:
    source = decompiled(add_to(plain_tree(), "/chosen", ADDED))
    chosen = source.split("chosen {")[1]
    assert 'xen,xen-bootargs = "console=dtuart"' in chosen
    assert 'bootargs = "ab"' in chosen
    assert chosen.index("inner {") < chosen.index("domU1 {") < chosen.index("module@50000000 {")
    assert "memory = <0x00 0x40000>" in chosen
    assert "vpl011;" in chosen


@pytest.mark.parametrize("size", range(0, 150, 7))
def test_cut_trees(size: int) -> None:
    with pytest.raises(RecordError, match="damaged"):
        add_to(plain_tree()[:size], "/chosen", ADDED)


def test_trees_that_lie() -> None:
    whole = plain_tree()
    for at in range(HEADER.size, len(whole), 4):
        broken = whole[:at] + b"\xff\xff\xff\xf7" + whole[at + 4 :]
        try:
            add_to(broken, "/chosen", ADDED)
        except RecordError:
            pass
    with pytest.raises(RecordError, match="no /nowhere"):
        add_to(whole, "/nowhere", ADDED)


def request(tmp_path: Path, **more: object) -> Request:
    for name in ("kernel", "xen", "initrd"):
        (tmp_path / name).write_bytes(b"x" * 1000)
    given = {
        "arch": "arm64", "kernel": tmp_path / "kernel", "xen": tmp_path / "xen",
        "initrd": tmp_path / "initrd", "qemu": ["qemu"], "vcpus": 3, "append": "quiet a=1,2",
        "labels": {"initrd": "load"}, **more,
    }  # fmt: skip
    return Request(**given)  # type: ignore[arg-type]


class Started:
    """Takes the place of a machine and keeps its command."""

    command: tuple[str, ...] = ()

    def __init__(self, command: list[str], folder: Path, base: int, size: int) -> None:
        Started.command = tuple(command)
        shutil.rmtree(folder)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> type[Started]:
    monkeypatch.setattr(boot_arm, "QemuMachine", Started)
    monkeypatch.setattr(boot_x86, "QemuMachine", Started)
    return Started


def after(command: tuple[str, ...], word: str) -> str:
    return command[command.index(word) + 1]


def test_a_dom0_on_arm(tmp_path: Path, started: type[Started]) -> None:
    boot_arm.boot_arm64(request(tmp_path, xen_append="sync_console"))
    line = after(started.command, "-append")
    assert "dom0_mem=256M" in line
    assert "dom0_max_vcpus=3" in line
    assert line.endswith("sync_console")
    kernel = next(w for w in started.command if "kernel=" in w)
    # QEMU splits its options at commas
    assert kernel.endswith("rdinit=/init quiet a=1,,2")
    assert any("initrd=" in word for word in started.command)


@pytest.mark.parametrize(("arch", "cpus"), [("arm64", "1"), ("arm32", "3")])
def test_vcpus_of_32_bits_have_a_cpu_each(
    tmp_path: Path, started: type[Started], arch: str, cpus: str
) -> None:
    boot_arm.boot_arm64(request(tmp_path, arch=arch))
    assert after(started.command, "-smp") == cpus
    assert ("sched=null" in after(started.command, "-append")) is (arch == "arm32")


@pytest.mark.parametrize(("kind", "pvh"), [("pv", False), ("pvh", True)])
def test_a_dom0_on_x86(tmp_path: Path, started: type[Started], kind: str, pvh: bool) -> None:
    boot_x86.boot_x86_64(request(tmp_path, arch="x86_64", type=kind))
    line = after(started.command, "-append")
    assert ("dom0=pvh" in line) is pvh
    assert ("amd-iommu" in started.command) is pvh
    # one CPU of Xen, but as many in the firmware's tables as there are vCPUs
    assert "maxcpus=1 dom0_max_vcpus=3" in line
    assert after(started.command, "-smp") == "3"
    modules = after(started.command, "-initrd")
    assert modules.endswith(f"a=1,,2,{tmp_path}/initrd")


def test_an_initrd_of_ones_own_is_started_as_it_likes(
    tmp_path: Path, started: type[Started]
) -> None:
    own = request(tmp_path, labels={"initrd": "mine"})
    boot_arm.boot_arm64(own)
    assert "rdinit" not in " ".join(started.command)


def test_a_domu_has_its_images_where_the_tree_says(tmp_path: Path) -> None:
    node = boot_arm.domain(request(tmp_path, guest="domu"))
    domain = node.children[0]
    assert domain.properties["cpus"] == cells(3)
    assert domain.properties["memory"] == wide(256 << 10)
    kernel, ramdisk = domain.children
    assert kernel.properties["reg"] == wide(0x5000_0000, 1000)
    assert ramdisk.properties["reg"] == wide(0x5800_0000, 1000)
    assert b"quiet a=1,2" in kernel.properties["bootargs"]
    assert b"dom0_mem" not in node.properties["xen,xen-bootargs"]


def test_a_domu_needs_the_tree_of_the_machine(
    tmp_path: Path, started: type[Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    def work_folder(size: int) -> Path:
        made.append(tmp_path / "work")
        made[0].mkdir()
        return made[0]

    monkeypatch.setattr(boot_arm, "work_folder", work_folder)
    with pytest.raises(RecordError, match="gives no device tree"):
        boot_arm.boot_arm64(request(tmp_path, guest="domu", qemu=["/bin/false"]))
    assert not made[0].exists()


def test_time_by_instructions(tmp_path: Path) -> None:
    words = common(request(tmp_path, icount=1), tmp_path)
    # idle time is skipped, and nothing is left to chance
    assert after(tuple(words), "-icount") == "shift=1,sleep=off"
    assert "clock=vm" in after(tuple(words), "-rtc")
    assert "-seed" in words
    assert "-icount" not in common(request(tmp_path), tmp_path)
    words = common(request(tmp_path, icount=1, log=("replay", Path("/a,b"))), tmp_path)
    assert after(tuple(words), "-icount").endswith("rr=replay,rrfile=/a,,b")


def test_a_log_is_of_one_cpu_on_x86(tmp_path: Path, started: type[Started]) -> None:
    boot_x86.boot_x86_64(request(tmp_path, arch="x86_64", type="pv", icount=1))
    assert after(started.command, "-smp") == "1,maxcpus=3"


def test_commas_in_paths() -> None:
    assert escaped("/a,b") == "/a,,b"


def test_a_qemu_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    program = tmp_path / "qemu"
    program.write_text("#!/bin/sh\necho 'qemu: no such machine' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(RecordError, match=r"opens no gdbstub; QEMU says: qemu: no such machine"):
        QemuMachine([str(program)], folder, 0, 4096)
    assert not folder.exists()


def test_a_qemu_that_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    with pytest.raises(RecordError, match="cannot be started"):
        QemuMachine([str(tmp_path / "none")], folder, 0, 4096)
    assert not folder.exists()


@pytest.mark.parametrize("guest", ["dom0", "domU"])
@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
def test_a_machine_has_no_network_and_no_disk(
    tmp_path: Path, started: type[Started], monkeypatch: pytest.MonkeyPatch, arch: str, guest: str
) -> None:
    monkeypatch.setattr(boot_arm, "_domu", lambda *_: [])
    boot = {"arm64": boot_arm.boot_arm64, "x86_64": boot_x86.boot_x86_64}[arch]
    boot(request(tmp_path, arch=arch, guest=guest))
    command = started.command
    nets = [after(command, word) for word in ("-nic", "-net") if word in command]
    assert nets == ["none"]
    words = " ".join(command)
    for opens in ("-drive", "-blockdev", "-hda", "-cdrom", "-netdev", "-virtfs", "-fsdev", "-usb"):
        assert f" {opens} " not in words, words


@pytest.mark.parametrize(("kind", "ends"), [("gentle", True), ("stubborn", False)])
def test_a_qemu_may_write_its_log_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, ends: bool
) -> None:
    monkeypatch.setattr("xlcfg.record.machine._POWER_OFF", 0.2 if kind == "stubborn" else 30.0)
    log, ready = tmp_path / "log", tmp_path / "ready"
    trap = f"trap 'echo whole >{log}; exit' TERM" if ends else "trap '' TERM"
    program = f"{trap}; echo >{ready}; while :; do sleep 0.05; done"
    machine = QemuMachine.__new__(QemuMachine)
    machine.folder, machine._ram, machine._stub = tmp_path, None, None
    machine._process = subprocess.Popen(["sh", "-c", program])
    while not ready.exists():
        time.sleep(0.01)
    machine.power_off()
    assert not machine.running()
    assert log.exists() is ends
