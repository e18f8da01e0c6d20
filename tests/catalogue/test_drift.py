"""`python -m xlcfg.catalogue.drift` over small made-up trees of Xen."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from xlcfg.catalogue import boot_parameters
from xlcfg.catalogue.build import HERE, load
from xlcfg.catalogue.drift import Drift, NotXen, version_of
from xlcfg.catalogue.drift.compare import drift
from xlcfg.catalogue.drift.kconfig import ALWAYS, MAYBE, NEVER, Options
from xlcfg.catalogue.drift.source import CFile, Tree, uncommented

RELEASE = "4.20"
KCONFIG = """\
config HAS_PCI
	bool
config ARGO
	bool "Argo" if EXPERT
config PASSED
	bool "Passed" if EXPERT
	depends on ARM_64
	select HAS_PCI
if X86
config ONLY_X86
	def_bool y
endif
config NOT_ON_X86
	bool
	default y
	depends on !X86
"""
ARCH = {
    "x86": "config X86_64\n\tdef_bool y\nconfig X86\n\tdef_bool y\n\tselect HAS_PCI\n",
    "arm": "config ARM\n\tdef_bool y\n",
}


def write(tree: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def xen(tmp_path: Path) -> Path:
    """A tree with little in it."""
    write(
        tmp_path,
        {
            "xen/Makefile": "export XEN_VERSION = 4\nexport XEN_SUBVERSION = 20\n"
            "export XEN_EXTRAVERSION ?= .4$(XEN_VENDORVERSION)\n",
            "xen/common/Kconfig": KCONFIG,
            "xen/common/Makefile": "obj-y += kernel.o\nobj-$(CONFIG_ARGO) += argo.o\n",
            "xen/common/kernel.c": "",
            "tools/xl/xl_parse.c": "",
            **{f"xen/arch/{arch}/Kconfig": text for arch, text in ARCH.items()},
            **{f"xen/arch/{arch}/setup.c": "cmdline_parse(line);\n" for arch in ARCH},
        },
    )
    return tmp_path


def about(tree: Path, place: str, *names: str) -> list[tuple[str, str, str, str]]:
    """Change, name, what and where of the differences of a place, for these names."""
    return [
        (d.change, d.name, d.what, f"{d.file}:{d.line}" if d.file else "")
        for d in drift(tree).found
        if d.place == place and (not names or d.name in names)
    ]


def test_the_version_chooses_the_line(xen: Path, tmp_path: Path) -> None:
    report = drift(xen)
    assert (report.version, report.release) == ("4.20.4", "4.20")
    write(xen, {"xen/Makefile": "XEN_VERSION = 4\nXEN_SUBVERSION = 99\nXEN_EXTRAVERSION ?= -rc\n"})
    assert (version_of(xen), drift(xen).release) == ("4.99-rc", "unstable")
    with pytest.raises(NotXen, match="has no xen/Makefile"):
        version_of(tmp_path / "xen")


def test_new_parameters(xen: Path) -> None:
    write(
        xen,
        {
            "xen/common/kernel.c": """
/* boolean_param("commented", x); */
boolean_param("frobnicate", opt_frob);
#ifdef CONFIG_X86
integer_runtime_param("frob-level", frob_level);
#else
size_param("frob-mem", frob_mem);
#endif
#ifdef CONFIG_NEVER_DEFINED
string_param("frob-name", frob_name);
#endif
""",
            "xen/common/argo.c": 'custom_param("frob-argo", parse_frob);\n',
            "xen/arch/x86/setup.c": 'cmdline_parse(line);\n  boolean_param(\n    "frob-x86", x);\n',
        },
    )
    arm = "arm32, arm64"
    assert about(xen, "boot", "frobnicate", "frob-level", "frob-mem", "frob-argo", "frob-x86",
                 "frob-name", "commented") == [
        ("new", "frob-argo", f"custom, on {arm}, x86", "xen/common/argo.c:1"),
        ("new", "frob-level", "integer, on x86", "xen/common/kernel.c:5"),
        ("new", "frob-mem", f"size, on {arm}", "xen/common/kernel.c:7"),
        ("new", "frob-x86", "boolean, on x86", "xen/arch/x86/setup.c:2"),
        ("new", "frobnicate", f"boolean, on {arm}, x86", "xen/common/kernel.c:3"),
    ]  # fmt: skip


def test_gone_and_changed_parameters(xen: Path) -> None:
    text = 'integer_param("sync_console", x);\nboolean_param("dom0_mem", y);\n'
    write(xen, {"xen/common/kernel.c": text + 'custom_runtime_param("gnttab", parse_it, init);\n'})
    assert about(xen, "boot", "maxcpus") == [("gone", "maxcpus", "no file declares it", "")]
    on = "x86 its kind is integer, not boolean"
    assert ("changed", "sync_console", f"on {on}", "xen/common/kernel.c:1") in about(xen, "boot")
    assert about(xen, "boot", "gnttab") == [
        ("changed", "gnttab", "it can be changed at run time", "xen/common/kernel.c:3")
    ]
    # every parameter of the release is looked for
    gone = {name for change, name, _, _ in about(xen, "boot") if change == "gone"}
    read = {p.name for p in boot_parameters() if p.is_read(RELEASE)}
    points = {p.name for p in boot_parameters() if RELEASE in p.detail.get("first_points", {})}
    assert read - gone - points == {"sync_console", "dom0_mem", "gnttab"}


def test_where_a_parameter_can_be_built(xen: Path) -> None:
    write(
        xen,
        {"xen/common/kernel.c": '#ifdef CONFIG_X86\nboolean_param("sync_console", x);\n#endif\n'},
    )
    ((change, _, what, _),) = about(xen, "boot", "sync_console")
    assert change == "changed"
    assert what.startswith("it can be built for x86; the catalogue has arm32")


def test_words_of_handlers(xen: Path) -> None:
    write(
        xen,
        {
            "xen/common/kernel.c": """
static int parse_gnttab(const char *s)
{
    if ( (val = parse_boolean("transitive", s, ss)) >= 0 ) {}
    else if ( !cmdline_strcmp(s, "sideways") ) {}
    else if ( !strncmp(s, "max-ver:", 8) ) {}
}
custom_param("gnttab", parse_gnttab);
"""
        },
    )
    assert about(xen, "boot-word", "gnttab=sideways", "gnttab=transitive", "gnttab=max-ver") == [
        ("new", "gnttab=sideways", "its handler knows the word", "xen/common/kernel.c:5")
    ]
    assert ("gone", "gnttab=transfer", "no file has the word", "xen/common/kernel.c:8") in about(
        xen, "boot-word"
    )


def test_keys_of_guests(xen: Path) -> None:
    write(
        xen,
        {
            "tools/xl/xl_parse.c": """
    xlu_cfg_get_string (config, "frobnicator", &s, 0);
    if (!xlu_cfg_get_long (config, "vcpus", &l, 0)) {}
    xlu_cfg_get_defbool(config, "cpu_weight", &b, 0);
    if (MATCH_OPTION("frobs", token, oparg)) {}
    else if (MATCH_OPTION("mac", token, oparg)) {}
#define parse_args(type) e = xlu_cfg_get_list_as_string_list(config, "device_model_args"#type, \\
""",
            "tools/xl/xl.c": 'xlu_cfg_get_long(config, "frob.default", &l, 0);\n',
            "tools/xl/xl_cpupool.c": 'xlu_cfg_get_string(config, "frob_pool", &s, 0);\n',
        },
    )
    file = "tools/xl/xl_parse.c"
    assert about(xen, "guest", "frobnicator", "vcpus", "cpu_weight", "device_model_args_pv") == [
        ("changed", "cpu_weight", "read by get_defbool, not get_long", f"{file}:4"),
        ("new", "frobnicator", "read by get_string", f"{file}:2"),
    ]
    assert ("gone", "maxvcpus", f"{file} has no such word", "") in about(xen, "guest")
    assert about(xen, "guest-word", "frobs", "mac") == [
        ("new", "frobs", "an option of a value that no grammar of the catalogue has", f"{file}:5")
    ]
    assert about(xen, "xl.conf", "frob.default")[0][0] == "new"
    assert about(xen, "cpupool", "frob_pool")[0][0] == "new"


def test_properties_of_trees(xen: Path) -> None:
    write(
        xen,
        {
            "xen/arch/arm/dom0less-build.c": """
    if ( !dt_property_read_u32(node, "cpus", &cpus) ) {}
    rc = dt_property_read_string(node, "xen,frob", &s);
    prop = fdt_get_property(fdt, node, "frob-size", &len);
    if ( dt_property_read_u32(node, "reg", &x) ) {}
"""
        },
    )
    file = "xen/arch/arm/dom0less-build.c"
    assert about(xen, "dom0less", "cpus", "xen,frob", "frob-size", "reg", "nr_spis") == [
        ("gone", "nr_spis", "no file below xen/ has it", ""),
        ("new", "frob-size", "a property that is read", f"{file}:4"),
        ("new", "xen,frob", "a property that is read", f"{file}:3"),
    ]


def test_documentation(xen: Path) -> None:
    write(
        xen,
        {
            "docs/misc/xen-command-line.pandoc": "### Boolean\n\n## Parameter details\n\n"
            "### frobnicate (x86)\n> `= <boolean>`\n\n### sync_console\n"
            "### ivrs_hpet[`<hpet>`] (AMD)\n",
            "docs/man/xl.cfg.5.pod.in": "=item B<vcpus=N>\n\n=item B<frobnicator=STRING>\n",
            "docs/misc/arm/device-tree/booting.txt": "- compatible\n\n- xen,frob (optional)\n",
        },
    )
    pages = about(xen, "documentation")
    assert {name for change, name, _, _ in pages if change == "new"} == {
        "frobnicate", "frobnicator", "xen,frob",
    }  # fmt: skip
    gone = {name for change, name, _, _ in pages if change == "gone"}
    assert {"dom0_mem", "maxvcpus"} <= gone
    assert not {"sync_console", "vcpus", "ivrs_hpet["} & gone


def test_options_of_builds(xen: Path) -> None:
    x86, arm64, arm32 = (Options(xen, arch) for arch in ("x86", "arm64", "arm32"))
    assert [o.value("HAS_PCI") for o in (x86, arm64, arm32)] == [ALWAYS, MAYBE, NEVER]
    assert [o.value("ONLY_X86") for o in (x86, arm64)] == [ALWAYS, NEVER]
    assert [o.value("NOT_ON_X86") for o in (x86, arm64)] == [NEVER, ALWAYS]
    assert x86.condition("defined(CONFIG_HAS_PCI) && !defined(CONFIG_ARM)") == ALWAYS
    assert arm64.condition("!(defined(CONFIG_ARM)) || CONFIG_SIZE > 3") == MAYBE
    assert arm32.condition("IS_ENABLED(CONFIG_HAS_PCI)") == NEVER


def test_conditions_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.c"
    path.write_text("#if A && \\\n  B\nx\n#elif C\ny\n#else\nz\n#endif\nw\n")
    file = CFile(tmp_path, path)
    held = {name: file.conditions(file.text.index(f"\n{name}\n") + 1) for name in "xyzw"}
    assert held == {
        "x": ("A && B",), "y": ("!(A && B) && (C)",), "z": ("!(A && B) && !(C)",), "w": (),
    }  # fmt: skip


def test_comments_are_blanks() -> None:
    text = 'a("/* no */"); /* x\ny */ b; // c "d\n\'"\' e'
    plain = uncommented(text)
    assert len(plain) == len(text)
    assert plain.split() == ['a("/*', "no", '*/");', "b;", "'\"'", "e"]


def test_functions_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a.c"
    path.write_text("int f(int);\nint g(void) { f(1); }\nint __init f(int x)\n{ if (x) { y; } }\n")
    assert CFile(tmp_path, path).function("f").split() == ["if", "(x)", "{", "y;", "}"]
    assert CFile(tmp_path, path).function("h") == ""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "xlcfg.catalogue.drift", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command(xen: Path) -> None:
    write(xen, {"xen/common/kernel.c": 'boolean_param("frobnicate", x);\n'})
    done = run(str(xen))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    (told,) = [line for line in lines if "frobnicate" in line]
    assert re.match(r"boot +new +frobnicate +boolean, .*kernel\.c:1$", told)
    assert re.fullmatch(
        r"Xen 4\.20\.4 against the catalogue's 4\.20: \d+ new, \d+ gone, \d+ changed", lines[-1]
    )
    answer = json.loads(run(str(xen), "--format", "json", "--release", "4.17").stdout)
    schema = json.loads((HERE / "schema" / "drift.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(answer, schema)
    assert answer["release"] == "4.17"
    assert answer["counts"]["new"] == sum(one["change"] == "new" for one in answer["found"])
    for arguments, said in (
        ([str(xen / "xen")], "xen/Makefile"),
        ([str(xen), "--release", "9"], "9"),
    ):
        failed = run(*arguments)
        assert failed.returncode == 2
        assert said in failed.stderr


def test_a_tree_with_all_that_the_catalogue_has(xen: Path) -> None:
    """Nothing is new, gone or changed in what a tree declares as the catalogue has it."""
    parameters = [p for p in boot_parameters() if p.is_read("unstable", "x86")]
    c = "".join(f'{p.kind("unstable", "x86")}_param("{p.name}", parse);\n' for p in parameters)
    keys = "".join(
        f'xlu_cfg_{function}(config, "{o["name"]}", &x);\n'
        for o in load("guest_options")["options"]
        for reader in o["readers"]
        if reader["runs"][-1][1] == "unstable"
        for function in reader["functions"]
    )
    write(xen, {"xen/arch/x86/setup.c": "cmdline_parse(l);\n" + c, "tools/xl/xl_parse.c": keys})
    found = [d for d in drift(xen, "unstable").found if d.place in ("boot", "guest")]
    own = [d for d in found if d.change == "new" or "kind" in d.what or "read by" in d.what]
    assert own == []
    assert isinstance(found[0], Drift)
    assert Tree(xen).one("no/such.c") is None
