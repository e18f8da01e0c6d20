"""Disks: which names exist, which unit of which controller they are, and who serves them."""

from __future__ import annotations

import re

from xlcfg.model.xl.late import emulated, report_in, text_of
from xlcfg.model.xl.specs import in_dom0
from xlcfg.model.xl.specs.disk import image_format, modern, without_dev

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

# Few disks are named by numbers: these are compiled for one that is.
_BY_NUMBERS = r"d\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+))p\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+))"
_PLAIN = r"\s*\+?(0[xX][0-9a-fA-F]+|\d+)"
#: first letters of a name: how many disks and partitions it can count
_RANGES = {"xvd": (1 << 20, 256), "hd": (4, 64), "sd": (16, 16)}
_INT_MAX = 2**31 - 1
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_IDE_UNITS = 4
_AHCI_UNITS = 6
_SCSI_UNITS = 8
_SINCE_READ_ONLY = 8
_SINCE_TAPDISK = 19
_SINCE_LOCKS = 11
_SINCE_CDROM_DEVICE = 17


class Place:
    """Which device a vdev is: libxl's `number`, and disk and partition where it tells them."""

    __slots__ = ("disk", "number", "partition")

    def __init__(self, number: int, disk: int | None, partition: int) -> None:
        self.number = number
        self.disk = disk
        self.partition = partition


def place(vdev: str) -> Place | None:
    """The device that libxl makes of a vdev; None when it knows no such name."""
    found = re.fullmatch(_BY_NUMBERS, vdev) if vdev[:1] == "d" else None
    if found:
        disk, partition = _integer(found[1]), _integer(found[2])
        if disk >= 1 << 20 or partition >= 256:
            return None
        return Place(_xvd(disk, partition), disk, partition)
    if not vdev[:1].isalpha() and re.fullmatch(_PLAIN, vdev):
        number = _integer(vdev.strip())
        return Place(number, None, 0) if number <= _INT_MAX else None
    kind = next((kind for kind in _RANGES if vdev.startswith(kind)), "")
    letters = vdev[len(kind) :].rstrip("0123456789")
    digits = vdev[len(kind) + len(letters) :]
    if not kind or letters.strip(_LETTERS) or digits[:1] == "0":
        return None
    disks, partitions = _RANGES[kind]
    disk = -1
    for letter in letters:
        disk = (disk + 1) * 26 + ord(letter) - ord("a")
        if disk >= disks:
            return None
    partition = int(digits or 0) if len(digits) < 5 else partitions
    if partition >= partitions:
        return None
    if kind == "xvd":
        number = _xvd(disk, partition)
    elif kind == "hd":
        number = (3 if disk < 2 else 22) << 8 | (disk & 1) << 6 | partition
    else:
        number = 8 << 8 | disk << 4 | partition
    return Place(number, disk, partition)


def _xvd(disk: int, partition: int) -> int:
    if disk <= 15 and partition <= 15:
        return 202 << 8 | disk << 4 | partition
    return 1 << 28 | disk << 8 | partition


def _integer(text: str) -> int:
    """C's reading in base 0; what it stops at makes the rest of a name, so bad octals are big."""
    bare = text.lstrip("+-")
    sign = -1 if text.startswith("-") else 1
    if bare[:2] in ("0x", "0X"):
        return sign * int(bare, 16)
    if bare.startswith("0") and len(bare) > 1:
        return sign * int(bare, 8) if not bare.strip("01234567") else _INT_MAX + 1
    return sign * int(bare) if len(bare) < 20 else _INT_MAX + 1


def run(reader: ConfigReader) -> None:
    if "disk" in reader.broken:
        return
    disks = reader.values.get("disk")
    if not isinstance(disks, list):
        return
    places: list[Place | None] = []
    for at, disk in enumerate(disks):
        vdev = str(disk.get("vdev", ""))
        where = place(vdev)
        places.append(where)
        if where is None:
            report_in(reader, "disk.no-such-vdev", "disk", at, vdev, cure=_cure(vdev))
        _backend(reader, at, disk)
        _target(reader, at, disk)
    _same_device(reader, places, disks)
    shown = _emulation(reader, places, disks) if emulated(reader) else None
    _two_writers(reader, disks, shown if reader.minor >= _SINCE_LOCKS else None)


def _cure(vdev: str) -> str:
    """What to write for a name that is none."""
    for wrong in ("vd", "hd", "sd", "nvme", "mmcblk", "xvd"):
        found = re.match(rf"{wrong}([a-z])", vdev)
        if found:
            return f"write `xvd{found[1]}`, or another name that exists"
    return "write `xvda`, or another name that exists"


def _backend(reader: ConfigReader, at: int, disk: dict[str, object]) -> None:
    """Whether any backend can serve the disk, or the one that it names."""
    backend = disk.get("backend")
    image = disk.get("format")
    if image == "empty":
        if not disk.get("is_cdrom"):
            report_in(reader, "disk.empty", "disk", at, "empty")
        elif disk.get("pdev_path"):
            report_in(reader, "disk.empty-with-image", "disk", at, str(disk["pdev_path"]))
        return
    virtio = disk.get("specification") == "virtio"
    script = disk.get("script") is not None
    looked_for = backend in (None, "phy") and in_dom0(disk) and not script
    if not disk.get("pdev_path") and looked_for and not disk.get("is_cdrom"):
        report_in(reader, "disk.empty-target", "disk", at, "")
        return
    why = ""
    if virtio and backend != "standalone":
        why = "specification=virtio needs backendtype=standalone"
        if backend is None and image == "raw" and not script and not disk.get("colo_enable"):
            return  # libxl tries all of them, that one too
    elif not virtio and backend == "standalone":
        why = "backendtype=standalone is for specification=virtio"
    elif backend in ("phy", "standalone") and image != "raw":
        why = f"backendtype={backend} serves raw images only, not {image}"
    elif backend in ("phy", "standalone") and disk.get("colo_enable"):
        why = f"backendtype={backend} does not go with colo"
    elif backend in ("qdisk", "standalone") and script:
        why = f"backendtype={backend} takes no script"
    elif backend == "tap":
        if reader.minor < _SINCE_TAPDISK:
            why = "this release has no backendtype=tap"
        elif image not in ("raw", "vhd"):
            why = f"backendtype=tap serves raw and vhd images only, not {image}"
    elif backend is None and script and image != "raw":
        if reader.minor < _SINCE_TAPDISK or image != "vhd":
            why = f"a disk with a script is raw, not {image}"
    if why:
        word = str(backend or ("virtio" if virtio else image))
        report_in(reader, "disk.no-backend", "disk", at, word, why=why)


def _target(reader: ConfigReader, at: int, disk: dict[str, object]) -> None:
    """Files whose name does not go with how they are read."""
    target = disk.get("pdev_path")
    if not isinstance(target, str) or disk.get("script") is not None:
        return
    if target.startswith(("$HOME", "${HOME}")) or (
        target.startswith("~") and re.match(r"~[\w.-]*/", target)
    ):
        word = target.partition("/")[0]
        report_in(reader, "disk.not-expanded", "disk", at, target, part=word)
    elif without_dev(text_of(reader, "disk", at)[:4], disk):
        report_in(reader, "disk.relative-device", "disk", at, target)
    image = image_format(disk)
    if image:
        cure = f"convert it with qemu-img: xl has no format for {image} images"
        if image in ("qcow2", "qcow", "vhd", "qed"):
            line = modern({**disk, "format": image})
            cure = f'write "{line}"' if line else f"write format={image}"
        report_in(reader, "disk.image-as-raw", "disk", at, target, image=image, cure=cure)


def _same_device(
    reader: ConfigReader, places: list[Place | None], disks: list[dict[str, object]]
) -> None:
    seen: dict[int, int] = {}
    for at, where in enumerate(places):
        if where is None:
            continue
        earlier = seen.setdefault(where.number, at)
        if earlier != at and disks[earlier].get("vdev") != disks[at].get("vdev"):
            # the same name twice is another rule's (XL109)
            report_in(
                reader, "disk.same-device", "disk", at, str(disks[at]["vdev"]),
                other=str(disks[earlier]["vdev"]),
            )  # fmt: skip


def _two_writers(
    reader: ConfigReader, disks: list[dict[str, object]], shown: set[int] | None
) -> None:
    """One image twice: QEMU locks those that it emulates (`shown`), for the others nobody looks."""
    seen: dict[tuple[object, object, object], int] = {}
    locked: dict[object, list[int]] = {}
    for at, disk in enumerate(disks):
        target = disk.get("pdev_path")
        if not target:
            continue
        if shown is not None and at in shown and disk.get("script") is None:
            others = locked.setdefault(target, [])
            others.append(at)
            if len(others) > 1 and any(disks[n].get("readwrite") for n in others):
                report_in(reader, "disk.locked", "disk", at, str(target))
                continue
        if not disk.get("readwrite") or disk.get("is_cdrom"):
            continue
        what = (target, disk.get("backend_domname"), disk.get("script"))
        if seen.setdefault(what, at) != at:
            report_in(reader, "disk.two-writers", "disk", at, str(target))


def _emulation(
    reader: ConfigReader, places: list[Place | None], disks: list[dict[str, object]]
) -> set[int]:
    """The controllers of QEMU: who sits where, and what cannot be there; the disks it emulates."""
    ahci = reader.values.get("hdtype") == "ahci"
    taken: dict[tuple[str, int], int] = {}
    shown: set[int] = set()
    for at, (where, disk) in enumerate(zip(places, disks, strict=True)):
        if where is None or where.disk is None or where.disk < 0:
            continue
        unit = _unit(where.disk, disk, ahci)
        if unit is None:
            continue
        shown.add(at)
        vdev = str(disk.get("vdev", ""))
        bus, number = unit
        if bus == "ide" and number >= _IDE_UNITS:
            if reader.minor >= _SINCE_CDROM_DEVICE:
                report_in(reader, "disk.no-unit", "disk", at, vdev, what="CD-ROM", last="hdd")
            continue
        if bus == "scsi" and number >= _SCSI_UNITS:
            report_in(
                reader, "disk.no-unit", "disk", at, vdev, what="emulated SCSI disk", last="sdh"
            )
            continue
        if not disk.get("readwrite") and not disk.get("is_cdrom") and bus != "scsi":
            if reader.minor >= _SINCE_READ_ONLY:
                _read_only(reader, at, disk, bus)
        earlier = taken.setdefault(unit, at)
        if earlier != at and places[earlier].number != where.number:  # type: ignore[union-attr]
            other = str(disks[earlier]["vdev"])
            report_in(
                reader,
                "disk.same-unit",
                "disk",
                at,
                vdev,
                other=other,
                bus=bus.upper(),
                unit=number,
            )
    direct = "kernel" in reader.values or reader.values.get("boot") in ("n", "d")
    if disks and not shown and not direct and all(places):
        first = str(disks[0].get("vdev", ""))
        report_in(reader, "disk.not-emulated", "disk", 0, first)
    return shown


def _unit(number: int, disk: dict[str, object], ahci: bool) -> tuple[str, int] | None:
    """Controller and unit of a disk that QEMU shows to the guest; None when it does not."""
    if disk.get("is_cdrom"):
        return ("ide", number) if number <= _IDE_UNITS else None
    if disk.get("format") == "empty":
        return None
    if str(disk.get("vdev", "")).startswith("sd"):
        return ("scsi", number)
    if ahci and number < _AHCI_UNITS:
        return ("ahci", number)
    return ("ide", number) if number < _IDE_UNITS else None


def is_emulated(reader: ConfigReader, disk: dict[str, object]) -> bool:
    """Whether QEMU shows a disk of an HVM guest to it on a controller."""
    where = place(str(disk.get("vdev", "")))
    ahci = reader.values.get("hdtype") == "ahci"
    if where is None or where.disk is None or where.disk < 0:
        return False
    return _unit(where.disk, disk, ahci) is not None


def _read_only(reader: ConfigReader, at: int, disk: dict[str, object], bus: str) -> None:
    found = re.search(r"(?<![^,=\s])ro?(?![^,\s])", text_of(reader, "disk", at))
    iso = str(disk.get("pdev_path", "")).lower().endswith(".iso")
    cure = "add `cdrom`" if iso else "write `w`, add `cdrom`, or use xvde and later"
    facts = {"bus": bus.upper(), "cure": cure, "vdev": str(disk.get("vdev", ""))}
    items = reader.settings.items("disk") or []
    item = items[at] if at < len(items) else None
    if found is not None and item is not None and not item.is_list:
        reader.report_word("disk.read-only", "disk", item, found.start(), found[0], **facts)
    else:
        report_in(reader, "disk.read-only", "disk", at, "", **facts)
