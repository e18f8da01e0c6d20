"""The words of a command line and the places of their parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlcfg.syntax.cmdline import read_cmdline

TEXTS = st.text(
    st.one_of(st.sampled_from("no- =,:([{<\t"), st.characters(max_codepoint=255)), max_size=60
)


def test_only_spaces_separate_words() -> None:
    line = read_cmdline('  a="b c"\td  e\n')
    assert [w.text for w in line.words] == ['a="b', 'c"\td', "e\n"]
    assert [(w.start, w.end) for w in line.words] == [(2, 6), (7, 11), (13, 15)]


@pytest.mark.parametrize(
    ("text", "name", "negated", "assigned", "value"),
    [
        ("sync_console", "sync_console", False, False, ""),
        ("dom0_mem=", "dom0_mem", False, True, ""),
        ("efi=attr=uc", "efi", False, True, "attr=uc"),
        ("no-ats", "ats", True, False, ""),
        ("no-ats=1", "ats", True, True, "1"),
        ("no-no-real-mode", "no-real-mode", True, False, ""),
        ("no-", "", True, False, ""),
        ("noreboot", "noreboot", False, False, ""),
        ("=1G", "", False, True, "1G"),
        ("a,no-b:c=d", "a,no-b:c", False, True, "d"),
    ],
)
def test_a_word_ends_its_name_at_the_first_equals_sign(
    text: str, name: str, negated: bool, assigned: bool, value: str
) -> None:
    (word,) = read_cmdline(text).words
    assert (word.name, word.negated, word.assigned, word.value) == (name, negated, assigned, value)
    assert word.typed == text.partition("=")[0]


def test_suboptions() -> None:
    (word,) = read_cmdline("iommu=no-igfx,debug,quarantine=scratch-page,,psr:1").words
    found = [(s.negated, s.name, s.mark, s.value) for s in word.suboptions]
    assert found == [
        (True, "igfx", "", ""),
        (False, "debug", "", ""),
        (False, "quarantine", "=", "scratch-page"),
        (False, "", "", ""),
        (False, "psr", ":", "1"),
    ]
    assert read_cmdline("iommu").words[0].suboptions == []


def test_a_bracket_counts_only_with_a_value() -> None:
    words = read_cmdline("ivrs_ioapic[6]=00:14.0 ivrs_ioapic[6] a{b[c=d x=y[z]").words
    assert [w.bracket for w in words] == ["ivrs_ioapic[", "", "a{", ""]


@given(TEXTS)
def test_every_text_is_a_line_and_every_place_slices_back(text: str) -> None:
    line = read_cmdline(text)
    assert [w.text for w in line.words] == [piece for piece in text.split(" ") if piece]
    for word in line.words:
        assert text[word.start : word.end] == word.text
        assert text[word.name_start : word.name_end] == word.name
        assert text[word.value_start : word.end] == word.value
        pieces = [text[s.start : s.end] for s in word.suboptions]
        assert pieces == (word.value.split(",") if word.assigned else [])
        for piece in word.suboptions:
            assert text[piece.name_start : piece.name_end] == piece.name
            assert text[piece.value_start : piece.end] == piece.value
            assert piece.negated == text.startswith("no-", piece.start, piece.end)


def test_long_lines_take_time_in_proportion() -> None:
    assert len(read_cmdline("a=b,c " * 20000).words) == 20000
    assert len(read_cmdline("a=" + "," * 100000).words[0].suboptions) == 100001
