"""What is kept, in a real browser: an export of every kind, a morning, and a whole experiment."""

import io
import re
import socket
import threading
import time
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from visiting import DESKTOP, PATIENCE, PHONE, REQUIRED, Visitor, fits, missing, open_example

if not REQUIRED:
    pytest.importorskip("axe_playwright_python", reason=missing())
from playwright.sync_api import expect

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
FOLDERS = sorted(path for path in EXPORTS.iterdir() if path.is_dir())
ROWS = re.compile(r"(\d+) rows? read = (\d+) accepted \+ (\d+) partial \+ (\d+) rejected")


def packed(folder):
    """An export as its maker gives it: one file as it is, several in a zip."""
    files = [one for one in sorted(folder.rglob("*")) if one.is_file() and one.name != "map.toml"]
    if len(files) == 1:
        return files[0].name, files[0].read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for one in files:
            archive.writestr(one.relative_to(folder).as_posix(), one.read_bytes())
    return f"{folder.name}.zip", out.getvalue()


def library_counts(folder, name, data, place):
    """Rows, and what became of them, as the library says without a browser."""
    from somnesium.nights.reading import read_nights

    (place / name).write_bytes(data)
    table = folder / "map.toml"
    ledger = read_nights(
        place / name,
        zone="Europe/Berlin",
        first_night=date(2025, 3, 1),
        map=table if table.exists() else None,
    ).ledger
    counts = ledger.counts
    return [ledger.rows, counts["accepted"], counts["partial"], counts["rejected"]]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_kind_of_export_is_taken_and_its_ledger_shown(visit, folder, tmp_path):
    name, data = packed(folder)
    page = visit(PHONE).page
    page.goto("/nights/import")
    page.get_by_label("An export of your watch").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_text("If it asks for more").click()
    page.get_by_label("Time zone of its clock times").fill("Europe/Berlin")
    page.get_by_label("First evening").fill("2025-03-01")
    if (folder / "map.toml").exists():
        page.get_by_label("A map, for any other table").set_input_files(folder / "map.toml")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".verdict")).to_contain_text(name, timeout=PATIENCE)
    shown = ROWS.search(page.locator("main").inner_text())
    rows, *parts = map(int, shown.groups())
    assert rows == sum(parts) > 0
    assert [rows, *parts] == library_counts(folder, name, data, tmp_path)
    assert fits(page)


@pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nights_that_were_brought_stand_in_the_calendar_and_one_is_told_beside(visit, width):
    page = visit(width).page
    page.goto("/nights")
    name, data = packed(EXPORTS / "fitbit_csv")
    page.get_by_label("An export of your watch").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("link", name="See them in the calendar").click(timeout=PATIENCE)
    expect(page.locator("figure svg")).to_be_visible(timeout=PATIENCE)
    assert fits(page)
    page.locator(".month td a:has(.hours)").first.click()
    expect(page.locator("h1")).to_contain_text("Night of")
    page.get_by_role("link", name="diary").click()
    day = page.get_by_label("The morning of").input_value()
    morning(page, day, 15, True)
    page.goto("/nights?month=" + day[:7])
    expect(page.locator(".month .dose").first).to_be_visible()
    assert fits(page)


def test_a_file_that_is_no_export_is_refused_and_nothing_kept(visit):
    visitor = visit(DESKTOP)
    visitor.allowed.add(422)
    page = visitor.page
    page.goto("/nights/import")
    page.get_by_label("An export of your watch").set_input_files(
        {"name": "letter.csv", "mimeType": "text/csv", "buffer": b"dear,reader\n1,2\n"}
    )
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("alert")).to_contain_text("letter.csv", timeout=PATIENCE)
    expect(page.get_by_label("An export of your watch")).to_be_visible()


class Clock:
    """The server's clock, which a test sets: noon of a day."""

    def __init__(self, day):
        """Stand at noon of a day."""
        self.day = day

    def __call__(self):
        """What the app is told."""
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)


@pytest.fixture
def timed(tmp_path):
    """The same app on a real socket, in this process, so that its clock can be set."""
    import uvicorn

    from somnesium.surfaces.web.app import create_app
    from somnesium.surfaces.web.security import Settings

    app = create_app(Settings(secret=b"for a test", store=str(tmp_path / "store.sqlite3")))
    app.state.now = Clock(date(2026, 3, 2))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield app, f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(60)
    listening.close()


def morning(page, day, latency, taken):
    """A morning told on the page of the diary."""
    page.goto(f"/nights/morning?day={day}")
    page.get_by_label("Light out to sleep").fill("23:00")
    page.get_by_label("Up", exact=True).fill("07:00")
    page.get_by_label("Minutes to fall asleep").fill(str(latency))
    page.get_by_label("Minutes awake in the night").fill("20")
    page.get_by_label("yes" if taken else "no", exact=True).check()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("h1")).to_have_text("Good morning")


def lived(app, number, first):
    """The other mornings of an experiment in which the plan helps much, straight to the store."""
    from somnesium.answers.selftrial.design.allocation import read_sealed
    from somnesium.questions.nights.diary import DoseAnswer, Morning, record
    from somnesium.store.experiments import allocation
    from somnesium.store.open import opened

    random = np.random.default_rng(3)
    with opened(app.state.settings.store) as store:
        dealt = read_sealed(allocation(store, number).sealed)
        for evening, letter in dealt.nights[first:]:
            app.state.now.day = evening + timedelta(days=1)
            better = 40.0 if dealt.letters[letter] == "the plan" else 0.0
            told = Morning(
                day=app.state.now.day,
                zone="UTC",
                bed="23:00",
                rise="07:00",
                awake=20.0,
                latency=max(1.0, float(round(60.0 - better + random.normal(0.0, 8.0)))),
                dose=DoseAnswer(taken=True),
            )
            record(store, told, app.state.now())
    return dealt


def test_a_whole_experiment_from_its_design_to_what_the_bottles_were(chromium, timed):
    app, address = timed
    visitor = Visitor(chromium, address, PHONE)
    visitor.allowed.add(422)
    page = visitor.page
    open_example(page)
    page.goto("/experiment")
    page.get_by_role("link", name="Plan an experiment").click()
    page.get_by_label("How much better would be worth it?").fill("30")
    page.get_by_label("When should it work?").select_option("acute")
    page.get_by_label("Weeks I would give at most").fill("8")
    page.get_by_role("button", name="Is it worth starting?").click()
    begin = page.locator("form[action='/experiment/begin'] button")
    begin.wait_for(timeout=PATIENCE)
    assert fits(page)
    begin.click()
    expect(page.get_by_role("status").first).to_contain_text("sealed", timeout=PATIENCE)
    number = int(page.url.split("/")[-1].partition("?")[0])
    first = date.fromisoformat(_first_evening(app, number))
    for k in range(2):
        app.state.now.day = first + timedelta(days=k + 1)
        morning(page, app.state.now.day, 60 - k, True)
    page.goto(f"/experiment/{number}")
    expect(page.locator(".mark.kept").nth(1)).to_be_visible()
    assert fits(page)
    dealt = lived(app, number, 2)
    page.goto(f"/experiment/{number}/verdict")
    assert not _tells(page, dealt)
    page.locator("form[action$='/verdict']").get_by_label("Bottle A").check()
    page.get_by_role("button", name="Show me the verdict").click()
    expect(page.locator(".verdict.yes")).to_be_visible(timeout=PATIENCE)
    page.goto(f"/experiment/{number}/verdict")
    assert _tells(page, dealt)
    assert fits(page)
    visitor.close()


def _first_evening(app, number):
    from somnesium.answers.selftrial.design.allocation import read_sealed
    from somnesium.store.experiments import allocation
    from somnesium.store.open import opened

    with opened(app.state.settings.store) as store:
        return read_sealed(allocation(store, number).sealed).nights[0][0].isoformat()


def _tells(page, dealt):
    """Whether a page says what each bottle holds."""
    words = page.locator("main").inner_text()
    return all(f"{letter}: {arm}" in words for letter, arm in dealt.letters.items())


def test_the_example_shows_what_a_verdict_looks_like(visit):
    page = visit(PHONE).page
    page.goto("/experiment")
    page.get_by_role("link", name="See what a verdict looks like").click()
    expect(page.locator(".verdict")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("figure svg.narrow").first).to_be_visible()
    assert fits(page)
