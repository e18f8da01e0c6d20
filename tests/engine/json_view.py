"""Whether what `xl -N create` prints as JSON is what the engine's values say it should print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcfg.model.xl.as_json import (
    DISPLAY,
    HVM,
    LISTS,
    PATHS,
    device_json,
    expected,
    get,
    prune,
    put,
)

if TYPE_CHECKING:
    from xlcfg.model.xl import Reading


def mismatches(reading: Reading, json: dict[str, Any]) -> list[str]:
    """The places where xl's JSON and the engine's values differ."""
    mine = expected(reading)
    theirs = prune(json)
    paths = [*PATHS.values(), *LISTS.values(), "b_info.device_model_version"]
    paths += ["b_info.vcpu_hard_affinity", "b_info.vcpu_soft_affinity"]
    if reading.values.get("vfb"):
        paths.append("vfbs")
    if not reading.values.get("vnuma"):
        paths.append("b_info.max_memkb")
    if "firmware" in reading.values and reading.guest_type != "hvm":
        paths.remove("b_info.kernel")  # a path of this installation
    keyboards: Any = reading.values.get("vkb")
    if keyboards:
        # those of the framebuffers come first
        theirs["vkbs"] = theirs["vkbs"][-len(keyboards) :]
        put(mine, "vkbs", prune([device_json("vkb", keyboard) for keyboard in keyboards]))
        paths.append("vkbs")
    if reading.guest_type == "hvm":
        paths += [HVM + field for field in DISPLAY.values()]
        paths += [HVM + name for name in ("serial", "serial_list", "usbdevice", "usbdevice_list")]
        paths += [HVM + n for n in ("viridian", "viridian_enable", "viridian_disable")]
        paths += [HVM + n for n in ("gfx_passthru", "gfx_passthru_kind", "mca_caps", "smbios")]
    if any(outcome.kind == "vif.bad-mac" for outcome in reading.outcomes):
        # xl may have read past the end of the string
        for nic in [*mine.get("nics", ()), *theirs.get("nics", ())]:
            nic.pop("mac", None)
    found = []
    for path in paths:
        ours, real = get(mine, path), get(theirs, path)
        if path == "pcidevs" and real:
            for device in real:
                device.pop("rdm_policy", None)
        if ours != real:
            found.append(f"{path}: engine {ours!r}, xl {real!r}")
    return found
