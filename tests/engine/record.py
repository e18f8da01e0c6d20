"""Asks the real xl everything the committed tables hold, and writes them anew.

    XL_ORACLE_DIR=DIR python tests/engine/record.py

`data/cells.json.gz`: every key with seven values, and every spec string, for three guest types;
which releases reach the creation hypercall.  `data/configs.json.gz`: random configs (see
`generator.py`) with what three releases say; of the accepted ones, the JSON of the dry run.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent), str(HERE.parent / "oracle")]

import diff  # noqa: E402
import generator  # noqa: E402
import json_view  # noqa: E402
from trees import Plain, render  # noqa: E402
from xl_oracle import RELEASES, XlServer  # noqa: E402

DATA = HERE / "data"
CONFIGS = 2500
SEED = 20
#: what every cell's config begins with
BASES: dict[str, list[tuple[str, Plain]]] = {
    "pv": [("name", "x"), ("type", "pv"), ("kernel", "/k"), ("memory", 64)],
    "pvh": [("name", "x"), ("type", "pvh"), ("kernel", "/k"), ("memory", 64)],
    "hvm": [("name", "x"), ("type", "hvm"), ("memory", 64)],
}


def load(name: str) -> Any:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        return json.load(file)


def save(name: str, content: object) -> None:
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
    # no time stamp: the same content makes the same file
    with gzip.GzipFile(DATA / name, "wb", mtime=0) as file:
        file.write(text.encode())


def main() -> None:
    servers = [XlServer(release) for release in RELEASES]
    bare = [diff.host_of(server) is diff.SHIM_HOST_BARE for server in servers]
    cells = load("cells.json.gz")["cells"]
    for cell in cells:
        key, guest, value = cell[:3]
        text = render([*BASES[guest], (key, value)])
        cell[3] = [int(server.build(text)["reached"]) for server in servers]
    save("cells.json.gz", {"releases": RELEASES, "bare": bare, "cells": cells})
    chance = random.Random(SEED)
    configs = []
    for _ in range(CONFIGS):
        pairs = generator.config(chance)
        pairs.append(("uuid", "00000000-0000-0000-0000-0000000000F0"))
        text = render(pairs)
        answers: list[Any] = []
        for server in servers:
            answer: Any = None
            if server.build(text)["reached"]:
                out = server.create(text)["out"].decode("utf-8", "surrogateescape")
                answer = json_view.prune(json.loads(out))
            answers.append(answers[0] if answers and answers[0] == answer else answer)
        same = all(answer == answers[0] for answer in answers)
        configs.append([pairs, answers[:1] if same else answers])
    save("configs.json.gz", {"releases": RELEASES, "bare": bare, "configs": configs})


if __name__ == "__main__":
    main()
