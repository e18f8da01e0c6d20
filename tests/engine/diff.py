"""Compares the engine with the real xl of a release, config by config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trees import render, settings

from xlcfg.core.host import Host
from xlcfg.model.xl import Reading, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trees import Plain
    from xl_oracle import XlServer

#: what the oracle's shim pretends to be
SHIM_HOST = Host(cpus=16, nodes=2, memory_mb=65536)
#: the 4.14 package looks for an emulator that is not installed with it
SHIM_HOST_BARE = Host(cpus=16, nodes=2, memory_mb=65536, device_model=False)


def engine(pairs: list[tuple[str, Plain]], release: str, host: Host = SHIM_HOST) -> Reading:
    return read(settings(render(pairs)), release, "x86_64", host)


def host_of(server: XlServer) -> Host:
    """The host this oracle runs on, as far as xl can see."""
    answer = server.build(b'name="x"\ntype="hvm"\nmemory=64\n')
    return SHIM_HOST_BARE if b"qemu-xen is unavailable" in answer["err"] else SHIM_HOST


def host_for(pairs: list[tuple[str, Plain]], host: Host) -> Host:
    """The host for one config: no emulator of another name (`device_model_override`) is there."""
    named = any(name.rstrip("+") == "device_model_override" for name, _ in pairs)
    return SHIM_HOST_BARE if named else host


def disagreements(
    server: XlServer, release: str, configs: Iterable[list[tuple[str, Plain]]]
) -> list[str]:
    """One line for each config xl and the engine judge differently."""
    host = host_of(server)
    lines = []
    for pairs in configs:
        text = render(pairs)
        tree = settings(text)
        reading = read(tree, release, "x86_64", host_for(pairs, host))
        answer = server.build(text)
        if (reading.refused or tree.document.refused) == answer["reached"]:
            said = [o.kind for o in reading.outcomes if o.effect in ("refused", "crash")]
            err = answer["err"].decode("latin-1").replace("\n", " | ")[-300:]
            lines.append(f"{release} {pairs!r}\n  xl: rc {answer['rc']} {err}\n  engine: {said}")
    return lines
