"""What an editor can do about a text: ignore a finding, fix all, format a part."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import make_linter
from xlcfg.checks.guest import check_source
from xlcfg.checks.suppressions import is_suppressed_in
from xlcfg.core.selection import CodeSelection
from xlcfg.core.source import Source
from xlcfg.fix import fix_report
from xlcfg.fmt import format_source
from xlcfg.lsp.analysis import Analysis
from xlcfg.lsp.fixes import fix_all, ignoring
from xlcfg.lsp.formatting import part, whole
from xlcfg.lsp.lines import Lines
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.shape import shape

GUEST = 'name = "web"\nkernel = "/k"\n'


def analysed(text: str, path: str = "web.cfg", **more: str) -> Analysis:
    linter = make_linter("4.20", "x86_64")
    return Analysis(path, Lines(text.encode()), linter, **more)  # type: ignore[arg-type]


def codes(text: str) -> list[str]:
    return [one.code for one in analysed(text).diagnostics]


def edited(text: str, edits: list[tuple[int, int, bytes]]) -> str:
    data = text.encode()
    for start, end, new in sorted(edits, reverse=True):
        data = data[:start] + new + data[end:]
    return data.decode()


def ignored(text: str, code: str) -> str:
    """The text with the comment that is offered for the first finding of a code."""
    analysis = analysed(text)
    found = [one for one in analysis.diagnostics if one.code == code]
    ((finding, fix),) = ignoring(analysis, found[:1])
    assert (finding, fix.safe) == (found[0], False)
    assert fix.title == f"ignore {code} on this line"
    return edited(text, fix.edits)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("vcpu = 2", "vcpu = 2  # xlcfg: ignore[XL101]"),
        ("vcpu = 2   ", "vcpu = 2  # xlcfg: ignore[XL101]   "),
        ("  vcpu = 2;", "  vcpu = 2;  # xlcfg: ignore[XL101]"),
        ("vcpu = 2 # ours", "vcpu = 2 # xlcfg: ignore[XL101] ours"),
        ("vcpu = 2 #ours", "vcpu = 2 # xlcfg: ignore[XL101] ours"),
        ("vcpu = 2 #", "vcpu = 2 # xlcfg: ignore[XL101]"),
        ("vcpu = 2 # xlcfg: ignore[XL105]", "vcpu = 2 # xlcfg: ignore[XL105, XL101]"),
        ("vcpu = 2 #xlcfg:ignore[ XL105 ] so", "vcpu = 2 #xlcfg:ignore[ XL105, XL101 ] so"),
        ("vcpu = 2 # xlcfg: ignore[XL105,]", "vcpu = 2 # xlcfg: ignore[XL105, XL101]"),
        ("# xlcfg: ignore[XL105]\nvcpu = 2", "# xlcfg: ignore[XL105, XL101]\nvcpu = 2"),
        (
            "  vcpu = 2 # xlcfg: ignore-file[XL105]",
            "  # xlcfg: ignore[XL101]\n  vcpu = 2 # xlcfg: ignore-file[XL105]",
        ),
        (
            "vcpu = 2 # xlcfg: ignore[XL105",
            "# xlcfg: ignore[XL101]\nvcpu = 2 # xlcfg: ignore[XL105",
        ),
        ("# hello\nvcpu = 2", "# hello\nvcpu = 2  # xlcfg: ignore[XL101]"),
        ("a = 1 # xlcfg: ignore[XL101]\nvcpu = 2", None),
        ("vcpu = [\n  'a',\n]", "vcpu = [  # xlcfg: ignore[XL101]\n  'a',\n]"),
        ("vcpu = 'a # b'", "vcpu = 'a # b'  # xlcfg: ignore[XL101]"),
        ("vcpu = 'ü'", "vcpu = 'ü'  # xlcfg: ignore[XL101]"),
    ],
)
def test_a_comment_ignores_a_finding_on_its_line(line: str, wanted: str | None) -> None:
    text = f"{GUEST}{line}\nmemory = 64\n"
    after = ignored(text, "XL101")
    if wanted is not None:
        assert after == f"{GUEST}{wanted}\nmemory = 64\n"
    before = codes(text)
    before.remove("XL101")
    assert [code for code in codes(after) if code != "IG001"] == [
        code for code in before if code != "IG001"
    ]
    assert shape(read_guest(after)) == shape(read_guest(text))


def test_the_last_line_needs_no_newline() -> None:
    assert ignored(GUEST + "vcpu = 2", "XL101").endswith("vcpu = 2  # xlcfg: ignore[XL101]\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# web\nvcpus = 2\n", "# xlcfg: ignore-file[XL304]\n# web\nvcpus = 2\n"),
        ("\nvcpus = 2\n", "# xlcfg: ignore-file[XL304]\n\nvcpus = 2\n"),
        ("vcpus = 2\n", "vcpus = 2  # xlcfg: ignore[XL304]\n"),
        (
            "# web\n# xlcfg: ignore-file[XL301]\nvcpus = 2\n",
            "# web\n# xlcfg: ignore-file[XL301, XL304]\nvcpus = 2\n",
        ),
        (
            "vcpus = 2 # xlcfg: ignore[XL301]\n",
            "vcpus = 2 # xlcfg: ignore[XL301, XL304]\n",
        ),
    ],
)
def test_what_is_about_the_whole_guest_is_ignored_in_the_file(before: str, after: str) -> None:
    analysis = analysed(before, language="guest")
    found = [one for one in analysis.diagnostics if one.code == "XL304"]
    ((_, fix),) = ignoring(analysis, found)
    where = "file" if "file" in after else "line"
    assert where in fix.title
    assert edited(before, fix.edits) == after
    again = analysed(after, language="guest")
    assert not {"XL304", "IG001"} & {one.code for one in again.diagnostics}


def test_two_findings_of_a_line_are_ignored_one_after_the_other() -> None:
    text = GUEST + "memory = 64\nvcpu = 2; memory = 128\n"
    assert codes(text) == ["XL105", "XL101"]
    text = ignored(text, "XL101")
    text = ignored(text, codes(text)[0]) if "XL101" not in codes(text) else text
    assert "XL101" not in codes(text)


def test_no_comment_where_none_would_work() -> None:
    for text, kind in (
        ("<domain type='xen'>\n<name>a</name>\n</domain>\n", "guest.xml"),
        ("autoballoon = 7\n", "xl.conf"),
        ("GRUB_CMDLINE_XEN='consle=vga'\n", "grub"),
    ):
        analysis = analysed(text, kind)
        assert list(ignoring(analysis, analysis.diagnostics)) == [], text
    unused = analysed(GUEST + "vcpus = 2 # xlcfg: ignore[XL105]\n")
    assert [one.code for one in unused.diagnostics] == ["IG001"]
    assert list(ignoring(unused, unused.diagnostics)) == []


def test_only_some_findings_of_a_range_get_comments() -> None:
    analysis = analysed(GUEST + "".join(f"vcpu{n} = 2\n" for n in range(1000)))
    assert len(list(ignoring(analysis, analysis.diagnostics))) == 8


PIECES = ("vcpu = 2", "a=[ 'a',", "'b' ]", "# xlcfg: ignore[XL105]", "# c", ";", " ", "\n", '"')


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=150, deadline=None)
def test_whatever_is_offered_ignores_its_finding(pieces: list[str]) -> None:
    text = GUEST + "\n" + "".join(pieces)
    analysis = analysed(text)
    for finding, fix in ignoring(analysis, analysis.diagnostics):
        after = edited(text, fix.edits)
        assert shape(read_guest(after)) == shape(read_guest(text))
        count = [one.code for one in analysis.diagnostics].count(finding.code)
        assert codes(after).count(finding.code) < count, (text, after)


# -- fix all --------------------------------------------------------------------------------------


def test_the_fix_of_all_is_what_check_would_write() -> None:
    text = (
        GUEST + "vcpu = 2\nmemory = 64 # c\nextra = \u201cx\u201d\ntsc_mode = 2\non_crash = bad # c"
    )
    fix = fix_all(analysed(text))
    assert fix is not None
    after = edited(text, fix.edits)
    ((start, end, _),) = fix.edits
    assert text.encode()[start:end].startswith(b"extra"), "lines that stay are left alone"
    assert "vcpu = 2\n" in after, "no unsafe fix"
    assert {"XL004", "XL005", "XL008"} <= set(codes(text))
    assert not {"XL004", "XL005", "XL008"} & set(codes(after))
    assert fix_all(analysed(after)) is None
    linter = make_linter("4.20", "x86_64")
    source = Source("web.cfg", text.encode())
    assert after.encode() == fix_report(check_source(source, linter), linter).report.source.data


def test_nothing_to_fix() -> None:
    assert fix_all(analysed(GUEST)) is None
    assert fix_all(analysed("GRUB_CMDLINE_XEN='consle=vga'\n", "grub")) is None
    assert fix_all(analysed("")) is None


# -- ranges ---------------------------------------------------------------------------------------

MESSY = "name='web'\nkernel='/k';memory=64\ndisk=['a,,xvda',\n 'b,,xvdb'\n]; vcpus=2\nextra='x'\n"


@pytest.mark.parametrize(
    ("first", "last", "changed"),
    [
        (0, 0, [0]),
        (1, 1, [1]),
        (2, 2, [2, 3, 4]),
        (4, 4, [2, 3, 4]),
        (0, 5, [0, 1, 2, 3, 4, 5]),
        (5, 99, [5]),
        (-5, 0, [0]),
    ],
)
def test_a_range_is_formatted_by_whole_settings(first: int, last: int, changed: list[int]) -> None:
    analysis = analysed(MESSY)
    edits = part(analysis, analysis.lines.offset(first, 0), analysis.lines.offset(last, 1))
    assert edits is not None
    ((start, end, new),) = edits
    lines = MESSY.splitlines(keepends=True)
    assert MESSY[start:end] == "".join(lines[n] for n in changed)
    assert shape(read_guest(edited(MESSY, edits))) == shape(read_guest(MESSY))
    assert b" = " in new


def test_a_selected_line_ends_where_the_next_begins() -> None:
    analysis = analysed(MESSY)
    edits = part(analysis, 0, analysis.lines.offset(1, 0))
    assert edits == [(0, 11, b"name = 'web'\n")] or edits == [(0, 11, b'name = "web"\n')]


def test_nothing_is_formatted_where_nothing_is_to_do_or_read() -> None:
    assert part(analysed(GUEST), 0, 3) == []
    assert part(analysed("\n\n" + GUEST), 0, 1) == []
    assert part(analysed(""), 0, 0) == []
    assert part(analysed("name = [\n"), 0, 3) is None
    assert part(analysed("autoballoon=1\n", "xl.conf"), 0, 3) is None
    assert whole(analysed("GRUB_CMDLINE_XEN=1\n", "grub")) is None


@given(
    st.lists(
        st.sampled_from(
            ("a=1", "b = [1,2]", "c=[ 'x',\n'y' ]", "# c", "\n", "\n\n", ";", " ", "d='ü'", "\r\n")
        ),
        max_size=12,
    ),
    st.integers(0, 60),
    st.integers(0, 60),
)
@settings(max_examples=200, deadline=None)
def test_any_range_keeps_what_xl_reads(pieces: list[str], start: int, length: int) -> None:
    text = "".join(pieces)
    analysis = analysed(text, language="guest")
    size = len(analysis.source.data)
    edits = part(analysis, min(start, size), min(start + length, size))
    document = read_guest(analysis.source.text)
    assert (edits is None) == document.refused
    for edit in edits or ():
        after = edited(text, [edit])
        assert shape(read_guest(after.encode().decode("latin-1"))) == shape(document)
    everything = part(analysis, 0, size)
    if everything:
        after = edited(text, everything)
        wanted = format_source(analysis.source)
        assert wanted is not None
        assert after.strip() == wanted.decode().strip()


# -- positions ------------------------------------------------------------------------------------


@given(
    st.text(alphabet=st.sampled_from("ab\r\nü"), max_size=20),
    st.integers(0, 20),
    st.integers(0, 20),
    st.text(alphabet=st.sampled_from("x\r\n"), max_size=6),
)
def test_lines_of_an_edited_text_are_those_of_the_whole(
    text: str, start: int, length: int, new: str
) -> None:
    data = text.encode()
    start = min(start, len(data))
    end = min(start + length, len(data))
    made = Lines(data).replaced(start, end, new.encode())
    again = Lines(data[:start] + new.encode() + data[end:])
    assert (made.data, made.starts) == (again.data, again.starts)


def test_codes_of_a_comment_that_are_not_selected_count_as_ignored() -> None:
    linter = make_linter("4.20", "x86_64", selection=CodeSelection((), ("XL105",)))
    analysis = Analysis("a.cfg", Lines((GUEST + "vcpu = 2\n").encode()), linter)
    ((_, fix),) = ignoring(analysis, analysis.diagnostics)
    assert re.search(r"ignore\[XL101\]", edited(analysis.source.text, fix.edits))
    assert analysis.guest is not None
    assert is_suppressed_in(analysis.guest) is not None
