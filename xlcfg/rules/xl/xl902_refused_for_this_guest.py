"""A setting that this guest must not have.

What it does
------------
Reports settings that other guests may have and for which xl refuses this one: `timer_mode` and
`vnuma` of PV guests, `trap_unmapped_accesses` on x86, a stub domain without HVM.

Why
---
Most settings of other guests are ignored; with these xl exits with an error.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    timer_mode = "no_missed_ticks_pending"

Fix
---
    name = "web"
    type = "hvm"
    timer_mode = "no_missed_ticks_pending"
"""

CODE = "XL902"
NAME = "refused-for-this-guest"
SUMMARY = "xl refuses a setting for this type of guest or architecture"
SEVERITY = "error"
FIX = ""
KINDS = {
    "timer_mode.pv": (
        "`timer_mode` is not for PV guests, and xl refuses it",
        'delete the line, or make the guest `type = "hvm"`',
    ),
    "check.pv-vnuma": (
        "PV guests cannot have `vnuma`",
        'delete `vnuma`, or make the guest `type = "hvm"`',
    ),
    "check.trap-on-x86": (
        "`trap_unmapped_accesses` is for Arm guests only, and xl refuses it",
        "delete the line",
    ),
    "check.stubdomain": (
        "a stub domain for the device model is not for `{guest}` guests",
        "delete `device_model_stubdomain_override`",
    ),
}
