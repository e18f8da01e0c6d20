"""Reads the description of a host that `--host` names, as `schema/host.schema.json` has it.

What `xl info` prints is one, too.
"""

from __future__ import annotations

from xlcfg.core.host import Host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.core.source import Source


class HostError(ValueError):
    """The file is no description of a host; the message names the file and says what is wrong."""


class HostFile:
    """A described host: `host` for the toolstack's checks, and defaults for a run, "" for none.

    `release` is a release line, `arch` as in `xlcfg.model.target.ARCHITECTURES`; `cmdline` is None
    when the file says nothing of it.
    """

    __slots__ = ("arch", "cmdline", "host", "release")

    def __init__(self, host: Host, release: str, arch: str, cmdline: str | None) -> None:
        self.host = host
        self.release = release
        self.arch = arch
        self.cmdline = cmdline


#: What a text of words may begin with, and no JSON of a host.
_WORDS = [bytes((char,)) for char in range(0x23, 0x7B) if chr(char) not in '"-[0123456789']


def read_host(path: str) -> HostFile:
    """The host that a JSON file describes; HostError when it is none, or cannot be read."""
    from xlcfg.catalogue import UnknownReleaseError, parse_release
    from xlcfg.core.source import Source
    from xlcfg.model.validated import InvalidError, fits, read_json
    from xlcfg.source.files import read_file

    source = read_file(path)
    if not isinstance(source, Source):
        raise HostError(f"{source.path}: {source.message}")
    try:
        answer = _answer(source)
        if answer is None and source.data.lstrip()[:1] in _WORDS:
            raise HostError(f"{source.path}: neither what `xl info` prints nor JSON")
        found = fits(read_json(source, "host") if answer is None else answer, source, "host")
    except InvalidError as error:
        raise HostError(str(error)) from None
    host = host_of(found)
    try:
        release = parse_release(found["xen"]) if "xen" in found else ""
    except UnknownReleaseError as error:
        raise HostError(f"{source.path}: xen: {error}") from None
    return HostFile(host, release, found.get("architecture", ""), found.get("cmdline"))


def host_of(found: dict[str, Any], path: str = "") -> Host:
    """The host that this describes; with a path it is checked, and HostError names that."""
    if path:
        from xlcfg.core.source import Source
        from xlcfg.model.validated import InvalidError, fits

        try:
            fits(found, Source(path, b""), "host")
        except InvalidError as error:
            raise HostError(str(error)) from None
    return Host(
        # JSON Schema counts 4.0 as an integer
        int(found["cpus"]),
        int(found.get("nodes", 1)),
        int(found.get("memory_mb", 0)),
        tuple(found.get("pools", ("Pool-0",))),
        tuple(found.get("domains", ("Domain-0",))),
        found.get("device_model", True),
        tuple(found.get("virt_caps", ())),
        tuple(found.get("xen_caps", ())),
        int(found.get("free_mb", -1)),
        bridges=_words(found.get("bridges")),
        users=_words(found.get("users")),
        files=tuple((k, tuple(v)) for k, v in found["files"].items()) if "files" in found else None,
        emulator_lacks=_words(found.get("emulator_lacks")),
        grant_limits=_grant_limits(found["cmdline"]) if "cmdline" in found else None,
        domains_known="domains" in found,
    )


def _grant_limits(line: str) -> tuple[int, int]:
    """The most grant and maptrack frames of a guest by Xen's line, or by Xen's default."""
    from xlcfg.catalogue import newest_release
    from xlcfg.model.boot import read_boot_line

    text = line.encode("utf-8", "surrogatepass").decode("latin-1")
    read = read_boot_line(text, newest_release(), "x86_64")
    frames, mapped = read.value("gnttab_max_frames"), read.value("gnttab_max_maptrack_frames")
    return int(64 if frames is None else frames), int(1024 if mapped is None else mapped)


def _words(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)


def _answer(source: Source) -> dict[str, Any] | None:
    """What `xl info` says, in the form of the schema; None for a file that is none of it."""
    if source.data.lstrip()[:1] in (b"{", b"["):
        return None
    from xlcfg.source.boot.answers import info_arch, info_fields, info_release

    fields = info_fields(source)
    if "nr_cpus" not in fields and "xen_caps" not in fields:
        return None
    found: dict[str, Any] = {}
    for name, theirs in (
        ("cpus", "nr_cpus"),
        ("nodes", "nr_nodes"),
        ("memory_mb", "total_memory"),
        ("free_mb", "free_memory"),
    ):
        value = fields.get(theirs, ("", 0))[0].strip()
        if value.isdecimal() and len(value) < 12:
            found[name] = int(value)
    if not found.get("cpus"):
        raise HostError(f"{source.path}: `nr_cpus` of xl info is missing")
    arch, release = info_arch(fields), info_release(fields)
    if arch:
        found["architecture"] = arch
    if release:
        from xlcfg.catalogue.releases import UnknownReleaseError, nearest_release

        try:
            found["xen"] = nearest_release(release)
        except UnknownReleaseError as error:
            raise HostError(f"{source.path}: xen_version: {error}") from None
    if "xen_commandline" in fields:
        found["cmdline"] = fields["xen_commandline"][0].rstrip()
    if not found.get("nodes"):
        found.pop("nodes", None)
    for name, theirs in (("virt_caps", "virt_caps"), ("xen_caps", "xen_caps")):
        if theirs in fields:
            found[name] = fields[theirs][0].split()
    return found
