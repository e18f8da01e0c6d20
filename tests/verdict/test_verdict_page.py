"""The page of a verdict, and that of one guest: what it says, and what a real browser draws."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from browser_help import browser, complaints, needs_browser, requested, set_screen, shares
from support import ROOT, Cli, make_linter
from xlcfg.many.wire import Batch, Job, decode, work
from xlcfg.traces.verdict import DRAWN, judge_drawn

KPTI = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
BOOTS = ROOT / "examples" / "boots"
PV = BOOTS / "x86_64-pv-linux-5.10-xen-4.14.jsonl.gz"
NO_AREA = BOOTS / "arm64-linux-5.10-kpti-on-xen-4.17.jsonl.gz"
SCHEMA = json.loads((ROOT / "xlcfg/report/schema/verdict.schema.json").read_text())

HEADER = {
    "trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1,
    "policy": None, "phys_area": False, "hypervisor": "made up", "va_bits": 48,
    "ram": [{"gpa": "0x1000", "pages": 4}], "runstate_size": 48,
}  # fmt: skip
MAP = {"ev": "map", "space": 0, "va": "0x8000", "gpa": "0x1000"}
MAP_USER = {**MAP, "space": 1}
REGISTER = {
    "ev": "vcpu_op", "vcpu": 0, "op": "register_runstate_memory_area", "target": 0,
    "addr": "0x8000",
}  # fmt: skip
KERNEL = {"ev": "use_space", "vcpu": 0, "space": 0}
USER = {"ev": "use_space", "vcpu": 0, "space": 1}
OUT = {"ev": "switch_out", "vcpu": 0, "state": "blocked"}
IN = {"ev": "switch_in", "vcpu": 0}
EVIL = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> @DATA@ ${data} $title $$ &lt;"
)

LIGHT = {"": "#ffffff", "arrived": "#4f8fc0", "caught": "#35837a", "lost": "#b3261e"}


def trace(path: Path, *events: object, **header: object) -> Path:
    lines = [{**HEADER, **header}, KERNEL, *events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def text_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def heading(page: Path) -> list[str]:
    found = re.search(r"<h1>(.*?)</h1>", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return [text_of(one) for one in re.findall(r"<span>(.*?)</span>", found[1])]


def document(page: Path) -> Any:
    found = re.search(r'id="verdict">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("page") / "verdict.html"
    done = Cli()("verdict", KPTI, PV, NO_AREA, "--html", page)
    assert done.returncode == 0
    return page


# ---- what it says ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_heading_is_in_the_summary(cli: Cli, made: Path, form: str) -> None:
    sentences = heading(made)
    assert sentences == [
        "Flipping Arm's default to hypercall breaks 0, mends 1, leaves 1 alone.",
        "Flipping x86's default to hypercall breaks 0, mends 0, leaves 1 alone.",
    ]
    printed = cli("verdict", KPTI, PV, NO_AREA, "--format", form).stdout.splitlines()
    assert [line for line in printed if line.startswith("Flipping")] == sentences


def test_a_guest_that_is_broken_either_way_is_told(cli: Cli, tmp_path: Path) -> None:
    lost = trace(tmp_path / "a.jsonl", MAP, REGISTER, {**MAP, "gpa": "0x9000"}, OUT, IN)
    late = trace(tmp_path / "late.jsonl", REGISTER, OUT, MAP, IN, OUT, IN)
    page = tmp_path / "p.html"
    printed = cli("verdict", late, lost, "--html", page).stdout
    (sentence,) = heading(page)
    assert sentence in printed
    effects = document(page)["effects"]["arm64"]["hypercall"]
    number = len(effects["broken_either_way"])
    assert f"breaks {len(effects['breaks'])}, mends {len(effects['mends'])}" in sentence
    assert (f"{number} is broken either way" in sentence) is (number == 1)


def test_the_page_holds_the_text_and_the_json(cli: Cli, made: Path) -> None:
    arguments = ("verdict", KPTI, PV, NO_AREA)
    held = document(made)
    jsonschema.validate(held, SCHEMA)
    assert held == json.loads(cli(*arguments, "--format", "json").stdout)
    found = re.search(r"<pre>(.*?)</pre>", made.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    assert html.unescape(found[1]) == cli(*arguments).stdout


def test_it_names_what_it_was_made_of(made: Path) -> None:
    text = text_of(made.read_text(encoding="utf-8"))
    for words in (
        "xlcfg 0.1.0", f"xlcfg verdict {KPTI} {PV}", "xen 4.17.7 arm64 (Debian)",
        "1,206 of 5,802 lost (20.8 %)", "all 5,802 delivered", "no update due",
        "146 of 4,083 made up for (3.6 %)", "at 11.145 s, vCPU 0, line 421",
        "updates-lost", "This guest cannot tell the policies apart.",
    ):  # fmt: skip
        assert words in text
    assert str(made) not in text


def test_each_guest_has_an_anchor_that_a_link_leads_to(made: Path) -> None:
    text = made.read_text(encoding="utf-8")
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="([^"]+)"', text)
    assert {link[1:] for link in links} <= set(ids)
    assert "#linux-kpti-arm64" in links
    assert "#RT103" in links


def test_the_page_loads_nothing(made: Path) -> None:
    text = made.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"\ssrc=|@import|url\(|https?://", text)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)', text))


def test_same_names_get_anchors_of_their_own(cli: Cli, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        trace(tmp_path / name / "Boot 1.jsonl", MAP, REGISTER, OUT, IN)
    trace(tmp_path / "overview.jsonl", MAP, REGISTER, OUT, IN)
    trace(tmp_path / "<>.jsonl", MAP, REGISTER, OUT, IN)
    page = tmp_path / "p.html"
    assert cli("verdict", ".", "--html", page, cwd=tmp_path).returncode == 0
    anchors = re.findall(r'class="inner" id="([^"]+)"', page.read_text(encoding="utf-8"))
    assert sorted(anchors) == ["a-boot-1.jsonl", "b-boot-1.jsonl", "guest", "overview-2"]


def test_the_same_input_makes_the_same_page(cli: Cli, tmp_path: Path) -> None:
    pages = [tmp_path / "1.html", tmp_path / "2.html"]
    for page, jobs in zip(pages, ("1", "2"), strict=True):
        cli("verdict", KPTI, PV, "-j", jobs, "--html", page, env={"PYTHONHASHSEED": jobs})
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_a_picture_travels(tmp_path: Path) -> None:
    linter = make_linter("4.20", "arm64")
    data = trace(tmp_path / "a.jsonl", MAP, REGISTER, USER, OUT, IN).read_bytes()
    batch = Batch(0, Job(DRAWN, linter), [(7, "a.jsonl", data)])
    ((index, values),) = decode(work(batch.encode())).results
    assert index == 7
    assert values == json.loads(json.dumps(judge_drawn("a.jsonl", data, linter)))
    assert values[-1]["policies"]["update"]["fates"] == {"lost": 2}


def test_a_few_among_many_are_neither_hidden_nor_made_more(cli: Cli, tmp_path: Path) -> None:
    many = [{**(OUT, IN)[k % 2], "t": 1000 * k} for k in range(5000)]
    many[2500:2500] = [USER, {**many[2500]}, KERNEL]
    page = tmp_path / "p.html"
    cli("verdict", trace(tmp_path / "a.jsonl", MAP, REGISTER, *many), "--html", page)
    text = page.read_text(encoding="utf-8")
    assert "1 of 5,001 lost (under 0.1 %)" in text
    assert '<rect class="arrived" x="0" y="0" width="5000" height="1"/>' in text
    assert '<rect class="lost" x="5000" y="0" width="1" height="1"/>' in text
    assert re.search(r'<path class="fails" d="M\d+\.5 0v5"', text)


def test_many_vcpus_share_a_lane(cli: Cli, tmp_path: Path) -> None:
    events: list[dict[str, Any]] = [MAP]
    for vcpu in range(40):
        events += [{**KERNEL, "vcpu": vcpu}, {**REGISTER, "vcpu": vcpu, "target": vcpu}]
        events += [{**USER, "vcpu": vcpu}] if vcpu == 33 else []
        events += [{**OUT, "vcpu": vcpu}, {**IN, "vcpu": vcpu}]
    page = tmp_path / "p.html"
    cli("verdict", trace(tmp_path / "a.jsonl", *events, vcpus=40), "--html", page)
    names = re.findall(r"<figcaption><b>([^<]+)</b>", page.read_text(encoding="utf-8"))
    assert names == [*(f"vCPU {n}" for n in range(14)), "vCPU 33", "25 more vCPUs"]


# ---- where it goes -----------------------------------------------------------------------------


def test_a_page_that_cannot_be_written_is_said(cli: Cli, tmp_path: Path) -> None:
    one = trace(tmp_path / "a.jsonl", MAP, REGISTER, OUT, IN)
    page = tmp_path / "none" / "p.html"
    done = cli("verdict", one, "--html", page)
    assert done.returncode == 2
    assert f"the page {page} cannot be written: no such file or directory" in done.stderr
    assert "Flipping Arm's default" in done.stdout
    done = cli("replay", "--compare", one, "--html", page)
    assert done.returncode == 2
    assert f"the page {page} cannot be written: no such file or directory" in done.stdout


def test_an_old_page_is_replaced_whole_or_stays(cli: Cli, tmp_path: Path) -> None:
    one = trace(tmp_path / "a.jsonl", MAP, REGISTER, OUT, IN)
    page = tmp_path / "p.html"
    page.write_text("old")
    page.chmod(0o640)
    cli("verdict", one, "--html", page)
    assert page.read_text(encoding="utf-8").endswith("</html>\n")
    assert page.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "p.html"]


def test_what_could_not_be_replayed_is_on_the_page(cli: Cli, tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    done = cli("verdict", tmp_path / "none.jsonl", "--html", page)
    assert done.returncode == 2
    assert heading(page) == ["No boot is replayed."]
    assert "none.jsonl</code> cannot be read: no such file or directory" in page.read_text()


def test_hostile_names_stay_text(cli: Cli, tmp_path: Path) -> None:
    name = "<script>document.title='owned'<x> @DATA@ ${data} $$ \u202e.jsonl"
    events = ({"ev": "stage", "name": "kernel"}, {"ev": "note", "text": EVIL}, MAP, REGISTER, OUT)
    trace(tmp_path / name, *events, hypervisor=EVIL)
    (tmp_path / "<img src=x>.jsonl").write_text(EVIL)
    page = tmp_path / "page.html"
    arguments = (("verdict", "."), ("replay", "--compare", name))
    for command in arguments:
        cli(*command, "--html", page, cwd=tmp_path)
        text = page.read_text(encoding="utf-8")
        tags: list[str] = []

        class Reader(HTMLParser):
            def handle_starttag(
                self, tag: str, attrs: list[tuple[str, str | None]], tags: list[str] = tags
            ) -> None:
                tags.append(tag)
                assert not any(name.startswith("on") for name, _ in attrs)

        Reader().feed(text)
        assert tags.count("script") == 2
        assert "img" not in tags
        assert "\u202e" not in text
        assert "@DATA@ ${data} $title $$ &amp;lt;" in text
        jsonschema.validate(document(page), SCHEMA)


# ---- one guest ---------------------------------------------------------------------------------


def test_a_comparison_is_the_page_of_one_guest(cli: Cli, tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    done = cli("replay", "--compare", KPTI, "--html", page)
    assert done.returncode == 1
    assert done.stdout == cli("replay", "--compare", KPTI).stdout
    assert heading(page) == ["Only hypercall is safe for this guest."]
    assert "verdict: only hypercall is safe for this guest" in done.stdout
    text = text_of(page.read_text(encoding="utf-8"))
    assert "Flipping Arm's default to hypercall breaks 0, mends 1, leaves 0 alone." in text
    assert f"xlcfg replay --compare {KPTI}" in text
    (one,) = document(page)["traces"]
    assert (one["update"], one["hypercall"]) == ("loses updates", "safe")


def test_a_broken_trace_leaves_the_page_alone(cli: Cli, tmp_path: Path) -> None:
    broken = tmp_path / "a.jsonl"
    broken.write_text("{}\n")
    page = tmp_path / "p.html"
    assert cli("replay", "--compare", broken, "--html", page).returncode == 2
    assert not page.exists()


# ---- in a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


def every(driver: Any, selector: str) -> list[Any]:
    from selenium.webdriver.common.by import By

    found: list[Any] = driver.find_elements(By.CSS_SELECTOR, selector)
    return found


def all_open(driver: Any, page: Path) -> None:
    driver.get(page.as_uri())
    (button,) = every(driver, "#all")
    button.click()
    assert all(one.get_property("open") for one in every(driver, "details.guest"))


@needs_browser
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("width", [390, 777, 1280])
@pytest.mark.parametrize("ratio", [1, 2])
def test_a_fifth_lost_looks_like_a_fifth(driver: Any, made: Path, width: int, ratio: int) -> None:
    set_screen(driver, width, ratio=ratio)
    driver.get(made.as_uri())
    lost = 1206 / 5802
    for bar in every(driver, '.bar[aria-label^="update: 1,206"]'):
        sizes = driver.execute_script(
            "return [...arguments[0].children].map(c => c.getBoundingClientRect().width)", bar
        )
        assert sizes[1] / sum(sizes) == pytest.approx(lost, abs=1e-4)
        assert shares(driver, bar, LIGHT, exact=True)["lost"] == pytest.approx(lost, abs=0.01)
    for number, share in ((0, 568 / 2903), (1, 638 / 2899)):
        drawn = every(driver, f"figure:nth-of-type({number + 1}) .columns")[0]
        assert shares(driver, drawn, LIGHT)["lost"] == pytest.approx(share, abs=0.01)
    (made_up,) = every(driver, '.overview .bar[aria-label^="update: 146"]')
    assert shares(driver, made_up, LIGHT, exact=True)["caught"] == pytest.approx(
        146 / 4083, abs=0.01
    )


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_the_timelines_have_one_scale(driver: Any, made: Path) -> None:
    """A pixel of any lane, of either policy, is as many updates."""
    set_screen(driver, 1280)
    driver.get(made.as_uri())
    areas = [
        driver.execute_script(
            "const box = arguments[0].getBoundingClientRect(), view = arguments[0].viewBox.baseVal;"
            "return [box.width * box.height / view.width / view.height, box.left, box.width]",
            drawing,
        )
        for drawing in every(driver, "details.guest:first-of-type .columns")
    ]
    assert len(areas) == 4
    assert all(area == pytest.approx(areas[0]) for area in areas)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pages of names without a place to break them, and of many tall numbers."""
    folder = tmp_path_factory.mktemp("long")
    name = folder / ("x" * 200 + ".jsonl")
    trace(name, REGISTER, OUT, MAP, IN, hypervisor="y" * 300 + EVIL)
    pages = [folder / "p.html", folder / "one.html"]
    Cli()("verdict", name, KPTI, "--html", pages[0])
    Cli()("replay", "--compare", name, "--html", pages[1])
    return pages


@needs_browser
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_nothing_scrolls_sideways(driver: Any, made: Path, long: list[Path], width: int) -> None:
    set_screen(driver, width)
    for path in (made, *long):
        all_open(driver, path)
        driver.execute_script("document.querySelector('.summary details').open = true")
        wide = driver.execute_script(
            "const root = document.documentElement;"
            "const inner = [...document.querySelectorAll('main *')].filter(one => one.scrollWidth >"
            " one.clientWidth + 1 && getComputedStyle(one).overflowX != 'visible'"
            " && one.tagName != 'THEAD');"
            "return [root.scrollWidth - root.clientWidth, ...inner.map(one => one.outerHTML)]"
        )
        assert wide == [0]
        assert complaints(driver) == []


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_the_keyboard_does_everything(driver: Any, made: Path) -> None:
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    set_screen(driver, 1280)
    driver.get(made.as_uri())
    requested(driver)
    driver.get(made.as_uri())
    body = every(driver, "body")[0]
    body.send_keys(Keys.TAB)
    assert driver.switch_to.active_element.text == "to the table"
    driver.switch_to.active_element.send_keys(Keys.TAB)
    assert driver.switch_to.active_element.text == "linux-kpti-arm64"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert driver.execute_script(outline) == "solid"

    second = every(driver, "details.guest")[1]
    assert not second.get_property("open")
    driver.switch_to.active_element.send_keys(Keys.TAB)
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    focus = "return document.activeElement.tagName"
    WebDriverWait(driver, 20).until(lambda _: driver.execute_script(focus) == "SUMMARY")
    assert second.get_property("open")
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert not second.get_property("open")

    figure = every(driver, "figure")[0]
    reading = every(driver, ".reading")[0]
    driver.execute_script("arguments[0].focus()", figure)
    figure.send_keys(Keys.HOME)
    assert reading.text.startswith("vCPU 0, 4.05 to 4.45 s: update 4 delivered")
    figure.send_keys("n")
    assert re.fullmatch(
        r"vCPU 0, \S+ to \S+ s: update (\d+ delivered, )?\d+ lost; hypercall \d+ delivered",
        reading.text,
    )
    before = reading.text
    figure.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert reading.text == before
    figure.send_keys(Keys.ESCAPE)
    assert reading.text == ""
    assert complaints(driver) == []
    assert {address.partition("#")[0] for address in requested(driver)} == {made.as_uri()}


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_what_the_columns_say_adds_up(driver: Any, made: Path) -> None:
    """The numbers that are read off the outlines are those of the replay."""
    set_screen(driver, 1280)
    driver.get(made.as_uri())
    texts = driver.execute_script(
        "const figure = document.querySelector('figure');"
        "const reading = document.querySelector('.reading');"
        "const press = key => figure.dispatchEvent(new KeyboardEvent('keydown', { key }));"
        "const columns = Number(document.querySelector('.timeline').dataset.columns);"
        "press('Home'); const texts = [reading.textContent];"
        "for (let k = 1; k < columns; k++) {"
        "  press('ArrowRight'); texts.push(reading.textContent);"
        "}"
        "return texts"
    )
    sums = {"update": 0, "lost": 0, "hypercall": 0}
    for text in texts:
        for part in text.partition(": ")[2].split("; "):
            policy, _, counts = part.partition(" ")
            for number, fate in re.findall(r"(\d+) (\w+)", counts):
                sums[policy] += int(number)
                sums["lost"] += int(number) * (fate == "lost")
    assert sums == {"update": 2903, "lost": 568, "hypercall": 2903}


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_a_link_to_a_guest_opens_it(driver: Any, made: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    set_screen(driver, 1280)
    driver.get("about:blank")
    anchor = "x86_64-pv-linux-5.10-xen-4.14"
    driver.get(f"{made.as_uri()}#{anchor}")
    holder = driver.execute_script(
        "return document.getElementById(arguments[0]).closest('details')", anchor
    )
    assert holder.get_property("open")
    assert (
        0 <= driver.execute_script("return arguments[0].getBoundingClientRect().top", holder) < 900
    )
    every(driver, ".overview a")[2].click()
    last = every(driver, "details.guest")[2]
    WebDriverWait(driver, 20).until(lambda _: last.get_property("open"))
    assert [one.get_property("open") for one in every(driver, "details.guest")] == [True] * 3
    every(driver, "#none")[0].click()
    assert not any(one.get_property("open") for one in every(driver, "details.guest"))


_CONTRAST = """
const found = [];
function parts(text) { return text.match(/[\\d.]+/g).map(Number); }
function light(colour) {
  const [r, g, b] = colour.map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
}
function ratio(one, two) {
  const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
  return (high + .05) / (low + .05);
}
function behind(element) {
  for (; element; element = element.parentElement) {
    const colour = parts(getComputedStyle(element).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  if (own && !["SCRIPT", "STYLE"].includes(element.tagName))
    found.push([
      ratio(parts(getComputedStyle(element).color), behind(element)), element.outerHTML.slice(0, 60)
    ]);
}
const drawn = [...document.querySelectorAll(".legend i[class]")].map(one =>
  [ratio(parts(getComputedStyle(one).backgroundColor), behind(one.parentElement)), one.className]);
return [found, drawn.filter(([, name]) => !["called"].includes(name)), behind(document.body)];
"""


@needs_browser
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dark", [False, True])
def test_everything_can_be_made_out(driver: Any, made: Path, *, dark: bool) -> None:
    set_screen(driver, 1280, dark=dark)
    all_open(driver, made)
    texts, drawn, paper = driver.execute_script(_CONTRAST)
    assert (max(paper) < 60) is dark
    assert len(texts) > 100
    assert [text for text in texts if text[0] < 4.5] == []
    assert len(drawn) >= 5
    assert [colour for colour in drawn if colour[0] < 3] == []


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_on_paper_it_is_light_and_whole(driver: Any, made: Path) -> None:
    set_screen(driver, 700, dark=True, media="print")
    driver.get(made.as_uri())
    texts, _, paper = driver.execute_script(_CONTRAST)
    assert paper == [255, 255, 255]
    assert [text for text in texts if text[0] < 4.5] == []
    heights = driver.execute_script(
        "return [...document.querySelectorAll('.inner, pre')].map(e => e.offsetHeight)"
    )
    assert len(heights) == 4
    assert min(heights) > 60
    shown = [one.is_displayed() for one in every(driver, ".tools, .hint, .reading, .skip")]
    assert not any(shown)
    bar = every(driver, '.bars .bar[aria-label^="update: 1,206"]')[0]
    assert shares(driver, bar, LIGHT, exact=True)["lost"] == pytest.approx(1206 / 5802, abs=0.01)
    assert driver.execute_cdp_cmd("Page.printToPDF", {})["data"][:7] == "JVBERi0"
