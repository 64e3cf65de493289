"""Distributions while streaming: right to their resolution, and mergeable."""

import numpy as np
import pytest

from somnesium.population.cells import CELLS, GROUPINGS, cells_of, groups
from somnesium.population.columns import DIFFERENCE, MEASURES
from somnesium.population.summary import (
    GRIDS,
    QUANTILES,
    Key,
    distribution,
    merge,
    merge_all,
    sketch,
)

KEY = Key("nights", "without", "duration")
EVERYONE = np.ones(CELLS, bool)


def sample(n=50_000, seed=1):
    rng = np.random.default_rng(seed)
    values = rng.normal(400, 70, n).astype(np.float32)
    return values, rng.uniform(0.2, 3.0, n), rng.integers(0, CELLS, n)


def weighted_quantile(values, weights, share):
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return values[order][np.searchsorted(below, share * below[-1])]


def test_every_measure_has_a_grid():
    assert list(GRIDS) == list(MEASURES)


def test_mean_and_spread_are_exact_and_quantiles_right_to_a_bin():
    values, weights, cells = sample()
    found = distribution(KEY, sketch(KEY, values, weights, cells), EVERYONE)
    exact = values.astype(float)
    mean = np.average(exact, weights=weights)
    assert found.number == len(values)
    assert found.mean == pytest.approx(mean, rel=1e-12)
    spread = np.sqrt(np.average((exact - mean) ** 2, weights=weights))
    assert found.sd == pytest.approx(spread, rel=1e-10)
    width = GRIDS["duration"][0].width
    for share, quantile in zip(QUANTILES, found.quantiles, strict=True):
        assert abs(quantile - weighted_quantile(exact, weights, share)) <= width


def test_a_group_holds_its_own_people_only():
    values, weights, cells = sample()
    whole = sketch(KEY, values, weights, cells)
    members = np.arange(CELLS) % 3 == 0
    found = distribution(KEY, whole, members)
    inside = members[cells]
    assert found.number == inside.sum()
    mean = np.average(values[inside].astype(float), weights=weights[inside])
    assert found.mean == pytest.approx(mean, rel=1e-12)
    assert distribution(KEY, whole, np.zeros(CELLS, bool)) is None


def test_merging_is_like_sketching_all():
    values, weights, cells = sample()
    whole = sketch(KEY, values, weights, cells)
    part = np.arange(len(values)) < 12_345
    both = merge(
        sketch(KEY, values[part], weights[part], cells[part]),
        sketch(KEY, values[~part], weights[~part], cells[~part]),
    )
    for name, a, b in zip(whole._fields, whole, both, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, err_msg=name)
    np.testing.assert_array_equal(whole.number, both.number)


def test_merging_with_nobody_changes_nothing():
    values, weights, cells = sample(1000)
    whole = sketch(KEY, values, weights, cells)
    nobody = sketch(KEY, values[:0], weights[:0], cells[:0])
    for both in (merge(whole, nobody), merge(nobody, whole)):
        for a, b in zip(whole, both, strict=True):
            np.testing.assert_array_equal(a, b)
    assert merge_all({}, {KEY: whole})[KEY] is whole


def test_values_beyond_the_grid_stay_within_the_extremes():
    values = np.array([-50.0, 400.0, 2000.0, 3000.0])
    found = distribution(KEY, sketch(KEY, values, np.ones(4), np.zeros(4, int)), EVERYONE)
    assert found.number == 4
    assert found.quantiles[0] >= -50.0
    assert 960.0 <= found.quantiles[-1] <= 3000.0


def test_equal_values_have_that_value_as_every_quantile():
    key = Key("means", DIFFERENCE, "duration")
    zeros = np.zeros(100)
    found = distribution(key, sketch(key, zeros, zeros + 1.0, zeros.astype(int)), EVERYONE)
    assert found.quantiles == (0.0,) * len(QUANTILES)
    assert found.sd == 0.0


def test_unknown_values_are_left_out():
    values = np.array([1.0, np.nan, 3.0])
    found = distribution(KEY, sketch(KEY, values, np.ones(3), np.zeros(3, int)), EVERYONE)
    assert (found.number, found.mean) == (2, 2.0)


def test_groups_of_a_grouping_are_everyone_once():
    found = list(groups())
    assert found[0][0] == {}
    for grouping in GROUPINGS:
        same = [members for group, members in found if tuple(group) == grouping]
        np.testing.assert_array_equal(np.sum(same, axis=0), np.ones(CELLS))


def test_cells_follow_the_persons():
    from samples import SPEC

    from somnesium.population.chunk import live_chunk

    persons = live_chunk(SPEC, 0, 12).persons
    cells = cells_of(persons)
    found = {tuple(group.items()): members for group, members in groups()}
    female = found[(("sex", "female"),)][cells]
    old = found[(("age", "70+"),)][cells]
    np.testing.assert_array_equal(old, persons["age"] >= 70)
    assert 0 < female.sum() < 12
