"""A server of one's own, and a visitor whose every request and word on the console is heard.

A visitor's page may say nothing on the console, ask no other host, and get no answer that failed,
unless a test says beforehand that it will.
"""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

REQUIRED = os.environ.get("SOMNESIUM_BROWSER") == "required"
"""Whether a missing browser is a failure, as it is where everything is checked."""
SOURCE = Path(__file__).parents[2] / "src"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESKTOP = 360, 1280
HEIGHTS = {PHONE: 740, DESKTOP: 900}
ABORTED = ("htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")
"""What htmx says of a request it ended itself because a newer one took its place."""
PATIENCE = 180_000
"""Milliseconds the first picture may take on a machine that has not compiled the engine yet."""


def missing():
    """What is not installed, if something is not."""
    from importlib.util import find_spec

    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return "playwright and axe-playwright-python are not installed: pip install -e '.[dev]'"
    if shutil.which("chromium") is None:
        return "Chromium is not installed: apt-get install chromium"
    return None


@contextmanager
def serving(folder):
    """A server as a newcomer starts it, with a store of its own; gives its address."""
    command = [sys.executable, "-m", "somnesium", "serve", "--port", "0"]
    said = folder / "said.txt"
    with said.open("w") as words:
        process = subprocess.Popen(
            [*command, "--store", str(folder / "store.sqlite3")],
            stderr=words,
            env=os.environ | {"PYTHONPATH": str(SOURCE)},
        )
    try:
        yield _address(process, said)
    finally:
        process.terminate()
        process.wait(30)
    assert "Traceback" not in said.read_text(), said.read_text()


def _address(process, said):
    """What the server says its address is, as soon as it does."""
    for _ in range(1200):
        found = re.search(r"http://\S+", said.read_text())
        if found:
            return found.group(0)
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"the server did not start: {said.read_text()}")


class Visitor:
    """A page of one visitor, and what it did that it should not."""

    def __init__(self, chromium, address, width=DESKTOP, **more):
        """Open a context of its own; `more` goes to the browser."""
        viewport = {"width": width, "height": HEIGHTS[width]}
        self.context = chromium.new_context(viewport=viewport, base_url=address, **more)
        self.address, self.page, self.allowed = address, self.context.new_page(), set()
        self.said, self.asked, self.failed = [], [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfailed", self._lost)
        self.page.on("response", self._answered)

    def _lost(self, request):
        if "ERR_ABORTED" not in (request.failure or ""):
            self.failed.append(f"{request.url}: {request.failure}")

    def _answered(self, response):
        if response.status >= 400 and response.status not in self.allowed:
            self.failed.append(f"{response.url}: {response.status}")

    def _expected(self, line):
        refused = [f"status of {status}" for status in self.allowed]
        return line.startswith(ABORTED) or any(one in line for one in refused)

    def close(self):
        """Leave, and tell what went wrong."""
        self.context.close()
        words = [line for line in self.said if not self._expected(line)]
        assert words == [], f"on the console: {words}"
        elsewhere = [url for url in self.asked if not url.startswith(self.address + "/")]
        assert elsewhere == [], f"asked elsewhere: {elsewhere}"
        assert self.failed == [], f"failed: {self.failed}"


def open_example(page, name="stressed_45"):
    """The example by the page Start, as a newcomer would open it."""
    page.goto("/")
    page.get_by_text("Open a document, or look at an example").click()
    page.select_option("#example", name)
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/me?saved=1")


def answer_three(page, age="45", sex="male", bedtime="23:30", rise="06:45"):
    """The three questions of Start, and on."""
    page.get_by_label("Age in years").fill(age)
    page.get_by_label(sex, exact=True).check()
    page.get_by_label("On most evenings").fill(bedtime)
    page.get_by_label("On most mornings").fill(rise)
    page.get_by_role("button", name="Show me my night").click()


def fits(page):
    """Whether nothing must be scrolled sideways."""
    page.locator("footer").wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    return width <= page.viewport_size["width"]
