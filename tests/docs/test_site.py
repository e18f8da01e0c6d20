"""The documentation site: a page for everything, links that lead somewhere, a true reference."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support import ROOT
from xlcfg.catalogue import boot_parameters, guest_options, xl_conf_options
from xlcfg.docs import hooks
from xlcfg.docs.pages import below, pages, slug, title, with_pages
from xlcfg.hooks import specs
from xlcfg.report.explain import contributed
from xlcfg.rules._index import CODES

SECTIONS = ("What it does", "Why", "Example", "Fix")


@functools.cache
def site() -> dict[str, str]:
    return pages()


def test_every_finding_has_a_page_with_its_sections() -> None:
    for code in {*CODES, *contributed()}:
        page = site()[f"rules/{code}.md"]
        for section in SECTIONS:
            assert f"\n{section}\n---" in page, (code, section)
        assert f"[{code}]({code}.md)" in site()["rules/index.md"]
        assert title(code)


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("guest-keys", [option.name for option in guest_options()]),
        ("boot-parameters", [parameter.name for parameter in boot_parameters()]),
        ("xl-conf", list(xl_conf_options())),
    ],
)
def test_every_option_has_a_page(folder: str, names: list[str]) -> None:
    index = site()[f"{folder}/index.md"]
    paths = [f"{folder}/{slug(name)}.md" for name in names]
    assert len({path.lower() for path in paths}) == len(names), "one file for each, on any system"
    for name, path in zip(names, paths, strict=True):
        assert f"]({path.partition('/')[2]})" in index
        page = site()[path]
        assert page.startswith(f"# `{name}`")
        assert "| Value |" in page, name
        assert "| Read by |" in page, name
        if folder != "xl-conf":
            assert "| Architecture |" in page, name


def test_a_page_says_what_the_catalogue_knows() -> None:
    page = site()["guest-keys/disk.md"]
    for text in (
        "    disk = [",
        "| `vdev` |",
        "raw, qcow, qcow2",
        "| Guest types | pv, pvh, hvm |",
    ):
        assert text in page, text


def test_links_between_pages_lead_somewhere() -> None:
    known = {*site(), "index.md"}
    docs = {str(p.relative_to(ROOT / "docs")) for p in (ROOT / "docs").rglob("*") if p.is_file()}
    known |= docs
    written = {
        name: (ROOT / "docs" / name).read_text("utf-8") for name in docs if name.endswith(".md")
    }
    for path, text in {**site(), **written}.items():
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
            found = os.path.normpath(os.path.join(os.path.dirname(path), target))
            assert found in known, f"{path} links to {target}"


def test_the_reference_of_the_hooks_is_up_to_date() -> None:
    assert hooks.main(["--check"]) == 0, "run `python -m xlcfg.docs.hooks`"
    page = hooks.PAGE.read_text(encoding="utf-8")
    for name in specs.SHAPES:
        assert f"### `{name}`" in page


def test_the_tutorial_works(tmp_path: Path) -> None:
    """Its files, written down as it says, make a plugin whose tests pass."""
    text = hooks.PAGE.read_text(encoding="utf-8").partition("## A vote")[0]
    blocks = re.findall(r"`([\w/]+\.(?:py|toml))`.*?\n```\w+\n(.*?)```", text, re.DOTALL)
    files = dict(blocks)
    assert set(files) == {
        "pyproject.toml",
        "xlcfg_sites/__init__.py",
        "xlcfg_sites/site_in_name.py",
        "tests/test_sites.py",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    project = tomllib.loads(files["pyproject.toml"])["project"]
    (target,) = project["entry-points"]["xlcfg"].values()
    paths = os.pathsep.join(map(str, (tmp_path, ROOT, ROOT / "plugins")))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths, "XLCFG_PLUGINS": f"{target}:"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_mkdocs_knows_every_written_page() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"^ +- (?:[\w. ]+: )?([\w/-]+\.md)$", text, re.MULTILINE)
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").as_posix()
        assert name in named, f"{name} is not in the nav of mkdocs.yml"
    for name in named:
        assert name == "index.md" or name in site() or (ROOT / "docs" / name).exists()


def test_every_generated_page_is_below_its_list() -> None:
    nav = with_pages(
        [{"Findings": "rules/index.md"}, {"Keys": "guest-keys/index.md"}], below(site())
    )
    findings, keys = (next(iter(section.values())) for section in nav)
    assert findings[0] == {"All of them": "rules/index.md"}
    listed = [path for family in findings[1:] for path in next(iter(family.values()))]
    assert sorted(listed) == sorted(
        path for path in site() if path.startswith("rules/") and path != "rules/index.md"
    )
    assert keys[0] == {"All of them": "guest-keys/index.md"}
    assert "guest-keys/vcpus.md" in keys


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("XL101", ["| Severity | warning |", "| Fix | unsafe", "ignore[XL101]", "| all |"]),
        ("XL001", ["| Severity | error |", "| Fix | safe", "while it reads the file"]),
        ("XD302", ["once the domain exists", "since 4.17", "| Fix | none |"]),
        ("XL107", ["up to 4.5"]),
        ("BL302", ["Xen, while it reads its command line", "up to 4.21"]),
        ("IO001", ["cannot be: a run that has not looked must not look clean"]),
    ],
)
def test_the_page_of_a_finding_says_in_a_table_what_it_is(code: str, rows: list[str]) -> None:
    page = site()[f"rules/{code}.md"]
    for row in rows:
        assert row in page, row
