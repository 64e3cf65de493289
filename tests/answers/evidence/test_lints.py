"""Every lint of the evidence table: where it speaks, and where it is silent."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence_rows import arm, contrast, endpoint, table, trial
from somnesium.answers.evidence.checks_tests import welch
from somnesium.answers.evidence.lints import lints, reviewed
from somnesium.errors import InvalidInput
from somnesium.sources import packaged_toml


def said(**rows):
    return lints(table(**rows))


def about(found, field, severity="flag"):
    return [each.reason for each in found if (each.field, each.severity) == (field, severity)]


def of_endpoint(**cells):
    return said(endpoints=(endpoint(**cells),))


# --- can the number be


@pytest.mark.parametrize(
    ("name", "unit", "value", "refused"),
    [
        ("isi", "points", "28.1", True),
        ("isi", "points", "28", False),
        ("psqi", "points", "21.5", True),
        ("psqi", "points", "-0.1", True),
        ("se", "%", "101", True),
        ("tst", "h", "25", True),
        ("tst", "h", "7.5", False),
        ("serum", "mmol/L", "15", True),
    ],
)
def test_values_beyond_the_scale_are_refused(name, unit, value, refused):
    found = of_endpoint(endpoint=name, unit=unit, post_mean=value)
    assert bool(about(found, "post_mean", "refuse")) == refused


def test_serum_in_the_wrong_unit_is_kept_and_flagged():
    [reason] = about(of_endpoint(endpoint="serum", unit="mmol/L", post_mean="2.05"), "post_mean")
    assert "ordinary in mg/dL" in reason
    [reason] = about(of_endpoint(endpoint="serum", unit="mg/dL", post_mean="0.85"), "post_mean")
    assert "ordinary in mmol/L" in reason
    assert of_endpoint(endpoint="serum", unit="mg/dL", post_mean="2.05") == ()


def test_sleep_told_in_hours_as_minutes_is_flagged():
    [reason] = about(of_endpoint(endpoint="tst", unit="min", post_mean="7.2"), "post_mean")
    assert "ordinary in h" in reason


def test_changes_and_differences_beyond_the_scale_are_refused():
    assert about(of_endpoint(change_mean="-29"), "change_mean", "refuse")
    assert about(said(contrasts=(contrast(estimate="-30"),)), "estimate", "refuse")
    ratio = contrast(measure="ratio", estimate="0")
    assert about(said(contrasts=(ratio,)), "estimate", "refuse")
    assert about(said(contrasts=(contrast(measure="smd", estimate="-4"),)), "estimate")


# --- spreads


@given(st.lists(st.integers(0, 28), min_size=2, max_size=40))
def test_the_spread_of_real_scores_is_never_refused(scores):
    mean = sum(scores) / len(scores)
    spread = math.sqrt(sum((s - mean) ** 2 for s in scores) / (len(scores) - 1))
    found = of_endpoint(n=str(len(scores)), post_mean=f"{mean:.2f}", post_sd=f"{spread:.2f}")
    assert [each for each in found if each.severity == "refuse"] == []
    assert about(found, "post_mean") == []  # nor is its mean called impossible for so many people


def test_a_spread_wider_than_the_scale_is_refused():
    # Scores from 0 to 28 about a mean of 4 differ at most by sqrt(24 * 4) = 9.8.
    found = of_endpoint(n="100", post_mean="4.0", post_sd="10.5")
    assert about(found, "post_sd", "refuse")
    assert about(of_endpoint(n="100", post_mean="4.0", post_sd="9.7"), "post_sd", "refuse") == []


def test_a_standard_error_told_as_a_spread_is_flagged():
    [reason] = about(of_endpoint(n="49", post_mean="13.0", post_sd="0.71"), "post_sd")
    assert "standard error" in reason
    assert about(of_endpoint(n="49", post_mean="13.0", post_sd="5.0"), "post_sd") == []


def test_everyone_alike_is_flagged():
    assert about(of_endpoint(post_mean="13.0", post_sd="0.3"), "post_sd")
    assert about(of_endpoint(post_mean="13.0", post_sd="0"), "post_sd")


def test_usual_spread_is_that_of_other_trials_once_three_tell_it():
    trials = [trial(trial=name) for name in ("t", "u", "v", "w")]
    arms = [arm("a", "magnesium", trial=name) for name in ("t", "u", "v", "w")]
    rows = [endpoint(trial=name, n="25", post_sd="0.9") for name in ("u", "v", "w")]
    odd = endpoint(n="25", post_sd="1.0")
    alone = said(trials=trials, arms=arms, endpoints=(odd,))
    among = said(trials=trials, arms=arms, endpoints=(odd, *rows))
    assert about(alone, "post_sd")
    assert [each for each in among if each.row == odd.where] == []


def test_arms_of_very_unequal_spread_are_flagged():
    rows = (
        endpoint("a", post_mean="14", post_sd="1.6"),
        endpoint("b", post_mean="15", post_sd="6"),
    )
    assert any("one may be a standard error" in r for r in about(said(endpoints=rows), "post_sd"))


# --- whole-number scores


def test_a_mean_no_scores_can_have_is_flagged():
    # Of 12 people 13.10 would need a sum of 157.2; 13.08 is 157 / 12.
    assert about(of_endpoint(n="12", post_mean="13.10"), "post_mean")
    assert about(of_endpoint(n="12", post_mean="13.08"), "post_mean") == []


def test_grain_is_silent_where_print_or_scale_is_too_coarse():
    assert about(of_endpoint(n="12", post_mean="13.1"), "post_mean") == []
    assert (
        about(of_endpoint(endpoint="sol", unit="min", n="12", post_mean="13.10"), "post_mean") == []
    )


def test_a_change_that_is_not_after_less_before_is_flagged():
    cells = {"baseline_mean": "15.2", "post_mean": "11.0"}
    assert about(of_endpoint(**cells, change_mean="-6.0"), "change_mean")
    assert about(of_endpoint(**cells, change_mean="-4.2"), "change_mean") == []


# --- intervals, errors, p values


def test_an_estimate_outside_its_interval_is_refused():
    row = contrast(estimate="-3.0", low="-2.0", high="-1.0")
    assert about(said(contrasts=(row,)), "estimate", "refuse")
    row = contrast(estimate="-1.5", low="-1.0", high="-2.0")
    assert about(said(contrasts=(row,)), "low", "refuse")
    row = endpoint(change_mean="3", change_low="-2", change_high="-1")
    assert about(said(endpoints=(row,)), "change_mean", "refuse")


def test_a_lopsided_interval_is_flagged():
    assert about(said(contrasts=(contrast(estimate="2.01", low="1.22", high="2.93"),)), "estimate")
    assert said(contrasts=(contrast(estimate="-6.0", low="-7.9", high="-4.2"),)) == ()
    ratio = contrast(measure="ratio", estimate="1.40", low="1.20", high="1.63")
    assert said(contrasts=(ratio,)) == ()


def test_an_error_that_is_not_the_width_of_its_interval_is_flagged():
    cells = {"estimate": "-6.05", "low": "-7.90", "high": "-4.20"}
    assert about(said(contrasts=(contrast(**cells, se="1.9"),)), "se")
    assert about(said(contrasts=(contrast(**cells, se="0.94"),)), "se") == []


@pytest.mark.parametrize(
    ("p", "flagged"), [("0.0034", False), ("0.03", True), ("<0.01", False), ("<0.001", True)]
)
def test_p_is_held_against_estimate_and_interval(p, flagged):
    # The crossover of kappeler2017: 0.565 (0.212, 0.918), 20 people, p = 0.0034.
    row = contrast(
        "urine",
        "mmol/24h",
        kind="crossover",
        n_arm="20",
        n_versus="20",
        estimate="0.565",
        low="0.212",
        high="0.918",
        p=p,
    )
    assert bool(about(said(contrasts=(row,)), "p")) == flagged


@given(st.floats(-5, 5), st.floats(0.2, 3.0), st.integers(5, 200))
def test_p_of_a_plain_t_test_is_never_flagged(estimate, error, people):
    freedom = 2 * people - 2
    width = stats.t.ppf(0.975, freedom) * error
    row = contrast(
        n_arm=str(people),
        n_versus=str(people),
        estimate=f"{estimate:.3f}",
        low=f"{estimate - width:.3f}",
        high=f"{estimate + width:.3f}",
        p=f"{2 * stats.t.sf(abs(estimate) / error, freedom):.3f}",
    )
    assert said(contrasts=(row,)) == ()


def arms_after(p):
    rows = (
        endpoint("a", "psqi", n="30", post_mean="8.3", post_sd="2.1"),
        endpoint("b", "psqi", n="30", post_mean="10.3", post_sd="2.0"),
    )
    found = said(endpoints=rows, contrasts=(contrast("psqi", kind="post", p=p),))
    return about(found, "p")


def test_p_is_held_against_the_means_of_the_arms():
    assert arms_after("0.0004") == []
    assert arms_after("<0.001") == []
    oracle = stats.ttest_ind_from_stats(8.3, 2.1, 30, 10.3, 2.0, 30, equal_var=False)
    assert f"({oracle.pvalue:.2g})" in arms_after("0.04")[0]


def test_schuster_is_flagged_for_its_p_value():
    [reason] = [each.reason for each in reviewed().of("schuster2025") if each.field == "p"]
    assert "0.24" in reason  # -3.9 (-5.8, -2.0) against -2.3 (-4.1, -0.4) is no p of 0.049


def test_welch_is_that_of_scipy():
    p, freedom = welch((8.3, 2.1 / math.sqrt(28), 28), (9.9, 3.0 / math.sqrt(31), 31))
    oracle = stats.ttest_ind_from_stats(8.3, 2.1, 28, 9.9, 3.0, 31, equal_var=False)
    assert p == pytest.approx(oracle.pvalue, rel=1e-12)
    assert freedom == pytest.approx(53.79, abs=0.005)  # (v1 + v2)^2 / (v1^2/27 + v2^2/30)


def baselines(second, design="parallel"):
    rows = (
        endpoint("a", n="40", baseline_mean="17.5", baseline_sd="4.0"),
        endpoint("b", n="40", baseline_mean=second, baseline_sd="4.2"),
    )
    return about(said(trials=(trial(design=design),), endpoints=rows), "baseline_mean")


def test_arms_unlike_before_treatment_are_flagged():
    oracle = stats.ttest_ind_from_stats(17.5, 4.0, 40, 14.9, 4.2, 40, equal_var=False)
    assert f"p = {oracle.pvalue:.2g}" in baselines("14.9")[0]
    assert baselines("17.1") == []
    assert baselines("14.9", design="crossover") == []


_ANY = st.one_of(st.just(""), st.floats(0, 1e9).map(repr), st.integers(0, 60).map(str))
_FREE = st.one_of(_ANY, st.floats(-1e9, 0).map(repr))


@given(
    st.fixed_dictionaries(dict.fromkeys(("post_sd", "change_sd", "baseline_sd"), _ANY)),
    st.fixed_dictionaries(
        dict.fromkeys(("post_mean", "change_mean", "change_low", "change_high"), _FREE)
    ),
    st.fixed_dictionaries(dict.fromkeys(("estimate", "low", "high"), _FREE)),
    st.sampled_from(("md", "smd", "ratio")),
    st.sampled_from(("", "1", "2", "40")),
    st.sampled_from(("", "0", "0.05", "<0.001", "1")),
)
def test_lints_never_break(spreads, means, difference, measure, n, p):
    cells = spreads | means | {"n": n, "p": p}
    rows = (endpoint("a", "tst", "h", **cells), endpoint("b", "tst", "h", **cells))
    row = contrast("tst", "h", measure=measure, n_arm=n, n_versus=n, p=p, **difference)
    for each in said(endpoints=rows, contrasts=(row,)):
        assert each.severity in ("refuse", "flag")
        assert each.reason


# --- trials and arms


def test_people_who_do_not_add_up():
    found = said(trials=(trial(n_randomised="40", n_analysed="41"),))
    assert about(found, "n_analysed", "refuse")
    two = (arm("a", "magnesium", n="30"), arm("b", "placebo", n="30"))
    assert about(said(trials=(trial(n_randomised="50"),), arms=two), "n_randomised")
    assert about(said(arms=two, endpoints=(endpoint(n="31"),)), "n", "refuse")
    assert about(said(trials=(trial(age_low="70", age_high="60"),)), "age_low", "refuse")


@pytest.mark.parametrize(
    ("form", "mg", "flagged"),
    [
        ("threonate", "2000", True),
        ("threonate", "145", False),
        ("bisglycinate", "1500", True),
        ("chloride_hexahydrate", "2500", True),
        ("citrate", "450", False),
        ("", "1500", True),
        ("", "729", False),
    ],
)
def test_a_dose_of_the_compound_is_flagged(form, mg, flagged):
    arms = (arm("a", "magnesium", form=form, elemental_mg=mg), arm("b", "placebo"))
    assert bool(about(said(arms=arms), "elemental_mg")) == flagged


def test_rows_told_twice_are_refused():
    assert about(said(endpoints=(endpoint(), endpoint())), "arm", "refuse")
    assert about(said(contrasts=(contrast(), contrast())), "arm", "refuse")
    assert said(endpoints=(endpoint(), endpoint(weeks="8"))) == ()


def test_an_arm_that_repeats_every_figure_of_another_is_flagged():
    figures = {"baseline_mean": "17.2", "baseline_sd": "4.1", "post_mean": "12.9"}
    rows = (endpoint("a", **figures), endpoint("b", **figures))
    assert "an arm copied" in about(said(endpoints=rows), "post_mean")[0]


def test_an_arm_against_itself_is_refused():
    assert about(said(contrasts=(contrast(versus="a"),)), "versus", "refuse")


@pytest.mark.parametrize("field", ["place", "note"])
def test_pages_of_invented_trials_are_flagged(field):
    row = endpoint(**{field: "https://WildFoods.co/blogs/magnesium"})
    assert "invented" in about(said(endpoints=(row,)), field)[0]


def test_placeholder_identifiers_are_flagged():
    found = said(trials=(trial(reference="doi 10.1016/j.sleep.2024.123456"),))
    assert about(found, "reference")


def test_distrusted_trials_say_so():
    found = said(trials=(trial(role="distrust", role_reason="no figures"),))
    assert about(found, "role") == ["distrusted: no figures"]


def test_everything_known_of_trials_speaks_of_trials_we_hold():
    evidence, known = reviewed().evidence, packaged_toml("trials/known.toml")
    for table_name in ("corrigendum", "dose", "numbers"):
        for entry in known[table_name]:
            assert evidence.trial(entry["trial"]), entry
            assert "arm" not in entry or evidence.arm(entry["trial"], entry["arm"]), entry
    fields = {each.field for each in reviewed().of("hausenblas2024")}
    assert "reference" in fields


# --- a user's table


def test_an_impossible_value_is_refused_with_its_row_and_reason(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "trial,arm,endpoint,unit,n,post_mean,trial.design\n"
        "mine2026,placebo,isi,points,40,14.2,parallel\n"
        "mine2026,magnesium,isi,points,40,29.5,parallel\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidInput) as error:
        reviewed(path)
    assert "own.csv row 3 (mine2026), post_mean: got '29.5'" in str(error.value)
    assert "from 0 to 28" in str(error.value)


def test_an_odd_value_is_kept_and_flagged(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "trial,arm,endpoint,unit,n,post_mean,trial.design\n"
        "mine2026,placebo,serum,mmol/L,40,2.05,parallel\n",
        encoding="utf-8",
    )
    review = reviewed(path)
    assert review.evidence.endpoints[-1].post_mean == 2.05
    assert "mg/dL" in review.of("mine2026")[0].reason
