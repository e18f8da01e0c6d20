"""A device that is served by a domain which does not run.

What it does
------------
With a described host (`--host`) that lists its `domains`, reports `backend=NAME` of disks,
interfaces and other devices where no domain of that name runs.

Why
---
libxl looks the name up while it prepares the device, and refuses the guest: "Unable to set disk
defaults", "Unable to set nic defaults".

Example
-------
    # host.json: {"cpus": 4, "domains": ["Domain-0"]}
    name = "web"
    type = "hvm"
    vif = [ "bridge=br0,type=vif,backend=netback" ]

Fix
---
    # host.json: {"cpus": 4, "domains": ["Domain-0", "netback"]}
    name = "web"
    type = "hvm"
    vif = [ "bridge=br0,type=vif,backend=netback" ]
"""

CODE = "XD411"
NAME = "no-such-backend-domain"
SUMMARY = "no domain of this name runs on the host"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.domain": (
        "no domain `{text}` runs on the host to serve the device: libxl refuses the guest",
        "start it first; these run: {domains}",
    ),
}
