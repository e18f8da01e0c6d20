"""Writes the manual page `xlcfg.1`, from the parser.

python -m xlcfg.docs.man           write it anew
python -m xlcfg.docs.man --check   exit 1 when it is stale
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xlcfg.cli.reference import commands, common
from xlcfg.core.version import VERSION
from xlcfg.generated import keep

if TYPE_CHECKING:
    from xlcfg.cli.reference import Argument

PAGE = Path(__file__).with_name("xlcfg.1")

_HEAD = r"""
.\" Written by `python -m xlcfg.docs.man`.
.TH XLCFG 1 "" "xlcfg {version}" "User Commands"
.SH NAME
xlcfg \- check Xen guest configs, Xen boot command lines and the runstate ABI
.SH SYNOPSIS
.B xlcfg
.I COMMAND
.RI [ ARGUMENT ...]
.SH DESCRIPTION
xlcfg reads Xen guest configs, Xen boot command lines and boot traces, and tells what Xen will make
of them, without a Xen host: what xl refuses, what it ignores without a word, and what the
hypervisor will call unknown.
""".lstrip("\n")

_TAIL = r"""
.SH EXIT STATUS
.TP
.B 0
clean
.TP
.B 1
findings of severity error or warning
.TP
.B 2
usage, or an input that cannot be read
.SH ENVIRONMENT
.TP
.B COLUMNS
how wide help is
.TP
.B NO_COLOR
no colours on a terminal, where it is set and not empty
.TP
.B FORCE_COLOR
colours, wherever the output goes
.TP
.B XDG_CACHE_HOME
where what was found is remembered, instead of ~/.cache
.TP
.B XLCFG_PLUGINS
which installed plugins take part, separated by commas
.TP
.B XLCFG_PLUGIN_TIMEOUT
the seconds that a plugin may take for an answer
.SH EXAMPLES
.TP
.B xlcfg check /etc/xen
check every guest config of a host
.TP
.B xlcfg check \-\-xen 4.17 \-\-format json web01.cfg
check one config for Xen 4.17, for a program to read
.TP
.B xlcfg cmdline \(aqdom0_mem=4G console=vga\(aq
check a boot command line
.TP
.B xlcfg explain XL101
explain a finding
.SH SEE ALSO
.BR xl (1),
.BR xl.cfg (5),
.BR xl.conf (5)
""".lstrip("\n")


def text() -> str:
    """The page, as roff."""
    lines = [_HEAD.format(version=VERSION)]
    lines.append(".SH OPTIONS\n" + "".join(map(_described, common())))
    lines.append(".SH COMMANDS\n")
    for command in commands():
        takes = " ".join(map(_synopsis, command.positionals))
        lines.append(f".SS {_escaped(command.name)} [OPTION...] {_escaped(takes)}".rstrip() + "\n")
        about = command.description
        about = about[0].upper() + about[1:]
        lines.append(_escaped(about if about.endswith(".") else about + ".") + "\n")
        lines += [_described(one) for one in command.arguments if one.help]
    return "".join(lines) + _TAIL


def _synopsis(argument: Argument) -> str:
    shown = argument.value + ("..." if argument.repeats else "")
    return f"[{shown}]" if argument.optional else shown


def _described(argument: Argument) -> str:
    flags = ", ".join(rf"\fB{_escaped(flag)}\fR" for flag in argument.flags)
    value = rf"\fI{_escaped(argument.value)}\fR" if argument.value else ""
    return f".TP\n{' '.join(filter(None, (flags, value)))}\n{_escaped(argument.help)}\n"


def _escaped(plain: str) -> str:
    """Text as roff; a minus that is typed must stay one, and no line may begin with a request."""
    roff = plain.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    return rf"\&{roff}" if roff.startswith(".") else roff


def main(argv: list[str] | None = None) -> int:
    """Write the page, or with `--check` compare it; 1 when it is stale."""
    return keep({PAGE: text()}, "python -m xlcfg.docs.man", argv)


if __name__ == "__main__":
    sys.exit(main())
