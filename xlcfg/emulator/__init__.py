"""Runstate emulator: what becomes of a guest's runstate areas on a given hypervisor.

A boot trace (format version 1) records what a guest does with its page tables and hypercalls and
when Xen schedules its vCPUs. Replaying it says, update by update, what Xen writes where::

    from xlcfg.emulator import Reader, compare, replay

    with Reader("boot.jsonl.gz") as reader:
        policy = reader.header.policy or "update"
        result = replay(reader, policy, verify=True)
    result.total("lost")                 # updates that did not reach an area
    result.verification.ok               # every recorded result was predicted
    compare("boot.jsonl").verdict        # both policies in one pass

What of that is worth telling is decided by `xlcfg.rules.replay.findings`; `xlcfg.report.replay` has
`render_text`, `render_compare` and `to_json`.

Sources are paths, file objects and iterables of lines, plain or compressed with gzip or xz. The
policies are `"update"` (the address is translated at every update, as released Xen does) and
`"hypercall"` (translated once, during registration). `TraceError` (`line`, `message`) is the only
error a bad trace raises. `lint_trace` checks a trace's form and order, `generate_trace` writes
random ones, `minimise_trace` shrinks one.
Hypervisors are data: `known_models`, `default_model`, and `Model.from_mapping` for a plugin's own.

Names are imported on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .comparing import Comparison, compare
    from .events import Event, Header, TraceError
    from .generate import generate_trace
    from .lint import Problem, lint_trace
    from .minimise import minimise_trace
    from .models import Model, default_model, known_models
    from .replaying import replay
    from .results import (
        Difference,
        Gap,
        MisplacedWrites,
        ReadStats,
        Registration,
        Replay,
        VcpuReport,
        Verification,
    )
    from .trace import Reader

_WHERE = {
    "comparing": ("Comparison", "compare"),
    "events": ("Event", "Header", "TraceError"),
    "generate": ("generate_trace",),
    "lint": ("Problem", "lint_trace"),
    "minimise": ("minimise_trace",),
    "models": ("Model", "default_model", "known_models"),
    "replaying": ("replay",),
    "results": (
        "Difference",
        "Gap",
        "MisplacedWrites",
        "ReadStats",
        "Registration",
        "Replay",
        "VcpuReport",
        "Verification",
    ),
    "trace": ("Reader",),
}
_HOME = {name: f"{__name__}.{module}" for module, names in _WHERE.items() for name in names}
#: What was here up to release 0.1.
_HOME |= dict.fromkeys(("render_compare", "render_text", "to_json"), "xlcfg.report.replay")

__all__ = [
    "Comparison",
    "Difference",
    "Event",
    "Gap",
    "Header",
    "MisplacedWrites",
    "Model",
    "Problem",
    "ReadStats",
    "Reader",
    "Registration",
    "Replay",
    "TraceError",
    "VcpuReport",
    "Verification",
    "compare",
    "default_model",
    "generate_trace",
    "known_models",
    "lint_trace",
    "minimise_trace",
    "replay",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
