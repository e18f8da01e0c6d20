"""The playground: what it answers, and the page in a real browser, with hostile texts too."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import needs
from browser_help import browser, complaints, needs_browser, requested
from support import ROOT
from xlcfg.docs import playground

SOURCE = ROOT / "docs" / "playground"
#: what a text tries to become part of the page with
HOSTILE = (
    'name = "<img src=x onerror=window.pwned=1>"\n'
    "<script>window.pwned=1</script> = 1\n"
    'vcpu_</mark><b id="pwned">x</b> = "\u202e\x1b[31m"\n'
)


def ask(text: str, **more: str) -> dict[str, Any]:
    request = {"text": text, "kind": "guest", "xen": "4.17", "arch": "x86_64", **more}
    answer: dict[str, Any] = json.loads(playground.answer(json.dumps(request)))
    return answer


def test_findings_have_places_as_a_browser_counts() -> None:
    text = '# \U0001d11e é\nname = "a"\nkernel = "/k"\nvcpu = 2\n'
    (one,) = ask(text)["findings"]
    units = text.encode("utf-16-le")
    assert units[one["start"] * 2 : one["end"] * 2].decode("utf-16-le") == "vcpu"
    assert (one["code"], one["line"], one["fix"]) == ("XL101", 4, "unsafe")


def test_fixes_and_policy() -> None:
    got = ask('name = "a"\nkernel = "/k"\nmemory = 1\nmemory = 512\nvcpu = 2\n')
    assert got["fixed"] == 'name = "a"\nkernel = "/k"\nmemory = 512\nvcpu = 2\n'
    assert got["fixed_unsafely"] == 'name = "a"\nkernel = "/k"\nmemory = 512\nvcpus = 2\n'
    assert "update" in got["policies"][0]
    clean = ask('name = "a"\nkernel = "/k"\n')
    assert clean["findings"] == []
    assert clean["fixed"] is None


@pytest.mark.parametrize(
    ("kind", "arch", "text", "code"),
    [
        ("boot", "x86_64", "dom0_mem=4G flaks=1", "BL101"),
        ("tree", "arm64", '/dts-v1/; / { chosen { xen,xen-bootargs = "flaks=1"; }; };', "BL101"),
        ("guest", "x86_64", "<domain type='xen'><name>x</domain>", "LV001"),
    ],
)
def test_kinds(kind: str, arch: str, text: str, code: str) -> None:
    got = ask(text, kind=kind, arch=arch)
    assert any(one["code"].startswith(code) for one in got["findings"])


def test_a_named_release_has_no_proposed_options() -> None:
    text = 'name = "a"\nkernel = "/k"\nrunstate_translation = "hypercall"\n'
    assert "released Xen" in ask(text, xen="4.17")["policies"][0]
    assert "guest.cfg: hypercall" in ask(text, xen="")["policies"][0]


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "[" * 10_000, "a=1\n" * 3_000, HOSTILE])
def test_any_text_has_an_answer(text: str) -> None:
    for kind in playground.KINDS:
        got = ask(text, kind=kind)
        assert len(got["findings"]) <= playground.SHOWN
        assert not any("\x1b" in one["message"] + one["help"] for one in got["findings"])


def test_a_text_that_is_too_long_is_told() -> None:
    assert "KiB" in ask("#" * (playground.LIMIT + 1))["error"]


# -- in the browser ------------------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - what servers of static files say
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as the site has it, without what the theme draws around it."""
    needs.require("npm", "chromium", "chromedriver", "selenium")
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(SOURCE, site / "playground")
    page = (ROOT / "docs" / "playground.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    (site / "playground" / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>'
        f'<link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width">{page}',
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, ROOT / "ci" / "playground", site], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/playground/"
    server.shutdown()


def wait(driver: Any, script: str, *arguments: Any) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(driver, 120).until(lambda d: d.execute_script(script, *arguments))


ROOT_OF = "const root = document.getElementById('xlcfg-playground');"
ANSWERED = ROOT_OF + "return root.dataset.answered || root.dataset.failed"


def write(driver: Any, text: str, kind: str = "guest") -> list[str]:
    """Put a text in; what the page then says: its summary and its findings."""
    driver.execute_script(
        ROOT_OF + "const area = root.querySelector('textarea'); root.dataset.answered = '';"
        "root.querySelector('select').value = arguments[1];"
        "area.value = arguments[0]; area.dispatchEvent(new Event('input'))",
        text,
        kind,
    )
    wait(driver, ANSWERED)
    found: list[str] = driver.execute_script(
        ROOT_OF
        + "return [...root.querySelectorAll('.summary, .findings li')].map(e => e.innerText)"
    )
    return found


@needs_browser
@pytest.mark.filterwarnings("ignore")
def test_the_page(address: str, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    with browser(tmp_path / "profile", (1280, 900)) as driver:
        driver.set_script_timeout(120)
        driver.get(address)
        wait(driver, ANSWERED)
        assert driver.execute_script(ROOT_OF + "return root.dataset.failed") is None
        area = driver.find_element("tag name", "textarea")

        said = write(driver, 'name = "a"\nkernel = "/k"\nmemory = 1\nmemory = 512\nvcpu = 2\n')
        assert said[0] == "2 warnings"
        assert "XL101" in said[2]

        # F8 goes from finding to finding, Ctrl+Enter fixes what is safe, and that can be undone
        area.send_keys(Keys.F8)
        chosen = "const a = arguments[0]; return a.value.slice(a.selectionStart, a.selectionEnd)"
        assert driver.execute_script(chosen, area) == "memory"
        area.send_keys(Keys.F8)
        assert driver.execute_script(chosen, area) == "vcpu"
        area.send_keys(Keys.CONTROL, Keys.ENTER)
        wait(driver, "return !arguments[0].value.includes('memory = 1')", area)
        area.send_keys(Keys.CONTROL, "z")
        wait(driver, "return arguments[0].value.includes('memory = 1')", area)

        # the fragment holds the text; another visitor sees the same
        wait(driver, "return location.hash.length > 1")
        link = driver.current_url
        assert "memory" not in link
        driver.get("about:blank")
        driver.get(link)
        wait(driver, ANSWERED)
        area = driver.find_element("tag name", "textarea")
        assert "memory = 512" in area.get_attribute("value")

        assert write(driver, "dom0_mem=4G flaks=1", "boot")[0] == "1 error"

        # hostile texts stay texts
        for text in (HOSTILE, "[" * 5000, "\u0000\ud7ff", "a=1\n" * 5000):
            assert write(driver, text)[0]
        write(driver, HOSTILE)
        assert (
            driver.execute_script("return window.pwned ?? document.getElementById('pwned')") is None
        )

        assert complaints(driver) == []
        asked = [one for one in requested(driver) if not one.startswith((address, "blob:"))]
        assert [one for one in asked if one != "about:blank"] == []


@needs_browser
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("state", ["!!!", "AAAA", "bomb", "numbers"])
def test_links_that_hold_nothing(address: str, tmp_path: Path, state: str) -> None:
    if state == "bomb":
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = squeeze.compress(b'{"text": "' + b"a" * (1 << 26) + b'"}') + squeeze.flush()
        state = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    elif state == "numbers":
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = squeeze.compress(b'{"text": 7, "kind": {"a": 1}}') + squeeze.flush()
        state = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    with browser(tmp_path / "profile", (390, 800)) as driver:
        driver.get(f"{address}#{state}")
        # the first example is there instead
        wait(driver, "return document.querySelector('textarea')?.value.includes('web01')")
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= max(390, driver.execute_script("return innerWidth"))
        assert complaints(driver) == []
