"""What a replay tells its reader: counts, findings, text and JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_traces import (
    PHYS,
    RAM,
    RECORDED,
    REGISTER,
    TRACES,
    VA,
    ev,
    frame,
    map_,
    register,
    switch,
    trace,
    use,
)

from xlcfg.emulator import Replay, compare, replay
from xlcfg.report.replay import render_compare, render_text, to_json
from xlcfg.rules.replay import Finding, findings, rules


def find(result: Replay, code: str) -> Finding:
    (finding,) = [finding for finding in findings(result) if finding.code == code]
    return finding


def line_of(lines: list[str], text: str, nth: int = 0) -> int:
    return [number for number, line in enumerate(lines, 1) if text in line][nth]


def test_refused_registration() -> None:
    lines = trace(use(0), register(), register())
    finding = find(replay(lines, "hypercall"), "RT101")
    assert finding.severity == "warning"
    assert "-22 (EINVAL), 2 times" in finding.message
    assert finding.lines == (3,)
    assert not findings(replay(lines, "update"))


def test_remote_registration_is_explained() -> None:
    lines = trace(use(0), map_(0), register(vcpu=0, target=1))
    finding = find(replay(lines, "hypercall"), "RT101")
    assert "only for the calling vCPU itself" in finding.message


def test_dropped_area() -> None:
    lines = trace(use(0), map_(0), register(), *switch(), register(VA + 0x9000), *switch())
    result = replay(lines, "hypercall")
    assert find(result, "RT102").lines == (7,)
    assert result.vcpus[0].attempts == 2


def timed(*events: dict[str, Any], step: int = 10_000_000) -> list[dict[str, Any]]:
    return [event | {"t": index * step} for index, event in enumerate(events)]


def test_lost_updates_and_their_gap() -> None:
    events = timed(
        use(0), map_(0), register(), *switch(), use(1), *switch(times=2), use(0), *switch()
    )
    result = replay(trace(*events), "update")
    vcpu = result.vcpus[0]
    assert (vcpu.attempts, vcpu.delivered, vcpu.lost) == (8, 4, 4)
    assert vcpu.lost_where == {("", None, 1): 4}
    gap = vcpu.longest_gap
    assert gap is not None
    # From the last delivery (index 4) to the next one (index 11).
    assert (gap.updates, gap.ns, gap.first_line, gap.last_line) == (4, 70_000_000, 8, 13)
    finding = find(result, "RT103")
    assert "4 of 8 updates (50.0 %) are lost" in finding.message
    assert "(as under KPTI)" in finding.message
    assert "address space 1 (4)" in finding.message
    assert "4 updates and 70 ms" in finding.message
    assert finding.lines == (8, 13)


def test_exception_level_names_the_user_mode() -> None:
    events = [use(0), map_(0), register(), use(1)]
    events += [ev("switch_out", vcpu=0, state="runnable", el=0), ev("switch_in", vcpu=0, el=0)]
    finding = find(replay(trace(*events), "update"), "RT103")
    assert "not mapped in the user-mode tables (KPTI)" in finding.message
    assert "user mode EL0 address space 1 (2)" in finding.message


def test_torn_updates() -> None:
    pages = [map_(0), map_(1, VA + 4096)]
    gone = ev("unmap", space=0, va=VA + 4096)
    lines = trace(use(0), *pages, register(VA + 0xFF0), gone, *switch())
    result = replay(lines, "update")
    assert (result.total("partial"), result.total("lost")) == (2, 0)
    assert find(result, "RT104").lines == (7,)
    assert "op 14 refuses" in find(result, "RT117").message


def test_another_frame_is_overwritten() -> None:
    lines = trace(use(0), map_(0), map_(1, space=1), register(), use(1), *switch(times=3))
    result = replay(lines, "update")
    finding = find(result, "RT105")
    assert finding.severity == "error"
    assert finding.lines == (7, 5)
    assert frame(1) in finding.message
    assert result.vcpus[0].overwritten == {RAM + 4096: 6}
    (writes,) = result.vcpus[0].misplaced
    assert (writes.count, writes.first_line, writes.last_line) == (6, 7, 12)
    assert not findings(replay(lines, "hypercall"))


def test_mmu_off_overwrites() -> None:
    entry = ev("map", space=0, va=RAM + 0x5000, gpa=frame(0))
    lines = trace(use(0), entry, register(RAM + 0x5040), ev("mmu", on=False), *switch())
    finding = find(replay(lines, "update"), "RT105")
    assert "stage 1 off" in finding.message


@pytest.mark.parametrize("policy", ["update", "hypercall"])
def test_reused_frame(policy: str) -> None:
    lines = trace(use(0), map_(0), register(), ev("reuse", gpa=frame(0), as_="kernel"), *switch())
    finding = find(replay(lines, policy), "RT106")
    assert finding.severity == "error"
    assert "(kernel since line 5)" in finding.message
    assert finding.lines == (6, 4, 5)
    again = trace(use(0), map_(0), ev("reuse", gpa=frame(0), as_="kernel"), register(), *switch())
    assert not findings(replay(again, policy))


@pytest.mark.parametrize("policy", ["update", "hypercall"])
def test_area_outlives_its_program(policy: str) -> None:
    lines = trace(use(0), map_(0), register(), ev("stage", name_="kexec"), *switch())
    finding = find(replay(lines, policy), "RT107")
    assert "kexec since line 5" in finding.message
    taken_back = trace(
        use(0), map_(0), register(), register(0), ev("stage", name_="kexec"), *switch()
    )
    assert not findings(replay(taken_back, policy))


def test_stale_dangling_and_moved() -> None:
    moved = trace(use(0), map_(0), register(), ev("unmap", space=0, va=VA), map_(1), *switch())
    assert find(replay(moved, "hypercall"), "RT108").severity == "error"
    assert find(replay(moved, "update"), "RT109").severity == "info"
    gone = trace(use(0), map_(0), register(), ev("unmap", space=0, va=VA), *switch())
    assert find(replay(gone, "hypercall"), "RT108").severity == "warning"
    assert find(replay(gone, "update"), "RT103").severity == "warning"


def test_replaced_page() -> None:
    lines = trace(
        use(0),
        map_(0),
        register(),
        ev("p2m_remove", gpa=frame(0)),
        ev("p2m_add", gpa=frame(0), same_page=False),
        *switch(),
    )
    result = replay(lines, "hypercall")
    assert find(result, "RT110").lines == (7, 8)
    assert result.total("lost") == 2
    assert not findings(replay(lines, "update"))


def test_both_interfaces() -> None:
    phys = ev("vcpu_op", vcpu=0, op=PHYS, target=0, addr=RAM + 0x1000)
    lines = trace(use(0), map_(0), register(), phys, *switch(), phys_area=True)
    assert find(replay(lines, "update"), "RT111").lines == (5,)


def test_feature_bit() -> None:
    phys = ev("vcpu_op", vcpu=0, op=PHYS, target=0, addr=RAM + 0x1000)
    finding = find(replay(trace(use(0), phys), "update"), "RT112")
    assert "XENFEAT_runstate_phys_area" in finding.message
    assert not [f for f in findings(replay(trace(use(0), phys), "update")) if f.code == "RT101"]
    old = find(replay(trace(use(0), phys, arch="x86_64"), "update"), "RT101")
    assert "-38 (ENOSYS)" in old.message


def test_stale_reads_and_stolen_time() -> None:
    read = ev("read", vcpu=0, target=0)
    fresh = [use(0), map_(0), register(), *switch(), read]
    stale = [use(1), *switch(times=3), read, use(0), read, *switch(), read]
    events = timed(*fresh, *stale)
    result = replay(trace(*events), "update")
    reads = result.vcpus[0].reads
    assert (reads.count, reads.stale, reads.partial) == (4, 2, 0)
    # One runnable time of 10 ms was seen, three more were not.
    assert (reads.worst_ns, reads.worst_of) == (30_000_000, 40_000_000)
    finding = find(result, "RT113")
    assert "2 of 4 reads find a stale area" in finding.message
    assert "up to 30 ms too low (75.0 % of it)" in finding.message
    assert not findings(replay(trace(*events), "hypercall"))


def test_reads_without_an_area() -> None:
    read = ev("read", vcpu=0, target=0)
    reads = replay(trace(use(0), map_(0), read, register(), read), "update").vcpus[0].reads
    assert (reads.count, reads.unregistered, reads.stale) == (2, 1, 0)


def test_torn_reads_mix_old_and_new_bytes() -> None:
    # 0xfe0: state, entry and time[0], time[1] are on the first page, time[2] and [3] are not.
    events = timed(
        use(0),
        map_(0),
        map_(1, VA + 4096),
        register(VA + 0xFE0),
        *switch(),
        ev("unmap", space=0, va=VA + 4096),
        ev("switch_out", vcpu=0, state="offline"),
        ev("switch_in", vcpu=0),
        *switch(),
        ev("read", vcpu=0, target=0),
    )
    reads = replay(trace(*events), "update").vcpus[0].reads
    assert (reads.partial, reads.stale) == (1, 0)
    assert reads.worst_ns == 10_000_000, "the offline time is missing, the runnable time is not"


def test_break_before_make_is_an_arm_rule() -> None:
    events = [use(0), map_(0), map_(1), ev("unmap", space=0, va=VA), map_(2), map_(2)]
    events += [map_(2, ro=True), map_(2)]  # another permission, the same frame
    finding = find(replay(trace(*events), "update"), "RT114")
    assert finding.lines == (4,)
    assert "1 time" in finding.message
    assert "RT114" not in [
        f.code for f in findings(replay(trace(*events, arch="x86_64"), "update"))
    ]


def test_nothing_registered() -> None:
    finding = find(replay(trace(use(0), *switch()), "update"), "RT115")
    assert finding.severity == "info"
    assert finding.line is None
    assert not compare(trace(use(0), *switch())).distinguishable


def test_misaligned_is_not_portable() -> None:
    lines = trace(use(0), map_(0), register(VA + 4))
    assert "misaligned" in find(replay(lines, "update"), "RT117").message


def test_worst_come_first() -> None:
    result = replay(TRACES / "fuzz12-417-deb.jsonl.xz", "update")
    ranks = [["error", "warning", "info"].index(f.severity) for f in findings(result)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3


@pytest.mark.parametrize("policy", ["update", "hypercall"])
@pytest.mark.parametrize("name", RECORDED[::3])
def test_renderings(name: str, policy: str) -> None:
    result = replay(TRACES / name, policy, verify=True)
    text = render_text(result)
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[-1].strip()
    assert "verdict:" in text
    data = json.loads(json.dumps(to_json(result)))
    assert data["policy"] == policy
    assert [f["code"] for f in data["findings"]] == [f.code for f in findings(result)]
    assert all(f["name"] == rules()[f["code"]].TITLE for f in data["findings"])
    comparison = compare(TRACES / name)
    text = render_compare(comparison)
    assert max(map(len, text.splitlines())) <= 80
    assert comparison.update.vcpus == replay(TRACES / name, "update").vcpus
    assert comparison.hypercall.vcpus == replay(TRACES / name, "hypercall").vcpus


def test_text_of_a_small_replay() -> None:
    lines = trace(use(0), map_(0), register(), use(1), *switch(times=2), hypervisor="x\x1b[0m")
    assert render_text(replay(lines, "update")) == (
        "arm64 pvh, 2 vCPUs, recorded on x\\x1b[0m; 8 events\n"
        "policy update, model xen-arm (Xen 4.17 and later on Arm)\n"
        "\n"
        "vCPU      area  calls updates delivered   torn   lost misplaced              gap\n"
        "   0   address      1       4         0      0      4         0                4\n"
        "\n"
        "RT103 warning: line 6: vCPU 0: 4 of 4 updates (100.0 %) are lost because the\n"
        "    area's virtual address is not mapped in the page tables active at the switch\n"
        "    (as under KPTI); lost in address space 1 (4); the longest gap is 4 updates\n"
        "    see also line 9\n"
        "    help: Keep the area mapped in every set of page tables the vCPU runs on, or\n"
        "    use a hypervisor that translates once, in the hypercall.\n"
        "\n"
        "verdict: update: 4 of 4 updates lost (100.0 %)\n"
    )


def test_registrations_are_kept_up_to_a_bound() -> None:
    lines = trace(use(0), map_(0), *[register()] * 1000)
    vcpu = replay(lines, "update").vcpus[0]
    assert vcpu.registered == 1000
    assert len(vcpu.registrations) == 200
    assert vcpu.registrations[0].op == REGISTER
