"""The page of a replay, read in a real browser where one is installed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from browser_help import browser, complaints, needs_browser, requested, set_screen, shares
from support import ROOT, Cli
from xlcfg.emulator import timeline
from xlcfg.emulator.timeline import replay_with_timeline

KPTI = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    done = Cli()("replay", KPTI, "--policy", "update", "--html", path)
    assert done.returncode == 1
    return path


def test_the_page_holds_every_update_and_loads_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    data = data_of(text)
    kinds = [data["kinds"][mark[2]] for lane in data["lanes"] for mark in lane["marks"]]
    assert kinds.count("lost") == 1206
    assert kinds.count("delivered") == 5802 - 1206
    assert data["unit"] == "ns"
    assert not re.search(r"""(?:src|href)\s*=|@import|url\(|https?://""", text)
    assert "default-src 'none'" in text


def test_hostile_names_stay_text(cli: Cli, tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    header = {
        "trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1,
        "policy": "update", "phys_area": False, "hypervisor": evil, "va_bits": 48, "ram": [],
        "runstate_size": 48,
    }  # fmt: skip
    trace = tmp_path / "<b>&.jsonl"
    lines = [header, {"ev": "switch_out", "vcpu": 0, "state": "blocked"}]
    trace.write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = tmp_path / "o.html"
    cli("replay", trace, "--html", out)
    text = out.read_text(encoding="utf-8")
    assert text.count("<script") == 2
    assert "<img" not in text
    assert "&lt;b&gt;&amp;.jsonl" in text


def test_the_timeline_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "LIMIT", 500)
    result, shown = replay_with_timeline(str(KPTI), "update")
    assert shown.kept == 500
    assert shown.left_out > 5000
    assert result.total("lost") == 1206


def lane_times(page: Path) -> dict[str, float]:
    """How long the vCPUs are in each state, as shares."""
    data = data_of(page.read_text(encoding="utf-8"))
    sums = dict.fromkeys(data["states"], 0)
    end = max(lane[kind][-1][0] for lane in data["lanes"] for kind in ("states", "marks"))
    for lane in data["lanes"]:
        for (begin, _, state), (until, *_) in zip(
            lane["states"], [*lane["states"][1:], (end,)], strict=True
        ):
            sums[data["states"][state]] += until - begin
    return {state: number / sum(sums.values()) for state, number in sums.items()}


def test_two_traces_cannot_share_a_page(cli: Cli, tmp_path: Path) -> None:
    done = cli("replay", KPTI, KPTI, "--html", tmp_path / "o.html")
    assert done.returncode == 2
    assert "one trace" in done.stderr


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_a_finding_leads_to_its_place_on_the_timeline(page: Path, tmp_path: Path) -> None:
    with browser(tmp_path / "profile") as driver:
        from selenium.webdriver.common.by import By
        from selenium.webdriver.common.keys import Keys

        driver.get(page.as_uri())
        reading = driver.find_element(By.ID, "reading")
        assert reading.text == ""
        finding = driver.find_element(By.CSS_SELECTOR, "#findings button")
        assert "1206 of 5802 updates" in finding.text
        finding.click()
        assert re.fullmatch(
            r"vCPU 0, [0-9.]+ \S+, line 421: lost \(.*address space 1\)", reading.text
        )
        canvas = driver.find_element(By.ID, "timeline")
        canvas.send_keys("n")
        assert "lost" in reading.text
        assert "line 421:" not in reading.text
        canvas.send_keys(Keys.ARROW_DOWN)
        assert reading.text.startswith("vCPU 1")
        canvas.send_keys("+", "0", "-")
        assert complaints(driver) == []
        assert requested(driver) == [page.as_uri()]


UPDATES = {"": "#f5f6f8", "delivered": "#2f7d4f", "lost": "#c62f2f"}
STATES = {"running": "#a8cdf5", "runnable": "#f3dc9a", "blocked": "#e3e6eb"}


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_colours_keep_their_proportions_and_nothing_scrolls(page: Path, tmp_path: Path) -> None:
    from selenium.webdriver.common.by import By

    spans = lane_times(page)
    with browser(tmp_path / "profile") as driver:
        for width, ratio in ((390, 1), (390, 3), (801, 2), (1280, 1)):
            set_screen(driver, width, ratio=ratio)
            driver.get(page.as_uri())
            assert driver.execute_script(
                "const root = document.documentElement; return root.scrollWidth - root.clientWidth"
            ) in (0, -1)
            canvas = driver.find_element(By.ID, "timeline")
            drawn = shares(driver, canvas, UPDATES | STATES, exact=True)
            lost = drawn["lost"] / (drawn["lost"] + drawn["delivered"])
            assert lost == pytest.approx(1206 / 5802, abs=0.01), (width, ratio)
            known = sum(drawn[state] for state in spans if state in drawn)
            for state in ("running", "runnable"):
                assert drawn[state] / known == pytest.approx(spans[state], abs=0.04), state
        set_screen(driver, 700, dark=True, media="print")
        driver.get(page.as_uri())
        paper = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        canvas = driver.find_element(By.ID, "timeline")
        drawn = shares(driver, canvas, UPDATES | {"": "#ffffff"}, exact=True)
        assert drawn["lost"] == pytest.approx(1206 / 5802, abs=0.01)
        assert complaints(driver) == []
