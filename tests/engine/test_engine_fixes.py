"""Safe fixes against the real xl: what it makes of random configs before and after is the same."""

from __future__ import annotations

import os
import random
import re
import secrets

import generator
import pytest
from trees import render
from xl_oracle import RELEASES, XlServer

import needs
from support import make_linter
from xlcfg.checks.guest import check_source
from xlcfg.core.source import Source
from xlcfg.fix import fix_report
from xlcfg.hooks import Hooks

BASE = b'name = "x"\nkernel = "/k"\nuuid = "00000000-0000-0000-0000-000000000001"\n'
#: added to every config, so that many fixes come together
OLD = (
    b"tsc_mode = 1\n",
    b"timer_mode = 2\n",
    b'builder = "hvm"\n',
    b'builder = "generic"\n',
    b"stdvga = 1\n",
    b'bootloader = "b"\nbootloader_args = "-x  y"\n',
    b'disk = [ "phy:/dev/x,xvda,w", "tap:aio:/y,hdb:cdrom,r" ]\n',
    b'vif = [ "netdev=eth0" ]\n',
    b'type = "hv"\n',
    b"memory = 64\nmemory = 65\n",
    b'on_crash = "destroy"; on_crash = "restart"\n',
)
#: xl draws this identity anew at each start when the config says "generate"
DRAWN = re.compile(rb'"ms_vm_genid": \[[\s\d,]*\]')


def settled(out: bytes) -> bytes:
    return DRAWN.sub(b'"ms_vm_genid": []', out)


@pytest.mark.parametrize("release", RELEASES)
def test_the_real_xl_sees_no_difference(release: str) -> None:
    needs.require(f"xl-{release}")
    seed = int(os.environ.get("XLCFG_FUZZ_SEED") or secrets.randbits(32))
    print(f"XLCFG_FUZZ_SEED={seed}")
    chance = random.Random(seed)
    linter = make_linter(release, "x86_64", Hooks(plugins=False))
    fixed = 0
    server = XlServer(release)
    try:
        for _ in range(400):
            pairs = [pair for pair in generator.config(chance) if chance.random() < 0.2]
            data = BASE + render(pairs) + b"".join(chance.sample(OLD, 4))
            report = fix_report(check_source(Source("x.cfg", data), linter), linter)
            new = report.report.source.data
            before, after = server.create(data), server.create(new)
            assert before["rc"] == after["rc"], (data, new)
            assert settled(before["out"]) == settled(after["out"]), (data, new)
            fixed += report.fixes if before["rc"] == 0 else 0
    finally:
        server.close()
    assert fixed > 50
