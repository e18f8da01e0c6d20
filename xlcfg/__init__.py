"""xlcfg: checks Xen guest configs, Xen boot command lines and the runstate ABI.

The names in `__all__` are the public interface; docs/api.md says what they promise. They are
imported on first use, so that `import xlcfg` costs nothing::

    import xlcfg

    for finding in xlcfg.check(Path("web01.cfg"), xen="4.17").findings:
        print(finding.line, finding.code, finding.message)
"""

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
    from xlcfg.core.version import VERSION as __version__  # noqa: N811

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


def __getattr__(name: str) -> object:
    if name == "__version__":
        from xlcfg.core.version import VERSION

        return VERSION
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module("xlcfg.api"), name)
    globals()[name] = value
    return value


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
