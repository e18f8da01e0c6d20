"""What Xen reads: guest keys, boot parameters, xl.conf keys and more, for Xen 4.4 to unstable.

The data lives in `data/*.json` (schemas in `schema/`); `python -m xlcfg.catalogue.build` compiles
it into modules of plain literals, which load faster than JSON.  A guest config loads only the guest
half and a command line only the boot half; descriptions, defaults, grammars and the table of common
mistakes load when first asked for.

A release is the name of a release line, `"4.17"`, or `"unstable"`; `parse_release` makes one from
what people write.  An architecture is `"x86"`, `"arm"` (either width), `"arm32"`, `"arm64"` or
`"riscv"`.
"""

from __future__ import annotations

from xlcfg.catalogue.lookup import (
    XEN,
    Catalogue,
    boot_mistake,
    boot_parameter,
    boot_parameters,
    dialect_options,
    dialects,
    guest_mistake,
    guest_option,
    guest_options,
    suggest_boot_parameter,
    suggest_guest_key,
)
from xlcfg.catalogue.options import (
    ARCHITECTURES,
    GUEST_TYPES,
    BootParameter,
    GuestOption,
    Mistake,
    ParameterKind,
    SubOption,
)
from xlcfg.catalogue.releases import (
    ALWAYS,
    UnknownReleaseError,
    alive,
    newest_release,
    parse_release,
    release_index,
    releases,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.catalogue.tables import (
        boot_detail,
        detail,
        dom0less_properties,
        enum,
        grammar,
        manual_url,
        xl_conf_options,
    )

__all__ = [
    "ALWAYS",
    "ARCHITECTURES",
    "GUEST_TYPES",
    "XEN",
    "BootParameter",
    "Catalogue",
    "GuestOption",
    "Mistake",
    "ParameterKind",
    "SubOption",
    "UnknownReleaseError",
    "alive",
    "boot_detail",
    "boot_mistake",
    "boot_parameter",
    "boot_parameters",
    "detail",
    "dialect_options",
    "dialects",
    "dom0less_properties",
    "enum",
    "grammar",
    "guest_mistake",
    "guest_option",
    "guest_options",
    "manual_url",
    "newest_release",
    "parse_release",
    "release_index",
    "releases",
    "suggest_boot_parameter",
    "suggest_guest_key",
    "xl_conf_options",
]


def __getattr__(name: str) -> object:
    """The functions of `tables`, which a plain check does not need."""
    if name.startswith("_") or name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xlcfg.catalogue import tables

    return getattr(tables, name)
