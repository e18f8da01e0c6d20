"""Which part of Xen refuses a guest, told from all that was said about it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from box.records import steady

#: follows from another message, or is no refusal at all
_NOISE = re.compile(
    r"^Parsing config|^unrecognized argument|^WARNING: |: warning: |Non-existant domain"
    r"|Unable to destroy guest"
    r"|Destruction of domain failed|spawn failed|Post DM startup|device model did not start"
    r"|unable to add \w+ ?devices|cannot \(re-\)build|domain_destroy|libxl__destroy_domid"
    r"|(probe|Model) already exited|declining to handle console|killed by signal|device model pid"
    r"|libxl__xs_(read|write)|hotplug script .* exited|^The maximum|^Disk .* will be available"
    r"|deprecated|^If it fixes an issue|^unknown tsc|info defaults|VNC server"
)
_DETAIL = re.compile(r"\b(debug|detail|progress): |^xc: info")
#: libxl gave up waiting: the host is slow today, which says nothing about the guest
_SLOW = re.compile(
    r"device model did not start: -9|because of timeout|startup timed out|Post DM .* rc=-9"
)
#: the device model is quoted by its log, these by xl itself
_OF_DEVICE_MODEL = re.compile(r"device model|Post DM|libxl__spawn_local_dm|QMP|qmp_", re.IGNORECASE)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def without_details(text: str) -> str:
    """What `xl -vvv` says without what it only says because of the flags."""
    return "\n".join(line for line in text.splitlines() if not _DETAIL.search(line))


def gave_up(said: Mapping[str, str]) -> bool:
    """Whether a refusal only says that the host was too slow."""
    return bool(_SLOW.search(said.get("xl", "")))


def layer(rc: int, said: Mapping[str, str]) -> tuple[str, str]:
    """The layer (one of `records.LAYERS`) and its first words that tell why; "" and "" for rc 0.

    `said` has what xl said under "xl", what Xen said under "xen", and the logs under their names.
    """
    if rc == 0:
        return "", ""
    all_lines = _lines(said.get("xl", ""))
    lines = [line for line in all_lines if not _NOISE.search(line)] or all_lines[1:] or [""]
    first = steady(lines[0])
    if re.search(r"libxl__domain_make: .*domain creation fail", first):
        return "hypervisor", first
    if re.match(r"xc: |.*(xc_dom_\w+ failed|libxl__domain_set_paging_mempool_size)", first):
        return "builder", first
    if re.match(r"libxl_dm\.c:\d+:(libxl__build_device_model_args|dm_spice)", first):
        return "libxl", first
    if "bootloader failed" in first:
        return "bootloader", first
    emulator = [
        line
        for name, text in said.items()
        if name.startswith("qemu-dm")
        for line in _lines(text)
        if not _NOISE.search(line) or "Spice" in line or "ioreq server" in line
    ]
    if emulator and any(_OF_DEVICE_MODEL.search(line) for line in all_lines):
        return "qemu", steady(emulator[0])
    if re.search(r"/etc/xen/scripts|hotplug|^RTNETLINK", first):
        return "hotplug", first
    return ("libxl" if first.startswith("libxl") else "xl"), first
