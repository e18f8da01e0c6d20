"""`xlcfg plugins`: who takes part in a run."""

from __future__ import annotations

from xlcfg.core.screen import safe
from xlcfg.hooks import LAZY_PLUGINS, Hooks


def render(hooks: Hooks) -> str:
    """One line per plugin: name, version, where from, the hooks it answers."""
    lines = []
    waiting = {one.module for one in LAZY_PLUGINS}
    hooks.load_all()
    for module in hooks.builtins():
        answers = sorted(n.removeprefix("xlcfg_") for n in vars(module) if n.startswith("xlcfg_"))
        how = "built in, for files of its kind" if module.__name__ in waiting else "built in"
        lines.append(f"{module.__name__} ({how}): {', '.join(answers)}")
    if hooks.manager is not None:
        for loaded in hooks.manager.loaded:
            found = loaded.found
            origin = f"{found.distribution} {found.version}".strip() or "XLCFG_PLUGINS"
            if found.starts:
                origin += f", for files that start with {found.starts!r}"
            answers = [name.removeprefix("xlcfg_") for name in loaded.hooks]
            lines.append(safe(f"{found.name} ({origin}, {found.target}): {', '.join(answers)}"))
    lines.extend(
        safe(f"{f.plugin}: not loaded: {f.error}") for f in hooks.failures if f.hook == "loading"
    )
    return "\n".join(lines) + "\n"
