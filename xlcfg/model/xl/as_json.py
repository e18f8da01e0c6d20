"""What a guest's file comes to in libxl's JSON, as `xl -N create` and `xl list -l` print it.

What is unset, 0, empty or false is left out: libxl's JSON does not print defaults.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.model.xl import Reading

HVM = "b_info.type.hvm."
#: key of a guest's file -> where its value is in the JSON of a domain
PATHS = {
    "acpi": "b_info.acpi",
    "acpi_firmware": HVM + "acpi_firmware",
    "acpi_laptop_slate": HVM + "acpi_laptop_slate",
    "acpi_s3": HVM + "acpi_s3",
    "acpi_s4": HVM + "acpi_s4",
    "altp2m": "b_info.altp2m",
    "altp2mhvm": HVM + "altp2m",
    "apic": "b_info.apic",
    "bios": HVM + "bios",
    "bios_path_override": HVM + "system_firmware",
    "boot": HVM + "boot",
    "bootloader": "b_info.bootloader",
    "bootloader_args": "b_info.bootloader_args",
    "bootloader_restrict": "b_info.bootloader_restrict",
    "bootloader_user": "b_info.bootloader_user",
    "cap": "b_info.sched_params.cap",
    "cpu_weight": "b_info.sched_params.weight",
    "device_model_args": "b_info.extra",
    "device_model_args_hvm": "b_info.extra_hvm",
    "device_model_args_pv": "b_info.extra_pv",
    "device_model_override": "b_info.device_model",
    "device_model_stubdomain_override": "b_info.device_model_stubdomain",
    "device_model_stubdomain_seclabel": "b_info.device_model_ssid_label",
    "device_model_user": "b_info.device_model_user",
    "device_tree": "b_info.device_tree",
    "dm_restrict": "b_info.dm_restrict",
    "driver_domain": "c_info.driver_domain",
    "e820_host": "b_info.type.pv.e820_host",
    "extratime": "b_info.sched_params.extratime",
    "gic_version": "b_info.arch_arm.gic_version",
    "hap": "c_info.hap",
    "hdtype": HVM + "hdtype",
    "hpet": HVM + "hpet",
    "hvm_pirq": HVM + "pirq",
    "irqs": "b_info.irqs",
    "kernel": "b_info.kernel",
    "kernel_line": "b_info.cmdline",
    "latency": "b_info.sched_params.latency",
    "localtime": "b_info.localtime",
    "max_event_channels": "b_info.event_channels",
    "max_grant_frames": "b_info.max_grant_frames",
    "max_grant_version": "b_info.max_grant_version",
    "max_maptrack_frames": "b_info.max_maptrack_frames",
    "memory": "b_info.target_memkb",
    "mmio_hole": HVM + "mmio_hole_memkb",
    "msr_relaxed": "b_info.arch_x86.msr_relaxed",
    "name": "c_info.name",
    "nestedhvm": "b_info.nested_hvm",
    "nographic": HVM + "nographic",
    "nomigrate": "b_info.disable_migrate",
    "nr_spis": "b_info.arch_arm.nr_spis",
    "nx": HVM + "nx",
    "on_crash": "on_crash",
    "on_poweroff": "on_poweroff",
    "on_watchdog": "on_watchdog",
    "oos": "c_info.oos",
    "pae": HVM + "pae",
    "passthrough": "c_info.passthrough",
    "period": "b_info.sched_params.period",
    "pool": "c_info.pool_name",
    "pvshim": "b_info.type.pvh.pvshim",
    "pvshim_cmdline": "b_info.type.pvh.pvshim_cmdline",
    "pvshim_extra": "b_info.type.pvh.pvshim_extra",
    "pvshim_path": "b_info.type.pvh.pvshim_path",
    "ramdisk": "b_info.ramdisk",
    "rdm_mem_boundary": HVM + "rdm_mem_boundary_memkb",
    "rtc_timeoffset": "b_info.rtc_timeoffset",
    "shadow_memory": "b_info.shadow_memkb",
    "slice": "b_info.sched_params.slice",
    "smbios_firmware": HVM + "smbios_firmware",
    "soundhw": HVM + "soundhw",
    "spice": HVM + "spice.enable",
    "spice_clipboard_sharing": HVM + "spice.clipboard_sharing",
    "spice_image_compression": HVM + "spice.image_compression",
    "spice_streaming_video": HVM + "spice.streaming_video",
    "spiceagent_mouse": HVM + "spice.agent_mouse",
    "spicedisable_ticketing": HVM + "spice.disable_ticketing",
    "spicehost": HVM + "spice.host",
    "spicepasswd": HVM + "spice.passwd",
    "spiceport": HVM + "spice.port",
    "spicetls_port": HVM + "spice.tls_port",
    "spiceusbredirection": HVM + "spice.usbredirection",
    "spicevdagent": HVM + "spice.vdagent",
    "stubdomain_cmdline": "b_info.stubdomain_cmdline",
    "stubdomain_kernel": "b_info.stubdomain_kernel",
    "stubdomain_memory": "b_info.stubdomain_memkb",
    "stubdomain_ramdisk": "b_info.stubdomain_ramdisk",
    "sve": "b_info.arch_arm.sve_vl",
    "tee": "b_info.tee",
    "timer_mode": "b_info.timer_mode",
    "tsc_mode": "b_info.tsc_mode",
    "type": "c_info.type",
    "usb": HVM + "usb",
    "usbversion": HVM + "usbversion",
    "uuid": "c_info.uuid",
    "vendor_device": HVM + "vendor_device",
    "videoram": "b_info.video_memkb",
    "vkb_device": HVM + "vkb_device",
    "vmtrace_buf_kb": "b_info.vmtrace_buf_kb",
    "vpmu": "b_info.vpmu",
    "vpt_align": HVM + "vpt_align",
    "vuart": "b_info.arch_arm.vuart",
    "xen_platform_pci": HVM + "xen_platform_pci",
    "xend_suspend_evtchn_compat": "c_info.xend_suspend_evtchn_compat",
}
DISPLAY = {
    "vnc": "vnc.enable",
    "vnclisten": "vnc.listen",
    "vncpasswd": "vnc.passwd",
    "vncdisplay": "vnc.display",
    "vncunused": "vnc.findunused",
    "sdl": "sdl.enable",
    "opengl": "sdl.opengl",
    "display": "sdl.display",
    "xauthority": "sdl.xauthority",
    "keymap": "keymap",
}
#: names that are libxl's default, which its JSON leaves out
DEFAULTS = {
    "altp2m": "disabled",
    "bios": "unknown",
    "gic_version": "default",
    "hdtype": "ide",
    "on_crash": "destroy",
    "on_poweroff": "destroy",
    "on_watchdog": "destroy",
    "passthrough": "default",
    "sve": "disabled",
    "tee": "none",
    "timer_mode": "unknown",
    "tsc_mode": "default",
    "vendor_device": "none",
    "vuart": "unknown",
}
LISTS = {
    "disk": "disks",
    "vif": "nics",
    "pci": "pcidevs",
    "usbctrl": "usbctrls",
    "usbdev": "usbdevs",
    "vtpm": "vtpms",
    "p9": "p9s",
    "pvcalls": "pvcallsifs",
    "channel": "channels",
    "vdispl": "vdispls",
    "virtio": "virtios",
    "vsnd": "vsnds",
    "dtdev": "dtdevs",
    "iomem": "b_info.iomem",
    "ioports": "b_info.ioports",
}
_DEFAULT_SIZE = 2**64 - 1


def prune(value: Any) -> Any:
    """Without what is unset, 0, empty or false, and without device numbers xl makes up."""
    if isinstance(value, dict):
        pruned = {k: prune(v) for k, v in value.items() if k != "devid"}
        return {k: v for k, v in pruned.items() if v not in (None, 0, "", {}, False) and v != []}
    if isinstance(value, list):
        return [prune(item) for item in value]
    return value


def _text(value: Any) -> Any:
    """A Latin-1 text as yajl prints it, which takes it for UTF-8."""
    return value.encode("latin-1").decode("utf-8", "surrogateescape")


def _json(value: Any, plain_bool: bool = False) -> Any:
    if isinstance(value, bool):
        return value if plain_bool else str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {k: _json(v, plain_bool) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item, plain_bool) for item in value]
    return value


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at a path such as "b_info.type.hvm.usb"."""
    parts = path.replace(".type.", ".type:").split(".")
    for part in parts[:-1]:
        tree = tree.setdefault(part.replace(":", "."), {})
    tree[parts[-1].replace(":", ".")] = value


def get(tree: Any, path: str) -> Any:
    """What stands at a path such as "b_info.type.hvm.usb"; None for nothing."""
    found: Any = tree
    for part in path.replace(".type.", ".type:").split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part.replace(":", "."))
    return found


def expected(reading: Reading) -> dict[str, Any]:
    """The JSON of the fields that come from the file."""
    tree: dict[str, Any] = {}
    values = reading.values
    for key, path in PATHS.items():
        value = values.get(key)
        if value is None or value == DEFAULTS.get(key) or value == _DEFAULT_SIZE:
            continue
        if "sched_params" in path and value == -1:
            continue
        if key.startswith("on_"):
            value = str(value).replace("rename-restart", "restart_rename").replace("-", "_")
        elif key == "uuid":
            value = str(value).lower()
        put(tree, path, _json(value))
    size = values.get("maxmem", values.get("memory"))
    if size != _DEFAULT_SIZE and not values.get("vnuma"):
        put(tree, "b_info.max_memkb", size)
    for key, kind in (("cpus", "hard"), ("cpus_soft", "soft")):
        maps = values.get(key)
        count: Any = values.get("maxvcpus") or values.get("vcpus") or 0
        if isinstance(maps, set):
            maps = [maps] * count
        if maps and not values.get("vnuma"):
            put(tree, f"b_info.vcpu_{kind}_affinity", [sorted(cpus) for cpus in maps])  # type: ignore[attr-defined]
    version = values.get("device_model_version")
    if version is not None:
        put(tree, "b_info.device_model_version", str(version).replace("-", "_"))
    if reading.guest_type == "hvm":
        _hvm(tree, values)
    for key, path in LISTS.items():
        if values.get(key):
            put(tree, path, [device_json(key, device) for device in values[key]])  # type: ignore[attr-defined]
    frames: Any = values.get("vfb")
    if frames:
        put(tree, "vfbs", [_nest(_json(frame)) for frame in frames])
    pruned: dict[str, Any] = prune(tree)
    return pruned


def _hvm(tree: dict[str, Any], values: dict[str, Any]) -> None:
    """What only an HVM guest has."""
    for key, field in DISPLAY.items():
        value = values.get(key)
        if value is not None:
            put(tree, HVM + field, _json(value))
    for key in ("serial", "usbdevice"):
        value = values.get(key)
        if value is not None:
            put(tree, HVM + key + "_list" * isinstance(value, list), _json(value))
    passthru = values.get("gfx_passthru")
    if passthru is not None:
        put(tree, HVM + "gfx_passthru", str(passthru is not False))
        if passthru == "igd":
            put(tree, HVM + "gfx_passthru_kind", "igd")
    if values.get("mca_caps"):
        put(tree, HVM + "mca_caps", 1)
    if isinstance(values.get("viridian"), list):
        _viridian(tree, values["viridian"])
    elif "viridian" in values:
        put(tree, HVM + "viridian", _json(values["viridian"]))
    pairs: Any = values.get("smbios", ())
    put(tree, HVM + "smbios", [{"key": k, "value": _json(v)} for k, v in pairs])


_ENLIGHTENMENTS = (
    "base",
    "freq",
    "time_ref_count",
    "reference_tsc",
    "hcall_remote_tlb_flush",
    "apic_assist",
    "crash_ctl",
    "synic",
    "stimer",
    "hcall_ipi",
    "ex_processor_masks",
    "no_vp_limit",
    "cpu_hotplug",
)


def _viridian(tree: dict[str, Any], names: Any) -> None:
    on: set[int] = set()
    off: set[int] = set()
    for name in names:
        if name == "all":
            on = set(range(64))
        elif name == "defaults":
            put(tree, HVM + "viridian", "True")
        else:
            number = _ENLIGHTENMENTS.index(name.removeprefix("!").lower())
            add, drop = (off, on) if name.startswith("!") else (on, off)
            add.add(number)
            drop.discard(number)
    put(tree, HVM + "viridian_enable", sorted(on))
    put(tree, HVM + "viridian_disable", sorted(off))


def _nest(fields: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in fields.items():
        put(tree, name, value)
    return tree


_PLAIN_BOOLS = {"pci", "vdispl", "vkb", "p9"}


def device_json(key: str, device: Any) -> Any:
    """A device as the values of a guest have it, as JSON has it."""
    fields = _json(device, plain_bool=key in _PLAIN_BOOLS)
    if key == "dtdev":
        return {"path": fields}
    if key == "iomem" and fields.get("gfn") == 2**64 - 1:  # libxl's "not given"
        del fields["gfn"]
    if key == "disk" and "direct_io_safe" in fields:
        fields["direct_io_safe"] = device["direct_io_safe"]
    if key == "channel":
        fields["connection." + fields.pop("connection")] = {"path": fields.pop("path", None)}
    elif key == "usbctrl" and fields.get("type") == "auto":
        del fields["type"]
    elif key == "usbdev":
        host = {name: fields.pop(name, None) for name in ("hostbus", "hostaddr")}
        if fields.get("ctrl") == -1:  # libxl's "not given"
            del fields["ctrl"]
        if fields.pop("type", None):
            fields["type.hostdev"] = host
    elif key == "vsnd":
        return _sound(fields)
    elif key == "pci":
        fields.pop("rdm_policy", None)
    for name in ("transport", "type"):
        if fields.get(name) == "unknown":
            del fields[name]
    if key == "vtpm" and "uuid" in fields:
        fields["uuid"] = fields["uuid"].lower()
        if not fields["uuid"].strip("0-"):
            del fields["uuid"]
    return fields


def _sound(fields: dict[str, Any]) -> dict[str, Any]:
    names = ("sample_rates", "sample_formats", "channels_min", "channels_max", "buffer_size")
    own = {name: value for name, value in fields.items() if name not in names}
    own["params"] = {name: fields[name] for name in names if name in fields}
    for inner in ("pcms", "streams"):
        if inner in own:
            own[inner] = [_sound(item) for item in own[inner]]
    return own
