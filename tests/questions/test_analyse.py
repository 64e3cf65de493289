"""An experiment from two files: verdict, plain words, report, and what contradicts is refused."""

import json
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reading import grade
from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.questions.experiment.analyse import analyse
from somnesium.questions.experiment.cent import cent, cent_text
from somnesium.questions.experiment.ran import with_instruments
from somnesium.questions.experiment.table import Carried, example_ran, table_ran

FIRST = date(2026, 1, 5)
PLAN = {
    "measure": "latency",
    "worthwhile": 10.0,
    "first_evening": FIRST,
    "period_nights": 4,
    "order": "ABBABAAB",
    "plan_letter": "A",
    "blinding": "open",
}


def table(path, effect=0.0, noise=6.0, nights=32, seed=1, header="evening,value", **cells):
    """A table of nights; `cells` replaces whole lines by their number."""
    random = np.random.default_rng(seed)
    lines = [header]
    for k in range(nights):
        on = PLAN["order"][k // 4] == "A"
        value = max(0.0, 45 + effect * on + noise * random.standard_normal())
        lines.append(cells.get(f"row{k}", f"{FIRST + timedelta(days=k)},{value:.1f}"))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def example():
    ran = example_ran()
    return ran, analyse(ran)


@pytest.mark.parametrize(
    ("effect", "noise", "word"),
    [
        (-25.0, 5.0, "helps"),
        (25.0, 5.0, "harms"),
        (0.0, 2.0, "no meaningful effect"),
        (0.0, 25.0, "cannot tell"),
    ],
)
def test_each_verdict_is_reached_and_said_plainly(tmp_path, effect, noise, word):
    answer = analyse(table_ran(table(tmp_path / "n.csv", effect, noise), Carried(**PLAN)))
    assert answer.verdict == word
    assert grade(" ".join(answer.summary)) <= 9
    assert [one.prior for one in answer.beliefs] == ["the nights alone", "sceptical"]
    low, high = answer.beliefs[0].interval95
    assert low <= effect <= high
    assert (answer.more_nights_chance is not None) == (word == "cannot tell")


def test_the_example_is_a_whole_analysis(example):
    ran, answer = example
    assert (answer.nights, answer.periods, len(answer.beliefs)) == (56, 8, 3)
    assert {one.instrument for one in answer.instruments} == {"diary", "oura"}
    assert answer.randomisation_least <= answer.randomisation_p <= 1
    assert any(one.what == "doses as taken" for one in answer.sensitivity)
    assert answer.model_version
    assert json.loads(answer.model_dump_json())["series"][0]["evening"] == "2026-01-12"
    assert len(analyse(with_instruments(ran, ["Oura"])).instruments) == 1
    assert grade(" ".join(answer.summary)) <= 9


def test_the_report_has_all_items_and_says_what_is_missing(example):
    report = cent(*example)
    assert len(report.items) == 44 == report.filled + report.absent + report.not_applicable
    assert len({one.number for one in report.items}) == 44
    assert all(one.text for one in report.items)
    missing = [one for one in report.items if one.status == "absent"]
    assert all(one.text.startswith("Missing: ") for one in missing)
    assert {"4c", "19", "23", "25"} <= {one.number for one in missing}
    text = cent_text(report)
    assert sum(line.count(" | ") == 2 for line in text.splitlines()) >= 44
    effect = next(one for one in report.items if one.number == "17a.2").text
    assert effect.startswith(say.number(example[1].beliefs[0].mean, 1, "min"))
    assert {"vohra2015", "shamseer2015"} <= {source.key for source in report.sources}


def test_an_experiment_that_is_not_over_waits_for_strong_evidence(tmp_path):
    path = table(tmp_path / "n.csv", -25.0, 12.0, nights=24)
    answer = analyse(table_ran(path, Carried(**PLAN)))
    assert not answer.finished
    assert answer.verdict == ("helps" if answer.may_stop else "cannot tell")
    assert analyse(table_ran(path, Carried(**PLAN, finished=True))).verdict == "helps"


def test_covariates_doses_and_gaps_are_read(tmp_path):
    path = tmp_path / "n.csv"
    lines = ["Evening;Value;Taken;Assigned;Late coffee"]
    lines += [
        f"{FIRST + timedelta(days=k)};{30 + k % 7},5;{int(k != 2)};{int(k // 4 in (0, 3))};{k % 3}"
        for k in range(16)
        if k != 9
    ]
    path.write_text("\n".join([*lines, f"{FIRST + timedelta(days=90)};20,0;;;"]))
    ran = table_ran(path, Carried(**(PLAN | {"order": "ABBA"})))
    assert ran.series.readings[0].values[:2].tolist() == [30.5, 31.5]
    assert np.flatnonzero(np.isnan(ran.series.readings[0].values)).tolist() == [9]
    assert ran.series.covariates["late coffee"][5] == 2
    assert (ran.series.taken[2], ran.series.taken[3]) == (0, 1)
    assert ran.notes == ("1 rows lie outside the experiment and were left out.",)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"order": "AABB"}, "blocks of AB or BA"),
        ({"order": "ABX"}, "order"),
        ({"measure": "dreams"}, "measure"),
        ({"plan_letter": "C"}, "plan_letter"),
        ({"worthwhile": 0.0}, "worthwhile"),
        ({"first_evening": date(2030, 1, 1)}, "evenings from"),
    ],
)
def test_a_wrong_plan_is_named(tmp_path, changed, said):
    with pytest.raises(InvalidInput, match=said):
        table_ran(table(tmp_path / "n.csv"), Carried(**(PLAN | changed)))


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("evening,minutes", "2026-01-06,4", "evening and value"),
        ("evening,value", "6.1.2026,4", "not a date"),
        ("evening,value", "2026-01-06,four", "not a number"),
        ("evening,value", "2026-01-06,9999", "not minutes"),
        ("evening,value,assigned", "2026-01-06,20,0", "contradict"),
        ("evening,value,instrument", "2026-01-06,20,=1+1", "instrument"),
    ],
)
def test_a_wrong_table_is_named(tmp_path, header, row, said):
    path = table(tmp_path / "n.csv", header=header, row1=row)
    with pytest.raises(InvalidInput, match=said):
        table_ran(path, Carried(**PLAN))


CELL = st.sampled_from(
    ["2026-01-05", "2026-01-06", "2026-02-30", "", "12", "-3", "1e400", "nan", "x", '"', "=1"]
)


@settings(deadline=None, max_examples=150)
@given(
    header=st.permutations(["evening", "value", "taken", "instrument", "tea"]),
    cells=st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=12),
    junk=st.binary(max_size=20),
)
def test_any_table_is_read_or_refused_in_one_line(tmp_path_factory, header, cells, junk):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    lines = [",".join(header), *(",".join(row) for row in cells)]
    path.write_bytes("\n".join(lines).encode() + b"\n" + junk)
    said = outcome(path)
    assert "\n" not in said


def outcome(path) -> str:
    """The error's line, or nothing for a table that could be read."""
    try:
        ran = table_ran(path, Carried(**PLAN))
    except InvalidInput as error:
        return str(error)
    assert set(ran.series.assigned) == {0.0, 1.0}
    return ""
