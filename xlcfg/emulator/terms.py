"""Words and numbers of the trace format and of Xen's runstate interface."""

from __future__ import annotations

ARCHES = ("arm32", "arm64", "x86_32", "x86_64")
GUESTS = ("pv", "pvh", "hvm")
POLICIES = ("update", "hypercall")

REGISTER_VA = "register_runstate_memory_area"
REGISTER_PHYS = "register_runstate_phys_area"
REGISTER_TIME_VA = "register_vcpu_time_memory_area"
REGISTER_TIME_PHYS = "register_vcpu_time_phys_area"
OPS = (REGISTER_VA, REGISTER_PHYS, REGISTER_TIME_VA, REGISTER_TIME_PHYS)
#: Numbers of the sub-operations of HYPERVISOR_vcpu_op.
OP_NUMBERS = {REGISTER_VA: 5, REGISTER_TIME_VA: 13, REGISTER_PHYS: 14, REGISTER_TIME_PHYS: 15}

RUNNING, RUNNABLE, BLOCKED, OFFLINE = range(4)
STATES = ("running", "runnable", "blocked", "offline")
SWITCH_OUT_STATES = STATES[1:]
USES = ("free", "user", "kernel", "page-table")
STAGES = ("firmware", "bootloader", "kernel", "kexec", "soft-reset")

ENOENT, ENXIO, EACCES, EFAULT, EINVAL, ENOSYS = -2, -6, -13, -14, -22, -38
ERRNO_NAMES = {
    0: "0",
    ENOENT: "-2 (ENOENT)",
    ENXIO: "-6 (ENXIO)",
    EACCES: "-13 (EACCES)",
    EFAULT: "-14 (EFAULT)",
    EINVAL: "-22 (EINVAL)",
    ENOSYS: "-38 (ENOSYS)",
}

#: Bytes of struct vcpu_time_info, the secondary time area.
TIME_SIZE = 32


PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT
#: Selects the offset within a page.
OFFSET = PAGE_SIZE - 1
U64 = (1 << 64) - 1

#: How many registrations, differences and frames are kept by name; the rest is only counted.
KEEP = 200

#: Bytes of a frame: (gfn, generation of the machine page, first byte, last byte).
Write = tuple[int, int, int, int]
#: A runstate: state, state_entry_time, time[4].
Content = tuple[int, ...]
#: Where a guest is: (guest state, exception level, address space id).
Where = tuple[str, int | None, int | None]


def flag_byte(runstate_size: int) -> int:
    """Offset of the byte of a runstate area that holds the update flag."""
    return 15 if runstate_size == 48 else 11


def errno_name(ret: int) -> str:
    """A return value as kernel developers write it: `-22 (EINVAL)`."""
    return ERRNO_NAMES.get(ret, str(ret))
