"""What libxl refuses after xl has read everything, before it creates the domain."""

from __future__ import annotations

from xlcfg.model.xl.ctext import UINT_MAX, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

_DEFAULT = 2**64 - 1  # libxl's "not given" for a size
_MIB = 1024
_VUART_IRQ = 32
_MAX_VCPUS = 1024


def _size(reader: ConfigReader, key: str) -> int:
    value = reader.values.get(key)
    return value if isinstance(value, int) else _DEFAULT


def _number(reader: ConfigReader, key: str) -> int:
    value = reader.values.get(key)
    return value if isinstance(value, int) else 0


def is_number(text: str) -> bool:
    return bool(text) and not text.strip("0123456789")


def run(reader: ConfigReader) -> None:
    """The checks of xl and `libxl_domain_create_new` up to the hypercall, in their order."""
    for kind, key, start, end, args in reader.later:
        reader.report(kind, key, start, end, **args)
    if reader.guest is None:
        return
    arm = reader.arch.startswith(("arm", "riscv"))
    guest = "pvh" if arm and reader.guest == "pv" and reader.minor >= 10 else reader.guest
    _pool(reader)
    passthrough = _passthrough(reader, guest, arm)
    memory = _size(reader, "memory")
    maxmem = _size(reader, "max_memkb")
    if maxmem == _DEFAULT:
        maxmem = _size(reader, "maxmem")
    if maxmem == _DEFAULT:
        maxmem = memory
    on_demand = (
        guest != "pv" and memory < maxmem and not reader.broken & {"memory", "maxmem", "vnuma"}
    )
    stated = reader.values.get("maxmem")
    if isinstance(stated, int) and memory != _DEFAULT and stated < memory:
        if not reader.broken & {"memory", "maxmem"} and not reader.has("vnuma"):
            reader.report_key("maxmem.below-memory", "maxmem", text=str(stated // _MIB),
                              memory=str(memory // _MIB))  # fmt: skip
    if on_demand and passthrough:
        reader.report_key("check.populate-on-demand", "maxmem", with_=passthrough)
    if reader.has("vnuma") and reader.values.get("vnuma") and "vnuma" not in reader.broken:
        if on_demand:
            reader.report_key("check.populate-on-demand", "maxmem", with_="vnuma")
        if guest == "pv":
            reader.report_key("check.pv-vnuma", "vnuma")
    _device_model(reader, guest)
    version = reader.values.get("max_grant_version")
    if isinstance(version, int) and version > 15 and "max_grant_version" not in reader.broken:
        reader.report_key("check.grant-version", "max_grant_version", text=str(version), limit=15)
    _altp2m(reader, guest, on_demand)
    _virtio(reader)
    if reader.values.get("trap_unmapped_accesses") and not arm:
        reader.report_key("check.trap-on-x86", "trap_unmapped_accesses")
    if arm:
        _arm(reader)


def _pool(reader: ConfigReader) -> None:
    name = reader.values.get("pool")
    if not isinstance(name, str):
        return
    if reader.host is None:
        reader.report_key("check.pool", "pool", text=name)
        return
    pools = len(reader.host.pools)
    # the number of a pool has 32 bits
    number = strtoul(name)[0] & UINT_MAX if is_number(name) else pools
    if name not in reader.host.pools and number >= pools:
        reader.report_key("check.pool", "pool", text=name, pools=list(reader.host.pools))


def _passthrough(reader: ConfigReader, guest: str, arm: bool) -> str:
    """The key that asks for an IOMMU, "" for none."""
    device = next((key for key in ("pci", "dtdev") if reader.values.get(key)), "")
    if reader.minor < 13:
        return device if guest == "hvm" else ""
    mode = reader.values.get("passthrough", "default")
    if "passthrough" in reader.broken:
        return ""
    if mode == "default":
        mode = "enabled" if device else "disabled"
    if mode == "disabled":
        if device:
            reader.report_key("check.passthrough-disabled", device)
        return ""
    key = device or "passthrough"
    if arm:
        if mode == "sync_pt":
            reader.report_key("check.passthrough-arm", "passthrough", text=mode)
        return key
    if guest == "pvh":
        reader.report_key("check.passthrough-pvh", key)
    elif mode == "share_pt" and (guest == "pv" or reader.values.get("hap") is False):
        why = "a PV guest" if guest == "pv" else "a guest with hap=0"
        reader.report_key("check.share-pt", "passthrough", why=why)
    return key


def _device_model(reader: ConfigReader, guest: str) -> None:
    """Device model, firmware, vCPUs, video memory and USB."""
    version = reader.values.get("device_model_version")
    stubdomain = reader.values.get("device_model_stubdomain_override") is True
    known = "device_model_version" not in reader.broken
    if version is None:
        version = "qemu-xen"
        missing = reader.minor <= 14 and reader.host is not None and not reader.host.device_model
        if missing or (guest == "hvm" and stubdomain and reader.minor < 21):
            version = "qemu-xen-traditional"
        if stubdomain and guest != "hvm" and reader.minor == 14:
            reader.report_key("check.stubdomain", "device_model_stubdomain_override", guest=guest)
        # libxl takes the traditional one where a host lacks this program
        if (
            reader.minor <= 14
            and version == "qemu-xen"
            and "device_model_override" in reader.values
        ):
            version = "either"
    old = version == "qemu-xen-traditional"
    if guest == "hvm":
        if known and version != "either":
            _bios(reader, old)
        _kernel(reader)
    vcpus = reader.values.get("vcpus")
    if isinstance(vcpus, int) and vcpus > _MAX_VCPUS and "vcpus" not in reader.broken:
        reader.report_key("vcpus.too-many", "vcpus", text=str(vcpus), limit=_MAX_VCPUS)
    if guest == "hvm":
        if known:
            _video(reader, version)
        _usb(reader)


def _kernel(reader: ConfigReader) -> None:
    if reader.minor < 5 or "kernel" in reader.values:
        return
    for key in ("ramdisk", "kernel_line"):
        if key in reader.values:
            line = next((k for k in ("cmdline", "root", "extra") if k in reader.values), "extra")
            reader.report_key("check.no-kernel", line if key == "kernel_line" else key)


def _bios(reader: ConfigReader, old: bool) -> None:
    bios = reader.values.get("bios", "unknown")
    key = "firmware" if reader.has("firmware") and "bios" not in reader.settings.by_name else "bios"
    if "bios" in reader.broken or bios == "unknown":
        return
    if old and bios != "rombios":
        reader.report_key(
            "check.bios", key, text=bios, accepted="rombios", model="qemu-xen-traditional"
        )
    elif not old and bios == "rombios":
        reader.report_key(
            "check.bios", key, text=bios, accepted="seabios or ovmf", model="qemu-xen"
        )


#: MiB of video memory that a graphics card asks for: of qemu-xen-traditional, and of qemu-xen
_VIDEORAM = ({"qxl": 128, "stdvga": 8}, {"qxl": 128, "stdvga": 16, "cirrus": 8})


def graphics_card(reader: ConfigReader) -> str:
    """The card that an HVM guest has, as `vga` names it."""
    vga = reader.values.get("vga")
    if vga is None:
        vga = "stdvga" if reader.values.get("stdvga") is True else "cirrus"
    return str(vga)


def _video(reader: ConfigReader, version: object) -> None:
    """What the device model refuses; of either, what both refuse."""
    old = version == "qemu-xen-traditional"
    vga = graphics_card(reader)
    if "vga" in reader.broken:
        return
    if old and vga == "qxl":
        reader.report_key("check.qxl", "vga")
        return
    least = _VIDEORAM[version == "qemu-xen"].get(vga, 0)
    if "videoram" in reader.values and _size(reader, "videoram") < least * _MIB:
        reader.report_key("check.videoram", "videoram", vga=vga, least=least)


def _usb(reader: ConfigReader) -> None:
    redirection = _number(reader, "spiceusbredirection")
    if redirection > 0 and reader.values.get("spice") is not True:
        reader.report_key("check.redirection-off", "spiceusbredirection")
        redirection = 0
    if (_number(reader, "usbversion") or redirection) and (
        reader.values.get("usb") is True or "usbdevice" in reader.values
    ):
        first = "usbversion" if reader.values.get("usbversion") else "spiceusbredirection"
        second = "usbdevice" if "usbdevice" in reader.values else "usb"
        reader.report_key("check.usb", first, other=second)


def _altp2m(reader: ConfigReader, guest: str, on_demand: bool) -> None:
    if guest == "pv" or "altp2m" in reader.broken:
        return
    mode = reader.values.get("altp2m", "disabled")
    legacy = guest == "hvm" and reader.values.get("altp2mhvm") is True
    if mode == "disabled" and not legacy:
        return
    key = "altp2m" if mode != "disabled" else "altp2mhvm"
    if reader.values.get("nestedhvm") is True and (reader.minor >= 10 or guest == "hvm"):
        reader.report_key("check.altp2m-nested", key)
    if on_demand:
        reader.report_key("check.populate-on-demand", "maxmem", with_=key)


def _virtio(reader: ConfigReader) -> None:
    devices = reader.values.get("virtio")
    if not isinstance(devices, list):
        return
    domains = reader.host.domains if reader.host is not None else ("Domain-0",)
    for device in devices:
        name = device.get("backend_domname")
        # a number is taken as it is
        if isinstance(name, str) and name not in domains and not is_number(name):
            reader.report_key("virtio.no-domain", "virtio", text=name)


def _arm(reader: ConfigReader) -> None:
    """Arm: the numbers of interrupts, which must hold what the guest is given."""
    irqs = reader.values.get("irqs")
    numbers = [irq for irq in irqs if isinstance(irq, int)] if isinstance(irqs, list) else []
    needed = max([0, *(irq - 31 for irq in numbers)])
    if reader.minor < 19:
        return
    if reader.values.get("vuart") == "sbsa_uart":
        needed = max(needed, 1)
        if _VUART_IRQ in numbers:
            reader.report_key("check.vuart-irq", "irqs", irq=_VUART_IRQ)
    devices = 0
    for key, field, value in (("disk", "specification", "virtio"), ("virtio", "transport", "mmio")):
        found = reader.values.get(key)
        if isinstance(found, list):
            devices += sum(device.get(field) == value for device in found)
    if devices:
        # they come right behind the vuart
        needed = max(needed, devices + 1)
        taken = [irq for irq in numbers if _VUART_IRQ < irq <= _VUART_IRQ + devices]
        if taken:
            reader.report_key("check.virtio-irq", "irqs", irq=taken[0])
    spis = reader.values.get("nr_spis")
    if isinstance(spis, int) and spis != 2**32 - 1 and spis < needed:
        reader.report_key("check.nr-spis", "nr_spis", text=str(spis), least=needed)
