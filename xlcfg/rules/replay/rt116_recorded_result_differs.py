"""A result in the trace that the emulator does not predict.

What it does
------------
With `--verify`, reports return values, observed writes and other recorded results that differ
from what the emulator expects. An error where the trace was recorded under the policy that is
replayed, else a note.

Why
---
Either the hypervisor behaves differently from the model, or the trace was made on another
hypervisor or under another policy than it says. Its other findings cannot be trusted before
that is settled.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x0", "ret": -22}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x0", "ret": 0}
"""

from __future__ import annotations

CODE = "RT116"
NAME = "recorded-result-differs"
SUMMARY = "the recording contradicts the prediction"
