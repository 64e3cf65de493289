"""An experiment out of the store: what is read of it, and that each look is written down."""

import tomllib
from datetime import timedelta

import numpy as np
import pytest
from kept_experiment import EXAMPLES, START, begun, evening, lived, morning

from somnesium.answers.selftrial.design.question import DesignQuestion
from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.questions.experiment.analyse import analyse
from somnesium.questions.experiment.cent import cent
from somnesium.questions.experiment.design import begin, design, tried_plan
from somnesium.questions.experiment.stored import experiment_ran
from somnesium.questions.nights.diary import record
from somnesium.store.experiments import unblindings
from somnesium.store.nights import keep_nights, nights
from somnesium.store.open import opened


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "store.sqlite3") as one:
        yield one


def ran(store, night=16, **options):
    return experiment_ran(store, None, evening(night), forecast=False, **options)


def test_the_series_is_what_was_allocated_taken_and_read(store):
    kept, dealt = begun(store)
    lived(store, dealt, skipped=(6,))
    record(store, morning(-1, 90), evening(0))  # before the first period: no part of it
    found = ran(store)
    given = [dealt.letters[letter] == "the plan" for _, letter in dealt.nights]
    assert found.series.assigned.tolist() == [float(one) for one in given]
    assert found.series.period.tolist() == [k // 4 for k in range(16)]
    assert [one.instrument for one in found.series.readings] == ["diary"]
    assert np.flatnonzero(np.isnan(found.series.readings[0].values)).tolist() == [6]
    taken = found.series.taken
    assert np.isnan(taken[6])
    assert taken[3] == 0.0
    others = [k for k in range(16) if k not in (3, 6)]
    assert taken[others].tolist() == [float(given[k]) for k in others]
    assert found.series.covariates["alcohol"][5] == 1.0
    assert found.finished
    assert found.kept is not None
    assert found.kept.number == kept.id


def test_open_doses_count_where_they_were_taken(store):
    _, dealt = begun(store, blinding="open")
    lived(store, dealt)
    taken = ran(store).series.taken
    assert taken[3] == 0.0
    assert taken.sum() == 15.0  # the bottle does not matter: what was taken was the plan


def test_every_analysis_is_a_look_that_is_written_down(store):
    kept, dealt = begun(store)
    lived(store, dealt)
    early, late = ran(store, 13), ran(store, 16)
    reasons = [one.reason for one in unblindings(store, kept.id)]
    assert reasons == [
        "early look: analysis after 13 of 16 nights",
        "at the planned end: analysis after 16 of 16 nights",
    ]
    assert (early.finished, early.series.nights) == (False, 13)
    assert early.kept is not None
    assert len(early.kept.looks) == 1
    assert late.kept is not None
    assert len(late.kept.looks) == 2
    item = next(one for one in cent(late, analyse(late)).items if one.number == "11a")
    assert item.text.endswith("before the end: 1.")


def test_before_the_first_night_is_over_the_seal_stays_closed(store):
    kept, _ = begun(store)
    for night, options in ((0, {}), (16, {"instruments": ["oura"]})):
        with pytest.raises(InvalidInput):
            ran(store, night, **options)
    assert unblindings(store, kept.id) == ()


def test_an_unknown_experiment_and_an_empty_store_are_told(store):
    with pytest.raises(InvalidInput, match="somnesium design"):
        ran(store)
    begun(store)
    with pytest.raises(InvalidInput, match="experiment"):
        experiment_ran(store, 7, evening(16), forecast=False)
    with pytest.raises(InvalidInput, match="somnesium record or import"):
        ran(store)


def ring(store, device, shift):
    """The diary's nights again, as a ring would tell them."""
    told = [
        one._replace(
            device=device,
            source="oura_csv",
            instrument="oura",
            key=f"{device}/{one.key}",
            night=one.night._replace(latency=(one.night.latency or 0) + shift),
        )
        for one in nights(store)
        if one.instrument == "diary"
    ]
    keep_nights(store, told, evening(20))


def test_instruments_are_separate_readings_and_can_be_chosen(store):
    _, dealt = begun(store)
    lived(store, dealt)
    ring(store, "Oura 3", 5)
    ring(store, "Oura 4", 7)
    found = ran(store)
    assert [one.instrument for one in found.series.readings] == ["diary", "oura", "oura"]
    diary, third, fourth = (one.values for one in found.series.readings)
    assert np.allclose(third - diary, 5)
    assert np.allclose(fourth - diary, 7)
    assert len(ran(store, instruments=["Diary"]).series.readings) == 1


def test_an_instrument_that_reads_the_same_each_night_is_left_out_and_told(store):
    _, dealt = begun(store)
    lived(store, dealt)
    told = [
        one._replace(
            device="Fitbit",
            instrument="fitbit",
            key=f"f/{one.key}",
            night=one.night._replace(latency=0.0),
        )
        for one in nights(store)
    ]
    keep_nights(store, told, evening(20))
    found = ran(store)
    assert [one.instrument for one in found.series.readings] == ["diary"]
    assert any(note.startswith("fitbit was left out") for note in found.notes)


def test_a_report_of_a_kept_experiment_knows_the_person_and_the_drawing(store):
    kept, dealt = begun(store)
    lived(store, dealt)
    found = ran(store)
    answer = analyse(found)
    assert answer.preregistration == kept.hash
    report = {one.number: one for one in cent(found, answer).items}
    for number in ("3b", "4a", "6b", "7a", "8a", "9", "10", "15", "24"):
        assert report[number].status == "filled", number
    assert kept.hash in report["3b"].text
    assert "".join(dealt.periods) in report["8c"].text
    assert "45" in report["15"].text
    assert report["14a"].text.startswith(START.isoformat())
    assert (START + timedelta(days=15)).isoformat() in report["14a"].text


def test_what_design_writes_is_what_analyse_reads(store):
    question = read_document(
        {
            **tomllib.loads((EXAMPLES / "stressed_45.toml").read_text(encoding="utf-8")),
            "start": START.isoformat(),
            "trial": {"seed": 3, "most_weeks": 6, "nights": [30, 45, 25, 60] * 8},
        },
        DesignQuestion,
    )
    planned = design(question)
    done = begin(store, tried_plan(question), planned, 3, evening(-1))
    lived(store, done.allocation)
    found = experiment_ran(store, done.experiment.id, evening(400), forecast=False)
    assert found.finished
    assert found.series.nights == 2 * planned.blocks * planned.period_nights
    assert found.half_life == planned.half_life_nights
    answer = analyse(found)
    assert answer.beliefs[0].mean < 0
    assert answer.worthwhile == planned.worthwhile
    report = cent(found, answer)
    assert (report.filled, report.absent) == (34, 6)
