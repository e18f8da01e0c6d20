"""`vnuma`: virtual NUMA nodes, a list of lists of `key=value`."""

from __future__ import annotations

from xlcfg.model.xl.ctext import ULONG_MAX, strtoul
from xlcfg.model.xl.specs.cpus import ENDLESS
from xlcfg.model.xl.specs.pairs import cut, pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom


def _number(text: str) -> int | None:
    value, end = strtoul(text, 10)
    return None if end == 0 or value == ULONG_MAX else value


def _range(text: str) -> tuple[int, int]:
    """xl's range reader with its verdict ignored: what it leaves in the two numbers."""
    first, end = strtoul(text, 10)
    last = first
    if end and first != ULONG_MAX and text[end : end + 1] == "-":
        last, _ = strtoul(text, 10, end + 1)
    return first, last


def read(reader: ConfigReader, key: str) -> None:
    """Leaves the number of vCPUs and KiB all nodes have in `vnuma_vcpus`, `vnuma_memkb`."""
    items = reader.items(key, quiet=True)
    if items is None:
        # xl does not even warn about a single value
        reader.report_key("type.value-for-list", key)
        return
    if not items:
        return
    nodes = []
    vcpus = memkb = 0
    for item in items:
        if not item.is_list:
            reader.report("spec.not-a-list", key, item.start, item.end, text=item.text)
            continue
        node: dict[str, object] = {}
        for option in item.items:
            if option.is_list:
                reader.report("vnuma.nested-option", key, option.start, option.end)
                continue
            more = _option(reader, key, option, node, len(items))
            vcpus += more[0]
            memkb += more[1]
        nodes.append(node)
    reader.values[key] = nodes
    reader.values["vnuma_vcpus"] = vcpus
    reader.values["vnuma_memkb"] = memkb & ULONG_MAX


def _option(
    reader: ConfigReader, key: str, atom: Atom, node: dict[str, object], count: int
) -> tuple[int, int]:
    """One `key=value`: the vCPUs and KiB it adds."""
    text = atom.text
    halves = pair(text, "=", reader.minor, trim=True)
    if halves is None:
        reader.report_word("spec.no-value", key, atom, 0, text)
        return 0, 0
    name, value = halves
    place = text.find("=") + 1
    if name in ("pnode", "size"):
        number = _number(value)
        if number is None:
            reader.report_word("spec.not-a-number", key, atom, place, value)
            return 0, 0
        if name == "size":
            node["memkb"] = (number << 10) & ULONG_MAX
            return 0, number << 10
        if reader.host is not None and number >= reader.host.nodes:
            reader.report_word("vnuma.no-such-node", key, atom, place, value)
        node["pnode"] = number
        return 0, 0
    if name not in ("vcpus", "vdistances"):
        accepted = ["pnode", "size", "vcpus", "vdistances"]
        reader.report_word("vnuma.unknown-option", key, atom, 0, name, accepted=accepted)
        return 0, 0
    parts = cut(value, ",")
    if not parts:
        reader.report_word("spec.empty-list", key, atom, place, value, name=name)
        return 0, 0
    if name == "vdistances":
        if len(parts) > count:
            # glibc's memory for the distances has some room left at its end
            room = max(24, (4 * count + 23) // 16 * 16 - 8)
            kind = "vnuma.distances" if 4 * len(parts) > room else "vnuma.more-distances"
            reader.report_word(kind, key, atom, place, value, nodes=count)
        for offset, part in parts:
            if _number(part) is None:
                reader.report_word("spec.not-a-number", key, atom, place + offset, part)
                return 0, 0
        node[name] = [int(_number(part) or 0) & 0xFFFFFFFF for _, part in parts]
        return 0, 0
    added = 0
    for offset, part in parts:
        first, last = _range(part)
        if last == ULONG_MAX or last - first > ENDLESS:
            # counted up to the largest number there is, and past it
            reader.report_word("vnuma.endless", key, atom, place + offset, part)
            return 0, 0
        added += max(0, last - first + 1)
    node[name] = value
    return added, 0
