"""Completion scripts: what can be listed is in them, so that completing starts no process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlcfg.cli.reference import commands, common

if TYPE_CHECKING:
    from xlcfg.cli.reference import Argument


def script(shell: str) -> str:
    """The script for "bash", "zsh" or "fish"."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


# ---- bash ------------------------------------------------------------------------------------

_BASH = """\
# bash completion for xlcfg: put this where bash-completion looks, or eval it in ~/.bashrc
_xlcfg() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} command= at words=
    # bash splits at = in --option=value
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${{COMP_WORDS[COMP_CWORD-2]}}
    fi
    for ((at = 1; at < COMP_CWORD; at++)); do
        if [[ ${{COMP_WORDS[at]}} != -* ]]; then
            command+=${{command:+ }}${{COMP_WORDS[at]}}
            case "$command" in
                {parents}) ;;
                *) break ;;
            esac
        fi
    done
    case "$command $prev" in
{values}
    esac
    case "$command" in
{commands}
        "") words="{names} {common}" ;;
    esac
    if [[ $cur == -* || -z $command ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
        return
    fi
    case "$command" in
{positionals}
        *) COMPREPLY=() ;;
    esac
}}
complete -o filenames -o bashdefault -F _xlcfg xlcfg
"""


def _bash() -> str:
    values, options, positionals = [], [], []
    for command in commands():
        for option in command.options:
            if option.value:
                cases = " | ".join(f'"{command.name} {flag}"' for flag in option.flags)
                values.append(f"        {cases}) {_bash_reply(option)}; return ;;")
        flags = " ".join(flag for option in command.options for flag in option.flags)
        options.append(f'        "{command.name}") words="{flags}" ;;')
        if command.positionals:
            reply = _bash_reply(command.positionals[0])
            positionals.append(f'        "{command.name}") {reply} ;;')
    return _BASH.format(
        values="\n".join(values),
        commands="\n".join(options),
        names=" ".join(command.name for command in commands() if " " not in command.name),
        parents=" | ".join(sorted({c.name.split()[0] for c in commands() if " " in c.name})),
        common=" ".join(flag for option in common() for flag in option.flags),
        positionals="\n".join(positionals),
    )


def _bash_reply(argument: Argument) -> str:
    if argument.words:
        return f'COMPREPLY=($(compgen -W "{" ".join(argument.words)}" -- "$cur"))'
    if argument.file:
        return 'COMPREPLY=($(compgen -f -- "$cur"))'
    return "COMPREPLY=()"


# ---- zsh -------------------------------------------------------------------------------------

_ZSH = """\
#compdef xlcfg
# zsh completion for xlcfg: put this as _xlcfg into a directory of $fpath

_xlcfg() {{
    local curcontext=$curcontext state line
    typeset -A opt_args
    _arguments -C \\
{common}
        '1:command:->command' \\
        '*::argument:->argument'
    case $state in
        command)
            local -a commands=(
{names}
            )
            _describe command commands
            ;;
        argument)
            local command=$words[1]
            case $command in
                {parents})
                    if (( CURRENT > 2 )); then
                        command="$command $words[2]"
                        shift words
                        (( CURRENT-- ))
                    fi
                    ;;
            esac
            case $command in
{commands}
            esac
            ;;
    esac
}}

if [[ $funcstack[1] == _xlcfg ]]; then _xlcfg "$@"; else compdef _xlcfg xlcfg; fi
"""


def _zsh() -> str:
    cases = []
    for command in commands():
        specs = [*map(_zsh_option, command.options), *map(_zsh_positional, command.positionals)]
        joined = " \\\n".join(f"                        {spec}" for spec in specs)
        cases.append(
            f"                '{command.name}')\n"
            f"                    _arguments \\\n{joined}\n                    ;;"
        )
    return _ZSH.format(
        parents="|".join(sorted({c.name.split()[0] for c in commands() if " " in c.name})),
        common=" \\\n".join(f"        {_zsh_option(option)}" for option in common()) + " \\",
        names="\n".join(
            f"                {_single(command.name + ':' + command.summary)}"
            for command in commands()
            if " " not in command.name
        ),
        commands="\n".join(cases),
    )


def _single(text: str) -> str:
    """A text in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


def _zsh_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def _zsh_action(argument: Argument) -> str:
    if argument.words:
        return f"({' '.join(_zsh_text(word) for word in argument.words)})"
    return "_files" if argument.file else " "


def _zsh_option(option: Argument) -> str:
    value = f":{option.value}:{_zsh_action(option)}" if option.value else ""
    text = _zsh_text(option.help)
    flags = option.flags
    if len(flags) > 1:
        return f"{_single('(' + ' '.join(flags) + ')')}{{{','.join(flags)}}}" + _single(
            f"[{text}]{value}"
        )
    return _single(("*" if option.repeats else "") + f"{flags[0]}[{text}]{value}")


def _zsh_positional(argument: Argument) -> str:
    place = "*" if argument.repeats else "1"
    return _single(f"{place}:{argument.value}:{_zsh_action(argument)}")


# ---- fish ------------------------------------------------------------------------------------


def _fish() -> str:
    lines = [
        "# fish completion for xlcfg: put this as xlcfg.fish into ~/.config/fish/completions",
        "complete -c xlcfg -f",
    ]
    lines += [_fish_line("__fish_use_subcommand", option) for option in common()]
    lines += [
        f"complete -c xlcfg -n __fish_use_subcommand -a {command.name} "
        f"-d {_fish_quoted(command.summary)}"
        for command in commands()
        if " " not in command.name
    ]
    for command in commands():
        seen = [f"__fish_seen_subcommand_from {word}" for word in command.name.split()]
        here = _fish_quoted("; and ".join(seen))
        lines += [_fish_line(here, option) for option in command.options]
        lines += [_fish_positional(here, one) for one in command.positionals[:1]]
    return "\n".join(lines) + "\n"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_takes(argument: Argument) -> str:
    if argument.words:
        return f" -a {_fish_quoted(' '.join(argument.words))}"
    return " -F" if argument.file else ""


def _fish_line(condition: str, option: Argument) -> str:
    flags = "".join(
        f" -l {flag[2:]}" if flag.startswith("--") else f" -s {flag[1:]}" for flag in option.flags
    )
    value = f" -r{_fish_takes(option)}" if option.value else ""
    return f"complete -c xlcfg -n {condition}{flags}{value} -d {_fish_quoted(option.help)}"


def _fish_positional(condition: str, argument: Argument) -> str:
    return f"complete -c xlcfg -n {condition}{_fish_takes(argument)}"
