"""Devices that QEMU emulates: sound, USB, serial ports, graphics passthrough, and its user."""

from __future__ import annotations

import re

from xlcfg.model.xl.late import emulated, report_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

_SOUND = ("ac97", "adlib", "cs4231a", "es1370", "gus", "hda", "sb16")
_SOUND_WORDS = {"ich6": "hda", "ich9": "hda", "intel-hda": "hda", "es1371": "es1370"}
_SINCE_SOUND = 17
#: from here on hosts have QEMU 9 or newer, as a rule
_NEWER = 20
SPICE_PASSWORD = 18
_SINCE_GRAPHICS = 8
_SINCE_USER = 12
#: USB devices that some QEMU has under these names
_USB = ("mouse", "tablet", "wacom-tablet", "keyboard", "braille", "serial", "disk", "net", "ccid",
        "audio", "bt", "u2f", "storage", "hub")  # fmt: skip
#: and those that have had a parameter, or no such name any more, since parameters are gone
_USB_GONE = ("serial", "disk", "net", "ccid", "audio", "bt", "u2f", "storage", "hub")
_NO_PARAMETERS = 17
_NO_HOST = 13
#: what QEMU takes for a serial port: whole words, and what follows a word
_SERIAL = ("null", "pty", "stdio", "msmouse", "braille", "testdev", "wctablet", "none")
_SERIAL_FORMS = (
    (r"vc(?!:)|vc:\d{1,7}(x\d|Cx\d)", "vc", "vc:WIDTHxHEIGHT, or vc:COLUMNSCxROWSC"),
    (r"(file|pipe|unix):.", "file: pipe: unix:", "a path behind it"),
    (r"(tcp|telnet|tn3270):[^:]*:[^,]", "tcp: telnet: tn3270:", "tcp:HOST:PORT, or tcp::PORT"),
    (r"websocket:[^:]*:[^,]+,(.*,)?server\b", "websocket:", "websocket:HOST:PORT,server"),
    (r"udp:[^:]*:[^@,]", "udp:", "udp:HOST:PORT"),
    (r"pty:|/dev/|COM", "pty: /dev/ COM", ""),
)
_WAITS = re.compile(r"(tcp|telnet|tn3270|websocket|unix):[^,]*,(.*,)?server(=on)?(?![\w=])")
_WAITS_NOT = re.compile(r",(nowait|wait=(off|no)|nodelay,nowait)\b")
_FIRMWARE = ("bios", "seabios", "rombios", "ovmf", "uefi")
#: options of QEMU, of any version
_OPTIONS = (
    "D L S accel acpi acpitable action add-fd alt-grab append async-teardown audio audio-help "
    "audiodev balloon bios blockdev boot bootp bt cdrom chardev chroot clock compat cpu ctrl-grab "
    "curses d daemonize debugcon device dfilter display drive dtb dump-vmstate echr enable-fips "
    "enable-hax enable-kvm enable-nesting enable-sync-profile fda fdb fsdev full-screen fw_cfg g "
    "gdb gfx_passthru global gtk h hax hda hdachs hdb hdc hdd help icount igd-passthru incoming "
    "initrd iscsi jitdump k kernel loadvm localtime m machine mem-path mem-prealloc mon monitor "
    "msg mtdblock name nand net netdev nic no-acpi no-fd-bootchk no-frame no-hpet no-kvm no-kvm- "
    "irqchip no-kvm-pit no-kvm-pit-reinjection no-quit no-reboot no-shutdown no-user-config "
    "nodefaults nodefconfig nographic nouserconfig numa object old-param one-insn-per-tb only- "
    "migratable option-rom osi overcommit parallel perfmap pflash pidfile plugin portrait "
    "preconfig prom-env qmp qmp-pretty qtest qtest-log readconfig realtime redir rotate rtc rtc- "
    "td-hack run-with runas s sandbox sd sdl seed semihosting semihosting-config serial set shim "
    "show-cursor singlestep smb smbios smp snapshot soundhw spice startdate std-vga target-help "
    "tb-size tdf tftp trace trace-unassigned usb usbdevice uuid version vga virtfs virtfs_synth "
    "virtioconsole vmcoreinfo vnc watchdog watchdog-action win2k-hack writeconfig xen-attach xen- "
    "create xen-domid xen-domid-restrict xen-emulated"
)
#: of these, the ones that have gone, and the release whose own QEMU lacks them
_OPTIONS_GONE = {
    **dict.fromkeys(("balloon", "localtime", "no-kvm", "no-kvm-pit", "startdate", "tdf"), 17),
    **dict.fromkeys(("realtime", "show-cursor"), 17),
    **dict.fromkeys(("alt-grab", "ctrl-grab", "no-quit", "soundhw"), 18),
}
_PTY_PATH = 20


def run(reader: ConfigReader) -> None:
    _usb_controllers(reader)
    user = reader.values.get("device_model_user")
    if user == "root" and reader.guest == "hvm" and reader.minor >= _SINCE_USER:
        reader.report_key("device_model_user.root", "device_model_user")
    if not emulated(reader):
        return
    values = reader.values
    sound = values.get("soundhw")
    if isinstance(sound, str) and reader.minor >= _SINCE_SOUND and sound.lower() not in _SOUND:
        meant = _SOUND_WORDS.get(sound.lower())
        cure = f'write "{meant}"' if meant else "write one of: " + ", ".join(_SOUND)
        reader.report_key("soundhw.unknown", "soundhw", text=sound, cure=cure)
    elif isinstance(sound, str) and reader.minor >= _NEWER and not _plays(reader):
        # libxl says -nodefaults, with which these have no driver
        newer(reader, "soundhw", "audio", "soundhw.no-driver", "a default audio driver",
               "no default audio driver available")  # fmt: skip
    if values.get("acpi") is False and reader.minor >= _NEWER:
        newer(reader, "acpi", "no-acpi", "acpi.no-option", "the option -no-acpi",
               "-no-acpi: invalid option")  # fmt: skip
    _usb(reader)
    _serial(reader)
    if "device_model_override" not in values:
        _arguments(reader)
    if (
        values.get("gfx_passthru") in (True, "default")
        and reader.minor >= _SINCE_GRAPHICS
        and not values.get("pci")
        and "pci" not in reader.broken
    ):
        reader.report_key("gfx_passthru.no-device", "gfx_passthru")
    firmware = values.get("firmware")
    if (
        isinstance(firmware, str)
        and firmware
        and "bios" not in values
        and not "bios".startswith(firmware)
        and "/" not in firmware
        and not firmware.endswith((".bin", ".fd", ".elf"))
        and firmware != "hvmloader"
    ):
        reader.report_key("firmware.file", "firmware", text=firmware, accepted=list(_FIRMWARE))


def newer(reader: ConfigReader, key: str, word: str, kind: str, lacks: str, says: str) -> None:
    """What libxl says to the device model and newer ones refuse; `word` is in `emulator_lacks`."""
    host = reader.host
    if host is None or host.emulator_lacks is None:
        reader.report_key(kind, key, text=str(reader.values[key]))
    elif word in host.emulator_lacks:
        reader.report_key("host.emulator", key, text=lacks, says=says)


def _plays(reader: ConfigReader) -> bool:
    """Whether options of the device model may say what plays the sound."""
    given = [reader.values.get(k) for k in ("device_model_args", "device_model_args_hvm")]
    words = [word for words in given if isinstance(words, list) for word in words]
    return "-audio" in words or "-global" in words


def _usb(reader: ConfigReader) -> None:
    values = reader.values
    asked = values.get("usb") is True or "usbdevice" in values
    version = values.get("usbversion")
    if isinstance(version, int) and not asked:
        if version == 0:
            reader.report_key("usbversion.none", "usbversion")
        elif not 1 <= version <= 3:
            reader.report_key("usbversion.range", "usbversion", text=str(version))
    devices = values.get("usbdevice")
    for at, text in enumerate(devices if isinstance(devices, list) else [devices]):
        if not isinstance(text, str):
            continue
        name, colon, _ = text.partition(":")
        why = ""
        if name == "host" and reader.minor >= _NO_HOST:
            why = "usbdevice parameters are not supported anymore"
            cure = 'write usbdev = [ "hostbus=BUS,hostaddr=DEVICE" ]'
        elif colon and reader.minor >= _NO_PARAMETERS:
            why = "usbdevice parameters are not supported anymore"
            cure = f'write "{name}"'
        elif (name not in _USB and name != "host") or (
            name in _USB_GONE and reader.minor >= _NO_PARAMETERS
        ):
            why = f"could not add USB device '{text}'"
            cure = 'write "tablet", "mouse" or "keyboard"'
        if why:
            if isinstance(devices, list):
                report_in(reader, "usbdevice.refused", "usbdevice", at, text, why=why, cure=cure)
            else:
                reader.report_key("usbdevice.refused", "usbdevice", text=text, why=why, cure=cure)


def _usb_controllers(reader: ConfigReader) -> None:
    controllers = reader.values.get("usbctrl")
    if not isinstance(controllers, list) or "usbctrl" in reader.broken:
        return
    for at, controller in enumerate(controllers):
        kind = controller.get("type", "auto")
        emulates = kind == "devicemodel" or (kind == "auto" and reader.guest == "hvm")
        version = controller.get("version") or 2
        ports = controller.get("ports") or 0
        why = word = ""
        if kind == "devicemodel" and reader.guest != "hvm":
            word = "type=devicemodel"
            why = f"a guest of type `{reader.guest}` has no device model to emulate one"
        elif emulates and not 1 <= version <= 3:
            word, why = f"version={version}", "the device model has versions 1, 2 and 3"
        elif not emulates and not 1 <= version <= 2:
            word, why = f"version={version}", "paravirtual ones have version 1 or 2"
        elif emulates:
            most = {1: 2, 2: 6, 3: 15}[version]
            if ports and (ports > most if version == 3 else ports != most):
                word = f"ports={ports}"
                why = (
                    f"one of version {version} has {'at most ' if version == 3 else ''}{most} ports"
                )
        elif ports and not 1 <= ports <= 31:
            word, why = f"ports={ports}", "paravirtual ones have 1 to 31 ports"
        if why:
            report_in(reader, "usbctrl.refused", "usbctrl", at, word, why=why)


def _serial(reader: ConfigReader) -> None:
    serial = reader.values.get("serial")
    for at, text in enumerate(serial if isinstance(serial, list) else [serial]):
        if not isinstance(text, str):
            continue
        bare = text.removeprefix("mon:")
        form = _refused_serial(bare)
        if bare.startswith("pty:") and reader.minor < _PTY_PATH:
            form = "pty without a path, which newer versions know"
        if text.startswith("chardev:") and any(
            k.startswith("device_model_args") for k in reader.values
        ):
            continue  # one that those options make
        facts: dict[str, object] = {}
        kind = "serial.unknown"
        if form:
            kind, facts = "serial.form", {"form": form}
        elif form is None:
            if not _WAITS.match(text) or _WAITS_NOT.search(text):
                continue
            kind = "serial.waits"
        if isinstance(serial, list):
            report_in(reader, kind, "serial", at, text, **facts)
        else:
            reader.report_key(kind, "serial", text=text, **facts)


def _refused_serial(text: str) -> str | None:
    """None for what QEMU takes for a serial port, else the form it should have, "" for no port."""
    if text in _SERIAL:
        return None
    for pattern, words, form in _SERIAL_FORMS:
        if re.match(pattern, text):
            return None
        if text.startswith(tuple(words.split())):
            return form
    return ""


def _arguments(reader: ConfigReader) -> None:
    """Options that no QEMU has; what follows an option may be its value."""
    for key in ("device_model_args", "device_model_args_hvm"):
        words = reader.values.get(key)
        if not isinstance(words, list) or key in reader.broken:
            continue
        for at, word in enumerate(words):
            follows = at > 0 and str(words[at - 1]).startswith("-")
            name = str(word).removeprefix("-").removeprefix("-")
            gone = name in _OPTIONS_GONE and reader.minor >= _OPTIONS_GONE[name]
            unknown = gone or name not in _OPTIONS.split()
            if str(word).startswith("-") and not follows and unknown:
                report_in(reader, "emulator.option", key, at, str(word))
