"""The pages in a real browser, where Debian's Chromium and playwright are installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
RUN = "import typer; from somnesium.surfaces.serve import serve; typer.run(serve)"
ABORTED = ("htmx:afterRequest", "htmx:sendAbort")
"""What htmx says of a request it ended itself because a newer one took its place."""
SOURCE = Path(__file__).parents[3] / "src"


@pytest.fixture(scope="module")
def address():
    """A server of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "--port", "0"], stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    with process:
        try:
            yield re.search(r"http://\S+", process.stderr.readline()).group(0)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(params=[(360, "light"), (1280, "dark")], ids=["phone", "desktop"])
def page(request, chromium, address):
    """A page of a new visitor; afterwards nothing was said on the console or asked elsewhere."""
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, base_url=address
    )
    shown, said, asked = context.new_page(), [], []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.on("request", lambda request: asked.append(request.url))
    yield shown
    context.close()
    assert [line for line in said if not line.startswith(ABORTED)] == []
    assert [url for url in asked if not url.startswith(address)] == []


def fits(page):
    """Whether nothing must be scrolled sideways."""
    page.locator("footer").wait_for()
    width = page.viewport_size["width"]
    return page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_newcomer_comes_from_three_answers_to_a_forecast_and_a_food(page):
    page.goto("/")
    assert fits(page)
    page.fill("#age", "45")
    page.check("input[value=male]")
    page.fill("#bedtime", "23:30")
    page.fill("#rise", "06:45")
    page.click("button.main")
    page.wait_for_selector("#picture svg", timeout=180_000)
    page.focus("#dose")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert page.inner_text("output[for=dose]") == "100"
    page.wait_for_selector("#picture figure.stages svg", timeout=180_000)
    assert fits(page)
    page.goto("/food")
    page.locator("#text").press_sequentially("almond")
    page.click("#found button >> nth=0")
    page.wait_for_selector("#day li")
    assert fits(page)


def test_every_page_fits_and_can_be_reached_by_its_name(page):
    page.goto("/")
    for name in page.locator("nav a").all_inner_texts():
        with page.expect_navigation():
            page.click(f"nav a:text-is('{name}')")
        assert fits(page), name
        assert page.locator("h1").count() == 1
