"""Hypervisor models: how a hypervisor answers the registration calls, as data.

A model holds what differs between hypervisors; the mechanics (who writes when, through which
tables) belong to the two policies and are in `machine`. The built-in models are
`data/models.json`; a plugin adds its own as mappings of the same shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from xlcfg.core.resources import read

from .events import Header
from .terms import EINVAL, POLICIES


@dataclass(frozen=True, slots=True)
class Model:
    """One hypervisor's answers.

    A return value of 0 means "implemented"; anything else is what every call gets.

    `policy`: the policy this hypervisor is known for. `feature_bit`: XENFEAT_runstate_phys_area is
    advertised. `op13`, `op14`, `op15`: time area by address, runstate area by physical address,
    time area by physical address. The rest holds for registration by address under the policy
    `hypercall`: `refuse` is returned for what cannot be translated, `align` is the alignment asked
    for in bytes, `cross` says that a runstate area may run over a page boundary, `time_cross` that
    a time area may, `contiguous` that what runs over goes to the next guest-physical page, whatever
    the tables say, `needs_write` that the mapping must be writable, `needs_ram` that it must lead
    to RAM, `remote` that a call for another vCPU is translated through the caller's tables (else
    it is refused), `drop` that a refused call takes the old area with it.
    `filter_first`: an operation that is not implemented is refused before the target is looked at.
    `releases`: "A.B..C.D" of Xen, either end left out where there is none, "all", or "none".
    """

    name: str
    title: str
    arches: tuple[str, ...]
    guests: tuple[str, ...]
    policy: str
    releases: str = ""
    feature_bit: bool = False
    op13: int = 0
    op14: int = 0
    op15: int = 0
    refuse: int = EINVAL
    align: int = 8
    cross: bool = True
    time_cross: bool = True
    contiguous: bool = False
    needs_write: bool = True
    needs_ram: bool = True
    remote: bool = False
    drop: bool = True
    filter_first: bool = False

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Model:
        """A model from JSON-like data; `ValueError` says what is wrong with it."""
        known = {field.name: field for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in data.items():
            if name not in known:
                raise ValueError(f"unknown member {name!r} of a hypervisor model")
            kind = str(known[name].type)
            if kind.startswith("tuple"):
                if not isinstance(value, (list, tuple)) or not all(
                    isinstance(item, str) for item in value
                ):
                    raise ValueError(f"{name!r} of a hypervisor model is not a list of strings")
                values[name] = tuple(value)
            elif type(value).__name__ != kind:
                raise ValueError(f"{name!r} of a hypervisor model is not of type {kind}")
            else:
                values[name] = value
        needed = ("name", "title", "arches", "guests", "policy")
        missing = [name for name in needed if name not in values]
        if missing:
            raise ValueError(f"a hypervisor model lacks {', '.join(map(repr, missing))}")
        if values["policy"] not in POLICIES:
            raise ValueError(f"'policy' of a hypervisor model is not one of {', '.join(POLICIES)}")
        return cls(**values)

    def serves(self, header: Header) -> bool:
        """Whether this hypervisor can run the guest a header describes."""
        return header.arch in self.arches and header.guest in self.guests

    def is_of(self, release: tuple[int, int]) -> bool:
        """Whether a release of Xen behaves like this, by `releases`."""
        first, dots, last = self.releases.partition("..")
        ends = _release(first), _release(last)
        return bool(
            dots
            and (ends[0] or ends[1])
            and (ends[0] is None or ends[0] <= release)
            and (ends[1] is None or release <= ends[1])
        )

    def advertises_phys(self, header: Header) -> bool:
        """Whether this hypervisor sets XENFEAT_runstate_phys_area, as the one recorded does."""
        release = recorded_release(header)
        return self.feature_bit and (release is None or release >= PHYS_SINCE)


#: The first release that has the areas by physical address, and advertises them.
PHYS_SINCE = (4, 18)
_RELEASE = re.compile(r"(\d{1,3})\.(\d{1,3})")
_RECORDED = re.compile(r"\bxen[ -](\d{1,3}\.\d{1,3})(?:\.\d+)?(?![\w-])", re.IGNORECASE)


def _release(text: str) -> tuple[int, int] | None:
    found = _RELEASE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def recorded_release(header: Header) -> tuple[int, int] | None:
    """The release of Xen that a trace was recorded on, as far as its header says."""
    found = _RECORDED.search(header.hypervisor or "")
    return _release(found[1]) if found else None


def known_models(extra: Iterable[Model | Mapping[str, Any]] = ()) -> dict[str, Model]:
    """All models by name: the built-in ones, then `extra`, which may replace them."""
    built_in = json.loads(read("xlcfg.emulator", "data", "models.json"))
    found = [Model.from_mapping(data) for data in built_in]
    found += [item if isinstance(item, Model) else Model.from_mapping(item) for item in extra]
    return {model.name: model for model in found}


def default_model(
    header: Header, policy: str, extra: Iterable[Model | Mapping[str, Any]] = ()
) -> Model:
    """The model a header asks for under `policy`: of those that serve its guest, by whether the
    recorded hypervisor took physical registrations (`phys_area`), the one of its release, or the
    first.
    """
    candidates = [model for model in known_models(extra).values() if model.serves(header)]
    fitting = [model for model in candidates if model.policy == policy]
    alike = [model for model in fitting if (model.op14 == 0) == header.phys_area]
    release = recorded_release(header)
    for model in alike:
        if release is not None and model.is_of(release):
            return model
    if alike:
        return alike[0]
    return (fitting or candidates)[0]
