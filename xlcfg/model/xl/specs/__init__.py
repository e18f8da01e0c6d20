"""xl's sub-grammars, imported when a config uses the key.

Every module has `read(session, key)`: it reads the key's value the way xl does, says what xl
refuses or skips, and leaves what xl would use in `session.values[key]`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.session import Session

#: key -> module
MODULES = {
    "channel": "channel",
    "cpuid": "cpuid",
    "cpus": "cpus",
    "cpus_soft": "cpus",
    "disk": "disk",
    "iomem": "ranges",
    "ioports": "ranges",
    "irqs": "ranges",
    "llc_colors": "ranges",
    "mca_caps": "flags",
    "p9": "simple",
    "pci": "pci",
    "pvcalls": "simple",
    "rdm": "rdm",
    "smbios": "smbios",
    "usbctrl": "usb",
    "usbdev": "usb",
    "vdispl": "vdispl",
    "vfb": "vfb",
    "vif": "vif",
    "viridian": "flags",
    "virtio": "virtio",
    "vkb": "vkb",
    "vnuma": "vnuma",
    "vsnd": "vsnd",
    "vtpm": "simple",
    "xenstore_quota": "smbios",
}


def read(session: Session, key: str) -> None:
    """Reads one key through its module."""
    module = __import__(f"{__name__}.{MODULES[key]}", fromlist=["read"])
    module.read(session, key)
