"""The table of symbols in an image of Xen, made and broken."""

from __future__ import annotations

import random

import pytest

from record_help import image_with_symbols, many_symbols
from xlcfg.record.errors import RecordError
from xlcfg.record.symbols import read_symbols

NAMED = {"_start": 0x20_0000, "context_switch": 0x20_1010, "do_vcpu_op": 0x20_2020}
ARM = many_symbols(0x20_0000, NAMED)


def test_whole_addresses_as_on_arm() -> None:
    symbols = read_symbols(image_with_symbols(ARM))
    assert len(symbols.all) == len(ARM)
    assert {name: symbols.addresses[name] for name in NAMED} == NAMED


def test_distances_from_where_xen_is_linked_to_as_on_x86() -> None:
    origin = 0xFFFF_82D0_4000_0000
    named = {name: origin + address for name, address in NAMED.items()}
    listed = many_symbols(origin + 0x20_0000, named)
    pointers = b"".join((origin + 0x20_1000 + n).to_bytes(8, "little") for n in range(64))
    stray = (0xFFFF_82D0_8000_1234).to_bytes(8, "little")
    image = image_with_symbols(listed, size=4, lead=pointers + stray, origin=origin)
    symbols = read_symbols(image)
    assert {name: symbols.addresses[name] for name in NAMED} == named


def test_the_function_an_address_is_in() -> None:
    symbols = read_symbols(image_with_symbols(ARM))
    assert symbols.function(0x20_1014) == "context_switch"
    assert symbols.function(0x1F_FFFF) == ""


def test_names_of_one_file_alone_are_found_without_it() -> None:
    listed = [*ARM, (ARM[-1][0] + 0x100, "tsched.c#local_one")]
    symbols = read_symbols(image_with_symbols(listed))
    assert symbols.find("gone", "local_one") == ARM[-1][0] + 0x100


def test_a_function_that_is_not_there_is_named() -> None:
    symbols = read_symbols(image_with_symbols(ARM))
    with pytest.raises(RecordError, match="no function common_vcpu_op or other"):
        symbols.find("common_vcpu_op", "other")


@pytest.mark.parametrize("data", [b"", b"\x7fELF", bytes(100_000), b"\1" * 5000])
def test_what_is_no_xen(data: bytes) -> None:
    with pytest.raises(RecordError, match="no image of Xen"):
        read_symbols(data)


def test_cut_images_are_refused_whatever_is_cut() -> None:
    image = image_with_symbols(ARM)
    for size in range(0, len(image) - 64, 997):
        with pytest.raises(RecordError):
            read_symbols(image[:size])


def test_damaged_images_raise_nothing_else() -> None:
    image = image_with_symbols(ARM)
    rng = random.Random(1)
    for _ in range(60):
        broken = bytearray(image)
        for _ in range(rng.choice((1, 20, 400))):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            read_symbols(bytes(broken))
        except RecordError:
            pass
