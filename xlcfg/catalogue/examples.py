"""A line to copy for each option: written down where the form is the option's own, else by kind.

Tests hold every example against what xl and Xen make of it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_GUEST = {
    "acpi_firmware": '"/etc/xen/acpi.bin"',
    "altp2m_count": "10",
    "arm_sci": '"type=scmi_smc"',
    "bios_path_override": '"/usr/share/ovmf/OVMF.fd"',
    "boot": '"cd"',
    "bootloader": '"pygrub"',
    "bootloader_args": '[ "--quiet" ]',
    "bootloader_user": '"xenguest"',
    "cap": "50",
    "channel": '[ "name=agent,connection=socket,path=/run/agent.sock" ]',
    "cmdline": '"root=/dev/xvda1 ro"',
    "cpu_weight": "512",
    "cpuid": '"host,avx2=0"',
    "cpus": '"2-5,^3"',
    "cpus_soft": '"0-7"',
    "device_model": '"/usr/bin/qemu-system-i386"',
    "device_model_args": '[ "-name", "web" ]',
    "device_model_args_hvm": '[ "-name", "web" ]',
    "device_model_args_pv": '[ "-name", "web" ]',
    "device_model_version": '"qemu-xen"',
    "device_model_override": '"/usr/bin/qemu-system-i386"',
    "device_tree": '"/etc/xen/guest.dtb"',
    "disk": '[ "format=raw,vdev=xvda,access=rw,target=/dev/vg/web" ]',
    "display": '":0"',
    "dtdev": '[ "/soc/ethernet@1000" ]',
    "extra": '"console=hvc0"',
    "init_seclabel": '"system_u:system_r:domU_t"',
    "iomem": '[ "fe000,1" ]',
    "ioports": '[ "2f8-2ff" ]',
    "irqs": "[ 33 ]",
    "kernel": '"/boot/vmlinuz"',
    "keymap": '"de"',
    "llc_colors": '[ "0-3" ]',
    "max_event_channels": "1023",
    "max_grant_frames": "64",
    "max_grant_version": "2",
    "max_maptrack_frames": "1024",
    "maxmem": "4096",
    "maxvcpus": "8",
    "mca_caps": '[ "lmce" ]',
    "memory": "2048",
    "mmio_hole": "1024",
    "name": '"web"',
    "p9": '[ "tag=share,security_model=none,path=/srv/share" ]',
    "pci": '[ "03:00.0,permissive=1" ]',
    "pool": '"Pool-0"',
    "pvcalls": '[ "backend=Domain-0" ]',
    "rdm": '"strategy=host"',
    "root": '"/dev/xvda1 ro"',
    "seclabel": '"system_u:system_r:domU_t"',
    "serial": '"pty"',
    "shadow_memory": "32",
    "smbios": '[ "system_manufacturer=Example" ]',
    "soundhw": '"ac97"',
    "spicehost": '"127.0.0.1"',
    "spiceport": "6000",
    "spicetls_port": "6001",
    "stubdomain_memory": "64",
    "usbctrl": '[ "version=2,ports=4" ]',
    "usbdev": '[ "hostbus=1,hostaddr=3" ]',
    "usbdevice": '[ "tablet" ]',
    "usbversion": "2",
    "uuid": '"4f9b8a5e-7d3c-4e0e-9d7b-0d3c5a8f1b2c"',
    "vcpus": "4",
    "vdispl": '[ "backend=Domain-0,connectors=id0:1920x1080" ]',
    "vfb": '[ "vnc=1,vnclisten=127.0.0.1" ]',
    "vga": '"stdvga"',
    "videoram": "16",
    "vif": '[ "bridge=xenbr0,mac=00:16:3e:12:34:56" ]',
    "viridian": '[ "defaults" ]',
    "virtio": '[ "type=virtio,device22,transport=mmio" ]',
    "vkb": '[ "backend-type=qemu" ]',
    "vmtrace_buf_kb": "64",
    "vncdisplay": "1",
    "vnclisten": '"127.0.0.1"',
    "vnuma": '[ [ "pnode=0", "size=1024", "vcpus=0-1", "vdistances=10" ] ]',
    "vsnd": '[ [ "card, backend=Domain-0, short-name=Card" ] ]',
    "vtpm": '[ "backend=vtpm" ]',
}

_BOOT = {
    "acpi": "acpi=off",
    "apic": "apic=default",
    "com1": "com1=115200,8n1",
    "com2": "com2=115200,8n1,0x2f8,3",
    "console": "console=com1,vga",
    "crashkernel": "crashkernel=256M",
    "dom0": "dom0=pvh",
    "dom0_max_vcpus": "dom0_max_vcpus=1-4",
    "dom0_mem": "dom0_mem=4G,max:4G",
    "dtuart": "dtuart=serial0",
    "ept": "ept=no-pml",
    "guest_loglvl": "guest_loglvl=all",
    "iommu": "iommu=no-intremap",
    "loglvl": "loglvl=all",
    "sched": "sched=credit2",
    "spec-ctrl": "spec-ctrl=no-xen",
    "vga": "vga=keep",
    "xpti": "xpti=dom0=false",
}


def guest_example(name: str, entry: Mapping[str, Any], words: list[str]) -> str:
    """A line of a guest config, "" when there is none; `words` are those the key takes."""
    value = _GUEST.get(name, "")
    if value:
        return f"{name} = {value}"
    kind = entry.get("kind")
    if kind in ("defbool", "bool-long"):
        return f"{name} = 1"
    if words and kind in ("enum-string", "enum-or-long", "string", "bool-or-enum"):
        return f'{name} = "{words[-1]}"'
    return ""


def boot_example(name: str, kinds: set[str], entry: Mapping[str, Any]) -> str:
    """A word of a boot line, "" when there is none; `kinds` are the ways to read it."""
    if name in _BOOT:
        return _BOOT[name]
    if kinds == {"boolean"}:
        return f"no-{name}" if not name.startswith("no") else name
    if kinds == {"size"}:
        return f"{name}=64M"
    if kinds == {"integer"}:
        default = str(entry.get("default", ""))
        return f"{name}={default if default.isdecimal() else 1}"
    return ""


def xl_conf_example(entry: Mapping[str, Any]) -> str:
    """A line of xl.conf, "" when there is none."""
    name, kind = entry["name"], entry["kind"]
    words = [word for word in entry.get("values", ()) if not word.isdigit()]
    if words:
        return f'{name}="{words[-1]}"'
    if kind in ("bool-long", "defbool"):
        return f"{name}=1"
    if kind == "cpulist":
        return f'{name}="0-3"'
    if kind == "bounded-long":
        return f"{name}=64" if name.endswith("frames") else f"{name}=2"
    return ""
