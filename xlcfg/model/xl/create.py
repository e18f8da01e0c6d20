"""The order in which `xl create` reads the keys of a guest config, and the simpler keys.

The order is that of the newest xl; older ones read fewer keys.  Which release reads a key at all is
the catalogue's to say.
"""

from __future__ import annotations

from xlcfg.model.xl import specs
from xlcfg.model.xl.ctext import int32, strtok

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.model.xl.session import Session

_INT_MAX = 2**31 - 1

_SHUTDOWN = (
    ("destroy", 4),
    ("restart", 4),
    ("rename-restart", 4),
    ("preserve", 4),
    ("coredump-destroy", 4),
    ("coredump-restart", 4),
    ("soft-reset", 7),
)
#: names xl compares as they are, since which 4.x
_EXACT = {
    "on_poweroff": _SHUTDOWN,
    "on_reboot": _SHUTDOWN,
    "on_watchdog": _SHUTDOWN,
    "on_crash": _SHUTDOWN,
    "on_soft_reset": _SHUTDOWN,
    "vga": (("stdvga", 4), ("cirrus", 4), ("none", 5), ("qxl", 6)),
    "ms_vm_genid": (("generate", 5), ("none", 5)),
}
#: names libxl compares without looking at case
_ENUMS = {
    "vuart": (("unknown", 10), ("sbsa_uart", 10)),
    "passthrough": tuple(
        (name, 13) for name in ("default", "disabled", "enabled", "sync_pt", "share_pt")
    ),
    "bios": (("unknown", 4), ("rombios", 4), ("seabios", 4), ("ovmf", 4)),
    "hdtype": (("ide", 6), ("ahci", 6)),
    "vendor_device": (("none", 4), ("xenserver", 4)),
    "gic_version": (("default", 6), ("v2", 6), ("v3", 6)),
    "tee": (("none", 13), ("optee", 13), ("ffa", 18)),
    "sve": tuple((name, 18) for name in ("disabled", "hw", *map(str, range(128, 2049, 128)))),
    "tsc_mode": tuple(
        (name, 4) for name in ("default", "always_emulate", "native", "native_paravirt")
    ),
    "timer_mode": (
        ("delay_for_missed_ticks", 4),
        ("no_delay_for_missed_ticks", 4),
        ("no_missed_ticks_pending", 4),
        ("one_missed_tick_pending", 4),
        ("unknown", 4),
    ),
    "altp2m": tuple((name, 9) for name in ("disabled", "mixed", "external", "limited")),
    "gfx_passthru": (("default", 7), ("igd", 7)),
}


def known(table: tuple[tuple[str, int], ...], minor: int) -> list[str]:
    """The names of a table that the release has."""
    return [name for name, since in table if minor >= since]


# ---- readers of one key ----------------------------------------------------------------------


def _exact(s: Session, key: str) -> None:
    text = s.string(key)
    if text is None:
        return
    accepted = known(_EXACT[key], s.minor)
    if text not in accepted:
        s.say_key("enum.unknown", key, text=text, accepted=accepted)


def _name_in(s: Session, key: str, text: str) -> None:
    """A name libxl knows, whatever its case."""
    accepted = known(_ENUMS[key], s.minor)
    s.values[key] = text.lower()
    if text.lower() not in accepted:
        # libxl's own word for "not given" is no advice
        accepted = [name for name in accepted if name != "unknown"]
        s.say_key("enum.unknown", key, text=text, accepted=accepted)


def _enum(s: Session, key: str) -> None:
    atom = s.atom(key)
    if atom is not None:
        _name_in(s, key, atom.text)


def _number_or_name(s: Session, key: str) -> None:
    """`tsc_mode`, `timer_mode`, `altp2m`, `gfx_passthru`: a number first, else a name."""
    if key == "timer_mode" and s.guest == "pv":
        if s.atom(key) is not None:
            s.say_key("timer_mode.pv", key)
        return
    if key == "gfx_passthru" and s.minor < 7:
        s.boolean(key)
        return
    number = s.number(key, quiet=True)
    if number is None:
        atom = s.atom(key)
        if atom is not None:
            _name_in(s, key, atom.text)
    elif key == "gfx_passthru":
        s.values[key] = number != 0
    elif not 0 <= number <= 3:
        accepted = known(_ENUMS[key], s.minor)[:4]
        s.say_key("enum.unknown", key, text=str(number), accepted=accepted)
    else:
        name = _ENUMS[key][number][0]
        s.values[key] = name
        if key != "altp2m":
            s.say_key("enum.number", key, text=str(number), name=name)


def _type(s: Session) -> None:
    """`type` and `builder`: any beginning of a name counts as the name."""
    guest = None
    broken = False
    atom = s.atom("type")
    if atom is not None:
        guest = next((t for t in ("hvm", "pv", "pvh") if t.startswith(atom.text)), None)
        if guest is None:
            broken = True
            s.say_key("type.unknown", "type", text=atom.text, accepted=["pv", "pvh", "hvm"])
        elif guest != atom.text:
            s.say_key("type.abbreviated", "type", text=atom.text, value=guest)
    atom = s.atom("builder")
    if atom is not None:
        built = next((b for b in ("hvm", "generic") if b.startswith(atom.text)), None)
        if built is None and s.minor < 10:
            s.say_key("type.builder-means-pv", "builder", text=atom.text)
            built = "generic"
        built = "pv" if built == "generic" else built
        if built is None:
            broken = True
            s.say_key("type.unknown", "builder", text=atom.text, accepted=["generic", "hvm"])
        elif guest is not None and guest != built:
            broken = True
            s.say_key("type.contradiction", "builder", text=atom.text, guest=guest)
        else:
            guest = built
    if guest is None and not broken:
        guest = "pvh" if s.arch.startswith("arm") and s.minor >= 10 else "pv"
    s.guest = None if broken else guest
    if guest is not None and not broken:
        s.values["type"] = guest


def _name(s: Session) -> None:
    if s.string("name") is None:
        s.say_key("name.missing", "name")
        s.broken.add("name")


def _uuid(s: Session, key: str) -> None:
    from xlcfg.model.xl.specs.simple import is_uuid

    text = s.string(key)
    if text is not None and not is_uuid(text):
        s.say_key("uuid.bad", key, text=text)


def _vcpus(s: Session, key: str) -> None:
    number = s.number(key)
    if number is None:
        return
    s.values[key] = number
    if s.minor >= 22:
        number = max(number, 1)
        s.values[key] = number
    # what libxl allocates: the number as a C int
    if int32(number) < 0:
        s.say_key("vcpus.negative", key, text=str(number))
    elif number > _INT_MAX:
        s.say_key("vcpus.endless", key, text=str(number))


def _maxvcpus(s: Session) -> None:
    """`maxvcpus`, `vnuma` and what follows from them: `max_vcpus` and `max_memkb`."""
    value = s.long("maxvcpus")
    vcpus = s.values.get("vcpus")
    maximum = value or 0
    s.values["max_vcpus"] = maximum
    if s.has("vuart"):
        _enum(s, "vuart")
    if s.has("vnuma"):
        specs.read(s, "vnuma")
        if "vnuma_vcpus" in s.values and "vnuma" not in s.broken:
            maximum = _match_vnuma(s, maximum)
    wanted = vcpus if isinstance(vcpus, int) else (1 if s.minor >= 22 else 0)
    if maximum == 0:
        maximum = int32(wanted)
    s.values["max_vcpus"] = maximum
    if maximum < wanted and "vcpus" not in s.broken and s.minor >= 6:
        key = "maxvcpus" if s.has("maxvcpus") else "vcpus"
        s.say_key("vcpus.above-maximum", key, vcpus=wanted, maximum=maximum)


def _match_vnuma(s: Session, maximum: int) -> int:
    total = s.values["vnuma_vcpus"]
    memkb = s.values["vnuma_memkb"]
    assert isinstance(total, int)
    if maximum:
        if maximum & (2**64 - 1) != total:
            s.say_key("vnuma.vcpus-differ", "vnuma", vcpus=total, maximum=maximum)
    elif s.host is not None and total > s.host.cpus:
        s.say_key("vnuma.too-many-vcpus", "vnuma", vcpus=total, cpus=s.host.cpus)
    else:
        maximum = int32(total)
    stated = s.values.get("maxmem")
    if stated is not None and stated != memkb:
        s.say_key("vnuma.memory-differs", "vnuma", maxmem=stated, total=memkb)
    s.values["max_memkb"] = memkb
    return maximum


def _bounded(s: Session, key: str) -> None:
    """A bad number ends xl without a message since 4.12."""
    if s.minor < 12:
        s.long(key)
        return
    number = s.number(key, quiet=True)
    if number is None or not 0 <= number <= _INT_MAX:
        value = s.settings.by_name[key].value
        text = "" if value.is_list else value.text
        s.say_key("number.silent-exit", key, text=text, limit=_INT_MAX)
    else:
        s.values[key] = number


def _dtdev(s: Session, key: str) -> None:
    atoms = s.strings(key)
    if atoms is not None:
        s.values[key] = [atom.text for atom in atoms]


def _vncviewer(s: Session, key: str) -> None:
    if s.minor < 5:
        s.boolean(key)
    elif s.number(key) is not None:
        s.say_key("key.no-effect", key)


def _kernel_line(s: Session) -> None:
    """`cmdline`, or `root` and `extra` together."""
    cmdline = s.string("cmdline")
    root = s.string("root")
    extra = s.string("extra")
    line = cmdline
    if cmdline is not None:
        for key in ("root", "extra"):
            if key in s.values:
                s.say_key("cmdline.wins", key)
                del s.values[key]
    elif root is not None:
        line = f"root={root}" if extra is None else f"root={root} {extra}"
    else:
        line = extra
    if line is not None:
        s.values["kernel_line"] = line


def _bootloader_args(s: Session, key: str) -> None:
    value = s.settings.by_name[key].value
    if value.is_list:
        s.values[key] = [atom.text for atom in s.until_nested(key, value.items)]
        return
    found = strtok(value.text, " \t\n")
    s.values[key] = [word for _, word in found]
    if found:
        s.say_key("bootloader_args.string", key)
    else:
        s.say_key("bootloader_args.empty", key, text=value.text)


def _string_or_list(s: Session, key: str) -> None:
    value = s.settings.by_name[key].value
    if value.is_list and key == "serial" and s.minor < 5:
        s.say_key("type.list-for-value", key)
    elif value.is_list:
        s.values[key] = [atom.text for atom in s.until_nested(key, value.items)]
    else:
        s.values[key] = value.text


def _string_list(s: Session, key: str) -> None:
    """`device_model_args`: a single value is refused."""
    value = s.settings.by_name[key].value
    if value.is_list:
        s.values[key] = [atom.text for atom in s.until_nested(key, value.items)]
    else:
        s.say_key("list.required", key)


def _firmware(s: Session) -> None:
    """`firmware`, and the rule that PV and PVH need something to boot."""
    key = "firmware"
    text = s.string(key)
    if s.guest == "hvm":
        if text is None:
            return
        names = ("rombios", "seabios", "ovmf", "unknown")
        if text.lower() in names:
            s.values["bios"] = text.lower()
        elif "uefi".startswith(text):
            s.values["bios"] = "ovmf"
        return
    if s.guest is None:
        return
    if text is not None:
        if "kernel" in s.values:
            s.say_key("firmware.with-kernel", key, text=text)
        if not ("pvgrub32".startswith(text) or "pvgrub64".startswith(text)):
            s.say_key("enum.unknown", key, text=text, accepted=["pvgrub32", "pvgrub64"])
    elif "kernel" not in s.values and "bootloader" not in s.values:
        s.say_key("boot.nothing", "kernel", guest=s.guest)


def _hvm_kernel(s: Session) -> None:
    """A kernel called hvmloader is a leftover of xend."""
    kernel = s.values.get("kernel")
    if s.minor < 5 and kernel is not None:
        s.say_key("kernel.hvm-ignored", "kernel")
        del s.values["kernel"]
    elif isinstance(kernel, str) and kernel.rpartition("/")[2] == "hvmloader":
        s.say_key("kernel.hvmloader", "kernel", text=kernel)
        del s.values["kernel"]


def _bios_override(s: Session, key: str) -> None:
    s.string(key)
    if key in s.values and not s.has("bios"):
        s.say_key("bios_path_override.alone", key)


def _mmio_hole(s: Session, key: str) -> None:
    number = s.number(key)
    if number is None:
        return
    size = (number << 20) & (2**64 - 1)
    s.values[key] = (number << 10) & (2**64 - 1)
    if not 256 << 20 <= size <= 3840 << 20:
        s.say_key("number.out-of-bounds", key, text=str(number), least=256, most=3840)


def _altp2mhvm(s: Session, key: str) -> None:
    if s.boolean(key) is not None and s.minor >= 9:
        s.say_key("altp2mhvm.old", key)


def _altp2m_count(s: Session, key: str) -> None:
    number = s.number(key, quiet=True)
    if number is None:
        s.say_key("number.silently-ignored", key)
    elif not 0 <= number <= 65535:
        s.say_key("number.out-of-bounds", key, text=str(number), least=0, most=65535)
    else:
        s.values[key] = number


def _vmtrace(s: Session, key: str) -> None:
    number = s.number(key, quiet=True)
    if number is None:
        s.say_key("number.silently-ignored", key)
    elif number:
        s.values[key] = int32(number)


def _vif2(s: Session, key: str) -> None:
    if s.items(key) is not None:
        s.say_key("key.no-effect", key)


def _device_model(s: Session, key: str) -> None:
    if s.atom(key) is not None:
        s.say_key("device_model.ignored", key)


def _device_model_version(s: Session) -> None:
    override = s.string("device_model_override")
    key = "device_model_version"
    text = s.string(key)
    if text is None:
        if override is not None:
            s.say_key("device_model_override.alone", "device_model_override")
        return
    accepted = ["qemu-xen"]
    if s.minor < 21:
        accepted.append("qemu-xen-traditional")
    if 7 <= s.minor <= 9:
        accepted.append("none")
    if text not in accepted:
        s.say_key("enum.unknown", key, text=text, accepted=accepted)


_VNC = ("vnc", "vnclisten", "vncpasswd", "vncdisplay", "vncunused")
_SDL = ("sdl", "opengl", "display", "xauthority")


def _displays(s: Session) -> None:
    """The top-level VNC and SDL keys: for PV only without `vfb` and with `vnc` on."""
    if s.guest is None:
        return
    keys = [key for key in (*_VNC, *_SDL) if s.has(key)]
    if s.guest == "pv" and not s.values.get("vfb"):
        on = s.number("vnc")
        if on is not None:
            s.values["vnc"] = on != 0
        if not on:
            for key in keys:
                if key != "vnc":
                    s.say_key("vnc.off", key)
            return
        keys = [key for key in keys if key != "vnc"]
        s.string("keymap")
    for key in keys:
        if key == "vncdisplay":
            s.long(key)
        elif key in ("vnc", "vncunused", "sdl", "opengl"):
            s.boolean(key)
        else:
            s.string(key)
        if s.guest == "pvh":
            s.say_key("key.other-guest-type", key, guest="pvh", guests=["pv", "hvm"])
            s.values.pop(key, None)
        elif s.guest == "pv" and s.values.get("vfb"):
            s.say_key("vnc.vfb-wins", key)
            s.values.pop(key, None)


def _stdvga(s: Session, key: str) -> None:
    if "vga" in s.values:
        s.say_key("stdvga.vga-wins", key)
    else:
        s.boolean(key)


def _display_twice(s: Session) -> None:
    listen = s.values.get("vnclisten")
    if (
        s.guest == "hvm"
        and isinstance(listen, str)
        and ":" in listen
        and s.values.get("vncdisplay")
    ):
        s.say_key("vnc.display-twice", "vnclisten", text=listen)


def _arm_sci(s: Session, key: str) -> None:
    atom = s.atom(key)
    if atom is None:
        return
    for at, word in strtok(atom.text, ","):
        name, equals, value = word.partition("=")
        if not equals or name != "type":
            args: dict[str, object] = {"accepted": ["type"]}
            s.say_word("arm_sci.unknown-key", key, atom, at, name, **args)
        elif value.lower() not in ("none", "scmi_smc"):
            args = {"name": name, "accepted": ["none", "scmi_smc"]}
            s.say_word("spec.unknown-value", key, atom, at + 5, value, **args)
        else:
            s.values[key] = value.lower()


def _msr_relaxed(s: Session, key: str) -> None:
    if s.boolean(key) is not None:
        s.say_key("msr_relaxed.going", key)


# ---- the order -------------------------------------------------------------------------------

#: a step for the whole file, or `(key, how to read it, the guest types that read it)`
_STEPS: tuple[Callable[[Session], None] | tuple[str, str, str], ...] = (
    ("init_seclabel", "string", ""),
    ("seclabel", "string", ""),
    _type,
    ("hap", "boolean", ""),
    _name,
    ("uuid", "uuid", ""),
    ("oos", "boolean", ""),
    ("pool", "string", ""),
    ("pvh", "boolean", "pv"),
    ("xenstore_feature_mask", "unsigned", ""),
    ("xenstore_quota", "spec", ""),
    ("pvshim", "boolean", "pvh"),
    ("pvshim_path", "string", "pvh"),
    ("pvshim_cmdline", "string", "pvh"),
    ("pvshim_extra", "string", "pvh"),
    ("cpu_weight", "long", ""),
    ("cap", "long", ""),
    ("period", "long", ""),
    ("slice", "long", ""),
    ("latency", "long", ""),
    ("extratime", "long", ""),
    ("memory", "mebibytes", ""),
    ("maxmem", "mebibytes", ""),
    ("llc_colors", "spec", ""),
    ("vcpus", "vcpus", ""),
    _maxvcpus,
    ("cpus", "spec", ""),
    ("cpus_soft", "spec", ""),
    ("max_grant_frames", "bounded", ""),
    ("max_maptrack_frames", "bounded", ""),
    ("max_grant_version", "bounded", ""),
    ("on_poweroff", "exact", ""),
    ("on_reboot", "exact", ""),
    ("on_watchdog", "exact", ""),
    ("on_crash", "exact", ""),
    ("on_soft_reset", "exact", ""),
    ("e820_host", "boolean", "pv"),
    ("pci_msitranslate", "long", ""),
    ("pci_power_mgmt", "long", ""),
    ("pci_permissive", "long", ""),
    ("pci_seize", "long", ""),
    ("rdm", "spec", ""),
    ("pci", "spec", ""),
    ("dtdev", "dtdev", ""),
    ("passthrough", "enum", ""),
    ("shadow_memory", "mebibytes", ""),
    ("nomigrate", "boolean", ""),
    ("tsc_mode", "number_or_name", ""),
    ("rtc_timeoffset", "unsigned", ""),
    ("vncviewer", "vncviewer", ""),
    ("localtime", "boolean", ""),
    ("videoram", "mebibytes", ""),
    ("max_event_channels", "unsigned", ""),
    ("kernel", "string", ""),
    ("ramdisk", "string", ""),
    ("device_tree", "string", ""),
    _kernel_line,
    ("driver_domain", "boolean", ""),
    ("acpi", "boolean", ""),
    ("bootloader", "string", ""),
    ("bootloader_restrict", "boolean", ""),
    ("bootloader_user", "string", ""),
    ("bootloader_args", "bootloader_args", ""),
    ("timer_mode", "number_or_name", ""),
    ("nestedhvm", "boolean", ""),
    ("firmware_override", "string", "hvm"),
    ("bios_path_override", "bios_override", "hvm"),
    ("bios", "enum", "hvm"),
    ("pae", "boolean", "hvm"),
    ("acpi_s3", "boolean", "hvm"),
    ("acpi_s4", "boolean", "hvm"),
    ("acpi_laptop_slate", "boolean", "hvm"),
    ("nx", "boolean", "hvm"),
    ("hpet", "boolean", "hvm"),
    ("vpt_align", "boolean", "hvm"),
    ("apic", "boolean", "hvm"),
    ("hvm_pirq", "boolean", "hvm"),
    ("viridian", "spec", "hvm"),
    ("mmio_hole", "mmio_hole", "hvm"),
    ("altp2mhvm", "altp2mhvm", "hvm"),
    ("smbios_firmware", "string", "hvm"),
    ("acpi_firmware", "string", "hvm"),
    ("smbios", "spec", "hvm"),
    ("ms_vm_genid", "exact", "hvm"),
    ("rdm_mem_boundary", "mebibytes", "hvm"),
    ("mca_caps", "spec", "hvm"),
    _firmware,
    ("altp2m", "number_or_name", ""),
    ("altp2m_count", "altp2m_count", ""),
    ("vmtrace_buf_kb", "vmtrace", ""),
    ("ioports", "spec", ""),
    ("irqs", "spec", ""),
    ("iomem", "spec", ""),
    ("disk", "spec", ""),
    ("p9", "spec", ""),
    ("vtpm", "spec", ""),
    ("vdispl", "spec", ""),
    ("pvcalls", "spec", ""),
    ("vsnd", "spec", ""),
    ("channel", "spec", ""),
    ("vif", "spec", ""),
    ("vif2", "vif2", ""),
    ("vfb", "spec", ""),
    ("usbctrl", "spec", ""),
    ("usbdev", "spec", ""),
    ("cpuid", "spec", ""),
    ("device_model", "device_model", ""),
    _device_model_version,
    ("device_model_stubdomain_override", "boolean", ""),
    ("device_model_stubdomain_seclabel", "string", ""),
    ("device_model_user", "string", ""),
    ("stubdomain_kernel", "string", ""),
    ("stubdomain_cmdline", "string", ""),
    ("stubdomain_ramdisk", "string", ""),
    ("stubdomain_memory", "mebibytes", ""),
    ("device_model_args", "string_list", ""),
    ("device_model_args_pv", "string_list", ""),
    ("device_model_args_hvm", "string_list", ""),
    _displays,
    ("dm_restrict", "boolean", ""),
    ("vga", "exact", "hvm"),
    ("stdvga", "stdvga", "hvm"),
    ("hdtype", "enum", "hvm"),
    ("keymap", "string", "hvm"),
    ("spice", "boolean", "hvm"),
    ("spiceport", "long", "hvm"),
    ("spicetls_port", "long", "hvm"),
    ("spicehost", "string", "hvm"),
    ("spicedisable_ticketing", "boolean", "hvm"),
    ("spicepasswd", "string", "hvm"),
    ("spiceagent_mouse", "boolean", "hvm"),
    ("spicevdagent", "boolean", "hvm"),
    ("spice_clipboard_sharing", "boolean", "hvm"),
    ("spiceusbredirection", "long", "hvm"),
    ("spice_image_compression", "string", "hvm"),
    ("spice_streaming_video", "string", "hvm"),
    ("nographic", "boolean", "hvm"),
    ("gfx_passthru", "number_or_name", "hvm"),
    ("serial", "string_or_list", "hvm"),
    ("boot", "string", "hvm"),
    ("usb", "boolean", "hvm"),
    ("usbversion", "long", "hvm"),
    ("usbdevice", "string_or_list", "hvm"),
    ("vkb_device", "boolean", "hvm"),
    ("soundhw", "string", "hvm"),
    ("xen_platform_pci", "boolean", "hvm"),
    ("xen_platform_pci_bar_uc", "boolean", "hvm"),
    _display_twice,
    ("vendor_device", "enum", "hvm"),
    ("gic_version", "enum", ""),
    ("tee", "enum", ""),
    ("sve", "enum", ""),
    ("nr_spis", "unsigned", ""),
    ("trap_unmapped_accesses", "boolean", ""),
    ("arm_sci", "arm_sci", ""),
    ("vkb", "spec", ""),
    ("virtio", "spec", ""),
    ("xend_suspend_evtchn_compat", "boolean", ""),
    ("msr_relaxed", "msr_relaxed", ""),
    ("vpmu", "boolean", ""),
)
#: keys that one guest type alone read before 4.10
_OLD_GUESTS = {
    "acpi": "hvm",
    "apic": "hvm",
    "bootloader": "pv",
    "bootloader_args": "pv",
    "nestedhvm": "hvm",
    "timer_mode": "hvm",
}
_READERS: dict[str, Callable[[Session, str], None]] = {
    "altp2m_count": _altp2m_count,
    "altp2mhvm": _altp2mhvm,
    "arm_sci": _arm_sci,
    "bios_override": _bios_override,
    "bootloader_args": _bootloader_args,
    "bounded": _bounded,
    "device_model": _device_model,
    "dtdev": _dtdev,
    "enum": _enum,
    "exact": _exact,
    "mmio_hole": _mmio_hole,
    "msr_relaxed": _msr_relaxed,
    "number_or_name": _number_or_name,
    "spec": specs.read,
    "stdvga": _stdvga,
    "string_list": _string_list,
    "string_or_list": _string_or_list,
    "uuid": _uuid,
    "vcpus": _vcpus,
    "vif2": _vif2,
    "vmtrace": _vmtrace,
    "vncviewer": _vncviewer,
}


def run(s: Session) -> None:
    """Reads every key of the file in xl's order."""
    present = s.settings.by_name
    for step in _STEPS:
        if not isinstance(step, tuple):
            step(s)
            continue
        key, how, guests = step
        if key not in present or not s.has(key):
            continue
        if s.minor < 10 and key in _OLD_GUESTS:
            guests = _OLD_GUESTS[key]
        if guests and s.guest != guests:
            # the keymap of a PV guest belongs to the displays
            if s.guest is not None and not (key == "keymap" and s.guest == "pv"):
                s.say_key("key.other-guest-type", key, guest=s.guest, guests=[guests])
            continue
        reader = _READERS.get(how)
        if reader is not None:
            reader(s, key)
        else:
            getattr(s, how)(key)
        if key == "kernel" and s.guest == "hvm":
            _hvm_kernel(s)


def old_syntax(s: Session) -> None:
    """`+=` came with 4.13 and a list in a list with 4.6: a syntax error before."""
    for setting in s.settings.document.settings:
        if setting.op == "+=":
            s.say("syntax.plus-equals", setting.name, setting.start, setting.end)
        if s.minor < 6 and setting.value.is_list:
            for item in setting.value.items:
                if item.is_list:
                    s.say("syntax.nested-list", setting.name, item.start, item.end)
                    break
