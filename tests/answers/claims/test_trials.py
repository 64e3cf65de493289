"""Facts of trials come from the evidence table, and say so where it holds no figure."""

import pytest

from somnesium.answers.claims.trials import arms_of, measured_in, named_in, pooled, published
from somnesium.answers.evidence.reading import packaged


def test_pool_leaves_distrusted_trials_out():
    mean, _, arms = pooled("isi", "isi")
    assert "abbasi2012" not in mean.sources
    assert mean.value is not None
    assert mean.interval is not None
    assert mean.interval[0] < mean.value < mean.interval[1]
    assert arms.value is not None
    assert arms.value >= 1


def test_prediction_is_wider_than_the_mean():
    mean, ahead, arms = pooled("serum", "serum")
    assert arms.value is not None
    assert arms.value >= 3
    assert mean.interval is not None
    assert ahead.interval is not None
    assert ahead.interval[0] < mean.interval[0] < mean.interval[1] < ahead.interval[1]


def test_nothing_to_pool_is_not_known():
    mean, ahead, arms = pooled("melatonin", "melatonin")
    assert (mean.value, ahead.value, arms.value) == (None, None, 0.0)


def test_published_figures_are_those_of_the_table():
    one = published("schutten2020", "cortisol_urine", "x")
    row = next(
        r
        for r in packaged().contrasts
        if (r.trial, r.endpoint) == ("schutten2020", "cortisol_urine")
    )
    assert (one.value, one.interval) == (row.estimate, (row.low, row.high))
    assert one.sources == ("schutten2020",)


def test_a_trial_without_a_figure_is_not_known():
    assert published("murck1998", "melatonin", "x").value is None


@pytest.mark.parametrize("what", ["timing", "elemental_mg", "form"])
def test_no_trial_of_sleep_compared_times_doses_or_forms(what):
    assert arms_of("x", "x", what).value == 0.0


def test_counts_are_of_the_table():
    assert measured_in("heart_rate", "x").value == 2.0
    assert named_in("x", "x", "insomnia").value
    assert named_in("x", "x", "gaba", endpoint=True).value == 0.0
