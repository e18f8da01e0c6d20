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
    "key.unknown": (
        "ignored",
        "no xl ever read `{key}`",
        "check the spelling, or delete the line",
    ),
    "key.other-release": (
        "ignored",
        "xl {release} does not read `{key}` (read from {first} to {last})",
        "delete it, or check for a release that reads it",
    ),
    "key.other-guest-type": (
        "ignored",
        "xl does not use `{key}` for `{guest}` guests",
        "delete it; it has an effect for: {guests}",
    ),
    "key.no-effect": (
        "ignored",
        "xl reads `{key}` only to ignore it",
        "delete the line",
    ),
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
        "write `{key} = [ ... ]`, with each entry in quotes",
    ),
    "list.required": (
        "refused",
        "`{key}` must be a list",
        "write `{key} = [ ... ]`, with each item in quotes",
    ),
    "list.cut": (
        "cut",
        "xl ends the list `{key}` at item {position}, which is a list itself",
        "write each item as one string: no brackets within the brackets",
    ),
    "list.nested-item": (
        "refused",
        "an item of `{key}` must not be a list",
        "write each item as one string: no brackets within the brackets",
    ),
    "list.nested-crash": (
        "crash",
        "a list as an item of `{key}` makes xl crash",
        "write each item as one string: no brackets within the brackets",
    ),
    # ---- numbers
    "number.not-a-number": (
        "ignored",
        "`{text}` is no number: xl ignores `{key}`",
        "write a whole number without a unit, such as 512 or 0x200; yes and no are 1 and 0",
    ),
    "number.out-of-range": (
        "ignored",
        "`{text}` does not fit 64 bits: xl ignores `{key}`",
        "write a smaller number",
    ),
    "number.plus": (
        "ignored",
        "`+=` does not work for numbers: xl ignores `{key}`",
        "write the whole number in one line, with `=`",
    ),
    "number.wrapped": (
        "wrapped",
        "`{key}` cannot hold {text}: xl makes {value} of it",
        "write a number that fits, from 0 on where a size is meant",
    ),
    "number.out-of-bounds": (
        "refused",
        "`{key}` must lie between {least} and {most}, not be {text}",
        "write a number from {least} to {most}",
    ),
    "number.silent-exit": (
        "refused",
        "`{key}` must be a number from 0 to {limit}; else xl exits without a message",
        "write such a number, or delete the line for the default",
    ),
    "number.silently-ignored": (
        "ignored",
        "`{key}` is no number: xl ignores it without a word",
        "write a whole number",
    ),
    "number.too-big": (
        "refused",
        "`{text}` is too big a number for `{key}`",
        "write a number below 4294967295",
    ),
    # ---- names
    "enum.unknown": (
        "refused",
        "`{key}` does not know `{text}`",
        _ONE_OF,
    ),
    "enum.number": (
        "note",
        "a number for `{key}` is deprecated; {text} means `{name}`",
        'write `{key} = "{name}"`',
    ),
    "type.unknown": (
        "refused",
        "`{key}` does not know `{text}`",
        "write one of: {accepted}, in lower case",
    ),
    "type.abbreviated": (
        "note",
        "xl takes the type `{text}` for `{value}`",
        'write `type = "{value}"`',
    ),
    "type.contradiction": (
        "refused",
        "the builder `{text}` contradicts the type `{guest}`",
        "delete `builder`, if `type` is right",
    ),
    "type.builder-means-pv": (
        "note",
        "the builder `{text}` means a PV guest",
        "delete `builder`: a guest is PV unless it says otherwise",
    ),
    "timer_mode.pv": (
        "refused",
        "`timer_mode` is not for PV guests, and xl refuses it",
        'delete the line, or make the guest `type = "hvm"`',
    ),
    "uuid.bad": (
        "refused",
        "`{text}` is no UUID",
        "write 32 hexadecimal digits grouped 8-4-4-4-12 with dashes, as `uuidgen` prints them",
    ),
    # ---- what every guest needs
    "name.missing": (
        "refused",
        "the guest has no name",
        'add `name = "..."`',
    ),
    "boot.nothing": (
        "refused",
        "a guest of type `{guest}` needs a kernel, a bootloader or a firmware",
        'add `kernel` or `bootloader`; for a guest that boots like a PC, `type = "hvm"`',
    ),
    "firmware.with-kernel": (
        "refused",
        "`firmware` and `kernel` exclude each other",
        "delete `kernel` to boot the firmware, or `firmware` to boot the kernel",
    ),
    "kernel.hvmloader": (
        "dropped",
        "xl drops the kernel `{text}`: it looks like the HVM firmware",
        "delete the line; `firmware_override` names another HVM firmware",
    ),
    "kernel.hvm-ignored": (
        "ignored",
        "xl of this release does not boot HVM guests from a kernel",
        "delete `kernel`, or use Xen 4.5 or later",
    ),
    "cmdline.wins": (
        "ignored",
        "`cmdline` makes xl ignore `{key}`",
        "add what `{key}` says to `cmdline`, and delete `{key}`",
    ),
    "bootloader_args.string": (
        "note",
        "bootloader arguments in one string are deprecated",
        'write a list of strings: `bootloader_args = [ "...", "..." ]`',
    ),
    "bootloader_args.empty": (
        "crash",
        "bootloader arguments without a word in them make xl crash",
        "delete the line, or write a list of strings",
    ),
    # ---- vCPUs
    "vcpus.negative": (
        "refused",
        "xl cannot have {text} vCPUs",
        "write a number from 1 on",
    ),
    "vcpus.endless": (
        "refused",
        "xl counts to {text} before it fails",
        "write the number of vCPUs the guest is to have",
    ),
    "vcpus.too-many": (
        "refused",
        "{text} vCPUs are too many: libxl allows {limit}",
        "write a number up to {limit}",
    ),
    "vcpus.above-maximum": (
        "refused",
        "{vcpus} vCPUs are more than the maximum of {maximum}",
        "write `maxvcpus = {vcpus}`, or lower `vcpus` to {maximum}",
    ),
    "cpus.bad-range": (
        "refused",
        "`{text}` is no CPU and no range of CPUs",
        "write N, N-M, ^N, node:N or all, separated by commas, with no blank after a number",
    ),
    "cpus.not-all": (
        "refused",
        "`{text}` takes away all CPUs, which xl refuses",
        "name the CPUs that are to be left out, as in `all,^0`",
    ),
    "cpus.surplus": (
        "ignored",
        "there are only {vcpus} vCPUs: xl ignores the rest of `{key}`",
        "delete the rest, or raise `vcpus`",
    ),
    "cpus.nested": (
        "crash",
        "a list as an item of `{key}` makes xl use memory it never set",
        "write each item as one string: no brackets within the brackets",
    ),
    "cpus.empty": (
        "refused",
        "`{key}` names no CPU at all",
        "name at least one CPU, as in `0-3`, or delete the line",
    ),
    "cpus.no-such-cpu": (
        "host",
        "none of the CPUs `{text}` exists on this host",
        "name CPUs that exist there (`xl info` says how many)",
    ),
    "vnuma.no-such-node": (
        "host",
        "there is no NUMA node {text} on this host",
        "name a node that exists there (`xl info -n` lists them)",
    ),
    "vnuma.too-many-vcpus": (
        "host",
        "the nodes of `vnuma` have {vcpus} vCPUs, the host has {cpus} CPUs",
        "add `maxvcpus = {vcpus}`",
    ),
    "vnuma.vcpus-differ": (
        "refused",
        "the nodes of `vnuma` have {vcpus} vCPUs, `maxvcpus` is {maximum}",
        "spread {maximum} vCPUs over the nodes, or write `maxvcpus = {vcpus}`",
    ),
    "vnuma.memory-differs": (
        "refused",
        "the nodes of `vnuma` have {total} KiB of memory, `maxmem` is {maxmem} KiB",
        "make the sizes of the nodes add up to `maxmem`",
    ),
    "vnuma.unknown-option": (
        "ignored",
        "xl ignores `{text}`, which a node of `vnuma` does not have",
        _ONE_OF,
    ),
    "vnuma.nested-option": (
        "ignored",
        "xl ignores a list among the options of a node of `vnuma`",
        'write each option as one string, such as "size=512"',
    ),
    "vnuma.distances": (
        "crash",
        "there are more distances than the {nodes} nodes: xl writes past its memory",
        "write {nodes} distances, one for each node",
    ),
    "vnuma.more-distances": (
        "ignored",
        "xl ignores the distances beyond the {nodes} nodes there are",
        "write {nodes} distances, one for each node",
    ),
    # ---- other top-level keys
    "altp2mhvm.old": (
        "note",
        "`altp2mhvm` is deprecated",
        'write `altp2m = "mixed"`',
    ),
    "bios_path_override.alone": (
        "note",
        "`bios_path_override` is given without `bios`",
        'say which firmware it is, such as `bios = "ovmf"`',
    ),
    "device_model.ignored": (
        "ignored",
        "xl ignores `device_model`",
        "delete the line; `device_model_override` names another emulator",
    ),
    "device_model_override.alone": (
        "note",
        "`device_model_override` is given without `device_model_version`",
        'add `device_model_version = "qemu-xen"`',
    ),
    "msr_relaxed.going": (
        "note",
        "`msr_relaxed` will be removed from xl",
        "delete the line if the guest boots without it",
    ),
    "stdvga.vga-wins": (
        "ignored",
        "`vga` makes xl ignore `stdvga`",
        "delete `stdvga`",
    ),
    "mca_caps.not-a-list": (
        "refused",
        "`mca_caps` must be a list",
        'write `mca_caps = [ "lmce" ]`',
    ),
    "smbios.not-a-list": (
        "refused",
        "`smbios` must be a list",
        'write `smbios = [ "NAME=TEXT", ... ]`',
    ),
    "smbios.too-many": (
        "refused",
        "there are more than {limit} `oem` strings",
        "delete all but {limit} of them",
    ),
    "vnc.off": (
        "ignored",
        "`vnc` is off: xl ignores `{key}`",
        "add `vnc = 1`, or delete `{key}`",
    ),
    "vnc.vfb-wins": (
        "ignored",
        "`vfb` makes xl ignore `{key}`",
        "write it into the entry of `vfb`, and delete the line",
    ),
    "vnc.display-twice": (
        "refused",
        "the VNC display is both in `vnclisten` and in `vncdisplay`",
        "write the bare address in `vnclisten`, or delete `vncdisplay`",
    ),
    "arm_sci.unknown-key": (
        "ignored",
        "xl ignores `{text}`, which `arm_sci` does not have",
        _ONE_OF,
    ),
    # ---- device strings
    "spec.unknown-key": (
        "refused",
        "`{key}` does not know `{text}`",
        _ONE_OF,
    ),
    "spec.unknown-value": (
        "refused",
        "`{text}` is no {name} that `{key}` knows",
        _ONE_OF,
    ),
    "spec.no-value": (
        "refused",
        "`{text}` is not NAME=VALUE",
        "write a name, `=` and a value",
    ),
    "spec.not-a-number": (
        "refused",
        "`{text}` is no number that `{key}` can read here",
        "write a plain number (hexadecimal for `ioports`, decimal else), without blanks or a unit",
    ),
    "spec.not-a-list": (
        "refused",
        "an item of `{key}` must be a list",
        'put brackets around it: `{key} = [ [ "...", "..." ] ]`',
    ),
    "spec.read-as-zero": (
        "note",
        "xl reads `{text}` as {value}",
        "write a number; yes and no are 1 and 0",
    ),
    "spec.stops": (
        "ignored",
        "xl stops reading this entry at `{text}`, which has no `=`",
        "write NAME=VALUE, or delete the word",
    ),
    "spec.empty": (
        "crash",
        "an empty item of `{key}` makes xl crash",
        "delete the item",
    ),
    "spec.empty-list": (
        "crash",
        "an empty `{name}` makes xl crash",
        "write at least one value, or delete `{name}=`",
    ),
    "disk.unknown-parameter": (
        "refused",
        "a disk has no parameter `{text}`",
        _ONE_OF,
    ),
    "disk.unknown-value": (
        "refused",
        "`{text}` is no {parameter} of a disk",
        _ONE_OF,
    ),
    "disk.not-a-number": (
        "refused",
        "`{text}` is no {parameter}",
        "write a number above 0",
    ),
    "disk.respecified": (
        "refused",
        "the disk's {parameter} is given twice: `{before}` and `{text}`",
        "delete one of the two",
    ),
    "disk.unknown-prefix": (
        "refused",
        "xl knows no disk prefix `{text}`",
        "delete the prefix, and write TARGET,FORMAT,VDEV,ACCESS such as /dev/vg/web,raw,xvda,rw",
    ),
    "disk.old-prefix": (
        "note",
        "the disk prefix `{text}` is deprecated",
        "write TARGET,FORMAT,VDEV,ACCESS, such as /dev/vg/web,raw,xvda,rw",
    ),
    "disk.bad-syntax": (
        "refused",
        "xl cannot read this disk from `{text}` on",
        "write TARGET,FORMAT,VDEV,ACCESS, or NAME=VALUE parameters with target= last",
    ),
    "disk.last-equals": (
        "ignored",
        "xl ignores the `=` at the end of the disk",
        "delete the `=`",
    ),
    "disk.too-many": (
        "refused",
        "`{text}` is one positional value too many",
        "write TARGET,FORMAT,VDEV,ACCESS; after an old prefix TARGET,VDEV,ACCESS",
    ),
    "disk.no-vdev": (
        "refused",
        "the disk `{text}` has no vdev",
        "add the name the guest is to see, as in `vdev=xvda`, before any `target=`",
    ),
    "disk.no-target": (
        "refused",
        "the disk `{text}` has no target",
        "add `target=` and the path of the image or device, last",
    ),
    "disk.target-takes-rest": (
        "note",
        "`target=` takes the rest of the string as the path, `{parameter}` too",
        "move `target=` and the path to the end",
    ),
    "vif.unknown-parameter": (
        "ignored",
        "xl ignores `{text}`, which a vif does not have",
        "write one of: bridge, mac, ip, script, type, model, vifname, rate, backend, devid, mtu",
    ),
    "vif.unknown-type": (
        "ignored",
        "xl ignores the type `{text}`, which a vif does not have",
        "write `type=vif` or `type=ioemu`",
    ),
    "vif.bad-mac": (
        "dropped",
        "`{text}` is no MAC address: xl uses what it can read of it",
        "write six groups of two hexadecimal digits, such as `mac=00:16:3e:12:34:56`",
    ),
    "vif.other-mac": (
        "cut",
        "xl reads the MAC address `{text}` as {read}",
        "write six groups of two hexadecimal digits, such as `mac=00:16:3e:12:34:56`",
    ),
    "vif.no-mac": (
        "ignored",
        "xl takes `{text}` for no MAC address: the interface gets a random one at every start",
        "write another address, such as `mac=00:16:3e:12:34:56`, or delete `mac=`",
    ),
    "vif.bad-rate": (
        "refused",
        "`{text}` is no rate",
        "write like `10Mb/s` or `250KB/s@20ms`",
    ),
    "vif.netdev": (
        "note",
        "`netdev` is deprecated",
        "write `gatewaydev=`",
    ),
    "vif.accel": (
        "ignored",
        "xl does not support `accel` and ignores it",
        "delete it",
    ),
    "pci.bad-address": (
        "refused",
        "`{text}` is no PCI address",
        "write [DDDD:]BB:DD.F in hexadecimal, such as `01:00.0` (`lspci` shows them)",
    ),
    "pci.dropped": (
        "dropped",
        "xl cannot read `{text}` and starts the guest without the device",
        "write [DDDD:]BB:DD.F in hexadecimal, such as `01:00.0`, and options as NAME=VALUE",
    ),
    "pci.no-function": (
        "refused",
        "the PCI address `{text}` has no function",
        "write [DDDD:]BB:DD.F, such as `{text}.0`",
    ),
    "pci.stray-function": (
        "wrapped",
        "the PCI address `{text}` has no function: xl takes its first number, {function}, for one",
        "write [DDDD:]BB:DD.F, such as `{text}.0`",
    ),
    "pci.all-functions": (
        "crash",
        "all functions (`{text}`) make xl of this release crash",
        "write one entry for each function",
    ),
    "pci.bad-slot": (
        "refused",
        "`{text}` is no guest slot",
        "write a hexadecimal number from 0 to 1f",
    ),
    "pci.junk": (
        "refused",
        "xl does not know what `{text}` behind the PCI address is",
        "separate options from the address with a comma",
    ),
    "pci.no-value": (
        "refused",
        "`{text}` is not NAME=VALUE",
        "write a name, `=` and a value, such as `permissive=1`",
    ),
    "pci.unknown-option": (
        "refused",
        "a PCI device has no option `{text}`",
        _ONE_OF,
    ),
    "pci.ignored-option": (
        "ignored",
        "xl of this release ignores `{text}`, which is no option of a PCI device",
        _ONE_OF,
    ),
    "pci.bad-policy": (
        "refused",
        "xl knows no RDM policy `{text}`",
        _ONE_OF,
    ),
    "pci.address-and-name": (
        "refused",
        "a PCI device has an address or a name, not both",
        "delete one of the two",
    ),
    "rdm.dropped": (
        "dropped",
        "xl cannot read `{text}` and drops all of `rdm`",
        'write `rdm = "strategy=host"`',
    ),
    "rdm.policy-drops": (
        "dropped",
        "the right policy makes xl since 4.15 drop all of `rdm`",
        'write `rdm = "strategy=host"`, and `rdm_policy=` in each entry of `pci`',
    ),
    "rdm.unknown-policy": (
        "ignored",
        "xl ignores the RDM policy `{text}`",
        'write `rdm = "strategy=host"`, and `rdm_policy=` in each entry of `pci`',
    ),
    "vkb.no-backend-type": (
        "refused",
        "the keyboard `{text}` has no backend type",
        "add `backend-type=qemu` or `backend-type=linux`",
    ),
    "vkb.no-touch-size": (
        "refused",
        "`feature-multi-touch` needs a size",
        "add `multi-touch-width=`, `multi-touch-height=` and `multi-touch-num-contacts=`",
    ),
    "vfb.unknown-key": (
        "ignored",
        "xl ignores `{text}`, which a vfb does not have",
        "delete it, or write one of: {accepted}",
    ),
    "vdispl.empty-connectors": (
        "crash",
        "empty connectors make xl crash",
        "write `connectors=ID:WIDTHxHEIGHT`, such as `connectors=hdmi0:1920x1080`",
    ),
    "vdispl.no-resolution": (
        "crash",
        "the connector `{text}` has no resolution, which makes xl crash",
        "write ID:WIDTHxHEIGHT, such as `hdmi0:1920x1080`",
    ),
    "vdispl.bad-resolution": (
        "refused",
        "the connector `{text}` is not ID:WIDTHxHEIGHT",
        "write like `hdmi0:1920x1080`",
    ),
    "vdispl.lost-resolution": (
        "dropped",
        "xl cannot read the resolution of `{text}` and skips the rest",
        "write ID:WIDTHxHEIGHT, such as `hdmi0:1920x1080`",
    ),
    "vdispl.no-connector": (
        "refused",
        "the display `{text}` has no connectors",
        "add `connectors=ID:WIDTHxHEIGHT`",
    ),
    "vtpm.no-backend": (
        "refused",
        "the vTPM `{text}` has no backend",
        "add `backend=` and the name of the domain with the TPM manager",
    ),
    "p9.missing": (
        "refused",
        "the 9pfs device `{text}` lacks {missing}",
        "add {missing}, each with a value",
    ),
    "channel.unknown-key": (
        "ignored",
        "xl ignores `{text}`, which a channel does not have",
        _ONE_OF,
    ),
    "channel.no-connection": (
        "refused",
        "the channel `{text}` has no connection",
        "add `connection=pty`, or `connection=socket` with `path=`",
    ),
    "channel.no-path": (
        "refused",
        "a socket channel needs a path",
        "add `path=` and the path of the socket",
    ),
    "virtio.no-device": (
        "crash",
        "`{text}` without a device makes xl crash",
        "write `type=virtio,device` or, with a number, `type=virtio,device22`",
    ),
    "virtio.no-domain": (
        "host",
        "xl refuses the guest while no domain `{text}` runs",
        "start that domain first",
    ),
    "ioports.reversed": (
        "wrapped",
        "the range `{text}` ends before it starts: xl makes a huge one of it",
        "write the smaller port first",
    ),
    "ioports.junk": (
        "ignored",
        "xl ignores `{text}` behind the port",
        "delete it; a range is written like `2f8-2ff`",
    ),
    "irqs.junk": (
        "ignored",
        "xl of this release ignores `{text}` behind the number",
        "delete it: interrupts are decimal numbers",
    ),
    "iomem.junk": (
        "ignored",
        "xl of this release ignores `{text}` behind the range",
        "delete it; later releases refuse it",
    ),
    "iomem.syntax": (
        "refused",
        "xl cannot read `{text}` as a range of memory frames",
        "write hexadecimal START,COUNT or START,COUNT@GFN, such as `a0,20`",
    ),
    "llc_colors.reversed": (
        "refused",
        "the range `{text}` ends before it starts",
        "write the smaller color first",
    ),
    "llc_colors.endless": (
        "crash",
        "the color `{text}` makes xl crash",
        "write a smaller color",
    ),
    "llc_colors.junk": (
        "ignored",
        "xl ignores `{text}` behind the color",
        "write an item of its own for each color or range",
    ),
    "cpuid.not-host": (
        "ignored",
        "xl ignores all of `cpuid`: its first word is `{text}`, not `host`",
        'begin the string with "host,"',
    ),
    "cpuid.no-value": (
        "ignored",
        "xl skips `{text}`, which has no `=`",
        "write `{text}=0` to hide the flag, `{text}=1` to show it",
    ),
    "cpuid.unknown-flag": (
        "ignored",
        "xl ignores the CPUID flag `{text}`, which it does not know",
        "check the spelling; a flag newer than this xl needs the list form, LEAF:REGISTER=BITS",
    ),
    "cpuid.bad-value": (
        "ignored",
        "xl ignores `{text}`, which is no value of a CPUID flag",
        "write 0, 1, x, k or s",
    ),
    "cpuid.bad-leaf": (
        "ignored",
        "xl ignores `{text}`, which is no CPUID leaf",
        "write LEAF:REGISTER=BITS or LEAF,SUBLEAF:REGISTER=BITS",
    ),
    "cpuid.bad-register": (
        "ignored",
        "xl ignores `{text}`, which is no CPUID register",
        "write eax=, ebx=, ecx= or edx=",
    ),
    "cpuid.bad-policy": (
        "ignored",
        "xl ignores `{text}`: what a register holds is written with 32 characters",
        "write 32 characters out of 0, 1, x, k and s, the highest bit first",
    ),
    # ---- what libxl checks at the end
    "check.pool": (
        "host",
        "xl refuses the guest on a host without a cpupool `{text}`",
        "make the pool first with `xl cpupool-create`",
    ),
    "check.populate-on-demand": (
        "refused",
        "`memory` below `maxmem` does not go together with `{with_}`",
        "set `memory` and `maxmem` to the same size, or delete `maxmem`",
    ),
    "check.pv-vnuma": (
        "refused",
        "PV guests cannot have `vnuma`",
        'delete `vnuma`, or make the guest `type = "hvm"`',
    ),
    "check.passthrough-disabled": (
        "refused",
        "`{key}` passes devices through, but `passthrough` is disabled",
        "delete `passthrough`",
    ),
    "check.passthrough-arm": (
        "refused",
        "xl on Arm refuses `{text}` for `passthrough`",
        'write `passthrough = "share_pt"`',
    ),
    "check.passthrough-pvh": (
        "refused",
        "PVH guests on x86 cannot have devices passed through",
        'make the guest `type = "hvm"` or `type = "pv"`',
    ),
    "check.share-pt": (
        "refused",
        "share_pt is not for {why}",
        'write `passthrough = "sync_pt"`',
    ),
    "check.stubdomain": (
        "refused",
        "a stub domain for the device model is not for `{guest}` guests",
        "delete `device_model_stubdomain_override`",
    ),
    "check.bios": (
        "refused",
        "{model} does not run the firmware `{text}`",
        "write {accepted}, or choose another `device_model_version`",
    ),
    "check.no-kernel": (
        "refused",
        "`{key}` of an HVM guest needs a `kernel`",
        'delete the line, or add `kernel = "..."`',
    ),
    "check.qxl": (
        "refused",
        "qxl needs the device model qemu-xen",
        'write `device_model_version = "qemu-xen"`, or another `vga`',
    ),
    "check.videoram": (
        "refused",
        "{vga} needs at least {least} MiB of `videoram`",
        "write `videoram = {least}`, or delete the line",
    ),
    "check.redirection-off": (
        "ignored",
        "`spice` is off: libxl ignores `spiceusbredirection`",
        "add `spice = 1`, or delete the line",
    ),
    "check.usb": (
        "refused",
        "`{key}` and `{other}` exclude each other",
        "delete one of the two",
    ),
    "check.grant-version": (
        "refused",
        "there is no grant table version {text}",
        "write `max_grant_version = 1` or `max_grant_version = 2`",
    ),
    "check.altp2m-nested": (
        "refused",
        "`nestedhvm` and `{key}` exclude each other",
        "delete one of the two",
    ),
    "check.trap-on-x86": (
        "refused",
        "`trap_unmapped_accesses` is for Arm guests only, and xl refuses it",
        "delete the line",
    ),
    "check.vuart-irq": (
        "refused",
        "interrupt {irq} is that of the `vuart`",
        "delete {irq} from `irqs`, or delete `vuart`",
    ),
    "check.virtio-irq": (
        "refused",
        "interrupt {irq} is that of a virtio device",
        "delete {irq} from `irqs`",
    ),
    "check.nr-spis": (
        "refused",
        "{text} SPIs are too few: the guest needs {least}",
        "write `nr_spis = {least}`, or delete the line",
    ),
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
