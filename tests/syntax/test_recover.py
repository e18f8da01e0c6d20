"""The recovering reader on anything: no exception, true places, no cascades, linear time."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from canon import canon, dump
from fuzz import Generator
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xlcfg.rules.syntax import texts
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.recovery.parser import Parser, recover
from xlcfg.syntax.strings import unquote
from xlcfg.syntax.tree import Aborts, Document, ListValue, Refused

DATA = Path(__file__).parent / "data"
EXAMPLES = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.cfg"))}
PATIENT = settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(data: bytes) -> Document:
    """Reads a config and checks what must hold of any."""
    text = data.decode("latin-1")
    document = read_guest(text)
    last = -1
    for problem in document.problems:
        assert last < problem.start <= problem.end <= len(text)
        assert problem.opened is None or 0 <= problem.opened <= problem.start
        assert problem.code.startswith("XL0")
        message, help_text = texts(problem)
        assert message
        assert help_text
        assert "\n" not in message + help_text
        assert len(message) < 200
        last = problem.start
    for setting in document.settings:
        assert 0 <= setting.start < setting.name_end <= setting.end <= len(text)
    for start, end in document.comments:
        assert text[start] == "#"
        assert "\n" not in text[start:end]
    if not document.refused:
        slices_are_exact(text, document)
    return document


def slices_are_exact(text: str, document: Document) -> None:
    for setting in document.settings:
        assert text[setting.start : setting.name_end] == setting.name
        assert setting.end == setting.value.end
        todo = [setting.value]
        while todo:
            value = todo.pop()
            found = text[value.start : value.end]
            if isinstance(value, ListValue):
                assert found[0] + found[-1] == "[]"
                todo.extend(value.items)
            else:
                assert (unquote(found) if value.quoted else found) == value.text


def forgiven(data: bytes) -> Document:
    """What the recovering reader alone makes of a config."""
    parser = Parser(data.decode("latin-1"))
    parser.read()
    return parser.document


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_prefix_is_read(name: str) -> None:
    data = EXAMPLES[name]
    for end in range(len(data) + 1):
        read(data[:end])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_prefix_is_judged_as_by_libxlutil(
    name: str, libxlutil: Callable[[bytes], bytes]
) -> None:
    data = EXAMPLES[name]
    for end in range(len(data) + 1):
        assert canon(data[:end]) == libxlutil(data[:end])


CHANGES = st.tuples(
    st.sampled_from(sorted(EXAMPLES)), st.integers(0, 2000), st.integers(0, 255), st.integers(0, 2)
)


def changed(change: tuple[str, int, int, int]) -> bytes:
    """An example with one byte replaced, inserted or deleted."""
    name, at, byte, kind = change
    data = EXAMPLES[name]
    at %= len(data)
    return data[:at] + bytes((byte,))[: kind < 2] + data[at + (kind != 1) :]


@PATIENT
@given(CHANGES)
def test_any_change_of_one_byte_is_read(change: tuple[str, int, int, int]) -> None:
    read(changed(change))


@PATIENT
@given(CHANGES)
def test_any_change_of_one_byte_is_judged_as_by_libxlutil(
    libxlutil: Callable[[bytes], bytes], change: tuple[str, int, int, int]
) -> None:
    data = changed(change)
    assert canon(data) == libxlutil(data)


@pytest.mark.parametrize("byte", list(b"\0\r\n\\'\"[]{}(),;=+#$Aa0-. \xe2"))
def test_a_byte_put_in_anywhere_is_read(byte: int) -> None:
    data = EXAMPLES["hvm"]
    for at in range(len(data) + 1):
        read(data[:at] + bytes((byte,)) + data[at:])


@PATIENT
@example(b"vif \x95")
@example(b"a=[" * 30)
@given(st.binary(max_size=80))
def test_any_bytes_are_read(data: bytes) -> None:
    read(data)


SEEDS = st.integers(0, 2**32)


@PATIENT
@given(SEEDS)
def test_any_soup_of_tokens_is_read(seed: int) -> None:
    generator = Generator(seed)
    for _ in range(20):
        read(generator.one())


@PATIENT
@given(SEEDS)
def test_recovery_finds_nothing_in_a_good_config(seed: int) -> None:
    """Both readers agree wherever the fast one is content: there are no false problems."""
    generator = Generator(seed)
    for _ in range(20):
        data = generator.one()
        fast = read_guest(data.decode("latin-1"))
        if fast.refused:
            continue
        document = forgiven(data)
        assert document.problems == []
        assert dump(document) == dump(fast)
        assert document.comments == fast.comments
        assert document.chains.keys() == fast.chains.keys()


#: One mistake each, with the code it has; `MARK` stands where the problem begins.
MISTAKES = [
    ("XL001", "This is no setting"),
    ("XL001", "memory = 512 `// MiB".replace("`", "MARK")),
    ("XL004", "name = MARK“web”"),
    ("XL005", "name = MARKweb"),
    ("XL005", "vif = [ MARKbridge=br0, 'b' ]"),
    ("XL006", "vif = MARK[ 'bridge=br0',"),
    ("XL006", "vnuma = MARK[ [ 'pnode=0' ]"),
    ("XL007", "name = MARK'web"),
    ("XL007", "vif = [ MARK'bridge=br0 ]"),
    ("XL009", "MARKimport os"),
    ("XL009", "MARKif x:\n    memory = 1\nelse:\n    memory = 2"),
    ("XL009", "name = MARK'a' + b"),
    ("XL010", "vif = [ 'a', MARK\\\n  'b' ]"),
    ("XL010", "extra = MARK'a \\\n b'"),
    ("XL011", "MARKOn-Crash = 'destroy'"),
    ("XL012", "memory = MARK2G"),
    ("XL012", "vncdisplay = MARK-1"),
    ("XL013", "memory = MARK@@MEM@@"),
    ("XL013", "disk = [ 'a', MARK<DISK> ]"),
    ("XL014", "kernel = 'C:MARK\\Xen'"),
    ("XL015", "MARK\0"),
    ("XL016", "vif = [ MARK'a' 'b' ]"),
    ("XL016", "vif = [ 'a', MARK, 'b' ]"),
    ("XL016", "vif = [ 'a',\n  MARK'b'\n  'c' ]"),
    ("XL016", "memory = 512MARK,"),
    ("XL017", "MARKmemory ="),
    ("XL017", "memoryMARK: 512"),
    ("XL017", "MARKmemory 512"),
    ("XL018", "vif = [ 'a' ]MARK]"),
    ("XL020", "zz = 'a'\nMARKzz += [ 'b' ]"),
    ("XL022", "vif = MARK('a', 'b')"),
    ("XL022", "vif = MARK'a', 'b'"),
    ("XL023", "name = 'BobMARK's guest'"),
    ("XL024", "vcpus = 2 MARKmemory = 512"),
]


@pytest.mark.parametrize(("code", "mistake"), MISTAKES)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_mistake_is_reported_once_where_it_is(name: str, code: str, mistake: str) -> None:
    raw = mistake.encode()
    mark = max(raw.find(b"MARK"), 0)
    raw = raw.replace(b"MARK", b"")
    text = EXAMPLES[name].decode("latin-1")
    good = read_guest(text)
    # Wherever a setting begins at the margin, another line may be put before it.
    places = [s.start for s in good.settings if s.start == 0 or text[s.start - 1] == "\n"]
    for at in [*places, len(text)]:
        data = EXAMPLES[name][:at] + raw + b"\n" + EXAMPLES[name][at:]
        document = read(data)
        found = [(p.code, p.start) for p in document.problems]
        assert found == [(code, at + mark)], data[at : at + 200]
        # Everything else is still understood.
        names = [s.name for s in document.settings]
        for setting in good.settings:
            assert setting.name in names


@pytest.mark.parametrize("seed", range(40))
def test_mistakes_together_are_each_reported(seed: int) -> None:
    r = random.Random(seed)
    lines: list[bytes] = []
    expected = []
    at = 0
    for code, mistake in r.sample(MISTAKES, 8):
        raw = mistake.encode()
        mark = max(raw.find(b"MARK"), 0)
        raw = raw.replace(b"MARK", b"") + b"\n"
        expected.append((code, at + mark))
        # A setting of known name behind each, so that what is left open can be told.
        raw += b'name = "web"\n'
        lines.append(raw)
        at += len(raw)
    assert [(p.code, p.start) for p in read(b"".join(lines)).problems] == expected


@pytest.mark.parametrize(
    "stop", [Refused(0, "syntax"), Refused(10**6, "depth"), Aborts(3), Refused(2, "mixed")]
)
@pytest.mark.parametrize("text", ["", "a=1\n", "a=", "\0", "a=1\n#"])
def test_there_is_always_a_problem(text: str, stop: Exception) -> None:
    document = recover(text, stop)
    assert document.problems
    assert all(0 <= p.start <= p.end <= len(text) for p in document.problems)
    assert document.aborts == isinstance(stop, Aborts)


@pytest.mark.parametrize(
    "unit",
    [
        "a=[", "a=(", "]", "'", '"', "a='", "'''", "a,", "[1,", "[1 ", "a 1,", "x", "A", "\\\n",
        "\r", "\0", "if x:\n  ", "f(\n", "/*", "“", "a=“b\n", "a: ", "{{", "${", "@@a", "a=b c ",
        "'a'b", "'a,", "[x'", "\n", ";", "=", "+=", "a='\\\n", "a=-1;", "# \r",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "a=", "a=[", "a=[1,", "if x:\n"])
def test_work_grows_with_the_text_alone(before: str, unit: str) -> None:
    def steps(times: int) -> int:
        parser = Parser((before + unit * times).encode().decode("latin-1"))
        parser.read()
        return parser.steps

    few, many = steps(200), steps(800)
    assert many <= 4 * few + 50
    assert many <= 4 * (len(before + unit * 800) + 10)


def test_deep_nesting_needs_no_recursion() -> None:
    for data in (b"a=" + b"[" * 100_000, b"a=" + b"(" * 50_000 + b")" * 50_000, b"]" * 100_000):
        assert read(data).refused
