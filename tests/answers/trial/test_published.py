"""Published trials become designs by what is printed; what is not is put in and said."""

import pytest

from somnesium.answers.evidence.reading import packaged
from somnesium.answers.evidence.table import Arm, Contrast, Endpoint, Evidence, Trial
from somnesium.answers.trial.disagree import Left, disagreements, lived_names
from somnesium.answers.trial.published import assumed_of, design_of
from somnesium.errors import InvalidInput
from somnesium.person.regimen import doses


def row(record, /, **given):
    """A row of the evidence table, empty but for what is given."""
    words = record.__annotations__
    empty = {
        name: "" if words[name] is str else None
        for name in record._fields
        if name not in record._field_defaults
    }
    return record(**empty | given)


def table(trial=(), arm=(), contrast=()) -> Evidence:
    """One trial of twelve insomniacs on 200 mg of citrate at bedtime against placebo."""
    base = {
        "trial": "small2020",
        "reference": "abbasi2012",
        "design": "parallel",
        "weeks": 2.0,
        "blinding": "double",
        "n_randomised": 12,
        "n_analysed": 9,
        "population": "insomnia",
    }
    taken = {
        "trial": "small2020",
        "arm": "magnesium",
        "kind": "magnesium",
        "form": "citrate",
        "elemental_mg": 200.0,
        "doses_per_day": 1.0,
        "timing": "bedtime",
    }
    found = {
        "trial": "small2020",
        "arm": "magnesium",
        "versus": "placebo",
        "endpoint": "isi",
        "instrument": "questionnaire",
        "unit": "points",
        "measure": "md",
        "estimate": -20.0,
        "low": -21.0,
        "high": -19.0,
        "p": 0.01,
    }
    return Evidence(
        (row(Trial, **base | dict(trial)),),
        (row(Arm, **taken | dict(arm)), row(Arm, trial="small2020", arm="placebo", kind="placebo")),
        (
            row(
                Endpoint,
                trial="small2020",
                arm="magnesium",
                endpoint="serum",
                instrument="assay",
                unit="mmol/L",
                post_mean=0.9,
                baseline_mean=0.8,
            ),
            row(
                Endpoint,
                trial="small2020",
                arm="placebo",
                endpoint="serum",
                instrument="assay",
                unit="mmol/L",
                post_mean=0.81,
                baseline_mean=0.8,
            ),
        ),
        (row(Contrast, **found | dict(contrast)),),
    )


def test_a_printed_trial_is_lived_as_printed():
    trial = design_of(table(), "small2020")
    assert (trial.people, trial.weeks, trial.design) == (12, 2, "parallel")
    assert trial.volunteers.filters["insomnia"] == ["moderate", "severe"]
    assert trial.loss.dropout == 0.25
    taken = doses(trial.arms[0].regimen, 0, 1)
    assert len(taken) == 1
    assert (taken[0].clock_hours, taken[0].amount_mg, taken[0].form) == (22.0, 200.0, "citrate")
    assert {one.measure for one in trial.endpoints} == {"isi", "serum"}
    assert assumed_of(table(), "small2020") == ("ages of all adults",)


def test_a_days_magnesium_is_the_same_in_any_number_of_doses():
    for number in (1.0, 2.0, 3.0, 4.0):
        trial = design_of(table(arm={"doses_per_day": number, "timing": ""}), "small2020")
        taken = doses(trial.arms[0].regimen, 0, 1)
        assert len(taken) == number
        assert sum(one.amount_mg for one in taken) == pytest.approx(200.0)


def test_co_ingredients_are_taken_too():
    trial = design_of(
        table(arm={"kind": "combination", "other": "melatonin 5 mg; zinc 11.25 mg"}), "small2020"
    )
    taken = {one.substance: one.amount_mg for one in doses(trial.arms[0].regimen, 0, 1)}
    assert taken == {"magnesium": 200.0, "melatonin": 5.0, "zinc": 11.25}


def test_words_and_serum_choose_the_people():
    def volunteers(**given):
        return design_of(table(trial=given), "small2020").volunteers

    assert volunteers(population="healthy sleepers").filters["insomnia"] == ["none"]
    assert volunteers(baseline_status="low intake").filters["food_mg"] == [60.0, 240.0]
    assert volunteers(baseline_serum=0.61).measured["serum"] == pytest.approx((0.55, 0.67))
    aged = volunteers(age_low=60.0, age_high=75.0, age_mean=65.0, age_sd=5.0)
    assert aged.filters["age"] == [60.0, 75.0]
    assert aged.spreads["age"]["mean"] == 65.0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"trial": {"design": "single_arm"}}, "single_arm"),
        ({"trial": {"weeks": None}}, "single dose"),
        ({"trial": {"n_randomised": 1}}, "1 people"),
        ({"arm": {"elemental_mg": None}}, "no dose"),
        ({"arm": {"kind": "comparator"}}, "takes magnesium"),
    ],
)
def test_what_cannot_be_lived_says_why(change, why):
    with pytest.raises(InvalidInput, match=why):
        design_of(table(**change), "small2020")
    left = list(disagreements(table(**change), 2))
    assert len(left) == 1
    assert isinstance(left[0], Left)


def test_a_trial_that_found_what_it_could_not_lies_far():
    (found,) = disagreements(table(), 30)
    assert not isinstance(found, Left)
    by = {one.endpoint.split()[0]: one for one in found}
    assert by["isi"].published == -20.0
    assert by["isi"].as_far == 0.0
    assert by["isi"].low < by["isi"].expected < by["isi"].high
    # Arm figures are subtracted where no difference is printed: 0.1 less 0.01.
    assert by["serum"].published == pytest.approx(0.09)


def test_most_controlled_trials_of_the_table_can_be_lived():
    evidence = packaged()
    assert not set(lived_names(evidence)) & {
        one.trial for one in evidence.trials if one.design == "synthesis"
    }
    for name in ("abbasi2012", "held2002", "nielsen2010", "schuster2025", "schutten2022"):
        trial = design_of(evidence, name)
        assert trial.arms[trial.arm].role == "active"
        assert trial.arms[trial.versus].role != "active"
