"""What a file is that is no guest config by its looks: xl.conf, a boot loader's file, or nothing.

Asked only about files that do not read like guest configs, so that those never pay for it.
"""

from __future__ import annotations

import re

from xlcfg.core.source import Source
from xlcfg.source.files import GUEST, XL_CONF

_ASSIGNED = re.compile(rb"^[ \t]*([A-Za-z][\w.]*)[ \t]*=[ \t]*[\"'\d]", re.MULTILINE)

#: libvirt's domain XML of a Xen guest.
_DOMAIN = re.compile(rb"""\A\s*<(?:[^>]*>\s*<)*?domain\s[^>]*type\s*=\s*["']xen["']""")

#: Names without a dot that nothing but xl.conf assigns.
_TELLING = {b"autoballoon", b"run_hotplug_scripts", b"claim_mode", b"domid_policy", b"blkdev_start"}


def other_kind(path: str, head: bytes) -> str:
    """The kind of a file, one of `xlcfg.source.files.KINDS`, by its beginning; "" for none."""
    if head[:4] != b"\xd0\x0d\xfe\xed" and b"\0" in head:
        return ""
    if _DOMAIN.search(head) or head.lstrip().startswith(b"uuid ( RO)"):
        # a guest of libvirt or xapi, in their own words
        return GUEST
    from xlcfg.source.boot import sniff

    kind = sniff(Source(path, head)) or ""
    if kind == "xen-cfg" and not (_starts(b"options=", head) and _starts(b"kernel=", head)):
        # Many a file has sections with a default= in them.
        kind = ""
    if kind:
        return kind
    return XL_CONF if _is_xl_conf(head) else ""


def _starts(word: bytes, head: bytes) -> bool:
    return head.startswith(word) or b"\n" + word in head


def _is_xl_conf(head: bytes) -> bool:
    from xlcfg.catalogue import xl_conf_options

    options = xl_conf_options()
    return any(
        name in _TELLING or (b"." in name and name.decode("ascii") in options)
        for name in _ASSIGNED.findall(head)
    )
