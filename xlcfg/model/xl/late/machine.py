"""What a described host does not have: bridges, users, files, memory, features of its Xen."""

from __future__ import annotations

from xlcfg.model.xl.checks import is_number
from xlcfg.model.xl.late import emulated, report_in, script_of
from xlcfg.model.xl.specs import in_dom0

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

#: releases whose `xl info` tells of the feature
_SINCE_PASSTHROUGH = 13
_SINCE_VMTRACE = 15
_SINCE_VPMU = 16
#: the last release whose boot line limits the grant tables of guests; older ones were not asked
_WITH_GRANT_LIMITS = 17
#: keys that name a file which libxl or the domain builder opens
_FILES = ("kernel", "ramdisk", "device_tree", "bios_path_override", "acpi_firmware",
          "smbios_firmware", "device_model_override", "bootloader", "pvshim_path",
          "stubdomain_kernel", "stubdomain_ramdisk")  # fmt: skip
#: keys whose devices another domain can serve
_SERVED = ("disk", "vif", "vtpm", "vkb", "vdispl", "vsnd", "pvcalls", "p9", "usbctrl", "channel")
_SCRIPTS = "/etc/xen/scripts/"
#: users without whom a restricted device model does not start
_RESTRICTED = ("xen-qemuuser-range-base", "xen-qemuuser-shared")
#: what libxl says of a disk whose format the device model lacks: name of the driver
_DRIVERS = {"vhd": "vpc"}


def run(reader: ConfigReader) -> None:
    host = reader.host
    if host is None:
        return
    if host.bridges is not None:
        _bridges(reader, host.bridges)
    if host.users is not None:
        _users(reader, host.users)
    if host.domains_known:
        _domains(reader, host.domains)
    if host.virt_caps and not reader.arch.startswith("arm"):
        _features(reader, host.virt_caps)
    if host.files is not None:
        _files(reader, dict(host.files))
    if host.emulator_lacks:
        _emulator(reader, host.emulator_lacks)
    if host.grant_limits is not None and reader.minor == _WITH_GRANT_LIMITS:
        keys = ("max_grant_frames", "max_maptrack_frames")
        for key, most in zip(keys, host.grant_limits, strict=True):
            frames = reader.values.get(key)
            if isinstance(frames, int) and frames > most and key not in reader.broken:
                reader.report_key("host.grants", key, text=str(frames), most=most)


def _entries(reader: ConfigReader, key: str) -> list[dict[str, object]]:
    entries = reader.values.get(key)
    return entries if isinstance(entries, list) and key not in reader.broken else []


def _bridges(reader: ConfigReader, bridges: tuple[str, ...]) -> None:
    for at, nic in enumerate(_entries(reader, "vif")):
        bridge = nic.get("bridge")
        script = script_of(nic)
        name = nic.get("ifname")
        if isinstance(name, str) and name in bridges and script == "vif-bridge" and in_dom0(nic):
            report_in(reader, "host.interface", "vif", at, name)
        if not isinstance(bridge, str) or not bridge or bridge in bridges:
            continue
        if script == "vif-bridge" and in_dom0(nic):
            report_in(reader, "host.bridge", "vif", at, bridge, bridges=list(bridges))


def _domains(reader: ConfigReader, domains: tuple[str, ...]) -> None:
    for key in _SERVED:
        for at, entry in enumerate(_entries(reader, key)):
            name = entry.get("backend_domname")
            if isinstance(name, str) and name and name not in domains and not is_number(name):
                report_in(reader, "host.domain", key, at, name, domains=list(domains))


def _users(reader: ConfigReader, users: tuple[str, ...]) -> None:
    if not emulated(reader):
        return
    user = reader.values.get("device_model_user")
    if isinstance(user, str):
        if user not in users:
            reader.report_key(
                "host.user", "device_model_user", text=user,
                says=f"Couldn't find device_model_user {user}",
            )  # fmt: skip
    elif reader.values.get("dm_restrict") is True and not set(_RESTRICTED) & set(users):
        reader.report_key(
            "host.user", "dm_restrict", text=_RESTRICTED[0],
            says=f"Could not find user {_RESTRICTED[1]} or range base pseudo-user {_RESTRICTED[0]}",
        )  # fmt: skip


def _features(reader: ConfigReader, found: tuple[str, ...]) -> None:
    values, guest = reader.values, str(reader.guest)
    wanted: list[tuple[str, str, str]] = []
    if values.get("hap") is False and guest in ("hvm", "pvh"):
        wanted.append(("hap", "shadow", "domain creation fail: Operation not supported"))
    if guest == "pv" and reader.minor >= _SINCE_PASSTHROUGH and "hvm_directio" not in found:
        # HVM guests are another rule's
        says = "passthrough not supported on this platform"
        mode = values.get("passthrough", "default")
        if values.get("pci") and "pci" not in reader.broken:
            wanted.append(("pci", "pv_directio", says))
        elif mode not in ("default", "disabled") and "passthrough" not in reader.broken:
            wanted.append(("passthrough", "pv_directio", says))
    if values.get("vmtrace_buf_kb") and reader.minor >= _SINCE_VMTRACE:
        says = "domain creation fail: Invalid argument"
        wanted.append(("vmtrace_buf_kb", "vmtrace", says))
    if values.get("vpmu") is True and reader.minor >= _SINCE_VPMU:
        wanted.append(("vpmu", "vpmu", "vPMU not supported on this platform"))
    for key, word, says in wanted:
        if word not in found:
            reader.report_key("host.feature", key, text=word, says=says)


def missing(path: str, files: dict[str, tuple[str, ...]]) -> bool:
    """Whether the described directories say that there is nothing under an absolute path."""
    if not path.startswith("/"):
        return False
    above = ""
    for part in path.strip("/").split("/"):
        here = files.get(above or "/")
        if here is None and above:
            here = files.get(above + "/")
        if part in (".", ".."):
            return False
        if here is not None and part not in here:
            return True
        above = f"{above}/{part}"
    return False


def _files(reader: ConfigReader, files: dict[str, tuple[str, ...]]) -> None:
    for key in _FILES:
        path = reader.values.get(key)
        if key in ("kernel", "ramdisk") and "bootloader" in reader.values:
            continue  # a path inside the guest's disk
        if isinstance(path, str) and missing(path, files):
            reader.report_key("host.file", key, text=path)
        elif isinstance(path, str) and path.rstrip("/") in files:
            reader.report_key("host.directory", key, text=path)
    firmware = reader.values.get("firmware")
    if isinstance(firmware, str) and reader.guest == "hvm" and missing(firmware, files):
        reader.report_key("host.file", "firmware", text=firmware)
    for at, disk in enumerate(_entries(reader, "disk")):
        path, script = disk.get("pdev_path"), disk.get("script")
        if not in_dom0(disk):
            continue
        if isinstance(script, str):
            if missing(_script(script), files):
                report_in(reader, "host.file", "disk", at, script)
        elif isinstance(path, str) and path and missing(path, files):
            report_in(reader, "host.file", "disk", at, path)
        elif isinstance(path, str) and path.rstrip("/") in files and _opened(reader, disk):
            report_in(reader, "host.directory", "disk", at, path)
    for at, nic in enumerate(_entries(reader, "vif")):
        script = nic.get("script")
        if isinstance(script, str) and in_dom0(nic) and missing(_script(script), files):
            report_in(reader, "host.file", "vif", at, script)
    if emulated(reader):
        _serial_files(reader, files)
    for at, channel in enumerate(_entries(reader, "channel")):
        path = channel.get("path")
        folder = path.rpartition("/")[0] if isinstance(path, str) else ""
        if folder and missing(folder, files):
            report_in(reader, "host.file", "channel", at, str(path))
        elif isinstance(path, str) and path.rstrip("/") in files:
            report_in(reader, "host.directory", "channel", at, path)
    for at, share in enumerate(_entries(reader, "p9")):
        path = share.get("path")
        if isinstance(path, str) and in_dom0(share) and missing(path, files):
            report_in(reader, "host.share", "p9", at, path)


def _opened(reader: ConfigReader, disk: dict[str, object]) -> bool:
    """Whether QEMU opens the disk's image while the guest is created."""
    from xlcfg.model.xl.late.disks import is_emulated

    return emulated(reader) and is_emulated(reader, disk)


def _serial_files(reader: ConfigReader, files: dict[str, tuple[str, ...]]) -> None:
    """What serial ports are to open, or the directory that they write to."""
    serial = reader.values.get("serial")
    for at, text in enumerate(serial if isinstance(serial, list) else [serial]):
        form, colon, path = str(text).removeprefix("mon:").partition(":")
        if not colon:
            path = form if form.startswith("/dev/") else ""
        elif form in ("file", "unix"):
            path = path.partition(",")[0].rpartition("/")[0]
        elif form != "pipe":
            continue
        if path and missing(path, files):
            if isinstance(serial, list):
                report_in(reader, "host.file", "serial", at, path)
            else:
                reader.report_key("host.file", "serial", text=path)


def _script(name: str) -> str:
    return name if name.startswith("/") else _SCRIPTS + name


def _emulator(reader: ConfigReader, lacks: tuple[str, ...]) -> None:
    values = reader.values
    version = values.get("device_model_version")
    if "traditional" in lacks and version == "qemu-xen-traditional" and reader.guest == "hvm":
        if values.get("device_model_stubdomain_override") is not True:
            reader.report_key("host.emulator", "device_model_version", text=version,
                              says="qemu-dm is not executable")  # fmt: skip
    if "sdl" in lacks:
        if emulated(reader) and values.get("sdl") is True:
            reader.report_key("host.emulator", "sdl", text="sdl",
                              says="Parameter 'type' does not accept value 'sdl'")  # fmt: skip
        for at, fields in enumerate(_entries(reader, "vfb")):
            if fields.get("sdl.enable") is True and reader.guest == "pv":
                report_in(reader, "host.emulator", "vfb", at, "sdl=1",
                          says="Parameter 'type' does not accept value 'sdl'")  # fmt: skip
    _formats(reader, lacks)
    if not emulated(reader):
        return
    password = values.get("vncpasswd")
    if "vnc-password" in lacks and password and values.get("vnc", True) is not False:
        reader.report_key("host.emulator", "vncpasswd", text="passwords of VNC",
                          says="Cipher backend does not support DES algorithm")  # fmt: skip
    channels = values.get("spiceusbredirection")
    if "usb-redir" in lacks and values.get("spice") is True:
        if isinstance(channels, int) and channels > 0:
            reader.report_key("host.emulator", "spiceusbredirection", text="usb-redir",
                              says="'usb-redir' is not a valid device model name")  # fmt: skip


def _formats(reader: ConfigReader, lacks: tuple[str, ...]) -> None:
    """Images that the device model cannot read: it opens at once what it emulates itself."""
    for at, disk in enumerate(_entries(reader, "disk")):
        image = str(disk.get("format"))
        if image not in lacks or not in_dom0(disk) or disk.get("backend") == "tap":
            continue
        says = f"Unknown driver '{_DRIVERS.get(image, image)}'"
        kind = "host.emulator" if _opened(reader, disk) else "host.image"
        report_in(reader, kind, "disk", at, image, says=says)
