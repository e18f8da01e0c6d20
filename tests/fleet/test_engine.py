"""Engines: every item has one outcome whatever they do, and what travels says all that counts."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import xlcfg
from support import ROOT, Cli, make_linter
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Result
from xlcfg.core import version
from xlcfg.core.engine import EngineError, WorkerLost
from xlcfg.core.host import Host
from xlcfg.core.selection import CodeSelection
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.many import engine as engines
from xlcfg.many import results
from xlcfg.many.engine import dispatch
from xlcfg.many.serialize import pack
from xlcfg.many.wire import Batch, Job, describe, linter_for, work
from xlcfg.model.target import FIELDS, Target
from xlcfg.run import check_paths
from xlcfg.settings.project import Projects
from xlcfg.syntax.cmdline import read_boot


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Configs, clean and not, of two projects and of none."""
    for n in range(90):
        folder = tmp_path / "fleet" / f"host{n % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        bad = "vcpu = 2\n" if n % 7 == 3 else "vcpus = 99\n"
        name = "twin" if n in (10, 40) else f"g{n}"
        (folder / f"g{n:02}.cfg").write_text(
            f'name = "{name}"\nkernel = "/k"\n{bad}pvh = 1\nlibvirt_x = 1\n'
        )
    (tmp_path / "fleet" / "host0" / ".xlcfg.toml").write_text('xen = "4.6"\nignore = ["XL101"]\n')
    (tmp_path / "fleet" / "host1" / ".xlcfg.toml").write_text('arch = "arm64"\n')
    return tmp_path / "fleet"


def linter(**more: Any) -> Linter:
    return make_linter("4.20", "x86_64", Hooks(plugins=False), **more)


def told(result: Result) -> list[Any]:
    return [(r.source.path, r.unreadable, pack(r)) for r in result.reports]


class Here:
    """An engine that does what workers would, in this process."""

    batch_files = 7

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.closed = False

    def map(self, batches: Iterable[Batch]) -> Iterator[tuple[int, Any]]:
        held: list[Batch] = []
        for batch in batches:
            self.seen.append([index for index, *_ in batch.items])
            held.append(batch)
            if len(held) == 3:
                random.Random(len(self.seen)).shuffle(held)
                yield from ((one.number, self.answer(one)) for one in held)
                held = []
        yield from ((one.number, self.answer(one)) for one in held)

    def answer(self, batch: Batch) -> Any:
        return work(batch.encode())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(engine: Here) -> Here:
        monkeypatch.setattr(results, "connect", lambda url, hooks: engine)
        return engine

    return use


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"as_released": True, "dialects": ("libvirt",)},
        {"boot": "runstate-translation=new"},
        {"host": Host(16, 2, 4096, ("Pool-0", "lab"))},
    ],
    ids=["plain", "dialect", "boot", "host"],
)
def test_the_same_as_in_this_process(fleet: Path, use: Any, more: dict[str, Any]) -> None:
    if "boot" in more:
        more = {"boot": read_boot(more["boot"])}

    def about() -> Linter:
        made = linter(**more, selection=CodeSelection((), ("XL2",), ()), fixes=True)
        made.projects = Projects()
        return made

    used = use(Here())
    plain = check_paths([str(fleet)], about(), jobs=1)
    there = check_paths([str(fleet)], about(), engine="any://")
    assert told(there) == told(plain)
    assert used.closed
    assert sorted(index for batch in used.seen for index in batch) == list(range(90))
    fixes = [[d.fix and d.fix.edits for d in r.diagnostics] for r in there.reports]
    assert fixes == [[d.fix and d.fix.edits for d in r.diagnostics] for r in plain.reports]


def test_what_is_remembered_does_not_travel(fleet: Path, use: Any, tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    expected = told(check_paths([str(fleet)], linter(), cache=folder))
    used = use(Here())
    assert told(check_paths([str(fleet)], linter(), engine="any://", cache=folder)) == expected
    assert used.seen == []


def test_an_engine_that_forgets_repeats_and_invents(fleet: Path, use: Any) -> None:
    class Bad(Here):
        def answer(self, batch: Batch) -> Any:
            answer = json.loads(work(batch.encode()))
            if len(batch.items) > 1:
                answer["results"] = answer["results"][1:] * 2 + [[10_000, []]]
            return json.dumps(answer).encode()

        def map(self, batches: Iterable[Batch]) -> Iterator[tuple[int, Any]]:
            for number, answer in super().map(batches):
                if number % 5 or number > 12:
                    yield number, answer
                    yield number, answer
            yield 12345, b"{}"

    expected = told(check_paths([str(fleet)], linter(), jobs=1))
    use(Bad())
    assert told(check_paths([str(fleet)], linter(), engine="any://")) == expected


def test_a_file_that_is_lost_alone_is_named(
    fleet: Path, use: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    class Deadly(Here):
        def answer(self, batch: Batch) -> Any:
            if any("g13" in path for _, path, _ in batch.items):
                return WorkerLost("a fire")
            return super().answer(batch)

    expected = check_paths([str(fleet)], linter(), jobs=1)
    used = use(Deadly())
    result = check_paths([str(fleet)], linter(), engine="any://")
    lost = [report for report in result.reports if report.unreadable]
    assert [report.source.path for report in lost] == [str(fleet / "host1" / "g13.cfg")]
    assert lost[0].diagnostics[0].code == "IO010"
    assert lost[0].diagnostics[0].message == "the process that checked this file died: a fire"
    assert [t for t in told(result) if "g13" not in t[0]] == [
        t for t in told(expected) if "g13" not in t[0]
    ]
    # its batch, each of that alone, and that one while nothing else was under way
    assert [len(batch) for batch in used.seen] == [7] * 12 + [6] + [1] * 8
    assert "(a fire); its files are checked again" in capsys.readouterr().err


def test_a_mistake_of_ours_is_seen(fleet: Path, use: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Mistaken(Here):
        def answer(self, batch: Batch) -> Any:
            return WorkerLost("an exception", mistake=True)

    def wrong(*_: Any) -> Any:
        raise ZeroDivisionError

    used = use(Mistaken())
    expected = told(check_paths([str(fleet)], linter(), jobs=1))
    assert told(check_paths([str(fleet)], linter(), engine="any://")) == expected
    monkeypatch.setattr(results, "check_any", wrong)
    with pytest.raises(ZeroDivisionError):
        check_paths([str(fleet)], linter(), engine="any://")
    assert used.closed


def test_batches_are_taken_as_there_is_room(fleet: Path) -> None:
    read = 0

    def items() -> Iterator[tuple[int, str, bytes]]:
        nonlocal read
        for path in sorted(fleet.rglob("*.cfg")):
            read += 1
            yield read, str(path), path.read_bytes()

    class OneByOne(Here):
        most = 0

        def map(self, batches: Iterable[Batch]) -> Iterator[tuple[int, Any]]:
            done = 0
            for batch in batches:
                self.most = max(self.most, read - done)
                done += len(batch.items)
                yield batch.number, self.answer(batch)

    used = OneByOne()
    outcomes = list(dispatch(used, Job("check", linter()), items()))
    assert sorted(outcome.index for outcome in outcomes) == list(range(1, 91))
    assert used.most <= used.batch_files


# ---- what travels ------------------------------------------------------------------------------


def batch(about: Linter) -> Batch:
    return Batch(1, Job("check", about), [(5, "a/g.cfg", b'name = "g"\nvcpu = 2\n')])


def test_a_batch_is_json_and_bytes(tmp_path: Path) -> None:
    message = batch(linter()).encode()
    head, _, body = message.partition(b"\n")
    said = json.loads(head)
    assert said["xlcfg"] == xlcfg.__version__
    assert said["items"] == [[5, "a/g.cfg", 20, 0]]
    assert body == b'name = "g"\nvcpu = 2\n'
    assert said["targets"] == [json.loads(json.dumps(describe(linter().target, linter().hooks)))]
    script = (
        "import sys; from xlcfg.many.wire import work;"
        "sys.stdout.buffer.write(work(sys.stdin.buffer.read()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=message,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
    )
    answer = json.loads(done.stdout)
    ((index, (report,)),) = answer["results"]
    assert index == 5
    assert "XL101" in {finding[0] for finding in report[0]}


def test_a_target_survives_the_journey() -> None:
    """Every field of it, whatever may be added, and so does the key of the cache."""
    given = Target(
        "4.17",
        "arm64",
        as_released=True,
        host=Host(4, 2, 2048, ("Pool-0", "lab"), ("Domain-0",), False),
        dialects=("xenserver",),
        boot=read_boot("dom0_mem=1G runstate-translation=new"),
        board=Source("board.dtb", b"\xd0\x0d\xfe\xed"),
        selection=CodeSelection(("XL1",), ("XL108",), ("RS",)),
        guest_type="pvh",
        fixes=True,
        given=("xen",),
    )
    assert all(getattr(given, name) for name in FIELDS), "a field of Target is not in this test"
    hooks = Hooks(plugins=False)
    there = linter_for(json.loads(json.dumps(describe(given, hooks))))
    assert describe(there.target, hooks) == describe(given, hooks)
    assert there.target.replace(host=None).key() == given.replace(host=None).key() is not None


def test_another_version_is_refused_by_name(
    fleet: Path, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Old(Here):
        def answer(self, batch: Batch) -> Any:
            message = batch.encode()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(version, "VERSION", "0.0.7")
                return work(message)

    use(Old())
    with pytest.raises(EngineError, match=rf"has xlcfg 0\.0\.7, this is {xlcfg.__version__}"):
        check_paths([str(fleet)], linter(), engine="any://")


def test_a_plugin_that_workers_lack_is_refused_by_name() -> None:
    about = linter()
    about.hooks.plugins.append(("sites", "1.2"))
    answer = json.loads(work(batch(about).encode()))
    assert "has no plugin sites 1.2" in answer["refused"]


def test_an_answer_that_is_none(fleet: Path, use: Any) -> None:
    class Odd(Here):
        def __init__(self, said: bytes) -> None:
            super().__init__()
            self.said = said

        def answer(self, batch: Batch) -> Any:
            return self.said

    for said in (b"", b"[]", b"{}", b'{"results": [[1]], "failures": []}', b"\xff"):
        use(Odd(said))
        with pytest.raises(EngineError, match="is not what xlcfg's workers give"):
            check_paths([str(fleet)], linter(), engine="any://")


# ---- the hook ----------------------------------------------------------------------------------

PLUGIN = """
from xlcfg.core.engine import EngineError
from xlcfg.many.wire import work


class Engine:
    batch_files = 10

    def map(self, batches):
        for batch in batches:
            yield batch.number, work(batch.encode())

    def close(self):
        pass


def xlcfg_engine(url):
    if url == "mine://none":
        raise EngineError("nobody at home")
    return Engine() if url.startswith("mine://") else None


def xlcfg_policy(guest):
    raise ValueError("no opinion")
"""


def test_a_plugin_brings_an_engine(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "plugins", tmp_path)))
    environment = {**os.environ, "PYTHONPATH": paths, "XLCFG_PLUGINS": "mine:"}

    def run(*arguments: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "xlcfg", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    plain = run("check", fleet, "-j1")
    there = run("check", fleet, "--engine", "mine://any")
    assert (there.returncode, there.stdout, there.stderr) == (1, plain.stdout, "")
    assert plain.stdout.count("failed in xlcfg_policy: ValueError: no opinion") == 1
    none = run("check", fleet, "--engine", "mine://none")
    assert none.returncode == 2
    assert none.stderr == "xlcfg: --engine: plugin mine:: EngineError: nobody at home\n"


def test_the_engine_of_the_page(fleet: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "fleets.md").read_text()
    (tmp_path / "processes.py").write_text(page.split("```python\n")[1].split("```")[0])
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "plugins", tmp_path)))
    environment = {**os.environ, "PYTHONPATH": paths, "XLCFG_PLUGINS": "processes:"}
    outputs = []
    for options in (["-j1"], ["--engine", "processes://"]):
        done = subprocess.run(
            [sys.executable, "-m", "xlcfg", "check", str(fleet), *options],
            capture_output=True,
            check=False,
            env=environment,
        )
        assert (done.returncode, done.stderr) == (1, b"")
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("command", ["check", "verdict"])
def test_engines_that_nobody_knows(cli: Cli, fleet: Path, command: str) -> None:
    for url in ("spark://x", "dask", ""):
        done = cli(command, fleet, "--engine", url or "x")
        assert done.returncode == 2
        assert "dask://HOST:PORT is built in" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert cli("check", "--fix", fleet, "--engine", "dask://x").returncode == 2
    assert "-j" in cli(command, fleet, "--engine", "dask://x", "-j2").stderr


@pytest.mark.parametrize("scheme", ["dask", "klingon"])
def test_no_password_of_an_engine_is_printed(scheme: str) -> None:
    with pytest.raises(EngineError, match=f"{scheme}://h.example/x") as caught:
        engines.connect(f"{scheme}://user:hunter2@h.example/x", Hooks(plugins=False))
    assert "hunter2" not in str(caught.value)
