"""xl's sub-grammars, imported when a config uses the key.

Every module has `read(reader, key)`: it reads the key's value the way xl does, reports what xl
refuses or skips, and leaves what xl would use in `reader.values[key]`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader


def in_dom0(device: dict[str, object]) -> bool:
    """Whether dom0 serves a device."""
    return device.get("backend_domname") in (None, "0", "Domain-0")


def read(reader: ConfigReader, key: str, module: str) -> None:
    """Reads one key through the module that the catalogue names."""
    found = __import__(f"{__name__}.{module}", fromlist=["read"])
    found.read(reader, key)
