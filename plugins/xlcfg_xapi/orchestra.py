"""VMs as Xen Orchestra's REST API gives them, as records with xapi's names for the same things."""

from __future__ import annotations

from xlcfg_xapi.fields import Field, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Members that are fields of the record under this name.
_FIELDS = {
    "uuid": "uuid",
    "name_label": "name_label",
    "virtualizationMode": "domain_type",
    "PV_args": "PV_args",
}
#: Pairs of numbers in `memory`.
_MEMORY = {
    "static": ("memory_static_min", "memory_static_max"),
    "dynamic": ("memory_dynamic_min", "memory_dynamic_max"),
}
_CPUS = {"max": "VCPUs_max", "number": "VCPUs_at_startup"}
_PARAMS = {"cpuWeight": "weight", "cpuCap": "cap"}
#: Members that xapi has in `platform`.
_PLATFORM = {
    "vga": "vga",
    "videoram": "videoram",
    "viridian": "viridian",
    "nestedVirt": "nested-virt",
}
#: Maps under this name.
_MAPS = {"boot": "HVM_boot_params", "platform": "platform", "other": "other_config"}
_KINDS = {
    "VM-template": "is_a_template",
    "VM-snapshot": "is_a_snapshot",
    "VM-controller": "is_control_domain",
}


def record(members: dict[str, Any]) -> Record:
    """The record of a VM; `members` as the reader of JSON has them."""
    made = Record(min(start for (start, _), _ in members.values()))
    for name, (place, value) in members.items():
        if isinstance(value, tuple):
            _single(made, name, place, value)
        elif isinstance(value, dict):
            _map(made, name, value)
        elif name == "cpuMask" and value and all(isinstance(one, tuple) for one in value):
            text = ",".join(one[0] for one in value)
            made.maps.setdefault("VCPUs_params", {})["mask"] = Field(
                text, place, (value[0][1], value[-1][2])
            )
    state = members.get("power_state", (None, None))[1]
    started = made.fields.get("VCPUs_at_startup")
    if isinstance(state, tuple) and state[0] != "Halted" and started and started.text == "0":
        # Of what is running its metrics tell the number, and may not have come yet.
        del made.fields["VCPUs_at_startup"]
    return made


def _field(place: tuple[int, int], value: tuple[str, int, int]) -> Field:
    return Field(value[0], place, (value[1], value[2]))


def _single(made: Record, name: str, place: tuple[int, int], value: tuple[str, int, int]) -> None:
    if value[0] == "null":
        return
    if name in _FIELDS:
        made.fields[_FIELDS[name]] = _field(place, value)
    elif name in _PARAMS:
        made.maps.setdefault("VCPUs_params", {})[_PARAMS[name]] = _field(place, value)
    elif name in _PLATFORM:
        made.maps.setdefault("platform", {}).setdefault(_PLATFORM[name], _field(place, value))
    elif name == "type" and value[0] in _KINDS:
        made.fields[_KINDS[value[0]]] = Field("true", place, (value[1], value[2]))


def _map(made: Record, name: str, members: dict[str, Any]) -> None:
    if name == "CPUs":
        for key, field in _CPUS.items():
            place, value = members.get(key, (None, None))
            if isinstance(value, tuple):
                made.fields[field] = _field(place, value)
    elif name == "memory":
        for key, fields in _MEMORY.items():
            place, pair = members.get(key, (None, None))
            if isinstance(pair, list) and len(pair) == 2:
                for field, value in zip(fields, pair, strict=True):
                    if isinstance(value, tuple):
                        made.fields[field] = _field(place, value)
    elif name in _MAPS:
        into = made.maps.setdefault(_MAPS[name], {})
        for key, (place, value) in members.items():
            if isinstance(value, tuple) and value[0] != "null":
                into[key] = _field(place, value)
