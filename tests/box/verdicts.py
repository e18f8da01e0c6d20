"""What xlcfg says of a case, told of the host of the box or not."""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from xlcfg.checks.guest import check_source  # noqa: E402
from xlcfg.checks.linter import Linter  # noqa: E402
from xlcfg.core.source import Source  # noqa: E402
from xlcfg.hooks import Hooks  # noqa: E402
from xlcfg.model.host import host_of  # noqa: E402
from xlcfg.model.target import Target  # noqa: E402

HOST = json.loads((Path(__file__).parent / "data" / "host.json").read_text(encoding="utf-8"))
#: what the device model of a release lacks beyond that
_LACKS = {"4.20": ["vhd", "audio", "no-acpi", "spice-password"]}


@functools.cache
def linter(release: str, with_host: bool) -> Linter:
    """A linter for a release, which knows the machine of the box or not."""
    lacks = [*HOST["emulator_lacks"], *_LACKS.get(release, ())]
    host = host_of({**HOST, "emulator_lacks": lacks}, "host.json") if with_host else None
    return Linter(Target(release, "x86_64", host=host), Hooks(plugins=False))


def warns(config: bytes, release: str) -> bool:
    """Whether there is a warning or an error."""
    report = check_source(Source("case.cfg", config), linter(release, False))
    return any(d.severity != "info" for d in report.diagnostics)


def errors(config: bytes, release: str, with_host: bool = False) -> list[str]:
    """The findings that are errors, as "CODE: message"."""
    report = check_source(Source("case.cfg", config), linter(release, with_host))
    return [f"{d.code}: {d.message}" for d in report.diagnostics if d.severity == "error"]


def refuses(config: bytes, release: str) -> bool:
    """Whether xlcfg says that this guest is refused, on any host or on that of the box."""
    return bool(errors(config, release) or errors(config, release, with_host=True))
