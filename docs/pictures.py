"""Take pictures of the web pages for the documentation: `python -m docs.pictures [page …]`.

Starts a server of its own with an empty store, opens every page as a phone and a desktop would,
and writes `docs/images/web_<page>.png`: few colours, small files. Run it when a look changed, then
look at the pictures before committing them. Needs Debian's Chromium and the extra `dev`.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from somnesium.surfaces.web.desk import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path(__file__).resolve().parent / "images"
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
MOST_BYTES = 60_000
"""Largest picture, bytes."""
WIDTHS = {"phone": (360, 740), "desktop": (1280, 900)}
PATIENCE = 180_000
"""Milliseconds a first answer may take where the engine is compiled first."""


class Shot(NamedTuple):
    """A picture: of which page, on which screen, in which look, after which steps."""

    name: str
    path: str
    screen: str = "desktop"
    look: str = "light"
    steps: Callable[["Page"], None] = lambda page: None


def _drawn(page: "Page") -> None:
    page.locator("#picture figure svg").nth(4).wait_for(timeout=PATIENCE)
    page.locator("#picture figure").first.evaluate("figure => figure.scrollIntoView()")


def _fed(page: "Page") -> None:
    for text in ("oats", "almonds"):
        page.locator("#text").fill(text)
        found = page.locator("#found li", has_text=re.compile(text, re.IGNORECASE))
        found.first.get_by_role("button").click()
        page.locator("#day .found li", has_text=re.compile(text, re.IGNORECASE)).wait_for()


def _checked(page: "Page") -> None:
    page.get_by_role("button", name="Check it").click()
    page.locator(".verdict").wait_for(timeout=PATIENCE)


def _slept(page: "Page") -> None:
    """Three weeks of a ring's nights, made up for the picture."""
    random = Random(7)
    head = "date,Total Bedtime,Total Sleep Time,Awake Time,Sleep Latency,Bedtime Start,Bedtime End"
    rows = [head]
    today = datetime.now(UTC).date()
    for back in range(21, 0, -1):
        evening, morning = today - timedelta(days=back), today - timedelta(days=back - 1)
        bed, rise = 15 + random.randrange(30), 20 + random.randrange(40)
        awake, latency = 20 + random.randrange(40), 5 + random.randrange(30)
        asleep = 480 + rise - bed - awake - latency
        rows.append(
            f"{morning},{60 * (480 + rise - bed)},{60 * asleep},{60 * awake},{60 * latency},"
            f"{evening}T23:{bed:02d}:00+00:00,{morning}T07:{rise:02d}:00+00:00"
        )
    file = {"name": "oura.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("link", name="See them in the calendar").click()
    page.locator("figure svg").wait_for(timeout=PATIENCE)


def _example_verdict(page: "Page") -> None:
    page.get_by_role("link", name="See what a verdict looks like").click()
    page.locator(".verdict").first.wait_for(timeout=PATIENCE)


STEPS: dict[str, Callable[["Page"], None]] = {
    "food": _fed,
    "safe": _checked,
    "forecast": _drawn,
    "nights": _slept,
    "experiment": _example_verdict,
}
"""What is done on a page before its picture is taken."""


def shots() -> tuple[Shot, ...]:
    """Every page once, phones, desktops and looks in turn; the forecast on a phone as well."""
    turns = [
        (screen, look) for look in ("light", "dark", "evening") for screen in ("desktop", "phone")
    ]
    found = []
    for number, (path, _) in enumerate(PAGES):
        name = path.strip("/") or "start"
        screen, look = ("desktop", "dark") if name == "forecast" else turns[number % len(turns)]
        found.append(Shot(name, path, screen, look, STEPS.get(name, lambda page: None)))
    return (*found, Shot("forecast_phone", "/forecast", "phone", "evening", _drawn))


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A server with an empty store; its address."""
    command = [sys.executable, "-m", "somnesium", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--store", str(folder / "store.sqlite3")], stderr=subprocess.PIPE, text=True
    )
    try:
        said = process.stderr.readline() if process.stderr else ""
        found = re.search(r"http://\S+", said)
        if found is None:
            raise SystemExit(f"the server did not start: {said}")
        yield found.group(0)
    finally:
        process.terminate()
        process.wait(30)


def small(picture: bytes) -> bytes:
    """A PNG of few colours: as many as keep it small, from 128 down."""
    from PIL import Image

    whole = Image.open(BytesIO(picture)).convert("RGB")
    packed = b""
    for colours in (128, 64, 32, 16):
        out = BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        packed = out.getvalue()
        if len(packed) <= MOST_BYTES:
            break
    return packed


def take(page: "Page", shot: Shot) -> bytes:
    """One picture of a screen, after the steps."""
    page.goto("/")
    page.locator(f"button[name=look][value={shot.look}]").click()
    page.wait_for_load_state()
    page.goto(shot.path)
    shot.steps(page)
    page.mouse.move(0, 0)
    return small(page.screenshot(animations="disabled", caret="hide"))


def main(wanted: list[str]) -> None:
    """Take the pictures named, or all."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as folder,
        _server(Path(folder)) as address,
        sync_playwright() as started,
    ):
        chromium = started.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS])
        for shot in shots():
            if wanted and shot.name not in wanted:
                continue
            width, height = WIDTHS[shot.screen]
            context = chromium.new_context(
                base_url=address, viewport={"width": width, "height": height}, locale="en-GB"
            )
            page = context.new_page()
            _as_an_example(page)
            picture = take(page, shot)
            (IMAGES / f"web_{shot.name}.png").write_bytes(picture)
            sys.stdout.write(f"web_{shot.name}.png: {len(picture)} bytes\n")
            context.close()
        chromium.close()


def _as_an_example(page: "Page") -> None:
    """Look at the pages as the stressed person of the examples."""
    page.goto("/")
    page.get_by_text("Open a document, or look at an example").click()
    page.select_option("#example", "stressed_45")
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/me?saved=1")


if __name__ == "__main__":
    main(sys.argv[1:])
