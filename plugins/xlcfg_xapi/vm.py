"""A VM record as a guest, by the names xl has for what xapi asks of the toolstack below it.

Disks and networks are objects of their own in xapi, so a record says nothing of them.
"""

from __future__ import annotations

from xlcfg.core.conversion import ConversionLoss
from xlcfg.model.guest import Guest
from xlcfg.syntax.tree import Atom, Document, ListValue, Setting
from xlcfg_xapi.fields import Field, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

#: Where the policy may be, the deciding one first.
POLICY_MAPS = ("platform", "other_config")
POLICY_KEYS = ("runstate_translation", "runstate-translation")

ACTIONS = {
    "destroy": "destroy",
    "restart": "restart",
    "preserve": "preserve",
    "coredump_and_destroy": "coredump-destroy",
    "coredump_and_restart": "coredump-restart",
    "rename_restart": "rename-restart",
}
#: Texts that both have under a name of their own.
TEXTS = {"name_label": "name", "uuid": "uuid", "PV_kernel": "kernel", "PV_ramdisk": "ramdisk",
         "PV_bootloader": "bootloader"}  # fmt: skip
EVENTS = {
    "actions_after_shutdown": "on_poweroff",
    "actions_after_reboot": "on_reboot",
    "actions_after_crash": "on_crash",
}
#: Flags of `platform` that mean the same to xl.
FLAGS = {"acpi": "acpi", "apic": "apic", "pae": "pae", "hpet": "hpet", "viridian": "viridian",
         "nested-virt": "nestedhvm", "exp-nested-hvm": "nestedhvm", "nx": "nx"}  # fmt: skip
NUMBERS = {"timeoffset": "rtc_timeoffset", "videoram": "videoram"}
TSC_MODES = {"0": "default", "1": "always_emulate", "2": "native", "3": "native_paravirt"}
NO_PLACE = "xl has no setting for it that xlcfg knows of"


def is_guest(record: Record) -> bool:
    """Not a template, a snapshot or dom0."""
    return not any(
        name in record.fields and record.fields[name].text.lower() == "true"
        for name in ("is_a_template", "is_a_snapshot", "is_control_domain")
    )


def guest(record: Record, source: Source, target: Target) -> Guest:
    """The guest of a record."""
    reader = _Reader(record, source)
    reader.run()
    made = Guest(source, reader.document, target, toolstack="xapi")
    made.type = made.settings.string("type") or made.type
    made.origin = record
    made.unsupported = reader.lost
    return made


class _Reader:
    def __init__(self, record: Record, source: Source) -> None:
        self.record = record
        self.source = source
        self.document = Document()
        self.lost: list[ConversionLoss] = []

    def put(self, name: str, value: object, at: Field) -> None:
        """A setting at a field."""
        line = self.source.line_of(at.start)
        made: Atom | ListValue
        if isinstance(value, list):
            items = [Atom(str(v), at.start, at.end, line, True) for v in value]
            made = ListValue(list(items), at.start, at.end, line, line)
        else:
            text = str(int(value)) if isinstance(value, bool) else str(value)
            made = Atom(text, at.start, at.end, line, isinstance(value, str))
        start, end = min(at.name_start, at.start), max(at.end, at.name_end)
        self.document.settings.append(Setting(name, "=", made, start, at.name_end, end, line))

    def run(self) -> None:
        fields, maps = self.record.fields, self.record.maps
        for name, key in TEXTS.items():
            if name in fields and fields[name].text:
                self.put(key, fields[name].text, fields[name])
        kind = self.kind()
        for name, key in (("memory_static_max", "maxmem"), ("memory_dynamic_max", "memory")):
            if name in fields and _number(fields[name]) is not None:
                self.put(key, -(-(_number(fields[name]) or 0) // 2**20), fields[name])
        for name, key in (("VCPUs_max", "maxvcpus"), ("VCPUs_at_startup", "vcpus")):
            if name in fields and _number(fields[name]) is not None:
                self.put(key, _number(fields[name]), fields[name])
        for name, key in EVENTS.items():
            action = ACTIONS.get(fields[name].text.lower()) if name in fields else None
            if action is not None:
                self.put(key, action, fields[name])
        if "PV_args" in fields and fields["PV_args"].text:
            self.put("cmdline", fields["PV_args"].text, fields["PV_args"])
        arguments = fields.get("PV_bootloader_args")
        if arguments is not None and arguments.text:
            self.put("bootloader_args", arguments.text.split(), arguments)
        self.params(maps.get("VCPUs_params", {}))
        boot = maps.get("HVM_boot_params", {})
        if kind == "hvm":
            if boot.get("firmware") is not None and boot["firmware"].text == "uefi":
                self.put("bios", "ovmf", boot["firmware"])
            if boot.get("order") is not None and boot["order"].text:
                self.put("boot", boot["order"].text, boot["order"])
        self.platform(maps.get("platform", {}), kind)
        for where in POLICY_MAPS:
            found = next((maps[where][k] for k in POLICY_KEYS if k in maps.get(where, {})), None)
            if found is not None:
                self.put("runstate_translation", found.text, found)
                break

    def kind(self) -> str:
        """The guest type: `domain_type`, and before there was one, whether it boots as HVM does."""
        fields = self.record.fields
        stated, policy = fields.get("domain_type"), fields.get("HVM_boot_policy")
        types = {"hvm": "hvm", "pv": "pv", "pvh": "pvh", "pv_in_pvh": "pvh"}
        if stated is not None and stated.text in types:
            self.put("type", types[stated.text], stated)
            return types[stated.text]
        if policy is not None:
            kind = "hvm" if policy.text else "pv"
            self.put("type", kind, policy)
            return kind
        return "hvm"

    def params(self, params: dict[str, Field]) -> None:
        for name, key in (("weight", "cpu_weight"), ("cap", "cap")):
            if name in params and _number(params[name]) is not None:
                self.put(key, _number(params[name]), params[name])
        if "mask" in params:
            self.put("cpus", params["mask"].text, params["mask"])

    def platform(self, platform: dict[str, Field], kind: str) -> None:
        for name, found in platform.items():
            text = found.text.lower()
            if name in FLAGS and text in ("true", "false", "1", "0"):
                if kind == "hvm":
                    self.put(FLAGS[name], text in ("true", "1"), found)
            elif name in NUMBERS and _number(found) is not None:
                if kind == "hvm":
                    self.put(NUMBERS[name], _number(found), found)
            elif name == "tsc_mode" and text in TSC_MODES:
                self.put("tsc_mode", TSC_MODES[text], found)
            elif name == "vga" and text in ("std", "cirrus") and kind == "hvm":
                self.put("vga", {"std": "stdvga"}.get(text, text), found)
            elif name == "usb_tablet" and text in ("true", "1") and kind == "hvm":
                self.put("usb", 1, found)
                self.put("usbdevice", "tablet", found)
            elif name not in POLICY_KEYS:
                self.lost.append(
                    ConversionLoss(f"`{name}` of `platform`", NO_PLACE, found.name_start, found.end)
                )


def _number(field: Field) -> int | None:
    text = field.text.strip()
    digits = text[1:] if text[:1] == "-" else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None
