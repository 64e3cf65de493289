"""The verdict through the pages: early and at the end, the guess, the seal, the files."""

import html
import json
import re
from datetime import timedelta

import pytest
from experimenting import Clock, alert, begun, dealt_of, lived, opened_verdict, store_of

from somnesium.questions.experiment.analyse import analyse
from somnesium.questions.experiment.stored import experiment_ran
from somnesium.store.days import ratings
from somnesium.store.experiments import unblindings


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def someone(browser, clock):
    """A person with a plan, on the day it is to begin."""
    browser.app.state.now = clock
    assert browser.tell("/me/document", example="stressed_45").status_code == 303
    return browser


@pytest.fixture
def finished(someone, clock):
    """A whole experiment of 56 nights with two of them missed, the morning after its end."""
    number = begun(someone)
    lived(someone, clock, skipped=(9, 10), number=number)
    return someone, number


def test_a_whole_experiment_ends_in_the_verdict_of_the_command_line(finished, clock):
    browser, number = finished
    before = browser.get(f"/experiment/{number}/verdict").text
    assert "It is sealed." in before
    assert "Three ways to believe it" not in before
    assert not re.search(r"<strong>A</strong>: ", before)
    text = opened_verdict(browser, number, guess="A")
    told = browser.get(f"/experiment/{number}/verdict/analysis.json").json()
    with store_of(browser) as store:
        again = analyse(experiment_ran(store, number, clock()))
        looks = unblindings(store, number)
    same = json.loads(again.model_dump_json())
    assert told | {"looks": 2} == same
    assert told["looks"] == 1
    for line in told["summary"]:
        assert line in text
    alone = told["beliefs"][0]
    low, high = alone["interval95"]
    said = f"{alone['mean']:+.0f} ({low:+.0f} to {high:+.0f})".replace("-", "−")
    assert said in text
    assert told["verdict"] == "helps"
    assert told["nights"] - told["measured"] == 2
    letters = dealt_of(browser, number).letters
    for letter, arm in letters.items():
        assert f"<strong>{letter}</strong>: {arm}" in text
    assert "you guessed: A was the plan" in text
    assert [one.reason.split(":")[0] for one in looks] == ["at the planned end"] * 2
    assert text.count('<figure class="drawing') == 2
    assert ">missing<" in text


def test_the_verdict_can_be_taken_along(finished):
    browser, number = finished
    base = f"/experiment/{number}/verdict"
    assert "open it first" in alert(browser.get(f"{base}/cent.md"))
    opened_verdict(browser, number, guess="cannot tell")
    assert browser.get(f"{base}/cent.md").text.startswith("# Report by CENT 2015")
    assert browser.get(f"{base}/cent.json").json()["filled"] > 20
    shared = browser.get(f"{base}/summary.json").json()
    assert shared["effect"] == browser.get(f"{base}/analysis.json").json()["beliefs"][0]["mean"]
    assert "series" not in shared
    assert browser.get(f"{base}/diary.txt").status_code == 404


def test_at_the_end_a_guess_comes_before_the_verdict(finished):
    browser, number = finished
    for fields in ({}, {"guess": "C"}):
        found = browser.tell(f"/experiment/{number}/verdict", **fields)
        assert found.status_code == 422
        assert "guess" in alert(found)
    with store_of(browser) as store:
        assert unblindings(store, number) == ()
    opened_verdict(browser, number, guess="B")
    assert "guess" not in alert(browser.tell(f"/experiment/{number}/verdict"))
    with store_of(browser) as store:
        assert [one.value for one in ratings(store)] == [2.0]


def test_an_early_look_is_written_down_and_does_not_tell_the_letters(someone, clock):
    number = begun(someone)
    page = f"/experiment/{number}/verdict"
    assert "nothing to look at" in someone.get(page).text
    lived(someone, clock, upto=30, number=number)
    assert "200 to 1" in someone.get(page).text
    refused = someone.tell(page)
    assert refused.status_code == 422
    assert "sure" in alert(refused)
    text = opened_verdict(someone, number, sure="1")
    assert "An early look, after 30 of" in text
    assert "early look: analysis after 30 of" in text
    assert text.count('<figure class="drawing') == 1
    assert "It is sealed." in text
    assert someone.get(f"{page}/summary.json").status_code == 200
    for name in ("analysis.json", "cent.md", "cent.json"):
        assert f"{page}/{name}" not in text
        assert someone.get(f"{page}/{name}").status_code == 422
    clock.at += timedelta(days=1)
    assert "Three ways to believe it" not in someone.get(page).text  # a night more is over


def test_opening_the_seal_needs_a_reason_and_is_written_down(someone, clock):
    number = begun(someone)
    lived(someone, clock, upto=3, number=number)
    path = f"/experiment/{number}/unblind"
    assert "reason" in alert(someone.tell(path, reason=""))
    assert "It is sealed." in someone.get(f"/experiment/{number}/verdict").text
    found = someone.tell(path, reason="I fainted.", guess="A")
    text = someone.get(found.headers["location"]).text
    assert "unblinded: I fainted." in text
    assert f"<strong>A</strong>: {dealt_of(someone, number).letters['A']}" in text
    late = someone.tell(f"/experiment/{number}/unblind", reason="Again.", guess="B")
    assert late.status_code == 303
    with store_of(someone) as store:
        assert len(unblindings(store, number)) == 2
        assert [one.value for one in ratings(store)] == [1.0]  # a guess after the fact is none


def test_nights_that_cannot_be_judged_are_told_so(someone, clock):
    number = begun(someone)
    clock.noon_after(dealt_of(someone, number).nights[8][0])
    found = someone.tell(f"/experiment/{number}/verdict", live=True, sure="1")
    assert found.status_code == 422
    assert "nights of this measure" in alert(found)


def test_the_example_shows_a_verdict_to_anybody(browser):
    text = html.unescape(browser.get("/experiment/example").text)
    assert "These 56 nights are invented" in text
    assert text.count('<figure class="drawing') == 2
    assert "Three ways to believe it" in text
    told = browser.get("/experiment/example/analysis.json").json()
    assert told["summary"][0] in text
    assert browser.get("/experiment/example/cent.md").status_code == 200
    assert browser.get("/experiment/example/passwords").status_code == 404
