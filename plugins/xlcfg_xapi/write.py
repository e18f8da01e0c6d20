"""A guest as a VM record of xapi, in JSON, and what of it a record cannot say.

Disks and networks are objects of their own in xapi: a record has none, so each is named as lost.
"""

from __future__ import annotations

from xlcfg.core.conversion import Conversion, readable
from xlcfg.model.leaving import Leaving
from xlcfg_xapi.vm import ACTIONS, EVENTS, FLAGS, NUMBERS, TSC_MODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.model.guest import Guest

#: Keys whose devices are records of their own in xapi.
_OBJECTS = {
    "disk": "a VBD and a VDI", "vif": "a VIF and a network", "vtpm": "a VTPM", "usbdev": "a PUSB",
}  # fmt: skip


def write(guest: Guest) -> Conversion:
    """The record, and what is lost."""
    import json

    writer = _Writer(guest)
    text = json.dumps(writer.record(), indent=1, ensure_ascii=False) + "\n"
    return Conversion(text.encode().decode("latin-1"), writer.losses())


class _Writer(Leaving):
    no_place = "a VM record has no field for it that xlcfg knows of"

    def record(self) -> dict[str, Any]:
        """Fields by the names of the API; numbers are texts, as xapi sends them."""
        hvm = self.type == "hvm"
        self.left -= {"type", "builder"}
        record: dict[str, Any] = {"name_label": readable(str(self.take("name") or ""))}
        if self.take("uuid"):
            record["uuid"] = str(self.values["uuid"])
        record["is_a_template"] = False
        record["domain_type"] = self.type
        memory, maximum = self.take("memory"), self.take("maxmem")
        most = maximum or memory
        if most:
            record["memory_static_max"] = str(most * 1024)
            record["memory_dynamic_max"] = str((memory or most) * 1024)
        vcpus, maxvcpus = self.take("vcpus"), self.take("maxvcpus")
        record["VCPUs_max"] = str(maxvcpus or vcpus or 1)
        record["VCPUs_at_startup"] = str(vcpus or maxvcpus or 1)
        record["VCPUs_params"] = self.params()
        self.events(record)
        self.booting(record, hvm)
        record["platform"] = self.platform(hvm)
        self.devices()
        return record

    def params(self) -> dict[str, str]:
        found = {}
        for key, name in (("cpu_weight", "weight"), ("cap", "cap")):
            value = self.take(key)
            if value is not None:
                found[name] = str(value)
        pins = self.settings.string("cpus")
        if pins is not None and set(pins) <= set("0123456789,-"):
            self.left.discard("cpus")
            found["mask"] = readable(pins)
        return found

    def events(self, record: dict[str, Any]) -> None:
        actions = {xl: xapi for xapi, xl in ACTIONS.items()}
        for name, key in EVENTS.items():
            action = self.values.get(key)
            if action in actions:
                self.left.discard(key)
                record[name] = actions[action]

    def booting(self, record: dict[str, Any], hvm: bool) -> None:
        """Kernel and loader; what boots as HVM has an order and a firmware instead."""
        record["HVM_boot_policy"] = "BIOS order" if hvm else ""
        record["HVM_boot_params"] = order = {}
        if hvm:
            if self.take("boot"):
                order["order"] = str(self.values["boot"])
            bios = self.values.get("bios")
            if bios in ("ovmf", "seabios", None):
                self.left.discard("bios")
                order["firmware"] = "uefi" if bios == "ovmf" else "bios"
            if self.values.get("firmware") in ("uefi", "ovmf"):
                self.left.discard("firmware")
                order["firmware"] = "uefi"
            return
        line = self.kernel_line()
        arguments = self.values.get("bootloader_args")
        for key, name in (
            ("kernel", "PV_kernel"), ("ramdisk", "PV_ramdisk"), ("bootloader", "PV_bootloader"),
        ):  # fmt: skip
            if self.take(key):
                record[name] = readable(str(self.values[key]))
        if line:
            record["PV_args"] = readable(line)
        if arguments:
            self.left.discard("bootloader_args")
            words = [arguments] if isinstance(arguments, str) else arguments
            record["PV_bootloader_args"] = readable(" ".join(map(str, words)))

    def platform(self, hvm: bool) -> dict[str, str]:
        found: dict[str, str] = {}
        if hvm:
            # the last of two names for one key is the older one
            for name, key in reversed(FLAGS.items()):
                value = self.values.get(key)
                if isinstance(value, bool) and key in self.left:
                    self.left.discard(key)
                    found[name] = "true" if value else "false"
            if self.settings.string("viridian") is not None or self.values.get("viridian") == 1:
                self.left.discard("viridian")
                found["viridian"] = "true" if self.values.get("viridian") else "false"
            for name, key in NUMBERS.items():
                value = self.take(key)
                if value is not None:
                    found[name] = str(value)
            kinds = {"stdvga": "std", "cirrus": "cirrus"}
            card = self.settings.string("vga")
            if card in kinds:
                self.left.discard("vga")
                found["vga"] = kinds[card]
            if self.settings.string("usbdevice") == "tablet":
                self.left -= {"usb", "usbdevice"}
                found["usb_tablet"] = "true"
        modes = {xl: xapi for xapi, xl in TSC_MODES.items()}
        mode = self.settings.string("tsc_mode")
        if mode in modes:
            self.left.discard("tsc_mode")
            found["tsc_mode"] = modes[mode]
        policy = self.text("runstate_translation")
        if policy is not None:
            found["runstate_translation"] = readable(policy)
        return found

    def devices(self) -> None:
        """Names each device that is an object of its own in xapi."""
        for key, objects in _OBJECTS.items():
            if key not in self.left:
                continue
            self.left.discard(key)
            for i, _ in enumerate(self.values.get(key) or []):
                self.lose(key, f"item {i + 1} of `{key}`", f"in xapi it is {objects}, no field")
