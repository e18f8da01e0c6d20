"""Every format, on files with hostile names and bytes, read back the way its consumers do."""

from __future__ import annotations

import importlib
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import jsonschema
import pytest

import needs
import xlcfg
from formats_help import annotation, applied, official_sarif_schema, write_files
from support import ROOT, Cli
from xlcfg.core.screen import safe
from xlcfg.report import FORMATS, says
from xlcfg.report.links import SITE
from xlcfg.report.xml import text as shown

SCHEMA = json.loads((Path(xlcfg.__file__).parent / "report/schema/report.schema.json").read_text())
CHECKED = ("--no-cache", ".", "host.dts", "missing.cfg")

#: What GitLab takes, from its documentation: an issue without one of these is left out.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "positions"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                    "positions": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": {
                            "type": "object",
                            "required": ["line"],
                            "additionalProperties": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
        "additionalProperties": False,
    },
}

#: Element -> attributes (True: required) and children, as Jenkins' xUnit plugin takes them.
JUNIT: dict[str, tuple[dict[str, bool], set[str]]] = {
    "testsuites": (
        dict.fromkeys(("name", "time", "tests", "failures", "errors"), False),
        {"testsuite"},
    ),
    "testsuite": (
        {"name": True, "tests": True, "failures": True, "errors": True, "time": False},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": (
        {"name": True, "classname": False, "time": False},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type": False, "message": False}, set()),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("formats"))


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[str, str]:
    """What each format prints about the folder."""
    out = {}
    for form in FORMATS:
        done = Cli()("check", "--format", form, *CHECKED, cwd=folder)
        assert done.returncode == 2, done.stderr  # missing.cfg cannot be read
        out[form] = done.stdout
    return out


@pytest.fixture(scope="module")
def found(printed: dict[str, str]) -> list[dict[str, Any]]:
    """The findings as JSON has them, which the other formats must have too."""
    diagnostics: list[dict[str, Any]] = json.loads(printed["json"])["diagnostics"]
    for d in diagnostics:
        d["path"] = d["path"].removeprefix("./")
    assert len({d["path"] for d in diagnostics}) > 12
    assert {d["severity"] for d in diagnostics} == {"error", "warning", "info"}
    assert sum("fix" in d for d in diagnostics) > 10
    return diagnostics


def begin(d: dict[str, Any]) -> tuple[int, int]:
    return d["line"] or 1, d["column"] or 1


# ---- our own -----------------------------------------------------------------------------------


def test_json(printed: dict[str, str]) -> None:
    jsonschema.validate(json.loads(printed["json"]), SCHEMA)


def test_json_lines(printed: dict[str, str]) -> None:
    schema = {"$ref": "#/$defs/line", "$defs": dict(SCHEMA["$defs"])}
    one = SCHEMA["$defs"]["diagnostic"]
    schema["$defs"]["line"] = {
        **one,
        "required": ["version", *one["required"]],
        "properties": {"version": {"const": 1}, **one["properties"]},
    }
    # programs split at line feeds; Python's splitlines would know more ends of lines
    assert printed["json-lines"].endswith("\n")
    lines = [json.loads(line) for line in printed["json-lines"][:-1].split("\n")]
    for line in lines:
        jsonschema.validate(line, schema)
        del line["version"]
    assert lines == json.loads(printed["json"])["diagnostics"]


def test_concise_can_be_split(printed: dict[str, str], found: list[dict[str, Any]]) -> None:
    lines = printed["concise"][:-1].split("\n")
    assert len(lines) == len(found) + 1
    for line, d in zip(lines, found, strict=False):
        match = re.fullmatch(r"(.*?)(?::(\d+):(\d+))?: (\w+)\[(\w+)\]: (.*)", line)
        assert match is not None, line
        place = (int(match[2]), int(match[3])) if match[2] else (None, None)
        assert place == (d["line"], d["column"])
        assert match[1].removeprefix("./") == safe(d["path"])
        assert match.groups()[3:] == (d["severity"], d["code"], safe(d["message"]))


def test_every_own_finding_has_the_address_of_its_page(found: list[dict[str, Any]]) -> None:
    assert f"\nsite_url: {SITE} " in (ROOT / "mkdocs.yml").read_text("utf-8")
    from xlcfg.docs.pages import pages

    made = pages()
    for d in found:
        assert d["url"] == f"{SITE}rules/{d['code']}/"
        assert f"rules/{d['code']}.md" in made


# ---- SARIF -------------------------------------------------------------------------------------


def sarif(text: str) -> dict[str, Any]:
    document = json.loads(text)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    checked: dict[str, Any] = run
    return checked


def test_sarif_is_what_the_official_schema_describes(printed: dict[str, str]) -> None:
    schema = official_sarif_schema()
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    document = json.loads(printed["sarif"])
    validator(schema).validate(document)
    # it does say no where there is reason to
    document["runs"][0]["results"][0]["level"] = "info"
    with pytest.raises(jsonschema.ValidationError):
        validator(schema).validate(document)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_sarif_is_what_a_reader_of_it_knows(printed: dict[str, str]) -> None:
    needs.require("sarif-pydantic")
    library = importlib.import_module("sarif_pydantic")
    log = library.Sarif.model_validate_json(printed["sarif"])
    again = json.loads(log.model_dump_json(by_alias=True, exclude_none=True))
    assert again["runs"] == json.loads(printed["sarif"])["runs"]
    unknown: list[str] = []

    def look(model: Any) -> None:
        if isinstance(model, list):
            for one in model:
                look(one)
        elif hasattr(model, "model_extra"):
            unknown.extend(model.model_extra or ())
            for name in type(model).model_fields:
                look(getattr(model, name))

    look(log.runs)
    assert unknown == ["columnKind"], "a property of runs that this library does not name"


def test_sarif_has_every_finding_at_its_place(
    printed: dict[str, str], found: list[dict[str, Any]], folder: Path
) -> None:
    run = sarif(printed["sarif"])
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    for result, d in zip(run["results"], found, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == d["code"]
        assert result["level"] == {"info": "note"}.get(d["severity"], d["severity"])
        assert result["message"]["text"].startswith(d["message"])
        (location,) = result["locations"]
        place = location["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        parts = urlsplit(uri)
        assert parts.scheme == parts.netloc == parts.query == parts.fragment == ""
        assert re.fullmatch(r"(?:[\w.~!$&'()*+,;=@/-]|%[0-9A-F]{2})+", uri, re.ASCII)
        assert unquote(uri) == d["path"]
        if "\\xe9" not in uri and d["path"] != "missing.cfg":
            assert (folder / unquote(uri)).exists() or "caf" in uri
        region = place.get("region", {"startLine": None, "startColumn": None})
        assert (region["startLine"], region["startColumn"]) == (d["line"], d["column"])


def test_sarif_describes_its_rules(printed: dict[str, str]) -> None:
    run = sarif(printed["sarif"])
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == sorted({r["ruleId"] for r in run["results"]})
    assert any(rule["id"].startswith("LV") for rule in rules), "a plugin's rules as well"
    for rule in rules:
        assert re.fullmatch(r"([A-Z][a-z0-9]*)+", rule["name"])
        assert rule["shortDescription"]["text"]
        assert "\n" not in rule["fullDescription"]["text"]
        assert rule["fullDescription"] != rule["shortDescription"]
        assert "What it does\n---" in rule["help"]["markdown"]
        assert rule["helpUri"] == f"{SITE}rules/{rule['id']}/"


@pytest.mark.parametrize("unsafe", [False, True])
def test_sarif_fixes_do_what_fix_does(cli: Cli, folder: Path, tmp_path: Path, unsafe: bool) -> None:
    ours, theirs = write_files(tmp_path / "a"), write_files(tmp_path / "b")
    extra = ["--unsafe-fixes"] if unsafe else []
    cli("check", "--fix", *extra, "--no-cache", ".", cwd=ours)
    made = 0
    for _ in range(20):
        done = cli("check", "--format", "sarif", "--no-cache", ".", cwd=theirs)
        touched = set()
        for result in sarif(done.stdout)["results"]:
            for fix in result.get("fixes", ()):
                (change,) = fix["artifactChanges"]
                name = unquote(change["artifactLocation"]["uri"])
                if name in touched or not (fix["properties"]["safe"] or unsafe) or "\\xe9" in name:
                    continue
                path = theirs / name
                path.write_bytes(applied(path.read_bytes(), change["replacements"]))
                touched.add(name)
                made += 1
        if not touched:
            break
    assert made >= 15
    for path in ours.rglob("*.cfg"):
        if "\udce9" not in path.name:
            same = theirs / path.relative_to(ours)
            assert same.read_bytes() == path.read_bytes(), path.name


# ---- fingerprints ------------------------------------------------------------------------------


def fingerprints(cli: Cli, form: str, path: Path) -> list[str]:
    text = cli("check", "--format", form, "--no-cache", path.name, cwd=path.parent).stdout
    if form == "gitlab":
        return [issue["fingerprint"] for issue in json.loads(text)]
    return [r["partialFingerprints"]["xlcfg/v1"] for r in sarif(text)["results"]]


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_fingerprints_survive_moved_lines_and_differ(cli: Cli, form: str, tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    lines = ['name = "x"', 'kernel = "/k"', "vcpu = 2", "memory = 64M", "vcpu = 2"]
    path.write_text("\n".join(lines) + "\n")
    before = fingerprints(cli, form, path)
    assert len(before) == len(set(before)) >= 3
    moved = ["# a new line", "", lines[0], "# and one between", *lines[1:-1], "", "   " + lines[-1]]
    path.write_text("\r\n".join(moved) + "\r\n")
    after = fingerprints(cli, form, path)
    assert set(before) <= set(after)
    path.write_text("\n".join(lines[:3]) + "\n")
    (left,) = fingerprints(cli, form, path)
    assert left in before


# ---- forms of CI servers -----------------------------------------------------------------------


def test_gitlab(printed: dict[str, str], found: list[dict[str, Any]]) -> None:
    issues = json.loads(printed["gitlab"])
    jsonschema.validate(issues, GITLAB)
    assert [max(Counter(i["fingerprint"] for i in issues).values())] == [1]
    severities = {"error": "major", "warning": "minor", "info": "info"}
    for issue, d in zip(issues, found, strict=True):
        assert issue["location"]["path"] == d["path"]
        at = issue["location"]["positions"]["begin"]
        assert (at["line"], at["column"]) == begin(d)
        assert issue["check_name"] == d["code"]
        assert issue["severity"] == severities[d["severity"]]
        assert d["message"] in issue["description"]


def test_github(printed: dict[str, str], found: list[dict[str, Any]]) -> None:
    lines = printed["github"][:-1].split("\n")
    assert annotation(lines.pop()) is None, "the summary is no command"
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    for line, d in zip(lines, found, strict=True):
        assert "\r" not in line
        read = annotation(line)
        assert read is not None
        command, properties, message = read
        assert command == levels[d["severity"]]
        assert "##[" not in line
        assert properties.pop("file") == safe_but_lines(d["path"])
        assert properties.pop("title") == f"xlcfg {d['code']}"
        want = d["message"] + (f"\n{d['help']}" if d["help"] else "")
        assert message == safe_but_lines(want)
        expected = {}
        if d["line"] is not None:
            expected = {"line": str(d["line"]), "endLine": str(d["end_line"])}
            if d["line"] == d["end_line"]:
                expected["col"] = str(d["column"])
                expected["endColumn"] = str(max(d["column"], d["end_column"] - 1))
        assert properties == expected


def safe_but_lines(text: str) -> str:
    """What a terminal would obey is shown; line ends come through."""
    return "\n".join("\r".join(map(safe, line.split("\r"))) for line in text.split("\n"))


def test_junit(printed: dict[str, str], found: list[dict[str, Any]], tmp_path: Path) -> None:
    needs.require("junitparser")
    import junitparser

    path = tmp_path / "junit.xml"
    path.write_text(printed["junit"], encoding="utf-8")
    suites = junitparser.JUnitXml.fromfile(str(path))
    (suite,) = suites
    bad = [d for d in found if d["severity"] != "info"]
    failed = {d["path"] for d in bad}
    cases = list(suite)
    assert (suites.tests, suite.tests) == (len(cases), len(cases))
    assert (suites.failures, suite.failures) == (len(failed), len(failed))
    assert len({case.name for case in cases}) == len(cases)
    assert {case.name for case in cases if case.result} == {shown(name) for name in failed}
    said = [line for case in cases for r in case.result for line in r.text.strip().split("\n")]
    joined = "\n".join(said)
    for d in bad:
        assert f"{d['severity']}[{d['code']}]: {shown(d['message'])}" in joined
    counts = Counter(d["code"] for d in bad)
    assert all(joined.count(f"[{code}]: ") == n for code, n in counts.items())


def test_junit_is_what_jenkins_takes(printed: dict[str, str]) -> None:
    for element in ElementTree.fromstring(printed["junit"]).iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.keys()) <= set(attributes), element.tag
        assert {name for name, needed in attributes.items() if needed} <= set(element.keys())
        assert {child.tag for child in element} <= children


def test_checkstyle(printed: dict[str, str], found: list[dict[str, Any]]) -> None:
    root = ElementTree.fromstring(printed["checkstyle"])
    assert (root.tag, set(root.keys())) == ("checkstyle", {"version"})
    read = []
    assert len({file.get("name") for file in root}) == len(root)
    for file in root:
        assert (file.tag, set(file.keys())) == ("file", {"name"})
        for error in file:
            assert error.tag == "error"
            assert set(error.keys()) == {"line", "column", "severity", "message", "source"}
            assert int(error.attrib["line"]) >= 1 <= int(error.attrib["column"])
            assert error.attrib["severity"] in ("error", "warning", "info")
            read.append((file.attrib["name"], error.attrib))
    for (name, error), d in zip(read, found, strict=True):
        assert name == shown(d["path"])
        assert (int(error["line"]), int(error["column"])) == begin(d)
        assert (error["severity"], error["source"]) == (d["severity"], f"xlcfg.{d['code']}")
        assert error["message"].startswith(shown(d["message"]))


def test_a_format_is_listed_once(cli: Cli) -> None:
    """Help and complaint take the names from the table; the guide for CI tells what each is for."""
    shown = " ".join(cli("check", "--help").stdout.split())
    assert f"{', '.join([*FORMATS][:-1])} or {[*FORMATS][-1]} (default" in shown
    complaint = cli("check", "--format", "morse", ROOT / "examples" / "web01.cfg").stderr
    assert complaint.endswith(f"choose from {', '.join(sorted(FORMATS))}\n")
    guide = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    rows = "".join(line for line in guide.splitlines() if line.startswith("| `"))
    assert [name for name in FORMATS if f"`{name}`" not in rows and name != "text"] == []


def test_formats_that_show_fixes_say_so(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "g.cfg").write_text('name = "g"\nkernel = "/k"\ntype = "pv"\nvcpu = 2\n')
    for form in FORMATS:
        shown = cli("check", "g.cfg", "--format", form, "--isolated", cwd=tmp_path).stdout
        assert says(form, "FIXES") == bool(re.search('"fix(es)?":', shown)), form


def test_nothing_found_is_a_document_too(cli: Cli, folder: Path) -> None:
    for form in FORMATS:
        done = cli("check", "--format", form, "clean.cfg", "--quiet", cwd=folder)
        assert done.returncode == 0
        if form in ("json", "sarif", "gitlab"):
            document = json.loads(done.stdout)
            assert document == [] if form == "gitlab" else document["version"]
        elif form in ("junit", "checkstyle"):
            assert len(list(ElementTree.fromstring(done.stdout).iter())) >= 2
    assert os.listdir(folder)
