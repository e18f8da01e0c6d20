"""How xl reads a config, fact by fact; where libxlutil is at hand, it is asked as well."""

from __future__ import annotations

import pytest
from canon import canon, dump

import needs
from xlcfg.core.source import Source
from xlcfg.model.settings import Settings, read_number
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.tree import Atom, Document, ListValue


def parse(data: bytes) -> Document:
    if needs.present("libxlutil"):
        from xlu_fast import NO_REPORT
        from xlu_fast import canon as oracle

        assert canon(data) == oracle(data, NO_REPORT), data
    return read_guest(Source("x.cfg", data).text)


def accepts(*configs: bytes) -> None:
    for data in configs:
        document = parse(data)
        assert not document.refused, (data, document.problems[0].code)
        assert not document.aborts


def refuses(*configs: bytes) -> None:
    for data in configs:
        document = parse(data)
        assert document.refused, data
        assert not document.aborts


def text_of(data: bytes, name: str = "a") -> str:
    """The string or number that a config gives `name`."""
    document = parse(data)
    assert not document.refused, data
    value = [s for s in document.settings if s.name == name][-1].value
    assert isinstance(value, Atom)
    return value.text


def number_of(value: bytes) -> tuple[int | None, str]:
    """What xl's number reader makes of a value as written."""
    document = parse(b"a=" + value + b"\n")
    assert not document.refused, value
    return read_number(document.settings[-1])


def test_fact_01_identifiers() -> None:
    accepts(b"a=1\n", b"ab.c_9=1\n", b"a..=1\n", b"z_=1\n")
    refuses(
        b"A=1\n", b"aB=1\n", b"_a=1\n", b".a=1\n", b"a-b=1\n", b"9a=1\n", b"'a'=1\n", b'"a"=1\n'
    )  # fmt: skip


def test_fact_02_numbers_are_kept_as_text() -> None:
    for text in ("08", "0x", "12f", "1x2", "1e5", "0b1", "0777", "12345678901234567890"):
        assert text_of(f"a={text}\n".encode()) == text
    refuses(*(b"a=" + n + b"\n" for n in (b"0x1F", b"2M", b"-1", b"+1", b"1.5", b"1_0", b"1g")))
    refuses(b"a=0o7\n")


def test_fact_03_bare_words() -> None:
    refuses(b"a=b\n", b"a=True\n", b"a=None\n", b"a=[b]\n")


def test_fact_04_blanks() -> None:
    accepts(b"\ta \t=\t 1 \n")
    for byte in (b"\r", b"\v", b"\f", b"\xa0"):
        refuses(b"a" + byte + b"=1\n", b"a=1" + byte + b"\n")
        accepts(b"a='x" + byte + b"'\n", b"# " + byte + b"\n")
    refuses(b"a=1\r\n")


def test_fact_05_statements() -> None:
    accepts(b"a=1;;b=2", b";;;", b"a=1;", b"a=1", b"", b"\n\n", b"a=1;b=2;\n")
    refuses(b"a=\n1\n", b"a=1 \\\n\n", b"a=1 b=2\n", b"a=;\n")


def test_fact_06_comments_need_their_newline() -> None:
    accepts(b"# c\n", b"a=1 # c\n", b"a=1 #", b"#", b"a=[ # c\n 1 # d\n]")
    refuses(b"a=1 # c", b"# c", b"##")


def test_fact_07_a_lone_bad_last_byte_goes_unnoticed() -> None:
    for end in (b" $", b" A", b"\r", b"\0", b" '", b'"'):
        assert text_of(b"a=1" + end) == "1"
    accepts(b"A", b"-", b"$")
    refuses(b"a=1 $ ", b"a=1 $$", b"a$", b"a=$", b"a=[1$")


def test_fact_08_every_bad_byte_is_found_where_it_is() -> None:
    data = b"a=1\n$ b=2\n~x c=3\n"
    refuses(data)
    source = Source("x.cfg", data)
    lines = {source.line_of(p.start) for p in parse(data).problems}
    assert lines == {2, 3}


def test_fact_09_bytes_beyond_ascii() -> None:
    refuses(b"\xef\xbb\xbfa=1\n", b"a=\xc3\xa9\n", b"\xc3\xa9=1\n")
    body = bytes(b for b in range(1, 256) if b not in b"\n\\'")
    assert text_of(b"a='" + body + b"'\n").encode("latin-1") == body


def test_fact_10_nul() -> None:
    refuses(b"a=1\0\n", b"\0a=1\n")
    accepts(b"a=1 # \0\n")
    document = parse(b"a='x\0y'\n")
    assert document.aborts
    assert [p.code for p in document.problems] == ["XL015"]
    # Once something else is refused, xl never comes to die of it.
    assert not parse(b"$\na='x\0y'\n").aborts


def test_fact_11_escapes() -> None:
    assert text_of(rb"""a='\\\'\"\a\b\f\n\r\t\v'""") == "\\'\"\a\b\f\n\r\t\v"
    refuses(*(b"a='\\" + bytes((c,)) + b"'\n" for c in b"cdeghijklmopqsuwxyz89ACN .#/"))
    refuses(b"a='x\ny'\n", b"a='x\\\ny'\n", b"a='x\n")


def test_fact_12_no_hexadecimal_escapes() -> None:
    refuses(b"a='\\x41'\n", b"a='\\x'\n", b"a='\\x4'\n")


def test_fact_13_octal_escapes_lose_their_value() -> None:
    assert text_of(rb"a='x\101y'") == "xy"
    assert text_of(rb"a='\12345'") == "5"
    assert text_of(rb"a='\1 23z'") == "z"
    refuses(rb"a='\1'", rb"a='\10'", rb"a='\0'", rb"a='\1ab'")


def test_fact_14_strings_stand_alone() -> None:
    refuses(b"a='x' 'y'\n", b"a='x''y'\n", b"a='''x'''\n", b"a=u'x'\n", b"a=['x' 'y']\n")


def test_fact_15_lists() -> None:
    accepts(b"a=[]\n", b"a=[1,]\n", b"a=[[1,'x'],[]]\n", b"a=[\n1 # c\n,\n\n2\n]\n", b"a=[1\n,2]\n")
    refuses(
        b"a=[,]\n", b"a=[1,,2]\n", b"a=[1;2]\n", b"a=[b]\n", b"a=[1]]\n", b"a=(1,2)\n", b"a={}\n"
    )
    refuses(b"a=[1\n2]\n", b"a=[1,2", b"a=]\n")


def test_fact_16_lines() -> None:
    document = parse(b"\na=1\nb=[\n\n1,\n2]\nc=[\n\n]\n# x\nd='x'\n")
    assert [s.line for s in document.settings] == [2, 3, 7, 11]
    lists = [s.value for s in document.settings if isinstance(s.value, ListValue)]
    assert [value.line for value in lists] == [5, 9]


@pytest.mark.parametrize(("levels", "opened", "closed"), [(4996, b"[", b"]"), (1999, b"[1,", b"]")])
def test_fact_17_nesting_limits(levels: int, opened: bytes, closed: bytes) -> None:
    accepts(b"a=" + opened * levels + closed * levels + b"\n")
    deeper = b"a=" + opened * (levels + 1) + closed * (levels + 1) + b"\n"
    refuses(deeper)
    assert [p.code for p in parse(deeper).problems] == ["XL019"]


def test_fact_18_no_size_limit() -> None:
    assert len(parse(b"a=1\n" * 20_000).settings) == 20_000
    document = parse(b"a=[" + b"1," * 50_000 + b"]\n")
    assert isinstance(document.settings[0].value, ListValue)
    assert len(document.settings[0].value.items) == 50_000
    assert len(text_of(b"a='" + b"x" * 1_000_000 + b"'\n")) == 1_000_000


def test_fact_19_the_last_assignment_wins() -> None:
    document = parse(b"a=1\na=[2]\na='3'\n")
    value = Settings(document).by_name["a"].value
    assert isinstance(value, Atom)
    assert value.text == "3"


def test_fact_20_append() -> None:
    assert dump(parse(b"a='x'\na+='y'\n")).splitlines()[1] == "a+=2 s2:xy@2"
    assert dump(parse(b"a=[1]\na+=[2]\n")).splitlines()[1].startswith("a+=2 l2[s1:1@1s1:2@2]")
    accepts(b"a+='x'\n", b"a+=[1]\n", b"a='x'\na=[1]\na+=[2]\n")
    refuses(b"a='x'\na+=[1]\n", b"a=[1]\na+=1\n")
    document = parse(b"a+=5\n")
    assert read_number(document.settings[-1])[1] == "plus"
    document = parse(b"a+=5\na=6\n")
    assert read_number(document.settings[-1]) == (6, "")


def test_fact_21_what_follows_a_newline_counts() -> None:
    """xl puts assignments of its command line behind a newline: they come last and win."""
    assert text_of(b"a=1" + b"\n" + b"a=2") == "2"
    # A last comment then has its newline.
    accepts(b"a=1 # c" + b"\n" + b"b=2")


def test_fact_22_numbers_as_xl_reads_them() -> None:
    for text, value in (
        (b"'512'", 512), (b"' 5'", 5), (b"'\t7'", 7), (b"'+5'", 5), (b"'-5'", -5),
        (b"'0X1F'", 31), (b"010", 8), (b"0x1f", 31), (b"9223372036854775807", 2**63 - 1),
    ):  # fmt: skip
        assert number_of(text) == (value, "")
    for text in (b"08", b"0x", b"12f", b"'5 '", b"''", b"'5.0'", b"'512M'"):
        assert number_of(text) == (None, "not-a-number")
    assert number_of(b"9223372036854775808") == (None, "out-of-range")
    assert number_of(b"[1]") == (None, "list")


def test_fact_23_booleans_are_numbers() -> None:
    for text in (b"1", b"2", b"'-1'"):
        value, problem = number_of(text)
        assert value
        assert not problem
    for text in (b"'yes'", b"'True'"):
        assert number_of(text) == (None, "not-a-number")


def test_fact_31_one_grammar_for_every_release() -> None:
    """The reader has no release to choose: what only older ones refuse is for rules to say."""
    document = parse(b"a=[[1]]\na+=[[2]]\n")
    assert not document.refused
    assert [s.op for s in document.settings] == ["=", "+="]
