"""How xl reads one key: the readers that the catalogue names for keys.

A reader gets what is read so far and the name of a key that is set, notes what xl refuses or skips,
and leaves what xl would use in `reader.values[key]`.
"""

from __future__ import annotations

from xlcfg.catalogue._compiled.guest import NAMES
from xlcfg.model.xl.ctext import int32, strtok
from xlcfg.model.xl.reader import ConfigReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_INT_MAX = 2**31 - 1


def names_of(key: str, minor: int) -> list[str]:
    """The names that a release takes for the key, as the catalogue has them."""
    return [name for name, first, last in NAMES[key] if first <= minor <= last]


def exact_name(reader: ConfigReader, key: str) -> None:
    """A name that xl compares as it is."""
    text = reader.string(key)
    if text is None:
        return
    accepted = names_of(key, reader.minor)
    if text not in accepted:
        reader.report_key("enum.unknown", key, text=text, accepted=accepted)


def _name_in(reader: ConfigReader, key: str, text: str) -> None:
    """A name that libxl compares whatever its case."""
    accepted = names_of(key, reader.minor)
    reader.values[key] = text.lower()
    if text.lower() not in accepted:
        reader.report_key("enum.unknown", key, text=text, accepted=_advised(accepted))


def _advised(names: list[str]) -> list[str]:
    """Without libxl's own word for "not given", which is no advice."""
    return [name for name in names if name != "unknown"]


def name(reader: ConfigReader, key: str) -> None:
    """A name of an enumeration of libxl."""
    atom = reader.atom(key)
    if atom is not None:
        _name_in(reader, key, atom.text)


def _number_or_name(reader: ConfigReader, key: str, old: bool = False) -> None:
    """The number of a name, or the name; xl advises against the number if it is `old`."""
    number = reader.number(key, quiet=True)
    if number is None:
        name(reader, key)
        return
    accepted = _advised(names_of(key, reader.minor))
    if not 0 <= number < len(accepted):
        reader.report_key("enum.unknown", key, text=str(number), accepted=accepted)
        return
    reader.values[key] = accepted[number]
    if old:
        reader.report_key("enum.number", key, text=str(number), name=accepted[number])


def _old_number_or_name(reader: ConfigReader, key: str) -> None:
    _number_or_name(reader, key, old=True)


def _timer_mode(reader: ConfigReader, key: str) -> None:
    if reader.guest != "pv":
        _number_or_name(reader, key, old=True)
    elif reader.atom(key) is not None:
        reader.report_key("timer_mode.pv", key)


def _boolean_or_name(reader: ConfigReader, key: str) -> None:
    """A boolean, and since names came a name as well."""
    if not names_of(key, reader.minor):
        reader.boolean(key)
        return
    number = reader.number(key, quiet=True)
    if number is None:
        name(reader, key)
    else:
        reader.values[key] = number != 0


def _uuid(reader: ConfigReader, key: str) -> None:
    from xlcfg.model.xl.specs.simple import is_uuid

    text = reader.string(key)
    if text is not None and not is_uuid(text):
        reader.report_key("uuid.bad", key, text=text)


def _vcpus(reader: ConfigReader, key: str) -> None:
    number = reader.number(key)
    if number is None:
        return
    reader.values[key] = number
    if reader.minor >= 22:
        number = max(number, 1)
        reader.values[key] = number
    # what libxl allocates: the number as a C int
    if int32(number) < 0:
        reader.report_key("vcpus.negative", key, text=str(number))
    elif number > _INT_MAX:
        reader.report_key("vcpus.endless", key, text=str(number))


def _bounded(reader: ConfigReader, key: str) -> None:
    """A bad number ends xl without a message since 4.12."""
    if reader.minor < 12:
        reader.long(key)
        return
    number = reader.number(key, quiet=True)
    if number is None or not 0 <= number <= _INT_MAX:
        value = reader.settings.by_name[key].value
        text = "" if value.is_list else value.text
        reader.report_key("number.silent-exit", key, text=text, limit=_INT_MAX)
    else:
        reader.values[key] = number


def _strings(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is not None:
        reader.values[key] = [atom.text for atom in atoms]


def _vncviewer(reader: ConfigReader, key: str) -> None:
    if reader.minor < 5:
        reader.boolean(key)
    elif reader.number(key) is not None:
        reader.report_key("key.no-effect", key)


def _bootloader_args(reader: ConfigReader, key: str) -> None:
    value = reader.settings.by_name[key].value
    if value.is_list:
        reader.values[key] = [atom.text for atom in reader.until_nested(key, value.items)]
        return
    found = strtok(value.text, " \t\n")
    reader.values[key] = [word for _, word in found]
    if found:
        reader.report_key("bootloader_args.string", key)
    else:
        reader.report_key("bootloader_args.empty", key, text=value.text)


def _string_or_list(reader: ConfigReader, key: str) -> None:
    value = reader.settings.by_name[key].value
    if value.is_list and key == "serial" and reader.minor < 5:
        reader.report_key("type.list-for-value", key)
    elif value.is_list:
        reader.values[key] = [atom.text for atom in reader.until_nested(key, value.items)]
    else:
        reader.values[key] = value.text


def _required_strings(reader: ConfigReader, key: str) -> None:
    """Like `device_model_args`: a single value is refused."""
    value = reader.settings.by_name[key].value
    if value.is_list:
        reader.values[key] = [atom.text for atom in reader.until_nested(key, value.items)]
    else:
        reader.report_key("list.required", key)


def _kernel(reader: ConfigReader, key: str) -> None:
    reader.string(key)
    if reader.guest == "hvm":
        _hvm_kernel(reader)


def _keymap(reader: ConfigReader, key: str) -> None:
    # that of a PV guest belongs to the displays
    if reader.guest != "pv":
        reader.string(key)


def _hvm_kernel(reader: ConfigReader) -> None:
    """A kernel called hvmloader is a leftover of xend."""
    kernel = reader.values.get("kernel")
    if reader.minor < 5 and kernel is not None:
        reader.report_key("kernel.hvm-ignored", "kernel")
        del reader.values["kernel"]
    elif isinstance(kernel, str) and kernel.rpartition("/")[2] == "hvmloader":
        reader.report_key("kernel.hvmloader", "kernel", text=kernel)
        del reader.values["kernel"]


def _bios_override(reader: ConfigReader, key: str) -> None:
    reader.string(key)
    if key in reader.values and not reader.has("bios"):
        reader.report_key("bios_path_override.alone", key)


def _mmio_hole(reader: ConfigReader, key: str) -> None:
    number = reader.number(key)
    if number is None:
        return
    size = (number << 20) & (2**64 - 1)
    reader.values[key] = (number << 10) & (2**64 - 1)
    if not 256 << 20 <= size <= 3840 << 20:
        reader.report_key("number.out-of-bounds", key, text=str(number), least=256, most=3840)


def _altp2mhvm(reader: ConfigReader, key: str) -> None:
    if reader.boolean(key) is not None and reader.minor >= 9:
        reader.report_key("altp2mhvm.old", key)


def _altp2m_count(reader: ConfigReader, key: str) -> None:
    number = reader.number(key, quiet=True)
    if number is None:
        reader.report_key("number.silently-ignored", key)
    elif not 0 <= number <= 65535:
        reader.report_key("number.out-of-bounds", key, text=str(number), least=0, most=65535)
    else:
        reader.values[key] = number


def _vmtrace(reader: ConfigReader, key: str) -> None:
    number = reader.number(key, quiet=True)
    if number is None:
        reader.report_key("number.silently-ignored", key)
    elif number:
        reader.long(key)


def _no_effect(reader: ConfigReader, key: str) -> None:
    """A list that xl reads only to ignore it."""
    if reader.items(key) is not None:
        reader.report_key("key.no-effect", key)


def _device_model(reader: ConfigReader, key: str) -> None:
    if reader.atom(key) is not None:
        reader.report_key("device_model.ignored", key)


def _stdvga(reader: ConfigReader, key: str) -> None:
    if "vga" in reader.values:
        stdvga = reader.number(key, quiet=True)
        if stdvga is None or bool(stdvga) != (reader.values["vga"] == "stdvga"):
            reader.report_key("stdvga.vga-wins", key)
    else:
        reader.boolean(key)


def _arm_sci(reader: ConfigReader, key: str) -> None:
    atom = reader.atom(key)
    if atom is None:
        return
    for at, word in strtok(atom.text, ","):
        name, equals, value = word.partition("=")
        if not equals or name != "type":
            args: dict[str, object] = {"accepted": ["type"]}
            reader.report_word("arm_sci.unknown-key", key, atom, at, name, **args)
        elif value.lower() not in ("none", "scmi_smc"):
            args = {"name": name, "accepted": ["none", "scmi_smc"]}
            reader.report_word("spec.unknown-value", key, atom, at + 5, value, **args)
        else:
            reader.values[key] = value.lower()


def _msr_relaxed(reader: ConfigReader, key: str) -> None:
    if reader.boolean(key) is not None:
        reader.report_key("msr_relaxed.going", key)


#: the readers that the catalogue names, by kind or for a key (`read_as`)
READERS: dict[str, Callable[[ConfigReader, str], object]] = {
    "altp2m_count": _altp2m_count,
    "altp2mhvm": _altp2mhvm,
    "arm_sci": _arm_sci,
    "bios_override": _bios_override,
    "boolean": ConfigReader.boolean,
    "boolean_or_name": _boolean_or_name,
    "bootloader_args": _bootloader_args,
    "bounded": _bounded,
    "device_model": _device_model,
    "exact_name": exact_name,
    "kernel": _kernel,
    "keymap": _keymap,
    "long": ConfigReader.long,
    "mebibytes": ConfigReader.mebibytes,
    "mmio_hole": _mmio_hole,
    "msr_relaxed": _msr_relaxed,
    "name": name,
    "no_effect": _no_effect,
    "number_or_name": _number_or_name,
    "old_number_or_name": _old_number_or_name,
    "required_strings": _required_strings,
    "stdvga": _stdvga,
    "string": ConfigReader.string,
    "string_or_list": _string_or_list,
    "strings": _strings,
    "timer_mode": _timer_mode,
    "unsigned": ConfigReader.unsigned,
    "uuid": _uuid,
    "vcpus": _vcpus,
    "vmtrace": _vmtrace,
    "vncviewer": _vncviewer,
}
