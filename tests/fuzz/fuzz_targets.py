"""What is fuzzed: each target takes bytes, and must neither raise nor take long.

`python tests/fuzz/fuzz_targets.py NAME SECONDS` runs one for a while, with coverage to guide it
where atheris is installed, else with random changes to the seeds. `all` runs one after the other.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice

from harmless import obeyed
from support import make_linter
from xlcfg.checks.file import check_any
from xlcfg.checks.guest import check_guests, check_source
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Report, Result
from xlcfg.core.screen import safe
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.target import ARCHITECTURES, Target
from xlcfg.report import FORMATS
from xlcfg.run import check_boot, plugin_failures
from xlcfg.syntax.cmdline import Boot

RELEASES = ("4.4", "4.10", "4.17", "4.20", "unstable")


#: A file name that means harm.
NAME = "f\x1b[1m\n::error::a\u202e ##[b]<c>.cfg"


def _linter(data: bytes) -> Linter:
    pick = sum(data[:64])
    return make_linter(
        RELEASES[pick % len(RELEASES)],
        ARCHITECTURES[pick // 7 % len(ARCHITECTURES)],
        Hooks(plugins=False),
    )


def _harmless(text: str, form: str = "") -> None:
    assert not obeyed(text, form), (form, obeyed(text, form))


def _render(result: Result, linter: Linter) -> None:
    """As text, and in one more format that the sizes of the inputs choose."""
    forms = list(FORMATS)
    chosen = forms[sum(len(report.source.data) for report in result.reports) % len(forms)]
    for name in {"text", chosen}:
        text = linter.hooks.first("xlcfg_report", result=result, format=name)
        _harmless(text, name)
        if name in ("json", "sarif", "gitlab"):
            json.loads(text)


def _shown(reports: list[Report], linter: Linter) -> None:
    """No finding lies outside its file, no report has a control character."""
    result = Result(linter.target)
    result.reports = reports
    plugin_failures(result, linter.hooks)
    for report in reports:
        for d in report.diagnostics:
            size = len(report.source.data) + 1
            assert d.start is None or d.end is None or 0 <= d.start <= d.end <= size, d
    _render(result, linter)


# ---- configs -----------------------------------------------------------------------------------


def guest(data: bytes) -> None:
    """A guest config."""
    linter = _linter(data)
    _shown([check_source(Source(NAME, data), linter)], linter)


#: Keys whose strings have a grammar of their own, and how a config gives one.
SPECS = (
    *(f"{key} = [ %s ]\n" for key in (
        "disk", "vif", "pci", "usbdev", "usbctrl", "vfb", "vkb", "vdispl", "vsnd", "virtio",
        "channel", "cpuid", "ioports", "irqs", "iomem", "p9", "pvcalls", "vtpm", "llc_colors",
        "smbios", "viridian", "mca_caps", "cpus", "dtdev", "vnuma",
    )),
    "vnuma = [ [ %s ] ]\n", "cpus = %s\n", "cpus_soft = %s\n", "cpuid = %s\n", "rdm = %s\n",
    "uuid = %s\n", "viridian = %s\n", "xenstore_quota = [ %s ]\n", "runstate_translation = %s\n",
    "console = %s\nserial = %s\n", "memory = %s\n", "vcpus = %s\n", "shadow_memory = %s\n",
)  # fmt: skip


def spec(data: bytes) -> None:
    """One string of a sub-grammar: the first byte says whose, the rest is what it holds."""
    if not data:
        return
    text = data[1:].replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\0", b"")
    line = SPECS[data[0] % len(SPECS)].encode().replace(b"%s", b'"' + text + b'"')
    linter = _linter(data)
    head = b'name = "a"\ntype = "hvm"\nmemory = 64\n'
    report = check_source(Source("f.cfg", head + line), linter)
    _shown([report], linter)


def mend(data: bytes) -> None:
    """Fixing, formatting and converting a guest config; what comes out is read again."""
    from xlcfg.fix import fix_report, meaning
    from xlcfg.fmt import format_source

    linter = _linter(data)
    report = check_source(Source("f.cfg", data), linter)
    fix_report(report, linter, unsafe=True)
    new = format_source(report.source)
    if new is not None:
        again = Source("f.cfg", new)
        assert format_source(again) == new
        if report.guest is not None and report.guest.toolstack == "xl":
            (after,) = linter.read_guests(again)
            assert meaning(after) == meaning(report.guest)
    for one in linter.read_guests(report.source):
        if not one.document.refused:
            linter.hooks.load_all()
            made = linter.hooks.first(
                "xlcfg_convert", guest=one, to="libvirt", target=linter.target
            )
            for back in linter.read_guests(Source("f.xml", made.text.encode("latin-1"))):
                assert not back.document.problems, back.document.problems[0].message


def upgrade(data: bytes) -> None:
    """What moving a config to another release changes."""
    from xlcfg.report.upgrade import render, render_json
    from xlcfg.upgrade import compare

    linter = _linter(data)
    with _file(data, ".cfg") as path:
        found = compare(
            [path],
            linter,
            linter.about(linter.target.replace(release="4.20", dialects=(), selection=None)),
        )
    _harmless(render(found))
    json.loads(render_json(found))


def parse(data: bytes) -> None:
    """What `xlcfg parse` shows of a config."""
    from xlcfg.report import parse as shown

    linter = _linter(data)
    read = linter.read_guests(Source("f.cfg", data))
    if read:
        told = shown.guests([(one, Report(one.source)) for one in read])
        with suppress(RecursionError):  # of json, for lists that nest deeper than it reads
            json.loads(told)


def editor(data: bytes) -> None:
    """A text in an editor: completion, hover, outline, fixes and formatting at any place."""
    from xlcfg.lsp.analysis import Analysis
    from xlcfg.lsp.complete import complete
    from xlcfg.lsp.fixes import fix_all, ignoring, quick_fix
    from xlcfg.lsp.formatting import part
    from xlcfg.lsp.hover import hover
    from xlcfg.lsp.lines import Lines
    from xlcfg.lsp.outline import definition, references, symbols

    text = data.decode("utf-8", "replace").encode()
    lines = Lines(text, ("utf-8", "utf-16", "utf-32")[len(data) % 3])
    analysis = Analysis("f.cfg", lines, _linter(data))
    size = len(analysis.source.data)
    for at in {0, size // 3, size // 2, max(size - 1, 0), size}:
        offset = analysis.lines.offset(*analysis.lines.position(at))
        complete(analysis, offset)
        hover(analysis, offset)
        definition(analysis, offset)
        list(references(analysis, offset))
    list(symbols(analysis))
    part(analysis, size // 3, size // 2)
    for finding in analysis.diagnostics[:50]:
        quick_fix(analysis, finding)
    list(ignoring(analysis, analysis.diagnostics[:50]))
    fix_all(analysis)


def server(data: bytes) -> None:
    """What an editor sends to the language server; every message behind it is still answered."""
    from xlcfg.lsp import rpc
    from xlcfg.lsp.server import Server

    out = io.BytesIO()
    assert Server(_linter(data), io.BytesIO(data), out).run() in (0, 1)
    out.seek(0)
    while (body := rpc.read_body(out)) is not None:
        said = json.loads(body)
        assert said["jsonrpc"] == "2.0"
        assert said.get("error", {}).get("code") != rpc.INTERNAL_ERROR, said


# ---- the host ----------------------------------------------------------------------------------


def cmdline(data: bytes) -> None:
    """A boot command line."""
    linter = _linter(data)
    linter.target = linter.target.replace(boot=Boot(Source("boot line", data)))
    _shown([check_boot(linter)], linter)


def boot_file(data: bytes) -> None:
    """A file of a boot loader, as each kind there is."""
    from xlcfg.checks.host import check_boot_file, check_xl_conf
    from xlcfg.source.kinds import BOOT_KINDS, recognise

    linter = _linter(data)
    reports = [check_boot_file(Source(f"f.{k}", data), k, linter) for k in BOOT_KINDS]
    reports.append(check_xl_conf(Source("xl.conf", data), linter.target))
    recognise("f.cfg", data)
    _shown(reports, linter)


def pool(data: bytes) -> None:
    """A cpupool config."""
    from xlcfg.source.kinds import CPUPOOL

    linter = _linter(data)
    source = Source(NAME, data)
    source.kind = CPUPOOL
    _shown(check_any(source, linter), linter)


def image(data: bytes) -> None:
    """Images of kernels and hypervisors, and programs of packages, as `record` reads them."""
    from xlcfg.record.elf import needs
    from xlcfg.record.errors import RecordError
    from xlcfg.record.forms import unpack_image
    from xlcfg.record.symbols import read_symbols

    for read in (needs, read_symbols, unpack_image):
        # what zstd and lz4 unpack is their own matter
        if read is not unpack_image or (b"zstd" not in data and b"lz4" not in data):
            with suppress(RecordError):
                read(data)


def places(data: bytes) -> None:
    """A log, an answer of a host, a menu, a script: as each of these, places and all."""
    from xlcfg.checks.host import check_boot_file

    kinds = ("xen-log", "xl-info", "nix", "limine", "loader-conf", "kexec-menu", "xen-cmdline")
    linter = _linter(data)
    reports = [check_boot_file(Source(f"f.{k}", data), k, linter) for k in kinds]
    _shown(reports, linter)


def unread(data: bytes) -> None:
    """A file given by name, whatever it is."""
    from xlcfg.source.kinds import recognise

    linter = _linter(data)
    for name in ("f", "f.cfg", "f.sh", "f.nix", "README.md"):
        source = Source(name, data)
        source.kind = recognise(name, data)
        _shown(check_any(source, linter), linter)


def behind(data: bytes) -> None:
    """A guest's file, and settings behind it, cut out of the data at NUL bytes."""
    from xlcfg.checks.arguments import apart, joined

    linter = _linter(data)
    file, *arguments = data.split(b"\0")[:5]
    whole, parts = joined(Source("f.cfg", file), arguments)
    reports = [one for report in check_any(whole, linter) for one in apart(report, parts)]
    _shown(reports, linter)


def running(data: bytes) -> None:
    """What `xl list -l` prints, against a guest that has something of everything."""
    from xlcfg.checks.running import add_differences
    from xlcfg.model.running import RunningError, read_running

    linter = _linter(data)
    text = (
        b'name = "web"\ntype = "hvm"\nmemory = 512\nvcpus = 2\ncpus = "1"\nboot = "c"\n'
        b'disk = [ "/a,raw,xvda,rw" ]\nvif = [ "bridge=b" ]\npci = [ "01:00.0" ]\n'
    )
    with _file(data, ".json") as path:
        try:
            domains = read_running(path)
        except RunningError as error:
            assert len(str(error)) < 1000  # noqa: PT017
            return
    reports = check_guests(Source("web.cfg", text), linter)
    add_differences(reports, domains, True)
    _shown(reports, linter)


def host(data: bytes) -> None:
    """A description of a host."""
    from xlcfg.model.host import HostError, read_host

    with _file(data, ".json") as path:
        try:
            read_host(path)
        except HostError as error:
            assert len(str(error)) < 1000  # noqa: PT017


# ---- other toolstacks --------------------------------------------------------------------------


def _toolstack(data: bytes, name: str, kind: str = "") -> None:
    linter = _linter(data)
    source = Source(name, data)
    source.kind = kind
    reports = check_any(source, linter) if kind else check_guests(source, linter)
    _shown(reports, linter)
    linter.hooks.load_all()
    for report in reports:
        if report.guest is not None and not report.guest.document.refused:
            for to in ("xl", "libvirt"):
                linter.hooks.first("xlcfg_convert", guest=report.guest, to=to, target=linter.target)


def libvirt(data: bytes) -> None:
    """Domain XML."""
    _toolstack(data, "f.xml")


def dts(data: bytes) -> None:
    """Device tree source with dom0less guests."""
    _toolstack(data, "f.dts", "dts")


def dtb(data: bytes) -> None:
    """A flattened device tree."""
    _toolstack(data, "f.dtb", "dtb")


def xapi(data: bytes) -> None:
    """VM records."""
    _toolstack(data, "f.json")


def uboot(data: bytes) -> None:
    """A script of U-Boot, with guests in what it does to the device tree."""
    _toolstack(data, "boot.cmd", "uboot")


def imagebuilder(data: bytes) -> None:
    """A config of ImageBuilder."""
    _toolstack(data, "config", "imagebuilder")


# ---- traces ------------------------------------------------------------------------------------


def trace(data: bytes) -> None:
    """A boot trace, under both policies; only TraceError, EOFError and OSError say no."""
    from xlcfg.emulator import Reader, TraceError, compare

    try:
        with Reader(io.BytesIO(data)) as reader:
            compare(reader)
    except (TraceError, EOFError, OSError):
        pass


def trace_tools(data: bytes) -> None:
    """What `xlcfg trace` does to a trace, and its page."""
    from xlcfg.emulator import Reader, TraceError, lint_trace, minimise_trace
    from xlcfg.emulator.overview import compare_with_overview
    from xlcfg.emulator.timeline import replay_with_timeline
    from xlcfg.report.html import render
    from xlcfg.report.picture import picture
    from xlcfg.rules.replay import rules, shows
    from xlcfg.traces.info import of_trace
    from xlcfg.traces.info import render as told

    for _ in lint_trace(io.BytesIO(data)):
        pass
    try:
        _harmless(told({**of_trace(io.BytesIO(data)), "path": "f"}))
        with Reader(io.BytesIO(data)) as reader:
            page = render("f", *replay_with_timeline(reader, "update"))
        page.encode("utf-8")
        with Reader(io.BytesIO(data)) as reader:
            picture(*compare_with_overview(reader))
        if len(data) < 2000:
            with Reader(io.BytesIO(data)) as reader:
                code = sorted(rules())[len(data) % len(rules())]
                list(islice(minimise_trace(reader, "update", keep=shows(code)), 1000))
    except (TraceError, EOFError, OSError):
        pass
    except ValueError:
        pass  # the trace does not show what is to be kept


def _recording(data: bytes, name: str) -> None:
    from xlcfg_traces.plugin import xlcfg_read_trace

    from xlcfg.emulator import TraceError
    from xlcfg.traces.info import render as told
    from xlcfg.traces.replaying import replay_report

    linter = _linter(data)
    with _file(data, name) as path:
        reports = [replay_report(path, linter, both=both) for both in (False, True)]
        result = Result(linter.target)
        result.reports = reports
        _render(result, linter)
        try:
            answer = xlcfg_read_trace(path, None)
            if hasattr(answer, "info"):
                _harmless(told({**answer.info(), "path": "f"}))
        except (TraceError, EOFError, OSError):
            pass


def xentrace(data: bytes) -> None:
    """A capture of xentrace."""
    if not data.startswith(b"\x03\xf0\x01\x20"):
        data = b"\x03\xf0\x01\x20" + data
    _recording(data, ".bin")


def ftrace(data: bytes) -> None:
    """ftrace's text."""
    _recording(data, ".txt")


def console(data: bytes) -> None:
    """A console log of Xen."""
    _recording(data, ".log")


# ---- JSON and settings -------------------------------------------------------------------------


def merge(data: bytes) -> None:
    """Results to merge, and a result beside a good one."""
    from xlcfg.merge import MergeError, exit_code, read, render
    from xlcfg.merge import merge as merged

    with _file(data, ".json") as path, _file(_empty_result(), ".json") as other:
        for paths in ((path,), (path, other), (other, path)):
            try:
                document = merged([read(one) for one in paths])
            except MergeError as error:
                _harmless(safe(str(error)))
            else:
                assert exit_code(document) in (0, 1, 2)
                _harmless(render(document))
                for form in ("text", "sarif", "junit", "github"):
                    try:
                        _harmless(render(document, form), form)
                    except MergeError as error:
                        _harmless(safe(str(error)))


def _empty_result() -> bytes:
    linter = make_linter("4.17", "x86_64", Hooks(plugins=False))
    text: str = linter.hooks.first("xlcfg_report", result=Result(linter.target), format="json")
    return text.encode()


def baseline(data: bytes) -> None:
    """A baseline."""
    from xlcfg.report.baseline import BaselineError, leave_out

    with _file(data, ".json") as path:
        try:
            leave_out(Result(Target("4.17", "x86_64")), path)
        except BaselineError:
            pass


def project(data: bytes) -> None:
    """Settings of a project, in a file of their own and in pyproject.toml."""
    from xlcfg.core.errors import SettingsError
    from xlcfg.settings.project import Projects

    linter = _linter(data)
    for name in (".xlcfg.toml", "pyproject.toml"):
        with tempfile.TemporaryDirectory(dir=_memory()) as folder:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            linter.projects = Projects()
            config = os.path.join(folder, "g.cfg")
            try:
                found = linter.projects.above(config)
                if found is not None:
                    found.excludes(config)
                linter.target_for(config)
            except SettingsError:
                pass


def cache(data: bytes) -> None:
    """A file in the place of the cache, and a cache with something written into it."""
    from xlcfg.checks.guest import check_source
    from xlcfg.many.cache import NAME, Cache
    from xlcfg.many.serialize import pack

    linter = _linter(data)
    source = Source("f.cfg", b"name = 'a'\nvcpu = 1\n")
    right = pack(check_source(source, linter))
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        path = os.path.join(folder, NAME)
        filled = Cache(folder)
        key = filled.key(source, linter.target)
        filled.put(key, [right])
        filled.close()
        with open(path, "rb") as file:
            whole = file.read()
        at = int.from_bytes(data[:2], "little") % len(whole)
        for text in (data, whole[:at] + data[2:] + whole[at + len(data[2:]) :]):
            with open(path, "wb") as file:
                file.write(text)
            damaged = Cache(folder)
            (found,) = damaged.find([(key, source)])
            assert found is None or [pack(report) for report in found] == [right]
            damaged.put(key, [right])
            damaged.close()


# ---- files -------------------------------------------------------------------------------------


def _memory() -> str | None:
    """A folder that is no disk, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@contextmanager
def _file(data: bytes, ending: str) -> Iterator[str]:
    with tempfile.NamedTemporaryFile(suffix=ending, dir=_memory()) as file:
        file.write(data)
        file.flush()
        yield file.name


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one
    for one in (
        guest, spec, mend, upgrade, parse, editor, server, cmdline, boot_file, places, unread,
        behind, running, pool, host, libvirt, dts, dtb, xapi, uboot, imagebuilder, trace,
        trace_tools, xentrace, ftrace, console, merge, baseline, project, cache, image,
    )
}  # fmt: skip


if __name__ == "__main__":
    from fuzz_run import main

    main(sys.argv[1:])
