"""The evidence table: what it holds, its split, and reading a user's trials."""

import contextlib
import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_rows import arm, endpoint, table
from somnesium.answers.evidence.lints import reviewed
from somnesium.answers.evidence.measures import MEASURES
from somnesium.answers.evidence.reading import joined, packaged, read_trials, row_of
from somnesium.answers.evidence.table import TABLES, Evidence
from somnesium.errors import InvalidInput
from somnesium.person.supplements import forms
from somnesium.sources import exists, packaged_text

EMPTY = Evidence((), (), (), ())
OURS = packaged()


def saved(tmp_path, text, name="own.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


# --- our own table


@pytest.mark.parametrize("name", TABLES)
def test_columns_of_our_files_are_the_fields_of_the_records(name):
    header = next(csv.reader(packaged_text(f"trials/{name}.csv").splitlines()))
    assert header == [f for f in TABLES[name]._fields if f not in ("where", "printed")]


def test_our_rows_belong_together_and_every_trial_has_a_source():
    assert joined(OURS, EMPTY) == OURS
    assert [row.reference for row in OURS.trials if not exists(row.reference)] == []
    assert {row.trial for row in OURS.arms} == {row.trial for row in OURS.trials}


def test_every_endpoint_has_a_source_and_bounds_in_order():
    for name, measure in MEASURES.items():
        assert exists(measure.source), name
        assert measure.low <= measure.odd_low < measure.odd_high <= measure.high, name


def test_nothing_of_our_table_is_refused_and_every_lint_has_a_source():
    found = reviewed().lints
    assert [each for each in found if each.severity == "refuse"] == []
    assert [each.source for each in found if not exists(each.source)] == []
    assert {"abbasi2012", "schuster2025", "hausenblas2024"} <= {each.trial for each in found}


def test_what_is_remembered_says_so():
    [row] = [r for r in OURS.contrasts if (r.trial, r.endpoint) == ("schuster2025", "isi")]
    assert (row.estimate, row.seen) == (-1.6, "secondary")
    arms = [r for r in OURS.endpoints if r.trial == "schuster2025"]
    assert {r.seen for r in arms} == {"memory"}


def test_means_that_were_never_found_are_missing():
    for name in ("abbasi2012", "hausenblas2024", "breus2024", "khalid2024"):
        rows = [r for r in OURS.endpoints if r.trial == name and r.endpoint in ("isi", "sol")]
        assert [r for r in rows if r.post_mean is not None] == []


# --- the split


def test_a_third_of_what_can_be_simulated_is_held_out():
    held, fitted = len(OURS.with_role("held_out")), len(OURS.with_role("calibrate"))
    assert 0.25 <= held / (held + fitted) <= 0.5
    assert all(row.role_reason for row in OURS.trials)


def test_no_held_out_trial_was_fitted_before():
    from somnesium.questions.qualify import benchmarks

    rows = [row for row in benchmarks() if row.kind == "fitted"]
    fitted = {source.split("#")[0] for row in rows for source in row.sources}
    judged = {source for form in forms().values() for source in form.sources}
    held = {row.reference for row in OURS.with_role("held_out")}
    assert fitted
    assert held & (fitted | judged) == set()


def test_the_same_people_stand_on_one_side():
    roles = {OURS.trial(name).role for name in ("joris2016", "schutten2020")}
    assert len(roles) == 1


def test_syntheses_are_only_told():
    rows = [row for row in OURS.trials if row.design == "synthesis"]
    assert rows
    assert {row.role for row in rows} == {"describe"}


# --- units


def test_mg_dl_becomes_mmol_l():
    row = endpoint(endpoint="serum", unit="mg/dL", post_mean="2.05", post_sd="0.20")
    assert row.unit == "mmol/L"
    assert row.post_mean == pytest.approx(2.05 * 10 / 24.305)
    assert row.post_sd == pytest.approx(0.20 * 10 / 24.305)


def test_hours_and_shares_become_minutes_and_percent():
    assert endpoint(endpoint="tst", unit="h", post_mean="5.5").post_mean == 330.0
    assert endpoint(endpoint="se", unit="ratio", change_mean="0.06").change_mean == 6.0


def test_cortisol_by_mass_becomes_nmol_l():
    row = endpoint(endpoint="cortisol_serum", unit="ug/dL", post_mean="10")
    assert row.post_mean == pytest.approx(275.9, abs=0.1)


def test_standardised_differences_are_not_turned_into_another_unit():
    cells = {
        "trial": "t",
        "arm": "a",
        "versus": "b",
        "endpoint": "tst",
        "unit": "h",
        "measure": "smd",
        "kind": "post",
        "estimate": "0.3",
        "seen": "paper",
    }
    assert row_of("contrasts", cells, "row 2").estimate == 0.3


@given(st.floats(0.1, 100.0, allow_nan=False))
def test_a_value_and_its_spread_are_turned_alike(value):
    row = endpoint(
        endpoint="urine", unit="mg/24h", post_mean=repr(value), post_sd=repr(0.1 * value)
    )
    assert row.post_sd == pytest.approx(0.1 * row.post_mean)


def test_p_may_be_a_bound():
    row = endpoint(p="<0.001")
    assert (row.p, row.printed["p"]) == (0.001, "<0.001")


def test_an_empty_cell_is_missing_not_zero():
    assert endpoint(post_mean="").post_mean is None
    assert endpoint(post_mean="0").post_mean == 0.0


# --- a user's file

CONTRASTS = (
    "trial,arm,versus,endpoint,unit,n_arm,n_versus,measure,kind,estimate,low,high,arm.elemental_mg\n"
    "mine2026,magnesium,placebo,isi,points,60,60,md,change,-1.2,-2.6,0.2,300\n"
)


def test_differences_from_a_csv_bring_their_trial_and_arms(tmp_path):
    review = reviewed(saved(tmp_path, CONTRASTS))
    assert len(review.evidence.contrasts) == len(OURS.contrasts) + 1
    trial = review.evidence.trial("mine2026")
    assert (trial.design, trial.role) == ("parallel", "describe")
    assert review.evidence.arm("mine2026", "magnesium").elemental_mg == 300.0
    assert review.evidence.arm("mine2026", "placebo").kind == "placebo"


def test_endpoints_from_a_csv_say_their_design(tmp_path):
    text = (
        "trial,arm,endpoint,instrument,unit,n,post_mean,post_sd,trial.design,arm.kind\n"
        "mine2026,mg,sol,diary,min,40,31,18,parallel,magnesium\n"
        "mine2026,pl,sol,diary,min,41,36,20,parallel,placebo\n"
    )
    review = reviewed(saved(tmp_path, text))
    assert review.evidence.endpoints[-1].post_mean == 36.0
    assert review.evidence.arm("mine2026", "pl").kind == "placebo"


def test_endpoints_of_a_new_trial_without_its_design_are_refused(tmp_path):
    text = "trial,arm,endpoint,unit,post_mean\nmine2026,placebo,sol,min,31\n"
    with pytest.raises(InvalidInput, match=r"own\.csv row 2, design"):
        reviewed(saved(tmp_path, text))


def test_a_row_may_speak_of_a_trial_we_hold(tmp_path):
    text = (
        "trial,arm,endpoint,instrument,unit,weeks,n,post_mean,post_sd\n"
        "abbasi2012,magnesium,isi,questionnaire,points,8,21,14.1,3.9\n"
    )
    review = reviewed(saved(tmp_path, text))
    assert len(review.evidence.trials) == len(OURS.trials)
    assert review.evidence.endpoints[-1].post_mean == 14.1


def test_all_four_tables_from_toml(tmp_path):
    text = """
[[trials]]
trial = "mine2026"
design = "parallel"
n_randomised = 80
[[arms]]
trial = "mine2026"
arm = "mg"
kind = "magnesium"
form = "citrate"
elemental_mg = 300
[[arms]]
trial = "mine2026"
arm = "pl"
kind = "placebo"
[[contrasts]]
trial = "mine2026"
arm = "mg"
versus = "pl"
endpoint = "psqi"
unit = "points"
measure = "md"
kind = "ancova"
estimate = -0.4
se = 0.5
"""
    evidence = reviewed(saved(tmp_path, text, "own.toml")).evidence
    assert evidence.trial("mine2026").n_randomised == 80
    assert evidence.contrasts[-1].se == 0.5


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("-1.2,", "low,", "row 2, estimate: got 'low'"),
        (",60,60,", ",60.5,60,", "row 2, n_arm: got '60.5'"),
        ("isi,points", "psqu,points", 'did you mean "psqi"'),
        ("isi,points", "isi,min", "row 2, unit: got 'min'; allowed: points"),
        (",md,", ",mean,", "row 2, measure"),
        ("mine2026,", "Mine 2026,", "small letters"),
        ("arm.elemental_mg", "arms.elemental", "trial.… or arm.…"),
        ("arm.elemental_mg", "dose", "row 2, column: got 'dose'"),
        ("placebo,isi", "sugar,isi", "row 2, kind"),
        ("n_versus", "n_arm", "every column once"),
        ("0.2,300", "0.2,300,9", "13 cells"),
        ("kind,", "sort,", "also kind"),
    ],
)
def test_bad_rows_are_named(tmp_path, old, new, told):
    with pytest.raises(InvalidInput) as error:
        reviewed(saved(tmp_path, CONTRASTS.replace(old, new)))
    assert told in str(error.value)


@pytest.mark.parametrize("text", ["", "trial,arm\n", "trial,arm,endpoint\na,b\x00,c\n"])
def test_files_without_rows_are_refused(tmp_path, text):
    with pytest.raises(InvalidInput):
        read_trials(saved(tmp_path, text), EMPTY)


def test_missing_unreadable_and_unknown_files_are_refused(tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"trial,arm\n\xff\xfe,b\n")
    for path in (tmp_path / "none.csv", tmp_path / "bad.csv", tmp_path / "a.xlsx", tmp_path):
        with pytest.raises(InvalidInput):
            read_trials(path, EMPTY)


@pytest.mark.parametrize("text", ["[[studies]]\ntrial = 'a'", "trials = 3", "= 3"])
def test_toml_of_other_tables_is_refused(tmp_path, text):
    with pytest.raises(InvalidInput):
        read_trials(saved(tmp_path, text, "own.toml"), EMPTY)


def test_a_trial_or_an_arm_told_anew_is_refused():
    with pytest.raises(InvalidInput, match="a trial once"):
        joined(OURS, OURS)
    twice = table(arms=(arm("a", "magnesium"), arm("a", "placebo")))
    with pytest.raises(InvalidInput, match="an arm once"):
        joined(twice, EMPTY)


def test_a_row_of_an_unknown_arm_is_refused():
    with pytest.raises(InvalidInput, match="arm: got 'c'; allowed: a, b"):
        joined(table(endpoints=(endpoint("c"),)), EMPTY)


@given(st.dictionaries(st.sampled_from(["post_mean", "post_sd", "n", "p", "weeks"]), st.text()))
def test_any_text_in_a_cell_is_read_or_refused(cells):
    with contextlib.suppress(InvalidInput):
        row = endpoint(**cells)
        assert row.n is None or row.n >= 1
        assert row.p is None or 0.0 <= row.p <= 1.0
        assert row.post_sd is None or row.post_sd >= 0.0
