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
    found = _validated(source)
    try:
        release = parse_release(found["xen"]) if "xen" in found else ""
    except UnknownReleaseError as error:
        raise HostError(f"{source.path}: xen: {error}") from None
    host = Host(
        # JSON Schema counts 4.0 as an integer
        int(found["cpus"]),
        int(found.get("nodes", 1)),
        int(found.get("memory_mb", 0)),
        tuple(found.get("pools", ("Pool-0",))),
        tuple(found.get("domains", ("Domain-0",))),
        found.get("device_model", True),
    )
    return HostFile(host, release, found.get("architecture", ""), found.get("cmdline"))


def _validated(source: Source) -> dict[str, Any]:
    import json

    import jsonschema

    from xlcfg.core.resources import read

    try:
        found = json.loads(source.data)
    except RecursionError:
        raise HostError(f"{source.path}: nested too deep to be a host") from None
    except UnicodeDecodeError:
        raise HostError(f"{source.path}: not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"{source.path}:{error.lineno}:{error.colno}"
        raise HostError(f"{where}: not JSON: {error.msg}") from None
    except ValueError as error:
        raise HostError(f"{source.path}: not JSON: {error}") from None
    validator = jsonschema.Draft202012Validator(
        json.loads(read("xlcfg.model", "schema", "host.schema.json"))
    )
    for wrong in validator.iter_errors(found):
        text = wrong.message
        if len(text) > _SHOWN:
            text = f"{text[: _SHOWN // 2]} ... {text[-_SHOWN // 2 :]}"
        inside = "".join(f"{step}: " for step in wrong.absolute_path)
        raise HostError(f"{source.path}: {inside}{text}")
    checked: dict[str, Any] = found
    return checked
