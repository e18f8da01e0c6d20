"""A CPU list in xl.conf that xl cannot read.

What it does
------------
Reports the first word of `vm.cpumask`, `vm.hvm.cpumask` or `vm.pv.cpumask` that is no CPU, range
or node.

Why
---
xl keeps what it has read so far and drops the rest: guests end up on other CPUs than intended.

Example
-------
    # xlcfg: --kind xl.conf
    vm.cpumask = "2-5,8-6"

Fix
---
    # xlcfg: --kind xl.conf
    vm.cpumask = "2-5,6-8"
"""

CODE = "XC203"
NAME = "bad-xl-conf-cpu-list"
SUMMARY = "xl cannot read a CPU list in xl.conf"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "conf.bad-cpus": (
        "xl cannot read `{text}` and ignores it with all that follows",
        "write CPUs as 0-3,^2 or nodes as node:0",
    ),
}
