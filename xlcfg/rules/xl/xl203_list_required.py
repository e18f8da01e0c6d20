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
SEVERITY = "error"
FIX = ""
KINDS = {
    "list.required": (
        "`{key}` must be a list",
        "write `{key} = [ ... ]`, with each item in quotes",
    ),
    "mca_caps.not-a-list": (
        "`mca_caps` must be a list",
        'write `mca_caps = [ "lmce" ]`',
    ),
    "smbios.not-a-list": (
        "`smbios` must be a list",
        'write `smbios = [ "NAME=TEXT", ... ]`',
    ),
    "spec.not-a-list": (
        "an item of `{key}` must be a list",
        'put brackets around it: `{key} = [ [ "...", "..." ] ]`',
    ),
}
