"""Asks the real xl of Xen 4.14, 4.17 and 4.20, set up by `setup.sh DIR` (see there).

    python tests/oracle/xl_oracle.py --dir DIR all FILE          the dry run (xl -N create)
    python tests/oracle/xl_oracle.py --dir DIR 4.17 --build FILE up to the domain creation hypercall
    python tests/oracle/xl_oracle.py --dir DIR --selftest [RELEASE...]

DIR defaults to $XL_ORACLE_DIR, else to .cache/releases, where tests/run has them.  xl runs under a
shim that pretends a host of 16 CPUs, 2 NUMA nodes and 64 GiB; the environment XLSHIM_CPUS,
XLSHIM_NODES and XLSHIM_MB change it.
"""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RELEASES = ("4.14", "4.17", "4.20")
_REACHED = b"[shim] xc_domain_create reached\n"


def directory() -> Path:
    """Where the toolstacks are."""
    return Path(os.environ.get("XL_ORACLE_DIR") or HERE.parent.parent / ".cache" / "releases")


def _command(release: str, root: Path | None) -> list[str]:
    base = (root or directory()).resolve() / release
    oracle = base / "oracle"
    libraries = f"{base}/usr/lib/x86_64-linux-gnu:{base}/lib/x86_64-linux-gnu"
    return [
        *(str(oracle / "ld.so"), "--library-path", libraries),
        *("--preload", str(oracle / "xl_shim.so"), "--argv0", "xl"),
        str(base / f"usr/lib/xen-{release}/bin/xl"),
    ]


def _limit(seconds: int) -> Callable[[], None]:
    """Makes a process and those that it forks end after so much CPU each."""

    def apply() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    return apply


class XlServer:
    """One xl as a fork server: a question takes about a millisecond."""

    def __init__(
        self,
        release: str,
        root: Path | None = None,
        env: dict[str, str] | None = None,
        cpu: int = 0,
    ) -> None:
        """`cpu`: seconds of CPU after which a question is ended; else 10 s on the clock."""
        self.release = release
        self.process = subprocess.Popen(
            _command(release, root),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL": "C",
                "XLSHIM_SERVER": "1",
                **(env or {}),
            },
            preexec_fn=_limit(cpu) if cpu else None,
        )

    def run(self, arguments: list[str], config: bytes = b"") -> dict[str, Any]:
        """`rc` (negative: a signal), `out` and `err` of one command; the config is x.cfg."""
        words = [b"xl", *map(os.fsencode, arguments)]
        message = struct.pack("<I", len(words))
        for word in words:
            message += struct.pack("<I", len(word)) + word
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(message + struct.pack("<I", len(config)) + config)
        self.process.stdin.flush()
        read = self.process.stdout.read
        status, length = struct.unpack("<iI", read(8))
        out = read(length)
        (length,) = struct.unpack("<I", read(4))
        err = read(length)
        signal = status & 127
        return {"rc": -signal if signal else (status >> 8) & 255, "out": out, "err": err}

    def create(self, config: bytes) -> dict[str, Any]:
        """The dry run: JSON in `out` when xl accepts the file."""
        return self.run(["-N", "create", "x.cfg"], config)

    def build(self, config: bytes) -> dict[str, Any]:
        """`xl create` up to the hypercall; `reached` says whether it got there."""
        answer = self.run(["create", "x.cfg"], config)
        answer["reached"] = _REACHED in answer["err"]
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self) -> XlServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def selftest(releases: tuple[str, ...], root: Path | None) -> int:
    """Whether every release answers as it should; 1 if not."""
    failed = 0
    good = b'name="x"\ntype="%s"\nkernel="/dev/null"\nmemory=64\n'
    for release in releases:
        with XlServer(release, root) as server:
            results = {
                f"create {guest}": server.build(good % guest.encode())["reached"]
                for guest in ("pv", "pvh", "hvm")
            }
            results["dry run"] = b'"name": "x"' in server.create(good % b"pv")["out"]
            results["syntax error"] = server.create(b"a=\n")["rc"] == 1
            results["bad value"] = not server.build(good % b"zz")["reached"]
        for what, passed in results.items():
            failed += not passed
            print(f"{release} {what}: {'ok' if passed else 'FAILED'}")
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    root = None
    if arguments[:1] == ["--dir"]:
        root, arguments = Path(arguments[1]), arguments[2:]
    if arguments[:1] == ["--selftest"]:
        return selftest(tuple(arguments[1:]) or RELEASES, root)
    if len(arguments) < 2:
        print(__doc__)
        return 2
    build = "--build" in arguments
    config = Path(arguments[-1]).read_bytes()
    for release in RELEASES if arguments[0] == "all" else (arguments[0],):
        with XlServer(release, root) as server:
            answer = server.build(config) if build else server.create(config)
        sys.stdout.write(f"== {release}, exit status {answer['rc']}\n")
        sys.stdout.write((answer["err"] + answer["out"]).decode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
