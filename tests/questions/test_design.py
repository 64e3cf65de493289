"""A design from question to sealed experiment, on both databases; and the kit that is printed."""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from reading import grade
from recorded import NOW, recorded
from somnesium.answers.selftrial.design.allocation import read_sealed, sealed_hash
from somnesium.answers.selftrial.design.question import DesignQuestion
from somnesium.errors import InvalidInput, UnsafePlan
from somnesium.person.document import read_document
from somnesium.questions.experiment.design import arms, begin, design, own_nights, tried_plan
from somnesium.questions.experiment.today import dose_moments
from somnesium.store.experiments import allocation, experiment, experiments
from somnesium.store.nights import keep_nights
from somnesium.store.open import opened
from somnesium.surfaces.command.design import design_text
from somnesium.surfaces.paper.kit import helper_text, labels_text, page, write_kit

EXAMPLES = Path(__file__).parents[2] / "examples"
NIGHTS = [22, 35, 18, 27, 30, 12, 25, 33, 21, 28, 19, 24, 30, 26, 22, "missing", 31, 17]


def question(name: str = "stressed_45", **trial) -> DesignQuestion:
    table = tomllib.loads((EXAMPLES / f"{name}.toml").read_text())
    usual = {"question": "stores", "measure": "latency", "nights": NIGHTS, "most_weeks": 20}
    return read_document(table | {"start": "2026-10-12", "trial": usual | trial}, DesignQuestion)


@pytest.fixture(scope="module")
def asked():
    return question(seed=20261121)


@pytest.fixture(scope="module")
def answer(asked):
    return design(asked)


@pytest.fixture(scope="module")
def unlikely():
    return design(question(nights=[], most_weeks=8, blinding="open"))


def test_quiet_nights_make_it_worth_starting(answer):
    assert answer.verdict == "worth starting"
    assert answer.reasons == ()
    assert (answer.own_nights, answer.run_in_nights) == (17, 0)
    assert answer.weeks <= 20
    assert 2 * answer.blocks * answer.period_nights <= 7 * answer.weeks
    assert answer.first_evening == date(2026, 10, 12)
    chances = [row.chance for row in answer.power]
    assert chances == sorted(chances)
    assert [row.change for row in answer.power] == [5.0, 10.0, 15.0]
    assert answer.cautions is not None
    assert {source.key for source in answer.sources} >= {"salmon2011", "muench2023", "iom1997"}


def test_nights_of_people_in_general_make_it_not(unlikely):
    assert unlikely.verdict == "not worth starting"
    assert unlikely.own_nights == 0
    assert unlikely.run_in_nights == 14
    assert unlikely.first_evening == unlikely.first_run_in + timedelta(days=14)
    assert any("differ too much by chance" in text for text in unlikely.reasons)
    assert "14 min" in unlikely.expectation  # on placebo, muench2023


def test_an_acute_question_about_slow_stores_is_told_so():
    found = design(question(question="acute"))
    assert found.half_life_nights == 0.0
    assert found.seen_share < 0.5
    assert any('"stores"' in text for text in found.reasons)


def test_a_refused_plan_ends_it():
    table = question("kidney_egfr25")
    with pytest.raises(UnsafePlan):
        design(table)


def test_what_it_says_can_be_read(answer, unlikely):
    for text in (
        *answer.summary,
        answer.expectation,
        unlikely.expectation,
        answer.washout,
        *unlikely.summary,
        *(rule.text for rule in answer.stop_rules),
    ):
        assert grade(text) <= 9.0, text
    assert "weeks to see it" in design_text(answer)


def test_it_begins_once_and_stands(store, place, asked, answer):
    begun = begin(store, tried_plan(asked), answer, 5, NOW)
    kept = begun.experiment
    table = json.loads(kept.preregistration)
    assert kept.hash == hashlib.sha256(kept.preregistration.encode()).hexdigest()
    assert table["allocation"]["sha256"] == sealed_hash(allocation(store, kept.id).sealed)
    assert allocation(store, kept.id).seed == 20261121  # the question's own, not 5
    assert "20261121" not in kept.preregistration
    assert "seed" not in kept.question["trial"]
    with pytest.raises(InvalidInput, match="not begun before"):
        begin(store, tried_plan(asked), answer, 5, NOW)
    day = begun.allocation.nights[40][0]
    said = {dict(read_sealed(allocation(store, 1).sealed).nights)[day] for _ in range(1000)}
    code = (
        "import sys; from datetime import date; from somnesium.store.open import opened\n"
        "from somnesium.store.experiments import allocation\n"
        "from somnesium.answers.selftrial.design.allocation import read_sealed\n"
        "with opened(sys.argv[1]) as store:\n"
        "    sealed = read_sealed(allocation(store, 1).sealed)\n"
        "sys.stdout.write(dict(sealed.nights)[date.fromisoformat(sys.argv[2])])"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, place, day.isoformat()],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said == {other.stdout}


def test_nothing_is_preregistered_afterwards(store, asked, answer):
    late = datetime(2026, 10, 13, 12, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="before it begins"):
        begin(store, tried_plan(asked), answer, 5, late)
    assert experiments(store) == ()


def test_both_databases_say_the_same(tmp_path, database, asked, answer):
    with opened(tmp_path / "one.sqlite3") as one, opened(database) as other:
        begin(one, tried_plan(asked), answer, 5, NOW)
        begin(other, tried_plan(asked), answer, 5, NOW)
        assert allocation(one, 1) == allocation(other, 1)
        assert experiment(one, 1).hash == experiment(other, 1).hash


def test_own_nights_come_from_the_diary_in_order(store):
    mine = [recorded(day, latency=float(day))._replace(instrument="diary") for day in (2, 3, 5)]
    watch = recorded(4, device="watch", latency=99.0)._replace(instrument="watch")
    keep_nights(store, [*mine, watch], NOW)
    assert own_nights(store, "latency", date(2026, 3, 9)) == (2.0, 3.0, None, 5.0)
    assert own_nights(store, "latency", date(2026, 3, 5)) == (2.0, 3.0)
    assert own_nights(store, "latency", date(2026, 3, 1)) == ()


@pytest.fixture(scope="module")
def kit(tmp_path_factory, asked, answer):
    folder = tmp_path_factory.mktemp("kit")
    with opened(folder / "store.sqlite3") as store:
        begun = begin(store, tried_plan(asked), answer, 5, NOW)
        write_kit(folder / "kit", begun)
    return folder / "kit", begun


def test_the_calendar_has_a_reminder_for_every_dose_and_morning(kit, asked):
    folder, begun = kit
    events = list(Calendar.from_ical((folder / "calendar.ics").read_bytes()).walk("VEVENT"))
    doses = [one for one in events if str(one["summary"]).startswith("Take")]
    assert len(doses) == len(begun.allocation.nights)
    assert len(events) == 2 * len(doses)
    assert len({str(one["uid"]) for one in events}) == len(events)
    assert all(one.walk("VALARM") for one in events)
    for one, (evening, letter) in zip(doses, begun.allocation.nights, strict=True):
        at = one["dtstart"].dt
        assert at.replace(tzinfo=None) == datetime.combine(evening, datetime.min.time()).replace(
            hour=22, minute=30
        )
        assert str(at.tzinfo) == asked.habits.time_zone
        assert str(one["summary"]) == f"Take 1 from bottle {letter}"


def test_only_the_helpers_sheet_says_what_is_in_the_bottles(kit, asked):
    folder, begun = kit
    for file in folder.iterdir():
        text = file.read_text()
        told = any(f"Bottle {one}: {arm}" in text for one, arm in begun.allocation.letters.items())
        assert told == ("for_the_helper_only" in file.name)
    labels, helper = labels_text(begun), helper_text(begun)
    half = len(begun.allocation.nights) // 2
    assert labels.count(f"Holds {half} servings") == 2
    assert f"Bottle A: {begun.allocation.letters['A']}, {half} servings" in helper
    assert "250 mg magnesium (elemental) as glycinate" in helper
    assert json.loads(begun.experiment.preregistration)["allocation"]["sha256"] in helper


def test_the_printed_preregistration_is_the_one_that_is_hashed(kit):
    folder, begun = kit
    content = (folder / "preregistration.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == begun.experiment.hash
    assert begun.experiment.hash in (folder / "preregistration.md").read_text()


def test_a_kit_overwrites_nothing(kit, asked):
    folder, begun = kit
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(InvalidInput, match="new folder"):
        write_kit(folder, begun)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert not folder.with_name("kit.part").exists()


def test_an_open_experiment_has_no_bottles(tmp_path, unlikely):
    openly = question(nights=[], most_weeks=8, blinding="open")
    assert arms(openly) == ("the plan", "nothing")
    with opened(tmp_path / "store.sqlite3") as store:
        begun = begin(store, tried_plan(openly), unlikely, 7, NOW)
    files = {file.name for file in write_kit(tmp_path / "kit", begun)}
    assert files == {
        "preregistration.json",
        "preregistration.md",
        "preregistration.html",
        "calendar.ics",
    }
    text = (tmp_path / "kit" / "calendar.ics").read_text()
    assert "Take nothing tonight" in text
    assert json.loads(begun.experiment.preregistration)["letters"] == begun.allocation.letters


def test_a_dose_after_midnight_is_of_the_evening_before():
    table = question().model_dump(exclude_unset=True)
    table["regimen"]["intakes"][0].update(times=["00:30", "08:00"], days="every day")
    asked = read_document(table, DesignQuestion)
    found = [at.isoformat()[:16] for at, _ in dose_moments(tried_plan(asked), date(2026, 3, 5))]
    assert found == ["2026-03-06T00:30", "2026-03-05T08:00"]


def test_a_page_runs_nothing():
    text = page("<script>", "# <b>\n- <img onerror=x>\n\n## Two\nplain & simple\n", boxed=True)
    assert "<script" not in text.replace("&lt;script", "")
    assert "<img" not in text
    assert "plain &amp; simple" in text
    assert text.count("<section>") == text.count("</section>") == 1
    assert text.count("<ul>") == text.count("</ul>") == 1
