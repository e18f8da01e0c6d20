"""A Xen host inside QEMU: started from its snapshot, asked, and thrown away.

    with Box("4.17") as box:
        answer = box.create(b'name = "a" ...')
        print(answer.rc, answer.layer, answer.message)

`setup.sh` makes the disk, `make_snapshot` boots it once. A started box is a process `qemu` with an
overlay of its own, so that any number of them can run beside each other; each wants a processor.
"""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple, Self

_TESTS = str(Path(__file__).resolve().parents[1])
if _TESTS not in sys.path:
    sys.path.insert(0, _TESTS)

from box import layers  # noqa: E402

import needs  # noqa: E402

SNAPSHOT = "ready"
#: seconds that a box has to start from nothing, to load its snapshot, and for one answer
_BOOT, _LOAD, _ANSWER = 600, 120, 300
#: how often a guest is asked for before the machine is too slow
_TRIES = 4
#: The processor is one that QEMU's own emulation has hardware virtualisation and nested paging for.
_MACHINE = (
    *("-machine", "q35,usb=off", "-accel", "tcg,thread=multi,tb-size=512"),
    *("-cpu", "EPYC,-smap,-monitor,+svm,+npt", "-smp", "2", "-m", "6144"),
    *("-nodefaults", "-nographic", "-no-reboot", "-vga", "none", "-nic", "none"),
)
#: One processor for dom0: on a busy machine two of them wait for each other's threads.
_XEN = (
    "com1=115200,8n1 console=com1 dom0_mem=1024M,max:1024M cpuidle=0 loglvl=all guest_loglvl=all "
    "bootscrub=0 dom0_max_vcpus=1 spec-ctrl=no"
)


class BoxFault(Exception):
    """The box itself failed: it did not start, did not answer, or kept a guest."""


class Answer(NamedTuple):
    """What became of one config."""

    #: exit code of `xl create`
    rc: int
    #: which part refused and its words, both "" where the guest was created
    layer: str
    message: str
    #: what the device model was started with; empty where it was not
    argv: list[str]
    #: all that xl, the device model and Xen said
    said: dict[str, str]
    #: for creating, collecting and destroying
    seconds: float


class Box:
    """One running host. `with` ends it."""

    def __init__(self, release: str, *, snapshot: bool = True) -> None:
        self.release = release
        self.folder = needs.boxes() / release
        self.work = Path(tempfile.mkdtemp(prefix="xlcfg-box-"))
        self._pending = b""
        disk = self.work / "disk.qcow2"
        if snapshot:
            shutil.copyfile(self.folder / "snapshot.qcow2", disk)
        else:
            _new_overlay(self.folder / "root.qcow2", disk)
        self.disk = disk
        with open(self.work / "qemu", "wb") as log:
            self.process = subprocess.Popen(
                self._command(snapshot),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._port = self._connect("port")
            if not snapshot:
                self._line(_BOOT)
            if self._ask({"op": "ping"}, _LOAD) != {"pong": 1}:
                raise BoxFault("the agent does not answer")
        except BaseException:
            self.close()
            raise
        self._console = open(self.work / "serial", "rb")  # noqa: SIM115
        self._console.seek(0, 2)

    def _command(self, snapshot: bool) -> list[str]:
        where = self.work
        return [
            "qemu-system-x86_64",
            *_MACHINE,
            *(
                "-kernel",
                "xen",
                "-initrd",
                "vmlinuz console=hvc0 quiet mitigations=off,initrd.gz",
                "-append",
                _XEN,
            ),
            *("-serial", f"file:{where}/serial", "-monitor", f"unix:{where}/monitor,server,nowait"),
            *("-drive", f"file={self.disk},if=none,id=d0,cache=unsafe"),
            *("-device", "virtio-blk-pci,drive=d0", "-device", "virtio-serial-pci"),
            *("-chardev", f"socket,id=p0,path={where}/port,server=on,wait=off"),
            *("-device", "virtserialport,chardev=p0,name=box"),
            *(("-loadvm", SNAPSHOT) if snapshot else ()),
        ]

    def _connect(self, name: str) -> socket.socket:
        path = self.work / name
        for _ in range(1500):
            if self.process.poll() is not None:
                raise BoxFault((self.work / "qemu").read_text(errors="replace"))
            if path.exists():
                break
            time.sleep(0.02)
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
        return connection

    def _line(self, timeout: float) -> Any:
        end = time.monotonic() + timeout
        while b"\n" not in self._pending:
            self._port.settimeout(max(0.1, end - time.monotonic()))
            try:
                received = self._port.recv(1 << 20)
            except TimeoutError:
                raise BoxFault(f"no answer in {timeout} s") from None
            if not received:
                raise BoxFault("the box is gone")
            self._pending += received
        line, _, self._pending = self._pending.partition(b"\n")
        return json.loads(line)

    def _ask(self, request: dict[str, Any], timeout: float = _ANSWER) -> dict[str, Any]:
        self._port.settimeout(timeout)
        self._port.sendall(json.dumps(request).encode() + b"\n")
        answer: dict[str, Any] = self._line(timeout)
        if "error" in answer:
            raise BoxFault(answer["error"])
        return answer

    def shell(self, command: str) -> str:
        """What a command prints in dom0; raises `BoxFault` where it fails."""
        answer = self._ask({"op": "sh", "command": command})
        if answer["rc"] != 0:
            raise BoxFault(f"{command}: {answer['err']}")
        return str(answer["out"])

    def put(self, path: str, data: bytes) -> None:
        """Write a file in dom0."""
        self._ask({"op": "put", "path": path, "data": base64.b64encode(data).decode()})

    def create(self, config: bytes, *, real_scripts: bool = False) -> Answer:
        """Create a guest, look, and destroy it; `real_scripts`: with Xen's hotplug scripts."""
        request = {
            "op": "case",
            "config": base64.b64encode(config).decode(),
            "scripts": "real" if real_scripts else "lean",
        }
        answer = self._ask(request)
        if answer.get("left"):
            raise BoxFault(f"the guests {answer['left']} stay")
        said = {
            "xl": layers.without_details(answer["err"]),
            **answer["logs"],
            "xen": self._hypervisor(),
        }
        if layers.gave_up(said):
            raise BoxFault("libxl gave up waiting: the box is too slow")
        if answer["rc"] == "timeout":
            raise BoxFault("xl does not end")
        rc = int(answer["rc"])
        layer, message = layers.layer(rc, said)
        return Answer(rc, layer, message, answer["argv"], said, answer["seconds"])

    def _hypervisor(self) -> str:
        """What Xen wrote to its console since it was last asked."""
        lines = self._console.read().decode("latin-1").replace("\r", "").splitlines()
        kept = [line for line in lines if line.startswith("(XEN)") and "HVM" not in line[:12]]
        return "\n".join(kept)[-3000:]

    def monitor(self, command: str) -> str:
        """What QEMU's monitor says to a command."""
        with contextlib.closing(self._connect("monitor")) as connection:
            connection.settimeout(_LOAD)
            said = b""
            for text in (b"", command.encode() + b"\n"):
                connection.sendall(text)
                said = b""
                while not said.endswith(b"(qemu) "):
                    received = connection.recv(65536)
                    if not received:
                        break
                    said += received
        return said.decode("latin-1")

    def close(self) -> None:
        """End it and forget all that it did."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._console.close()
        self._port.close()
        self.close()


def _new_overlay(base: Path, disk: Path) -> None:
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(base), "-F", "qcow2", str(disk)]
    subprocess.run(command, check=True)


def empty_qcow2() -> bytes:
    """The smallest qcow2 image of 16 MiB."""
    header = (0x514649FB, 2, 0, 0, 16, 16 << 20, 0, 1, 0x30000, 0x10000, 1, 0, 0)
    image = bytearray(0x40000)
    struct.pack_into(">IIQIIQIIQQIIQ", image, 0, *header)
    struct.pack_into(">Q", image, 0x10000, 0x20000)
    for cluster in range(4):
        struct.pack_into(">H", image, 0x20000 + 2 * cluster, 1)
    return bytes(image)


_WARM_UP = (
    b'name="a"\ntype="pv"\nkernel="/guest/tiny"\nmemory=32\ndisk=["/dev/vg/a,raw,xvda,w"]\n',
    b'name="a"\ntype="pvh"\nkernel="/guest/tiny"\nmemory=32\n',
    b'name="a"\ntype="hvm"\nmemory=64\ndisk=["/img/q.qcow2,qcow2,hda,w"]\n',
    b'name="a"\ntype="pv"\nkernel="/guest/tiny"\nmemory=32\nvif=["bridge=xenbr0"]\n',
)


def _patiently(box: Box, config: bytes) -> Answer:
    """The first guest of a kind takes longest, and libxl may lose patience: it is asked again."""
    for _ in range(_TRIES - 1):
        with contextlib.suppress(BoxFault):
            return box.create(config)
    return box.create(config)


def make_snapshot(release: str) -> None:
    """Boot a box, make the files that cases name, create one guest of each type, and keep that."""
    with Box(release, snapshot=False) as box:
        box.put("/img/q.qcow2", empty_qcow2())
        box.shell("cd /img; for f in a b c d e f g h; do cp q.qcow2 $f.qcow2; done")
        box.shell("cd /img; for f in a b c d e f; do truncate -s 16M $f.img; done")
        box.shell("truncate -s 1M /img/c.iso")
        for config in _WARM_UP:
            answer = _patiently(box, config)
            if answer.rc != 0:
                raise BoxFault(f"{config!r}: {answer.message}")
        box.shell("sync; echo 3 > /proc/sys/vm/drop_caches")
        said = box.monitor(f"savevm {SNAPSHOT}")
        if "Error" in said:
            raise BoxFault(said)
        box.process.kill()
        box.process.wait()
        shutil.copyfile(box.disk, box.folder / "snapshot.qcow2")
    (box.folder / "snapshot.txt").write_text(SNAPSHOT + "\n", encoding="utf-8")
