"""What fixes make of configs, and that they change no more than they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fuzz import Generator
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.xl_oracle import RELEASES, XlServer

import needs
from support import make_linter
from xlcfg.checks.guest import check_source
from xlcfg.checks.report import Report
from xlcfg.core.diagnostics import Diagnostic, Fix
from xlcfg.core.source import Source
from xlcfg.fix import apply, choose, fix_report, fix_round, meaning, shape
from xlcfg.hooks import Hooks

FIXTURES = Path(__file__).resolve().parent.parent / "syntax" / "fixtures"
HOOKS = Hooks(plugins=False)
PV = b'name = "x"\nkernel = "/k"\n'
HVM = b'name = "x"\ntype = "hvm"\n'


def check(data: bytes, release: str = "4.20") -> Report:
    return check_source(Source("x.cfg", data), make_linter(release, "x86_64", HOOKS))


def mended(data: bytes, *, unsafe: bool = False, release: str = "4.20") -> bytes:
    report = check(data, release)
    return fix_report(
        report, make_linter(release, "x86_64", HOOKS), unsafe=unsafe
    ).report.source.data


#: a name, a text and what safe fixes make of it; xl refuses the first
REFUSED = [
    ("crlf", b'name = "x"\r\nmemory = 5\r\n', b'name = "x"\nmemory = 5\n'),
    ("crlf in a comment", b'name = "x" # a\r\n# b\r\n\r\n', b'name = "x" # a\n# b\n\n'),
    ("byte order mark", b'\xef\xbb\xbfname = "x"\n', b'name = "x"\n'),
    ("utf-16", 'name = "é"\n'.encode("utf-16"), 'name = "é"\n'.encode()),
    ("typographic quotes", 'name = “x”\nextra = ‘it”s’\n'.encode(),
     'name = "x"\nextra = "it”s"\n'.encode()),
    ("comment at the end", b"memory = 5\n# c", b"memory = 5\n# c\n"),
    ("unit", b'memory = 512M\nmaxmem = 2GB\nvideoram = 4 m\n',
     b"memory = 512\nmaxmem = 2048\nvideoram = 4\n"),
    ("numbers", b"vcpus = 0X1F\ncap = 1_000\nx = +5\n", b"vcpus = 0x1f\ncap = 1000\nx = 5\n"),
    ("words", b"name = web\nkernel = /boot/vm linuz # k\n",
     b'name = "web"\nkernel = "/boot/vm linuz" # k\n'),
    ("words in a list", b"vif = [ bridge=xenbr0 ]\ncpus = [ a, b ]\n",
     b'vif = [ "bridge=xenbr0" ]\ncpus = [ "a", "b" ]\n'),
    ("truth", b"acpi = True\nhap = off\n", b"acpi = 1\nhap = 0\n"),
    ("capitals", b"Name = 'x'\nmaxVcpus = 4\non-crash = 'restart'\n",
     b"name = 'x'\nmaxvcpus = 4\non_crash = 'restart'\n"),
    ("missing comma", b"vif = [ 'a'\n 'b' ]\n", b"vif = [ 'a',\n 'b' ]\n"),
    ("missing bracket", b"vif = [ 'a', # c\n 'b'\nmemory = 5\n",
     b"vif = [ 'a', # c\n 'b' ]\nmemory = 5\n"),
    ("missing bracket at the end", b"vif = [ 'a'\n", b"vif = [ 'a' ]\n"),
    ("wrong bracket", b"vif = [ 'a' )\n", b"vif = [ 'a' ]\n"),
    ("empty places", b"vif = [ 'a',, 'b'; 'c' ]\n", b"vif = [ 'a', 'b', 'c' ]\n"),
    ("comma behind a setting", b"memory = 5,\nvcpus = 2\n", b"memory = 5\nvcpus = 2\n"),
    ("colon", b"memory: 5\n", b"memory = 5\n"),
    ("two equals", b"memory == 5\n", b"memory = 5\n"),
    ("no equals", b"memory 5\n", b"memory = 5\n"),
    ("slashes", b"memory = 5 // MiB\n// all\n", b"memory = 5 # MiB\n# all\n"),
    ("shell", b"export memory=5\n", b"memory=5\n"),
    ("python prefix", b"name = u'x'\n", b"name = 'x'\n"),
    ("three quotes", b'name = """x"""\n', b'name = "x"\n'),
    ("folded list", b"vif = [ 'a', \\\n 'b' ]\n", b"vif = [ 'a', \n 'b' ]\n"),
    ("two on a line", b"memory = 5 vcpus = 2\n", b"memory = 5\nvcpus = 2\n"),
    ("no-break space", b"memory =\xc2\xa05\n", b"memory = 5\n"),
]  # fmt: skip

#: the same where xl takes both
ACCEPTED = [
    ("tsc_mode", PV + b"tsc_mode = 2\n", PV + b'tsc_mode = "native"\n'),
    ("timer_mode", HVM + b"timer_mode = 1 # c\n",
     HVM + b'timer_mode = "no_delay_for_missed_ticks" # c\n'),
    ("arguments", PV + b'bootloader = "b"\nbootloader_args = "-a  -b=\'c\'\t-d"\n',
     PV + b'bootloader = "b"\nbootloader_args = [ "-a", "-b=\'c\'", "-d" ]\n'),
    ("builder", b'name = "x"\nbuilder="hvm"\n', b'name = "x"\ntype = "hvm"\n'),
    ("builder beside type", b'builder="hvm"\n' + HVM, HVM),
    ("generic builder", PV + b'builder = "generic" # old\n', PV + b'type = "pv" # old\n'),
    ("stdvga", HVM + b"stdvga = 1\n", HVM + b'vga = "stdvga"\n'),
    ("no stdvga", HVM + b"stdvga=0;memory=64\n", HVM + b'vga = "cirrus";memory=64\n'),
    ("abbreviated type", b'name="x"\ntype = \'hv\'\n', b'name="x"\ntype = "hvm"\n'),
    ("netdev", PV + b"vif = [ 'mac=00:16:3e:00:00:01,netdev=eth0' ]\n",
     PV + b"vif = [ 'mac=00:16:3e:00:00:01,gatewaydev=eth0' ]\n"),
    ("phy:", PV + b"disk = [ 'phy:/dev/x,xvda,w' ]\n", PV + b'disk = [ "/dev/x,raw,xvda,rw" ]\n'),
    ("file: and cdrom", HVM + b"disk = [ 'file:/x.iso,hdc:cdrom,r', 'tap:qcow2:/y,hda,w' ]\n",
     HVM + b'disk = [ "/x.iso,raw,hdc,ro,devtype=cdrom", "/y,qcow2,hda,rw" ]\n'),
    ("tap2:aio:", HVM + b"disk = [ 'tap2:aio:/y,hda,w' ]\n", HVM + b'disk = [ "/y,raw,hda,rw" ]\n'),
    ("drbd:", PV + b"disk = [ 'drbd:r0,xvda,w' ]\n",
     PV + b'disk = [ "r0,raw,xvda,rw,script=block-drbd" ]\n'),
    ("overwritten", PV + b"memory = 5 # half\nmemory = 64\n", PV + b"# half\nmemory = 64\n"),
    ("overwritten on one line", PV + b"memory = 5; memory = 64\n", PV + b"memory = 64\n"),
    ("overwritten twice", PV + b"\n memory = 5\nmemory = 6\nmemory = 64\n",
     PV + b"\nmemory = 64\n"),
    ("overwritten in part", PV + b"vif=['a']\nvif+=['b']\nvif=['bridge=c']\n",
     PV + b"vif=['bridge=c']\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_xl_refuses_is_mended(before: bytes, after: bytes) -> None:
    assert mended(before) == after


@pytest.mark.parametrize(
    ("before", "after"), [c[1:] for c in ACCEPTED], ids=[c[0] for c in ACCEPTED]
)
def test_old_forms_become_new_ones_and_mean_the_same(before: bytes, after: bytes) -> None:
    assert mended(before) == after
    old, new = check(before).guest, check(after).guest
    assert old is not None
    assert new is not None
    assert meaning(old) == meaning(new)


@pytest.fixture(scope="module", params=RELEASES)
def server(request: pytest.FixtureRequest) -> Iterator[XlServer]:
    needs.require(f"xl-{request.param}")
    with XlServer(request.param) as running:
        yield running


@pytest.mark.parametrize("data", [c[1] for c in ACCEPTED], ids=[c[0] for c in ACCEPTED])
def test_the_real_xl_makes_the_same_of_both(data: bytes, server: XlServer) -> None:
    data += b'uuid = "00000000-0000-0000-0000-000000000001"\n'
    new = mended(data, release=server.release)
    before, after = server.create(data), server.create(new)
    assert before["rc"] == after["rc"] == 0, (before["err"], after["err"])
    assert before["out"] == after["out"], new


@pytest.mark.parametrize("before", [c[1] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_the_real_xl_takes_what_it_refused(before: bytes, server: XlServer) -> None:
    from xlcfg.syntax.guest import read_guest

    after = mended(before)
    assert read_guest(before.decode("latin-1")).refused
    assert b"config parsing error" in server.create(before)["err"]
    assert b"config parsing error" not in server.create(after)["err"]


# ---- unsafe fixes ------------------------------------------------------------------------------

UNSAFE = [
    ("misspelt", PV + b"vcpu = 2\n", PV + b"vcpus = 2\n"),
    ("misspelt twice", PV + b"vifs = ['a']\nvifs += ['b']\n", PV + b"vif = ['a']\nvif += ['b']\n"),
    ("size in quotes", PV + b'memory = "512M"\n', PV + b"memory = 512\n"),
    ("truth in quotes", PV + b'localtime = "yes"\n', PV + b"localtime = 1\n"),
    ("backslash", b"name = 'C:\\windows'\n", b"name = 'C:\\\\windows'\n"),
    ("stray bracket", b"name = 'x' ]\n", b"name = 'x' \n"),
]


@pytest.mark.parametrize(("before", "after"), [c[1:] for c in UNSAFE], ids=[c[0] for c in UNSAFE])
def test_unsafe_fixes_are_asked_for(before: bytes, after: bytes) -> None:
    assert mended(before) == before
    assert mended(before, unsafe=True) == after


def test_a_name_that_is_there_already_is_not_given_again() -> None:
    data = PV + b"vcpus = 2\nvcpu = 4\n"
    assert mended(data, unsafe=True) == data


def test_a_misspelt_name_says_what_its_fix_does() -> None:
    (found,) = [d for d in check(PV + b"vcpu = 2\n").diagnostics if d.code == "XL101"]
    assert found.fix is not None
    assert not found.fix.safe
    assert "takes effect" in found.fix.title


def test_a_comment_in_a_dead_list_is_not_thrown_away() -> None:
    data = PV + b"vif = [ # why\n 'a' ]\nvif = []\n"
    assert mended(data) == data
    assert mended(data, unsafe=True) == PV + b"vif = []\n"


# ---- any input -----------------------------------------------------------------------------------


def keeps(before: Report, after: Report) -> None:
    old, new = before.guest, after.guest
    assert old is not None
    assert new is not None
    if old.document.refused:
        rest = iter(shape(new.document))
        assert all(item in rest for item in shape(old.document)), before.source.data
    else:
        assert meaning(old) == meaning(new), before.source.data


def sound(fix: Fix, size: int) -> None:
    assert fix.edits
    assert fix.title
    assert "\n" not in fix.title
    at = 0
    for start, end, _ in fix.edits:
        assert at <= start <= end <= size
        at = end


def settles(data: bytes) -> None:
    linter = make_linter("4.20", "x86_64", HOOKS)
    report = check(data)
    for diagnostic in report.diagnostics:
        if diagnostic.fix is not None:
            sound(diagnostic.fix, len(data))
    while (after := fix_round(report, linter)).fixes:
        keeps(report, after.report)
        report = after.report
    report = check(data)
    safe = fix_report(report, linter)
    everything = fix_report(report, linter, unsafe=True)
    for fixed, unsafe in ((safe, False), (everything, True)):
        again = fix_report(fixed.report, linter, unsafe=unsafe)
        assert again.fixes == 0, (data, fixed.report.source.data)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_fixes_settle_and_keep_what_is_said(seed: int) -> None:
    generator = Generator(seed)
    for _ in range(5):
        settles(generator.one())


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.cfg")), ids=lambda path: path.stem)
def test_fixtures_settle(path: Path) -> None:
    settles(path.read_bytes())


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.cfg")), ids=lambda path: path.stem)
def test_each_safe_fix_keeps_what_the_reader_made_out(path: Path) -> None:
    """Each alone, without the net that `fix_report` has."""
    report = check(path.read_bytes())
    for diagnostic in report.diagnostics:
        fix = diagnostic.fix
        if fix is not None and fix.safe:
            keeps(report, check(apply(report.source.data, [fix])))


# ---- the engine ----------------------------------------------------------------------------------


def test_of_overlapping_fixes_the_first_wins() -> None:
    first = Fix("a", True, [(0, 3, b"x")])
    second = Fix("b", True, [(2, 5, b"y"), (8, 9, b"z")])
    third = Fix("c", True, [(8, 9, b"w")])
    assert choose([second, third, first]) == [first, third]
    assert apply(b"0123456789", [first, third]) == b"x34567w9"


def test_a_fix_that_breaks_its_word_is_not_applied() -> None:
    report = check(PV + b"memory = 64\n")
    at = report.source.data.index(b"64")
    liar = Fix("write 65", True, [(at, at + 2, b"65")])
    report.diagnostics.append(Diagnostic("XX001", "info", "m", start=at, fix=liar))
    fixed = fix_report(report, make_linter("4.20", "x86_64", HOOKS))
    assert fixed.fixes == 0
    assert fixed.report is report


def _with_liars(count: int, lies: Callable[[int], bool]) -> Report:
    """A config with so many fixes of numbers, of which some change what xl reads."""
    report = check(PV + b"".join(b"# %03d\n" % n for n in range(count)) + b"memory = 64\n")
    text = report.source.data
    for n in range(count):
        at = text.index(b"# %03d" % n)
        new = b"vcpus=2\n#" if lies(n) else b"#!"
        fix = Fix("f", True, [(at, at + 1, new)])
        report.diagnostics.append(Diagnostic("XX001", "info", "m", start=at, fix=fix))
    return report


@pytest.mark.parametrize("liar", [0, 17, 199])
def test_the_one_fix_that_breaks_its_word_is_found(liar: int) -> None:
    fixed = fix_report(_with_liars(200, lambda n: n == liar), make_linter("4.20", "x86_64", HOOKS))
    assert fixed.fixes == 199
    assert fixed.report.source.data.count(b"#! ") == 199


def test_fixes_that_break_their_word_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, the text is read again a bounded number of times."""
    reads = []

    def counted(*arguments: Any) -> Report:
        reads.append(1)
        return check_source(*arguments)

    monkeypatch.setattr("xlcfg.fix.check_source", counted)
    for count in (50, 300):
        reads.clear()
        fix_report(_with_liars(count, lambda n: n % 2 == 0), make_linter("4.20", "x86_64", HOOKS))
        assert len(reads) < 100


def test_a_fix_is_worked_out_once_and_only_when_asked_for() -> None:
    calls: list[int] = []

    def make() -> Fix:
        calls.append(1)
        return Fix("t", True, [(0, 0, b"")])

    diagnostic = Diagnostic("XX001", "info", "m", fix=make)
    assert calls == []
    assert diagnostic.fix is diagnostic.fix
    assert calls == [1]
