"""`ioports`, `irqs`, `iomem` and `llc_colors`: numbers and ranges of numbers.

A nested list is refused here, not skipped.
"""

from __future__ import annotations

from xlcfg.model.xl.ctext import UINT_MAX, scan, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom


def read(reader: ConfigReader, key: str) -> None:
    items = reader.items(key)
    if items is None:
        return
    one = {"ioports": _port, "irqs": _irq, "iomem": _memory, "llc_colors": _colors}[key]
    values = []
    for item in items:
        if item.is_list:
            reader.report("list.nested-item", key, item.start, item.end)
        else:
            value = one(reader, key, item)
            if value is not None:
                values.append(value)
    reader.values[key] = values


def _port(reader: ConfigReader, key: str, atom: Atom) -> object:
    text = atom.text
    first, end = strtoul(text, 16)
    if end == 0:
        reader.report_word("spec.not-a-number", key, atom, 0, text)
        return None
    if first >= UINT_MAX:
        reader.report_word("number.too-big", key, atom, 0, text[:end], limit=UINT_MAX - 1)
        return None
    last = first
    if text[end : end + 1] == "-":
        last, stop = strtoul(text, 16, end + 1)
        if stop == end + 1 or stop != len(text):
            reader.report_word("spec.not-a-number", key, atom, end + 1, text[end + 1 :])
            return None
        if last >= UINT_MAX:
            reader.report_word("number.too-big", key, atom, end + 1, text[end + 1 :])
            return None
        if last < first:
            reader.report_word("ioports.reversed", key, atom, 0, text)
    elif end < len(text):
        reader.report_word("ioports.junk", key, atom, end, text[end:])
    return {"first": first, "number": (last - first + 1) & UINT_MAX}


def _irq(reader: ConfigReader, key: str, atom: Atom) -> object:
    text = atom.text
    value, end = strtoul(text, 10)
    if end == 0 or (end != len(text) and reader.minor >= 7):
        reader.report_word("spec.not-a-number", key, atom, 0, text)
        return None
    if end != len(text):
        reader.report_word("irqs.junk", key, atom, end, text[end:])
    if value >= UINT_MAX:
        reader.report_word("number.too-big", key, atom, 0, text, limit=UINT_MAX - 1)
        return None
    return value


def _memory(reader: ConfigReader, key: str, atom: Atom) -> object:
    """`sscanf(text, "%lx,%lx@%lx")`, nothing behind it."""
    text = atom.text
    start, at = reader.scan(text, 16)
    error = reader.range_error
    count, end = reader.scan(text, 16, at + 1) if at >= 0 and text[at : at + 1] == "," else (0, -1)
    if end == len(text):
        # at the end of a text, where it looks for an `@`, glibc puts the old errno back
        reader.range_error = error
    if end < 0:
        reader.report_word("iomem.syntax", key, atom, 0, text)
        return None
    fields = {"start": start, "number": count}
    if text[end : end + 1] == "@":
        gfn, stop = reader.scan(text, 16, end + 1)
        if stop >= 0:
            fields["gfn"] = gfn
            end = stop
    if end != len(text):
        kind = "iomem.syntax" if reader.minor >= 7 else "iomem.junk"
        reader.report_word(kind, key, atom, end, text[end:])
    return fields


def _colors(reader: ConfigReader, key: str, atom: Atom) -> object:
    """`sscanf` `%u-%u`, else `%u`; what follows does not matter."""
    text = atom.text
    first, end = scan(text, 10)
    if end < 0:
        reader.report_word("spec.not-a-number", key, atom, 0, text)
        return None
    first &= UINT_MAX
    last = first
    if text[end : end + 1] == "-":
        value, stop = scan(text, 10, end + 1)
        if stop >= 0:
            last, end = value & UINT_MAX, stop
    if first > last:
        reader.report_word("llc_colors.reversed", key, atom, 0, text)
        return None
    if last == UINT_MAX:
        reader.report_word("llc_colors.endless", key, atom, 0, text)
        return None
    if end < len(text):
        reader.report_word("llc_colors.junk", key, atom, end, text[end:])
    return [first, last]
