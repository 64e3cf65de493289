"""Replicates, their Monte-Carlo errors, early stops, failed fits, and the search for a size."""

import numpy as np
import pytest
from scipy import stats

from somnesium.answers.trial import power as module
from somnesium.answers.trial import size
from somnesium.answers.trial.analysis import Fit, analyse
from somnesium.answers.trial.power import performance, power_of, replicated, share_error
from somnesium.answers.trial.size import Tried, curve_size, size_for
from somnesium.errors import InvalidInput

from .designs import design, parallel_records

FAILED = Fit(*[float("nan")] * 6, 3, "fewer than two people in an arm")


@pytest.fixture
def planted(monkeypatch):
    """Trials whose records are Gaussian with a planted effect of 0.5 SD, a replicate by itself."""
    asked = []

    def conduct(trial, first, count, _precision):
        asked.append((first, count))
        parts = [
            parallel_records(1, trial.people, 0.5, 0.5, 1000 + k)
            for k in range(first, first + count)
        ]
        one = parts[0]
        return one._replace(
            sequence=np.concatenate([p.sequence for p in parts]),
            arm=np.concatenate([p.arm for p in parts], axis=1),
            baseline=np.concatenate([p.baseline for p in parts], axis=1),
            post=np.concatenate([p.post for p in parts], axis=2),
            screened=count * trial.people,
        )

    monkeypatch.setattr(module, "conduct", conduct)
    return asked


def gaussian(**more):
    endpoint = {"measure": "isi", "instrument": "questionnaire"}
    return design(endpoints=[endpoint], analysis={"method": "t_test"}, **more)


def test_the_error_of_a_share_is_that_of_many_shares_and_never_zero():
    shares = np.random.default_rng(1).binomial(400, 0.3, 4000) / 400
    assert share_error(0.3, 400) == pytest.approx(shares.std(), rel=0.05)
    assert share_error(1.0, 100) > 0.01


def test_it_stops_once_the_power_is_known_well_enough(planted):
    run = replicated(gaussian(people=200), 5000, target_error=0.03)
    done = len(run.fits)
    assert run.early
    assert 100 <= done < 5000
    assert share_error(power_of(run.fits, 0.05), done) <= 0.03
    told = []
    replicated(gaussian(people=200), 40, progress=lambda *now: told.append(now))
    assert [done for done, _, _ in told] == [20, 40]


def test_how_many_are_asked_for_changes_no_replicate(planted):
    few, many = replicated(gaussian(people=200), 30), replicated(gaussian(people=200), 55)
    assert few.fits == many.fits[:30]


def test_failed_fits_count_as_misses_and_are_told():
    records = parallel_records(8, 40, 3.0, 0.5, 2)
    fits = (*analyse(gaussian(), records), FAILED, FAILED)
    found = performance("isi", "points", fits, 0.05, 3.0, 0.1)
    assert power_of(fits, 0.05) == 0.8
    assert (found.replicates, found.failed) == (10, 2)
    assert found.failures == {FAILED.failed: 2}
    assert found.power.value == 0.8
    only = performance("isi", "points", (FAILED,), 0.05, 1.0, 0.1)
    assert only.mean.value is None
    assert only.power.value == 0.0


def test_performance_is_that_of_the_planted_effect():
    fits = analyse(gaussian(), parallel_records(2000, 60, 0.5, 0.5, 3))
    found = performance("isi", "points", fits, 0.05, 0.5, 0.0)
    assert abs(found.bias.value) < 4.0 * found.bias.error
    assert found.empirical_se.value == pytest.approx(np.sqrt(4.0 / 60), rel=0.08)
    assert found.model_se.value == pytest.approx(found.empirical_se.value, rel=0.08)
    assert abs(found.coverage.value - 0.95) < 4.0 * found.coverage.error
    assert found.exaggeration > 1.1


def test_a_size_is_found_where_the_closed_form_has_it(planted):
    found = size_for(gaussian(people=40), 0.8, replicates=1000)
    # Two arms of 64 have a power of 0.8 for half a standard deviation.
    assert 118 <= found.people <= 138
    assert found.interval95[0] <= 128 <= found.interval95[1]
    assert found.tried[0].people == 40


def test_no_effect_has_no_size(planted, monkeypatch):
    records = parallel_records(200, 40, 0.0, 0.5, 5)
    monkeypatch.setattr(module, "conduct", lambda *_: records)
    monkeypatch.setattr(size, "_MOST_PEOPLE", 300)
    found = size_for(gaussian(people=150), 0.8, replicates=200)
    assert found.people is None
    assert found.tried[-1].people == 300


def test_the_curve_through_sizes_tried_gives_back_its_signal():
    limit = stats.norm.ppf(0.975)
    tried = tuple(
        Tried(n, float(stats.norm.cdf(0.2 * np.sqrt(n) - limit)), 0.01, 100_000)
        for n in (60, 150, 300)
    )
    needed, error = curve_size(tried, 0.8, 0.05)
    assert needed == pytest.approx(((limit + stats.norm.ppf(0.8)) / 0.2) ** 2, rel=0.01)
    assert 0.0 < error < 0.1


@pytest.mark.parametrize(
    "given", [{"replicates": 0}, {"replicates": 2**33}, {"replicates": 5, "target_error": 0.0}]
)
def test_impossible_runs_are_refused(given):
    with pytest.raises(InvalidInput):
        replicated(gaussian(), **given)


@pytest.mark.parametrize("power", [0.0, 0.05, 1.0])
def test_impossible_powers_are_refused(power):
    with pytest.raises(InvalidInput, match="size-for"):
        size_for(gaussian(), power)
