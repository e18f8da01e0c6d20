"""Every kind of outcome: what it does to the config, and a message and a cure to fill in.

`KINDS[kind]` is `(effect, message, help)`.  The templates are for `str.format` with the outcome's
`key` and `args`; `accepted` and other lists are joined with ", " first (`fill`).

Effects: "refused" (xl exits non-zero before the domain exists), "crash" (xl dies of a signal),
"ignored" (accepted, not used), "dropped" (a value is lost), "wrapped" and "cut" (silently changed),
"note" (used, with a word from xl or a surprise) and "host": "refused" when the host is given and is
like that, else "advice".
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.session import Outcome

_ONE_OF = "write one of: {accepted}"

KINDS: dict[str, tuple[str, str, str]] = {
    # ---- keys
    "key.unknown": ("ignored", "no xl ever read `{key}`", "check the spelling or delete it"),
    "key.other-release": (
        "ignored",
        "xl {release} does not read `{key}` (read from {first} to {last})",
        "delete it, or check for a release that reads it",
    ),
    "key.other-guest-type": (
        "ignored",
        "xl does not use `{key}` for {guest} guests",
        "it has an effect for: {guests}",
    ),
    "key.no-effect": ("ignored", "xl reads `{key}` only to ignore it", "delete it"),
    "syntax.plus-equals": (
        "refused",
        "`+=` is a syntax error before Xen 4.13",
        "write the whole value in one assignment",
    ),
    "syntax.nested-list": (
        "refused",
        "a list in a list is a syntax error before Xen 4.6",
        "write the list without the inner one",
    ),
    # ---- values of the wrong kind
    "type.list-for-value": (
        "ignored",
        "`{key}` is a single value, not a list: xl ignores it",
        "write the value without brackets",
    ),
    "type.value-for-list": (
        "ignored",
        "`{key}` is a list, not a single value: xl ignores it",
        "put brackets around it",
    ),
    "list.required": ("refused", "`{key}` must be a list", "put brackets around it"),
    "list.cut": (
        "cut",
        "xl ends the list `{key}` at item {position}, which is a list",
        "write the item as a string",
    ),
    "list.nested-item": (
        "refused",
        "an item of `{key}` must not be a list",
        "write the item as a string",
    ),
    "list.nested-crash": (
        "crash",
        "a list as an item of `{key}` makes xl crash",
        "write the item as a string",
    ),
    # ---- numbers
    "number.not-a-number": (
        "ignored",
        "`{text}` is no number: xl ignores `{key}`",
        "write a number in C notation: 512, 0x200, 01000; booleans are 0 and 1",
    ),
    "number.out-of-range": (
        "ignored",
        "`{text}` does not fit 64 bits: xl ignores `{key}`",
        "write a smaller number",
    ),
    "number.plus": (
        "ignored",
        "`+=` does not work for numbers: xl ignores `{key}`",
        "write the number with `=`",
    ),
    "number.wrapped": (
        "wrapped",
        "`{key}` cannot hold {text}: it becomes {value}",
        "write a number that fits",
    ),
    "number.out-of-bounds": (
        "refused",
        "`{key}` must lie between {least} and {most}, not be {text}",
        "write a number in these bounds",
    ),
    "number.silent-exit": (
        "refused",
        "`{key}` must be a number from 0 to {limit}; xl exits without a message",
        "write such a number",
    ),
    "number.silently-ignored": (
        "ignored",
        "`{key}` is no number: xl ignores it without a word",
        "write a number",
    ),
    "number.too-big": ("refused", "{text} is too big for `{key}`", "write a smaller number"),
    # ---- names
    "enum.unknown": ("refused", "`{key}` does not know `{text}`", _ONE_OF),
    "enum.number": (
        "note",
        "a number for `{key}` is deprecated; {text} means `{name}`",
        'write {key}="{name}"',
    ),
    "type.unknown": ("refused", "no guest type `{text}`", _ONE_OF),
    "type.abbreviated": ("note", "xl takes type `{text}` for `{value}`", 'write type="{value}"'),
    "type.contradiction": (
        "refused",
        "builder `{text}` contradicts type `{guest}`",
        "delete `builder`",
    ),
    "type.builder-means-pv": ("note", "builder `{text}` means a PV guest", "delete `builder`"),
    "timer_mode.pv": (
        "refused",
        "`timer_mode` is not for PV guests",
        "delete it or change the guest type",
    ),
    "uuid.bad": (
        "refused",
        "`{text}` is no UUID",
        "write 32 hexadecimal digits, grouped 8-4-4-4-12 with dashes",
    ),
    # ---- what every guest needs
    "name.missing": ("refused", "the guest has no name", 'add name="..."'),
    "boot.nothing": (
        "refused",
        "a {guest} guest needs a kernel, a bootloader or a firmware",
        "add kernel=, bootloader= or firmware=",
    ),
    "firmware.with-kernel": (
        "refused",
        "`firmware` and `kernel` exclude each other",
        "delete one of them",
    ),
    "kernel.hvmloader": (
        "dropped",
        "xl drops the kernel `{text}`: it looks like the HVM firmware",
        "delete `kernel`, or use `firmware_override`",
    ),
    "kernel.hvm-ignored": (
        "ignored",
        "this xl does not boot HVM guests from a kernel",
        "delete `kernel`, or use `firmware_override`",
    ),
    "cmdline.wins": ("ignored", "`cmdline` makes xl ignore `{key}`", "delete `{key}`"),
    "bootloader_args.string": (
        "note",
        "a string of bootloader arguments is deprecated",
        "write a list of strings",
    ),
    "bootloader_args.empty": (
        "crash",
        "bootloader arguments without a word make xl crash",
        "delete `bootloader_args` or write a list",
    ),
    # ---- vCPUs
    "vcpus.negative": ("refused", "xl cannot have {text} vCPUs", "write a positive number"),
    "vcpus.endless": ("refused", "xl counts to {text} before it fails", "write a smaller number"),
    "vcpus.too-many": ("refused", "libxl allows up to {limit} vCPUs", "write a smaller number"),
    "vcpus.above-maximum": (
        "refused",
        "{vcpus} vCPUs are more than the maximum of {maximum}",
        "raise `maxvcpus` or lower `vcpus`",
    ),
    "cpus.bad-range": (
        "refused",
        "`{text}` is no CPU or range of CPUs",
        "write N, N-M, ^N, node:N or all, without blanks",
    ),
    "cpus.not-all": ("refused", "`{text}` would leave no CPU", "delete it"),
    "cpus.surplus": (
        "ignored",
        "there are only {vcpus} vCPUs: xl ignores the rest of `{key}`",
        "delete the rest or raise `vcpus`",
    ),
    "cpus.nested": (
        "crash",
        "a list as an item of `{key}` makes xl use memory it never set",
        "write the item as a string",
    ),
    "cpus.empty": ("refused", "`{key}` names no CPU at all", "name at least one CPU"),
    "cpus.no-such-cpu": (
        "host",
        "none of the CPUs `{text}` exists on this host",
        "name CPUs that exist",
    ),
    "vnuma.no-such-node": (
        "host",
        "this host has no NUMA node {text}",
        "name a node that exists",
    ),
    "vnuma.too-many-vcpus": (
        "host",
        "vnuma has {vcpus} vCPUs, the host {cpus} CPUs",
        "set `maxvcpus` to {vcpus}",
    ),
    "vnuma.vcpus-differ": (
        "refused",
        "vnuma has {vcpus} vCPUs, `maxvcpus` is {maximum}",
        "make both agree",
    ),
    "vnuma.memory-differs": (
        "refused",
        "vnuma has {total} KiB, `maxmem` is {maxmem} KiB",
        "make both agree",
    ),
    "vnuma.unknown-option": ("ignored", "vnuma does not know `{text}`", _ONE_OF),
    "vnuma.nested-option": ("ignored", "a vnuma option must be a string", "write a string"),
    "vnuma.distances": (
        "crash",
        "more distances than the {nodes} nodes: xl writes past its memory",
        "write one distance for each node",
    ),
    "vnuma.more-distances": (
        "ignored",
        "there are more distances than the {nodes} nodes",
        "write one distance for each node",
    ),
    # ---- other top-level keys
    "altp2mhvm.old": ("note", "`altp2mhvm` is deprecated", 'write altp2m="mixed"'),
    "bios_path_override.alone": (
        "note",
        "`bios_path_override` is given without `bios`",
        "say which `bios` it is",
    ),
    "device_model.ignored": (
        "ignored",
        "xl ignores `device_model`",
        "use `device_model_override` for another emulator",
    ),
    "device_model_override.alone": (
        "note",
        "`device_model_override` is given without `device_model_version`",
        'add device_model_version="qemu-xen"',
    ),
    "msr_relaxed.going": ("note", "`msr_relaxed` will be removed", "delete it if the guest boots"),
    "stdvga.vga-wins": ("ignored", "`vga` makes xl ignore `stdvga`", "delete `stdvga`"),
    "mca_caps.not-a-list": ("refused", "`mca_caps` must be a list", 'write mca_caps=["lmce"]'),
    "smbios.not-a-list": ("refused", "`smbios` must be a list", "put brackets around it"),
    "smbios.too-many": ("refused", "there can be {limit} oem strings", "delete some"),
    "vnc.off": ("ignored", "`vnc` is off: xl ignores `{key}`", "set vnc=1 or delete `{key}`"),
    "vnc.vfb-wins": ("ignored", "`vfb` makes xl ignore `{key}`", "set it in the vfb entry"),
    "vnc.display-twice": (
        "refused",
        "the VNC display is both in `vnclisten` and in `vncdisplay`",
        "write it once",
    ),
    "arm_sci.unknown-key": ("ignored", "arm_sci does not know `{text}`", _ONE_OF),
    # ---- device strings
    "spec.unknown-key": ("refused", "`{key}` does not know `{text}`", _ONE_OF),
    "spec.unknown-value": ("refused", "`{text}` is no {name} of `{key}`", _ONE_OF),
    "spec.no-value": ("refused", "`{text}` must be NAME=VALUE", "add `=` and a value"),
    "spec.not-a-number": ("refused", "`{text}` is no number", "write a number"),
    "spec.not-a-list": ("refused", "an item of `{key}` must be a list", "put brackets around it"),
    "spec.read-as-zero": ("note", "xl reads `{text}` as {value}", "write a number"),
    "spec.stops": (
        "ignored",
        "xl stops reading at `{text}`, which has no `=`",
        "write NAME=VALUE or delete it",
    ),
    "spec.empty": ("crash", "an empty item of `{key}` makes xl crash", "delete the item"),
    "spec.empty-list": ("crash", "an empty `{name}` makes xl crash", "write at least one value"),
    "disk.unknown-parameter": ("refused", "a disk has no parameter `{text}`", _ONE_OF),
    "disk.unknown-value": ("refused", "`{text}` is no {parameter} of a disk", _ONE_OF),
    "disk.not-a-number": ("refused", "`{text}` is no {parameter}", "write a number above 0"),
    "disk.respecified": (
        "refused",
        "the disk's {parameter} is given twice: `{before}` and `{text}`",
        "delete one of them",
    ),
    "disk.unknown-prefix": (
        "refused",
        "no disk prefix `{text}`",
        "write target= and format= instead of a prefix",
    ),
    "disk.bad-syntax": (
        "refused",
        "xl cannot read this disk from `{text}` on",
        "write NAME=VALUE parameters that disks have, target= last",
    ),
    "disk.last-equals": ("ignored", "xl ignores the `=` at the end of the disk", "delete it"),
    "disk.too-many": (
        "refused",
        "`{text}` is one positional value too many",
        "the order is target, format, vdev, access",
    ),
    "disk.no-vdev": ("refused", "the disk `{text}` has no vdev", "add vdev=xvda or the like"),
    "disk.no-target": ("refused", "the disk `{text}` has no target", "add target="),
    "disk.target-takes-rest": (
        "note",
        "`target=` takes the rest of the string, `{parameter}` too",
        "put target= last",
    ),
    "vif.unknown-parameter": ("ignored", "a vif has no parameter `{text}`", _ONE_OF),
    "vif.unknown-type": ("ignored", "no vif type `{text}`", "write vif or ioemu"),
    "vif.bad-mac": (
        "dropped",
        "`{text}` is no MAC address: xl uses what it could read of it",
        "write six groups: 00:16:3e:xx:xx:xx",
    ),
    "vif.bad-rate": (
        "refused",
        "`{text}` is no rate",
        "write like 10Mb/s or 250KB/s@20ms",
    ),
    "vif.netdev": ("note", "`netdev` is deprecated", "write gatewaydev="),
    "vif.accel": ("ignored", "xl does not support `accel`", "delete it"),
    "pci.bad-address": ("refused", "`{text}` is no PCI address", "write [DDDD:]BB:DD.F"),
    "pci.no-function": (
        "refused",
        "the PCI address `{text}` has no function",
        "write [DDDD:]BB:DD.F, like {text}.0",
    ),
    "pci.all-functions": (
        "crash",
        "all functions (`{text}`) make this xl crash",
        "write one entry for each function",
    ),
    "pci.bad-slot": ("refused", "`{text}` is no guest slot", "write a hexadecimal number, 0 to 1f"),
    "pci.junk": ("refused", "`{text}` after the PCI address", "separate options with a comma"),
    "pci.no-value": ("refused", "`{text}` must be NAME=VALUE", "add `=` and a value"),
    "pci.unknown-option": ("refused", "a PCI device has no option `{text}`", _ONE_OF),
    "pci.ignored-option": ("ignored", "this xl has no PCI option `{text}`", _ONE_OF),
    "pci.bad-policy": ("refused", "no RDM policy `{text}`", _ONE_OF),
    "pci.address-and-name": (
        "refused",
        "a PCI device has an address or a name, not both",
        "delete one of them",
    ),
    "rdm.dropped": (
        "dropped",
        "xl cannot read `{text}` and drops `rdm`",
        'write rdm="strategy=host"',
    ),
    "rdm.policy-drops": (
        "dropped",
        "a policy makes xl since 4.15 drop the whole `rdm`",
        'write rdm="strategy=host" and rdm_policy= on each pci entry',
    ),
    "rdm.unknown-policy": ("ignored", "no RDM policy `{text}`", _ONE_OF),
    "vkb.no-backend-type": (
        "refused",
        "`{text}` has no backend-type",
        "add backend-type=qemu or backend-type=linux",
    ),
    "vkb.no-touch-size": (
        "refused",
        "feature-multi-touch needs a size",
        "add multi-touch-width=, multi-touch-height= and multi-touch-num-contacts=",
    ),
    "vfb.unknown-key": ("ignored", "a vfb has no `{text}`", _ONE_OF),
    "vdispl.empty-connectors": ("crash", "empty connectors make xl crash", "write ID:WxH"),
    "vdispl.no-resolution": (
        "crash",
        "the connector `{text}` has no resolution, which makes xl crash",
        "write ID:WxH",
    ),
    "vdispl.bad-resolution": ("refused", "the connector `{text}` is not ID:WxH", "write ID:WxH"),
    "vdispl.lost-resolution": (
        "dropped",
        "xl cannot read the resolution of `{text}` and skips the rest",
        "write ID:WxH",
    ),
    "vdispl.no-connector": ("refused", "`{text}` has no connectors", "add connectors=ID:WxH"),
    "vtpm.no-backend": ("refused", "`{text}` has no backend", "add backend=DOMAIN"),
    "p9.missing": ("refused", "`{text}` lacks {missing}", "add {missing}"),
    "channel.unknown-key": ("ignored", "a channel has no `{text}`", _ONE_OF),
    "channel.no-connection": (
        "refused",
        "`{text}` has no connection",
        "add connection=pty or connection=socket",
    ),
    "channel.no-path": ("refused", "a socket channel needs a path", "add path="),
    "virtio.no-device": (
        "crash",
        "`{text}` without a device makes xl crash",
        "write type=virtio,device or type=virtio,deviceNN",
    ),
    "virtio.no-domain": ("host", "no domain `{text}` runs here", "name a running domain"),
    "ioports.reversed": (
        "wrapped",
        "the range `{text}` ends before it starts and becomes a huge one",
        "write the smaller port first",
    ),
    "ioports.junk": ("ignored", "xl ignores `{text}` after the port", "delete it"),
    "iomem.syntax": (
        "refused",
        "`{text}` is no range of frames",
        "write hexadecimal START,COUNT or START,COUNT@GFN",
    ),
    "llc_colors.reversed": (
        "refused",
        "the range `{text}` ends before it starts",
        "write the smaller color first",
    ),
    "llc_colors.endless": ("crash", "the color `{text}` makes xl crash", "write a smaller color"),
    "llc_colors.junk": ("ignored", "xl ignores `{text}` after the color", "write an item for each"),
    "cpuid.not-host": (
        "ignored",
        "xl ignores `cpuid`: its first word is `{text}`, not `host`",
        'begin the string with "host,"',
    ),
    "cpuid.no-value": ("ignored", "xl skips `{text}`, which has no `=`", "write FLAG=0 or FLAG=1"),
    "cpuid.unknown-flag": ("ignored", "xl knows no CPUID flag `{text}`", "check the spelling"),
    "cpuid.bad-value": ("ignored", "`{text}` is no value of a CPUID flag", "write 0, 1, x, k or s"),
    "cpuid.bad-leaf": ("ignored", "`{text}` is no CPUID leaf", "write LEAF:REGISTER=POLICY"),
    "cpuid.bad-register": ("ignored", "no CPUID register `{text}`", "write eax, ebx, ecx or edx"),
    "cpuid.bad-policy": (
        "ignored",
        "a CPUID policy has 32 characters, not `{text}`",
        "write 32 characters out of 0, 1, x, k and s",
    ),
    # ---- what libxl checks at the end
    "check.pool": ("host", "no cpupool `{text}` on this host", "name a cpupool that exists"),
    "check.populate-on-demand": (
        "refused",
        "memory below maxmem does not go together with {with_}",
        "set `memory` and `maxmem` to the same size",
    ),
    "check.pv-vnuma": ("refused", "PV guests cannot have vnuma", "delete `vnuma`"),
    "check.passthrough-disabled": (
        "refused",
        "`{key}` passes devices through, but passthrough is disabled",
        "delete `passthrough`",
    ),
    "check.passthrough-arm": ("refused", "Arm has no passthrough `{text}`", "write share_pt"),
    "check.passthrough-pvh": (
        "refused",
        "x86 PVH guests cannot have devices passed through",
        "use a PV or HVM guest",
    ),
    "check.share-pt": ("refused", "share_pt is not for {why}", 'write passthrough="sync_pt"'),
    "check.stubdomain": (
        "refused",
        "a device model stub domain is not for {guest} guests",
        "delete `device_model_stubdomain_override`",
    ),
    "check.bios": (
        "refused",
        "{model} does not support bios `{text}`",
        "write {accepted}, or use another device_model_version",
    ),
    "check.no-kernel": ("refused", "`{key}` of an HVM guest needs a kernel", "add kernel="),
    "check.qxl": ("refused", "qxl needs qemu-xen", 'write device_model_version="qemu-xen"'),
    "check.videoram": (
        "refused",
        "{vga} needs at least {least} MiB of videoram",
        "set videoram={least} or delete it",
    ),
    "check.redirection-off": (
        "ignored",
        "spice is off: libxl ignores `spiceusbredirection`",
        "set spice=1 or delete it",
    ),
    "check.usb": (
        "refused",
        "`{key}` and `{other}` exclude each other",
        "delete one of them",
    ),
    "check.grant-version": ("refused", "no grant version {text}", "write 1 or 2"),
    "check.altp2m-nested": ("refused", "nestedhvm and altp2m exclude each other", "delete one"),
    "check.trap-on-x86": ("refused", "`trap_unmapped_accesses` is for Arm only", "delete it"),
    "check.vuart-irq": ("refused", "interrupt {irq} is that of the vuart", "delete one of them"),
    "check.nr-spis": ("refused", "{text} SPIs are too few: {least} are needed", "raise `nr_spis`"),
}


def fill(template: str, outcome: Outcome) -> str:
    """A template with the outcome's facts."""
    facts = {
        name: ", ".join(map(str, fact)) if isinstance(fact, list) else fact
        for name, fact in outcome.args.items()
    }
    return template.format(key=outcome.key, **facts)


def message(outcome: Outcome) -> str:
    """What happened, in one line."""
    return fill(KINDS[outcome.kind][1], outcome)


def cure(outcome: Outcome) -> str:
    """What to write instead, in one line."""
    return fill(KINDS[outcome.kind][2], outcome)
