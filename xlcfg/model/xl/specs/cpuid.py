"""`cpuid`: what the guest's CPUID shows.  xl reports mistakes and goes on without that part."""

from __future__ import annotations

from xlcfg.model.xl.ctext import strtok, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

#: flags of the ARCH_CAPABILITIES MSR, which take one character
_IN_MSR = frozenset(
    (
        "rdcl-no",
        "eibrs",
        "rsba",
        "skip-l1dfl",
        "intel-ssb-no",
        "mds-no",
        "if-pschange-mc-no",
        "tsx-ctrl",
        "taa-no",
        "mcu-ctrl",
        "misc-pkg-ctrl",
        "energy-filtering",
        "doitm",
        "sbdr-ssdp-no",
        "fbsdp-no",
        "psdp-no",
        "mcu-ext",
        "fb-clear",
        "fb-clear-ctrl",
        "rrsba",
        "bhi-no",
        "xapic-status",
        "ovrclk-status",
        "pbrsb-no",
        "gds-ctrl",
        "gds-no",
        "rfds-no",
        "rfds-clear",
        "ign-umonitor",
        "mon-umon-mitg",
        "pb-opt-ctrl",
        "its-no",
    )
)


def read(reader: ConfigReader, key: str) -> None:
    value = reader.settings.by_name[key].value
    if value.is_list:
        for atom in reader.until_nested(key, value.items):
            _leaf(reader, key, atom)
        reader.values[key] = [atom.text for atom in reader.until_nested(key, value.items)]
        return
    reader.values[key] = value.text
    found = strtok(value.text, ",")
    if found and found[0][1] != "host":
        reader.report_word("cpuid.not-host", key, value, found[0][0], found[0][1])
        del reader.values[key]
        return
    for at, word in found[1:]:
        _flag(reader, key, value, at, word)


def _flag(reader: ConfigReader, key: str, atom: Atom, at: int, word: str) -> None:
    name, equals, value = word.partition("=")
    if not equals:
        reader.report_word("cpuid.no-value", key, atom, at, word)
        return
    from xlcfg.catalogue import grammar

    runs = grammar("cpuid")["libxl_form"]["flags"].get(name)
    place = at + len(name) + 1
    if runs is None or reader.minor < int(runs[0].partition(".")[2]):
        reader.report_word("cpuid.unknown-flag", key, atom, at, name)
    elif name in _IN_MSR and reader.minor >= 18:
        if value not in ("0", "1", "x", "k", "s"):
            reader.report_word("cpuid.bad-value", key, atom, place, value)
    elif strtoul(value, 0)[1] == 0 and value[:1] not in ("x", "k", "s"):
        reader.report_word("cpuid.bad-value", key, atom, place, value)


def _leaf(reader: ConfigReader, key: str, atom: Atom) -> None:
    """The xend form: `LEAF[,SUBLEAF]:reg=<32 characters>[,reg=...]`."""
    text = atom.text
    _, end = strtoul(text, 0)
    if end == 0:
        reader.report_word("cpuid.bad-leaf", key, atom, 0, text)
        return
    if text[end : end + 1] == ",":
        start = end + 1
        _, end = strtoul(text, 0, start)
        if end == start:
            reader.report_word("cpuid.bad-leaf", key, atom, start, text[start:])
            return
    if text[end : end + 1] != ":":
        reader.report_word("cpuid.bad-leaf", key, atom, end, text[end:])
        return
    at = end + 1
    while at < len(text):
        equals = text.find("=", at)
        register = text[at : at + 3]
        good = len(register) == 3 and register[0] == "e" and register[2] == "x"
        if not good or register[1] not in "abcd" or equals < 0:
            reader.report_word("cpuid.bad-register", key, atom, at, text[at:].partition("=")[0])
            return
        comma = text.find(",", equals)
        stop = len(text) if comma < 0 else comma
        if stop - equals - 1 != 32:
            reader.report_word("cpuid.bad-policy", key, atom, equals + 1, text[equals + 1 : stop])
            return
        at = stop + (comma >= 0)
