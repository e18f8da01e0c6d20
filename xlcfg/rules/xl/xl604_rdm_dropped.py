"""An `rdm` that xl drops.

What it does
------------
Reports `rdm` strings that xl does not take over. Since 4.15 that includes every one that sets a
policy by its right name, because xl's test for it is the wrong way round.

Why
---
xl goes on as if the setting, or the policy in it, were not there.

Example
-------
    name = "web"
    type = "hvm"
    rdm = "strategy=host,policy=relaxed"

Fix
---
    name = "web"
    type = "hvm"
    rdm = "strategy=host"
"""

CODE = "XL604"
NAME = "rdm-dropped"
SUMMARY = "xl drops the handling of reserved device memory"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "rdm.dropped": (
        "xl cannot read `{text}` and drops all of `rdm`",
        'write `rdm = "strategy=host"`',
    ),
    "rdm.policy-drops": (
        "the right policy makes xl since 4.15 drop all of `rdm`",
        'write `rdm = "strategy=host"`, and `rdm_policy=` in each entry of `pci`',
    ),
    "rdm.unknown-policy": (
        "xl ignores the RDM policy `{text}`",
        'write `rdm = "strategy=host"`, and `rdm_policy=` in each entry of `pci`',
    ),
}
