"""Both ways to a hook's answers agree, and misbehaving plugins are named and contained."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from support import make_linter
from xlcfg.checks.guest import check_guests, check_source
from xlcfg.checks.report import Report
from xlcfg.core.source import Source
from xlcfg.hooks import BUILTINS, Hooks, specs
from xlcfg.hooks.discovery import _groups, find_plugins
from xlcfg.model.target import Target

CONFIG = b'name = "a"\nkernel = "/k"\nvcpu = 2\nmemory = 1\nmemory = 99\nrunstate_translation=1\n'


def specified() -> dict[str, Any]:
    return {n: f for n, f in vars(specs).items() if n.startswith("xlcfg_")}


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes a module with these functions the only external plugin."""
    made: list[str] = []

    def make(**functions: Any) -> Hooks:
        name = f"a_plugin_{len(made)}.x"
        module = types.ModuleType(name)
        for key, value in functions.items():
            setattr(module, key, value)
        package = name.partition(".")[0]
        sys.modules[package] = types.ModuleType(package)
        sys.modules[name] = module
        made.append(name)
        monkeypatch.setenv("XLCFG_PLUGINS", name)
        return Hooks()

    yield make
    for name in made:
        del sys.modules[name], sys.modules[name.partition(".")[0]]


def check(hooks: Hooks, config: bytes = CONFIG) -> Report:
    return check_source(Source("g.cfg", config), make_linter("4.17", "x86_64", hooks))


def said(report: Report) -> list[tuple[str, int | None, str]]:
    return [(d.code, d.start, d.message) for d in report.diagnostics]


def test_built_ins_take_what_the_hookspecs_say() -> None:
    hooks = Hooks(plugins=False)
    hooks.load_all()
    for module in hooks.builtins():
        for name, function in vars(module).items():
            if name.startswith("xlcfg_"):
                wanted = inspect.signature(specified()[name]).parameters
                assert list(inspect.signature(function).parameters) == list(wanted), name


def test_every_hook_is_documented_with_its_arguments_and_checked() -> None:
    for name, function in specified().items():
        doc = inspect.getdoc(function) or ""
        for argument in inspect.signature(function).parameters:
            assert f"{argument}:" in doc, (name, argument)
        assert "Returns" in doc or "Name" in doc, name
        assert name in specs.SHAPES


def test_straight_and_through_pluggy_give_the_same(plug: Any) -> None:
    straight = Hooks(plugins=False)
    through = plug(xlcfg_formats=list)
    assert straight.manager is None
    assert through.manager is not None
    one, other = check(straight), check(through)
    assert said(one) == said(other)
    assert one.policy is not None
    assert other.policy is not None
    assert one.policy.policy == other.policy.policy == "hypercall"
    assert [vars_of(s) for s in one.policy.steps] == [vars_of(s) for s in other.policy.steps]


def vars_of(thing: object) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in type(thing).__slots__}  # type: ignore[attr-defined]


@pytest.mark.fault("a plugin raises", says="`PL001` names it", lost="the plugin's answer")
@pytest.mark.parametrize(
    "hook", ["xlcfg_rules", "xlcfg_policy", "xlcfg_read_config", "xlcfg_options"]
)
def test_a_hook_that_raises_is_named(plug: Any, hook: str) -> None:
    def broken(*_: Any, **__: Any) -> None:  # older pluggy passes by place
        raise ZeroDivisionError("oh no")

    broken.__signature__ = inspect.signature(specified()[hook])  # type: ignore[attr-defined]
    hooks = plug(**{hook: broken})
    assert said(check(hooks)) == said(check(Hooks(plugins=False)))
    assert {(f.hook, f.error) for f in hooks.failures} == {(hook, "ZeroDivisionError: oh no")}


@pytest.mark.fault("a plugin answers nonsense", says="`PL001` names it", lost="the plugin's answer")
@pytest.mark.parametrize("nonsense", [42, "words", [object()], object()])
@pytest.mark.parametrize(
    "hook", ["xlcfg_rules", "xlcfg_policy", "xlcfg_read_config", "xlcfg_options"]
)
def test_a_hook_that_answers_nonsense_is_named(plug: Any, hook: str, nonsense: Any) -> None:
    hooks = plug(**{hook: lambda: nonsense})
    assert said(check(hooks)) == said(check(Hooks(plugins=False)))
    assert {f.hook for f in hooks.failures} == {hook}


def rule(code: str, check: Any) -> types.SimpleNamespace:
    return types.SimpleNamespace(CODE=code, NAME="n", SUMMARY="s", check=check)


def test_a_rule_that_raises_is_named_once(plug: Any) -> None:
    def bad(guest: Any) -> list[Any]:
        raise ValueError("no")

    hooks = plug(xlcfg_rules=lambda: [rule("ZZ001", bad), rule("ZZ002", lambda guest: ["x"])])
    linter = make_linter("4.17", "x86_64", hooks)
    for _ in range(3):
        check_source(Source("g.cfg", CONFIG), linter)
    assert [(f.hook, f.error) for f in hooks.failures] == [
        ("rule ZZ001", "ValueError: no"),
        ("rule ZZ002", "TypeError: it found str, not a Diagnostic"),
    ]


def test_a_code_that_is_taken_is_refused(plug: Any) -> None:
    hooks = plug(xlcfg_rules=lambda: [rule("XL101", lambda guest: [])])
    assert said(check(hooks)) == said(check(Hooks(plugins=False)))
    (failure,) = hooks.failures
    assert "XL101 is already taken" in failure.error


def test_an_option_of_xen_cannot_be_contributed(plug: Any) -> None:
    from xlcfg.catalogue import GuestOption

    hooks = plug(
        xlcfg_options=lambda: [GuestOption("vcpu", "long"), GuestOption("memory", "string")]
    )
    found = said(check(hooks))
    assert "XL101" not in {code for code, _, _ in found}
    (failure,) = hooks.failures
    assert "memory" in failure.error
    assert failure.plugin == "a_plugin_0.x"


def test_an_unknown_hook_and_another_api_are_refused(plug: Any) -> None:
    hooks = plug(xlcfg_rulez=list)
    assert [f.error for f in hooks.failures] == ["RuntimeError: there is no hook xlcfg_rulez"]
    hooks = plug(XLCFG_API=9, xlcfg_rules=list)
    (failure,) = hooks.failures
    assert "version 9 of the hooks, this xlcfg has version 1" in failure.error


def test_a_plugin_reads_configs_of_its_own(plug: Any) -> None:
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.guest import read_guest

    def read(source: Source, target: Target) -> Guest | None:
        if not source.data.startswith(b"<domain"):
            return None
        return Guest(source, read_guest('name="x"\nkernel="/k"\n'), target, toolstack="mine")

    hooks = plug(xlcfg_read_config=read)
    report = check(hooks, b"<domain/>")
    assert report.guest is not None
    assert report.guest.toolstack == "mine"
    assert check(hooks).guest.toolstack == "xl"  # type: ignore[union-attr]


def test_entry_points_are_read_from_their_group_only() -> None:
    text = (
        "[console_scripts]\na = b:c\n\n[xlcfg]\n# no\none = pkg.mod\ntwo=pkg:attr\n[other]\nx = y\n"
        "[xlcfg.starts.3c78]\nxml = pkg.xml\n[xlcfg.starts.nohex]\nbad = pkg.bad\n"
    )
    assert _groups(text) == [
        ("one", "pkg.mod", b""),
        ("two", "pkg:attr", b""),
        ("xml", "pkg.xml", b"<x"),
    ]


def test_the_environment_narrows_plugins(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("one", "two"):
        info = tmp_path / f"{name}-1.2.dist-info"
        info.mkdir()
        (info / "entry_points.txt").write_text(f"[xlcfg]\n{name} = {name}_module\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delenv("XLCFG_PLUGINS", raising=False)
    assert [(f.name, f.distribution, f.version) for f in find_plugins()] == [
        ("one", "one", "1.2"),
        ("two", "two", "1.2"),
    ]
    monkeypatch.setenv("XLCFG_PLUGINS", "two,pkg.module")
    assert [f.name for f in find_plugins()] == ["two", "pkg.module"]
    monkeypatch.setenv("XLCFG_PLUGINS", "")
    assert find_plugins() == []
    assert Hooks().failures == []
    # what is not there would be missed by nobody
    monkeypatch.setenv("XLCFG_PLUGINS", "tow, ")
    (failure,) = Hooks().failures
    assert (failure.plugin, failure.hook) == ("tow", "loading")
    assert failure.error.endswith("no plugin of this name is installed; there are one, two")


XML = b"<domain type='xen'><name>a</name><memory>1</memory></domain>"


def test_toolstacks_come_when_their_files_do(plug: Any) -> None:
    for hooks in (Hooks(plugins=False), plug(xlcfg_formats=list)):
        linter = make_linter("4.17", "x86_64", hooks)
        before = {rule.CODE for rule in linter.rules()}
        assert check_source(Source("g.cfg", CONFIG), linter).guest.toolstack == "xl"  # type: ignore[union-attr]
        assert len(hooks.builtins()) == len(BUILTINS)
        assert check_source(Source("g.xml", XML), linter).guest.toolstack == "libvirt"  # type: ignore[union-attr]
        assert len(hooks.builtins()) == len(BUILTINS) + 1
        assert {rule.CODE for rule in linter.rules()} > before
        assert check_source(Source("g.cfg", CONFIG), linter).guest.toolstack == "xl"  # type: ignore[union-attr]


def test_plugins_are_asked_before_toolstacks_that_come_late(plug: Any) -> None:
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.guest import read_guest

    def read(source: Source, target: Target) -> Guest:
        return Guest(source, read_guest('name="x"\n'), target, toolstack="mine")

    assert check(plug(xlcfg_read_config=read), XML).guest.toolstack == "mine"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "module"),
    [
        (b"  <?xml version='1.0'?>", "xlcfg_libvirt.plugin"),
        (b"\xef\xbb\xbf<domain/>", "xlcfg_libvirt.plugin"),
        (b"// board\n/dts-v1/;", "xlcfg_dom0less.plugin"),
        (b'domU1 { compatible = "xen,domain"; };', "xlcfg_dom0less.plugin"),
        (b"\xd0\x0d\xfe\xed\0", "xlcfg_dom0less.plugin"),
        (b"uuid ( RO)    : 1", "xlcfg_xapi.plugin"),
        (b'{"VCPUs_max": 1}', "xlcfg_xapi.plugin"),
    ],
)
def test_what_brings_a_toolstack_in(data: bytes, module: str) -> None:
    hooks = Hooks(plugins=False)
    assert hooks.load_for(data)
    assert [m.__name__ for m in hooks.builtins()] == [*BUILTINS, module]
    assert not hooks.load_for(data)


def test_a_plugin_can_wait_for_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    info = tmp_path / "late-1.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(f"[xlcfg.starts.{b'%YAML'.hex()}]\nlate = late_one\n")
    (tmp_path / "late_one.py").write_text(
        "from xlcfg.model.guest import Guest\n"
        "from xlcfg.syntax.guest import read_guest\n"
        "def xlcfg_read_config(source, target):\n"
        "    if source.data.startswith(b'%YAML'):\n"
        "        one = read_guest('name=\"x\"\\n')\n"
        "        return [Guest(source, one, target, toolstack='late') for _ in range(2)]\n"
    )
    monkeypatch.delenv("XLCFG_PLUGINS", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    hooks = Hooks()
    waiting = hooks.manager
    assert check(hooks).guest.toolstack == "xl"  # type: ignore[union-attr]
    assert "late_one" not in sys.modules
    assert hooks.manager is waiting
    linter = make_linter("4.17", "x86_64", hooks)
    both = check_guests(Source("g.yaml", b"%YAML 1.2"), linter)
    assert [r.guest.toolstack for r in both if r.guest] == ["late", "late"]
    assert hooks.failures == []
    del sys.modules["late_one"]


def test_rules_can_be_for_some_toolstacks_only(plug: Any) -> None:
    from xlcfg.core.diagnostics import INFO, Diagnostic

    def says(guest: Any) -> list[Diagnostic]:
        return [Diagnostic("ZZ001", INFO, guest.toolstack)]

    only = rule("ZZ001", says)
    only.TOOLSTACKS = ("libvirt",)
    hooks = plug(xlcfg_rules=lambda: [only])
    assert "ZZ001" not in {d.code for d in check(hooks).diagnostics}
    assert "ZZ001" in {d.code for d in check(hooks, XML).diagnostics}
