"""The documentation site as it is built, read in a real browser where one is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import needs
from browser_help import browser, complaints, needs_browser, requested
from once import once
from support import ROOT
from xlcfg.report.links import url

#: a page of every kind, and what it is about
PAGES = {
    "": "xlcfg",
    "rules/": "XL101",
    "rules/XL101/": "XL101: unknown-key",
    "rules/RT103/": "What it does",
    "guest-keys/disk/": "backendtype",
    "boot-parameters/dom0_mem/": "dom0_mem",
    "xl-conf/": "autoballoon",
    "commands/": "xlcfg check",
    "first-hour/": "web01.cfg",
    "plugins/xentrace/": "xentrace",
}


def build(folder: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs.require("mkdocs")
    return once(tmp_path_factory, "site", lambda out: build(out / "site")) / "site"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_it_builds_without_a_warning_and_loads_nothing_from_elsewhere(site: Path) -> None:
    for name in PAGES:
        page = (site / name / "index.html").read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"([^\"]+)", page)
        links = re.findall(r"<link([^>]*)>", page)
        loaded += [
            re.findall(r'href="([^"]+)', link)[0]
            for link in links
            if not re.search(r'rel="(?:canonical|prev|next)"', link)
        ]
        assert not [one for one in loaded if "//" in one], name


def test_findings_lead_to_pages_that_are_there(site: Path) -> None:
    for code in ("XL101", "RT103", "IG001", "LV101", "PL001"):
        address = url(code)
        assert address is not None
        assert (site / address.partition("/xlcfg/")[2] / "index.html").is_file(), code
    assert url("EX101") is None


@needs_browser
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size", [(1300, 900), (375, 740)], ids=["desk", "phone"])
def test_pages_read_well(address: str, size: tuple[int, int], tmp_path: Path) -> None:
    with browser(tmp_path / "profile", size) as driver:
        narrow = {
            "width": size[0],
            "height": size[1],
            "deviceScaleFactor": 1,
            "mobile": size[0] < 500,
        }
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
        for name, text in PAGES.items():
            driver.get(address + name)
            assert text in driver.find_element("tag name", "main").text, name
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            assert wide <= size[0], f"{name} is {wide} pixels wide"
        if size[0] > 1000:
            # lines of a terminal's 80 columns, and some more, fit without scrolling
            driver.get(address + "first-hour/")
            assert (
                driver.execute_script(
                    "return [...document.querySelectorAll('pre code')]"
                    ".filter(c => c.scrollWidth > c.clientWidth)"
                    ".filter(c => c.innerText.split('\\n').every(l => l.length <= 95))"
                    ".map(c => c.innerText)"
                )
                == []
            )
        assert complaints(driver) == []
        assert [one for one in requested(driver) if not one.startswith(address)] == []


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_search_finds(address: str, tmp_path: Path) -> None:
    """Codes and names, and what people type who know neither: among the first results."""
    with browser(tmp_path / "profile", (1300, 900)) as driver:
        missed = {}
        for words, pages in SEARCHES.items():
            driver.get(address)
            results = search(driver, words, pages)
            if not any(page in result for result in results[:8] for page in pages):
                missed[words] = results[:8]
        assert missed == {}
        assert complaints(driver) == []
        seen = [one for one in requested(driver) if not one.startswith((address, "blob:"))]
        assert seen == []


#: what people search for, and pages that answer it
SEARCHES = {
    "XL101": ["rules/XL101/"],
    "max_grant_frames": ["guest-keys/max_grant_frames/"],
    "dom0_mem": ["boot-parameters/dom0_mem/"],
    "bridge": ["guest-keys/vif/", "rules/XD251/"],
    "memory too small": ["rules/XD407/"],
    "kernel panic": ["rules/DT107/", "plugins/dom0less/", "rules/BL"],
    "misspelt key": ["rules/XL101/"],
    "install": ["install/"],
}


def search(driver: Any, words: str, pages: list[str]) -> list[str]:
    """Where the results of a search lead, in their order, once one of `pages` is there."""
    from selenium.common.exceptions import TimeoutException
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(driver, 30)
    box = driver.find_element("css selector", "input.md-search__input")
    wait.until(lambda _: box.is_displayed() and box.is_enabled())
    box.click()
    box.send_keys(words)
    script = "return [...document.querySelectorAll('.md-search-result__item > a')].map(a => a.href)"
    try:
        # the list is drawn anew while the index arrives: ask for all of it at once
        wait.until(
            lambda d: any(page in link for link in d.execute_script(script) for page in pages)
        )
    except TimeoutException:
        pass
    return list(driver.execute_script(script))
