"""python -m tests.box COMMAND: asks a whole Xen host in QEMU. docs/oracles.md explains it.

python -m tests.box snapshot 4.17            boot it once and keep the state
python -m tests.box create 4.17 FILE...      what becomes of configs
python -m tests.box run 4.17 [PREFIX...]     run recorded cases and compare
python -m tests.box record 4.17 [PREFIX...]  run cases and record what becomes of them
python -m tests.box random 4.17 SECONDS [SEED]  new random configs against xlcfg's verdict
python -m tests.box shell 4.17 COMMAND       what a command prints in dom0
"""

from __future__ import annotations

import random
import secrets
import sys
import time
from pathlib import Path

_TESTS = str(Path(__file__).resolve().parents[1])
if _TESTS not in sys.path:
    sys.path.insert(0, _TESTS)

from box import asking, host, records  # noqa: E402


def _create(release: str, paths: list[str]) -> int:
    with host.Box(release) as box:
        for path in paths:
            answer = box.create(Path(path).read_bytes(), real_scripts=True)
            print(f"{path}: {answer.layer or 'created'} {answer.message} ({answer.seconds} s)")
            for name, text in answer.said.items():
                for line in text.splitlines():
                    print(f"    {name}: {line}")
            if answer.argv:
                print("    " + " ".join(answer.argv))
    return 0


def _run(release: str, prefixes: list[str], record: bool) -> int:
    cases = records.cases()
    known = records.results(release)
    argv = records.command_lines(release)
    names = [name for name in cases if name.startswith(tuple(prefixes) or "")]
    if not record or not prefixes:
        names = [name for name in names if (name in known) != record]
    differing = 0
    for name, answer in asking.answers(release, {name: cases[name] for name in names}):
        if answer is None:
            continue
        result = records.Result(name, answer.rc, answer.layer, answer.message)
        difference = asking.difference(known[name], result) if name in known else ""
        differing += bool(difference)
        print(
            f"{name}: {answer.layer or 'created'} {answer.message} ({answer.seconds} s)", flush=True
        )
        if difference:
            print(f"    DIFFERS: {difference}")
        if record:
            known[name] = result
            argv.pop(name, None)
            if answer.argv:
                argv[name] = answer.argv
            records.write_results(release, known.values())
            records.write_command_lines(release, argv)
    return 1 if differing and not record else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["snapshot", *releases]:
            for release in releases:
                begun = time.monotonic()
                try:
                    host.make_snapshot(release)
                except host.BoxFault as fault:
                    print(f"{release}: no snapshot, the box is too slow or ill: {fault}")
                    return 3
                print(f"{release}: the snapshot took {time.monotonic() - begun:.0f} s")
        case ["create", release, *paths] if paths:
            return _create(release, paths)
        case ["run", release, *prefixes]:
            return _run(release, prefixes, record=False)
        case ["record", release, *prefixes]:
            return _run(release, prefixes, record=True)
        case ["random", release, seconds, *seed]:
            number = int(seed[0]) if seed else secrets.randbits(32)
            print(f"seed {number}")
            done = asking.random_round(release, random.Random(number), float(seconds))
            print(f"{done.count} configs, {done.silent} more without an answer")
            print("\n".join(done.wrong))
            return 1 if done.wrong else 0
        case ["shell", release, command]:
            with host.Box(release) as box:
                print(box.shell(command), end="")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
