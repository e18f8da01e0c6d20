"""xlcfg: checks Xen guest configs, Xen boot command lines and the runstate ABI.

The names in `__all__` are the public interface; docs/api.md says what they promise. They are
imported on first use, so that `import xlcfg` costs nothing::

    import xlcfg

    for finding in xlcfg.check(Path("web01.cfg"), xen="4.17").findings:
        print(finding.line, finding.code, finding.message)
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.api import (
        Checked,
        Finding,
        Parsed,
        Policy,
        Replayed,
        Setting,
        check,
        check_cmdline,
        parse,
        replay,
        resolve_policy,
    )

__version__ = "0.1.0"

__all__ = [
    "Checked",
    "Finding",
    "Parsed",
    "Policy",
    "Replayed",
    "Setting",
    "__version__",
    "check",
    "check_cmdline",
    "parse",
    "replay",
    "resolve_policy",
]


class _Package(type(sys)):  # type: ignore[misc]
    """This package as a module object, whose functions are not hidden by modules of their names.

    Importing the module `xlcfg.check` sets `xlcfg.check`, which is a function to everybody else.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name not in __all__ or not isinstance(value, type(sys)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'xlcfg' has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module("xlcfg.api"), name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> "list[str]":
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
