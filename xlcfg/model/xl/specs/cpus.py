"""`cpus` and `cpus_soft`: which physical CPUs the vCPUs may run on."""

from __future__ import annotations

from xlcfg.model.xl.ctext import UINT_MAX, ULONG_MAX, strtok, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom


#: a range of more CPUs keeps xl counting for hours
ENDLESS = 2**36
#: no machine has a CPU of this number
_FAR = 2**16
#: until then xl makes no maps for a guest whose number of vCPUs is not written
_ONE_VCPU = 22


def read_range(text: str) -> tuple[int, int] | None:
    """`N` or `N-M` in decimal; None when xl refuses it, or would count through it for ever."""
    first, end = strtoul(text, 10)
    if end == 0 or first == ULONG_MAX:
        return None
    last = first
    if text[end : end + 1] == "-":
        last, stop = strtoul(text, 10, end + 1)
        if stop == end + 1 or last == ULONG_MAX or last < first or last - first > ENDLESS:
            return None
        end = stop
    return (first, last) if end == len(text) else None


def read(reader: ConfigReader, key: str) -> None:
    """Needs `max_vcpus` in the reader's values: how many maps there are."""
    setting = reader.settings.by_name[key]
    value = setting.value
    count = reader.values.get("max_vcpus")
    vcpus = count if isinstance(count, int) else 0
    if not value.is_list:
        cpus = _one(reader, key, value)
        reader.values[key] = cpus
        if cpus is not None and vcpus > 0:
            _check_empty(reader, key, value, cpus)
        elif cpus is not None and reader.minor < _ONE_VCPU and value.text.strip() != "all":
            reader.report_key("cpus.no-vcpus", key)
        return
    maps = []
    for i, item in enumerate(value.items):
        if i >= vcpus:
            place = (item.start, value.items[-1].end)
            reader.report("cpus.surplus", key, *place, vcpus=vcpus)
            break
        if item.is_list:
            # xl leaves the remaining maps unset and uses them all the same
            reader.report("cpus.nested", key, item.start, item.end)
            break
        cpus = _one(reader, key, item)
        maps.append(cpus)
        if cpus is not None:
            _check_empty(reader, key, item, cpus)
    reader.values[key] = maps


def _bits(first: int, last: int, width: int) -> int:
    """The CPUs of a range below `width`: libxl keeps the number of one in 32 bits."""
    if first > last:
        return 0
    if last - first >= UINT_MAX:
        return (1 << width) - 1
    first, last = first & UINT_MAX, last & UINT_MAX
    if first > last:  # past the end of the numbers, and on from 0
        return _bits(first, UINT_MAX, width) | _bits(0, last, width)
    last = min(last, width - 1)
    return (1 << last + 1) - (1 << first) if first <= last else 0


def _check_empty(reader: ConfigReader, key: str, atom: Atom, cpus: set[int] | str) -> None:
    """No CPU of this host left: refused for `cpus`, fine for `cpus_soft`."""
    if reader.minor >= 8 and key == "cpus" and not cpus and key not in reader.broken:
        words = [word for _, word in strtok(atom.text, ",")]
        kind = "cpus.no-such-cpu" if words else "cpus.empty"
        if words and all(word.startswith("^") for word in words):
            kind = "cpus.only-excluded"
        elif words and _none_anywhere(words):
            kind = "cpus.all-excluded"
        reader.later.append((kind, key, atom.start, atom.end, {"text": atom.text}))


def _none_anywhere(words: list[str]) -> bool:
    """Whether the CPUs that are named are all taken away again, whatever the host has."""
    bits = 0
    for word in words:
        bare = word.removeprefix("^")
        span = read_range(bare)
        if span is None or span[1] >= _FAR:
            return False
        chosen = (1 << span[1] + 1) - (1 << span[0])
        bits = bits & ~chosen if bare != word else bits | chosen
    return not bits


def _one(reader: ConfigReader, key: str, atom: Atom) -> set[int] | str | None:
    """The CPUs of one map, "all" when that cannot be told without the host; None: refused."""
    host = reader.host
    known = host.cpus if host is not None else 4096
    nodes = host.nodes if host is not None else 0
    # the bitmap of CPUs has whole bytes: xl takes a CPU of the last byte that does not exist
    width = -(-known // 8) * 8
    bits = 0
    bad = False
    open_ended = False
    for at, word in strtok(atom.text, ","):
        bare = word.removeprefix("^")
        remove = bare != word
        by_node = bare.startswith(("node:", "nodes:"))
        if by_node:
            bare = bare.partition(":")[2]
        if bare == "all":
            if remove:
                reader.report_word("cpus.not-all", key, atom, at, word)
                return None
            bits = (1 << width) - 1
            open_ended = host is None
            continue
        span = read_range(bare)
        if span is None:
            reader.report_word("cpus.bad-range", key, atom, at + len(word) - len(bare), bare)
            bad = True
            continue
        first, last = span
        if by_node and host is None:
            open_ended = True
            continue
        if by_node:
            if last - first < UINT_MAX:
                first, last = first & UINT_MAX, last & UINT_MAX
            per_node = -(-known // max(nodes, 1))
            first, last = min(first, nodes) * per_node, (min(last, nodes) + 1) * per_node - 1
            # xl holds a node's CPUs in a bitmap as long as one of nodes, in whole bytes
            last = min(last, -(-nodes // 8) * 8 - 1, known - 1)
        chosen = _bits(first, last, width)
        bits = bits & ~chosen if remove else bits | chosen
    if bad:
        return None
    if open_ended:
        return "all"
    return {cpu for cpu in range(bits.bit_length()) if bits >> cpu & 1}
