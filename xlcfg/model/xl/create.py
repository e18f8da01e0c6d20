"""The order in which `xl create` reads the keys of a guest config.

The order, and how each key is read, is the catalogue's to say (`data/guest_options.json`): that of
the newest xl; older ones read fewer keys. Here are the steps that read several keys together, or do
more than read.
"""

from __future__ import annotations

from xlcfg.catalogue._compiled.guest import ONCE, ORDER, STEPS
from xlcfg.model.xl import keys, specs
from xlcfg.model.xl.ctext import int32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.model.xl.reader import ConfigReader


def _type(reader: ConfigReader) -> None:
    """`type` and `builder`: any beginning of a name counts as the name."""
    guest = None
    broken = False
    atom = reader.atom("type")
    if atom is not None:
        guest = next((t for t in ("hvm", "pv", "pvh") if t.startswith(atom.text)), None)
        if guest is None:
            broken = True
            reader.report_key("type.unknown", "type", text=atom.text, accepted=["pv", "pvh", "hvm"])
        elif guest != atom.text:
            reader.report_key("type.abbreviated", "type", text=atom.text, value=guest)
    atom = reader.atom("builder")
    if atom is not None:
        built = next((b for b in ("hvm", "generic") if b.startswith(atom.text)), None)
        if built is None and reader.minor < 10:
            reader.report_key("type.builder-means-pv", "builder", text=atom.text)
            built = "generic"
        built = "pv" if built == "generic" else built
        if built is None:
            broken = True
            reader.report_key(
                "type.unknown", "builder", text=atom.text, accepted=["generic", "hvm"]
            )
        elif guest is not None and guest != built:
            broken = True
            reader.report_key("type.contradiction", "builder", text=atom.text, guest=guest)
        else:
            guest = built
    if guest is None and not broken:
        guest = "pvh" if reader.arch.startswith(("arm", "riscv")) and reader.minor >= 10 else "pv"
    reader.guest = None if broken else guest
    if guest is not None and not broken:
        reader.values["type"] = guest


def _name(reader: ConfigReader) -> None:
    if reader.string("name") is None:
        reader.report_key("name.missing", "name")
        reader.broken.add("name")


def _maxvcpus(reader: ConfigReader) -> None:
    """`maxvcpus`, `vnuma` and what follows from them: `max_vcpus` and `max_memkb`."""
    value = reader.long("maxvcpus")
    vcpus = reader.values.get("vcpus")
    maximum = value or 0
    reader.values["max_vcpus"] = maximum
    if reader.has("vuart"):
        keys.name(reader, "vuart")
    if reader.has("vnuma"):
        specs.read(reader, "vnuma", "vnuma")
        if "vnuma_vcpus" in reader.values and "vnuma" not in reader.broken:
            maximum = _match_vnuma(reader, maximum)
    wanted = vcpus if isinstance(vcpus, int) else (1 if reader.minor >= 22 else 0)
    if maximum == 0:
        maximum = int32(wanted)
    reader.values["max_vcpus"] = maximum
    if maximum < wanted and "vcpus" not in reader.broken and reader.minor >= 6:
        key = "maxvcpus" if reader.has("maxvcpus") else "vcpus"
        reader.report_key("vcpus.above-maximum", key, vcpus=wanted, maximum=maximum)


def _match_vnuma(reader: ConfigReader, maximum: int) -> int:
    total = reader.values["vnuma_vcpus"]
    memkb = reader.values["vnuma_memkb"]
    assert isinstance(total, int)
    if maximum:
        if maximum & (2**64 - 1) != total:
            reader.report_key("vnuma.vcpus-differ", "vnuma", vcpus=total, maximum=maximum)
    elif reader.host is not None and total > reader.host.cpus:
        reader.report_key("vnuma.too-many-vcpus", "vnuma", vcpus=total, cpus=reader.host.cpus)
    else:
        maximum = int32(total)
    stated = reader.values.get("maxmem")
    if stated is not None and stated != memkb:
        reader.report_key("vnuma.memory-differs", "vnuma", maxmem=stated, total=memkb)
    reader.values["max_memkb"] = memkb
    return maximum


def _kernel_line(reader: ConfigReader) -> None:
    """`cmdline`, or `root` and `extra` together."""
    cmdline = reader.string("cmdline")
    root = reader.string("root")
    extra = reader.string("extra")
    line = cmdline
    if cmdline is not None:
        for key in ("root", "extra"):
            if key in reader.values:
                reader.report_key("cmdline.wins", key)
                del reader.values[key]
    elif root is not None:
        line = f"root={root}" if extra is None else f"root={root} {extra}"
    else:
        line = extra
    if line is not None:
        reader.values["kernel_line"] = line


def _firmware(reader: ConfigReader) -> None:
    """`firmware`, and the rule that PV and PVH need something to boot."""
    key = "firmware"
    text = reader.string(key)
    if reader.guest == "hvm":
        if text is None:
            return
        names = ("rombios", "seabios", "ovmf", "unknown")
        if text.lower() in names:
            reader.values["bios"] = text.lower()
        elif "uefi".startswith(text):
            reader.values["bios"] = "ovmf"
        return
    if reader.guest is None:
        return
    if text is not None:
        if "kernel" in reader.values:
            reader.report_key("firmware.with-kernel", key, text=text)
        if not ("pvgrub32".startswith(text) or "pvgrub64".startswith(text)):
            reader.report_key("enum.unknown", key, text=text, accepted=["pvgrub32", "pvgrub64"])
    elif "kernel" not in reader.values and "bootloader" not in reader.values:
        reader.report_key("boot.nothing", "kernel", guest=reader.guest)


def _device_model_version(reader: ConfigReader) -> None:
    override = reader.string("device_model_override")
    key = "device_model_version"
    keys.exact_name(reader, key)
    if key not in reader.values and override is not None:
        reader.report_key("device_model_override.alone", "device_model_override")


#: display settings that switch something on or off
_SWITCHES = ("sdl", "opengl", "vncunused")


def _displays(reader: ConfigReader) -> None:
    """The top-level VNC and SDL keys: for PV only without `vfb` and with `vnc` on."""
    if reader.guest is None:
        return
    present = [(key, how) for key, how in STEPS["displays"] if reader.has(key)]
    if reader.guest == "pv" and not reader.values.get("vfb"):
        on = reader.number("vnc")
        if on is not None:
            reader.values["vnc"] = on != 0
        if not on:
            for key, _ in present:
                if key != "vnc" and not (key in _SWITCHES and reader.number(key, quiet=True) == 0):
                    # one that is off as well does what was meant
                    reader.report_key("vnc.off", key)
            return
        present = [(key, how) for key, how in present if key != "vnc"]
        reader.string("keymap")
    for key, how in present:
        keys.READERS[how](reader, key)
        if reader.guest == "pvh":
            reader.report_key("key.other-guest-type", key, guest="pvh", guests=["pv", "hvm"])
            reader.values.pop(key, None)
        elif reader.guest == "pv" and reader.values.get("vfb"):
            reader.report_key("vnc.vfb-wins", key)
            reader.values.pop(key, None)


def _display_twice(reader: ConfigReader) -> None:
    listen = reader.values.get("vnclisten")
    if (
        reader.guest == "hvm"
        and isinstance(listen, str)
        and ":" in listen
        and reader.values.get("vncdisplay")
    ):
        reader.report_key("vnc.display-twice", "vnclisten", text=listen)


#: the steps that the catalogue names (`read_with`); xl goes through each of them in every file
STEP_READERS: dict[str, Callable[[ConfigReader], None]] = {
    "device_model_version": _device_model_version,
    "displays": _displays,
    "firmware": _firmware,
    "kernel_line": _kernel_line,
    "maxvcpus": _maxvcpus,
    "name": _name,
    "type": _type,
}


def run(reader: ConfigReader) -> None:
    """Reads every key of the file in xl's order."""
    present = reader.settings.by_name
    for key, how, guests in ORDER:
        if not key:
            STEP_READERS[how](reader)
            continue
        if key == "vendor_device":
            # between two keys, and whether this one is set or not
            _display_twice(reader)
        elif key == "e820_host":
            # libxl has done something that leaves another errno
            reader.range_error = False
        if key not in present or not reader.has(key):
            continue
        if key in ONCE:
            until, types = ONCE[key]
            if reader.minor <= until:
                guests = types
        if guests and reader.guest not in guests:
            if reader.guest is not None:
                about = {"guest": reader.guest, "guests": list(guests)}
                reader.report_key("key.other-guest-type", key, **about)
            continue
        read = keys.READERS.get(how)
        if read is not None:
            read(reader, key)
        else:
            specs.read(reader, key, how.removeprefix("specs."))


def old_syntax(reader: ConfigReader) -> None:
    """`+=` came with 4.13 and a list in a list with 4.6: a syntax error before."""
    for setting in reader.settings.document.settings:
        if setting.op == "+=":
            reader.report("syntax.plus-equals", setting.name, setting.start, setting.end)
        if reader.minor < 6 and setting.value.is_list:
            for item in setting.value.items:
                if item.is_list:
                    reader.report("syntax.nested-list", setting.name, item.start, item.end)
                    break
