"""The document of a population: tables of one's own, and what is impossible."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.population.people import draw_people
from somnesium.population.spec import PopulationSpec

TABLE = {
    "age": [30, 45, None, 80],
    "sex": ["female", "male", None, "female"],
    "food_mg": [None, 100.0, 250.0, None],
    "insomnia": ["none", "severe", None, "mild"],
    "ppi": [True, False, None, True],
    "weight": [1.0, 2.0, 0.5, 0.0],
}


def test_people_of_a_table_are_as_they_are_said_to_be():
    spec = PopulationSpec(table=TABLE)
    assert spec.people == 4
    found = draw_people(spec, 0, 4)
    np.testing.assert_array_equal(found.age[[0, 1, 3]], [30, 45, 80])
    np.testing.assert_array_equal(found.sex[[0, 1, 3]], [0, 1, 0])
    np.testing.assert_array_equal(found.food_mg[[1, 2]], [100, 250])
    np.testing.assert_array_equal(found.insomnia[[0, 1, 3]], [0, 3, 1])
    np.testing.assert_array_equal(found.ppi[[0, 1, 3]], [True, False, True])
    np.testing.assert_array_equal(found.weight, TABLE["weight"])


def test_missing_cells_are_drawn_and_not_zero():
    spec = PopulationSpec(people=2000, table={"food_mg": [None], "mass_kg": [None]})
    found = draw_people(spec, 0, 2000)
    assert found.food_mg.min() > 50
    assert found.mass_kg.min() >= 35
    assert found.age.std() > 10


def test_what_is_missing_goes_with_what_is_known():
    rows = 3000
    heavy = PopulationSpec(people=rows, table={"mass_kg": [140.0], "sex": ["male"], "age": [60]})
    light = PopulationSpec(people=rows, table={"mass_kg": [60.0], "sex": ["male"], "age": [60]})
    fat, thin = draw_people(heavy, 0, rows), draw_people(light, 0, rows)
    # 2 SD apart and more, by the correlations of the margins
    assert fat.height_cm.mean() < thin.height_cm.mean() + 30
    assert np.mean(fat.diabetes >= 2) > np.mean(thin.diabetes >= 2) + 0.1
    assert fat.food_mg.mean() > 1.05 * thin.food_mg.mean()


def test_height_follows_a_known_mass_by_their_correlation():
    rows = 4000
    spec = PopulationSpec(people=rows, table={"mass_kg": [140.0], "sex": ["male"], "age": [60]})
    found = draw_people(spec, 0, rows)
    # nhanes2009, men of 51-70: 175.6 + 0.49 · 7.5 · (ln 140 - 4.478) / 0.210
    assert found.height_cm.mean() == pytest.approx(175.6 + 0.49 * 7.5 * 2.208, abs=0.5)
    assert found.height_cm.std() == pytest.approx(7.5 * np.sqrt(1 - 0.49**2), rel=0.05)


def test_more_people_than_rows_begin_again_with_other_bodies():
    spec = PopulationSpec(people=8, table=TABLE)
    found = draw_people(spec, 0, 8)
    np.testing.assert_array_equal(found.age[[0, 1, 3]], found.age[[4, 5, 7]])
    assert found.food_mg[0] != found.food_mg[4]


def test_filters_choose_rows_and_what_is_drawn():
    spec = PopulationSpec(people=6, table=TABLE, filters={"sex": "female"})
    found = draw_people(spec, 0, 6)
    assert set(found.sex) == {0}
    assert 45 not in found.age


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_is_read_like_columns(tmp_path, suffix):
    path = tmp_path / f"people{suffix}"
    if suffix == ".csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([TABLE, *zip(*TABLE.values(), strict=True)])
    else:
        pq.write_table(pa.table(TABLE), path)
    assert PopulationSpec(table=str(path)) == PopulationSpec(table=TABLE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no rows"),
        ("age,sex\n", "no rows"),
        ("age,sex\n30,female\n40\n", "row 2 has 1 cells, the first line 2"),
        ("age,age\n30,40\n", "two columns have one name"),
        ("age\nthirty\n", "table.age[0]"),
        ("age\n3_0\n", "table.age[0]"),
        ("age\n30\ninf\n", "table.age[1]"),
        ('age\n"30\n', "a readable file"),
        ("age\n\xff", "a readable file"),
    ],
)
def test_a_csv_that_is_no_table_of_people_is_one_line(tmp_path, text, words):
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidInput) as caught:
        PopulationSpec(table=str(path))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rows_are_read_like_columns():
    rows = [dict(zip(TABLE, row, strict=True)) for row in zip(*TABLE.values(), strict=True)]
    assert PopulationSpec(table=rows) == PopulationSpec(table=TABLE)


def test_a_document_comes_back_from_its_own_text():
    spec = PopulationSpec(
        table=TABLE, filters={"sex": ["female"]}, spreads={"stress": {"mean": 0.5, "sd": 0.1}}
    )
    for text in (spec.model_dump_json(), json.dumps(spec.model_dump(exclude_unset=True))):
        assert read_document(text, PopulationSpec) == spec


IMPOSSIBLE = [
    ({"filters": {"agee": [20, 30]}}, 'did you mean "age"'),
    ({"filters": {"age": [60, 30]}}, "upside down"),
    ({"filters": {"age": [100, 110]}}, "nobody lies in this range"),
    ({"filters": {"age": 30}}, "filters.age"),
    ({"filters": {"age": [30, float("nan")]}}, "filters.age"),
    ({"filters": {"sex": "femal"}}, 'did you mean "female"'),
    ({"filters": {"insomnia": []}}, "at least one of"),
    ({"filters": {"ppi": "perhaps"}}, "true or false"),
    ({"filters": [1, 2]}, "filters"),
    ({"spreads": {"age": {"mean": 50, "sd": 0}}}, "above zero"),
    ({"spreads": {"age": {"mean": 50, "sd": -3}}}, "above zero"),
    ({"spreads": {"age": {"mean": 150, "sd": 3}}}, "spreads.age.mean"),
    ({"spreads": {"age": {"mean": 50}}}, "mean = …, sd = …"),
    ({"spreads": {"sex": {"mean": 0.5, "sd": 0.5}}}, "filters instead"),
    ({"spreads": {"agee": {"mean": 50, "sd": 3}}}, 'did you mean "age"'),
    ({"table": {"age": [30, 40], "sex": ["female"]}}, "one length"),
    ({"table": {"age": []}}, "no rows"),
    ({"table": {"agee": [30]}}, 'did you mean "age"'),
    ({"table": {"age": ["thirty"]}}, "table.age[0]"),
    ({"table": {"age": [30, 400]}}, "table.age[1]"),
    ({"table": {"alcohol_days": [2.5]}}, "a whole number"),
    ({"table": {"sex": [1]}}, "female, male"),
    ({"table": {"bed_work": [23.0], "rise_work": [0.5]}}, "2 to 16 h in bed"),
    ({"table": {"age": [30, 40], "weight": [1, -1]}}, "table.weight[1]"),
    ({"table": {"age": [30, 40], "weight": [0, 0]}}, "only zeros"),
    ({"table": {"age": [30, 40], "weight": [1, None]}}, "table.weight[1]"),
    ({"table": {"age": [30], "weight": [float("inf")]}}, "table.weight[0]"),
    ({"table": {"age": [30, 40], "weight": [1, 2]}, "weights_sum": 4.0}, "sum of the weights"),
    ({"weights_sum": 4.0}, "without a weight column"),
    ({"table": {"age": [30]}, "filters": {"age": [50, 60]}}, "some row of the table"),
    ({"table": "nobody.csv"}, "no such file"),
    ({"table": "people.txt"}, ".csv or .parquet"),
    ({"people": 0}, "people"),
]


@pytest.mark.parametrize(("document", "words"), IMPOSSIBLE, ids=lambda value: str(value)[:50])
def test_an_impossible_population_is_refused_in_one_line(document, words):
    with pytest.raises(InvalidInput) as found:
        read_document(document, PopulationSpec)
    line = str(found.value)
    assert words in line
    assert "\n" not in line
    assert len(line) < 900


def test_weights_that_sum_are_taken():
    table = {"age": [30, 40], "weight": [1, 2]}
    assert PopulationSpec(table=table, weights_sum=3.0).given.weight.sum() == 3.0


def test_filters_that_nobody_passes_are_refused_when_drawn():
    spec = PopulationSpec(
        people=5, filters={"age": [18, 19], "bowel_resection": True, "bariatric_surgery": True}
    )
    with pytest.raises(InvalidInput, match="at least one in 100,000"):
        draw_people(spec, 0, 5)


def test_a_corrupt_file_is_one_line(tmp_path):
    path = tmp_path / "people.parquet"
    path.write_bytes(b"not parquet at all")
    with pytest.raises(InvalidInput) as found:
        PopulationSpec(table=str(path))
    assert "\n" not in str(found.value)
