"""Guests under both policies as one HTML page that holds all it needs."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from string import Template
from typing import Any

from xlcfg.core.resources import read
from xlcfg.core.screen import safe
from xlcfg.core.units import count, share
from xlcfg.core.version import VERSION
from xlcfg.report import drawing
from xlcfg.report.explain import about, section

_POLICIES = ("update", "hypercall")
_SUFFIX = re.compile(r"\.jsonl(\.gz|\.xz)?\Z")

#: The order of guests on the page: what a flip does to them.
_ORDER = ("breaks", "mends", "broken either way", "alike")
#: Rows of a guest's table that are there if they hold anything; the others always are.
_RARE = ("made up for", "without area")
_NAMES = {
    "made up for": "made up for at the toggle to kernel mode",
    "corrupting": "corrupting: other memory is overwritten",
    "without area": "asked for, without an area",
}


@dataclass(slots=True)
class Guest:
    """One recorded boot: the outcome under each policy in a word, what a flip of the default to
    `hypercall` does to it, what explains that, and its picture.
    """

    path: str
    arch: str
    kind: str
    hypervisor: str
    outcomes: dict[str, str]
    effect: str
    why: list[str]
    picture: dict[str, Any]


@dataclass(slots=True)
class Page:
    """What the page says: `sentences` are its heading, `lede` stands below it, `summary` is what
    the command prints, `document` its JSON.
    """

    title: str
    sentences: list[str]
    lede: list[str]
    command: str
    guests: list[Guest]
    summary: str
    document: dict[str, Any]
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def render(page: Page) -> str:
    """The page; the same values make the same text."""
    text = read("xlcfg.report", "verdict_page.html").decode()
    style = read("xlcfg.report", "verdict_page.css").decode()
    script = read("xlcfg.report", "verdict_page.js").decode()
    guests = sorted(page.guests, key=lambda guest: _ORDER.index(guest.effect))
    names = _names(guests)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # In one go: what is put in is not searched for marks.
    return Template(text).substitute(
        digest=digest,
        title=escape(page.title),
        style=style,
        sentences="".join(f"<span>{_kept(escape(one))}</span> " for one in page.sentences),
        lede="".join(f'<p class="lede">{escape(one)}</p>' for one in page.lede),
        facts="".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in _facts(page)),
        legend=_legend(guests),
        table=_table(guests, names),
        unreadable=_unreadable(page.unreadable),
        guests="".join(
            _guest(guest, *name, len(guests)) for guest, name in zip(guests, names, strict=True)
        ),
        codes=_codes(guests),
        summary=escape_lines(page.summary),
        data=_data(page.document),
        script=script,
    )


def escape(text: str) -> str:
    """`text` for HTML, with what a browser would not show as it is."""
    return html.escape(safe(text))


def _shown(text: str) -> str:
    """Text of ours with its units kept beside their numbers."""
    return escape(text).replace(" %", "&nbsp;%")


def _kept(sentence: str) -> str:
    """A sentence of which no number begins a line."""
    return re.sub(r"\b(breaks|mends|leaves) (\d+),?", r"<b>\g<0></b>", sentence)


def escape_lines(text: str) -> str:
    """Several lines for HTML."""
    return "\n".join(map(escape, text.split("\n")))


def _data(document: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(document, separators=(",", ":"))
    for char in "<>&#":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _names(guests: list[Guest]) -> list[tuple[str, str]]:
    """A short name and an anchor for each guest, no two the same."""
    short = [_SUFFIX.sub("", re.split(r"[/\\]", guest.path)[-1]) or guest.path for guest in guests]
    found: list[tuple[str, str]] = []
    taken: set[str] = set()
    for guest, name in zip(guests, short, strict=True):
        shown = name if short.count(name) == 1 else guest.path
        anchor = re.sub(r"[^a-z0-9._]+", "-", shown.lower()).strip("-.")[:80] or "guest"
        number, unique = 1, anchor
        while unique in taken or unique in _OURS:
            number += 1
            unique = f"{anchor}-{number}"
        taken.add(unique)
        found.append((shown, unique))
    return found


#: Names of the page's own places.
_OURS = ("overview", "guests", "findings", "summary", "verdict")


def _facts(page: Page) -> list[tuple[str, str]]:
    recorded = sorted({guest.hypervisor or "an unnamed hypervisor" for guest in page.guests})
    models = {
        policy: sorted({guest.picture["policies"][policy]["title"] for guest in page.guests})
        for policy in _POLICIES
    }
    facts = [("made by", f"xlcfg {VERSION}"), ("with", page.command)]
    facts.append(("recorded boots", f"{len(page.guests):,}"))
    facts.append(("events", f"{sum(guest.picture['events'] for guest in page.guests):,}"))
    facts.append(("recorded on", _some(recorded)))
    facts += [(f"{policy} as in", _some(models[policy])) for policy in _POLICIES]
    return [(name, value) for name, value in facts if value]


def _some(words: list[str]) -> str:
    more = f"; {len(words) - 8} more" if len(words) > 8 else ""
    return "; ".join(words[:8]) + more


def _legend(guests: list[Guest]) -> str:
    held = {
        fate
        for guest in guests
        for policy in guest.picture["policies"].values()
        for fate in policy["fates"]
    }
    always = ("delivered", "torn", "lost", "corrupting")
    return "".join(
        f'<li><i class="{name}"></i>{escape(_NAMES.get(fate, fate))}</li>'
        for fate, name in drawing.CLASSES.items()
        if fate in held or fate in always
    )


def _words(fates: dict[str, int]) -> str:
    """What becomes of a guest's updates, in words."""
    due = sum(fates.values())
    if not due:
        return "no update due"
    if set(fates) == {"delivered"}:
        return f"all {due:,} delivered"
    failed = [
        (f"{number:,}", f"{fate} ({_share(number, due)})")
        for fate, number in fates.items()
        if fate != "delivered"
    ]
    if len(failed) == 1:
        number, what = failed[0]
        return f"{number} of {due:,} {what}"
    return f"of {due:,}: {', '.join(map(' '.join, failed))}"


def _share(part: int, whole: int) -> str:
    """A share that is not called 0 % if it is none, nor 100 %."""
    if 0 < part < whole / 2000:
        return "under 0.1 %"
    if whole * (1 - 1 / 2000) < part < whole:
        return "over 99.9 %"
    return share(part, whole)


# ---- the table -------------------------------------------------------------------------------


def _table(guests: list[Guest], names: list[tuple[str, str]]) -> str:
    if not guests:
        return ""
    rows = "".join(
        f'<tr role="row"><th role="rowheader" scope="row"><a href="#{anchor}">{escape(name)}</a>'
        f"<small>{escape(guest.arch)} {escape(guest.kind)}</small></th>"
        + "".join(_cell(guest, policy) for policy in _POLICIES)
        + f'<td role="cell" class="effect">{_effect(guest.effect)}</td></tr>'
        for guest, (name, anchor) in zip(guests, names, strict=True)
    )
    heads = ("guest", "update", "hypercall", "to hypercall")
    return (
        '<table role="table"><thead role="rowgroup"><tr role="row">'
        + "".join(f'<th role="columnheader" scope="col">{head}</th>' for head in heads)
        + f'</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _cell(guest: Guest, policy: str) -> str:
    fates = guest.picture["policies"][policy]["fates"]
    outcome, words = guest.outcomes[policy], _words(fates)
    drawn = drawing.bar(fates, escape(f"{policy}: {words}")) if fates else ""
    word = f'<b class="{_class(outcome)}">{escape(outcome)}</b>'
    return (
        f'<td role="cell" data-policy="{policy}">{word}{drawn}<small>{_shown(words)}</small></td>'
    )


def _class(outcome: str) -> str:
    return {"safe": "good", "no area": "none-due"}.get(outcome, "bad")


def _effect(effect: str) -> str:
    return f'<span class="{effect.split()[0]}">{escape(effect)}</span>'


def _unreadable(unreadable: list[tuple[str, str]]) -> str:
    if not unreadable:
        return ""
    items = "".join(
        f"<li><code>{escape(path)}</code> {escape(why)}</li>" for path, why in unreadable
    )
    number = count(len(unreadable), "trace")
    return f'<section class="unreadable"><h2>Not replayed: {number}</h2><ul>{items}</ul></section>'


# ---- the guests ------------------------------------------------------------------------------


def _guest(guest: Guest, name: str, anchor: str, number: int) -> str:
    changed = guest.effect in ("breaks", "mends")
    is_open = " open" if number <= 2 or (changed and number <= 60) else ""
    picture = guest.picture
    vcpus = count(picture["vcpus"], "vCPU")
    return (
        f'<details class="guest"{is_open}><summary><h3>{escape(name)}</h3>'
        f"{_effect(guest.effect)}</summary>"
        f'<div class="inner" id="{anchor}">'
        f'<p class="about">{escape(guest.arch)} {escape(guest.kind)}, {vcpus}, recorded on '
        f"{escape(guest.hypervisor or 'an unnamed hypervisor')}; {picture['events']:,} events. "
        f"<code>{escape(guest.path)}</code></p>"
        f'<p class="difference">{escape(_difference(guest))}</p>'
        f"{_bars(picture)}{_lanes(picture)}{_counts(picture)}{_findings(picture)}"
        "</div></details>"
    )


def _difference(guest: Guest) -> str:
    """How the guest can tell the policies apart."""
    for text in guest.why:
        where, found, what = text.partition("first difference: ")
        if found:
            return f"The policies differ first on {where.rstrip(': ')}: {what}."
    return "This guest cannot tell the policies apart."


def _first(picture: dict[str, Any], policy: str) -> str:
    first = picture["policies"][policy]["first"]
    if first is None:
        return ""
    x, line, of, fate, why = first
    where = "" if picture["unit"] != "ns" else f"at {drawing.moment(picture, x)}, "
    told = {"corrupting": "corrupting other memory", "without area": "without an area"}
    text = f"The first update {told.get(fate, fate)}: {where}{of}, line {line:,}: {why}."
    return f"<p>{escape(text)}</p>"


def _bars(picture: dict[str, Any]) -> str:
    """All updates of a guest, a bar for each policy."""
    rows = []
    for policy in _POLICIES:
        fates = picture["policies"][policy]["fates"]
        words = _words(fates)
        drawn = drawing.bar(fates, escape(f"{policy}: {words}")) if fates else ""
        rows.append(
            f"<dt>{policy}</dt><dd>{drawn}<p>{_shown(words[:1].upper() + words[1:])}.</p>"
            f"{_first(picture, policy)}</dd>"
        )
    return f'<dl class="bars">{"".join(rows)}</dl>'


def _lanes(picture: dict[str, Any]) -> str:
    """The timeline: for each vCPU `update` above and `hypercall` below, on one axis."""
    pairs = list(zip(*(picture["policies"][p]["lanes"] for p in _POLICIES), strict=True))
    if not any(lane["fates"] for pair in pairs for lane in pair):
        return ""
    most = drawing.tallest(picture)
    places = drawing.ticks(picture)
    grid = "".join(f'<i style="left:{place}%"></i>' for place, _ in places)
    labels = "".join(
        f'<span style="left:{place}%"{_edge(place)}>{escape(label)}</span>'
        for place, label in places
    )
    stages = "".join(
        f'<i class="stage" style="left:{drawing.share(picture, x)}%" title="{escape(name)}"></i>'
        for x, name in picture["stages"]
    )
    figures = "".join(_lane(picture, pair, most, grid, stages) for pair in pairs)
    unit = picture["unit"]
    return (
        f'<div class="timeline" data-start="{picture["start"]}" data-width="{picture["width"]}" '
        f'data-unit="{unit}" data-columns="{picture["columns"]}">{figures}'
        f'<div class="axis">{labels}</div>'
        f'<p class="scale">A column is {drawing.width(picture)}; the tallest has '
        f"{count(most, 'update')}. "
        '<span class="hint">In a timeline <kbd>←</kbd> <kbd>→</kbd> go from column to column, '
        "<kbd>n</kbd> to the next in which an update fails.</span></p>"
        '<p class="reading" aria-live="polite"></p></div>'
    )


def _edge(place: float) -> str:
    return ' class="first"' if place < 4 else ' class="last"' if place > 94 else ""


def _lane(
    picture: dict[str, Any], pair: tuple[dict[str, Any], ...], most: int, grid: str, stages: str
) -> str:
    update, hypercall = pair
    name = update["name"]
    labels = []
    for policy, lane in zip(_POLICIES, pair, strict=True):
        fates = {fate: sum(n for _, n in counts) for fate, counts in lane["fates"].items()}
        labels.append(f"{policy}: {_words(fates)}")
    top, low = (
        drawing.columns(
            picture, lane, most, down=down, label=escape(f"{name} under {labels[down]}")
        )
        for lane, down in ((update, False), (hypercall, True))
    )
    marks = "".join(
        f'<path class="fails" d="{"".join(f"M{c + 0.5} {y}v5" for c in found)}" '
        'vector-effect="non-scaling-stroke"/>'
        for lane, y in ((update, 0), (hypercall, 7))
        if (found := drawing.failing(lane))
    )
    calls = "".join(
        f'<i class="call" style="left:{drawing.share(picture, x)}%" title="{escape(text)}"></i>'
        for x, text in update["calls"]
    )
    return (
        f'<figure tabindex="0" aria-label="{escape(name)}, both policies over time">'
        f"<figcaption><b>{escape(name)}</b> <span>{_shown(labels[0])}</span></figcaption>"
        f'<div class="plot">{grid}{stages}{top}'
        f'<svg class="marks" viewBox="0 0 {picture["columns"]} 12" preserveAspectRatio="none" '
        f'aria-hidden="true">{marks}</svg>{low}{calls}'
        f'<i class="cursor" hidden></i></div><p class="low">{_shown(labels[1])}</p></figure>'
    )


def _counts(picture: dict[str, Any]) -> str:
    policies = [picture["policies"][policy] for policy in _POLICIES]
    rows = [("updates due", [sum(policy["fates"].values()) for policy in policies])]
    for fate in drawing.CLASSES:
        numbers = [policy["fates"].get(fate, 0) for policy in policies]
        if any(numbers) or fate not in _RARE:
            rows.append((_NAMES.get(fate, fate), numbers))
    rows.append(("registration calls", [policy["calls"] for policy in policies]))
    rows.append(("refused", [policy["refused"] for policy in policies]))
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{number:,}</td>" for number in numbers)
        + "</tr>"
        for name, numbers in rows
    )
    return (
        '<table class="counts"><thead><tr><th scope="col">updates by the worst that happens to '
        'them</th><th scope="col">update</th><th scope="col">hypercall</th></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _findings(picture: dict[str, Any]) -> str:
    items = []
    for policy in _POLICIES:
        for one in picture["policies"][policy]["findings"]:
            lines = ", ".join(f"{line:,}" for line in one["lines"])
            where = f" (line {lines})" if lines else ""
            items.append(
                f'<li class="{escape(one["severity"])}"><a href="#{escape(one["code"])}">'
                f"{escape(one['code'])}</a> <small>{escape(one['severity'])} under {policy}"
                f"{where}</small><p>{escape(one['message'])}</p>"
                + (f'<p class="help">{escape(one["help"])}</p>' if one["help"] else "")
                + "</li>"
            )
    return f'<ul class="findings">{"".join(items)}</ul>' if items else ""


def _codes(guests: list[Guest]) -> str:
    """The pages of the findings, in short."""
    codes = {
        one["code"]
        for guest in guests
        for policy in guest.picture["policies"].values()
        for one in policy["findings"]
    }
    parts = []
    for code in sorted(codes):
        found = about(code)
        if found is None:
            continue
        name, summary, text = found
        prose = "".join(
            f"<p>{_prose(section(text, title))}</p>" for title in ("What it does", "Why")
        )
        parts.append(
            f'<section class="code" id="{escape(code)}"><h3>{escape(code)} '
            f"<small>{escape(name)}</small></h3><p><b>{escape(summary)}</b></p>{prose}</section>"
        )
    if not parts:
        return ""
    return (
        '<section aria-labelledby="findings"><h2 id="findings">What the findings mean</h2>'
        f"{''.join(parts)}</section>"
    )


def _prose(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(" ".join(text.split())))
