"""The import of a FoodData Central zip: streaming, all or nothing, and what it changes."""

import csv
import io
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from somnesium.errors import InvalidInput
from somnesium.person.fooddata import import_foods
from somnesium.person.foodtable import imported_path

SOURCE = Path(__file__).parents[2] / "src"
FOLDER = "FoodData_Central_csv_2025-04-24/"


def tables() -> dict[str, list[list]]:
    """A small release, laid out as FoodData Central lays its CSV out."""
    return {
        "food.csv": [
            ["fdc_id", "data_type", "description", "food_category_id", "publication_date"],
            [168462, "sr_legacy_food", "Spinach, raw", 11, "2019-04-01"],
            [172420, "sr_legacy_food", "Lentils, raw", 16, "2019-04-01"],
            [747447, "foundation_food", "Broccoli, raw, this year's", 11, "2025-04-24"],
            [2341752, "survey_fndds_food", "Porridge of moonbeans", 4204, "10/31/2024"],
            [2341753, "survey_fndds_food", "Unmeasured moonbeans", 4204, "10/31/2024"],
            [999001, "branded_food", "CRUNCHY MOONBEANS", "", "2025-04-24"],
            [999002, "sub_sample_food", "Spinach sample 7", 11, "2025-04-24"],
        ],
        "nutrient.csv": [
            ["id", "name", "unit_name", "nutrient_nbr", "rank"],
            [1090, "Magnesium, Mg", "MG", "304", 5500.0],
            [1008, "Energy", "KCAL", "208", 300.0],
            [1062, "Energy", "kJ", "268", 400.0],
        ],
        "food_nutrient.csv": [
            ["id", "fdc_id", "nutrient_id", "amount", "data_points"],
            [1, 168462, 1090, 93.0, 7],
            [2, 168462, 1008, 23, 0],
            [3, 172420, 1090, 47.0, 3],
            [4, 747447, 1090, 21.5, 8],
            [5, 2341752, 304, 66.0, 0],
            [6, 999001, 1090, 5000.0, 0],
            [7, 168462, 1062, 97, 0],
        ],
        "food_category.csv": [
            ["id", "code", "description"],
            [11, "1100", "Vegetables and Vegetable Products"],
            [16, "1600", "Legumes and Legume Products"],
        ],
        "wweia_food_category.csv": [
            ["wweia_food_category", "wweia_food_category_description"],
            [4204, "Oatmeal"],
        ],
        "sr_legacy_food.csv": [["fdc_id", "NDB_number"], [168462, 11457], [172420, 16069]],
        "foundation_food.csv": [["fdc_id", "NDB_number", "footnote"], [747447, 11090, ""]],
        "measure_unit.csv": [["id", "name"], [1000, "cup"], [9999, "undetermined"]],
        "food_portion.csv": [
            [
                "id",
                "fdc_id",
                "seq_num",
                "amount",
                "measure_unit_id",
                "portion_description",
                "modifier",
                "gram_weight",
            ],
            [1, 168462, 1, 1, 9999, "", "cup", 30],
            [2, 747447, 1, 1, 1000, "", "chopped", 76],
            [3, 2341752, 1, "", 9999, "2 cups, cooked", "10205", 480],
            [4, 2341752, 2, "", 9999, "Quantity not specified", "90000", 240],
        ],
    }


def zipped(path: Path, changed: dict[str, list[list] | None] | None = None) -> Path:
    """Write a release, with tables changed or, where None, left out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in (tables() | (changed or {})).items():
            if rows is not None:
                text = io.StringIO()
                csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
                archive.writestr(FOLDER + name, text.getvalue())
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def told(code: str) -> list[str]:
    """What a new process prints: the table is read once a process."""
    done = subprocess.run(
        [sys.executable, "-c", f"from somnesium.person.foods import *\n{code}"],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split("\n")[:-1]


def test_new_values_take_the_place_of_old_ones_and_new_foods_stand_beside(home):
    found = import_foods(zipped(home / "fdc.zip"))
    assert found.label == "FoodData Central 2025-04-24"
    assert (found.foods, found.with_magnesium, found.with_portions) == (5, 4, 3)
    assert found.path == imported_path()
    lines = told(
        "s = find_food('spinach'); print(s.ndb_no, s.magnesium_mg_per_100g, s.table, s.cv)\n"
        "print(find_food('lentils, raw').magnesium_mg_per_100g, repr(find_food('16069').note))\n"
        "m = find_food('porridge of moonbeans')\n"
        "print(m.ndb_no, m.magnesium_mg_per_100g, m.cv, m.category)\n"
        "print(portion_grams(m, 'cup', 2), portion_grams(s, 'cup'))\n"
        "print(find_food('unmeasured moonbeans').magnesium_mg_per_100g, len(foods()))\n"
        "print(find_food('almonds').table, len(search_foods('crunchy moonbeans sample')))\n"
    )
    assert lines[0] == "11457 93.0 FoodData Central 2025-04-24 0.16"
    assert lines[1] == "47.0 ''"
    assert lines[2] == "2341752 66.0 0.25 Oatmeal"
    assert lines[3] == "480.0 30.0"
    assert lines[4] == f"None {7907 + 2}"
    assert lines[5].startswith("USDA SR24")


def test_without_an_import_the_packaged_table_stands(home):
    assert told("print(len(foods()), find_food('spinach').table)") == ["7907 USDA SR24"]


def lacking(name: str, column: str) -> list[list]:
    rows = tables()[name]
    at = rows[0].index(column)
    return [row[:at] + row[at + 1 :] for row in rows]


def edited(name: str, row: int, column: int, value: object) -> list[list]:
    rows = tables()[name]
    rows[row][column] = value
    return rows


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"food.csv": None}, ("food.csv", "CSV")),
        ({"nutrient.csv": None}, ("nutrient.csv",)),
        ({"food_nutrient.csv": None}, ("food_nutrient.csv",)),
        ({"food_nutrient.csv": lacking("food_nutrient.csv", "amount")}, ("column amount",)),
        ({"food_nutrient.csv": edited("food_nutrient.csv", 1, 3, "much")}, ("Spinach", "much")),
        ({"food_nutrient.csv": edited("food_nutrient.csv", 1, 3, -4)}, ("Spinach", "-4")),
        ({"food_nutrient.csv": edited("food_nutrient.csv", 1, 3, "nan")}, ("Spinach", "nan")),
        ({"food_nutrient.csv": edited("food_nutrient.csv", 1, 3, 9e5)}, ("Spinach",)),
        ({"food_nutrient.csv": tables()["food_nutrient.csv"][:1]}, ("holds none",)),
        ({"nutrient.csv": edited("nutrient.csv", 1, 2, "UG")}, ("magnesium in UG", "MG")),
        ({"nutrient.csv": edited("nutrient.csv", 1, 3, "999")}, ("304",)),
        ({"food.csv": [tables()["food.csv"][k] for k in (0, 6, 7)]}, ("branded",)),
        ({"food_portion.csv": edited("food_portion.csv", 1, 7, "heavy")}, ("heavy",)),
        ({"food_nutrient.csv": [*tables()["food_nutrient.csv"], [8, 168462]]}, ("cut off",)),
    ],
)
def test_what_is_wrong_is_said_and_the_earlier_import_stays(home, changed, said):
    path = import_foods(zipped(home / "good.zip")).path
    before = path.read_bytes()
    with pytest.raises(InvalidInput) as caught:
        import_foods(zipped(home / "bad.zip", changed))
    line = str(caught.value)
    assert "\n" not in line
    assert all(word in line for word in said), line
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_files_that_are_no_such_zip(home):
    whole = zipped(home / "fdc.zip").read_bytes()
    for name, content in {
        "text.zip": b"not a zip",
        "empty.zip": b"",
        "half.zip": whole[: len(whole) // 2],
    }.items():
        (home / name).write_bytes(content)
        with pytest.raises(InvalidInput, match="download it again"):
            import_foods(home / name)
    with pytest.raises(InvalidInput):
        import_foods(home / "none.zip")
    broken = bytearray(whole)
    at = whole.index(FOLDER.encode() + b"food_nutrient.csv") + 70
    broken[at : at + 20] = bytes(20)
    (home / "broken.zip").write_bytes(broken)
    with pytest.raises(InvalidInput):
        import_foods(home / "broken.zip")
    assert not imported_path().exists()


def test_a_folder_that_cannot_be_written_is_said(home, monkeypatch):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "file"))
    with pytest.raises(InvalidInput, match="XDG_DATA_HOME"):
        import_foods(zipped(home / "fdc.zip"))


def test_a_damaged_import_is_said_and_not_passed_over(home):
    path = import_foods(zipped(home / "fdc.zip")).path
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(subprocess.CalledProcessError) as caught:
        told("foods()")
    assert "import it again" in caught.value.stderr


def test_rows_of_other_foods_cost_no_memory(home):
    rows = tables()["food_nutrient.csv"]
    many = [[k, 999001, 1090, 1.0, 0] for k in range(1_000_000)]
    path = zipped(home / "large.zip", {"food_nutrient.csv": rows[:1] + many + rows[1:]})
    del many
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from somnesium.person.fooddata import import_foods\n"
        "import_foods(Path(sys.argv[1]))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def peak(source: Path) -> int:
        done = subprocess.run(
            [sys.executable, "-c", code, str(source)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": str(SOURCE)},
        )
        return int(done.stdout) * resource.getpagesize() // resource.getpagesize()

    # ru_maxrss is in KiB; a million rows held would be hundreds of MiB.
    assert peak(path) - peak(zipped(home / "small.zip")) < 30_000
