"""An image that the emulator of the host cannot open, on a disk that is not emulated.

What it does
------------
Reports formats of images that the device model of the described host (`--host`) is built without
(`emulator_lacks`), for disks of PV and PVH guests, and of HVM guests from xvde on.

Why
---
The device model serves such a disk as a backend, and opens the image once the guest looks for it:
the guest is created and never gets the disk. Emulated disks are opened at once (XD312).

Example
-------
    # host.json: {"cpus": 4, "emulator_lacks": ["qed"]}
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.img,qed,xvda,rw" ]

Fix
---
    # host.json: {"cpus": 4, "emulator_lacks": ["qed"]}
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.qcow2,qcow2,xvda,rw" ]
"""

CODE = "XD316"
NAME = "image-not-opened"
SUMMARY = "the emulator of the host cannot open the image"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "host.image": (
        "the device model of the host cannot open {text} images: the guest does not get the disk",
        "convert it with qemu-img, or install another qemu there",
    ),
}
