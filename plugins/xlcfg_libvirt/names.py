"""How libvirt and xl call the same things."""

from __future__ import annotations

#: The element that carries a guest's policy, in <metadata>:
#: <runstate xmlns="https://xlcfg.org/xmlns/libvirt/1.0" translation="hypercall"/>
POLICY_NAMESPACE = "https://xlcfg.org/xmlns/libvirt/1.0"
#: libvirt's own, for arguments of the device model
XEN_NAMESPACE = "http://libvirt.org/schemas/domain/xen/1.0"

#: The UEFI firmware that libvirt takes when none is named.
OVMF = "/usr/lib/xen/boot/ovmf.bin"

NO_PLACE = "xl has no setting for it that xlcfg knows of"
REFUSED = "libvirt's own Xen driver refuses it"
ALL_VIRIDIAN = "libvirt turns all of `viridian` on or none"
ONE_CONSOLE = "libvirt gives a Xen guest one console, a pty"
ONE_SCREEN = "libvirt shows a Xen guest on one screen, SPICE before others"
PASSTHROUGH_ONLY = "libvirt itself gives Xen guests host-passthrough only"

#: Bytes in a unit of size, lower case; k, KB and the like differ as libvirt has it.
UNITS = {"": 1024, "b": 1, "byte": 1, "bytes": 1}
for _power, _letter in enumerate("kmgtpe", start=1):
    UNITS[_letter] = UNITS[f"{_letter}ib"] = 1024**_power
    UNITS[f"{_letter}b"] = 1000**_power

#: What may become of a guest; on_crash knows two more.
EVENT_ACTIONS = ("destroy", "restart", "rename-restart", "preserve")
CRASH_ACTIONS = (*EVENT_ACTIONS, "coredump-destroy", "coredump-restart")

BOOT_DEVICES = {"fd": "a", "hd": "c", "cdrom": "d", "network": "n"}
DISK_DRIVERS = {"phy": "phy", "qemu": "qdisk", "file": "qdisk", "tap": "tap", "tap2": "tap"}
#: formats that the tap driver leaves to qemu
QEMU_FORMATS = ("qcow", "qcow2", "qed")
DISK_FORMATS = {"aio": "raw", "raw": "raw", "": "raw"}
TSC_MODES = {
    "auto": "default",
    "native": "native",
    "emulate": "always_emulate",
    "paravirt": "native_paravirt",
}
#: model: video RAM in KiB that it has by itself, xl's name
VIDEO = {
    "xen": (4096, "stdvga"),
    "cirrus": (8192, "cirrus"),
    "vga": (16384, "stdvga"),
    "qxl": (65536, "qxl"),
}
XENBUS_LIMITS = {"maxGrantFrames": "max_grant_frames", "maxEventChannels": "max_event_channels"}
CPU_POLICIES = {"force": "1", "require": "1", "optional": "x", "disable": "0", "forbid": "0"}
#: libvirt's name of a CPU feature where xl has another
CPU_FEATURES = {
    "cx16": "cmpxchg16",
    "cid": "cntxid",
    "ds_cpl": "dscpl",
    "pclmuldq": "pclmulqdq",
    "pni": "sse3",
    "ht": "htt",
    "pn": "psn",
    "clflush": "clfsh",
    "sep": "sysenter",
    "cx8": "cmpxchg8",
    "nodeid_msr": "nodeid",
    "cr8legacy": "altmovcr8",
    "lahf_lm": "lahfsahf",
    "cmp_legacy": "cmplegacy",
    "fxsr_opt": "ffxsr",
    "pdpe1gb": "page1gb",
}
#: Numbers among xl's keys for screens.
NUMBERS = frozenset(
    (
        "spice_clipboard_sharing", "spiceagent_mouse", "spicedisable_ticketing", "spiceport",
        "spicetls_port", "spicevdagent", "vncdisplay", "vncunused",
    )
)  # fmt: skip

#: Elements that say nothing of their own: libvirt adds them, or Xen guests always have them.
IMPLIED = frozenset(
    ("address", "alias", "console", "emulator", "input", "memballoon", "backingStore", "video")
)
IMPLIED_ATTRIBUTES = frozenset((("disk", "snapshot"), ("interface", "type")))
MOST_CELLS = 128

#: What libvirt knows below <domain>.
DOMAIN_ELEMENTS = (
    "blkiotune", "bootloader", "bootloader_args", "clock", "cpu", "cputune", "currentMemory",
    "defaultiothread", "description", "devices", "features", "genid", "hwuuid", "idmap",
    "iothreadids", "iothreads", "keywrap", "launchSecurity", "maxMemory", "memory",
    "memoryBacking", "memtune", "metadata", "name", "numatune", "on_crash", "on_lockfailure",
    "on_poweroff", "on_reboot", "os", "perf", "pm", "resource", "seclabel", "sysinfo",
    "throttlegroups", "title", "uuid", "vcpu", "vcpus",
)  # fmt: skip
