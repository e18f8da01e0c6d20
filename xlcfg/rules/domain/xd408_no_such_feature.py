"""A feature that the host does not have.

What it does
------------
Reports what needs a feature that is not among the `virt_caps` of the described host (`--host`):
`hap = 0` in a Xen without shadow paging, `vpmu`, trace buffers, and PCI devices or a `passthrough`
mode of PV guests without an IOMMU.

Why
---
libxl refuses ("vPMU not supported on this platform"), or Xen does ("domain creation fail").

Example
-------
    # host.json: {"cpus": 4, "virt_caps": ["pv", "hvm", "hap"]}
    name = "web"
    type = "hvm"
    memory = 512
    hap = 0

Fix
---
    # host.json: {"cpus": 4, "virt_caps": ["pv", "hvm", "hap", "shadow"]}
    name = "web"
    type = "hvm"
    memory = 512
    hap = 0
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
