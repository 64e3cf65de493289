"""Rows of the evidence table into differences: every rule fires, and says why when it cannot."""

import pytest
from scipy import stats

from somnesium.answers.evidence.contrasts import differences_of
from somnesium.answers.evidence.effect_sizes import mean_difference, standardise
from somnesium.answers.evidence.reading import packaged, row_of
from somnesium.answers.evidence.table import Evidence


def trial(name="t", **cells):
    base = {
        "trial": name,
        "reference": "mah2021",
        "design": "parallel",
        "blinding": "double",
        "role": "describe",
        "weeks": "8",
    }
    return row_of("trials", base | cells, f"trials {name}")


def arm(name, kind, trial="t", n="20"):
    return row_of("arms", {"trial": trial, "arm": name, "kind": kind, "n": n}, f"arms {name}")


def end(arm, trial="t", **cells):
    base = {
        "trial": trial,
        "arm": arm,
        "endpoint": "sol",
        "instrument": "diary",
        "unit": "min",
        "weeks": "8",
        "seen": "paper",
    }
    return row_of("endpoints", base | cells, f"endpoints {arm}")


def against(trial="t", arm="mg", versus="placebo", **cells):
    base = {
        "trial": trial,
        "arm": arm,
        "versus": versus,
        "endpoint": "sol",
        "unit": "min",
        "instrument": "diary",
        "weeks": "8",
        "measure": "md",
        "kind": "change",
        "seen": "paper",
    }
    return row_of("contrasts", base | cells, "contrasts 1")


ARMS = (arm("mg", "magnesium"), arm("placebo", "placebo"))


def only(trials, arms=ARMS, ends=(), contrasts=(), **asked):
    table = Evidence((trials,), tuple(arms), tuple(ends), tuple(contrasts))
    return differences_of(table, "sol", **asked)


def kept(*args, **kwargs):
    found = only(*args, **kwargs)
    assert found.left_out == ()
    assert len(found.usable) == 1
    return found.usable[0]


def reason(*args, **kwargs):
    found = only(*args, **kwargs)
    assert found.usable == ()
    return found.left_out[0].reason


POST = (end("mg", post_mean="20", post_sd="10"), end("placebo", post_mean="26", post_sd="12"))


def test_end_values_of_two_arms():
    found = kept(trial(), ends=POST)
    expected = mean_difference(20, 10, 20, 26, 12, 20)
    assert (found.yi, found.vi) == pytest.approx(expected)
    assert (found.how, found.se_from, found.correlation) == ("post", "arms", None)


def test_told_changes_come_before_end_values():
    ends = (
        end("mg", post_mean="20", post_sd="10", change_mean="-9", change_sd="8"),
        end("placebo", post_mean="26", post_sd="12", change_mean="-5", change_sd="9"),
    )
    found = kept(trial(), ends=ends)
    assert found.how == "change"
    assert (found.yi, found.vi) == pytest.approx((-4.0, 64 / 20 + 81 / 20))


def test_a_change_with_an_interval_has_the_spread_that_made_it():
    reach = float(stats.t.ppf(0.975, 19)) * 8 / 20**0.5
    ends = (
        end("mg", change_mean="-9", change_low=str(-9 - reach), change_high=str(-9 + reach)),
        end("placebo", change_mean="-5", change_sd="9"),
    )
    assert kept(trial(), ends=ends).vi == pytest.approx(64 / 20 + 81 / 20)


def test_changes_without_spread_take_an_assumed_correlation():
    ends = (
        end("mg", baseline_mean="30", baseline_sd="10", post_mean="20", post_sd="10"),
        end("placebo", baseline_mean="31", baseline_sd="10", change_mean="-5", change_sd="9"),
    )
    found = kept(trial(), ends=ends)
    assert found.correlation == 0.5
    assert (found.yi, found.vi) == pytest.approx((-5.0, 100 / 20 + 81 / 20))
    assert kept(trial(), ends=ends, correlation=0.8).vi == pytest.approx(40 / 20 + 81 / 20)


@pytest.mark.parametrize(
    ("cells", "se", "se_from"),
    [
        ({"se": "2.5"}, 2.5, "se"),
        ({"low": "-10", "high": "2"}, 6 / stats.t.ppf(0.975, 38), "interval"),
        ({"p": "0.04"}, 4 / stats.t.isf(0.02, 38), "p"),
        ({"p": "<0.01"}, 4 / stats.t.isf(0.005, 38), "p_bound"),
    ],
)
def test_published_differences_by_what_they_print(cells, se, se_from):
    found = kept(trial(), contrasts=[against(estimate="-4", **cells)])
    assert found.yi == -4.0
    assert found.vi**0.5 == pytest.approx(se)
    assert (found.how, found.se_from) == ("published", se_from)


def test_a_published_difference_comes_before_the_arms_and_an_adjusted_one_first():
    contrasts = [against(estimate="-4", se="2"), against(estimate="-3", se="1", kind="ancova")]
    assert kept(trial(), ends=POST, contrasts=contrasts).yi == -3.0


def test_a_difference_printed_the_other_way_round_is_turned():
    row = against(arm="placebo", versus="mg", estimate="4", low="1", high="7")
    assert kept(trial(), contrasts=[row]).yi == -4.0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"contrasts": [against(p="0.02")]}, "only a p value"),
        ({"contrasts": [against(estimate="-4")]}, "without a standard error"),
        ({"contrasts": [against(estimate="-4", p="<0.2")]}, "without a standard error"),
        ({"contrasts": [against(estimate="0.8", measure="ratio", se="0.1")]}, "a ratio"),
        ({"contrasts": [against(estimate="-0.4", measure="smd", se="0.1")]}, "standardised only"),
        ({"ends": POST[:1]}, "not measured alike"),
        ({"ends": (POST[0], end("placebo", post_mean="26"))}, "without standard deviations"),
        ({"arms": ARMS[:1], "ends": POST[:1]}, "no control arm"),
    ],
)
def test_what_cannot_be_used_says_why(rows, said):
    assert said in reason(trial(), **rows)


def test_poolings_and_single_arms_are_no_trials():
    row = [against(estimate="-17", low="-27", high="-7")]
    assert "pooling of trials" in reason(trial(design="synthesis"), contrasts=row)
    assert "no control arm" in reason(trial(design="single_arm"), ends=POST)


def test_placebo_comes_before_no_treatment():
    arms = (*ARMS, arm("usual", "no_treatment"))
    ends = (*POST, end("usual", post_mean="40", post_sd="12"))
    assert kept(trial(), arms, ends).control == "placebo"


def test_the_end_of_treatment_and_the_better_instrument_are_taken():
    ends = (
        *POST,
        end("mg", post_mean="1", post_sd="10", weeks="20"),
        end("placebo", post_mean="1", post_sd="10", weeks="20"),
    )
    assert kept(trial(), ends=ends).weeks == 8.0
    slept = (
        end("mg", post_mean="15", post_sd="10", instrument="psg", weeks="7"),
        end("placebo", post_mean="18", post_sd="10", instrument="psg", weeks="7"),
    )
    assert kept(trial(), ends=(*ends, *slept)).instrument == "psg"


def test_a_control_group_is_shared_out_among_the_arms_compared_with_it():
    arms = (arm("low", "magnesium"), arm("high", "magnesium"), arm("placebo", "placebo"))
    ends = (
        end("low", post_mean="20", post_sd="10"),
        end("high", post_mean="18", post_sd="10"),
        end("placebo", post_mean="26", post_sd="10"),
    )
    found = only(trial(), arms, ends).usable
    assert [one.vi for one in found] == pytest.approx([100 / 20 + 100 / 10] * 2)
    assert sum(one.people for one in found) == 60


def test_blends_stand_apart_and_do_not_take_from_the_control():
    arms = (*ARMS, arm("gummy", "combination"))
    ends = (*POST, end("gummy", post_mean="10", post_sd="10"))
    found = only(trial(), arms, ends).usable
    assert [one.blend for one in found] == [False, True]
    assert found[0].n_versus == 20


def test_periods_of_a_crossover_are_the_same_people():
    one = kept(trial(design="crossover"), ends=POST)
    assert one.how == "periods"
    assert one.vi == pytest.approx((100 + 144 - 120) / 20)
    assert one.people == 20
    row = [against(estimate="-6", p="0.03", kind="crossover")]
    published = kept(trial(design="crossover"), contrasts=row)
    assert published.vi**0.5 == pytest.approx(6 / stats.t.isf(0.015, 19))


def test_sizes_of_arms_that_are_not_told_are_shared_out():
    arms = (arm("mg", "magnesium", n=""), arm("placebo", "placebo", n=""))
    found = kept(trial(n_analysed="50"), arms, POST)
    assert (found.n, found.n_versus, found.n_shared) == (25, 25, True)
    assert "number of people" in reason(trial(), arms, POST)


def test_standardised_differences():
    found = kept(trial(), ends=POST, measure="smd")
    pooled = ((100 + 144) / 2) ** 0.5
    expected = standardise(mean_difference(20, 10, 20, 26, 12, 20), pooled, 40)
    assert (found.yi, found.vi) == pytest.approx(expected)
    assert found.unit == "SD"
    row = [against(estimate="-6", se="3")]
    assert kept(trial(), ends=POST, contrasts=row, measure="smd").yi == pytest.approx(found.yi)
    assert "to standardise with" in reason(trial(), contrasts=row, measure="smd")


def test_our_own_table_gives_differences_with_variances_above_zero():
    table = packaged()
    found = [
        one
        for name in {row.endpoint for row in (*table.endpoints, *table.contrasts)}
        for one in differences_of(table, name).usable
    ]
    assert len(found) >= 10
    assert all(one.vi > 0 and one.n >= 2 for one in found)
    pooled_before = {row.trial for row in table.trials if row.design == "synthesis"}
    assert not {one.trial for one in found} & pooled_before
