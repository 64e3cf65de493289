"""My nights: the calendar, the morning in one screen, one tap, one's own data."""

import html
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from uploading import BERLIN, EXPORTS, alert, sent

from somnesium.nights.reading import read_nights
from somnesium.questions.nights.imports import keep_read
from somnesium.questions.nights.morning import morning_kept
from somnesium.store.nights import nights
from somnesium.store.open import opened

NOW = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)
MORNING = {
    "day": "2025-03-10",
    "zone": "Europe/Berlin",
    "bed": "23:10",
    "rise": "06:40",
    "latency": "20",
    "awake": "12,5",
    "awakenings": "2",
    "sleepiness": "4",
    "dose": "yes",
    "at": "21:30",
    "what": "capsule",
    "alcohol": "1",
    "caffeine": "",
    "illness": "1",
    "note": "a <b>late</b> film",
}


@pytest.fixture
def browser(browser, monkeypatch):
    """The browser of someone in Berlin on a morning in March."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    browser.app.state.now = lambda: NOW
    return browser


@pytest.fixture
def store(browser):
    """Where the browser's server keeps nights."""
    return browser.app.state.settings.store


def watched(store):
    """Three sleeps of a watch in March 2025 are kept."""
    path = EXPORTS / "whoop" / "sleeps.csv"
    with opened(store) as one:
        keep_read(one, read_nights(path, **BERLIN), path, NOW)


def cell(text, day):
    """The calendar's cell of a day, as text that is read out."""
    found = re.search(rf'<a href="/nights/day/{day}">(.*?)</a>', text, re.DOTALL).group(1)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_an_empty_page_says_what_to_do_and_makes_no_file(browser, tmp_path):
    text = browser.get("/nights").text
    assert "No night is kept yet" in text
    assert 'href="/nights/morning"' in text
    assert 'action="/nights/import"' in text
    assert "As usual" not in text
    assert "March 2025" in text
    assert str(tmp_path / "store.sqlite3") in text
    assert not (tmp_path / "store.sqlite3").exists()


def test_a_morning_is_kept_shown_and_corrected(browser, store):
    kept = browser.tell("/nights/morning", **MORNING)
    assert kept.status_code == 200
    assert "Kept: the night of 2025-03-09." in kept.text
    with opened(store) as one:
        told = morning_kept(one, date(2025, 3, 10))
    assert told == {
        "day": "2025-03-10",
        "zone": "Europe/Berlin",
        "bed": "23:10",
        "rise": "06:40",
        "latency": 20.0,
        "awake": 12.5,
        "awakenings": 2,
        "sleepiness": 4,
        "alcohol": 1.0,
        "illness": True,
        "travel": False,
        "note": "a <b>late</b> film",
        "dose": {"taken": True, "at": "21:30", "what": "capsule"},
    }
    shown = browser.get("/nights/morning").text
    for value in ('value="23:10"', 'value="12.5"', 'value="21:30"', 'value="yes" checked'):
        assert value in shown
    assert "&lt;b&gt;late" in shown
    found = cell(browser.get("/nights").text, "2025-03-09")
    assert found == "9 dose taken 7.0 hours asleep, by diary"
    changed = browser.tell("/nights/morning", **(MORNING | {"awake": "60"}))
    assert "Changed (the earlier one is in the history)" in changed.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bed", "25:00"),
        ("rise", ""),
        ("latency", "some"),
        ("awake", "600"),
        ("sleepiness", "11"),
        ("day", "2025-03-11"),
        ("zone", "Berlin"),
    ],
)
def test_a_wrong_morning_is_explained_and_what_was_typed_stays(browser, store, field, value):
    found = browser.tell("/nights/morning", **(MORNING | {field: value}))
    assert found.status_code == 422
    assert ("rise" if field == "day" else field) in alert(found)
    assert 'value="21:30"' in found.text
    assert "a &lt;b&gt;late" in found.text
    with opened(store) as one:
        assert nights(one) == ()


def test_one_tap_keeps_what_the_button_says(browser, store):
    browser.tell("/nights/morning", **(MORNING | {"day": "2025-03-09", "note": "once"}))
    offered = browser.get("/nights").text
    assert "As usual keeps: 23:10 to 06:40, 20 minutes to fall asleep" in offered
    assert "capsule taken at 21:30" in offered
    assert "Kept: the night of 2025-03-09." in browser.tell("/nights/usual").text
    with opened(store) as one:
        told = morning_kept(one, date(2025, 3, 10))
    assert told["dose"] == {"taken": True, "at": "21:30", "what": "capsule"}
    assert "note" not in told
    assert "sleepiness" not in told
    after = browser.get("/nights").text
    assert "As usual" not in after
    assert "Kept: 23:10 to 06:40" in after


def test_one_tap_before_getting_up_asks_instead(browser, store):
    assert browser.tell("/nights/usual").headers["location"] == "/nights/morning"
    browser.tell("/nights/morning", **(MORNING | {"day": "2025-03-09"}))
    browser.app.state.now = lambda: datetime(2025, 3, 10, 4, 0, tzinfo=UTC)
    found = browser.tell("/nights/usual")
    assert found.status_code == 422
    assert "record it when you are up" in alert(found)
    assert 'value="23:10"' in found.text


def test_a_first_morning_begins_with_the_times_of_the_document(browser):
    answers = {"age": "45", "sex": "male", "bedtime": "23:45", "rise": "06:15"}
    browser.tell("/start", **answers)
    text = browser.get("/nights/morning").text
    assert 'value="23:45"' in text
    assert 'value="06:15"' in text


def test_the_calendar_shows_hours_recorders_and_the_way_to_other_months(browser, store):
    watched(store)
    text = browser.get("/nights?month=2025-03").text
    assert cell(text, "2025-03-01") == "1 6.8 hours asleep, by whoop"
    assert cell(text, "2025-03-05") == "5 nothing kept"
    assert text.count('class="later"') == 21
    assert "2025-03-02 nap" in text
    assert 'rel="prev" href="/nights?month=2025-02' in text
    assert 'rel="next"' not in text
    assert "whoop</strong>: 2 nights, 1 nap." in text
    assert "Nobody has measured this one" in text
    february = browser.get("/nights?month=2025-02").text
    assert 'rel="next" href="/nights?month=2025-03' in february
    assert "The latest is in March 2025" in february


def test_a_day_tells_each_recorder_and_its_error(browser, store):
    watched(store)
    browser.tell("/nights/morning", **(MORNING | {"day": "2025-03-02"}))
    text = html.unescape(browser.get("/nights/day/2025-03-01").text)
    told = (
        "Whoop",
        "Diary",
        "23:40 to 07:31",
        "409 min",
        "92 min",
        "capsule: taken at 21:30",
        "ill: yes",
        "drinks in the evening: 1",
        "it reads 40 minutes too much sleep",
    )
    assert [words for words in told if words not in text] == []
    assert "/nights/morning?day=2025-03-02" in text
    assert "No night is kept here" in browser.get("/nights/day/2025-02-01").text


def test_the_figure_comes_as_a_part_and_as_a_page(browser, store):
    watched(store)
    part = browser.get("/nights/figure?month=2025-03", headers={"hx-request": "true"}).text
    assert "<svg" in part
    assert "<html" not in part
    assert re.search(r"2025-03-01</th><td>whoop</td><td>409", part)
    assert "2 nights kept" in browser.get("/nights/figure?month=2025-03").text


@pytest.mark.parametrize(
    "path",
    [
        "/nights?month=March",
        "/nights/day/soon",
        "/nights/morning?day=soon",
        "/nights/figure?month=2025",
    ],
)
def test_a_wrong_address_is_explained(browser, path):
    found = browser.get(path)
    assert found.status_code == 422
    assert "allowed" in alert(found) or "date" in alert(found)


def test_an_import_is_listed_and_its_ledger_can_be_taken_along(browser, store):
    job = sent(browser, "sleeps.csv", (EXPORTS / "whoop" / "sleeps.csv").read_bytes(), **BERLIN)
    rows = browser.get(f"/nights/import/{job.id}/ledger.csv").text.splitlines()
    assert rows[0] == "where,rows,verdict,reason,evening"
    assert len(rows) == 4
    whole = browser.get(f"/nights/import/{job.id}/answer.json")
    assert whole.json() == json.loads(job.answer)
    assert "sleeps.csv" in browser.get("/nights/imports").text
    assert browser.get("/nights/import/0123").status_code == 404
    other = browser.app.state.jobs.begin("evidence", {})
    assert browser.get(f"/nights/import/{other.id}").status_code == 404


def test_a_long_ledger_is_paged_with_its_length_said(browser, store):
    rows = [
        f"{k},{1_700_000_000_000 + k * 86_400_000},{1_700_028_800_000 + k * 86_400_000},4"
        for k in range(250)
    ]
    data = "\n".join(["sid,start,stop,rating", *rows]).encode()
    job = sent(browser, "plees.csv", data, dry_run="1", **BERLIN)
    place = f"/nights/import/{job.id}"
    assert "Row by row: 1 to 100 of 250" in browser.get(place).text
    assert "Row by row: 201 to 250 of 250" in browser.get(f"{place}?from=200").text
    assert "Row by row: 1 to 100 of 250" in browser.get(f"{place}?from=9999").text
    assert len(browser.get(place).content) < 60_000


def test_everything_can_be_taken_out_and_deleted_by_a_word(browser, store, tmp_path):
    watched(store)
    found = browser.tell("/nights/data")
    assert found.headers["content-disposition"] == 'attachment; filename="somnesium-2025-03-10.zip"'
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert len(json.loads(archive.read("everything.json"))["tables"]["nights"]) == 3
    kept = browser.tell("/nights/delete", word="yes")
    assert kept.status_code == 422
    assert "nothing was deleted" in alert(kept)
    with opened(store) as one:
        assert len(nights(one)) == 3
    gone = browser.tell("/nights/delete", word=" Delete ")
    assert "Everything was deleted" in browser.get(gone.headers["location"]).text
    assert not (tmp_path / "store.sqlite3").exists()


@pytest.mark.parametrize(
    "path", ["/nights/morning", "/nights/usual", "/nights/data", "/nights/delete"]
)
def test_what_changes_or_tells_all_wants_the_form_of_our_page(browser, store, path):
    watched(store)
    assert browser.post(path, data=MORNING | {"word": "delete"}).status_code == 403
    with opened(store) as one:
        assert len(nights(one)) == 3
