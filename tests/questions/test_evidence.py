"""Tables and our own trials pooled: the documents, their notes, and what stays out."""

import json
from pathlib import Path

import pytest

from reading import grade as reading_grade
from somnesium.answers.evidence.lints import reviewed
from somnesium.answers.evidence.measures import MEASURES
from somnesium.answers.evidence.studies import read_studies, studies_of
from somnesium.errors import InvalidInput
from somnesium.questions.evidence.evidence import evidence
from somnesium.questions.evidence.synthesis import pool_table

DATA = Path(__file__).parents[1] / "data"
RESULTS = json.loads((DATA / "reference_results.json").read_text(encoding="utf-8"))["meta_analysis"]


def keys(notes):
    return {note.key for note in notes}


@pytest.fixture(scope="module")
def whole():
    return evidence()


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("method", ["REML", "DL", "PM"])
def test_a_table_gives_the_reference_results(name, method):
    expected = RESULTS[name][method]
    answer = pool_table(read_studies(DATA / f"{name}.csv"), name, method)
    found = json.loads(answer.model_dump_json())["pooled"]
    assert found["estimate"] == pytest.approx(expected["est"], abs=1e-5)
    assert found["se"] == pytest.approx(expected["hk_se"], abs=1e-5)
    assert found["interval95"][0] == pytest.approx(expected["hk_ci_lb"], abs=2e-5)
    assert found["tau2"] == pytest.approx(expected["tau2"], abs=1e-4)
    assert found["I2"] == pytest.approx(expected["I2"], abs=0.01)
    assert found["prediction95"][1] == pytest.approx(expected["hk_pi_ub"], abs=1e-4)
    assert found["normal_se"] == pytest.approx(expected["se"], abs=1e-5)


def test_an_answer_has_sources_and_version_and_no_source_is_missing():
    answer = pool_table(read_studies(DATA / "dat_bcg_logRR.csv"), sd=1.0, outcome="events")
    assert answer.model_version
    assert {"knapp2003", "turner2015", "sterne2011"} <= {one.key for one in answer.sources}
    assert [one.prior.split("(")[0] for one in answer.bayes] == [
        "half-normal",
        "half-normal",
        "half-Cauchy",
        "log-normal",
        "shrinkage",
    ]


def test_one_study_is_told_as_it_is():
    answer = pool_table(studies_of(["a"], [-4.0], [9.0]))
    assert (answer.pooled.estimate, answer.pooled.se) == (-4.0, 3.0)
    assert answer.pooled.tau2 is None
    assert answer.pooled.I2 is None
    assert answer.pooled.prediction95 is None
    assert "one_study" in keys(answer.notes)
    assert answer.leave_one_out == ()


def test_two_studies_are_told_to_be_few_and_their_interval_is_wide():
    answer = pool_table(studies_of("ab", [-4.0, -8.0], [4.0, 4.0]))
    low, high = answer.pooled.interval95
    assert high - low > 20.0
    assert low < -6.0 < high
    assert {"two_studies", "few_studies"} <= keys(answer.notes)
    assert answer.small_studies.egger is None


def test_a_narrow_knapp_hartung_interval_and_a_missing_one_are_told():
    near = studies_of("abc", [-4.0, -4.1, -3.9], [4.0, 5.0, 6.0])
    assert "narrow_hk" in keys(pool_table(near).notes)
    assert "narrow_hk" not in keys(pool_table(near, interval="z").notes)
    assert "normal_instead" in keys(pool_table(near, method="FE").notes)


@pytest.mark.parametrize("sd", [0.0, -1.0, float("nan"), 1e12])
def test_a_spread_that_cannot_be_is_refused(sd):
    with pytest.raises(InvalidInput, match="sd"):
        pool_table(studies_of("ab", [1.0, 2.0], [1.0, 1.0]), sd=sd)


def test_ten_studies_are_needed_for_small_study_tests():
    few = pool_table(read_studies(DATA / "dat_normand1999_MD.csv")).small_studies
    many = pool_table(read_studies(DATA / "dat_bcg_logRR.csv")).small_studies
    assert (few.reliable, many.reliable) == (False, True)
    assert "cannot tell bias from chance" in few.warning
    assert many.warning == ""


def test_every_endpoint_of_our_table_is_answered(whole):
    told = {one.endpoint for one in whole.endpoints}
    table = reviewed().evidence
    assert told == {row.endpoint for row in (*table.endpoints, *table.contrasts)}
    for one in whole.endpoints:
        assert (one.synthesis is None) == (one.grade is None)
        assert one.synthesis is not None or one.omitted or one.distrusted or one.endpoint
        assert one.unit == MEASURES[one.endpoint].unit
        assert json.loads(one.model_dump_json())["endpoint"] == one.endpoint


def test_distrusted_trials_come_in_only_as_a_sensitivity(whole):
    roles = {row.trial: row.role for row in reviewed().evidence.trials}
    assert "distrust" in roles.values()
    for one in whole.endpoints:
        assert all(roles[each.trial] != "distrust" for each in one.trials)
        if one.distrusted and one.synthesis is not None:
            line = next(s for s in one.sensitivity if s.key == "with_distrusted")
            assert line.k == one.synthesis.pooled.k + len(one.distrusted)


def test_blends_are_pooled_apart(whole):
    blends = [one for one in whole.endpoints if one.blend]
    assert blends
    alone = {(t.trial, t.arm) for one in whole.endpoints if not one.blend for t in one.trials}
    assert all((t.trial, t.arm) not in alone for one in blends for t in one.trials)


def test_poolings_by_others_are_told_and_only_those_of_magnesium(whole):
    table = reviewed().evidence
    told = {one.endpoint: one.others for one in whole.endpoints if not one.blend}
    assert [one.trial for one in told["sol"]] == ["mah2021"]
    assert told["sol"][0].interval95 == (-27.27, -7.44)
    for others in told.values():
        assert all(table.trial(one.trial).design == "synthesis" for one in others)


def test_means_are_pooled_as_from_a_table(whole):
    serum = next(one for one in whole.endpoints if one.endpoint == "serum")
    rows = serum.synthesis.studies
    again = pool_table(
        studies_of([r.study for r in rows], [r.yi for r in rows], [r.vi for r in rows])
    )
    assert again.pooled == serum.synthesis.pooled
    assert sum(row.share for row in rows) == pytest.approx(1.0)


def test_trials_of_the_user_join_ours(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "trial,arm,versus,endpoint,instrument,unit,weeks,n_arm,n_versus,measure,kind,estimate,"
        "low,high\nown2026,magnesium,placebo,isi,questionnaire,points,4,80,80,md,ancova,-1.0,"
        "-2.5,0.5\n",
        encoding="utf-8",
    )
    before, after = evidence(["isi"]), evidence(["isi"], reviewed(path))
    assert after.endpoints[0].synthesis.pooled.k == before.endpoints[0].synthesis.pooled.k + 1
    assert "own2026 magnesium" in [one.study for one in after.endpoints[0].trials]


def test_standardised_effects_are_in_standard_deviations():
    answer = evidence(["serum"], measure="smd")
    assert answer.endpoints[0].unit == "SD"
    assert "hedges1981" in {one.key for one in answer.sources}


def test_an_unknown_endpoint_is_refused_with_a_near_one():
    with pytest.raises(InvalidInput, match='did you mean "serum"'):
        evidence(["serun"])


def test_the_summary_is_easy_to_read(whole):
    read = [one for one in whole.summary if "could well be" in one or "no trial" in one]
    assert len(read) >= 10
    frame = [line.partition(": ")[2] for line in read]
    assert max(reading_grade(line) for line in frame) <= 9.0
    plain = pool_table(read_studies(DATA / "dat_bcg_logRR.csv"))
    assert reading_grade(" ".join(plain.summary)) <= 9.0
