"""Device trees with one domain below /chosen, each with one thing about it changed.

They are whole trees for xlcfg; `boot.py` puts their /chosen into the tree of QEMU's machine `virt`,
whose memory begins at 0x40000000 and where a small kernel lies at 0x4a000000.
"""

from __future__ import annotations

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
    **{f"nr_spis-{n}": f"nr_spis = <{n}>;" for n in (0, 1, 32, 960, 991, 992, 9999)},
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
    **{f"cpus-{n}": {"cpus": f"cpus = <{n}>;"} for n in (0, 2, 8, 9, 128, 129, 1000)},
    "cpus-text": {"cpus": 'cpus = "1";'},
    "cpus-2-cells": {"cpus": "cpus = <0 1>;"},
    "memory-none": {"memory": ""},
    "memory-0": {"memory": "memory = <0 0>;"},
    "memory-1-cell": {"memory": "memory = <0x10000>;"},
    "memory-1": {"memory": "memory = <0 1>;"},
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


def trees() -> dict[str, str]:
    """The trees by their names."""
    found = {name: _tree(_domain(**changed)) for name, changed in _CHANGED.items()}
    found |= {name: _tree(_domain(lines)) for name, lines in _ADDED.items()}
    found["llc-coloring"] = _tree(
        _domain('llc-colors = "0-3";'), bootargs=f"{BOOTARGS} llc-coloring=on"
    )
    found["two-domains"] = _tree(_domain(), _domain().replace("domU1", "domU2"))
    found["two-of-which-one-fails"] = _tree(_domain(), _domain(kernel="").replace("domU1", "domU2"))
    found["no-domain"] = _tree()
    found["static-heap"] = _tree(_domain(), chosen="xen,static-heap = <0x60000000 0x8000000>;")
    return found
