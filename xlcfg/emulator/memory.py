"""A guest's memory: its stage-1 tables, its frames, and which vCPUs depend on which page."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakValueDictionary

from .events import Header
from .maps import ENTRY, SHIFT, RangeMap, pack, unpack
from .space import Space
from .terms import PAGE_SHIFT, U64, USES
from .vcpu import Area, Epoch, Vcpu

#: A page that more vCPUs depend on than these voids all plans when it is mapped otherwise.
_FEW = 16
#: Sets of tables found by number, and frames whose backing is remembered.
_MAX_RECENT = 4096
_MAX_FRAMES = 1 << 14
#: Ranges of up to so many pages are searched for entries changed without break-before-make.
_SEARCHED = 64


class Memory:
    """Stage-1 tables and frames of the guest that a header describes.

    `line()` is the trace line of the event at hand. Plans are made in an `epoch` and void when it
    is over; `changes` counts epochs, and plans that became void by themselves. `stage` counts the
    programs that have taken over the guest.
    """

    def __init__(self, header: Header, line: Callable[[], int]) -> None:
        self._line = line
        self.arm = header.arch.startswith("arm")
        self.pv = header.guest == "pv"
        self.pv64 = (header.guest, header.arch) == ("pv", "x86_64")
        self._halves = header.arch == "arm64"
        self._mask = (1 << header.va_bits) - 1
        self._sign_bit = header.va_bits - 1
        self._canonical = (0, (1 << (65 - header.va_bits)) - 1)
        self._width = 0xFFFF_FFFF if header.arch in ("arm32", "x86_32") else U64

        self.epoch = Epoch()
        self.changes = 0
        self.stage = 0
        self._stamp = 0

        self.off = Space(None)  # stage 1 is off: an address is a guest-physical address
        self.no_kernel = Space(None)
        self.no_user = Space(None)
        self.elsewhere = Space(None)  # stands for more sets of tables than are told apart
        self._spaces: WeakValueDictionary[int, Space] = WeakValueDictionary()
        self._recent: dict[int, Space] = {}
        self._kept: set[Space] = set()  # spaces that hold mappings
        self._sampled = False
        #: page -> vCPUs whose plans depend on what is mapped there
        self._watched: dict[int, set[Vcpu]] = {}
        self.remaps_without_break = 0
        self.first_remap: int | None = None

        self.present = RangeMap()
        self.generation = RangeMap()
        self.uses = RangeMap()
        self.frames: dict[int, tuple[int, int] | str] = {}  # what `_backing` remembers
        for gfn, pages in header.ram:
            self._stamp += 1
            self.present.set(gfn, pages, 0, self._stamp)

    @property
    def moment(self) -> tuple[int, int]:
        """Differs whenever anything that a translation depends on may have changed."""
        return self._stamp, self.changes

    # -- stage 1 --------------------------------------------------------------------------------

    def page(self, address: int) -> int:
        """The page number under which a table entry for an address is kept, -1 if it can have none.

        Bits that the translation ignores are dropped; on arm64 bit 63 chooses the half.
        """
        if self.pv64:
            address &= U64
            if address >> self._sign_bit not in self._canonical:
                return -1
            return address >> PAGE_SHIFT
        page = (address & self._mask) >> PAGE_SHIFT
        if self._halves and address >> 63 & 1:
            page |= 1 << 52
        return page

    def lookup(self, vcpu: Vcpu, space: Space, address: int) -> int:
        """gfn << 1 | read-only, or -1: `address` through `space` as `vcpu` sees it."""
        page = self.page(address)
        if page < 0:
            return -1
        packed = space.maps.stamped(page)
        if vcpu.samples:
            packed = max(packed, vcpu.samples.get((space, page), 0))
        if not packed and space is self.off:
            return (address & self._width) >> PAGE_SHIFT << 1
        return unpack(packed)

    def space(self, ident: int) -> Space:
        """The set of tables with that number."""
        space = self._recent.get(ident)
        if space is None:
            space = self._spaces.get(ident)
            if space is None:
                space = self._spaces[ident] = Space(ident)
            if len(self._recent) >= _MAX_RECENT:
                self._recent.clear()
            self._recent[ident] = space
        return space

    def _set_pages(self, space: Space, page: int, pages: int, value: int) -> None:
        if not self.pv64:
            # Entries beyond the top of the table's half do not exist.
            top = self._mask >> PAGE_SHIFT
            pages = min(pages, top + 1 - (page & top))
        if pages == 1:
            self._set_page(space, page, value)
            return
        self._stamp += 1
        space.maps.set(page, pages, value, self._stamp)
        if pages < len(self._watched):
            touched = not self._watched.keys().isdisjoint(range(page, page + pages))
        else:
            touched = any(page <= one < page + pages for one in self._watched)
        if touched:
            self.next_epoch()

    def _set_page(self, space: Space, page: int, value: int) -> int:
        """Map one page, or none with -1; the value it had."""
        maps = space.maps
        packed = maps.stamped(page) if maps.starts else maps.pages.get(page, 0)
        old = (packed & ENTRY) - 1
        if page in self._watched and (old != value or self._sampled):
            self._remapped(space, page)
        self._stamp = stamp = self._stamp + 1
        maps.pages[page] = stamp << SHIFT | value + 1
        return old

    def _remapped(self, space: Space, page: int) -> None:
        """Plans that depend on a page are void now that it is mapped otherwise."""
        vcpus = self._watched[page]
        if len(vcpus) > _FEW:
            self.next_epoch()
            return
        self.changes += 1
        for vcpu in vcpus:
            area = vcpu.area
            if area is not None and area.home_space is space:
                vcpu.plans.clear()
                vcpu.plan = None
            elif vcpu.plans.pop(space, None) is not None and vcpu.space is space:
                vcpu.plan = None

    def map_page(self, space: Space, page: int, value: int) -> None:
        """`map` for one page, which is what nearly every such event is about. `value` is gfn << 1 |
        read-only.
        """
        if space not in self._kept:
            self._kept.add(space)
        old = self._set_page(space, page, value)
        if self.arm and old >> 1 != value >> 1 and old >= 0:
            self.remaps_without_break += 1
            if self.first_remap is None:
                self.first_remap = self._line()

    def map(self, ident: int, va: int, gpa: int, pages: int, ro: bool) -> None:
        """Addresses from `va` on lead to frames from `gpa` on, in the tables numbered `ident`."""
        page = self.page(va)
        if page < 0:
            return
        space = self.space(ident)
        gfn = gpa >> PAGE_SHIFT
        if space not in self._kept:
            self._kept.add(space)
        elif self.arm and pages <= _SEARCHED:
            get = space.maps.get
            for i in range(pages):
                old = get(page + i)
                if old >= 0 and old >> 1 != gfn + i:
                    self.remaps_without_break += 1
                    if self.first_remap is None:
                        self.first_remap = self._line()
        self._set_pages(space, page, pages, gfn << 1 | ro)

    def unmap_page(self, space: Space, page: int) -> None:
        """`unmap` for one page."""
        if space in self._kept:
            self._set_page(space, page, -1)
        elif self._sampled:
            self.unmap(space, page, 1)

    def unmap(self, space: Space, page: int, pages: int) -> None:
        """Pages from `page` on lead to no frame."""
        # Tables that hold nothing have nothing to lose, except what was sampled.
        if self._sampled or space in self._kept:
            if self._sampled:
                self._kept.add(space)
            self._set_pages(space, page, pages, -1)

    def sample(self, vcpu: Vcpu, va: int, gpa: int | None, mode: str | None) -> None:
        """Somebody saw what `va` leads to for a vCPU, in its tables of a mode or those in force."""
        space = vcpu.space
        if self.pv64 and mode is not None and vcpu.mmu:
            space = vcpu.user if mode == "user" else vcpu.kernel
        page = self.page(va)
        if page < 0:
            return
        self._sampled = True
        self._stamp += 1
        value = -1 if gpa is None else gpa >> PAGE_SHIFT << 1
        old = vcpu.samples.get((space, page), 0)
        if page in self._watched and (
            unpack(old) != value or old < space.maps.stamped(page) or not old
        ):
            self._remapped(space, page)
        vcpu.samples[space, page] = pack(value, self._stamp)

    # -- frames ---------------------------------------------------------------------------------

    def p2m_remove(self, gpa: int, pages: int) -> None:
        """The frames from `gpa` on are given back."""
        self._stamp += 1
        self.present.set(gpa >> PAGE_SHIFT, pages, -1, self._stamp)
        self._forget_frames(gpa >> PAGE_SHIFT, pages)

    def p2m_add(self, gpa: int, pages: int, same_page: bool) -> None:
        """The frames from `gpa` on are backed, by the machine pages they had or by other ones."""
        self._stamp += 1
        self.present.set(gpa >> PAGE_SHIFT, pages, 0, self._stamp)
        if not same_page:
            self.generation.set(gpa >> PAGE_SHIFT, pages, self._stamp, self._stamp)
        self._forget_frames(gpa >> PAGE_SHIFT, pages)

    def _forget_frames(self, gfn: int, pages: int) -> None:
        """The p2m has changed for some frames."""
        if pages == 1:
            self.frames.pop(gfn, None)
        else:
            self.frames.clear()
        self.next_epoch()

    def reuse(self, gpa: int, pages: int, use: str) -> None:
        """The guest puts the frames from `gpa` on to a use."""
        self._stamp += 1
        value = self._line() << 2 | USES.index(use)
        self.uses.set(gpa >> PAGE_SHIFT, pages, value, self._stamp)
        self.next_epoch()

    def last_use(self, gfn: int) -> tuple[int, str] | None:
        """The last use the guest put a frame to, and the trace line, if that is known."""
        entry = self.uses.get(gfn)
        return None if entry < 0 else (entry >> 2, USES[entry & 3])

    def next_stage(self) -> None:
        """Another program takes over."""
        self.stage += 1
        self.next_epoch()

    def frame(self, vcpu: Vcpu, space: Space, address: int, page: int) -> tuple[int, int] | str:
        """(gfn, generation) of a page Xen can write through `space`, or why it cannot."""
        maps = space.maps
        packed = maps.pages.get(page, 0) if not maps.starts else maps.stamped(page)
        if vcpu.samples:
            packed = max(packed, vcpu.samples.get((space, page), 0))
        found = (packed & ENTRY) - 1
        if found < 0:
            if packed or space is not self.off or page < 0:
                return "unmapped"
            found = self.lookup(vcpu, space, address)
        if found & 1:
            return "read-only"
        frame = self.frames.get(found >> 1)
        return self._backing(found >> 1) if frame is None else frame

    def _backing(self, gfn: int) -> tuple[int, int] | str:
        """(gfn, generation) of a frame, or why it cannot be written. Remembered until the p2m
        changes.
        """
        frame: tuple[int, int] | str
        if self.present.get(gfn) >= 0:
            frame = gfn, self.generation.get(gfn)
        else:
            frame = "ballooned out" if self.present.stamped(gfn) else "no RAM"
        if len(self.frames) > _MAX_FRAMES:
            self.frames.clear()
        self.frames[gfn] = frame
        return frame

    # -- plans that depend on it ----------------------------------------------------------------

    def next_epoch(self) -> None:
        """All plans are void."""
        self.epoch.over = True
        self.epoch = Epoch()
        self.changes += 1

    def watch(self, vcpu: Vcpu, old: Area | None) -> None:
        """Another area of a vCPU is in force than `old`: its plans are void, and depend on other
        pages from now on.
        """
        if old is not vcpu.area:
            for page in () if old is None else old.pages():
                self._watched[page].discard(vcpu)
                if not self._watched[page]:
                    del self._watched[page]
            for page in () if vcpu.area is None else vcpu.area.pages():
                self._watched.setdefault(page, set()).add(vcpu)
        self.changes += 1
        vcpu.plan = None
        vcpu.plans.clear()
