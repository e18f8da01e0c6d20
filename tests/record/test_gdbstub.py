"""The client of the gdbstub, against servers that behave and servers that lie."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

import pytest

from record_help import Server, packet
from xlcfg.record.gdbstub import MAX_PACKET, Stub, StubClosed, StubError

Answer = Callable[[str], str | bytes | None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Server]]:
    servers: list[Server] = []

    def start(answer: Answer) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


TARGET = '<target><xi:include href="core.xml"/><xi:include href="system.xml"/></target>'
CORE = '<feature><reg name="x0" bitsize="64"/><reg name="pc" regnum="32"/></feature>'
SYSTEM = '<feature><!-- <reg name="no"/> --><reg bitsize="64" name="TTBR0_EL1"/></feature>'


def describing(text: str) -> str:
    """Answers to qXfer in pieces of 16 bytes."""
    if not text.startswith("qXfer"):
        return "PacketSize=1000"
    name, place = text.split(":")[3:5]
    at = int(place.split(",")[0], 16)
    whole = {"target.xml": TARGET, "core.xml": CORE, "system.xml": SYSTEM}[name]
    return ("m" if at + 16 < len(whole) else "l") + whole[at : at + 16]


def test_registers_get_the_numbers_of_the_description(serve: Callable[[Answer], Server]) -> None:
    stub = serve(describing).stub
    stub.describe()
    assert stub.numbers == {"x0": 0, "pc": 32, "TTBR0_EL1": 33}
    assert stub.number("SCTLR", "TTBR0_EL1") == 33
    with pytest.raises(StubError, match="no register SCTLR or SCTLR_EL1"):
        stub.number("SCTLR", "SCTLR_EL1")


def test_general_and_single_registers_come_in_one_go(serve: Callable[[Answer], Server]) -> None:
    values = (1, 2, (1 << 64) - 1)
    answers = {"g": struct.pack("<3Q", *values).hex() + "00" * 40, "p21": "efbe000000000000"}
    stub = serve(answers.__getitem__).stub
    assert stub.general_and(3, [0x21]) == (values, [0xBEEF])
    assert stub.general(2) == (1, 2)
    assert stub.registers([0x21, 0x21]) == [0xBEEF, 0xBEEF]


def test_a_stop_names_its_thread_and_cpu(serve: Callable[[Answer], Server]) -> None:
    stub = serve(lambda _: "T05thread:p01.02;").stub
    stub.go_on()
    stop = stub.wait(5)
    assert stop is not None
    assert (stop.thread, stop.cpu) == ("p01.02", 1)


def test_no_stop_in_time_is_none_and_the_next_one_is_not_lost(
    serve: Callable[[Answer], Server],
) -> None:
    server = serve(lambda text: "" if text == "vCont;c" else "T05thread:01;")
    server.stub.go_on()
    assert server.stub.wait(0.05) is None
    server.stub.send("later")
    stop = server.stub.wait(5)
    assert stop is not None
    assert stop.cpu == 0


def test_writing_registers_and_going_on(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda text: "OK" if text[0] == "P" else "T05thread:01;")
    server.stub.write_and_go_on([(32, 0x1234), (3, -1)])
    assert server.stub.wait(5) is not None
    assert server.seen == ["P20=3412000000000000", "P3=ffffffffffffffff", "vCont;c"]


def test_breakpoints(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: "OK")
    server.stub.add_breakpoint(0x25B660, 4)
    server.stub.remove_breakpoint(0x25B660, 4)
    assert server.seen == ["Z1,25b660,4", "z1,25b660,4"]


def test_stepping_goes_on_afterwards(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: "T05thread:p01.01;")
    server.stub.step_and_go_on("p01.01")
    assert server.stub.wait(5) is not None
    assert server.seen == ["vCont;s:p01.01", "vCont;c"]


def test_escapes_and_repetitions(serve: Callable[[Answer], Server]) -> None:
    stub = serve(lambda _: packet(b"a}\x03b0* c")).stub
    assert stub.ask("x") == "a#b0000c"


@pytest.mark.parametrize("answer", ["W00", "X09", None])
def test_the_end_of_the_machine(serve: Callable[[Answer], Server], answer: str | None) -> None:
    stub = serve(lambda _: answer).stub
    stub.go_on()
    with pytest.raises(StubClosed):
        stub.wait(5)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"$T05#00", "damaged"),
        (packet("O4142"), "instead of a stop"),
        (packet("E14"), "instead of a stop"),
        (b"$" + b"a" * (MAX_PACKET + 70000), "without an end"),
    ],
)
def test_a_stub_that_lies_about_a_stop(
    serve: Callable[[Answer], Server], answer: bytes, why: str
) -> None:
    stub = serve(lambda _: answer).stub
    stub.go_on()
    with pytest.raises(StubError, match=why):
        stub.wait(5)


@pytest.mark.parametrize("answer", ["E01", "OK", "zz", "00" * 7, "x" * 500])
def test_a_stub_that_lies_about_registers(serve: Callable[[Answer], Server], answer: str) -> None:
    stub = serve(lambda _: answer).stub
    with pytest.raises(StubError, match="gives registers as"):
        stub.general(17)


@pytest.mark.parametrize("answer", ["E01x", "OK", "00" * 65])
def test_a_stub_that_lies_about_a_register(serve: Callable[[Answer], Server], answer: str) -> None:
    stub = serve(lambda _: answer).stub
    with pytest.raises(StubError, match="gives a register as"):
        stub.registers([1])


def test_a_stub_that_refuses(serve: Callable[[Answer], Server]) -> None:
    stub = serve(lambda _: "E22").stub
    with pytest.raises(StubError, match="E22"):
        stub.add_breakpoint(0x1000, 4)
    with pytest.raises(StubError, match="write a register"):
        stub.write_and_go_on([(1, 1)])


@pytest.mark.parametrize("answer", ["m", "E00", "", "l<target/>"])
def test_a_stub_without_a_description(serve: Callable[[Answer], Server], answer: str) -> None:
    given = answer or packet("")
    stub = serve(lambda text: given if text.startswith("qXfer") else "ok").stub
    with pytest.raises(StubError, match=r"describ|description"):
        stub.describe()


def test_a_description_without_an_end(serve: Callable[[Answer], Server]) -> None:
    stub = serve(lambda text: "m" + "a" * 65536 if text.startswith("qXfer") else "ok").stub
    with pytest.raises(StubError, match=r"no description target\.xml"):
        stub.describe()


def test_nobody_opens_the_socket(tmp_path: object) -> None:
    with pytest.raises(StubError, match="opens no gdbstub"):
        Stub.connect(f"{tmp_path}/gdb", lambda: False)
