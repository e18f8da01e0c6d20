"""A disk with a prefix of xend's times.

What it does
------------
Reports `disk` entries that begin with `phy:`, `file:`, `tap:`, `raw:`, `drbd:` and their kin, which
xl still reads.

Why
---
Xen's manual has deprecated them for years. Most say nothing any more: `phy:` and `file:` do not
choose a backend, and only `qcow:`, `qcow2:` and `vhd:` still name a format. With a prefix the
format has no place among the values, so that such an entry reads unlike all others.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "phy:/dev/vg/web,xvda,w" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl import Outcome
    from xlcfg.syntax.tree import Atom

CODE = "XL408"
NAME = "old-disk-prefix"
SUMMARY = "a disk has one of the deprecated prefixes"
SEVERITY = "info"
FIX = "safe"
KINDS = {
    "disk.old-prefix": (
        "the disk prefix `{text}` is deprecated",
        "write {line}",
    ),
}


def modern_disk(guest: Guest, outcome: Outcome) -> Fix | None:
    """A disk with an old prefix in today's words, when they read to the same disk."""
    atom = next((a for a in _atoms(guest, "disk") if a.start <= outcome.start < a.end), None)
    if atom is None:
        return None
    from xlcfg.model.xl.specs.disk import fields_of, image_format, modern, without_dev
    from xlcfg.syntax.printer import print_string

    context = guest.context
    fields = fields_of(atom.text, context.release, context.arch)
    if fields is None or image_format(fields) or without_dev(atom.text[:4], fields):
        return None  # it would write down that an image is raw which is none, or keep a wrong path
    new = modern(fields)
    if new is None or fields_of(new, context.release, context.arch) != fields:
        return None
    text = print_string(new)
    return Fix("write it without the old prefix", True,
               [(atom.start, atom.end, text.encode("latin-1"))])  # fmt: skip


def _atoms(guest: Guest, key: str) -> list[Atom]:
    return [item for item in guest.settings.items(key) or () if not item.is_list]


#: the kinds that have a fix
FIXES = {
    "disk.old-prefix": modern_disk,
}
