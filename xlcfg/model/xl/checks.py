"""What libxl refuses after xl has read everything, before it creates the domain."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.session import Session

_DEFAULT = 2**64 - 1  # libxl's "not given" for a size
_MIB = 1024
_VUART_IRQ = 32
_MAX_VCPUS = 1024


def _size(s: Session, key: str) -> int:
    value = s.values.get(key)
    return value if isinstance(value, int) else _DEFAULT


def _number(s: Session, key: str) -> int:
    value = s.values.get(key)
    return value if isinstance(value, int) else 0


def is_number(text: str) -> bool:
    return bool(text) and not text.strip("0123456789")


def run(s: Session) -> None:
    """The checks of xl and `libxl_domain_create_new` up to the hypercall, in their order."""
    for kind, key, start, end, args in s.later:
        s.say(kind, key, start, end, **args)
    if s.guest is None:
        return
    arm = s.arch.startswith("arm")
    guest = "pvh" if arm and s.guest == "pv" and s.minor >= 10 else s.guest
    _pool(s)
    passthrough = _passthrough(s, guest, arm)
    memory = _size(s, "memory")
    maxmem = _size(s, "max_memkb")
    if maxmem == _DEFAULT:
        maxmem = _size(s, "maxmem")
    if maxmem == _DEFAULT:
        maxmem = memory
    on_demand = guest != "pv" and memory < maxmem and not s.broken & {"memory", "maxmem", "vnuma"}
    if on_demand and passthrough:
        s.say_key("check.populate-on-demand", "maxmem", with_=passthrough)
    if s.has("vnuma") and s.values.get("vnuma") and "vnuma" not in s.broken:
        if on_demand:
            s.say_key("check.populate-on-demand", "maxmem", with_="vnuma")
        if guest == "pv":
            s.say_key("check.pv-vnuma", "vnuma")
    _device_model(s, guest)
    version = s.values.get("max_grant_version")
    if isinstance(version, int) and version > 15 and "max_grant_version" not in s.broken:
        s.say_key("check.grant-version", "max_grant_version", text=str(version), limit=15)
    _altp2m(s, guest, on_demand)
    _virtio(s)
    if s.values.get("trap_unmapped_accesses") and not arm:
        s.say_key("check.trap-on-x86", "trap_unmapped_accesses")
    if arm:
        _arm(s)


def _pool(s: Session) -> None:
    name = s.values.get("pool")
    if not isinstance(name, str):
        return
    if s.host is None:
        s.say_key("check.pool", "pool", text=name)
        return
    numbers = [str(i) for i in range(len(s.host.pools))]
    number = (name.lstrip("0") or "0") if is_number(name) else None
    if name not in s.host.pools and number not in numbers:
        s.say_key("check.pool", "pool", text=name, pools=list(s.host.pools))


def _passthrough(s: Session, guest: str, arm: bool) -> str:
    """The key that asks for an IOMMU, "" for none."""
    device = next((key for key in ("pci", "dtdev") if s.values.get(key)), "")
    if s.minor < 13:
        return device if guest == "hvm" else ""
    mode = s.values.get("passthrough", "default")
    if "passthrough" in s.broken:
        return ""
    if mode == "default":
        mode = "enabled" if device else "disabled"
    if mode == "disabled":
        if device:
            s.say_key("check.passthrough-disabled", device)
        return ""
    key = device or "passthrough"
    if arm:
        if mode == "sync_pt":
            s.say_key("check.passthrough-arm", "passthrough", text=mode)
        return key
    if guest == "pvh":
        s.say_key("check.passthrough-pvh", key)
    elif mode == "share_pt" and (guest == "pv" or s.values.get("hap") is False):
        why = "a PV guest" if guest == "pv" else "a guest with hap=0"
        s.say_key("check.share-pt", "passthrough", why=why)
    return key


def _device_model(s: Session, guest: str) -> None:
    """Device model, firmware, vCPUs, video memory and USB."""
    version = s.values.get("device_model_version")
    stubdomain = s.values.get("device_model_stubdomain_override") is True
    known = "device_model_version" not in s.broken
    if version is None:
        version = "qemu-xen"
        missing = s.minor <= 14 and s.host is not None and not s.host.device_model
        if missing or (guest == "hvm" and stubdomain and s.minor < 21):
            version = "qemu-xen-traditional"
        if stubdomain and guest != "hvm" and s.minor == 14:
            s.say_key("check.stubdomain", "device_model_stubdomain_override", guest=guest)
    old = version == "qemu-xen-traditional"
    if guest == "hvm":
        if known:
            _bios(s, old)
        _kernel(s)
    vcpus = s.values.get("vcpus")
    if isinstance(vcpus, int) and vcpus > _MAX_VCPUS and "vcpus" not in s.broken:
        s.say_key("vcpus.too-many", "vcpus", text=str(vcpus), limit=_MAX_VCPUS)
    if guest == "hvm":
        if known:
            _video(s, old)
        _usb(s)


def _kernel(s: Session) -> None:
    if s.minor < 5 or "kernel" in s.values:
        return
    for key in ("ramdisk", "kernel_line"):
        if key in s.values:
            line = next((k for k in ("cmdline", "root", "extra") if k in s.values), "extra")
            s.say_key("check.no-kernel", line if key == "kernel_line" else key)


def _bios(s: Session, old: bool) -> None:
    bios = s.values.get("bios", "unknown")
    key = "firmware" if s.has("firmware") and "bios" not in s.settings.by_name else "bios"
    if "bios" in s.broken or bios == "unknown":
        return
    if old and bios != "rombios":
        s.say_key("check.bios", key, text=bios, accepted="rombios", model="qemu-xen-traditional")
    elif not old and bios == "rombios":
        s.say_key("check.bios", key, text=bios, accepted="seabios or ovmf", model="qemu-xen")


def _video(s: Session, old: bool) -> None:
    vga = s.values.get("vga")
    if vga is None:
        vga = "stdvga" if s.values.get("stdvga") is True else "cirrus"
    if "vga" in s.broken:
        return
    if old and vga == "qxl":
        s.say_key("check.qxl", "vga")
        return
    least = {"qxl": 128, "stdvga": 8 if old else 16, "cirrus": 0 if old else 8}.get(str(vga), 0)
    if "videoram" in s.values and _size(s, "videoram") < least * _MIB:
        s.say_key("check.videoram", "videoram", vga=vga, least=least)


def _usb(s: Session) -> None:
    redirection = _number(s, "spiceusbredirection")
    if redirection > 0 and s.values.get("spice") is not True:
        s.say_key("check.redirection-off", "spiceusbredirection")
        redirection = 0
    if (_number(s, "usbversion") or redirection) and (
        s.values.get("usb") is True or "usbdevice" in s.values
    ):
        first = "usbversion" if s.values.get("usbversion") else "spiceusbredirection"
        second = "usbdevice" if "usbdevice" in s.values else "usb"
        s.say_key("check.usb", first, other=second)


def _altp2m(s: Session, guest: str, on_demand: bool) -> None:
    if guest == "pv" or "altp2m" in s.broken:
        return
    mode = s.values.get("altp2m", "disabled")
    legacy = guest == "hvm" and s.values.get("altp2mhvm") is True
    if mode == "disabled" and not legacy:
        return
    key = "altp2m" if mode != "disabled" else "altp2mhvm"
    if s.values.get("nestedhvm") is True and (s.minor >= 10 or guest == "hvm"):
        s.say_key("check.altp2m-nested", key)
    if on_demand:
        s.say_key("check.populate-on-demand", "maxmem", with_=key)


def _virtio(s: Session) -> None:
    devices = s.values.get("virtio")
    if not isinstance(devices, list):
        return
    domains = s.host.domains if s.host is not None else ("Domain-0",)
    for device in devices:
        name = device.get("backend_domname")
        # a number is taken as it is
        if isinstance(name, str) and name not in domains and not is_number(name):
            s.say_key("virtio.no-domain", "virtio", text=name)


def _arm(s: Session) -> None:
    """Arm: the numbers of interrupts, which must hold what the guest is given."""
    irqs = s.values.get("irqs")
    numbers = [irq for irq in irqs if isinstance(irq, int)] if isinstance(irqs, list) else []
    needed = max([0, *(irq - 31 for irq in numbers)])
    if s.minor < 19:
        return
    if s.values.get("vuart") == "sbsa_uart":
        needed = max(needed, 1)
        if _VUART_IRQ in numbers:
            s.say_key("check.vuart-irq", "irqs", irq=_VUART_IRQ)
    devices = 0
    for key, field, value in (("disk", "specification", "virtio"), ("virtio", "transport", "mmio")):
        found = s.values.get(key)
        if isinstance(found, list):
            devices += sum(device.get(field) == value for device in found)
    if devices:
        # they come right behind the vuart
        needed = max(needed, devices + 1)
        taken = [irq for irq in numbers if _VUART_IRQ < irq <= _VUART_IRQ + devices]
        if taken:
            s.say_key("check.virtio-irq", "irqs", irq=taken[0])
    spis = s.values.get("nr_spis")
    if isinstance(spis, int) and spis != 2**32 - 1 and spis < needed:
        s.say_key("check.nr-spis", "nr_spis", text=str(spis), least=needed)
