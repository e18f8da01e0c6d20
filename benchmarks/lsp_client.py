"""Starts a real language server, types into a guest config, and asks what each of that costs."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import Cost

#: What is typed into its middle and then taken back: keys, a number, words, the parts of a string.
TYPED = 'vcpus = 2\non_crash = "destroy"\nvif = [ "mac=00:16:3e:00:00:01,bridge=xenbr0" ]\n'


def config(lines_wanted: int) -> str:
    """A config of so many lines as they occur: some settings, long lists of devices, comments."""
    head = '# a guest with many devices\nname = "many"\ntype = "hvm"\nmemory = 4096\nmaxvcpus = 8\n'
    tail = 'serial = "pty"\nvnc = 1\non_poweroff = "destroy"\non_reboot = "restart"\n'
    rest = lines_wanted - head.count("\n") - tail.count("\n") - 4
    disks, nics = rest // 2, rest - rest // 2
    lines = ["disk = ["]
    lines += [f'    "format=raw,vdev=xvd{_letters(n)},target=/dev/vg/d{n}",' for n in range(disks)]
    lines += ["]", "vif = ["]
    lines += [
        f'    "mac=00:16:3e:00:{n >> 8:02x}:{n & 255:02x},bridge=xenbr{n % 4},type=vif",  # nic {n}'
        for n in range(nics)
    ]
    return head + "\n".join([*lines, "]"]) + "\n" + tail


def _letters(n: int) -> str:
    """a, b, ... z, aa, ab, ... as disks are named."""
    return ("" if n < 26 else _letters(n // 26 - 1)) + chr(97 + n % 26)


class Session:
    """A server with one open config. Linux only: it asks /proc for the processor time."""

    def __init__(self, command: list[str], env: dict[str, str], path: Path) -> None:
        started = time.perf_counter()
        self.uri = path.as_uri()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
        )
        self.number = self.version = 0
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self.tell("initialized", {})
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        # between the two lists, where a new setting may begin
        at = lines.index("vif = [\n") if "vif = [\n" in lines else len(lines)
        self.before, self.after = "".join(lines[:at]), "".join(lines[at:])
        document = {"uri": self.uri, "languageId": "xlcfg", "version": 0, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        while self._read().get("method") != "textDocument/publishDiagnostics":
            pass
        #: what it took from the start of the process to the first findings
        self.first = Cost(self._cpu(), time.perf_counter() - started, 0)

    def type(self) -> Cost:
        """Write `TYPED` a character at a time, each with a completion; the cost of one of them."""
        cpu, started = self._cpu(), time.perf_counter()
        answered = 0
        for end in range(1, len(TYPED) + 1):
            text = self.before + TYPED[:end]
            self._change(text + self.after)
            line = text.count("\n")
            answer = self.ask(
                "textDocument/completion",
                {
                    "textDocument": {"uri": self.uri},
                    "position": {"line": line, "character": len(text) - text.rfind("\n") - 1},
                },
            )
            answered += bool(answer["items"])
        wall = time.perf_counter() - started
        cost = Cost((self._cpu() - cpu) / len(TYPED), wall / len(TYPED), 0)
        if answered < len(TYPED) // 4:
            raise RuntimeError(f"only {answered} of {len(TYPED)} keystrokes were answered")
        self._change(self.before + self.after)
        return cost

    def close(self) -> None:
        """End the server."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.communicate(timeout=60)

    def tell(self, method: str, params: Any) -> None:
        """A notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """A request; its result."""
        self.number += 1
        self._send({"id": self.number, "method": method, **({"params": params} if params else {})})
        while (message := self._read()).get("id") != self.number:
            pass
        return message["result"]

    def _change(self, text: str) -> None:
        self.version += 1
        self.tell(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self.version},
                "contentChanges": [{"text": text}],
            },
        )

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        stream = self.process.stdout
        assert stream is not None
        length = 0
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError("the language server is gone")
        message: dict[str, Any] = json.loads(stream.read(length))
        return message

    def _cpu(self) -> float:
        """Processor seconds of all threads of the server so far."""
        threads = Path(f"/proc/{self.process.pid}/task")
        return sum(int((t / "schedstat").read_text().split()[0]) for t in threads.iterdir()) / 1e9


def first(command: list[str], env: dict[str, str], path: Path) -> Cost:
    """What a server costs from its start to the findings of a file."""
    session = Session(command, env, path)
    session.close()
    return session.first


def write(folder: Path, lines: int) -> Path:
    """A config of so many lines as a file in a folder."""
    path = folder / f"lsp-{lines}.cfg"
    text = config(lines)
    assert text.count("\n") == lines
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path
