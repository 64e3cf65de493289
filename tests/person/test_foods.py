"""Foods by forgiving name; missing stays missing; portions weigh what USDA weighed."""

import re
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.foods import find_food, foods, portion_grams, portions, search_foods
from somnesium.sources import packaged_text

SPOT = {
    "12014": 592,
    "12061": 268,
    "12087": 292,
    "12006": 335,
    "12036": 325,
    "12023": 351,
    "11457": 79,
    "16015": 70,
    "20038": 177,
    "08120": 138,
    "20035": 197,
    "19904": 228,
    "15076": 29,
    "15236": 27,
    "01077": 10,
    "01079": 11,
    "09040": 27,
    "09037": 29,
    "16426": 58,
}


def test_counts():
    table = foods()
    assert len(table) == 7907
    assert sum(food.magnesium_mg_per_100g is not None for food in table.values()) == 7228
    assert sum(len(portions(food)) for food in table.values()) == 13_817
    assert sum(food.category is None for food in table.values()) == 236


@pytest.mark.parametrize(("number", "magnesium"), SPOT.items())
def test_spot_values(number, magnesium):
    assert find_food(number).magnesium_mg_per_100g == magnesium


def test_largest_is_rice_bran():
    most = max(foods().values(), key=lambda food: food.magnesium_mg_per_100g or 0.0)
    assert most.magnesium_mg_per_100g == 781
    assert "Rice bran" in most.description


def test_missing_magnesium_stays_missing():
    missing = [food for food in foods().values() if food.magnesium_mg_per_100g is None]
    assert len(missing) == 679
    assert all(food.cv is None for food in missing)


def test_odd_values_say_both():
    odd = [food for food in foods().values() if food.note]
    assert len(odd) == 57
    for number, here, later in (("16069", 122, 47), ("11161", 9, 27), ("11222", 147, 42)):
        note = find_food(number).note
        assert f"{here} mg" in note
        assert f"{later} mg" in note
    assert find_food("03194").note.count("mg/100 g") == 2


def test_cv_follows_the_documented_rule():
    listed = re.findall(
        r"^\| (.+?) \| \d+ \| (0\.\d+) \|$", packaged_text("README.md"), re.MULTILINE
    )
    median = {group: float(cv) for group, cv in listed}
    assert len(median) == 25
    brand = re.compile(r"\b[A-Z][A-Z'&-]{3,}\b|(?i:recipe|home-prepared|homemade)")
    for food in foods().values():
        if food.magnesium_mg_per_100g is None:
            continue
        named = food.description.replace("USDA", "").replace("NLEA", "")
        usual = 0.25 if brand.search(named) else median.get(food.category or "", 0.10)
        assert food.cv == (0.50 if food.note else usual), food


@pytest.mark.parametrize("text", ["pumpkin seed", "pumpkin seeds", "Seed Pumpkin", "pumkin seeds"])
def test_kernels_come_first(text):
    assert search_foods(text)[0].ndb_no == "12014"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("spinach", "11457"),
        ("spinnach", "11457"),
        ("almonds", "12061"),
        ("raw bananas", "09040"),
        ("milk", "01077"),
        ("rolled oats", "08120"),
        ("sunflower seeds", "12036"),
        ("aubergine", "11209"),
        ("lentils", "16069"),
        ("firm tofu", None),
        ("porridge", "08121"),
    ],
)
def test_staples_before_mixes(text, number):
    found = search_foods(text, limit=3)
    assert number is None or found[0].ndb_no == number
    assert all(food.category != "Baby Foods" for food in found)


def test_search_limit_nonsense_and_speed():
    assert len(search_foods("rice", limit=5)) == 5
    assert search_foods("xqzzqy") == []
    start = time.perf_counter()
    for text in ("pumpkin seed", "dark chocolat", "whole wheat bread"):
        search_foods(text)
    assert time.perf_counter() - start < 0.15
    for limit in (0, 1001):
        with pytest.raises(InvalidInput, match="limit"):
            search_foods("rice", limit=limit)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12014", "12014"),
        ("1077", "01077"),
        ("seeds, pumpkin and squash seed kernels, DRIED", "12014"),
        ("spinach", "11457"),
        ("almond", "12061"),
        ("pumpkin seeds dried", "12014"),
        ("quinoa", "20035"),
        ("oats", "20038"),
        ("avocado", "09037"),
        ("rolled oats", "08120"),
    ],
)
def test_find_food(text, number):
    assert find_food(text).ndb_no == number


def test_find_food_refuses_the_ambiguous_with_three_numbers():
    with pytest.raises(InvalidInput) as error:
        find_food("rice")
    assert len(re.findall(r"\b\d{5} [A-Z]", str(error.value))) == 3
    assert "choose one by its number" in str(error.value)
    with pytest.raises(InvalidInput, match=r"03144.*03145"):
        find_food("Babyfood, fruit, applesauce and cherries, strained")


@pytest.mark.parametrize("text", ["", "  ", "!!!", "unobtainium", "99999", "x" * 300, None, 3.5])
def test_find_food_refuses_what_is_no_food(text):
    with pytest.raises(InvalidInput, match="food: got"):
        find_food(text)


@given(st.text(max_size=60))
def test_any_text_is_answered_or_refused(text):
    message = ""
    try:
        found = find_food(text).ndb_no
    except InvalidInput as error:
        found, message = None, str(error)
    assert (found in foods()) != bool(message)
    assert "\n" not in message


@pytest.mark.parametrize(
    ("number", "text", "grams"),
    [
        ("12014", "cup", 129.0),
        ("12014", "1 oz", 28.35),
        ("12061", "cup, whole", 143.0),
        ("12061", "1/2 cup whole", 71.5),
        ("12061", "10 almonds", 12.0),
        ("09040", "medium", 118.0),
        ("08120", "cups", 81.0),
        ("01077", "2 tablespoons", 30.0),
        ("01077", "250 ml", 244.0 * 250 / 236.58824),
        ("11457", "100g", 100.0),
        ("11457", "1 1/2 kg", 1500.0),
        ("01077", "1 lb", 453.59237),
    ],
)
def test_portion_grams(number, text, grams):
    food = find_food(number)
    assert portion_grams(food, text) == pytest.approx(grams, rel=1e-9)
    assert portion_grams(food, text, 2) == pytest.approx(2 * grams, rel=1e-9)


@pytest.mark.parametrize(
    "text", ["handful", "cup", "", "0 cup whole", "-1 cup", "30", "1/0 cup", None]
)
def test_portion_refusals_list_what_there_is(text):
    with pytest.raises(InvalidInput, match="1 cup, whole = 143 g"):
        portion_grams(find_food("12061"), text)


@pytest.mark.parametrize("amount", [-1, 0, float("nan"), float("inf")])
def test_portion_amount_is_positive(amount):
    with pytest.raises(InvalidInput):
        portion_grams(find_food("12014"), "cup", amount)


def test_import_is_cheap():
    code = (
        "import sys, somnesium.person.foods; print(*({'polars', 'rapidfuzz'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
