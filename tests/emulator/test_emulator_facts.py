"""Who writes what, when and through which tables: one test per observed fact."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_traces import (
    PHYS,
    RAM,
    VA,
    answers,
    ev,
    frame,
    map_,
    register,
    switch,
    trace,
    use,
    written,
)

from xlcfg.emulator import TraceError, replay

RESET = ev("observe_reset")
ALL = 0xFFFFFFFFFFFFFFFF


def phys(addr: int, vcpu: int = 0, **members: Any) -> dict[str, Any]:
    return ev("vcpu_op", vcpu=vcpu, **({"op": PHYS, "target": vcpu, "addr": addr} | members))


def test_registration_copies_at_once() -> None:
    lines = trace(use(0), map_(0), register())
    for policy in ("update", "hypercall"):
        assert answers(lines, policy) == [0]
        assert written(lines, policy) == {0: (0x40, 0x6F)}


@pytest.mark.parametrize(
    ("policy", "ret", "later"), [("update", 0, {0}), ("hypercall", -22, set())]
)
def test_unmapped_address(policy: str, ret: int, later: set[int]) -> None:
    lines = trace(use(0), register(), map_(0), RESET, *switch())
    assert answers(lines, policy) == [ret]
    assert set(written(lines, policy)) == later


def test_remapped_address() -> None:
    lines = trace(use(0), map_(0), register(), RESET, map_(1), *switch())
    assert set(written(lines, "update")) == {1}
    assert set(written(lines, "hypercall")) == {0}


def test_both_halves_of_a_switch_write() -> None:
    out, back = switch()
    lines = trace(use(0), map_(0), register(), RESET, out, map_(1), back)
    assert set(written(lines)) == {0, 1}


@pytest.mark.parametrize(
    ("mapped", "offset", "flag", "expected"),
    [
        ((0, 1), 0xFD8, False, {0: (0xFD8, 0xFFF), 1: (0, 7)}),
        ((0, 1), 0xFD0, False, {0: (0xFD0, 0xFFF)}),
        ((0,), 0xFF8, False, {0: (0xFF8, 0xFFF)}),
        ((1,), 0xFF8, False, {}),
        ((1,), 0xFF8, True, {1: (7, 7)}),
        ((1,), 0xFD8, True, {}),
        ((0,), 0xFF8, True, {0: (0xFF8, 0xFFF)}),
    ],
)
def test_crossing_a_page(
    mapped: tuple[int, ...], offset: int, flag: bool, expected: dict[int, Any]
) -> None:
    pages = [map_(index, VA + (index << 12)) for index in (0, 1)]
    gone = [ev("unmap", space=0, va=VA + (index << 12)) for index in (0, 1) if index not in mapped]
    assist = ev("vm_assist", type="runstate_update_flag", on=flag)
    lines = trace(use(0), assist, *pages, register(VA + offset), *gone, RESET, *switch())
    assert written(lines) == expected
    if offset > 0xFD0:
        assert set(written(lines, "hypercall")) == {0, 1}


@pytest.mark.parametrize("offset", [1, 2, 4, 7])
def test_misaligned_address(offset: int) -> None:
    lines = trace(use(0), map_(0), register(VA + offset))
    assert answers(lines) == [0]
    assert written(lines) == {0: (offset, offset + 47)}
    assert answers(lines, "hypercall") == [-22]


def test_refused_registration_drops_the_old_area_only_under_hypercall() -> None:
    lines = trace(use(0), map_(0), register(), register(VA + 0x9000), RESET, *switch())
    assert answers(lines, "hypercall") == [0, -22]
    assert written(lines, "hypercall") == {}
    assert answers(lines) == [0, 0]


def test_null_writes_once_where_page_zero_is_mapped() -> None:
    lines = trace(use(0), map_(3, 0), register(0), RESET, *switch())
    assert written(trace(use(0), map_(3, 0), register(0))) == {3: (0, 47)}
    assert written(lines) == {}
    assert written(trace(use(0), map_(3, 0), register(0)), "hypercall") == {}


def test_read_only_and_unbacked_pages() -> None:
    for entry in (map_(0, ro=True), ev("map", space=0, va=VA, gpa=0x20000000)):
        lines = trace(use(0), entry, register(), map_(0), RESET, *switch())
        assert answers(lines, "hypercall") == [-22]
        assert written(lines, "hypercall") == {}
        assert set(written(lines)) == {0}
    lines = trace(use(0), map_(0), register(), map_(0, ro=True), RESET, *switch())
    assert written(lines) == {}
    assert set(written(lines, "hypercall")) == {0}


def test_other_page_tables() -> None:
    start = [use(0), map_(0), register(), RESET, use(1)]
    assert written(trace(*start, *switch())) == {}
    assert set(written(trace(*start, *switch()), "hypercall")) == {0}
    elsewhere = map_(1, space=1)
    assert set(written(trace(*start, elsewhere, *switch()))) == {1}
    assert set(written(trace(*start, elsewhere, *switch()), "hypercall")) == {0}


def test_mmu_off_takes_the_address_as_physical() -> None:
    off = ev("mmu", vcpu=0, on=False)
    lines = trace(use(0), map_(0, RAM + 0x5000), register(RAM + 0x5040), RESET, off, *switch())
    assert set(written(lines)) == {5}
    assert set(written(lines, "hypercall")) == {0}


def test_remote_registration() -> None:
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1)]
    own = [use(0), use(1, 1), map_(2), map_(3, space=1)]
    call = register(vcpu=0, target=1)
    down = trace(*own, call)
    assert set(written(down)) == {2}
    lines = trace(*own, *up, call, RESET, *switch(1))
    assert set(written(lines)) == {3}
    assert answers(lines, "hypercall") == [-22]
    dropped = trace(*own, *up, register(vcpu=1), call, RESET, *switch(1))
    assert answers(dropped, "hypercall") == [0, -22]
    assert written(dropped, "hypercall") == {}
    assert answers(trace(*own, register(0, target=1)), "hypercall") == [0]


def test_no_such_vcpu_and_unreadable_argument() -> None:
    lines = trace(use(0), register(target=2), register(arg_fault=True))
    for policy in ("update", "hypercall"):
        assert answers(lines, policy) == [-14]
        assert replay(lines, policy).total("registered") == 1


def test_address_bits_above_the_translated_width() -> None:
    lines = trace(use(0), map_(0), register(VA + 0x40 + (1 << 45)))
    assert set(written(lines)) == {0}
    lines = trace(use(0), map_(0, VA | 1 << 63), register(VA + 0x40 + (1 << 45)))
    assert written(lines) == {}


@pytest.mark.parametrize(("same", "update", "hypercall"), [(True, {1}, {1}), (False, {1}, set())])
def test_ballooned_frame(same: bool, update: set[int], hypercall: set[int]) -> None:
    out = ev("p2m_remove", gpa=frame(1))
    back = ev("p2m_add", gpa=frame(1), same_page=same)
    start = [use(0), map_(1), register(), RESET, out]
    assert written(trace(*start, *switch())) == {}
    # Written while out, seen once the page is back.
    assert set(written(trace(*start, *switch(), back), "hypercall")) == hypercall
    assert set(written(trace(*start, back, *switch()))) == update
    assert set(written(trace(*start, back, *switch()), "hypercall")) == hypercall
    assert answers(trace(use(0), map_(1), out, register()), "hypercall") == [-22]


# -- op 14 --------------------------------------------------------------------------------------


def test_op14_on_arm_is_refused_whatever_it_asks_for() -> None:
    lines = trace(use(0), phys(RAM), phys(ALL), phys(RAM + 1), phys(RAM, arg_fault=True))
    assert answers(lines) == [-22] * 4


def test_op14_on_old_x86_is_not_implemented() -> None:
    lines = trace(use(0), phys(RAM), phys(RAM, arg_fault=True), arch="x86_64")
    assert answers(lines) == [-38, -38]


@pytest.mark.parametrize("arch", ["arm64", "x86_64", "x86_32"])
def test_op14_checks(arch: str) -> None:
    size = 44 if arch == "x86_32" else 48
    last = RAM + 4096 - size
    lines = trace(
        use(0),
        phys(RAM, arg_fault=True),
        phys(last),
        phys(last + 4),
        phys(RAM + 1),
        phys(RAM + 4),
        phys(0x20000000),
        phys(ALL),
        arch=arch,
        phys_area=True,
    )
    four = 0 if arch == "x86_32" else -6
    assert answers(lines) == [-14, 0, -6, -6, four, -22, 0]


def test_physical_area_alone_is_updated_and_the_virtual_one_resumes() -> None:
    start = [use(0), map_(0), register(), phys(RAM + 0x1000), RESET]
    lines = trace(*start, *switch(), phys_area=True)
    assert set(written(lines)) == {1}
    lines = trace(*start, phys(ALL), RESET, *switch(), phys_area=True)
    assert set(written(lines)) == {0}
    lines = trace(*start, phys(RAM + 0x1FF8), RESET, *switch(), phys_area=True)
    assert set(written(lines)) == {1}, "a refused call keeps the old area"


def test_remote_op14_switches_its_target() -> None:
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1)]
    start = [use(0), use(1, 1), map_(2, space=1)]
    call = phys(RAM + 0x3000, target=1)
    lines = trace(*start, *up, register(vcpu=1), RESET, call, phys_area=True)
    assert set(written(lines)) == {2, 3}
    assert written(trace(*start, call, phys_area=True)) == {}, "a vCPU that is down is not written"
    refused = phys(RAM + 0x3FF8, target=1)
    assert written(trace(*start, *up, register(vcpu=1), RESET, refused, phys_area=True)) == {}


def test_pv_page_table_frame_is_refused() -> None:
    lines = trace(
        use(0),
        ev("reuse", gpa=frame(1), as_="page-table"),
        phys(RAM + 0x1000),
        ev("reuse", gpa=frame(1), as_="free"),
        phys(RAM + 0x1000),
        arch="x86_64",
        guest="pv",
        phys_area=True,
    )
    assert answers(lines) == [-13, 0]


# -- x86 ----------------------------------------------------------------------------------------


def test_pvh_addresses_wrap_at_48_bits() -> None:
    top = (1 << 48) - 4096
    start = [use(0), map_(0, top), map_(1, 0)]
    lines = trace(*start, register(top | 0xFFFF << 48 | 0xFF8), RESET, *switch(), arch="x86_64")
    assert written(lines) == {0: (0xFF8, 0xFFF), 1: (0, 39)}


def test_32_bit_addresses_are_truncated_and_wrap() -> None:
    lines = trace(use(0), map_(0, 0xFFFFF000), map_(1, 0), register(0x1FFFFFFF8), arch="x86_32")
    assert written(lines) == {0: (0xFF8, 0xFFF), 1: (0, 35)}


def test_compat_layout_has_the_flag_byte_at_11() -> None:
    va = 0x10000000
    assist = ev("vm_assist", type="runstate_update_flag", on=True)
    gone = ev("unmap", space=0, va=va)
    start = [use(0), assist, map_(0, va), map_(1, va + 4096), register(va + 0xFF8), gone, RESET]
    assert written(trace(*start, *switch(), arch="x86_32")) == {1: (3, 3)}


def test_pv_hole_is_refused_and_keeps_the_old_area() -> None:
    lines = trace(
        use(0),
        map_(0),
        register(),
        register(0x800000000000),
        register(0xFFFF87FFFFFFFFFF),
        RESET,
        *switch(),
        arch="x86_64",
        guest="pv",
    )
    assert answers(lines) == [0, -14, -14]
    assert set(written(lines)) == {0}


def test_pv_area_into_the_hole_keeps_its_first_bytes() -> None:
    top = 0x7FFFFFFFF000
    lines = trace(use(0), map_(0, top), register(top + 0xFF0), arch="x86_64", guest="pv")
    assert written(lines) == {0: (0xFF0, 0xFFF)}


class TestPvUserMode:
    """An update that fails in user mode is made up for at the toggle to kernel mode."""

    start = (use(0), use(2, root="user"), map_(0), register(), RESET)
    user = ev("mode", vcpu=0, mode="user")
    kernel = ev("mode", vcpu=0, mode="kernel")

    def written(self, *events: dict[str, Any], **members: Any) -> set[int]:
        members = {"arch": "x86_64", "guest": "pv"} | members
        return set(written(trace(*self.start, *events, **members)))

    def test_nothing_is_written_in_user_mode(self) -> None:
        assert self.written(self.user, *switch()) == set()

    def test_toggle_delivers(self) -> None:
        assert self.written(self.user, *switch(), self.kernel) == {0}

    def test_toggle_without_a_failure_writes_nothing(self) -> None:
        assert self.written(self.user, self.kernel) == set()

    def test_kernel_mode_failure_is_not_made_up_for(self) -> None:
        gone, back = ev("unmap", space=0, va=VA), map_(0)
        assert self.written(gone, *switch(), back, self.user, self.kernel) == set()

    def test_flag_stays_until_something_is_written(self) -> None:
        gone = ev("unmap", space=0, va=VA)
        events = [self.user, *switch(), gone, self.kernel]
        assert self.written(*events) == set()
        assert self.written(*events, map_(0), self.user, self.kernel) == {0}

    def test_flag_survives_a_successful_update(self) -> None:
        events = [self.user, *switch(), map_(5, space=2), *switch(), RESET, self.kernel]
        assert self.written(*events) == {0}

    def test_partial_copy_is_no_failure(self) -> None:
        crossing = [map_(1, VA + 4096), register(VA + 0xFF8), map_(6, space=2), RESET]
        assert self.written(*crossing, self.user, *switch(), RESET, self.kernel) == set()

    def test_op14_clears_the_flag_but_taking_back_does_not(self) -> None:
        fail = [self.user, *switch()]
        remote = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1)]
        take = phys(RAM + 0x3000, 1, target=0)
        give = phys(ALL, 1, target=0)
        quiet = [take, ev("unmap", space=0, va=VA), self.kernel, give, map_(0), RESET]
        assert self.written(*remote, *fail, *quiet, self.user, self.kernel, phys_area=True) == set()
        assert self.written(*remote, *fail, give, RESET, self.kernel, phys_area=True) == {0}

    def test_null_clears_the_flag(self) -> None:
        events = [self.user, *switch(), register(0, target=0, vcpu=1)]
        up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1)]
        again = [self.kernel, register(), RESET, self.user, self.kernel]
        assert self.written(*up, *events, *again) == set()

    def test_no_user_root_is_nothing_mapped(self) -> None:
        lines = trace(
            use(0), map_(0), register(), RESET, self.user, *switch(), arch="x86_64", guest="pv"
        )
        assert written(lines) == {}

    def test_32_bit_guests_have_no_second_root(self) -> None:
        with pytest.raises(TraceError, match="x86_64"):
            replay(trace(self.user, arch="x86_32", guest="pv"), "update")


# -- the rest -----------------------------------------------------------------------------------


def test_samples_are_the_truth_until_the_next_change() -> None:
    sample = ev("sample", vcpu=0, va=VA, gpa=frame(4))
    none = ev("sample", vcpu=0, va=VA, gpa=None)
    start = [use(0), map_(0), register(), RESET]
    assert set(written(trace(*start, sample, *switch()))) == {4}
    assert written(trace(*start, none, *switch())) == {}
    assert set(written(trace(*start, none, map_(2), *switch()))) == {2}
    assert set(written(trace(*start, none, use(1), use(0), sample, *switch()))) == {4}
    known = [use(0), sample, map_(2), register()]
    members: dict[str, Any] = {"arch": "x86_64", "guest": "hvm"}
    assert set(written(trace(*known, **members), "hypercall", "qemu-kvm")) == {2}
    other = ev("sample", vcpu=1, va=VA, gpa=frame(4))
    assert set(written(trace(*start, other, *switch()))) == {0}, "another vCPU's truth"


def test_areas_survive_offline() -> None:
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1)]
    down = [ev("switch_out", vcpu=1, state="offline"), ev("vcpu_down", target=1)]
    lines = trace(use(0, 1), map_(0), *up, register(vcpu=1), *down, RESET, *up)
    assert set(written(lines)) == {0}


def test_soft_reset_forgets_every_area() -> None:
    lines = trace(use(0), map_(0), register(), ev("stage", name_="soft-reset"), RESET, *switch())
    assert written(lines) == {}
    by_frame = [use(0), phys(RAM + 0x1000), ev("stage", name_="soft-reset"), RESET, *switch()]
    assert written(trace(*by_frame, phys_area=True)) == {}
    lines = trace(use(0), map_(0), register(), ev("stage", name_="kexec"), RESET, *switch())
    assert set(written(lines)) == {0}


def test_huge_ranges_cost_nothing() -> None:
    pages = 10**9
    lines = trace(
        use(0),
        ev("map", space=0, va=0, gpa=hex(0), pages=pages),
        register(0x5000),
        ev("unmap", space=0, va=0x100000, pages=pages - 256),
        RESET,
        *switch(),
        va_bits=48,
        ram=[{"gpa": "0x0", "pages": pages}],
    )
    assert len(written(lines)) == 1


@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
def test_time_areas(arch: str) -> None:
    va = ev("vcpu_op", vcpu=0, op="register_vcpu_time_memory_area", target=0, addr=VA + 0x80)
    pa = ev("vcpu_op", vcpu=0, op="register_vcpu_time_phys_area", target=0, addr=RAM + 0x2080)
    lines = trace(use(0), map_(0), va, pa, arch=arch, phys_area=True)
    if arch == "arm64":
        assert answers(lines) == [-22, -22]
        assert written(lines) == {}
    else:
        assert answers(lines) == [0, 0]
        assert written(lines) == {0: (0x80, 0x9F), 2: (0x80, 0x9F)}


def test_qemu_model() -> None:
    start = [use(0), use(1, 1), map_(0), map_(1, VA + 4096)]
    calls = [register(), register(VA + 0xFF8), register(VA + 0x9000), register(VA + 1)]
    lines = trace(*start, *calls, arch="x86_64", guest="hvm")
    assert answers(lines, "hypercall", "qemu-kvm") == [0, 0, -14, 0]
    kept = trace(*start, *calls[:3], RESET, *switch(), arch="x86_64", guest="hvm")
    assert set(written(kept, "hypercall", "qemu-kvm")) == {0, 1}


# -- widths of addresses ------------------------------------------------------------------------


@pytest.mark.parametrize("arch", ["arm32", "x86_32"])
def test_32_bit_addresses_have_no_upper_half(arch: str) -> None:
    null = trace(use(0), map_(3, 0), register(1 << 32), RESET, *switch(), arch=arch)
    assert written(null) == {}, "NULL takes the area back"
    time_null = ev("vcpu_op", vcpu=0, op=TIME, target=0, addr=1 << 32)
    lines = trace(use(0), map_(3, 0), time_null, arch=arch, phys_area=True)
    assert written(lines) == {}


@pytest.mark.parametrize("arch", ["arm32", "x86_32"])
def test_an_area_runs_over_4_gib_with_the_mmu_off(arch: str) -> None:
    ram = [{"gpa": "0x0", "pages": 1}, {"gpa": "0xfffff000", "pages": 1}]
    size = 44 if arch == "x86_32" else 48
    off = ev("mmu", vcpu=0, on=False)
    frames = written(trace(off, register(0xFFFFFFF8), arch=arch, ram=ram))
    base = RAM >> 12
    assert frames == {0xFFFFF - base: (0xFF8, 0xFFF), -base: (0, size - 9)}


def test_bit_63_chooses_the_half_on_arm64_only() -> None:
    start = [use(0), map_(0), register(VA + 0x40 | 1 << 63)]
    assert set(written(trace(*start, arch="x86_64"))) == {0}
    assert written(trace(*start)) == {}
    start = [use(0), map_(0, VA | 1 << 63), register(VA + 0x40 | 1 << 63)]
    assert set(written(trace(*start))) == {0}


@pytest.mark.parametrize("bits", [39, 48])
def test_a_range_ends_at_the_top_of_its_half(bits: int) -> None:
    top = (1 << bits) - 4096
    tables = ev("map", space=0, va=top - 4096, gpa=frame(0), pages=70)
    lines = trace(use(0), tables, register(top + 0x40), va_bits=bits)
    assert set(written(lines)) == {1}
    lines = trace(use(0), tables, register(top + 0xFF8), va_bits=bits)
    assert set(written(lines)) == {1}, "nothing is mapped at address 0"


@pytest.mark.parametrize("op", ["register_runstate_memory_area", "register_vcpu_time_memory_area"])
@pytest.mark.parametrize(
    ("addr", "ret"),
    [
        (0x7FFFFFFFFFF8, 0),
        (0x800000000000, -14),
        (0x800000000001, -14),
        (0xFFFF800000000000, -14),
        (0xFFFF87FFFFFFFFFF, -14),
        (0xFFFF880000000000, 0),
    ],
)
def test_pv_addresses_in_the_hole(op: str, addr: int, ret: int) -> None:
    call = ev("vcpu_op", vcpu=0, op=op, target=0, addr=addr)
    assert answers(trace(use(0), call, arch="x86_64", guest="pv", phys_area=True)) == [ret]


def test_pv_tables_do_not_reach_into_the_hole() -> None:
    top = 0x7FFFFFFFF000
    tables = ev("map", space=0, va=top, gpa=frame(0), pages=2)
    single = map_(1, top + 4096)
    for mapped in ([tables], [map_(0, top), single]):
        lines = trace(use(0), *mapped, register(top + 0xFF0), arch="x86_64", guest="pv")
        assert written(lines) == {0: (0xFF0, 0xFFF)}


# -- time areas ---------------------------------------------------------------------------------

TIME = "register_vcpu_time_memory_area"


@pytest.mark.parametrize(
    ("guest", "offset", "copied"),
    [
        ("pv", 0xFFC, {0: (0xFFC, 0xFFF)}),
        ("pv", 0xFFD, {}),  # the version is one store, which fails whole
        ("hvm", 0xFFC, {0: (0xFFC, 0xFFF)}),
        ("hvm", 0xFFD, {0: (0xFFD, 0xFFF)}),  # it is copied page by page
    ],
)
def test_a_time_area_is_written_only_if_its_version_can_be(
    guest: str, offset: int, copied: Any
) -> None:
    call = ev("vcpu_op", vcpu=0, op=TIME, target=0, addr=VA + offset)
    lines = trace(use(0), map_(0), call, arch="x86_64", guest=guest, phys_area=True)
    assert written(lines) == copied


# -- op 14 and who is running -------------------------------------------------------------------

UP = (ev("vcpu_up", target=1), ev("switch_in", vcpu=1))


def test_remote_op14_does_not_switch_a_vcpu_that_waits() -> None:
    start = [use(0), use(1, 1), map_(2, space=1), *UP, register(vcpu=1)]
    call = phys(RAM + 0x3000, target=1)
    for state in ("blocked", "runnable"):
        out = ev("switch_out", vcpu=1, state=state)
        assert written(trace(*start, out, RESET, call, phys_area=True)) == {}
    down = [ev("switch_out", vcpu=1, state="offline"), ev("vcpu_down", target=1)]
    assert written(trace(*start, *down, RESET, call, phys_area=True)) == {}
    again = [ev("vcpu_down", target=1), ev("vcpu_up", target=1)]
    assert written(trace(*start, *again, RESET, call, phys_area=True)) == {}


def test_op14_of_a_vcpu_itself_switches_nothing() -> None:
    start = [use(0), map_(2), register(), RESET, phys(RAM + 0x3000)]
    assert set(written(trace(*start, phys_area=True))) == {3}
    taken_back = [use(0), map_(2), register(), phys(RAM + 0x3000), RESET, phys(ALL)]
    assert written(trace(*taken_back, phys_area=True)) == {}


def test_page_table_frames_are_refused_to_pv_guests_only() -> None:
    use_ = ev("reuse", gpa=frame(1), as_="page-table")
    for guest, ret in (("pv", -13), ("pvh", 0), ("hvm", 0)):
        lines = trace(use_, phys(RAM + 0x1000), arch="x86_64", guest=guest, phys_area=True)
        assert answers(lines) == [ret]


def test_a_physical_area_is_never_deferred() -> None:
    """Its frame is written whatever the tables; that another page is there now is no failure."""
    replaced = [ev("p2m_remove", gpa=frame(3)), ev("p2m_add", gpa=frame(3), same_page=False)]
    user = [ev("mode", vcpu=0, mode="user"), *switch()]
    start = [use(0), map_(0), register(), phys(RAM + 0x3000), *replaced, *user]
    back = [phys(ALL), RESET, ev("mode", vcpu=0, mode="kernel")]
    lines = trace(*start, arch="x86_64", guest="pv", phys_area=True)
    result = replay(lines, "update")
    assert (result.total("lost"), result.total("deferred")) == (2, 0)
    assert written(trace(*start, *back, arch="x86_64", guest="pv", phys_area=True)) == {}


def test_only_the_flag_byte_is_no_copy() -> None:
    pages = [map_(0), map_(1, VA + 4096), map_(5, VA + 4096, space=2)]
    flag = ev("vm_assist", type="runstate_update_flag", on=True)
    start = [use(0), use(2, root="user"), *pages, flag, register(VA + 0xFF8), RESET]
    user = [ev("mode", vcpu=0, mode="user"), *switch()]
    kernel = ev("mode", vcpu=0, mode="kernel")
    members: dict[str, Any] = {"arch": "x86_64", "guest": "pv"}
    assert written(trace(*start, *user, **members)) == {5: (7, 7)}
    assert replay(trace(*start, *user, **members), "update").total("deferred") == 2
    assert set(written(trace(*start, *user, RESET, kernel, **members))) == {0, 1}


def test_nothing_is_deferred_where_the_address_was_translated_once() -> None:
    replaced = [ev("p2m_remove", gpa=frame(0)), ev("p2m_add", gpa=frame(0), same_page=False)]
    start = [use(0), map_(0), register(), *replaced, ev("mode", vcpu=0, mode="user"), *switch()]
    result = replay(trace(*start, arch="x86_64", guest="pv"), "hypercall")
    assert (result.total("lost"), result.total("deferred")) == (2, 0)


# -- what is counted ----------------------------------------------------------------------------


def machine_after(*events: dict[str, Any], **members: Any) -> Any:
    """A machine that has seen a trace, under the policy `update`."""
    from xlcfg.emulator.feed import feed
    from xlcfg.emulator.machine import Machine
    from xlcfg.emulator.replaying import choose_model
    from xlcfg.emulator.trace import Reader

    reader = Reader(trace(*events, **members))
    machine = Machine(reader.header, "update", choose_model(reader.header, "update", None))
    feed(reader, machine)
    return machine


def test_time_in_each_state() -> None:
    """Down, up and waiting, running, blocked, on its way down, down: 1, 2, 4, 8, 16 and 32 ns."""
    clock, events = 0, [ev("switch_out", vcpu=1, state="offline") | {"t": 0}]
    for event, step in (
        (ev("vcpu_up", target=1), 1),
        (ev("switch_in", vcpu=1), 2),
        (ev("vcpu_up", target=1), 1),  # which it is already
        (ev("switch_out", vcpu=1, state="blocked"), 3),
        (ev("switch_in", vcpu=1), 8),
        (ev("vcpu_down", target=1), 16),
        (ev("vcpu_up", target=1), 32),
    ):
        clock += step
        events.append(event | {"t": clock})
    assert machine_after(*events).vcpus[1].times == [4 + 16, 2, 8, 1 + 32]


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([use(1)], "other tables"),
        ([ev("unmap", space=0, va=VA)], "unmapped"),
        ([map_(0, ro=True)], "read-only"),
        ([ev("map", space=0, va=VA, gpa=0x20000000)], "no RAM"),
        ([ev("p2m_remove", gpa=frame(0))], "ballooned out"),
        ([ev("unmap", space=0, va=VA), use(1)], "unmapped"),
    ],
)
def test_kinds_of_loss(events: list[dict[str, Any]], why: str) -> None:
    vcpu = replay(trace(use(0), map_(0), register(), *events, *switch()), "update").vcpus[0]
    assert vcpu.lost_why == {why: 2}
    assert (vcpu.lost, vcpu.partial, vcpu.delivered) == (2, 0, 0)


def test_tables_as_another_vcpu_sees_them_are_other_tables() -> None:
    seen = ev("sample", vcpu=0, va=VA, gpa=frame(4))
    lines = trace(use(0), use(0, 1), seen, *UP, register(target=1), *switch(1))
    assert replay(lines, "update").vcpus[1].lost_why == {"other tables": 2}


def test_a_replaced_page_is_a_loss() -> None:
    replaced = [ev("p2m_remove", gpa=frame(0)), ev("p2m_add", gpa=frame(0), same_page=False)]
    lines = trace(use(0), map_(0), register(), *replaced, *switch())
    vcpu = replay(lines, "hypercall").vcpus[0]
    assert vcpu.lost_why == {"page replaced": 2}
    assert (vcpu.lost, vcpu.partial, vcpu.delivered) == (2, 0, 0)


def test_of_equal_gaps_the_first_is_kept_and_one_may_last_to_the_end() -> None:
    start = [use(0), map_(0), register(), *switch()]
    gap = [use(1), *switch(), use(0), *switch()]
    vcpu = replay(trace(*start, *gap, *gap), "update").vcpus[0]
    assert vcpu.longest_gap is not None
    assert (vcpu.longest_gap.updates, vcpu.longest_gap.first_line) == (2, 8)
    vcpu = replay(trace(*start, *gap, use(1), *switch(times=3)), "update").vcpus[0]
    assert vcpu.longest_gap is not None
    assert (vcpu.longest_gap.updates, vcpu.longest_gap.last_line) == (6, 19)


def test_a_write_elsewhere_is_judged_by_what_the_home_tables_say_now() -> None:
    elsewhere = [use(1), map_(1, space=1), *switch()]
    lines = trace(use(0), map_(0), register(), *elsewhere, map_(1), *switch())
    kinds = {one.kind: one.count for one in replay(lines, "update").vcpus[0].misplaced}
    assert kinds == {"foreign": 2, "moved": 2}


def test_an_area_is_moved_only_if_all_of_it_is() -> None:
    tail = VA + 4096
    start = [
        use(0),
        map_(0),
        map_(1, tail),
        register(VA + 0xFF0),
        map_(4),
        use(1),
        map_(4, space=1),
    ]
    for index, kind in ((1, "moved"), (5, "foreign")):
        lines = trace(*start, map_(index, tail, space=1), *switch())
        (writes,) = replay(lines, "update").vcpus[0].misplaced
        assert (writes.kind, writes.count) == (kind, 2)


def test_with_the_mmu_off_a_write_is_in_its_place_where_the_home_tables_lead_now() -> None:
    va = RAM + 0x5000
    start = [use(0), map_(0, va), register(va + 0x40)]
    off = [ev("mmu", vcpu=0, on=False), *switch()]
    for remapped, kind in (([map_(5, va)], "moved"), ([], "mmu-off")):
        vcpu = replay(trace(*start, *remapped, *off), "update").vcpus[0]
        assert {one.kind: one.count for one in vcpu.misplaced} == {kind: 2}
