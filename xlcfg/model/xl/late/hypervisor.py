"""What Xen itself refuses of a domain, and memory that its builder cannot do with."""

from __future__ import annotations

from xlcfg.model.xl.checks import graphics_card
from xlcfg.model.xl.late import emulated, report_in, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

_HVM_VCPUS = 128
_ARM_VCPUS = 128
_GICV2_VCPUS = 8  # and Xen itself on 32-bit Arm
_SINCE_NESTED = 15
_SINCE_GRANTS = 17
_SINCE_ALTP2M = 19
_NO_GRANT_LIMITS = 18
_SINCE_POOL = 17
_SINCE_VMTRACE = 15
_NO_PARAVIRT_TSC = 12
_USUAL_GRANT_FRAMES = 64
_USUAL_MAPTRACK_FRAMES = 1024
_KIB_PER_MIB = 1024
_PAGE = 4096
_PORTS = 0x10000
#: ports that Xen gives to nobody: interrupt controllers, timer, its gate, configuration of PCI; and
#: their edges, gate A20, the coprocessor, reset
_KEPT = ((0x20, 0x21), (0x40, 0x43), (0x61, 0x61), (0xA0, 0xA1), (0xCFC, 0xCFF))
_MORE_KEPT = ((0x92, 0x92), (0xF0, 0xF0), (0x4D0, 0x4D1), (0xCF9, 0xCF9))
_SINCE_KEPT, _SINCE_MORE_KEPT = 12, 19
_MOST_TRACE = 64 << 20
#: with no more than that, in MiB and without video memory, no guest of the type is built
_LEAST = {"pv": 3, "pvh": 2, "hvm": 4}
#: the same where libxl sizes the paging pool by the memory, for a single vCPU, as 4.17 and 4.20 do:
#: beside the video memory, and with it
_LEAST_POOLED = {"pvh": (17, 17), "hvm": (13, 17)}
_VIDEO = {"qxl": 128, "stdvga": 16, "cirrus": 8, "none": 0}
_CIRRUS_SIZES = (8, 16)
_MOST_VIDEO = 512


def _number(reader: ConfigReader, key: str) -> int | None:
    value = reader.values.get(key)
    return value if isinstance(value, int) and key not in reader.broken else None


def run(reader: ConfigReader) -> None:
    if reader.arch.startswith("riscv"):
        return  # no hypervisor there has been asked yet
    arm = reader.arch.startswith("arm")
    _vcpus(reader, arm)
    _grants(reader)
    _channels(reader)
    if arm:
        return
    if (
        reader.guest == "hvm"
        and reader.values.get("nestedhvm") is True
        and reader.values.get("hap") is False
        and reader.minor >= _SINCE_NESTED
    ):
        reader.report_key("nestedhvm.no-hap", "nestedhvm")
    _altp2m(reader)
    _vmtrace(reader)
    _viridian(reader)
    _ports(reader)
    _interrupts(reader)
    if reader.values.get("tsc_mode") == "native_paravirt" and reader.minor >= _NO_PARAVIRT_TSC:
        reader.report_key("tsc_mode.removed", "tsc_mode", text="native_paravirt")
    _memory(reader)
    if emulated(reader) and not reader.broken & {"videoram", "vga", "stdvga"}:
        _card(reader)


def _vcpus(reader: ConfigReader, arm: bool) -> None:
    vcpus = _number(reader, "vcpus") or 0
    most = max(vcpus, _number(reader, "max_vcpus") or 0)
    key = "vcpus" if vcpus == most else "maxvcpus"
    if reader.settings.get(key) is None:
        key = "vcpus" if reader.settings.get("vcpus") is not None else "vnuma"
    if arm:
        limit, what = _ARM_VCPUS, "a guest on Arm"
        if reader.arch == "arm32":
            limit = _GICV2_VCPUS
        if reader.values.get("gic_version") == "v2":
            limit, what = _GICV2_VCPUS, 'a guest with gic_version="v2"'
    elif reader.guest == "pv":
        return
    else:
        limit, what = _HVM_VCPUS, f"a guest of type `{reader.guest}`"
    if most > limit and not reader.broken & {"vcpus", "maxvcpus", "vnuma"}:
        reader.report_key("vcpus.above-limit", key, text=str(most), limit=limit, what=what)


def _grants(reader: ConfigReader) -> None:
    if reader.minor < _SINCE_GRANTS:
        return
    # from 4.18 on the boot line limits dom0 alone
    known = reader.minor >= _NO_GRANT_LIMITS or (
        reader.host is not None and reader.host.grant_limits is not None
    )
    frames = _number(reader, "max_grant_frames")
    if frames == 0:
        reader.report_key("grants.frames", "max_grant_frames", text="0")
    elif frames is not None and frames > _USUAL_GRANT_FRAMES and not known:
        reader.report_key(
            "grants.above-usual", "max_grant_frames", text=str(frames), usual=_USUAL_GRANT_FRAMES
        )
    mapped = _number(reader, "max_maptrack_frames")
    if mapped is not None and mapped > _USUAL_MAPTRACK_FRAMES and not known:
        reader.report_key(
            "grants.mapped-above-usual", "max_maptrack_frames", text=str(mapped),
            usual=_USUAL_MAPTRACK_FRAMES,
        )  # fmt: skip
    version = _number(reader, "max_grant_version")
    if version is not None and version not in (1, 2) and 0 <= version <= 15:
        reader.report_key("grants.version", "max_grant_version", text=str(version))


def _channels(reader: ConfigReader) -> None:
    """Event channels: xenstore and the console have one, and QEMU one more than there are vCPUs."""
    channels = _number(reader, "max_event_channels")
    if not channels:
        return
    needed, what = 2, "xenstore and the console"
    if emulated(reader) and not reader.broken & {"vcpus", "maxvcpus", "vnuma"}:
        vcpus = max(1, _number(reader, "vcpus") or 0, _number(reader, "max_vcpus") or 0)
        needed, what = 3 + vcpus, "xenstore, the console and the device model"
    if 0 < channels < needed:
        reader.report_key("channels.too-few", "max_event_channels", text=str(channels),
                          needed=needed, what=what)  # fmt: skip


def _altp2m(reader: ConfigReader) -> None:
    values = reader.values
    key = "altp2m" if values.get("altp2m", "disabled") != "disabled" else "altp2mhvm"
    if key == "altp2mhvm" and not (reader.guest == "hvm" and values.get(key) is True):
        return
    if key in reader.broken or reader.minor < _SINCE_ALTP2M:
        return
    if reader.guest == "pv":
        reader.report_key("altp2m.no-hap", key, why="for a PV guest")
    elif values.get("hap") is False:
        reader.report_key("altp2m.no-hap", key, why="with `hap = 0`")


def _vmtrace(reader: ConfigReader) -> None:
    kib = _number(reader, "vmtrace_buf_kb")
    if not kib or kib < 0 or reader.minor < _SINCE_VMTRACE:
        return
    size = -(-kib * 1024 // _PAGE) * _PAGE
    if reader.guest == "pv":
        reader.report_key("vmtrace.pv", "vmtrace_buf_kb")
    elif size & (size - 1) or size > _MOST_TRACE:
        reader.report_key("vmtrace.size", "vmtrace_buf_kb", text=str(kib))


def _interrupts(reader: ConfigReader) -> None:
    numbers = reader.values.get("irqs")
    if isinstance(numbers, list) and "irqs" not in reader.broken and reader.minor >= _SINCE_KEPT:
        for at, number in enumerate(numbers):
            if number == 0:
                report_in(reader, "irqs.kept", "irqs", at, text_of(reader, "irqs", at))


def _ports(reader: ConfigReader) -> None:
    ranges = reader.values.get("ioports")
    if not isinstance(ranges, list) or "ioports" in reader.broken:
        return
    kept = _KEPT if reader.minor < _SINCE_MORE_KEPT else (*_KEPT, *_MORE_KEPT)
    for at, ports in enumerate(ranges):
        if not isinstance(ports, dict) or not ports["number"]:
            continue
        first, end = ports["first"], ports["first"] + ports["number"]
        text = text_of(reader, "ioports", at)
        found = next((k for k in kept if k[0] < end and first <= k[1]), None)
        if end > _PORTS:
            report_in(reader, "ioports.beyond", "ioports", at, text)
        elif found is not None and reader.minor >= _SINCE_KEPT:
            port, name = max(first, found[0]), "-".join(f"{n:x}" for n in sorted({*found}))
            report_in(reader, "ioports.kept", "ioports", at, text, port=f"{port:x}", kept=name)


def _viridian(reader: ConfigReader) -> None:
    names = reader.values.get("viridian")
    if not isinstance(names, list) or "viridian" in reader.broken:
        return
    chosen: set[str] = set()
    refused: set[str] = set()
    defaults = False
    everything = False
    for name in names:
        bare = str(name).removeprefix("!").lower()
        if name == "all":
            everything = True
            chosen.add("base")
        elif name == "defaults":
            defaults = True
        elif str(name).startswith("!"):
            refused.add(bare)
            chosen.discard(bare)
        else:
            chosen.add(bare)
            refused.discard(bare)
    base = "base" not in refused and ("base" in chosen or defaults)
    others = everything or defaults or (chosen - {"base"})
    if others and not base:
        reader.report_key("viridian.no-base", "viridian")


def _memory(reader: ConfigReader) -> None:
    memory = _number(reader, "memory")
    if memory is None or reader.broken & {"maxmem", "videoram", "vga", "vnuma"}:
        return
    maxmem = _number(reader, "maxmem")
    if maxmem is not None and 0 < maxmem < memory:
        memory = maxmem  # the guest gets no more
    most = max(memory, maxmem or 0)
    video = 0
    if emulated(reader):
        video = video_memory(reader)
        if video >= memory and video:
            key = next((k for k in ("videoram", "vga") if reader.has(k)), "memory")
            reader.report_key(
                "memory.all-video", key, text=str(video // _KIB_PER_MIB),
                memory=str(memory // _KIB_PER_MIB),
            )  # fmt: skip
            return
    if _number(reader, "shadow_memory") == 0 and reader.guest != "pv":
        if reader.minor >= _SINCE_POOL:
            reader.report_key("memory.no-pool", "shadow_memory")
            return
    least = whole = _LEAST[str(reader.guest)]
    if reader.guest in _LEAST_POOLED and _pool_by_memory(reader):
        least, whole = _LEAST_POOLED[str(reader.guest)]
    own = memory - video
    populated = most == memory or reader.guest == "pv"
    if populated and (own <= least * _KIB_PER_MIB or memory <= whole * _KIB_PER_MIB):
        reader.report_key(
            "memory.too-little", "memory", text=str(memory // _KIB_PER_MIB), guest=reader.guest
        )


def _pool_by_memory(reader: ConfigReader) -> bool:
    """Whether the paging pool has a page for each MiB of memory and no more."""
    single = all((_number(reader, key) or 0) <= 1 for key in ("vcpus", "max_vcpus"))
    given = reader.has("shadow_memory") or reader.values.get("hap") is False
    return single and not given and reader.minor >= _SINCE_POOL


def video_memory(reader: ConfigReader) -> int:
    """The video memory in KiB, as libxl gives it when the config does not."""
    given = _number(reader, "videoram")
    if given is not None:
        return given
    return _VIDEO.get(graphics_card(reader), 0) * _KIB_PER_MIB


def _card(reader: ConfigReader) -> None:
    """Sizes of video memory that QEMU refuses, or rounds up to what libxl has not set aside."""
    given = _number(reader, "videoram")
    vga = graphics_card(reader)
    least = _VIDEO.get(vga, 0)
    memory = _number(reader, "memory")
    if given is None or not least or given < least * _KIB_PER_MIB:
        return  # the usual size, or libxl refuses it
    if memory is not None and given >= memory:
        return  # no domain is built for the card
    size = given // _KIB_PER_MIB
    if vga == "cirrus":
        if size not in _CIRRUS_SIZES:
            reader.report_key("videoram.cirrus", "videoram", text=str(size))
        return
    if vga == "qxl":  # half for each of its two memories
        taken, spare = 2 * _power_of_two(size // 2), 0
    else:
        taken = min(_MOST_VIDEO, _power_of_two(size))
        nics = reader.values.get("vif")
        roms = isinstance(nics, list) and any(nic.get("nictype") != "vif" for nic in nics)
        spare = 0 if roms else 1
    if taken - size > spare:
        reader.report_key("videoram.rounded", "videoram", text=str(size), vga=vga,
                          taken=str(taken), less=str(taken // 2))  # fmt: skip


def _power_of_two(size: int) -> int:
    """The smallest power of two that is not below."""
    return 1 << (size - 1).bit_length()
