"""Device trees with one domain below /chosen, each with one thing about it changed.

They are whole trees for xlcfg; `boot.py` puts their /chosen into the tree of QEMU's machine `virt`,
whose memory begins at 0x40000000 and where a small kernel lies at 0x4a000000. Its processors are
called as these trees say.
"""

from __future__ import annotations

import random

BOOTARGS = "console=dtuart dtuart=/pl011@9000000 loglvl=all bootscrub=0"
_COMPATIBLE = 'compatible = "xen,domain";'
_CELLS = "#address-cells = <1>; #size-cells = <1>;"
_MEMORY = "memory = <0 0x10000>;"
_CPUS = "cpus = <1>;"
_KERNEL = (
    'module@4a000000 { compatible = "multiboot,kernel", "multiboot,module"; '
    "reg = <0x4a000000 0x1000>; };"
)


def _node(name: str, *lines: str) -> str:
    body = "\n".join(f"      {line}" for line in lines if line)
    return f"    {name} {{\n{body}\n    }};"


def _tree(*nodes: str, bootargs: str = BOOTARGS, chosen: str = "") -> str:
    lines = [
        "/dts-v1/;",
        "/ {",
        '  cpus { cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; }; };',
        "  chosen {",
        "    #address-cells = <1>;",
        "    #size-cells = <1>;",
        f'    xen,xen-bootargs = "{bootargs}";',
        *([f"    {chosen}"] if chosen else []),
        *nodes,
        "  };",
        "};",
        "",
    ]
    return "\n".join(lines)


def _domain(*more: str, **changed: str) -> str:
    """A node domU1; `changed` replaces `compatible`, `cells`, `memory`, `cpus` or `kernel`."""
    parts = {
        "compatible": _COMPATIBLE,
        "cells": _CELLS,
        "memory": _MEMORY,
        "cpus": _CPUS,
        "kernel": "",
        **changed,
    }
    kernel = changed.get("kernel", _KERNEL)
    parts.pop("kernel")
    return _node("domU1", *parts.values(), *more, kernel)


#: name of a case -> lines added to the domain
_ADDED = {
    "vpl011": "vpl011;",
    "vpl011-0": "vpl011 = <0>;",
    **{f"nr_spis-{n}": f"nr_spis = <{n}>;" for n in (0, 1, 32, 960, 961, 991, 992, 9999)},
    "nr_spis-0-vpl011": "vpl011; nr_spis = <0>;",
    "enhanced": "xen,enhanced;",
    **{
        f"enhanced-{word}": f'xen,enhanced = "{word}";'
        for word in ("enabled", "disabled", "no-xenstore", "legacy", "foo", "")
    },
    "direct-map": "direct-map;",
    **{f"grant-version-{n}": f"max_grant_version = <{n}>;" for n in (0, 1, 2, 3, 256)},
    **{
        f"grant-frames-{n:#x}": f"max_grant_frames = <{n:#x}>;"
        for n in (0, 1, 64, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
    },
    **{
        f"maptrack-frames-{n:#x}": f"max_maptrack_frames = <{n:#x}>;"
        for n in (0, 1024, 0x7FFFFFFF, 0x80000000)
    },
    **{f"sve-{n}": f"sve = <{n}>;" for n in (0, 1, 100, 128, 2048, 2049, 2176)},
    "sve": "sve;",
    **{f"llc-{word}": f'llc-colors = "{word}";' for word in ("0-3", "4-8,3", "x", "")},
    **{
        f"passthrough-{word}": f'passthrough = "{word}";' for word in ("enabled", "disabled", "foo")
    },
    **{f"capabilities-{n}": f"capabilities = <{n}>;" for n in (0, 1, 2, 4, 8)},
    **{f"p2m-{n:#x}": f"xen,domain-p2m-mem-mb = <{n:#x}>;" for n in (0, 1, 16, 0x10000)},
    **{f"tee-{word}": f'xen,tee = "{word}";' for word in ("none", "optee", "ffa", "foo")},
    **{f"sci-{word}": f'xen,sci_type = "{word}";' for word in ("none", "scmi", "scmi_smc")},
    **{f"trap-{n}": f"trap-unmapped-accesses = <{n}>;" for n in (0, 1, 2)},
    "cpupool-unknown": "domain-cpupool = <0xdead>;",
    "static-mem": "#xen,static-mem-address-cells = <1>; #xen,static-mem-size-cells = <1>; "
    "xen,static-mem = <0x50000000 0x4000000>;",
    "static-mem-less": "#xen,static-mem-address-cells = <1>; #xen,static-mem-size-cells = <1>; "
    "xen,static-mem = <0x50000000 0x2000000>;",
    "static-mem-more": "#xen,static-mem-address-cells = <1>; #xen,static-mem-size-cells = <1>; "
    "xen,static-mem = <0x50000000 0x8000000>;",
    "static-mem-no-cells": "xen,static-mem = <0x50000000 0x4000000>;",
    "static-mem-odd": "#xen,static-mem-address-cells = <1>; #xen,static-mem-size-cells = <1>; "
    "xen,static-mem = <0x50000800 0x4000000>;",
    "static-mem-outside": "#xen,static-mem-address-cells = <1>; "
    "#xen,static-mem-size-cells = <1>; xen,static-mem = <0x10000000 0x4000000>;",
    "direct-map-static-mem": "direct-map; #xen,static-mem-address-cells = <1>; "
    "#xen,static-mem-size-cells = <1>; xen,static-mem = <0x50000000 0x4000000>;",
    "unknown-property": "frobnicate = <1>;",
}


def _module(compatible: str, reg: str = "reg = <0x4a000000 0x1000>;", more: str = "") -> str:
    return f"module@4a000000 {{ compatible = {compatible}; {reg} {more} }};"


_BOTH = '"multiboot,kernel", "multiboot,module"'
#: name of a case -> what replaces a part of the domain
_CHANGED: dict[str, dict[str, str]] = {
    "plain": {},
    "cpus-none": {"cpus": ""},
    **{f"cpus-{n}": {"cpus": f"cpus = <{n}>;"} for n in (0, 2, 8, 9, 33, 34, 128, 129, 1000)},
    "cpus-text": {"cpus": 'cpus = "1";'},
    "cpus-2-cells": {"cpus": "cpus = <0 1>;"},
    "memory-none": {"memory": ""},
    "memory-0": {"memory": "memory = <0 0>;"},
    "memory-1-cell": {"memory": "memory = <0x10000>;"},
    "memory-1": {"memory": "memory = <0 1>;"},
    "memory-5-MiB": {"memory": "memory = <0 0x1400>;"},
    "memory-long-text": {"memory": 'memory = "65536000";'},
    "memory-4-MiB": {"memory": "memory = <0 0x1000>;"},
    "memory-too-much": {"memory": "memory = <0 0x400000>;"},
    "memory-text": {"memory": 'memory = "64";'},
    "cells-none": {"cells": ""},
    "cells-no-size": {"cells": "#address-cells = <1>;"},
    "cells-no-address": {"cells": "#size-cells = <1>;"},
    "cells-2": {
        "cells": "#address-cells = <2>; #size-cells = <2>;",
        "kernel": _module(_BOTH, "reg = <0 0x4a000000 0 0x1000>;"),
    },
    "kernel-none": {"kernel": ""},
    "kernel-misspelt": {"kernel": _module('"multiboot,kernal", "multiboot,module"')},
    "kernel-no-module": {"kernel": _module('"multiboot,kernel"')},
    "kernel-only-module": {"kernel": _module('"multiboot,module"')},
    "kernel-no-reg": {"kernel": _module(_BOTH, "")},
    "kernel-reg-1-cell": {"kernel": _module(_BOTH, "reg = <0x4a000000>;")},
    "kernel-reg-size-0": {"kernel": _module(_BOTH, "reg = <0x4a000000 0>;")},
    "kernel-reg-4-cells": {"kernel": _module(_BOTH, "reg = <0 0x4a000000 0 0x1000>;")},
    "kernel-bootargs": {"kernel": _module(_BOTH, more='bootargs = "console=ttyAMA0";')},
    "kernel-twice": {
        "kernel": _module(_BOTH)
        + " module@4a100000 { compatible = "
        + _BOTH
        + "; reg = <0x4a100000 0x1000>; };"
    },
    "ramdisk-only": {"kernel": _module('"multiboot,ramdisk", "multiboot,module"')},
    "ramdisk": {
        "kernel": _KERNEL
        + ' module@4a200000 { compatible = "multiboot,ramdisk", "multiboot,module"; '
        "reg = <0x4a200000 0x1000>; };"
    },
    "ramdisk-no-reg": {
        "kernel": _KERNEL
        + ' module@4a200000 { compatible = "multiboot,ramdisk", "multiboot,module"; };'
    },
    "device-tree-garbage": {
        "kernel": _KERNEL
        + ' module@4a200000 { compatible = "multiboot,device-tree", "multiboot,module"; '
        "reg = <0x4a200000 0x1000>; };"
    },
    "compatible-other": {"compatible": 'compatible = "xen,dom";'},
    "compatible-none": {"compatible": ""},
}


#: lines of Xen beside which a domain asks for version 2 of the grant tables
_LINES = (
    *("gnttab=max-ver:2", "gnttab=max-ver:2 gnttab=max-ver:1", "gnttab=max-ver:1 gnttab=max-ver:2"),
    *("gnttab=max-ver:2,max-ver:1", "gnttab=max-ver:1,max-ver:2", "gnttab=max-ver:2,max-ver:x"),
    *("gnttab=max_ver:2", "gnttab=max-ver:2,max_ver:1", "gnttab_max_version=2"),
    *("gnttab=max-ver:3", "gnttab=transitive,max-ver:2"),
)


#: what a domain has, and its vCPUs, of which the last ones find no room in the tree of 4.17
_FULL = {
    "vpl011": ("vpl011;", (32, 33)),
    "enhanced": ('xen,enhanced = "no-xenstore";', (31, 32, 33)),
    "both": ('vpl011; xen,enhanced = "no-xenstore";', (30, 31)),
}


def _kernel(line: str) -> str:
    return _module(_BOTH, more=f'bootargs = "{line}";')


def _full() -> dict[str, str]:
    """Domains of which the tree that Xen writes for them is full, or nearly."""
    found = {
        f"full-{name}-{count}": _tree(_domain(more, cpus=f"cpus = <{count}>;"))
        for name, (more, counts) in _FULL.items()
        for count in counts
    }
    ramdisk = _CHANGED["ramdisk"]["kernel"]
    for count in (32, 33):
        found[f"full-ramdisk-{count}"] = _tree(_domain(cpus=f"cpus = <{count}>;", kernel=ramdisk))
    for length in (484, 488, 520, 524):
        kernel = _kernel("x" * length)
        found[f"full-line-{length}"] = _tree(_domain(cpus="cpus = <28>;", kernel=kernel))
    # current-speed of the console is left out where it does not fit
    for length in (328, 340, 344, 360, 364, 368, 380, 384, 396, 400):
        made = _domain("vpl011;", cpus="cpus = <28>;", kernel=_kernel("x" * length))
        found[f"full-speed-{length}"] = _tree(made)
    for length in (1024, 1025):
        found[f"line-of-{length}"] = _tree(_domain(kernel=_kernel("x" * length)))
    return found


def trees() -> dict[str, str]:
    """The trees by their names."""
    found = {name: _tree(_domain(**changed)) for name, changed in _CHANGED.items()}
    found |= {name: _tree(_domain(lines)) for name, lines in _ADDED.items()}
    found["llc-coloring"] = _tree(
        _domain('llc-colors = "0-3";'), bootargs=f"{BOOTARGS} llc-coloring=on"
    )
    for words in _LINES:
        name = f"line-{words.replace('gnttab=', '').replace(' ', '+')}"
        tree = _tree(_domain("max_grant_version = <2>;"), bootargs=f"{BOOTARGS} {words}")
        found[name] = tree
    found["kernel-no-size-elsewhere"] = _tree(
        _domain(kernel=_module(_BOTH, "reg = <0x4a000000 0>;")), _domain().replace("domU1", "domU2")
    )
    found |= _full()
    found["two-domains"] = _tree(_domain(), _domain().replace("domU1", "domU2"))
    found["two-of-which-one-fails"] = _tree(_domain(), _domain(kernel="").replace("domU1", "domU2"))
    found["no-domain"] = _tree()
    found["static-heap"] = _tree(_domain(), chosen="xen,static-heap = <0x60000000 0x8000000>;")
    return found


#: for random trees: values of what a domain may have, of which most go well
_VALUES: dict[str, tuple[str, ...]] = {
    "nr_spis": ("<0>", "<1>", "<64>", "<300>", "<988>", "<989>", "<2000>"),
    "max_grant_version": ("<1>", "<1>", "<2>", "<0>", "<17>"),
    "max_grant_frames": ("<1>", "<32>", "<64>", "<200>", "<0>"),
    "max_maptrack_frames": ("<0>", "<1>", "<1024>"),
    "xen,domain-p2m-mem-mb": ("<1>", "<2>", "<16>", "<64>", "<0>"),
    "xen,enhanced": ('"disabled"', '"no-xenstore"', '"enabled"'),
    "passthrough": ('"disabled"', '"enabled"', '"none"'),
    "xen,tee": ('"none"', '"optee"', '"x"'),
    "sve": ("<0>", "<128>", "<100>"),
    "llc-colors": ('"0-3"', '"x"'),
    "capabilities": ("<1>", "<2>"),
    "trap-unmapped-accesses": ("<0>", "<1>"),
    "frobnicate": ("<1>",),
}
_FLAGS = ("vpl011", "xen,enhanced", "direct-map")
_SIZES = ("<0 0x10000>", "<0 0x8000>", "<0 0x4000>", "<0 0x2000>", "<0 0x1000>", "<0 0>")
_COUNTS = (
    "<1>",
    "<1>",
    "<2>",
    "<4>",
    "<8>",
    "<16>",
    "<30>",
    "<31>",
    "<32>",
    "<33>",
    "<64>",
    "<0>",
    "<129>",
)


def _vcpu(chance: random.Random, at: int) -> str:
    number = chance.choice((at, at, at, at, 5, 200))
    more = chance.choice(("", 'hard-affinity = "0";', 'hard-affinity = "0-1";'))
    return f'vcpu{at} {{ compatible = "xen,vcpu"; id = <{number}>; {more} }};'


def _random_modules(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return _KERNEL
    choices = ("kernel-misspelt", "kernel-reg-size-0", "kernel-twice", "ramdisk", "ramdisk-only")
    return _CHANGED[chance.choice(choices)]["kernel"]


def random_tree(chance: random.Random) -> str:
    """A tree with one domain or two, each with up to four settings."""
    nodes = []
    for number in range(chance.choice((1, 1, 1, 2))):
        names = chance.sample(sorted(_VALUES), chance.choice((0, 1, 1, 2, 2, 3)))
        lines = [f"{name} = {chance.choice(_VALUES[name])};" for name in names]
        if chance.random() < 0.4:
            flag = chance.choice(_FLAGS)
            lines += [f"{flag};"] if flag not in names else []
        changed = {"kernel": _random_modules(chance)}
        if chance.random() < 0.3:
            changed["memory"] = f"memory = {chance.choice(_SIZES)};"
        if chance.random() < 0.4:
            changed["cpus"] = f"cpus = {chance.choice(_COUNTS)};"
        if chance.random() < 0.2:
            lines += [_vcpu(chance, at) for at in range(chance.choice((1, 2)))]
        node = _domain(*lines, **changed)
        nodes.append(node.replace("domU1", f"domU{number + 1}"))
    more = chance.choice(("", "", " gnttab=max-ver:2", " gnttab=max-ver:2 gnttab=max-ver:1"))
    return _tree(*nodes, bootargs=BOOTARGS + more)
