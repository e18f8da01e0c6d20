"""`python -m benchmarks`: one run, one table of ratios, a JSON file.

xlcfg is measured as people install it: a wheel in a virtual environment of its own, compiled. The
tools beside it are yamllint, Lark, json.loads and, where there is one, the real xl. Commands are
timed by hyperfine where it is installed.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from benchmarks import table
from benchmarks.cases import CASES, Figure, Setting, as_json, prepare

ROOT = Path(__file__).resolve().parent.parent
SHIM = "xl_shim.so"


def main() -> int:
    """Measure; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}")
    parser.add_argument("--folder", type=Path, default=ROOT / ".benchmarks", help="for inputs")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything runs")
    parser.add_argument("--events", type=int, default=2_000_000, help="length of the trace")
    parser.add_argument(
        "--most",
        type=int,
        default=100_000,
        help="configs of the case growth; 1,000 events for each",
    )
    parser.add_argument(
        "--xl", default="", help="command line up to -N create; default: what XL_ORACLE_DIR has"
    )
    parser.add_argument(
        "--docs", action="store_true", help="put the table and the plot into docs/performance.md"
    )
    parser.add_argument("--keep", action="store_true", help="do not install xlcfg anew")
    arguments = parser.parse_args()
    cases = arguments.cases or list(CASES)
    unknown = [case for case in cases if case not in CASES]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}")
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    setting = _setting(arguments, folder, cases)
    for peer in ("yamllint", "ruff"):
        if not getattr(setting, peer):
            print(f"no {peer}: what is compared with it is left out", file=sys.stderr)
    if not setting.xl:
        print("no xl (see --xl): what is compared with it is left out", file=sys.stderr)
    prepare(setting, cases)
    figures = list(_measured(setting, cases))
    path = arguments.json or folder / "figures.json"
    path.write_text(as_json(figures, setting))
    if arguments.docs:
        _document(figures, setting, cases, load)
    print(f"written to {path}", file=sys.stderr)
    return int(not all(figure.met for figure in figures))


def _setting(arguments: argparse.Namespace, folder: Path, cases: list[str]) -> Setting:
    """Everything that the cases need, installed."""
    keep = arguments.keep
    bin_ = _installed(folder / "venv", ("yamllint", "ruff"), keep=keep)
    yamllint, ruff = bin_ / "yamllint", bin_ / "ruff"
    dask = ""
    if "growth" in cases:
        # in a place of its own: what is installed beside it is looked through at each start
        dask = str(_installed(folder / "dask", ("distributed",), keep=keep) / "python")
    return Setting(
        xlcfg=str(bin_ / "xlcfg"),
        compiled=_compiled(folder / "compiled", keep=keep) if "compiled" in cases else "",
        yamllint=str(yamllint) if yamllint.exists() else "",
        ruff=str(ruff) if ruff.exists() else "",
        python=str(bin_ / "python"),
        dask=dask,
        xl=shlex.split(arguments.xl) or _real_xl(),
        folder=folder,
        rounds=arguments.rounds,
        large="large" in cases,
        events=arguments.events,
        most=arguments.most,
    )


def _measured(setting: Setting, cases: list[str]) -> Iterator[Figure]:
    """The figures of some cases, printed as they come."""
    print(f"{'ours : theirs':<52}{'of':<8}{'median (quartiles)':<26}target")
    for case in cases:
        for figure in CASES[case](setting):
            mark = "" if figure.met else "  MISSED"
            target = "" if figure.target is None else f"{figure.better} {figure.target:g}{mark}"
            print(f"{figure.name:<52}{figure.field:<8}{figure.ratio!s:<26}{target}", flush=True)
            yield figure


def _document(figures: list[Figure], setting: Setting, cases: list[str], load: float) -> None:
    """Put what was measured into the documentation; `load` is the machine's before the run."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    about = (
        f"Python {version}, {os.cpu_count()} CPUs, {setting.rounds} rounds; traces of "
        f"{setting.events:,} events; load {load:.1f} before the run. Ratios; a config has 40 lines."
    )
    docs = ROOT / "docs"
    table.put(docs / "performance.md", table.markdown(figures, about))
    if "growth" in cases:
        shutil.copy(setting.folder / "growth.svg", docs / "growth.svg")


def _installed(place: Path, peers: tuple[str, ...], *, keep: bool) -> Path:
    """The bin folder of an environment with xlcfg as it is now, and with its peers."""
    bin_ = place / ("Scripts" if os.name == "nt" else "bin")
    if not (bin_ / "python").exists():
        venv.create(place, with_pip=True)
        keep = False
    for peer in peers:
        _install(bin_, peer)  # if it can be had
    if not keep:
        _install(bin_, str(ROOT)).check_returncode()
        _install(bin_, "--force-reinstall", "--no-deps", str(ROOT)).check_returncode()
    return bin_


def _install(bin_: Path, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run pip's `install` in an environment, with `more` variables."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    pip = [str(bin_ / "pip"), "install", "-q", "--disable-pip-version-check", *words]
    return subprocess.run(pip, check=False, env=env | more)


def _compiled(place: Path, *, keep: bool) -> str:
    """The xlcfg of an environment with the compiled wheel; "" where it cannot be built."""
    bin_ = place / ("Scripts" if os.name == "nt" else "bin")
    if keep and (bin_ / "xlcfg").exists():
        return str(bin_ / "xlcfg")
    venv.create(place, with_pip=True)
    done = _install(bin_, "--force-reinstall", str(ROOT), XLCFG_COMPILE="1")
    return "" if done.returncode else str(bin_ / "xlcfg")


def _real_xl() -> list[str]:
    """The xl of Xen 4.17 that `tests/oracle/setup.sh` has made, under its shim."""
    base = os.environ.get("XL_ORACLE_DIR")
    if not base:
        return []
    root = Path(base).resolve() / "4.17"
    if not (root / "oracle" / SHIM).exists():
        return []
    libraries = f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu"
    return [
        *(str(root / "oracle/ld.so"), "--library-path", libraries),
        *("--preload", str(root / "oracle" / SHIM), "--argv0", "xl"),
        str(root / "usr/lib/xen-4.17/bin/xl"),
    ]


if __name__ == "__main__":
    sys.exit(main())
