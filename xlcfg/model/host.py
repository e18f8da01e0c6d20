"""Reads the description of a host that `--host` names, as `schema/host.schema.json` has it."""

from __future__ import annotations

from xlcfg.core.host import Host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.core.source import Source

#: How much of what is wrong with a file is repeated.
_SHOWN = 160


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


def read_host(path: str) -> HostFile:
    """The host that a JSON file describes; HostError when it is none, or cannot be read."""
    from xlcfg.catalogue import UnknownReleaseError, parse_release
    from xlcfg.core.source import Source
    from xlcfg.source.files import read_file

    source = read_file(path)
    if not isinstance(source, Source):
        raise HostError(f"{source.path}: {source.message}")
    found = _parsed(source)
    host = host_of(found, source.path)
    try:
        release = parse_release(found["xen"]) if "xen" in found else ""
    except UnknownReleaseError as error:
        raise HostError(f"{source.path}: xen: {error}") from None
    return HostFile(host, release, found.get("architecture", ""), found.get("cmdline"))


def host_of(found: dict[str, Any], path: str) -> Host:
    """The host that this JSON describes; HostError, which names the path, when it is none."""
    _validate(found, path)
    return Host(
        # JSON Schema counts 4.0 as an integer
        int(found["cpus"]),
        int(found.get("nodes", 1)),
        int(found.get("memory_mb", 0)),
        tuple(found.get("pools", ("Pool-0",))),
        tuple(found.get("domains", ("Domain-0",))),
        found.get("device_model", True),
        bridges=_words(found.get("bridges")),
        users=_words(found.get("users")),
        virt_caps=_words(found.get("virt_caps")),
        files=tuple((k, tuple(v)) for k, v in found["files"].items()) if "files" in found else None,
        emulator_lacks=_words(found.get("emulator_lacks")),
        grant_limits=_grant_limits(found["cmdline"]) if "cmdline" in found else None,
    )


def _grant_limits(line: str) -> tuple[int, int]:
    """The most grant and maptrack frames of a guest by Xen's line, or by Xen's default."""
    from xlcfg.catalogue import newest_release
    from xlcfg.model.boot import read_boot_line

    read = read_boot_line(line.encode("utf-8").decode("latin-1"), newest_release(), "x86_64")
    frames, mapped = read.value("gnttab_max_frames"), read.value("gnttab_max_maptrack_frames")
    return int(64 if frames is None else frames), int(1024 if mapped is None else mapped)


def _words(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)


def _parsed(source: Source) -> Any:
    import json

    try:
        return json.loads(source.data)
    except RecursionError:
        raise HostError(f"{source.path}: nested too deep to be a host") from None
    except UnicodeDecodeError:
        raise HostError(f"{source.path}: not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"{source.path}:{error.lineno}:{error.colno}"
        raise HostError(f"{where}: not JSON: {error.msg}") from None
    except ValueError as error:
        raise HostError(f"{source.path}: not JSON: {error}") from None


def _validate(found: object, path: str) -> None:
    """HostError for what the schema does not allow."""
    import json

    import jsonschema

    from xlcfg.core.resources import read

    validator = jsonschema.Draft202012Validator(
        json.loads(read("xlcfg.model", "schema", "host.schema.json"))
    )
    for wrong in validator.iter_errors(found):
        text = wrong.message
        if len(text) > _SHOWN:
            text = f"{text[: _SHOWN // 2]} ... {text[-_SHOWN // 2 :]}"
        inside = "".join(f"{step}: " for step in wrong.absolute_path)
        raise HostError(f"{path}: {inside}{text}")
