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
