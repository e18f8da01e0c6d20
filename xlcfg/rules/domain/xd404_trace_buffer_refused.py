"""A trace buffer that Xen does not make.

What it does
------------
Reports values of `vmtrace_buf_kb` that are no power of two or more than 64 MiB, and PV guests with
one.

Why
---
Xen refuses to create the domain ("Unsupported vmtrace size", "vmtrace not supported for PV"),
which xl shows as "domain creation fail: Invalid argument".

Example
-------
    name = "web"
    type = "hvm"
    vmtrace_buf_kb = 96

Fix
---
    name = "web"
    type = "hvm"
    vmtrace_buf_kb = 64
"""

CODE = "XD404"
NAME = "trace-buffer-refused"
SUMMARY = "Xen refuses the trace buffer"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vmtrace.size": (
        "Xen refuses a trace buffer of {text} KiB",
        "write a power of two from 4 to 65536",
    ),
    "vmtrace.pv": (
        "Xen refuses a trace buffer for a PV guest",
        "delete the line",
    ),
}
