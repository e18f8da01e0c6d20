"""A real browser, for the pages that xlcfg and its documentation are read as."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import needs

needs_browser = pytest.mark.needs("chromium", "chromedriver", "selenium")


@contextmanager
def browser(profile: Path, size: tuple[int, int] = (1000, 900)) -> Iterator[Any]:
    """A headless Chromium that finds no host but this one."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = needs.require("chromium")
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(needs.require("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def complaints(driver: Any) -> list[str]:
    """Errors and warnings in the console since the last question."""
    return [e["message"] for e in driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]


def requested(driver: Any) -> list[str]:
    """Every address asked for since the last question."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
        and not event["params"]["request"]["url"].startswith(("chrome:", "data:"))  # its own
    ]
