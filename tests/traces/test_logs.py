"""ftrace text and console logs, in the forms that the kernel and Xen document."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from xlcfg_traces.plugin import xlcfg_read_trace

from recorded import events, written
from xlcfg.emulator import TraceError

HOST = """\
# tracer: nop
#
# entries-in-buffer/entries-written: 9/9   #P:4
#
#                                _-----=> irqs-off/BH-disabled
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
          <idle>-0       [001] d..2.   100.000100: sched_switch: prev_comm=swapper/1 prev_pid=0 \
prev_prio=120 prev_state=R ==> next_comm=CPU 0/KVM next_pid=4242 next_prio=120
       CPU 0/KVM-4242    [001] .....   100.000200: kvm_xen_hypercall: cpl 0 nr 0x18 a0 0x5 a1 0x0 \
a2 0xffffc90000013e68 a3 0x0 a4 0x0 a5 0
       CPU 0/KVM-4242    [001] .....   100.000210: kvm_xen_hypercall: cpl 0 nr 0x20 a0 0x5 a1 0x0 \
a2 0x0 a3 0x0 a4 0x0 a5 0
       CPU 0/KVM-4242    [001] d..2.   100.000300: sched_switch: prev_comm=CPU 0/KVM prev_pid=4242 \
prev_prio=120 prev_state=S ==> next_comm=CPU 1/KVM next_pid=4243 next_prio=120
CPU:2 [LOST 17 EVENTS]
       CPU 1/KVM-4243    [001] .....   100.000400: kvm_xen_hypercall: nr 0x18 a0 0xe a1 0x1 \
a2 0xffffc90000013e68 a3 0x0 a4 0x0 a5 0
       CPU 1/KVM-4243    [001] d..2.   100.000500: sched_switch: prev_comm=CPU 1/KVM prev_pid=4243 \
prev_prio=120 prev_state=R+ ==> next_comm=bash next_pid=77 next_prio=120
            bash-77      [001] d..2.   100.000600: sched_switch: prev_comm=bash prev_pid=77 \
prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120
"""

CONSOLE = """\
Booting...
(XEN) parameter "runstate-translation" unknown!
(XEN) parameter "dom0_mem" has invalid value "abc", rc=-22!
[    0.1] a guest's console says parameter "other" unknown!
(XEN) arch/arm/p2m.c:553: d1v0: Failed to walk page-table va 0xffff00003dbf80cf
(XEN) arch/arm/p2m.c:553: d1v0: Failed to walk page-table va 0xffff00003dbf80c0
(XEN) arch/arm/p2m.c:553: d1v0: Failed to walk page-table va 0xffff00003dbf80cf
(XEN) arch/arm/p2m.c:553: d1v1: Failed to walk page-table va 0xffff00003dc080c0
"""


@pytest.mark.parametrize("name", ["log.txt", "log.txt.gz"])
def test_a_host_shows_switches_and_registrations(tmp_path: Path, name: str) -> None:
    header, *reported = events(written(tmp_path, HOST, name=name))
    assert (header["vcpus"], header["registers"]) == (2, [0, 1])
    assert [
        (e["ev"], e.get("t"), e.get("vcpu"), e.get("state"), e.get("op")) for e in reported
    ] == [
        ("switch_in", 0, 0, None, None),
        ("note", 100_000, 0, None, "register_runstate_memory_area"),
        ("switch_out", 200_000, 0, "blocked", None),
        ("vcpu_up", 200_000, None, None, None),
        ("switch_in", 200_000, 1, None, None),
        ("note", 200_000, None, None, None),
        ("note", 300_000, 1, None, "register_runstate_phys_area"),
        ("switch_out", 400_000, 1, "runnable", None),
    ]


def test_the_short_form_of_trace_cmd(tmp_path: Path) -> None:
    text = (
        "cpus=4\n"
        "          <idle>-0     [001]   100.000100: sched_switch:  swapper/1:0 [120] R ==> "
        "CPU 0/KVM:4242 [120]\n"
        "       CPU 0/KVM-4242  [001]   100.000200: sched_switch:  CPU 0/KVM:4242 [120] D ==> "
        "swapper/1:0 [120]\n"
    )
    reported = events(written(tmp_path, text))[1:]
    assert [(e["ev"], e.get("state")) for e in reported] == [
        ("switch_in", None),
        ("switch_out", "blocked"),
    ]


def test_guests_of_a_host_are_told_apart(tmp_path: Path, cli: Any) -> None:
    other = HOST.replace("4242", "5242").replace("4243", "5243")
    path = written(tmp_path, HOST + other)
    done = cli("replay", path)
    assert done.returncode == 2
    assert "process 4242: 2 vCPUs; process 5242: 2 vCPUs" in done.stdout
    done = cli("replay", "--domain", "5242", path)
    assert done.returncode == 0
    assert "verdict: 4 switches; this guest registers by virtual address on 1 vCPU" in done.stdout
    tgids = HOST.replace("CPU 0/KVM-4242    [", "CPU 0/KVM-4242    (   4200) [")
    tgids = tgids.replace("CPU 1/KVM-4243    [", "CPU 1/KVM-4243    (   4200) [")
    assert len(events(written(tmp_path, tgids, name="tgid.txt"), 4200)) == 9


def test_a_pv_guest_shows_its_page_tables(tmp_path: Path, cli: Any) -> None:
    text = "".join(
        f"            init-1     [00{cpu}] d....   1.00000{i}: {said}\n"
        for i, (cpu, said) in enumerate(
            [
                (0, "xen_mmu_write_cr3: kernel cr3 1d0a000"),
                (1, "xen_mmu_write_cr3: user cr3 1d0b000"),
                (1, "xen_mc_batch: start batch LAZY_MMU"),
                (1, "xen_mc_entry: op 26 args [ffff, 1, 0, 0, 0, 0]"),
            ]
        )
    )
    path = written(tmp_path, text)
    header, *reported = events(path)
    assert (header["guest"], header["vcpus"]) == ("pv", 2)
    assert "switches" in header["lacks"]
    assert reported[:2] == [
        {"ev": "use_space", "t": 0, "vcpu": 0, "space": 0x1D0A000, "root": "kernel"},
        {"ev": "use_space", "t": 1000, "vcpu": 1, "space": 0x1D0B000, "root": "user"},
    ]
    assert "no registration is in this trace" in cli("replay", path).stdout


def test_areas_may_be_assumed(tmp_path: Path, cli: Any) -> None:
    path = written(tmp_path, HOST)
    done = cli("replay", "--assume-area", "0=0xffff8fe8@0x8fe8", path)
    assert done.returncode == 0
    assert "all 1 update delivered" in done.stdout
    assert "vCPU 0's area is at 0xffff8fe8, always backed by 0x8fe8" in done.stdout
    half = cli("replay", "--assume-area", "0=0xffff8000", path).stdout
    half = " ".join(half.split())
    assert "delivered" not in half
    assert "vCPU 0: 1 update due at 0xffff8000" in half
    for bad, said in (("0=8000", "is not VCPU=VA"), ("7=0x8000", "there is no vCPU 7")):
        done = cli("replay", "--assume-area", bad, path)
        assert done.returncode == 2
        assert said in done.stdout + done.stderr


def test_an_area_nobody_registers_is_taken_as_registered(tmp_path: Path, cli: Any) -> None:
    quiet = "".join(line for line in HOST.splitlines(True) if "hypercall" not in line)
    done = cli("replay", "--assume-area", "1=0x9000@0x9000", written(tmp_path, quiet))
    assert "all 2 updates delivered" in done.stdout
    assert "registered before the vCPU is seen to run" in " ".join(done.stdout.split())


def test_json_says_what_is_lacking(tmp_path: Path, cli: Any) -> None:
    done = cli("replay", "--format", "json", written(tmp_path, HOST))
    (reported,) = json.loads(done.stdout)["replays"]
    assert "vcpus" not in reported
    assert reported["verdict"].endswith("addresses not in this trace")
    assert reported["partial"]["lost"] == {"records": 17, "gaps": 1, "ns": 0}
    assert reported["partial"]["switches"] == {"0": 2, "1": 2}
    both = cli("replay", "--compare", "--format", "json", written(tmp_path, HOST))
    assert "safe" not in json.loads(both.stdout)["replays"][0]


def test_the_console_names_addresses_and_parameters(tmp_path: Path, cli: Any) -> None:
    done = cli("replay", written(tmp_path, CONSOLE))
    assert done.returncode == 1
    reported = " ".join(done.stdout.split())
    assert (
        "0xffff00003dbf80cf 2 failed: the flag byte of the area at 0xffff00003dbf80c0" in reported
    )
    assert "0xffff00003dbf80c0 1 failed: 1 missed update" in reported
    assert "4 failed walks of 3 addresses" in reported
    assert (
        "log.txt:2:1: error[BL101]: Xen says that it does not know `runstate-translation`"
        in reported
    )
    assert "log.txt:3:1: error[BL201]" in reported
    assert "other" not in reported


def test_the_console_of_several_domains(tmp_path: Path, cli: Any) -> None:
    path = written(tmp_path, CONSOLE + CONSOLE.replace("d1v", "d2v"))
    done = cli("replay", path)
    assert done.returncode == 2
    assert "domain 1: 4; domain 2: 4" in done.stdout
    assert "4 failed walks" in cli("replay", "--domain", "2", path).stdout


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    for text in ("", '{"trace": "xlcfg-boot-trace"}\n(XEN) x\n', "name = 'x'\n", "\0(XEN)"):
        assert xlcfg_read_trace(written(tmp_path, text), None) is None


def test_damaged_logs_never_surprise(tmp_path: Path) -> None:
    random = Random(3)
    for text in (HOST, CONSOLE):
        for _ in range(120):
            bad = bytearray(text.encode())
            for _ in range(random.randrange(1, 20)):
                at = random.randrange(len(bad))
                bad[at : at + random.randrange(3)] = random.randbytes(random.randrange(3))
            path = tmp_path / "bad.txt"
            path.write_bytes(bytes(bad))
            try:
                answer = xlcfg_read_trace(str(path), random.choice((None, 1)))
                lines = list(answer or ())
            except TraceError:
                continue
            assert all(isinstance(json.loads(line), dict) for line in lines)


def test_a_line_without_end_is_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, "(XEN) " + "x" * 5_000_000 + '\n(XEN) parameter "y" unknown!\n')
    assert len(events(path)) == 2


def test_no_other_command_takes_silence_for_safety(tmp_path: Path, cli: Any) -> None:
    path = written(tmp_path, HOST)
    done = cli("verdict", path)
    assert done.returncode == 2
    assert "addresses not in this trace" in " ".join(done.stdout.split())
    page = tmp_path / "page.html"
    done = cli("replay", "--html", page, path)
    assert done.returncode == 2
    assert not page.exists()
    done = cli("replay", "--compare", "--html", page, path)
    assert done.returncode == 2
    assert "a page needs the areas: say --assume-area" in done.stdout
    assert not page.exists()
    area = ("--assume-area", "0=0x9000@0x9000")
    assert cli("replay", "--html", page, *area, path).returncode == 0
    assert page.exists()
    page.unlink()
    done = cli("replay", "--compare", "--html", page, *area, path)
    assert done.returncode in (0, 1)
    assumed = "vCPU 0&#x27;s area is at 0x9000, always backed by 0x9000"
    assert assumed in page.read_text(encoding="utf-8")
