"""A guest of another type than the project says.

What it does
------------
Where the settings of a project say of what type the guests under a path are meant to be (`type` in
`.xlcfg.toml` or pyproject.toml), reports those that xl makes guests of another type of.

Why
---
xl knows of no project. It goes by `type` (before 4.10 by `builder` alone), and without either it
builds a PV guest on x86: the kernel sees other devices than it was set up for, or does not start.

On Arm all guests are of one type, which Xen 4.12 and later call PVH and earlier ones PV; there both
names are as good.

Example
-------
    # .xlcfg.toml: type = "pvh"
    name = "web"
    kernel = "/boot/vmlinuz"

Fix
---
    # .xlcfg.toml: type = "pvh"
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting

CODE = "XL110"
NAME = "other-type-than-declared"
SUMMARY = "xl builds a guest of another type than the project's settings say"
SEVERITY = "warning"
FIX = "unsafe"
TOOLSTACKS = ("xl",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the setting that decides or at the beginning of the file."""
    built = other_type(guest)
    if not built:
        return
    meant = guest.target.guest_type
    deciding = _deciding(guest)
    name = "type" if _knows_type(guest) else "builder"
    why = "" if deciding is not None else f" for want of a `{name}`"
    help_text, fix = _help(guest, deciding)
    yield Diagnostic(
        CODE,
        WARNING,
        f"xl builds {_a(built)} guest{why}, and the project's settings say {meant.upper()}",
        start=0 if deciding is None else deciding.start,
        end=None if deciding is None else deciding.name_end,
        help=help_text,
        fix=fix,
    )


def other_type(guest: Guest) -> str:
    """The type xl makes a guest of where the project says another, else "" (also of no type)."""
    meant = guest.target.guest_type
    if not meant or guest.document.refused:
        return ""
    built = guest.reading.guest_type or ""
    if built != "hvm" and guest.target.arch.startswith(("arm", "riscv")):
        built = "pvh"
        if meant == "pv":
            return ""
    if meant == "pvh" and guest.reading.values.get("pvh"):
        return ""  # so PVH was asked for before there was a `type`
    return "" if built == meant else built


def type_to_add(guest: Guest) -> str:
    """The type that this rule wants a line added for, or ""."""
    if not other_type(guest) or _deciding(guest) is not None:
        return ""
    return guest.target.guest_type if _help(guest, None)[1] is not None else ""


def _a(kind: str) -> str:
    return f"an {kind.upper()}" if kind == "hvm" else f"a {kind.upper()}"


def _deciding(guest: Guest) -> Setting | None:
    """The setting that xl takes the type from."""
    for name in ("builder", "type") if _knows_type(guest) else ("builder",):
        setting = guest.settings.get(name)
        if setting is not None and not setting.value.is_list:
            return setting
    return None


def _knows_type(guest: Guest) -> bool:
    option = guest.target.catalogue.guest_option("type")
    return option is not None and option.is_read(guest.target.release, guest.target.arch)


def _help(guest: Guest, deciding: Setting | None) -> tuple[str, Fix | None]:
    """What to do, and a fix where that is one setting: it changes the guest, so it is not safe."""
    target = guest.target
    meant = target.guest_type
    if target.arch.startswith(("arm", "riscv")) and meant == "hvm":
        return "there are no HVM guests on Arm: correct the project's settings", None
    if _knows_type(guest):
        line = f'type = "{meant}"'
    elif meant == "pvh":
        return f"Xen {target.release} has no `type` yet: correct the project's settings", None
    else:
        line = 'builder = "{}"'.format("hvm" if meant == "hvm" else "generic")
    name = line.partition(" ")[0]
    taken = name in guest.settings.by_name
    if deciding is None:
        if taken:
            return f"write {line}", None
        at = _place(guest)
        return f"add {line}", Fix(f"add {line}", False, [(at, at, f"{line}\n".encode())])
    if deciding.name != name and taken:
        return f"remove `{deciding.name}` and write {line}", None
    if meant != "hvm" and not {"kernel", "bootloader"} & guest.settings.by_name.keys():
        return f"write {line}, and a `kernel` or `bootloader`, which xl wants then", None
    if deciding.op != "=":
        return f"write {line}", None
    edit = (deciding.start, deciding.end, line.encode())
    return f"write {line}", Fix(f"write {line}", False, [edit])


def _place(guest: Guest) -> int:
    """Where a new line goes: behind the name if that has a line to itself, else before all."""
    source = guest.source
    name = guest.settings.get("name")
    if name is not None:
        end = source.text.find("\n", name.end)
        rest = source.text[name.end : end].lstrip()
        if end >= 0 and (not rest or rest.startswith("#")):
            return end + 1
    first = min((setting.start for setting in guest.document.settings), default=0)
    return source.line_start(source.line_of(first))
