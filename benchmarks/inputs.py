"""What is measured on: guest configs and YAML files of 40 lines, all distinct, made from a number.

The same number gives the same text everywhere. A config is what a busy host has: disks, interfaces,
pinned CPUs, a display, comments. xl accepts each of them, and xlcfg finds nothing in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

CONFIG = """\
# guest {n}: made for benchmarks
name = "guest-{n:06d}"
uuid = "{n:08x}-2b7d-4c61-a1d0-e6f3b2c49a87"
type = "hvm"

# resources
memory = {memory}
maxmem = {maxmem}
vcpus = {vcpus}
maxvcpus = 8
cpus = "0-7"
cpu_weight = {weight}

# boot
boot = "cd"
acpi = 1
apic = 1
hpet = 1
rtc_timeoffset = {offset}

disk = [
    "format=raw,vdev=xvda,access=rw,target=/dev/vg{group}/guest-{n:06d}-root",
    "format=qcow2,vdev=xvdb,access=rw,target=/srv/xen/guest-{n:06d}-data.qcow2",
    "/srv/iso/install-{group}.iso,,hdc,cdrom",
]
vif = [
    "mac=00:16:3e:{m1:02x}:{m2:02x}:{m3:02x},bridge=xenbr0,vifname=g{n}",
    "mac=00:16:3f:{m1:02x}:{m2:02x}:{m3:02x},bridge=xenbr1,rate=10Mb/s",
]

# console
serial = "pty"
vnc = 1
vncunused = 1
vnclisten = "127.0.0.1"
usb = 1
usbdevice = [ "tablet" ]
on_poweroff = "destroy"
on_reboot = "restart"
on_crash = "restart"
"""

YAML = """\
---
# guest {n}: made for benchmarks
guest:
  name: "guest-{n:06d}"
  uuid: "{n:08x}-2b7d-4c61-a1d0-e6f3b2c49a87"
  type: "hvm"

  # resources
  memory: {memory}
  maxmem: {maxmem}
  vcpus: {vcpus}
  maxvcpus: 8
  cpus: "0-7"
  cpu_weight: {weight}

  # boot
  boot: "cd"
  acpi: 1
  apic: 1
  pae: 1
  hpet: 1
  rtc_timeoffset: {offset}

  disk:
    - "format=raw,vdev=xvda,target=/dev/vg{group}/guest-{n:06d}-root"
    - "format=qcow2,vdev=xvdb,target=/srv/xen/guest-{n:06d}.qcow2"
    - "/srv/iso/install-{group}.iso,,hdc,cdrom"
  vif:
    - "mac=00:16:3e:{m1:02x}:{m2:02x}:{m3:02x},bridge=xenbr0"
    - "mac=00:16:3f:{m1:02x}:{m2:02x}:{m3:02x},bridge=xenbr1"

  # console
  serial: "pty"
  vnc: 1
  vncunused: 1
  vnclisten: "127.0.0.1"
  usb: 1
  on_poweroff: "destroy"
  on_reboot: "restart"
  on_crash: "restart"
"""


PYTHON = '''\
"""Guest {n}: made for benchmarks."""

import dataclasses
import uuid


@dataclasses.dataclass
class Disk:
    vdev: str
    target: str
    access: str = "rw"


NAME = "guest-{n:06d}"
UUID = uuid.UUID("{n:08x}-2b7d-4c61-a1d0-e6f3b2c49a87")

# resources
MEMORY = {memory}
MAXMEM = {maxmem}
VCPUS = {vcpus}
CPU_WEIGHT = {weight}

DISKS = [
    Disk("xvda", "/dev/vg{group}/guest-{n:06d}-root"),
    Disk("xvdb", "/srv/xen/guest-{n:06d}.qcow2"),
    Disk("hdc", "/srv/iso/install-{group}.iso", access="ro"),
]
VIFS = [
    {{"mac": "00:16:3e:{m1:02x}:{m2:02x}:{m3:02x}", "bridge": "xenbr0"}},
    {{"mac": "00:16:3f:{m1:02x}:{m2:02x}:{m3:02x}", "bridge": "xenbr1"}},
]


def describe():
    lines = [f"{{NAME}} has {{VCPUS}} CPUs and {{MEMORY}} MiB"]
    for disk in DISKS:
        lines.append(f"{{disk.vdev}} is {{disk.target}} ({{disk.access}})")
    return lines
'''


def _facts(n: int) -> dict[str, int]:
    return {
        "n": n,
        "memory": 512 + 256 * (n % 29),
        "maxmem": 8192 + 256 * (n % 31),
        "vcpus": 1 + n % 7,
        "weight": 128 + n % 512,
        "offset": n % 3600,
        "group": n % 8,
        "m1": n >> 16 & 0xFF,
        "m2": n >> 8 & 0xFF,
        "m3": n & 0xFF,
    }


def config(n: int) -> str:
    """The guest config of that number."""
    return CONFIG.format(**_facts(n))


def yaml(n: int) -> str:
    """A YAML file that says the same in as many lines."""
    return YAML.format(**_facts(n))


def python(n: int) -> str:
    """A Python file of as many lines."""
    return PYTHON.format(**_facts(n))


def name(kind: str, n: int, per_folder: int = 1000) -> str:
    """Where the file of that kind and number is, below the folder for inputs."""
    return f"{kind}/{n // per_folder:03d}/guest-{n:06d}.{kind}"


def write(folder: Path, count: int, *, kinds: Sequence[str] = ("cfg", "yaml")) -> None:
    """`count` files of each kind ("cfg", "yaml", "py"), each in its folder, if not there yet."""
    for kind in kinds:
        make = {"cfg": config, "yaml": yaml, "py": python}[kind]
        for n in range(count):
            path = folder / name(kind, n)
            if n % 1000 == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(make(n))
