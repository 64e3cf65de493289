"""Designs are refused in one line where they cannot be, and read where they can."""

from pathlib import Path

import numpy as np
import pytest

from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.measures import MEASURES, Endpoint, read
from somnesium.answers.trial.readings import NOISE, noisy
from somnesium.answers.trial.response import complaint, expectation, regression, response
from somnesium.errors import InvalidInput
from somnesium.person.document import read_document

from .designs import ACTIVE, DOSE, ISI, PLACEBO, design

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "trials").glob("*.toml"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"arms": [ACTIVE, ACTIVE]}, "arms"),
        ({"design": "crossover", "arms": [ACTIVE]}, "arms"),
        ({"design": "n_of_1", "arms": [ACTIVE, PLACEBO, {"name": "none"}]}, "arms"),
        ({"visits": [1, 3]}, "visits"),
        ({"visits": [2, 1]}, "visits"),
        ({"design": "crossover", "visits": [1]}, "visits"),
        ({"analysis": {"method": "paired"}}, "analysis.method"),
        ({"design": "crossover", "analysis": {"method": "ancova"}}, "analysis.method"),
        ({"analysis": {"arm": "potassium"}}, "analysis.arm"),
        ({"analysis": {"arm": "placebo", "versus": "placebo"}}, "analysis.versus"),
        ({"arms": [{"name": "a", "kind": "active"}, PLACEBO]}, "kind"),
        ({"arms": [ACTIVE | {"kind": "placebo"}, PLACEBO]}, "kind"),
        ({"arms": [{"name": "a", "regimen": {"intakes": [DOSE | {"start_day": 3}]}}]}, "start_day"),
        ({"endpoints": [{"measure": "sol", "instrument": "assay"}]}, "instrument"),
        ({"endpoints": [{"measure": "mood", "instrument": "diary"}]}, "measure"),
        ({"volunteers": {"measured": {"mood": [0, 1]}}}, "measured"),
        ({"volunteers": {"measured": {"isi": [20, 10]}}}, "measured.isi"),
        ({"volunteers": {"filters": {"shoe_size": [40, 44]}}}, "shoe_size"),
        ({"volunteers": {"female_share": 0.5, "filters": {"sex": ["male"]}}}, "filters.sex"),
        ({"loss": {"dropout": 1.0}}, "dropout"),
        ({"people": 1}, "people"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change, field):
    with pytest.raises(InvalidInput) as error:
        design(**change)
    assert field in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_examples_are_trials(path):
    trial = read_document(path, Trial)
    assert trial.arms[trial.arm].role == "active"
    assert trial.arms[trial.versus].role == "placebo"


def test_there_is_an_example_of_each_design():
    assert {read_document(path, Trial).design for path in EXAMPLES} == {
        "parallel",
        "crossover",
        "n_of_1",
    }


def test_the_share_of_women_is_kept_in_any_few_people():
    rows = design(volunteers={"female_share": 0.78}).volunteers.spec(100, 1).given.values["sex"]
    assert np.sum(rows == 0) == 78
    assert abs(np.mean(rows[:50] == 0) - 0.78) <= 0.02


def test_every_measure_has_noise_with_each_of_its_instruments():
    wanted = {(name, by) for name, one in MEASURES.items() for by in one.instruments}
    assert wanted == set(NOISE)
    assert all("#" in noise.source for noise in NOISE.values())


def test_noise_is_as_large_as_said_and_the_same_for_the_same_key():
    one, person = Endpoint(measure="sol", instrument="diary"), np.arange(4000)
    first = noisy(np.full(4000, 100.0), one, 4, person, 2, 1, 0)
    assert first.std() == pytest.approx(NOISE["sol", "diary"].sd / 2.0, rel=0.05)
    assert np.array_equal(first[7:9], noisy(np.full(2, 100.0), one, 4, person[7:9], 2, 1, 0))
    other = noisy(np.full(4000, 100.0), one, 4, person, 3, 1, 0)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.07
    assert noisy(np.zeros(4000), one, 1, person, 2, 1, 0).min() == 0.0


def test_instruments_read_one_night_as_they_do():
    means = {
        "latency": np.array([40.0]),
        "awake": np.array([60.0]),
        "load": np.array([1.0]),
        "duration": np.array([380.0]),
        "in_bed": np.array([480.0]),
    }
    assert read(means, "sol", "psg") == 40.0
    assert read(means, "sol", "diary") > 40.0 > read(means, "sol", "actigraph")
    assert read(means, "tst", "diary") < 380.0 < read(means, "tst", "actigraph")
    assert read(means, "se", "psg") == pytest.approx(100.0 * 380.0 / 480.0)


def test_responses_are_half_expectation_where_people_rate_themselves_and_none_by_device():
    whole = response("sol", "diary").change
    assert whole == -13.5
    assert expectation("sol", "diary") == regression("sol", "diary") == whole / 2
    assert expectation("sol", "psg") == 0.0
    assert regression("sol", "psg") == response("sol", "psg").change
    assert response("serum", "assay").change == 0.0
    assert list(complaint(np.array([0.0, 8.5, 28.0]))) == [0.0, 0.5, 1.0]


def test_one_endpoint_alone_is_a_list_of_one():
    assert design(endpoints=ISI).endpoints[0].measure == "isi"
