"""`smbios` (HVM) and `xenstore_quota`: lists of NAME=VALUE."""

from __future__ import annotations

from xlcfg.model.xl.ctext import UINT_MAX, overflows, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

_TYPES = (
    "bios_vendor",
    "bios_version",
    "system_manufacturer",
    "system_product_name",
    "system_version",
    "system_serial_number",
    "baseboard_manufacturer",
    "baseboard_product_name",
    "baseboard_version",
    "baseboard_serial_number",
    "baseboard_asset_tag",
    "baseboard_location_in_chassis",
    "enclosure_manufacturer",
    "enclosure_serial_number",
    "enclosure_asset_tag",
    "battery_manufacturer",
    "battery_device_name",
    "oem",
)
_OEM_LIMIT = 99


def read(reader: ConfigReader, key: str) -> None:
    items = reader.items(key, quiet=key == "smbios")
    if items is None:
        if key == "smbios":
            reader.report_key("smbios.not-a-list", key)
        return
    pairs = []
    strings = 0
    for item in items:
        if item.is_list:
            reader.report("list.nested-item", key, item.start, item.end)
            continue
        name, equals, value = item.text.partition("=")
        if not equals:
            reader.report_word("spec.no-value", key, item, 0, item.text)
        elif key == "smbios":
            strings += name.lower() == "oem"
            _check_type(reader, key, item, name, value, strings)
        else:
            number, end = strtoul(value, 0)
            if not value or end != len(value) or end == 0 or overflows(value, 0):
                reader.report_word("spec.not-a-number", key, item, len(name) + 1, value)
            elif number > UINT_MAX:
                reader.report_word(
                    "number.too-big", key, item, len(name) + 1, value, limit=UINT_MAX
                )
        pairs.append((name.lower() if key == "smbios" else name, value))
    reader.values[key] = pairs


def _check_type(
    reader: ConfigReader, key: str, item: Atom, name: str, value: str, strings: int
) -> None:
    if not value:
        reader.report_word("spec.no-value", key, item, 0, item.text)
    elif name.lower() not in _TYPES:
        args = {"name": "type", "accepted": list(_TYPES)}
        reader.report_word("spec.unknown-value", key, item, 0, name, **args)
    elif name.lower() == "oem" and strings > _OEM_LIMIT:
        reader.report_word("smbios.too-many", key, item, 0, item.text, limit=_OEM_LIMIT)
