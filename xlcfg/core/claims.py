"""What a guest needs for itself on its host: a name, a MAC address, a disk to write to.

Claims are plain values: they outlive the guest, in the cache and from one process to another.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    #: text, or a flat tuple of texts, numbers and None
    What = object
    #: what must be a guest's own, and where the file says so (byte offsets); one that is not to be
    #: reported has a fourth value, True
    Claim = tuple[What, int, int] | tuple[What, int, int, bool]
    #: the claims of one guest by the code of their rule
    Claims = dict[str, list[Claim]]
