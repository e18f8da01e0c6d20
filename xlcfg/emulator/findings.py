"""placeholder"""
from __future__ import annotations
from dataclasses import dataclass
from typing import Any
@dataclass
class Finding:
    code: str
def findings_of(result: Any) -> list[Finding]:
    return []
