"""The trial use cases: whole answers that say how sure they are and can be had again."""

import pytest

from answers.trial.designs import design
from reading import grade
from somnesium.errors import InvalidInput, UnsafePlan
from somnesium.questions.trial.published import published
from somnesium.questions.trial.trial import TrialAnswer, trial


@pytest.fixture(scope="module")
def answer() -> TrialAnswer:
    return trial(design(people=20), 12)


def test_an_answer_is_an_ademp_report(answer):
    report = answer.report
    assert report.aims
    assert report.estimand
    assert report.methods
    assert any("20 people" in line for line in report.data)
    assert [one.endpoint for one in answer.performance] == ["isi (questionnaire)", "serum (assay)"]
    for one in answer.performance:
        assert one.power.error > 0.0
        assert one.truth.error > 0.0
        assert one.replicates == 12
    assert answer.significant_alone is None
    assert not answer.stopped_early
    assert {"morris2019", "muench2023"} <= {source.key for source in answer.sources}


def test_the_same_seed_is_the_same_answer_and_another_is_not(answer):
    assert trial(design(people=20), 12) == answer
    assert trial(design(people=20, seed=4), 12).performance != answer.performance


def test_the_summary_is_plain(answer):
    assert grade(" ".join(answer.summary)) <= 9.0


def test_an_arm_that_would_be_refused_is_refused():
    dose = {"form": "citrate", "magnesium_mg": 5000.0, "mass_is": "elemental", "times": ["21:00"]}
    arm = {"name": "too much", "regimen": {"intakes": [dose]}}
    with pytest.raises(UnsafePlan):
        trial(design(arms=[arm, {"name": "placebo"}]), 2)


def test_a_series_tells_of_single_persons():
    found = trial(design(design="n_of_1", people=4, weeks=1, cycles=2), 5)
    assert 0.0 <= found.significant_alone <= 1.0
    assert found.performance[0].replicates == 5


def test_published_trials_stand_beside_what_they_found():
    heard = []
    found = published(8, names=("held2002", "breus2024"), progress=lambda *now: heard.append(now))
    assert heard == [(1, 2, "held2002"), (2, 2, "breus2024")]
    assert [one.trial for one in found.left] == ["breus2024"]
    held = found.trials[0]
    assert (held.trial, held.endpoint, held.published) == ("held2002", "n3 (psg)", 6.4)
    assert held.low < held.expected < held.high
    assert "held2002" in {source.key for source in found.sources}
    assert grade(" ".join(found.summary)) <= 9.0


def test_unknown_trials_and_impossible_replicates_are_refused():
    with pytest.raises(InvalidInput, match="abbasi2012"):
        published(8, names=("abbasi2013",))
    with pytest.raises(InvalidInput, match="replicates"):
        published(1)
