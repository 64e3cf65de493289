import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.regimen import (
    SUBSTANCES,
    Dose,
    Ingredient,
    Intake,
    Product,
    Regimen,
    doses,
    find_product,
    products,
)

CITRATE = {"form": "citrate", "magnesium_mg": 200, "mass_is": "elemental", "times": ["22:00"]}


def refusal(**intake) -> str:
    with pytest.raises(InvalidInput) as caught:
        Regimen(intakes=[intake])
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_ambiguous_amount_is_refused_with_both_readings():
    line = refusal(form="glycinate", magnesium_mg=2000, times=["22:00"])
    assert line.startswith("intakes[0].mass_is:")
    # Bisglycinate 14.10 % magnesium, dihydrate 11.66 %: 282 and 233 mg in 2000 mg
    assert '"elemental" is 2000 mg magnesium' in line
    assert '"compound" is 282 mg magnesium (233-282 mg by hydration)' in line


def test_an_ambiguous_label_is_refused_too():
    label = {
        "name": "X",
        "ingredients": [{"substance": "magnesium", "amount_mg": 9, "form": "oxide"}],
    }
    line = refusal(product=label, times=["22:00"])
    assert line.startswith("intakes[0].product.ingredients[0].mass_is:")


def test_zero_needs_no_reading_and_is_no_dose():
    regimen = Regimen(intakes=[{"form": "citrate", "magnesium_mg": 0, "times": ["22:00"]}])
    assert doses(regimen, 0, 56) == ()
    none = Regimen(intakes=[{**CITRATE, "servings": 0}])
    assert doses(none, 0, 56) == doses(Regimen(), 0, 56) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"form": "citrat e of stone"}, "intakes[0].form: got"),
        ({"form": None}, "the magnesium form"),
        ({"magnesium_mg": None}, "intakes[0].magnesium_mg"),
        ({"form": None, "magnesium_mg": None}, "a form with magnesium_mg, or a product"),
        ({"magnesium_mg": -1}, "a number from 0 to 20000"),
        ({"magnesium_mg": float("nan")}, "got nan"),
        ({"mass_is": "elementl"}, 'did you mean "elemental"?'),
        ({"times": []}, "a list of 1 or more"),
        ({"times": ["22:00", "22:00"]}, "each clock time once"),
        ({"times": ["25:00"]}, "intakes[0].times[0]: got '25:00'"),
        ({"product": "sleep_gummies"}, "nothing beside a product"),
        ({"start_day": 0}, "a whole number from 1 to 366"),
        ({"start_day": 9, "end_day": 8}, "a day from start_day (9) on"),
        ({"missed_days": [0]}, "missed_days[0]"),
        ({"dose": 1}, "intakes[0].dose: unknown field"),
    ],
)
def test_wrong_intakes_are_named(change, words):
    assert words in refusal(**{**CITRATE, **change})


def test_an_unknown_product_has_a_near_one():
    assert 'did you mean "sleep_gummies"?' in refusal(product="sleep gumies", times=["22:00"])
    assert "a table with name" in refusal(product=3, times=["22:00"])
    with pytest.raises(InvalidInput, match="sleep_gummies"):
        find_product("nothing of the kind")


def test_form_and_mass_are_for_magnesium_only():
    for extra in ({"form": "citrate"}, {"mass_is": "compound"}):
        with pytest.raises(InvalidInput, match="unless the substance is magnesium"):
            Ingredient(substance="glycine", amount_mg=3, **extra)


def test_packaged_products_are_labelled_as_ours():
    assert {"sleep_gummies", "sleep_gummies_melatonin_free"} <= products().keys()
    for key, product in products().items():
        assert product.note.startswith("Generic archetype"), key
        assert find_product(key) == find_product(product.name.upper()) == product
        assert all(part.substance in SUBSTANCES for part in product.ingredients)
    with_, without = products()["sleep_gummies"], products()["sleep_gummies_melatonin_free"]
    assert "melatonin" in {part.substance for part in with_.ingredients}
    assert "melatonin" not in {part.substance for part in without.ingredients}


def test_compound_milligrams_become_elemental():
    intake = {"form": "oxide", "magnesium_mg": 400, "mass_is": "compound", "times": ["08:00"]}
    (dose,) = doses(Regimen(intakes=[intake]), 0, 1)
    # MgO: 24.305 / 40.304 = 0.6030
    assert dose.amount_mg == pytest.approx(241.2, abs=0.1)
    assert (dose.day, dose.clock_hours, dose.form) == (0, 8.0, "oxide")


def test_days_weekdays_missed_days_and_servings():
    intake = Intake(
        **{
            **CITRATE,
            "servings": 1.5,
            "with_food": True,
            "days": ["mon", "wed"],
            "start_day": 2,
            "end_day": 17,
            "missed_days": [8],
        }
    )
    found = doses(Regimen(intakes=[intake]), first_weekday=0, days=56)
    # From a Monday: Wednesdays are days 2, 9, 16 and Mondays 7, 14 from 0; day 8 from 1 is 7
    assert [dose.day for dose in found] == [2, 9, 14, 16]
    assert found[0] == Dose(2, 22.0, "magnesium", 300.0, "citrate", True)
    shifted = doses(Regimen(intakes=[intake]), first_weekday=2, days=10)
    assert [dose.day for dose in shifted] == [5]


def test_a_product_gives_all_its_ingredients():
    regimen = Regimen(intakes=[{"product": "sleep gummies", "times": ["22:00"], "servings": 2}])
    assert [(d.substance, d.amount_mg, d.form) for d in doses(regimen, 0, 1)] == [
        ("magnesium", 200.0, "citrate"),
        ("melatonin", 2.0, None),
        ("tryptophan", 200.0, None),
    ]


intakes = st.lists(
    st.builds(
        lambda mg, times, food, start, product: (
            {"product": "sleep_gummies", "times": times, "with_food": food, "start_day": start}
            if product
            else {**CITRATE, "magnesium_mg": mg, "times": times, "with_food": food}
        ),
        st.floats(0, 500),
        st.lists(st.sampled_from(["08:00", "12:00", "22:00"]), min_size=1, unique=True),
        st.booleans(),
        st.integers(1, 10),
        st.booleans(),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(intakes, st.randoms(), st.integers(0, 6), st.integers(0, 20))
def test_the_order_of_intakes_is_irrelevant(lines, random, weekday, days):
    def taken(order):
        return [dose._replace(line=0) for dose in doses(Regimen(intakes=order), weekday, days)]

    shuffled = list(lines)
    random.shuffle(shuffled)
    assert taken(shuffled) == taken(lines)
    assert all(dose.amount_mg > 0 and 0 <= dose.day < days for dose in taken(lines))
    assert taken(lines) == sorted(taken(lines), key=lambda dose: dose[:2])


def test_a_regimen_survives_being_written_and_read():
    regimen = Regimen(intakes=[CITRATE, {"product": "zma_capsules", "times": ["21:00"]}])
    again = Regimen.model_validate_json(regimen.model_dump_json())
    assert again == regimen
    assert isinstance(again.intakes[1].product, Product)
    assert hash(again) == hash(regimen)
