"""A single value where xl insists on a list.

What it does
------------
Reports the settings for which xl does not shrug off a missing list: `device_model_args` and its
kin, `mca_caps`, `smbios`, and the entries of `vnuma` and `vsnd`, which are lists themselves.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    device_model_args = "-no-hpet"

Fix
---
    name = "web"
    type = "hvm"
    device_model_args = [ "-no-hpet" ]
"""

CODE = "XL203"
NAME = "list-required"
SUMMARY = "xl refuses a setting that must be a list and is none"
KINDS = ("list.required", "mca_caps.not-a-list", "smbios.not-a-list", "spec.not-a-list")
