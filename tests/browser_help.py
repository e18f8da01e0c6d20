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


def set_screen(
    driver: Any,
    width: int,
    height: int = 900,
    *,
    dark: bool = False,
    media: str = "",
    ratio: float = 1,
) -> None:
    """The size of the window's inside in CSS pixels, the colour scheme, and the medium."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    wanted = {"color-scheme": "dark" if dark else "light", "reduced-motion": "reduce"}
    features = [{"name": f"prefers-{name}", "value": value} for name, value in wanted.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})


_COUNT = """
const [data, wanted, farthest, done] = arguments;
const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
createImageBitmap(new Blob([bytes], { type: "image/png" })).then(image => {
  const c = new OffscreenCanvas(image.width, image.height).getContext("2d");
  c.drawImage(image, 0, 0);
  const pixels = c.getImageData(0, 0, image.width, image.height).data;
  const counts = wanted.map(() => 0);
  for (let i = 0; i < pixels.length; i += 4) {
    let best = 0, least = farthest;
    wanted.forEach(([r, g, b], k) => {
      const off = (pixels[i] - r) ** 2 + (pixels[i + 1] - g) ** 2 + (pixels[i + 2] - b) ** 2;
      if (off < least) { least = off; best = k; }
    });
    counts[best]++;
  }
  done(counts);
});
"""


def shares(
    driver: Any, element: Any, colours: dict[str, str], *, exact: bool = False
) -> dict[str, float]:
    """How much of what an element draws in some colours is drawn in each of them.

    `colours` are names and `#rrggbb`, the first that of the background, which is left out. A pixel
    counts for the colour that it is closest to, or, if `exact`, that it has.
    """
    picture = element.screenshot_as_base64
    here = driver.current_window_handle
    driver.switch_to.new_window("tab")  # no page's policy holds there
    try:
        wanted = [list(bytes.fromhex(code[1:])) for code in colours.values()]
        given = picture, wanted, 3 if exact else 1 << 20
        counts = dict(zip(colours, driver.execute_async_script(_COUNT, *given), strict=True))
    finally:
        driver.close()
        driver.switch_to.window(here)
    del counts[next(iter(counts))]
    return {name: number / sum(counts.values()) for name, number in counts.items()}
