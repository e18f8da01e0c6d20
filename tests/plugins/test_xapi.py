"""VM records of xapi, as xe prints them and as JSON, are the same guests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from plugins.toolstacks import codes, guests, linter, quoted, reports

from xlcfg.core.source import Source
from xlcfg.model.guest import Guest
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.printer import print_document

RECORD: dict[str, Any] = {
    "uuid": "5c1f6f0a-51d4-4b7e-8f2b-0d9a3c7e1b22",
    "name_label": "mail \u00e4",
    "is_a_template": False,
    "memory_static_max": "2147483648",
    "memory_dynamic_max": "1073741824",
    "VCPUs_params": {"weight": "512", "mask": "0-1"},
    "VCPUs_max": "4",
    "VCPUs_at_startup": "2",
    "actions_after_shutdown": "destroy",
    "actions_after_crash": "coredump_and_restart",
    "HVM_boot_policy": "BIOS order",
    "HVM_boot_params": {"order": "cdn", "firmware": "uefi"},
    "platform": {
        "acpi": "1", "apic": "true", "pae": "false", "viridian": "true", "timeoffset": "60",
        "nested-virt": "true", "cores-per-socket": "2", "runstate_translation": "hypercall",
    },
    "other_config": {"runstate_translation": "update"},
    "domain_type": "hvm",
}  # fmt: skip


def as_text(record: dict[str, Any]) -> str:
    lines = []
    for name, value in record.items():
        if isinstance(value, dict):
            mode, shown = "MRW", "; ".join(f"{k}: {v}" for k, v in value.items())
        else:
            mode, shown = " RO" if name == "uuid" else " RW", str(value)
        label = name.replace("_", "-")
        lines.append(f"{label} ({mode}){'':>20}: {shown}")
    return "\n".join(lines) + "\n\n\n"


FORMS = {
    "text": as_text(RECORD),
    "json": json.dumps(RECORD, indent=1, ensure_ascii=False),
    "json list": json.dumps([RECORD]),
    "json map": json.dumps({"OpaqueRef:1": RECORD, "OpaqueRef:2": {"name_label": "no VM"}}),
}


def settings(guest: Guest) -> dict[str, object]:
    return {s.name: s.value.text for s in guest.document.settings if not s.value.is_list}


@pytest.mark.parametrize("form", FORMS)
def test_a_record_is_a_guest(form: str) -> None:
    (guest,) = guests(FORMS[form])
    assert guest.toolstack == "xapi"
    assert settings(guest) == {
        "name": "mail \u00e4".encode().decode("latin-1"),
        "uuid": "5c1f6f0a-51d4-4b7e-8f2b-0d9a3c7e1b22", "type": "hvm", "maxmem": "2048",
        "memory": "1024", "maxvcpus": "4", "vcpus": "2", "on_poweroff": "destroy",
        "on_crash": "coredump-restart", "cpu_weight": "512", "cpus": "0-1", "bios": "ovmf",
        "boot": "cdn", "acpi": "1", "apic": "1", "pae": "0", "viridian": "1",
        "rtc_timeoffset": "60", "nestedhvm": "1", "runstate_translation": "hypercall",
    }  # fmt: skip
    assert [loss.what for loss in guest.unsupported] == ["`cores-per-socket` of `platform`"]
    (report,) = reports(FORMS[form])
    assert report.policy is not None
    assert (report.policy.policy, report.policy.level) == ("hypercall", "guest")
    assert quoted(report, "RS002").startswith("runstate_translation")
    # the record's other-config asks for another policy
    assert sorted(codes(report)) == ["RS002", "XA102"]
    assert quoted(report, "XA102") == "update"


@pytest.mark.parametrize("form", FORMS)
def test_values_lie_in_the_file(form: str) -> None:
    (report,) = reports(FORMS[form].replace("hypercall", "never"))
    assert quoted(report, "RS001") == "never"


def test_other_config_speaks_when_platform_does_not() -> None:
    record = {**RECORD, "platform": {}}
    (report,) = reports(as_text(record))
    assert report.policy is not None
    assert report.policy.policy == "update"


def test_several_records_without_templates() -> None:
    template = {**RECORD, "uuid": "x", "is_a_template": "true"}
    small = {**RECORD, "name_label": "small", "platform": {}, "other_config": {}}
    text = as_text(RECORD) + as_text(template) + as_text(small)
    titles = [report.title for report in reports(text)]
    assert titles == ["guest (mail \u00e4)", "guest (small)"]


def test_a_record_becomes_a_config() -> None:
    (guest,) = guests(FORMS["json"])
    text = print_document(guest.document)
    again = Guest(Source("x", text.encode("latin-1")), read_guest(text), linter().target)
    assert not again.document.refused
    assert again.reading.values == guest.reading.values


@pytest.mark.parametrize(
    "text",
    [
        '{"VCPUs_max": "1"',
        '{"VCPUs_max": }',
        '{"VCPUs_max": "1"} x',
        '{"a": ' + "[" * 5_000 + ', "VCPUs_max": 1}',
        '["VCPUs_max", {]',
        "uuid ( RO) : 1\nis-a-template ( RW): true\n",
        '{"x": {"y": 1}, "z": ["VCPUs_max"], "VCPUs_max": 1, "w": "\\q"}',
        '[{"a": "VCPUs_max", "VCPUs-max"',
    ],
)
def test_broken_records_are_named(text: str) -> None:
    (report,) = reports(text)
    assert [d.code for d in report.diagnostics] == ["IO007"]
    assert report.unreadable


# ---- Xen Orchestra, and exports ----------------------------------------------------------------

ORCHESTRA: dict[str, Any] = {
    "type": "VM",
    "id": "5c1f6f0a-51d4-4b7e-8f2b-0d9a3c7e1b22",
    "uuid": "5c1f6f0a-51d4-4b7e-8f2b-0d9a3c7e1b22",
    "name_label": "web",
    "power_state": "Running",
    "virtualizationMode": "hvm",
    "CPUs": {"max": 4, "number": 2},
    "memory": {
        "dynamic": [1073741824, 1073741824],
        "size": 1073741824,
        "static": [536870912, 2147483648],
    },
    "boot": {"firmware": "uefi", "order": "cdn"},
    "cpuWeight": 512,
    "cpuCap": None,
    "cpuMask": [0, 1],
    "vga": "std",
    "videoram": 8,
    "other": {"runstate_translation": "update"},
    "VIFs": ["a", "b"],
    "os_version": {},
}


def test_a_vm_of_xen_orchestra() -> None:
    for text in (json.dumps(ORCHESTRA), json.dumps([ORCHESTRA], indent=2)):
        (guest,) = guests(text, "vms.json")
        assert guest.toolstack == "xapi"
        assert settings(guest) == {
            "name": "web",
            "uuid": "5c1f6f0a-51d4-4b7e-8f2b-0d9a3c7e1b22",
            "type": "hvm",
            "maxmem": "2048",
            "memory": "1024",
            "maxvcpus": "4",
            "vcpus": "2",
            "cpu_weight": "512",
            "cpus": "0,1",
            "bios": "ovmf",
            "boot": "cdn",
            "vga": "stdvga",
            "videoram": "8",
            "runstate_translation": "update",
        }
        for setting in guest.document.settings:
            assert 0 <= setting.start <= setting.end <= len(text)


def test_mistakes_of_xen_orchestras_vms_have_places() -> None:
    wrong = {**ORCHESTRA, "CPUs": {"max": 2, "number": 4}}
    text = json.dumps(wrong)
    (report,) = reports(text, "vms.json")
    (found,) = [d for d in report.diagnostics if d.severity == "error"]
    assert (found.code, text[found.start : found.end]) == ("XL309", "2")
    wrong = {**ORCHESTRA, "memory": {**ORCHESTRA["memory"], "static": [1, 2]}}
    (report,) = reports(json.dumps(wrong), "vms.json")
    assert "XA101" in codes(report)


@pytest.mark.parametrize("kind", ["VM-template", "VM-snapshot", "VM-controller"])
def test_what_is_no_guest_of_xen_orchestra(kind: str) -> None:
    both = [ORCHESTRA, {**ORCHESTRA, "type": kind, "name_label": "other"}]
    assert [guest.name for guest in guests(json.dumps(both), "vms.json")] == ["web"]


@pytest.mark.parametrize(
    "change",
    [
        {"CPUs": []},
        {"CPUs": None},
        {"CPUs": {"max": None, "number": [1]}},
        {"memory": {"static": [1], "dynamic": "x"}},
        {"memory": []},
        {"boot": [], "other": 3, "cpuMask": [None, {}]},
        {"type": {}},
    ],
)
def test_odd_records_of_xen_orchestra_raise_nothing(change: dict[str, Any]) -> None:
    assert len(reports(json.dumps({**ORCHESTRA, **change}), "vms.json")) == 1


def member(name: str, value: str) -> str:
    return f"<member><name>{name}</name><value>{value}</value></member>"


def export(record: dict[str, Any]) -> str:
    def value(one: object) -> str:
        if isinstance(one, dict):
            inner = "".join(member(name, value(inside)) for name, inside in one.items())
            return f"<struct>{inner}</struct>"
        if isinstance(one, bool):
            return f"<boolean>{int(one)}</boolean>"
        return str(one).replace("&", "&amp;")

    vm = f"<struct>{member('class', 'VM')}{member('snapshot', value(record))}</struct>"
    vif = f"<struct>{member('class', 'VIF')}{member('snapshot', '<struct></struct>')}</struct>"
    data = f"<array><data><value>{vm}</value><value>{vif}</value></data></array>"
    return f"<?xml version='1.0'?><value><struct>{member('objects', data)}</struct></value>"


def test_the_vms_of_an_export() -> None:
    record = {**RECORD, "name_label": "mail & more", "is_a_template": False}
    (guest,) = guests(export(record), "ova.xml")
    (same,) = guests(json.dumps(record), "vm.json")
    assert settings(guest) == settings(same)
    assert guest.name == "mail & more"
    broken = export({**RECORD, "VCPUs_max": "1"})
    (report,) = reports(broken, "ova.xml")
    places = [broken.encode()[d.start : d.end] for d in report.diagnostics if d.code == "XL309"]
    assert places == [b"1"]


@pytest.mark.parametrize(
    "text",
    [
        "<value><name>VCPUs_max</name>",
        "<value><struct><member><name>VCPUs_max</name><value></struct>",
        "<struct>" * 100 + "<name>VCPUs_max</name>",
        "<value></struct></array></struct><name>VCPUs_max</name><value>1</value>",
        "<value><struct><name>VCPUs_max</name><name>x</name><value>&#99999999;</value></struct>",
    ],
)
def test_a_broken_export_is_told_in_a_line(text: str) -> None:
    (report,) = reports(text, "ova.xml")
    assert codes(report) == ["IO007"]


@pytest.mark.parametrize(
    ("most", "started", "expected"),
    [
        ("4", "2", []), ("0", "0", ["XA103", "XA103"]), ("4", "0", ["XA103"]),
        ("4", "-1", ["XA103"]), ("4", "00", ["XA103"]), ("2", "4", ["XL309"]), ("x", "", []),
    ],
)  # fmt: skip
def test_numbers_of_vcpus_that_xapi_refuses(most: str, started: str, expected: list[str]) -> None:
    record = RECORD | {"VCPUs_max": most, "VCPUs_at_startup": started}
    del record["other_config"]
    for text in (as_text(record), json.dumps(record)):
        found = [c for c in codes(reports(text)[0]) if c in ("XA103", "XL309")]
        assert found == expected


@pytest.mark.parametrize(("state", "expected"), [("Halted", ["XA103"]), ("Running", [])])
def test_metrics_of_a_running_vm_are_no_mistake(state: str, expected: list[str]) -> None:
    vm = {
        "uuid": "5c1f6f0a-51d4-4b7e-8f2b-0d9a3c7e1b22", "name_label": "a", "type": "VM",
        "virtualizationMode": "hvm", "CPUs": {"max": 4, "number": 0}, "power_state": state,
        "memory": {"static": [1073741824, 1073741824], "dynamic": [1073741824, 1073741824]},
    }  # fmt: skip
    assert [c for c in codes(reports(json.dumps(vm))[0]) if c == "XA103"] == expected
