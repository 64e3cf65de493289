"""My experiment through the pages: design, begin, every evening, the kit, what stays sealed."""

import html
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from experimenting import FORM, Clock, alert, begun, dealt_of, lived, store_of

from reading import grade
from somnesium.answers.selftrial.design.allocation import allocate
from somnesium.answers.selftrial.design.question import DesignQuestion
from somnesium.person.document import read_document
from somnesium.store.experiments import experiment, unblindings


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def someone(browser, clock):
    """A person with a plan, on the day it is to begin."""
    browser.app.state.now = clock
    assert browser.tell("/me/document", example="stressed_45").status_code == 303
    return browser


def test_the_form_says_before_the_start_what_it_can_show(someone):
    found = someone.tell("/experiment/design", live=True, **FORM | {"worthwhile": ""})
    text = html.unescape(found.text)
    assert found.status_code == 200
    assert "Not worth starting." in text
    assert "your nights cannot tell" in text
    assert re.search(r"<th scope=\"row\">10 min</th><td>", text)
    assert "magnesium in tissue" in text
    assert "Know before" in text or "sources" in text
    assert "Stop if you have loose stools" in text
    whole = someone.tell("/experiment/design", **FORM)
    assert "Is it worth starting?" in whole.text
    assert 'value="30"' in whole.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("measure", "dreams"), ("worthwhile", "much"), ("most_weeks", "1"), ("start", "soon")],
)
def test_a_wrong_answer_is_named_and_nothing_begins(someone, field, value):
    for path in ("/experiment/design", "/experiment/begin"):
        found = someone.tell(path, **FORM | {field: value})
        assert found.status_code == 422
        assert field in alert(found)
        assert value in found.text
    assert "All of mine" not in someone.get("/experiment").text


def test_without_a_plan_there_is_nothing_to_try(known):
    text = known.get("/experiment/design").text
    assert "nothing to try yet" in text
    assert "most_weeks" not in text
    assert "regimen.intakes" in alert(known.tell("/experiment/design", **FORM))


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ({"age": 16}, "18 or more"),
        ({"pregnant": True, "sex": "female"}, "pregnant"),
        ({"egfr": 20}, "refused"),
    ],
)
def test_the_unsafe_children_and_the_pregnant_are_refused(someone, person, why):
    table = someone.get("/me/document.json").json()
    table["person"] |= person
    files = {"file": ("mine.json", json.dumps(table).encode())}
    someone.post("/me/document", data={"token": someone.token()}, files=files)
    for path in ("/experiment/design", "/experiment/begin"):
        found = someone.tell(path, **FORM)
        assert found.status_code == 409
        assert why in alert(found)
    assert not someone.app.state.experiments.unprinted(1)
    assert someone.get("/experiment/1").status_code == 404


def test_what_is_not_worth_it_begins_only_if_one_insists(someone):
    unlikely = FORM | {"worthwhile": ""}
    refused = someone.tell("/experiment/begin", **unlikely)
    assert refused.status_code == 422
    assert "not worth starting" in alert(refused)
    assert begun(someone, **unlikely) == 1
    again = someone.tell("/experiment/begin", anyway="1", **unlikely)
    assert "experiment 1 runs until then" in alert(again)


def test_one_that_was_stopped_makes_room_and_can_go_on(someone):
    number = begun(someone)
    assert someone.tell(f"/experiment/{number}/state", state="stopped").status_code == 303
    assert "You stopped it" in someone.get(f"/experiment/{number}").text
    assert someone.tell(f"/experiment/{number}/state", state="lost").status_code == 422
    someone.tell(f"/experiment/{number}/state", state="running")
    assert "Take nothing of it tonight" in someone.get(f"/experiment/{number}").text
    someone.tell(f"/experiment/{number}/state", state="stopped")
    assert begun(someone, name="Once more") == 2
    assert "<strong>Once more</strong>" in someone.get("/experiment").text


def masked(text):
    """Without hashes, which differ with the seal, and the form's token."""
    return re.sub(r"[0-9a-f]{12,64}", "#", text)


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def swapped(*arguments):
    """The same drawing with the bottles the other way round."""
    found = allocate(*arguments)
    return found._replace(letters={"A": found.letters["B"], "B": found.letters["A"]})


def test_nothing_a_participant_sees_depends_on_what_the_letters_are(someone, clock, monkeypatch):
    """Two experiments that differ in the letters alone look the same, on every page and file."""
    seen, letters = [], []
    for draw in (allocate, swapped):
        monkeypatch.setattr("somnesium.questions.experiment.design.allocate", draw)
        clock.at = datetime(2026, 3, 2, 12, tzinfo=UTC)
        number = begun(someone, monkeypatch, 5)
        letters.append(dealt_of(someone, number).letters)
        texts = []
        for day in (0, 14, 20, 60):
            clock.at = datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(days=day)
            for path in (f"/experiment/{number}?begun=1", f"/experiment/{number}/verdict"):
                shown = masked(someone.get(path).text)
                texts.append(shown.replace(f"/experiment/{number}", "/experiment/n"))
        kit = members(someone.get(f"/experiment/{number}/kit.zip").content)
        texts += [masked(text) for text in kit.values()]
        seen.append(texts)
        someone.tell(f"/experiment/{number}/state", state="stopped")
    assert letters[0] == {"A": letters[1]["B"], "B": letters[1]["A"]}
    assert seen[0] == seen[1]
    assert any("bottle <strong>A</strong>" in text for text in seen[0])
    with store_of(someone) as store:
        assert unblindings(store, 1) == unblindings(store, 2) == ()


def test_the_kit_is_the_one_of_the_command_line_without_the_helpers_part(someone, tmp_path):
    from somnesium.questions.experiment.design import Begun, tried_plan
    from somnesium.surfaces.paper.kit import write_kit

    number = begun(someone)
    mine = members(someone.get(f"/experiment/{number}/kit.zip").content)
    given = someone.tell(f"/experiment/{number}/helper")
    assert given.headers["content-disposition"].startswith('attachment; filename="for-the-helper')
    helpers = members(given.content)
    with store_of(someone) as store:
        kept = experiment(store, number)
        assert unblindings(store, number) == ()
    question = read_document(kept.question, DesignQuestion)
    files = write_kit(
        tmp_path / "kit", Begun(tried_plan(question), kept, dealt_of(someone, number))
    )
    assert {one.name: one.read_text().replace("\r\n", "\n") for one in files} == {
        name: text.replace("\r\n", "\n") for name, text in (mine | helpers).items()
    }
    arm = dealt_of(someone, number).letters["A"]
    assert f"Bottle A: {arm}" in helpers["for_the_helper_only.md"]
    assert not any(arm in text and "Bottle A:" in text for text in mine.values())


def test_the_helpers_sheet_is_given_once_and_then_is_a_look(someone):
    number = begun(someone)
    assert "offered once" in someone.get(f"/experiment/{number}?begun=1").text
    assert someone.tell(f"/experiment/{number}/helper").status_code == 200
    assert "offered once" not in someone.get(f"/experiment/{number}").text
    without = someone.tell(f"/experiment/{number}/helper", reason=" ")
    assert without.status_code == 422
    assert "reason" in alert(without)
    again = someone.tell(f"/experiment/{number}/helper", reason="The first was lost.")
    assert "for_the_helper_only.md" in members(again.content)
    with store_of(someone) as store:
        (one,) = unblindings(store, number)
    assert one.reason == "helper's sheet printed again: The first was lost."


def test_every_evening_says_what_to_take_and_how_far_it_is(someone, clock):
    number = begun(someone)
    first = date.fromisoformat(FORM["start"])
    page = f"/experiment/{number}"
    assert "The first bottle comes in 14 evenings." in someone.get(page).text
    dealt = dealt_of(someone, number)
    assert dealt.nights[0][0] == first + timedelta(days=14)
    lived(someone, clock, skipped=(2,), upto=4, number=number)
    evening, letter = dealt.nights[4]
    text = someone.get(page).text
    assert f"Tonight: bottle {letter}. Take 1 at 22:30." in text
    assert f"Night 5 of {len(dealt.nights)}" in text
    assert "3 of 4 nights so far are written down." in text
    assert "1 night is missing." in text
    missed = dealt.nights[2][0].strftime("%-d %B")
    assert f'aria-label="{missed}: missing"' in text
    assert f'aria-label="{evening.strftime("%-d %B")}: tonight"' in text
    assert "Write last night down" not in text
    clock.at += timedelta(days=1)
    late = someone.get(page).text
    assert "Last night is not written down yet." in late
    assert 'href="/nights/morning"' in late
    assert "Stop, and get help at once" in late
    assert "experiment_today" not in late


def test_an_open_experiment_says_openly_what_to_take(someone, clock):
    number = begun(someone, blinding="open")
    dealt = dealt_of(someone, number)
    for evening, letter in dealt.nights[:8]:
        clock.at = datetime(evening.year, evening.month, evening.day, 19, tzinfo=UTC)
        text = someone.get(f"/experiment/{number}").text
        taken = dealt.letters[letter] == "the plan"
        assert ("Take nothing tonight" in text) != taken
        assert ("Tonight: take Glycinate 250 mg" in text) == taken
    assert "For your helper" not in text
    assert someone.tell(f"/experiment/{number}/helper", reason="why not").status_code == 404


def test_what_is_new_under_me_stops_the_evening(someone, clock):
    number = begun(someone)
    lived(someone, clock, upto=2, number=number)
    table = someone.get("/me/document.json").json()
    table["person"] |= {"egfr": 20, "medicines": ["ciprofloxacin"]}
    files = {"file": ("mine.json", json.dumps(table).encode())}
    someone.post("/me/document", data={"token": someone.token()}, files=files)
    text = html.unescape(someone.get(f"/experiment/{number}").text)
    assert "Stop and ask first." in text
    assert "You take a new drug since it began: ciprofloxacin." in text
    assert "Take nothing tonight. Stop, and ask a doctor" in text
    assert "Tonight: bottle" not in text


def sentences(text):
    """What a page says itself: paragraphs and points without names, links and numbers."""
    main = re.search(r"<main.*?</main>", text, re.DOTALL).group(0)
    aside = r"<details class=\"sources.*?</details>|<table.*?</table>|<svg.*?</svg>"
    main = re.sub(aside, "", main, flags=re.DOTALL)
    told = re.findall(r"<p(?! class=.buttons)[ >].*?</p>", main, re.DOTALL)
    found = [re.sub(r"<[^>]+>", " ", one) for one in told]
    return [html.unescape(one).split(">", 1)[-1].strip() for one in found]


def test_what_the_pages_say_can_be_read(someone, clock):
    number = begun(someone, name="An experiment")
    lived(someone, clock, upto=5, number=number)
    someone.tell("/experiment/1/verdict", sure="1")
    for path in ("", "/design", "/1?begun=1", "/1/verdict", "/example"):
        told = [
            one
            for one in sentences(someone.get(f"/experiment{path}").text)
            if one.count(" ") > 6 and "SHA-256" not in one
        ]
        assert told, path
        assert [one for one in told if grade(one) > 9.0] == []


def test_unknown_experiments_are_not_there_and_make_no_store(known, tmp_path):
    for path in ("/experiment/1", "/experiment/1/verdict", "/experiment/1/kit.zip"):
        assert known.get(path).status_code == 404
    assert known.tell("/experiment/1/verdict", sure="1").status_code == 404
    assert known.get("/experiment/none").status_code == 404
    assert known.get("/experiment").status_code == 200
    assert not (tmp_path / "store.sqlite3").exists()


def test_forms_without_our_token_change_nothing(someone):
    number = begun(someone)
    for path in (
        "begin",
        f"{number}/helper",
        f"{number}/state",
        f"{number}/verdict",
        f"{number}/unblind",
    ):
        assert someone.post(f"/experiment/{path}", data={"reason": "x"}).status_code == 403
    with store_of(someone) as store:
        assert unblindings(store, number) == ()
