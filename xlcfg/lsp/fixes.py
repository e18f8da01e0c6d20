"""Quick fixes: the fix of a finding, a line to add where its help names one, a comment that ignores
it; and the fix of all that can be fixed safely.
"""

from __future__ import annotations

import re
from collections import namedtuple

from xlcfg.core.source import Source
from xlcfg.rules import family
from xlcfg.source.kinds import GUEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.lsp.analysis import Analysis
    from xlcfg.model.guest import Guest

_ADD = re.compile(r'add ([a-z_]+ = "[a-z]+")\Z')
#: Comments that name what they ignore, up to where one more can be named.
_IGNORES = re.compile(r"#\s*xlcfg:\s*ignore\[([^\]]*)(?=\])")
_IGNORES_IN_FILE = re.compile(r"#\s*xlcfg:\s*ignore-file\[([^\]]*)(?=\])")

#: Comments are offered for the first so many findings of a range: each costs a look at the text.
_FEW = 8

QuickFix = namedtuple("QuickFix", ("title", "edits", "safe"))
QuickFix.__doc__ = (
    "A fix: its title, edits `(start, end, bytes)`, and whether it cannot do any harm."
)


def quick_fix(analysis: Analysis, finding: Diagnostic) -> QuickFix | None:
    """What fixes a finding, where that is certain."""
    fix = finding.fix
    if fix is not None and fix.edits:
        return QuickFix(fix.title, list(fix.edits), fix.safe)
    match = _ADD.match(finding.help)
    if match is None or finding.start is None:
        return None
    at = analysis.source.line_start(analysis.source.line_of(finding.start))
    return QuickFix(finding.help, [(at, at, match[1].encode() + b"\n")], False)


def fix_all(analysis: Analysis) -> QuickFix | None:
    """Every safe fix, as `xlcfg check --fix` applies them; None where there is none."""
    if len(analysis.reports) != 1:
        return None
    from xlcfg.fix import fix_report

    fixed = fix_report(analysis.reports[0], analysis.linter)
    old, new = analysis.source.data, fixed.report.source.data
    if not fixed.fixes or old == new:
        return None
    title = f"fix {fixed.fixes} finding{'s' if fixed.fixes != 1 else ''} that can be fixed safely"
    return QuickFix(title, [_difference(old, new)], True)


def _difference(old: bytes, new: bytes) -> tuple[int, int, bytes]:
    """The one edit of whole lines that makes one text of another."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    same = _same(before, after)
    start = sum(map(len, before[:same]))
    back = _same(before[same:][::-1], after[same:][::-1])
    rest = sum(map(len, before[len(before) - back :]))
    return start, len(old) - rest, new[start : len(new) - rest]


def _same(one: list[bytes], other: list[bytes]) -> int:
    """How many lines are the same at the beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


# -- comments that ignore -------------------------------------------------------------------------


def ignoring(
    analysis: Analysis, findings: list[Diagnostic]
) -> Iterator[tuple[Diagnostic, QuickFix]]:
    """For each finding that a comment can ignore: the comment, once per line and code."""
    guest = analysis.guest
    if guest is None or guest.toolstack != "xl" or analysis.kind != GUEST:
        return
    offered: set[tuple[int, str]] = set()
    for finding in findings:
        if finding.start is None or len(offered) >= _FEW or family(finding.code) == "suppression":
            continue
        line = analysis.source.line_of(finding.start)
        if (line, finding.code) in offered:
            continue
        offered.add((line, finding.code))
        where = "in this file" if _is_of_file(guest, finding) else "on this line"
        for edit in _comments(guest, finding):
            if _is_ignored(analysis, guest, edit, finding):
                yield finding, QuickFix(f"ignore {finding.code} {where}", [edit], False)
                break


def _is_of_file(guest: Guest, finding: Diagnostic) -> bool:
    """Whether a finding is about the whole guest: at the beginning, where there is no setting."""
    source = guest.source
    return finding.start == 0 and source.text[: source.line_span(1)[1]].strip()[:1] in ("", "#")


def _comments(guest: Guest, finding: Diagnostic) -> Iterator[tuple[int, int, bytes]]:
    """Edits that may ignore a finding, the best one first."""
    assert finding.start is not None
    if not _is_of_file(guest, finding):
        yield from _on_line(guest, guest.source.line_of(finding.start), finding.code)
        return
    for comment in guest.document.comments:
        known = _IGNORES_IN_FILE.match(guest.source.text, *comment)
        if known is not None:
            yield _one_more(known, finding.code)
    yield 0, 0, f"# xlcfg: ignore-file[{finding.code}]\n".encode()


def _one_more(known: re.Match[str], code: str) -> tuple[int, int, bytes]:
    """The edit that names one more code in a comment."""
    words = known[1].rstrip()
    at = known.start(1) + len(words)
    comma = ", " if words and not words.endswith(",") else " " if words else ""
    return at, at, f"{comma}{code}".encode()


def _on_line(guest: Guest, line: int, code: str) -> Iterator[tuple[int, int, bytes]]:
    """Edits that may ignore a code on a line: one more word in a comment that ignores something
    there already, a comment at the end of the line, one above it.
    """
    source = guest.source
    start, end = source.line_span(line)
    comments = {source.line_of(at): (at, upto) for at, upto in guest.document.comments}
    own = comments.get(line)
    above = comments.get(line - 1)
    if above is not None and source.text[source.line_start(line - 1) : above[0]].strip():
        above = None
    for comment in filter(None, (own, above)):
        known = _IGNORES.match(source.text, *comment)
        if known is not None:
            yield _one_more(known, code)
    words = f"xlcfg: ignore[{code}]"
    if own is None:
        length = len(source.data[start:end].rstrip(b" \t\r"))
        # xl refuses a file that ends in a comment without a newline
        ending = b"\n" if end == len(source.data) else b""
        yield start + length, start + length, f"  # {words}".encode() + ending
    else:
        text = source.text[own[0] + 1 : own[1]]
        if not text.lstrip().startswith("xlcfg:"):
            at = own[0] + 1
            blanks = len(text) - len(text.lstrip(" \t"))
            ending = b" " if text.strip() else b""
            yield at, at + blanks, f" {words}".encode() + ending
    code_before = source.data[start:end]
    indent = code_before[: len(code_before) - len(code_before.lstrip(b" \t"))]
    yield start, start, indent + f"# {words}\n".encode()


def _is_ignored(
    analysis: Analysis, guest: Guest, edit: tuple[int, int, bytes], finding: Diagnostic
) -> bool:
    """Whether an edit makes a comment that ignores a finding, and changes nothing else."""
    from xlcfg.checks.file import check_any
    from xlcfg.checks.suppressions import is_suppressed_in
    from xlcfg.syntax.shape import shape

    start, end, text = edit
    data = analysis.source.data
    source = Source(analysis.source.path, data[:start] + text + data[end:])
    read = analysis.linter.read_guests(source, analysis.target)
    if not read or shape(read[0].document) != shape(guest.document):
        return False
    if len(read[0].document.problems) > len(guest.document.problems):
        return False
    at = finding.start
    assert at is not None
    if start <= at and text.endswith(b"\n"):
        # With a line more, a finding about the whole guest stays where it was, and others move.
        source.kind = GUEST
        found = [
            one.code for report in check_any(source, analysis.linter) for one in report.diagnostics
        ]
        return found.count(finding.code) < sum(
            one.code == finding.code for one in analysis.diagnostics
        )
    if start <= at:
        at += len(text) - (end - start)
    suppressed = is_suppressed_in(read[0], analysis.linter.codes)
    return suppressed is not None and suppressed(finding.code, at)
