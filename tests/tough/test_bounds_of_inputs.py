"""Every kind of input in every shape: four times the size, at most nine times the CPU.

`test_bounds.py` has the shapes of guest configs, through the command line; here the other kinds are
asked in this process, through what is fuzzed. Memory: what unpacks to far more than it is.
"""

from __future__ import annotations

import gzip
import lzma
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fuzz"))

from test_bounds import MIB, measured, trace

from fuzz_run import seeds
from fuzz_targets import TARGETS

Make = Callable[[int], bytes]


def _dom(inside: bytes) -> bytes:
    return b"<domain type='xen'>" + inside + b"</domain>"


def _tree(inside: bytes) -> bytes:
    return b"/dts-v1/; / { chosen { " + inside + b" }; };"


def _guest_node(inside: bytes) -> bytes:
    return _tree(b'a { compatible = "xen,domain"; ' + inside + b" };")


def _many(form: bytes, n: int) -> bytes:
    return b"".join(form % i for i in range(n))


def _blob(body: bytes) -> bytes:
    """A flattened tree around structure words; every name is the first string."""
    strings = b"compatible\0"
    head = struct.pack(
        ">10I", 0xD00DFEED, 40 + len(body) + len(strings), 40, 40 + len(body), 40, 17, 16, 0,
        len(strings), len(body),
    )  # fmt: skip
    return head + body + strings


OPEN, CLOSE = struct.pack(">I4s", 1, b"a\0\0\0"), struct.pack(">I", 2)
PROP = struct.pack(">III4s", 3, 4, 0, b"xyz\0")
SWITCH = (
    b"x-1 [001] d..2. 1.%06d: sched_switch: prev_comm=CPU 0/KVM prev_pid=1 prev_prio=1 "
    b"prev_state=R ==> next_comm=b next_pid=5 next_prio=1\n"
)
BUSY = seeds("xentrace")

#: How a script begins.
_SCRIPT = b"fdt addr 1\n"

#: kind: {shape: (pieces, input of so many pieces)}
SHAPES: dict[str, dict[str, tuple[int, Make]]] = {
    "libvirt": {
        "elements": (1000, lambda n: _dom(b"<unknown/>" * n)),
        "devices": (400, lambda n: _dom(
            b"<devices>" + b"<disk><target dev='xvda'/></disk>" * n + b"</devices>")),
        "depth": (60, lambda n: _dom(b"<a>" * n + b"</a>" * n)),
        "too deep": (20000, lambda n: _dom(b"<a>" * n)),
        "attributes": (2000, lambda n: b"<domain type='xen' " + _many(b"a%d='x' ", n) + b"/>"),
        "namespaces": (2000, lambda n: b"<domain type='xen' " + _many(b"xmlns:a%d='x' ", n)
                       + b">" + b"<b xmlns:c='1'/>" * n + b"</domain>"),
        "entities": (5000, lambda n: _dom(b"<name>" + b"a&amp;" * n + b"</name>")),
        "comments": (5000, lambda n: _dom(b"<name>" + b"\n <!-- -->" * n + b"x</name>")),
        "long text": (50000, lambda n: _dom(b"<name>" + b"a" * n + b"</name>")),
        "domains": (100, lambda n: b"<domains>" + _dom(b"<name>a</name>") * n + b"</domains>"),
    },
    "dts": {
        "guests": (100, lambda n: _tree(_many(b'a%d { compatible = "xen,domain"; }; ', n))),
        "properties": (500, lambda n: _guest_node(_many(b"p%d = <1>; ", n))),
        "cells": (5000, lambda n: _guest_node(b"cpus = <" + b"1 " * n + b">;")),
        "string": (5000, lambda n: _guest_node(b'llc-colors = "' + b"1," * n + b'";')),
        "too deep": (5000, lambda n: b"/dts-v1/; / {" + b"a {" * n),
        "references": (20000, lambda n: b"/dts-v1/; " + b"&{" * n),
        "comments": (20000, lambda n: b"/dts-v1/; " + b"/*" * n),
        "slashes": (20000, lambda n: b"/dts-v1/; " + b"/a" * n),
        "blanks": (20000, lambda n: b"/dts-v1/; " + b" \n" * n),
        "labels": (5000, lambda n: b"/dts-v1/; " + b"a:" * n),
        "overlays": (2000, lambda n: b"/dts-v1/; / { a: b {}; }; " + b"&a { c {}; }; " * n),
    },
    "dtb": {
        "nodes": (2000, lambda n: _blob((OPEN + CLOSE) * n)),
        "siblings": (2000, lambda n: _blob(OPEN + (OPEN + CLOSE) * n + CLOSE)),
        "properties": (2000, lambda n: _blob(OPEN + PROP * n + CLOSE)),
        "fillers": (20000, lambda n: _blob(struct.pack(">I", 4) * n)),
        "too deep": (2000, lambda n: _blob(OPEN * n)),
        "a name": (50000, lambda n: _blob(struct.pack(">I", 1) + b"a" * n + b"\0")),
    },
    "xapi": {
        "records": (300, lambda n: b"uuid ( RO) : 1\n" * n),
        "map": (3000, lambda n: b"uuid ( RO) : 1\nplatform (MRW): " + b"a: b; " * n),
        "members": (3000, lambda n: b'{"VCPUs_max": 1, ' + _many(b'"a%d": 1, ', n) + b'"b": 1}'),
        "list": (300, lambda n: b"[" + b'{"VCPUs_max": 1}, ' * n + b"{}]"),
        "too deep": (20000, lambda n: b'{"VCPUs_max": ' + b"[" * n),
        "escapes": (5000, lambda n: b'{"VCPUs_max": "' + b"\\u0041" * n + b'"}'),
        "blanks": (50000, lambda n: b'{"VCPUs_max": 1}' + b" " * n),
        "export": (300, lambda n: b"<value><name>VCPUs_max</name>"
                   + b"<struct><name>VCPUs_max</name><value>1</value></struct>" * n),
        "export depth": (20000, lambda n: b"<name>VCPUs_max</name>" + b"<struct>" * n),
        "export marks": (20000, lambda n: b"<name>VCPUs_max</name>" + b"<" * n),
    },
    "cmdline": {
        "words": (200, lambda n: b"x " * n),
        "known words": (1000, lambda n: b"dom0_mem=1G " * n),
        "unknown words": (200, lambda n: _many(b"consle%d=1 ", n)),
        "list": (3000, lambda n: b"dom0_mem=" + b"1," * n),
        "a long word": (50000, lambda n: b"x" * n),
        "quotes": (5000, lambda n: b'"' * n),
    },
    "boot_file": {
        "entries": (60, lambda n: b"multiboot2 /xen.gz a\n" * n),
        "titles": (60, lambda n: b"menuentry 'x' {\n" * n),
        "one line": (150, lambda n: b'GRUB_CMDLINE_XEN="' + b"a " * n + b'"\n'),
        "doubling": (150, lambda n: b"a=x\n" + b'a="$a$a"\n' * n + b"multiboot2 /xen.gz $a\n"),
        "growing": (60, lambda n: b'GRUB_CMDLINE_XEN="$GRUB_CMDLINE_XEN a"\n' * n),
        "continued": (300, lambda n: b"\\\n" * n),
        "braces": (5000, lambda n: b"{" * n),
        "modules": (300, lambda n: b"append xen.gz " + b"--- " * n),
    },
    "pool": {
        "keys": (300, lambda n: _many(b"key%d = 1\n", n)),
        "cpus": (3000, lambda n: b'cpus = "' + b"1-2,^1," * n + b'"\n'),
        "too deep": (5000, lambda n: b"x = " + b"[" * n),
    },
    "image": {
        "zeros": (20000, lambda n: b"\0" * n),
        "indexes": (5000, lambda n: b"\0\0\1\0" * n),
        "headers": (3000, lambda n: b"\x7fELF\2\1" + b"\0" * 26 + b"\x40" + b"\1" * 8 * n),
    },
    "spec": {
        name: (3000, lambda n, first=seed[:1], piece=piece: first + piece * n)
        for seed in seeds("spec")[::3]
        for piece in (b"a=b,", b",", b"1-2,^1,", b"00:", b" ", b"[;")
        for name in [f"{seed[:24]!r} {piece!r}"]
    },
    "editor": {
        "keys": (100, lambda n: _many(b"key%d = 1\n", n)),
        "list": (1000, lambda n: b"vif = [ " + b"'mac=1', " * n + b"]\n"),
        "too deep": (5000, lambda n: b"x = " + b"[" * n),
    },
    "parse": {
        "keys": (1000, lambda n: _many(b"key%d = 1\n", n)),
        "one line": (1000, lambda n: b"x = [ " + b"'\xc3\xa9', " * n + b"]\n"),
    },
    "mend": {
        "keys": (100, lambda n: _many(b"vcpu%d = 1\n", n)),
        "fixes": (50, lambda n: b"tsc_mode = 1\nvcpu = 1\n" * n),
        "list": (300, lambda n: b"disk = [ " + b"'phy:/dev/x,xvda,w', " * n + b"]\n"),
    },
    "upgrade": {
        "keys": (200, lambda n: _many(b"key%d = 1\n", n)),
        "known keys": (500, lambda n: b"memory = 1\nvcpus = 2\n" * n),
    },
    "uboot": {
        "settings": (300, lambda n: _SCRIPT + _many(b"fdt set /chosen a%d <1>\n", n)),
        "guests": (50, lambda n: _SCRIPT + _many(
            b'setenv n a%d; fdt mknod /chosen $n; fdt set /chosen/$n compatible xen,domain\n', n)),
        "variables": (500, lambda n: _SCRIPT + _many(b"setenv a%d ${a0}${a1}x\n", n)),
        "conditions": (50, lambda n: _SCRIPT + _many(b"if test $a%d; then fdt rm /a; fi\n", n)),
        "boots": (200, lambda n: _SCRIPT + _many(b"fdt mknod /chosen a%d; booti 1 - 1\n", n)),
        "too deep": (5000, lambda n: _SCRIPT + b"if true; then " * n),
        "path": (500, lambda n: _SCRIPT + b"fdt set " + b"/a" * n + b" b\n"),
        "words": (2000, lambda n: _SCRIPT + b"fdt set /chosen a " + b"b " * n),
        "quotes": (5000, lambda n: _SCRIPT + b"echo " + b"'\"'\\" * n),
        "loop": (500, lambda n: _SCRIPT + b"for a in " + b"b " * n + b"; do echo $a; done\n"),
    },
    "imagebuilder": {
        "guests": (20, lambda n: b"NUM_DOMUS=%d\n" % n + _many(b"DOMU_KERNEL[%d]=a\n", n)),
        "settings": (1000, lambda n: b"NUM_DOMUS=1\n" + _many(b"A%d=b\n", n)),
        "same": (1000, lambda n: b"NUM_DOMUS=1\n" + b"XEN_CMD=$XEN_CMD\n" * n),
        "array": (500, lambda n: b"NUM_DOMUS=1\nDOMU_CMD=(" + b"a " * n + b")\n"),
        "brackets": (5000, lambda n: b"NUM_DOMUS=1\nA=" + b"$(" * n),
        "quotes": (5000, lambda n: b"NUM_DOMUS=1\nA=" + b"'a'\"b\"" * n),
        "line": (400, lambda n: b"NUM_DOMUS=1\nXEN_CMD='" + b"a=b " * n + b"'\n"),
    },
    "trace": {
        "events": (3000, lambda n: trace(*[
            {"ev": "note", "text": "a"}, {"ev": "switch_out", "vcpu": 0, "state": "blocked"}] * n)),
        "maps": (1000, lambda n: trace(*[
            {"ev": "map", "space": 1, "va": hex(i << 13), "gpa": hex(i << 13)} for i in range(n)])),
        "spaces": (1000, lambda n: trace(*[
            {"ev": "use_space", "vcpu": 0, "space": i} for i in range(n)])),
        "one line": (200000, lambda n: trace({"ev": "note", "text": "a" * n})),
    },
    "trace_tools": {
        "events": (500, lambda n: trace(*[
            {"ev": "switch_out", "vcpu": 0, "state": "blocked", "t": i} for i in range(n)])),
    },
    "xentrace": {
        "windows": (4, lambda n: BUSY[0] * n),
        "empty windows": (2000, lambda n: struct.pack("<III", 0x2001F003, 0, 0) * n),
        "zeros": (50000, lambda n: b"\0" * n),
    },
    "ftrace": {
        "switches": (500, lambda n: _many(SWITCH, n)),
        "one line": (3000, lambda n: SWITCH % 0 + b"sched_switch: "
                     + b"prev_comm=a prev_pid=1 " * n),
    },
    "console": {
        "walks": (1000, lambda n: b"(XEN) d1v0: Failed to walk page-table va 0xffff0\n" * n),
        "findings": (300, lambda n: b'(XEN) parameter "a" unknown!\n' * n),
        "marks": (20000, lambda n: b"(XEN)" * n + b"\n"),
        "quotes": (3000, lambda n: b'(XEN) parameter "' * n + b"\n"),
    },
    "places": {
        "messages": (100, lambda n: b'(XEN) parameter "a" unknown!\n' * n
                     + b"(XEN) Xen version 4.17.1 (x)\n(XEN) Command line: " + b"a " * n),
        "quotes": (3000, lambda n: b'(XEN) parameter "' + b'" has invalid value "' * n + b"\n"),
        "stamps": (3000, lambda n: b"(XEN) " + b"[ 1.0] " * n + b"Command line: a\n"),
        "escapes": (2000, lambda n: b"(XEN) Command line: " + b"a\x1b[0m" * n),
        "boots": (60, lambda n: b"(XEN) Xen version 4.17.1 (x)\n(XEN) Command line: a\n" * n),
        "marks": (3000, lambda n: b"(XEN)" * n),
        "answers": (1000, lambda n: b"xen_commandline : a\n" * n),
        "entries": (60, lambda n: b"/x\npath: xen\ncmdline: a\n" * n),
        "macros": (60, lambda n: b"${a}=" + b"x" * 3000 + b"\n"
                   + b"/x\npath: xen\ncmdline: ${a}\n" * n),
        "kexec": (60, lambda n: b"a|xen|kernel /xen.gz a|module x\n" * n),
        "bars": (3000, lambda n: b"|" * n),
        "nix lists": (300, lambda n: b"virtualisation.xen.bootParams = [" + b'"a" ' * n + b"];"),
        "nix depth": (5000, lambda n: b"virtualisation.xen = " + b"{ a = " * n),
        "nix brackets": (5000, lambda n: b"virtualisation.xen.bootParams = " + b"[(" * n),
        "nix holes": (3000, lambda n: b'virtualisation.xen.bootParams = ["' + b"${" * n),
        "nix quotes": (5000, lambda n: b"virtualisation.xen.bootParams = ['" + b"'" * 3 * n),
        "calls": (60, lambda n: b"xen-cmdline --set-xen a\n" * n),
        "one call": (300, lambda n: b"xen-cmdline" + b" --set-xen a" * n),
    },
    "unread": {
        "lines": (1000, lambda n: b"some words are here\n" * n),
        "settings": (300, lambda n: _many(b"key%d = 1\n", n)),
        "words": (1000, lambda n: _many(b"key%d value\n", n)),
        "braces": (3000, lambda n: b"a {\n}\n" * n),
        "members": (2000, lambda n: b"{" + b'"a": 1, ' * n),
        "one line": (5000, lambda n: b"a " * n),
        "blanks": (5000, lambda n: b" \t" * n),
    },
    "behind": {
        "settings": (100, lambda n: b'name = "a"\n' * n + b"\0vcpus=1"),
        "one argument": (100, lambda n: b'name = "a"\0' + b"vcpus=1;" * n),
    },
    "running": {
        "domains": (300, lambda n: b'[{"config": {"c_info": {"name": "web"}}}'
                    + b', {"config": {"c_info": {"name": "x"}}}' * n + b"]"),
        "disks": (500, lambda n: b'[{"config": {"c_info": {"name": "web"}, "disks": [{}'
                  + b', {"vdev": "xvdz"}' * n + b"]}}]"),
        "too deep": (20000, lambda n: b"[" * n),
    },
    "host": {
        "answers": (2000, lambda n: b"nr_cpus : 1\n" * n),
        "members": (3000, lambda n: b'{"cpus": 1, ' + _many(b'"a%d": 1, ', n) + b'"b": 1}'),
        "pools": (1000, lambda n: b'{"cpus": 1, "pools": [' + _many(b'"a%d", ', n) + b'"a"]}'),
        "too deep": (20000, lambda n: b"[" * n),
    },
    "merge": {
        "findings": (500, lambda n: b'{"version": 1, "diagnostics": ['
                     + _many(b'{"path": "a%d"}, ', n) + b'{"path": "a"}]}'),
    },
    "baseline": {
        "findings": (3000, lambda n: b'{"version": 1, "findings": ['
                     + _many(b'{"fingerprint": "a%d"}, ', n) + b'{"fingerprint": "a"}]}'),
    },
    "project": {
        "tables": (500, lambda n: b"[[paths]]\nmatch = 'a'\n" * n),
        "keys": (500, lambda n: _many(b"a%d = 1\n", n)),
        "patterns": (500, lambda n: b"exclude = [" + b"'*a'," * n + b"]"),
        "too deep": (5000, lambda n: b"x = " + b"[" * n),
    },
}  # fmt: skip


def test_every_kind_has_its_shapes() -> None:
    # `guest` has those of test_bounds; of a cache only what its checksums fit is looked at
    # and messages to the server are held by tests/lsp
    assert set(SHAPES) == set(TARGETS) - {"guest", "cache", "server"}


def took(kind: str, data: bytes) -> float:
    start = time.process_time()
    TARGETS[kind](data)
    return time.process_time() - start


@pytest.mark.parametrize(
    ("kind", "shape"), [(kind, shape) for kind, shapes in SHAPES.items() for shape in shapes]
)
def test_time_is_linear(kind: str, shape: str) -> None:
    pieces, make = SHAPES[kind][shape]
    TARGETS[kind](make(2))
    for _ in range(3):
        one, four = took(kind, make(pieces)), took(kind, make(4 * pieces))
        # twice doubled; what is over in no time cannot be told apart
        if four <= max(9 * one, 0.3):
            return
    pytest.fail(f"{one:.3f} s became {four:.3f} s for four times the input")


# ---- little that unpacks to a lot --------------------------------------------------------------

FILLINGS = {
    "zeros": b"\0" * MIB,
    "newlines": b"\n" * MIB,
    "ftrace": (SWITCH % 0) * (MIB // len(SWITCH)),
    "console": b"(XEN) d1v0: Failed to walk page-table va 0xffff0\n" * (MIB // 49),
    "xentrace": struct.pack("<III", 0x2001F003, 0, 0) * (MIB // 12),
    "note": b'{"ev":"note","text":"a"}\n' * (MIB // 25),
}


@pytest.mark.fault(
    "a few bytes that unpack to gigabytes (gzip, xz), for each command that unpacks",
    says="as for a large file; 2 where it is no trace",
    lost="nothing: memory stays below 200 MiB",
)
@pytest.mark.parametrize(
    ("command", "filling"),
    [("replay", "note"), ("replay", "console"), ("replay", "ftrace"), ("trace info", "xentrace"),
     ("trace lint", "newlines"), ("verdict", "zeros")],
)  # fmt: skip
def test_bombs(tmp_path: Path, command: str, filling: str) -> None:
    _bomb(tmp_path, command, filling, 5 if filling in ("console", "ftrace") else 24)


@pytest.mark.slow
@pytest.mark.parametrize("filling", FILLINGS)
@pytest.mark.parametrize("command", ["replay", "trace info", "trace lint", "verdict"])
def test_large_bombs(tmp_path: Path, command: str, filling: str) -> None:
    _bomb(tmp_path, command, filling, 100)


def _bomb(tmp_path: Path, command: str, filling: str, size: int) -> None:
    opener = lzma.open if filling == "zeros" else gzip.open
    path = tmp_path / ("bomb.jsonl.xz" if filling == "zeros" else "bomb.jsonl.gz")
    more = {"preset": 0} if filling == "zeros" else {"compresslevel": 1}
    with opener(path, "wb", **more) as file:  # type: ignore[operator]
        if filling in ("zeros", "newlines", "note"):
            file.write(trace())
        for _ in range(size):
            file.write(FILLINGS[filling])
    code, _, memory = measured([*command.split(), str(path)], quiet=False)
    assert code in (0, 1, 2)
    assert memory < 200 * MIB


def test_a_dictionary_of_gigabytes(tmp_path: Path) -> None:
    """An xz stream may ask for 4 GiB before it says anything."""
    path = tmp_path / "t.jsonl.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 12}]
    data = bytearray(lzma.compress(trace(), lzma.FORMAT_XZ, filters=filters))
    # the property byte of LZMA2 in the block header, and the checksum of that header
    size = (data[12] + 1) * 4
    at = data.index(b"\x21\x01", 12) + 2
    data[at] = 40
    import zlib

    data[12 + size - 4 : 12 + size] = struct.pack("<I", zlib.crc32(data[12 : 12 + size - 4]))
    path.write_bytes(data)
    code, _, memory = measured(["replay", str(path)])
    assert code in (0, 1, 2)
    assert memory < 200 * MIB


@pytest.mark.fault(
    "XML whose entities unfold to gigabytes", says="2: `IO007`, before any is looked at",
    lost="nothing",
)  # fmt: skip
def test_a_billion_laughs(tmp_path: Path) -> None:
    path = tmp_path / "g.xml"
    entities = "".join(
        f"<!ENTITY l{i} '{f'&l{i - 1};' * 10 if i else 'lol'}'>\n" for i in range(12)
    )
    path.write_text(f"<!DOCTYPE d [{entities}]><domain type='xen'><name>&l11;</name></domain>")
    code, cpu, memory = measured(["check", str(path)])
    assert code == 2
    assert cpu < 5
    assert memory < 64 * MIB


@pytest.mark.fault(
    "a device tree whose offsets point anywhere, themselves included", says="2: `IO007`",
    lost="nothing",
)  # fmt: skip
def test_offsets_that_loop(tmp_path: Path) -> None:
    whole = bytearray(_blob((OPEN + PROP + CLOSE) * 50 + struct.pack(">I", 9)))
    path = tmp_path / "g.dtb"
    for field in (4, 8, 12, 32, 36):
        for value in (0, 4, 40, len(whole) - 1, len(whole), 0x7FFFFFFF, 0xFFFFFFFF):
            data = whole[:]
            data[field : field + 4] = struct.pack(">I", value)
            TARGETS["dtb"](bytes(data))
    data = whole[:]
    data[8:12] = struct.pack(">I", 0)
    path.write_bytes(data)
    code, _, memory = measured(["check", "--kind", "guest", str(path)])
    assert code == 2
    assert memory < 64 * MIB


@pytest.mark.parametrize(
    "words", [20_000, pytest.param(100_000, marks=pytest.mark.slow)]
)  # fmt: skip
def test_a_boot_line_of_many_words(tmp_path: Path, words: int) -> None:
    path = tmp_path / "line"
    path.write_text("loglvl=all " * words)
    code, cpu, memory = measured(["check", "--kind", "boot-line", "--format", "json", str(path)])
    assert code in (0, 1)
    assert cpu < words / 2000 + 5
    assert memory <= 64 * MIB + 250 * path.stat().st_size
