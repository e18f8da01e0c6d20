"""A feature that the host does not have.

What it does
------------
Reports what needs a feature that is not among the `virt_caps` of the described host (`--host`):
passthrough without an IOMMU, `hap = 0` in a Xen without shadow paging, `vpmu`, trace buffers, and
HVM and PVH guests without hardware virtualization.

Why
---
libxl refuses ("passthrough not supported on this platform", "vPMU not supported on this
platform"), or Xen does ("domain creation fail").

Example
-------
    # host.json: {"cpus": 4, "virt_caps": ["pv", "hvm", "hap"]}
    name = "web"
    type = "hvm"
    memory = 512
    pci = [ "01:00.0" ]

Fix
---
    # host.json: {"cpus": 4, "virt_caps": ["pv", "hvm", "hap", "pv_directio", "hvm_directio"]}
    name = "web"
    type = "hvm"
    memory = 512
    pci = [ "01:00.0" ]
"""

CODE = "XD408"
NAME = "no-such-feature"
SUMMARY = "the host lacks a feature of its processor or its Xen"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.feature": (
        "the host lacks `{text}` (`xl info`, virt_caps): {says}",
        "do without it, or choose another host",
    ),
}
