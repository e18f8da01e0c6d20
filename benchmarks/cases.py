"""The benchmarks: what is measured against what, and the target each has to meet."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks import captures, inputs
from benchmarks.measure import Cost, Ratio, command, peak, plain, ratio, rounds


class Figure(NamedTuple):
    """One line of the table. `better` is "<=" or ">="; the target is met or it is not, or there is
    none.
    """

    name: str
    field: str
    ratio: Ratio
    better: str
    target: float | None

    @property
    def met(self) -> bool:
        """Whether the median meets the target."""
        if self.target is None:
            return True
        if self.better == "<=":
            return self.ratio.median <= self.target
        return self.ratio.median >= self.target


#: Where the harness of libxlutil is.
_ORACLE = Path(__file__).resolve().parent.parent / "tests/oracle"


class Setting(NamedTuple):
    """Where things are: installed tools, the folder for inputs, how often to run."""

    xlcfg: str
    #: The same of a wheel built with XLCFG_COMPILE=1; "" where there is none.
    compiled: str
    yamllint: str
    ruff: str
    python: str
    #: a Python that has xlcfg and dask; "" where there is none
    dask: str
    xl: list[str]
    folder: Path
    rounds: int
    large: bool
    events: int
    most: int


def _xlcfg(setting: Setting, *arguments: str, cache: str = "", memory: bool = False) -> Cost:
    env = plain(dict(os.environ), XDG_CACHE_HOME=cache or setting.folder / "cache")
    return (peak if memory else command)([setting.xlcfg, *arguments], env)


def _compiled(setting: Setting) -> Setting:
    """The same with the compiled wheel for the pure one."""
    return setting._replace(
        xlcfg=setting.compiled, python=str(Path(setting.compiled).with_name("python"))
    )


def _other(*arguments: str) -> Cost:
    return command(arguments, plain(dict(os.environ)))


def cold(setting: Setting) -> Iterator[Figure]:
    """One config, one process."""
    config = str(setting.folder / "cfg/000/guest-000003.cfg")
    yaml = str(setting.folder / "yaml/000/guest-000003.yaml")
    runs: dict[str, Callable[[], Cost]] = {
        "pass": lambda: _other(setting.python, "-c", "pass"),
        "xlcfg": lambda: _xlcfg(setting, "check", config),
    }
    if setting.yamllint:
        runs["yamllint"] = lambda: _other(setting.yamllint, yaml)
    costs = rounds(4 * setting.rounds, runs)
    yield Figure("check 1 config : python -c pass", "cpu", _r(costs, "xlcfg", "pass"), "<=", 3)
    if setting.yamllint:
        figure = _r(costs, "xlcfg", "yamllint")
        yield Figure("check 1 config : yamllint", "cpu", figure, "<=", 0.6)


def _r(costs: dict[str, list[Cost]], ours: str, theirs: str, field: str = "cpu") -> Ratio:
    return ratio(costs[ours], costs[theirs], field)


def many(setting: Setting) -> Iterator[Figure]:
    """1,000 configs: processes, then the cache."""
    configs, yamls = setting.folder / "cfg/000", setting.folder / "yaml/000"
    cache = setting.folder / "cache-1000"
    shutil.rmtree(cache, ignore_errors=True)
    runs: dict[str, Callable[[], Cost]] = {
        "one": lambda: _xlcfg(setting, "check", str(configs), "--no-cache", "-j1"),
        "new": lambda: _xlcfg(setting, "check", str(configs), "--no-cache"),
        "warm": lambda: _xlcfg(setting, "check", str(configs), cache=str(cache)),
    }
    if setting.yamllint:
        runs["yamllint"] = lambda: _other(setting.yamllint, str(yamls))
    if setting.ruff:
        files = str(setting.folder / "py/000")
        runs["ruff"] = lambda: _other(setting.ruff, "check", "--isolated", "--no-cache", files)
    if setting.xl:
        words = " ".join(setting.xl)
        script = f'for f in "$0"/*.cfg; do {words} -N create "$f" >&2 || exit 1; done 2>/dev/null'
        runs["xl"] = lambda: _other("sh", "-c", script, str(configs))
    costs = rounds(setting.rounds, runs)
    name = "check 1,000 configs"
    if setting.xl:
        yield Figure(
            f"{name} : loop of xl -N create", "wall", _r(costs, "new", "xl", "wall"), "<=", 0.25
        )
    if setting.yamllint:
        yield Figure(f"{name} : yamllint", "wall", _r(costs, "new", "yamllint", "wall"), "<=", 0.2)
    if setting.ruff:
        figure = _r(costs, "new", "ruff", "wall")
        yield Figure(f"{name} : ruff, as many Python files", "wall", figure, "<=", None)
    yield Figure(f"{name} : the same with -j1", "wall", _r(costs, "new", "one", "wall"), "<=", 0.75)
    yield Figure(f"{name}, warm : cold", "cpu", _r(costs, "warm", "new"), "<=", 0.12)


def compiled(setting: Setting) -> Iterator[Figure]:
    """The wheel with compiled modules against the pure one, and against what it is held to."""
    if not setting.compiled:
        print("no compiled wheel: what is measured of it is left out", file=sys.stderr)
        return
    other = _compiled(setting)
    configs, one = setting.folder / "cfg/000", str(setting.folder / "cfg/000/guest-000003.cfg")
    traces = _traces(setting)
    columns_ = _in_columns(setting, _BOOT, setting.events)

    def parsed(which: Setting) -> Cost:
        return _printed([which.python, "-P", "-c", _PARSE, "ours", str(configs)])

    def replayed(which: Setting, path: Path, how: str = "ours") -> Cost:
        return _printed([which.python, "-P", "-c", _REPLAY, how, str(path)])

    costs = rounds(
        setting.rounds,
        {
            "one": lambda: _xlcfg(setting, "check", one),
            "one compiled": lambda: _xlcfg(other, "check", one),
            "many": lambda: _xlcfg(setting, "check", str(configs), "--no-cache", "-j1"),
            "many compiled": lambda: _xlcfg(other, "check", str(configs), "--no-cache", "-j1"),
            "parse": lambda: parsed(setting),
            "parse compiled": lambda: parsed(other),
            "random": lambda: replayed(setting, traces["random"]),
            "random compiled": lambda: replayed(other, traces["random"]),
            "random json": lambda: replayed(setting, traces["random"], "json"),
            "boots": lambda: replayed(setting, traces["boots"]),
            "boots compiled": lambda: replayed(other, traces["boots"]),
            "boots json": lambda: replayed(setting, traces["boots"], "json"),
            "columns": lambda: replayed(setting, columns_),
            "columns compiled": lambda: replayed(other, columns_),
        },
    )
    for what, target in (
        ("one", 1.1), ("many", 0.5), ("parse", 1), ("random", 1), ("boots", 1), ("columns", 1),
    ):  # fmt: skip
        figure = _r(costs, f"{what} compiled", what)
        yield Figure(f"{_WHAT[what]}, compiled : pure", "cpu", figure, "<=", target)
    for what, target in (("random", 3), ("boots", 4)):
        figure = _r(costs, f"{what} json", f"{what} compiled")
        yield Figure(f"{_WHAT[what]}, compiled, events/s : json.loads", "cpu", figure, ">=", target)
    yield from _small(other, ", compiled", 1)
    speeds = [Cost(setting.events / 1e6 / c.cpu, 1, 0) for c in costs["columns compiled"]]
    figure = ratio(speeds, [Cost(1, 1, 1)] * len(speeds))
    yield Figure("columns, a fifth lost, compiled, million events/s : 1", "cpu", figure, ">=", 6)


_WHAT = {
    "one": "check 1 config",
    "many": "check 1,000 configs -j1",
    "parse": "parsing alone",
    "random": "random trace",
    "boots": "boots, a fifth lost",
    "columns": "columns, a fifth lost",
}


def growth(setting: Setting) -> Iterator[Figure]:
    """Up to `--most` configs, by processes, by halves and by dask, and a thousand times as many
    events in columns (ten times in JSON Lines): time and memory, and a plot.
    """
    from benchmarks import plot
    from benchmarks.dask_cluster import Cluster

    sizes = [10**n for n in range(2, 9) if 10**n <= setting.most]
    inputs.write(setting.folder, sizes[-1], kinds=("cfg",))
    lists = {}
    for size in sizes:
        lists[size] = setting.folder / f"list-{size}.txt"
        names = [setting.folder / inputs.name("cfg", n) for n in range(size)]
        lists[size].write_text("".join(f"{name}\n" for name in names))
    columns_ = {n: _in_columns(setting, _CALM, n) for n in (100 * sizes[0], *_times(1000, sizes))}
    lines = {n: _as_lines(setting, n) for n in (100 * sizes[0], *_times(1000, sizes[:-2]))}
    runs: dict[str, Callable[[], Cost]] = {}
    for size in sizes:
        arguments = ("check", "--no-cache", "--files-from", str(lists[size]))
        runs[f"configs {size}"] = lambda a=arguments: _xlcfg(setting, *a, memory=True)
        part = (*arguments, "--shard", "1/2")
        runs[f"half of the configs {size}"] = lambda a=part: _xlcfg(setting, *a, memory=True)
    for what, traces in ((_EVENTS, columns_), (_LINES, lines)):
        for events, path in traces.items():
            runs[f"{what} {events}"] = lambda p=path: _printed(
                [setting.python, "-P", "-c", _REPLAY, "ours", str(p)]
            )
    series = {"configs": sizes, "half of the configs": sizes}
    series |= {_EVENTS: list(columns_), _LINES: list(lines)}
    env = plain(dict(os.environ), XDG_CACHE_HOME=setting.folder / "cache")
    with Cluster(setting.dask, env, setting.folder, os.cpu_count() or 1) as cluster:
        ours = str(Path(setting.dask).with_name("xlcfg"))
        by_dask = [ours, "check", "--no-cache", "--engine", cluster.url, "--files-from"]
        if cluster.wait_for([*by_dask, str(lists[sizes[0]])]):
            series["configs by dask"] = sizes
            for size in sizes:
                words = [*by_dask, str(lists[size])]
                runs[f"configs by dask {size}"] = lambda w=words: cluster.run(w)
        else:
            print(f"no dask (see {cluster.log}): it is left out", file=sys.stderr)
        costs = rounds(max(1, setting.rounds // 2), runs)
    plot.write(setting.folder / "growth.svg", costs)
    for what, at in series.items():
        for less, more in pairwise(at[1:]):
            figure = _r(costs, f"{what} {more}", f"{what} {less}")
            yield Figure(f"{more:,} {what} : {less:,}", "cpu", figure, "<=", 1.1 * more / less)
    for what in (_EVENTS, _LINES):
        if len(series[what]) < 2:
            continue
        less, more = series[what][-2:]
        figure = _r(costs, f"{what} {more}", f"{what} {less}", "memory")
        yield Figure(f"{more:,} {what} : {less:,}", "memory", figure, "<=", 1.2)


_EVENTS, _LINES = "events in columns", "events in JSON Lines"


def _times(factor: int, sizes: list[int]) -> list[int]:
    return [factor * size for size in sizes]


def large(setting: Setting) -> Iterator[Figure]:
    """10,000 configs: time grows with the number, the memory of a worker does not."""
    small, whole = setting.folder / "cfg/000", setting.folder / "cfg"
    cache = setting.folder / "cache-10000"
    shutil.rmtree(cache, ignore_errors=True)
    costs = rounds(
        max(1, setting.rounds // 2),
        {
            "1": lambda: _xlcfg(setting, "check", str(small), "--no-cache", memory=True),
            "10": lambda: _xlcfg(setting, "check", str(whole), "--no-cache", memory=True),
            "warm": lambda: _xlcfg(setting, "check", str(whole), cache=str(cache)),
        },
    )
    name = "check 10,000 configs"
    yield Figure(f"{name} : 1,000", "cpu", _r(costs, "10", "1"), "<=", 11)
    yield Figure(
        f"{name} : 1,000, largest process", "memory", _r(costs, "10", "1", "memory"), "<=", 5
    )
    for field in ("wall", "cpu"):
        yield Figure(f"{name}, warm : cold", field, _r(costs, "warm", "10", field), "<=", 0.1)


_PARSE = r"""
import re, sys, time
from pathlib import Path
texts = [p.read_bytes().decode("latin-1") for p in sorted(Path(sys.argv[2]).glob("*.cfg"))][:200]
if sys.argv[3:]:  # each setting is a config of its own
    one = re.compile(r"^[a-z].*(?:\n[ \]].*)*\n", re.MULTILINE)
    texts = [found for text in texts for found in one.findall(text)][:2000]
if sys.argv[1] == "libxlutil":
    sys.path.insert(0, sys.argv[3])
    from xlu_fast import NO_REPORT, canon
    texts = [text.encode("latin-1") for text in texts]
    def parse(data):
        return canon(data, NO_REPORT)
elif sys.argv[1] == "lark":
    from lark import Lark
    from xlcfg.syntax.grammars import GRAMMARS, grammar_path
    text = grammar_path("xl_cfg").read_text(encoding="utf-8")
    parse = Lark(text, parser="lalr", start=GRAMMARS["xl_cfg"], propagate_positions=True).parse
else:
    from xlcfg.syntax.guest import read_guest as parse
for text in texts:
    parse(text)
best = []
for _ in range(3):
    start = time.process_time()
    for text in texts:
        parse(text)
    best.append(time.process_time() - start)
print(min(best))
"""


def parse(setting: Setting) -> Iterator[Figure]:
    """Parsing alone, with every place kept, against Lark's own parser on the same grammar."""
    configs = str(setting.folder / "cfg/000")

    def run(which: str) -> Cost:
        return _printed([setting.python, "-P", "-c", _PARSE, which, configs])

    costs = rounds(setting.rounds, {"ours": lambda: run("ours"), "lark": lambda: run("lark")})
    yield Figure("configs/s parsed : Lark's", "cpu", _r(costs, "lark", "ours"), ">=", 2.5)
    yield from _small(setting, "", 0.3)


def _small(setting: Setting, which: str, target: float) -> Iterator[Figure]:
    """Configs of one setting, parsed by us and by libxlutil, called from Python as we are: its
    answer is a text that says what it has read.
    """
    configs, oracle = str(setting.folder / "cfg/000"), str(_ORACLE)
    try:
        costs = rounds(
            setting.rounds,
            {
                whose: lambda whose=whose: _printed(
                    [setting.python, "-P", "-c", _PARSE, whose, configs, oracle]
                )
                for whose in ("ours", "libxlutil")
            },
        )
    except subprocess.CalledProcessError as error:
        why = error.stderr.strip().splitlines()[-1:]
        print(f"what is compared with libxlutil is left out: {why}", file=sys.stderr)
        return
    figure = _r(costs, "libxlutil", "ours")
    yield Figure(f"configs of one setting/s{which} : libxlutil", "cpu", figure, ">=", target)


def _printed(arguments: list[str]) -> Cost:
    """What a script measured itself and printed: CPU seconds, and KiB if it says so."""
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=True, env=plain(dict(os.environ))
    )
    words = done.stdout.split()
    return Cost(float(words[0]), float(words[0]), int(words[1]) if len(words) > 1 else 0)


_REPLAY = """
import json, resource, sys, time
start = time.process_time()
if sys.argv[1] == "json":
    count = 0
    with open(sys.argv[2], "rb") as file:
        for line in file:
            json.loads(line)
else:
    from xlcfg.emulator import Reader, replay
    start = time.process_time()
    with Reader(sys.argv[2]) as reader:
        replay(reader, "update")
print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _traces(setting: Setting) -> dict[str, Path]:
    """Traces as JSON Lines: random events, a tenth of them, and boots."""
    count = setting.events
    paths = {
        "random": setting.folder / f"trace-{count}.jsonl",
        "short": setting.folder / f"trace-{count // 10}.jsonl",
        "boots": setting.folder / f"boots-{count}.jsonl",
    }
    for name, events in (("random", count), ("short", count // 10)):
        if not paths[name].exists():
            from xlcfg.emulator.generate import generate_trace

            with open(paths[name], "w", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in generate_trace(1, events, times=True))
    if not paths["boots"].exists():
        with open(paths["boots"], "wb") as out:
            out.writelines(repeated(_BOOT, count))
    return paths


def _as_lines(setting: Setting, events: int) -> Path:
    """A recording of the tests as JSON Lines, repeated to so many events."""
    path = setting.folder / f"{_CALM}-{events}.jsonl"
    if not path.exists():
        with open(path, "wb") as out:
            out.writelines(repeated(_CALM, events))
    return path


#: More events are chunks of so many in columns, over and over.
_PACKED = 1_000_000


def _in_columns(setting: Setting, name: str, events: int) -> Path:
    """A recording of the tests in columns, repeated to so many events."""
    path = setting.folder / f"{name}-{events}.columns"
    if not path.exists():
        from xlcfg.emulator import Reader
        from xlcfg.emulator.columns import END
        from xlcfg.emulator.columns_writer import pack

        head, *chunks, end = pack(Reader(repeated(name, min(events, _PACKED))))
        zero, flags, lines = END.unpack(end)
        times = -(-events // lines)
        with open(path, "wb") as out:
            out.write(head)
            for _ in range(times):  # a time in a chunk counts from the one before it
                out.writelines(chunks)
            out.write(END.pack(zero, flags, times * lines))
    return path


def replay(setting: Setting) -> Iterator[Figure]:
    """Boot traces replayed, against nothing but decoding their lines: one of random events, in
    which hardly anything happens twice, and the boot of a Linux guest, over and over.
    """
    count = setting.events
    traces = _traces(setting)
    trace, short, boots = traces["random"], traces["short"], traces["boots"]

    def run(which: str, path: Path) -> Cost:
        return _printed([setting.python, "-P", "-c", _REPLAY, which, str(path)])

    costs = rounds(
        max(1, setting.rounds // 2),
        {
            "ours": lambda: run("ours", trace),
            "json": lambda: run("json", trace),
            "short": lambda: run("ours", short),
            "boots": lambda: run("ours", boots),
            "boots json": lambda: run("json", boots),
        },
    )
    name = f"{count:,} events replayed"
    figure = _r(costs, "boots json", "boots")
    yield Figure(f"events/s of {count:,} events of boots : json.loads", "cpu", figure, ">=", 2)
    yield Figure(f"events/s of {name} : json.loads", "cpu", _r(costs, "json", "ours"), ">=", 2)
    yield Figure(f"{name} : a tenth", "cpu", _r(costs, "ours", "short"), "<=", 11)
    yield Figure(
        f"{name} : a tenth, memory", "memory", _r(costs, "ours", "short", "memory"), "<=", 1.2
    )


def lsp(setting: Setting) -> Iterator[Figure]:
    """The language server: its first findings, and a keystroke with its completion in configs of
    500 and of 5,000 lines, against a check of the same file.
    """
    from benchmarks import lsp_client

    env = plain(dict(os.environ))
    command_line = [setting.xlcfg, "lsp"]
    small = setting.folder / "cfg/000/guest-000003.cfg"
    costs = rounds(
        setting.rounds,
        {
            "first": lambda: lsp_client.first(command_line, env, small),
            "check": lambda: _xlcfg(setting, "check", str(small)),
        },
    )
    yield Figure(
        "server's first findings : cold check", "cpu", _r(costs, "first", "check"), "<=", 5
    )
    for lines in (500, 5000):
        path = lsp_client.write(setting.folder, lines)
        session = lsp_client.Session(command_line, env, path)
        try:
            costs = rounds(
                setting.rounds,
                {"key": session.type, "check": lambda: _xlcfg(setting, "check", str(path))},  # noqa: B023
            )
        finally:
            session.close()
        for field in ("cpu", "wall"):
            figure = _r(costs, "key", "check", field)
            yield Figure(f"keystroke in {lines} lines : cold check", field, figure, "<=", 0.1)


#: A guest a fifth of whose updates are lost, and one that gets them all.
_BOOT = "linux-6.1-noguard-arm64-xen-4.17-kpti-on"
_CALM = "linux-6.1-arm64-xen-4.17-kpti-off"


def repeated(name: str, events: int) -> Iterator[bytes]:
    """The lines of a recording of the tests, and again with later times, until there are so many
    events.
    """
    import lzma
    import re

    folder = Path(__file__).resolve().parent.parent / "tests/data/traces"
    with lzma.open(folder / f"{name}.jsonl.xz") as file:
        head, *rest = file.read().splitlines(keepends=True)
    pieces = [re.split(rb'("t": ?)([0-9]+)', line) for line in rest]
    times = [int(piece[2]) for piece in pieces if len(piece) > 1]
    span = times[-1] - times[0] + 1_000_000
    yield head
    for turn in range(-(-events // len(rest))):
        for first, *more in pieces:
            if more:
                yield b"%b%b%d%b" % (first, more[0], int(more[1]) + turn * span, more[2])
            else:
                yield first


def columns(setting: Setting) -> Iterator[Figure]:
    """Boots in columns: against the same as lines, and whether memory stays as it is."""
    count = setting.events
    lines = _traces(setting)["boots"]
    paths = {
        (name, n): _in_columns(setting, name, n)
        for name, n in ((_BOOT, count), (_CALM, count // 2), (_CALM, 5 * count))
    }

    def run(path: Path) -> Cost:
        return _printed([setting.python, "-P", "-c", _REPLAY, "ours", str(path)])

    costs = rounds(
        max(1, setting.rounds // 2),
        {
            "lines": lambda: run(lines),
            "half": lambda: run(paths[_CALM, count // 2]),
            "columns": lambda: run(paths[_BOOT, count]),
            "more": lambda: run(paths[_CALM, 5 * count]),
        },
    )
    figure = _r(costs, "lines", "columns")
    yield Figure(f"events/s of {count:,} events in columns : as lines", "cpu", figure, ">=", 2)
    millions = [Cost(5 * count / 1e6 / more.cpu, more.wall, more.memory) for more in costs["more"]]
    figure = ratio(millions, [Cost(1, 1, 1)] * len(millions))
    yield Figure(f"million events/s of {5 * count:,} in columns : 1", "cpu", figure, ">=", 5)
    figure = _r(costs, "more", "half", "memory")
    yield Figure(f"{5 * count:,} events in columns : a tenth, memory", "memory", figure, "<=", 1.2)


def xentrace(setting: Setting) -> Iterator[Figure]:
    """A capture of 32 MB, whole process against whole process of Xen's own reader."""
    tool = shutil.which("xenalyze") or next(
        (str(found) for found in sorted(Path("/usr/lib").glob("xen-*/bin/xenalyze"))), ""
    )
    if not tool:
        print("no xenalyze: what is compared with it is left out", file=sys.stderr)
        return
    capture = setting.folder / "capture-32.bin"
    if not capture.exists():
        captures.write(capture, 32_000_000)
    path = str(capture)
    costs = rounds(
        setting.rounds,
        {
            "xenalyze": lambda: _other(tool, "--dump-all", path),
            "info": lambda: _xlcfg(setting, "trace", "info", path),
            "replay": lambda: _xlcfg(setting, "replay", "--domain", "1", path),
        },
    )
    for name in ("info", "replay"):
        figure = _r(costs, "xenalyze", name)
        yield Figure(f"records/s of a capture, {name} : xenalyze", "cpu", figure, ">=", 1 / 3)


CASES: dict[str, Callable[[Setting], Iterator[Figure]]] = {
    "cold": cold,
    "many": many,
    "large": large,
    "parse": parse,
    "replay": replay,
    "lsp": lsp,
    "columns": columns,
    "xentrace": xentrace,
    "compiled": compiled,
    "growth": growth,
}


def prepare(setting: Setting, cases: list[str]) -> None:
    """Write the inputs that the cases need."""
    inputs.write(setting.folder, 10_000 if "large" in cases else 1000)
    if "many" in cases:
        inputs.write(setting.folder, 1000, kinds=("py",))


def as_json(figures: list[Figure], setting: Setting) -> str:
    """The table for programs."""
    return (
        json.dumps(
            {
                "python": sys.version.split()[0],
                "cpus": os.cpu_count(),
                "rounds": setting.rounds,
                "figures": [
                    {
                        "name": f.name,
                        "of": f.field,
                        "median": round(f.ratio.median, 4),
                        "quartiles": [round(f.ratio.low, 4), round(f.ratio.high, 4)],
                        "target": "" if f.target is None else f"{f.better} {f.target:g}",
                        "met": f.met,
                    }
                    for f in figures
                ],
            },
            indent=2,
        )
        + "\n"
    )
