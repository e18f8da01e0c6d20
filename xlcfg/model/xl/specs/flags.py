"""`viridian` and `mca_caps`: lists of names xl refuses when it does not know them (HVM)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

#: enlightenments and since which 4.x
_VIRIDIAN = (
    ("base", 5),
    ("freq", 5),
    ("time_ref_count", 5),
    ("reference_tsc", 6),
    ("hcall_remote_tlb_flush", 7),
    ("apic_assist", 7),
    ("crash_ctl", 9),
    ("synic", 13),
    ("stimer", 13),
    ("hcall_ipi", 13),
    ("ex_processor_masks", 15),
    ("no_vp_limit", 15),
    ("cpu_hotplug", 15),
)


def read(reader: ConfigReader, key: str) -> None:
    value = reader.settings.by_name[key].value
    if key == "viridian" and (reader.minor < 5 or not value.is_list):
        # a text that is no number is skipped without a word since 4.5
        if reader.boolean(key) is None:
            return
    elif not value.is_list:
        reader.report_key("mca_caps.not-a-list", key)
    else:
        known = [name for name, since in _VIRIDIAN if reader.minor >= since]
        names = []
        for item in value.items:
            if item.is_list:
                reader.report("list.nested-crash", key, item.start, item.end)
                return
            text = item.text
            names.append(text)
            if key == "mca_caps":
                good, accepted = text == "lmce", ["lmce"]
            else:
                bare = text.removeprefix("!")
                good, accepted = bare.lower() in known or text in ("all", "defaults"), known
            if not good:
                args = {"name": key, "accepted": accepted}
                reader.report_word("spec.unknown-value", key, item, 0, text, **args)
        reader.values[key] = names
