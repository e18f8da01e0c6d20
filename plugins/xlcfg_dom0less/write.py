"""A guest as a domain of a device tree, and what of it such a domain cannot have.

Kernel and initrd are named by the files that xen.efi loads from its partition; what loads them
otherwise puts a `reg` there instead.
"""

from __future__ import annotations

import re

from xlcfg.core.conversion import Conversion, ConversionLoss
from xlcfg.model.leaving import Leaving
from xlcfg_dom0less.domain import NUMBERS, POLICY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target

#: what a node may be called, and how long the name may be
_NOT_OF_NAMES = re.compile(r"[^A-Za-z0-9,._+-]")
_LONGEST_NAME = 31


def write(guest: Guest, target: Target) -> Conversion:
    """The tree, and what is lost."""
    writer = _Writer(guest, target)
    lines = ["/dts-v1/;", "", "/ {", "\tchosen {", *writer.domain(), "\t};", "};"]
    return Conversion("\n".join(lines) + "\n", writer.losses())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _ranges(numbers: set[int]) -> str:
    """CPUs as `0-3,5`."""
    pieces: list[list[int]] = []
    for number in sorted(numbers):
        if pieces and pieces[-1][1] == number - 1:
            pieces[-1][1] = number
        else:
            pieces.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in pieces)


class _Writer(Leaving):
    no_place = "a domain of a device tree has no property for it that xlcfg knows of"

    def __init__(self, guest: Guest, target: Target) -> None:
        super().__init__(guest)
        self.target = target

    def domain(self) -> list[str]:
        """The lines of the domain's node."""
        body = ['compatible = "xen,domain";', "#address-cells = <2>;", "#size-cells = <2>;"]
        self.kind()
        vcpus, most = self.take("vcpus"), self.take("maxvcpus")
        count = vcpus or most or 1
        if most and most != count:
            self.lose("maxvcpus", "`maxvcpus`", "all vCPUs of a domain of a device tree are there")
        body.append(f"cpus = <{count}>;")
        memory, maximum = self.take("memory"), self.take("maxmem")
        size = memory or maximum
        if maximum and maximum != size:
            self.lose("maxmem", "`maxmem`", "Xen gives such a domain all of its memory at once")
        if size:
            body.append(f"memory = <{size >> 32:#x} {size & 0xFFFFFFFF:#x}>;")
        body += self.numbers()
        body += self.words()
        body += self.affinity(count)
        body += self.modules()
        return [f"\t\t{self.name()} {{", *(f"\t\t\t{line}" for line in body), "\t\t};"]

    def name(self) -> str:
        """The node's name, which is the domain's."""
        given = str(self.take("name") or "domU1")
        name = _NOT_OF_NAMES.sub("-", given)[:_LONGEST_NAME].lstrip(",._+-") or "domU1"
        if name != given:
            self.lose("name", f'`name = "{given}"`', f"a node can be called {name}")
        return name

    def kind(self) -> None:
        """A domain of a device tree is what xl calls pvh, and none is on x86."""
        self.left -= {"type", "builder"}
        if self.type != "pvh":
            what = f'type = "{self.type}"'
            at = self.settings.get("type") or self.settings.get("builder")
            start, end = (at.start, at.end) if at is not None else (None, None)
            why = "a domain of a device tree is what xl calls pvh"
            self.lost.append(ConversionLoss(what, why, start, end))
        if self.target.arch.startswith("x86"):
            why = "Xen starts domains of device trees on Arm and RISC-V only (--arch)"
            self.lost.append(ConversionLoss(f"a guest for {self.target.arch}", why))

    def has(self, name: str) -> bool:
        """Whether Xen of the release reads the property."""
        from xlcfg.catalogue import alive, dom0less_properties

        known = [p for p in dom0less_properties("xen,domain") if p["name"] == name]
        return bool(known) and alive(known[0]["runs"], self.target.release)

    def numbers(self) -> list[str]:
        found = []
        for name, key in NUMBERS.items():
            value = self.values.get(key)
            if key != "vcpus" and value is not None and self.has(name):
                self.left.discard(key)
                found.append(f"{name} = <{value}>;")
        return found

    def words(self) -> list[str]:
        """Properties that are words, lists of them, or nothing but there."""
        found = []
        if self.values.get("vuart") == "sbsa_uart":
            self.left.discard("vuart")
            found.append("vpl011;")
        passthrough = self.values.get("passthrough")
        if passthrough in ("enabled", "disabled") and self.has("passthrough"):
            self.left.discard("passthrough")
            found.append(f'passthrough = "{passthrough}";')
        sve = self.settings.string("sve")
        if sve is not None and self.has("sve"):
            self.left.discard("sve")
            width = {"hw": "", "disabled": " = <0>"}.get(sve, f" = <{sve}>")
            found.append(f"sve{width};" if width in ("", " = <0>") or sve.isdigit() else "")
        colours = self.settings.items("llc_colors") or []
        if colours and self.has("llc-colors"):
            self.left.discard("llc_colors")
            words = ",".join(item.text for item in colours if not item.is_list)
            found.append(f"llc-colors = {_quoted(words)};")
        policy = self.text("runstate_translation")
        if policy is not None:
            found.append(f"{POLICY} = {_quoted(policy)};")
        return [line for line in found if line]

    def affinity(self, count: int) -> list[str]:
        """A node for each vCPU that may not run everywhere."""
        from xlcfg.catalogue import alive, dom0less_properties

        pins = self.values.get("cpus")
        read = [p["runs"] for p in dom0less_properties("xen,vcpu")]
        if not pins or not all(alive(runs, self.target.release) for runs in read):
            return []
        self.left.discard("cpus")
        every = isinstance(pins, (set, frozenset))
        lists = [pins] * count if every else list(pins)
        found = []
        for i, allowed in enumerate(lists[:count]):
            if allowed:
                found += [
                    f"vcpu{i} {{",
                    '\tcompatible = "xen,vcpu";',
                    f"\tid = <{i}>;",
                    f'\thard-affinity = "{_ranges(set(allowed))}";',
                    "};",
                ]
        return found

    def modules(self) -> list[str]:
        """The files of the domain. Addresses are for whoever loads them."""
        found = []
        line = self.kernel_line()
        for key, kind in (("kernel", "kernel"), ("ramdisk", "ramdisk")):
            path = self.take(key)
            if not path:
                continue
            found += [
                f"module-{kind} {{",
                "\t/* loaded by xen.efi from its partition; other loaders: reg = <...> */",
                f'\tcompatible = "multiboot,{kind}", "multiboot,module";',
                f"\txen,uefi-binary = {_quoted(path)};",
            ]
            if kind == "kernel" and line:
                found.append(f"\tbootargs = {_quoted(line)};")
            found.append("};")
        if not self.values.get("kernel"):
            why = (
                "Xen starts such a domain from a kernel that the tree names, and panics without one"
            )
            self.lost.append(ConversionLoss("how the guest boots", why))
            for key in ("cmdline", "root", "extra"):
                if line and key in self.settings.by_name:
                    self.lose(key, f"`{key}`", "there is no kernel to give it to")
        return found
