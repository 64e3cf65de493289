import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.person import (
    CONDITIONS,
    Person,
    egfr_of,
    fat_free_mass_kg,
    serum_magnesium_of,
)

MAN = {"age": 60, "sex": "male", "mass_kg": 80, "height_cm": 180}
WOMAN = {"age": 50, "sex": "female", "mass_kg": 65, "height_cm": 165}


def test_egfr_by_ckd_epi_2021():
    # By hand: 142 (1.2/0.9)^-1.2 0.9938^60 = 142 * 0.70807 * 0.68856 = 69.23 (inker2021, table S1)
    assert egfr_of(Person(**MAN, creatinine_mg_dl=1.2)) == pytest.approx(69.23, abs=0.01)
    # By hand: 142 (0.6/0.7)^-0.241 0.9938^50 1.012 = 142 * 1.03785 * 0.73270 * 1.012 = 109.28
    assert egfr_of(Person(**WOMAN, creatinine_mg_dl=0.6)) == pytest.approx(109.28, abs=0.03)


def test_egfr_in_either_unit_as_given_or_unknown():
    in_mg = egfr_of(Person(**MAN, creatinine_mg_dl=1.0))
    assert egfr_of(Person(**MAN, creatinine_umol_l=88.42)) == pytest.approx(in_mg, rel=1e-12)
    assert egfr_of(Person(**MAN, egfr=25)) == 25
    assert egfr_of(Person(**MAN)) is None


@given(st.floats(15, 1990), st.floats(0, 119))
def test_egfr_falls_with_creatinine_and_age(creatinine, age):
    def at(c, a):
        return egfr_of(Person(**{**MAN, "age": a}, creatinine_umol_l=c))

    assert at(creatinine, age) > at(creatinine + 1, age)
    assert at(creatinine, age) > at(creatinine, age + 1)


def test_fat_free_mass():
    # By hand, BMI 24.691: 9270 * 80 / (6680 + 216 * 24.691) = 61.73 kg (janmahasatian2005)
    assert fat_free_mass_kg(Person(**MAN)) == pytest.approx(61.73, abs=0.01)
    # BMI 23.875: 9270 * 65 / (8780 + 244 * 23.875) = 41.26 kg
    assert fat_free_mass_kg(Person(**WOMAN)) == pytest.approx(41.26, abs=0.01)


def test_serum_magnesium_in_either_unit():
    assert serum_magnesium_of(Person(**MAN)) is None
    assert serum_magnesium_of(Person(**MAN, serum_magnesium_mmol_l=0.7)) == 0.7
    # 2 mg/dL = 20 mg/L / 24.305 mg/mmol
    person = Person(**MAN, serum_magnesium_mg_dl=2.0)
    assert serum_magnesium_of(person) == pytest.approx(0.8229, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"age": -1}, "age: got -1; allowed: a number from 0 to 120 (age in years)"),
        ({"age": 121}, "age: got 121"),
        ({"age": float("nan")}, "age: got nan"),
        ({"mass_kg": 24.9}, "a number from 25 to 350"),
        ({"height_cm": 1.8}, "a number from 100 to 250"),
        ({"sex": "mael"}, 'allowed: female, male; did you mean "male"?'),
        ({"pregnant": True}, "pregnant: got True; allowed: false unless sex is female"),
        ({"lactating": True}, "lactating: got True"),
        ({"egfr": 60, "creatinine_mg_dl": 1.0}, "keep the one you trust"),
        ({"creatinine_umol_l": 80, "creatinine_mg_dl": 1.0}, "only one of egfr"),
        ({"serum_magnesium_mg_dl": 2, "serum_magnesium_mmol_l": 0.8}, "only one of serum"),
        ({"conditions": ["sleep apnea"]}, 'did you mean "sleep_apnoea"?'),
        ({"conditions": ["hypermagnesemia"]}, 'did you mean "hypermagnesaemia"?'),
        ({"conditions": "addison"}, "conditions: got 'addison'; allowed: a list"),
        ({"isi": 29}, "a whole number from 0 to 28"),
        ({"chronotype_hours": 5}, "a number from -4 to 4"),
        ({"insomnia": "heavy"}, "none, mild, moderate, severe"),
        ({"mass": 70}, 'did you mean "mass_kg"?'),
    ],
)
def test_wrong_values_are_named(change, words):
    with pytest.raises(InvalidInput) as caught:
        Person(**{**MAN, **change})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [("age", 0, 120), ("mass_kg", 25, 350), ("height_cm", 100, 250), ("egfr", 1, 200)],
)
def test_limits_are_inside(field, low, high):
    for value in (low, high):
        assert getattr(Person(**{**MAN, field: value}), field) == value
    for value in (low - 0.01, high + 0.01):
        with pytest.raises(InvalidInput, match=field):
            Person(**{**MAN, field: value})


def test_conditions_and_medicines_are_kept_once_in_order():
    person = Person(
        **WOMAN,
        pregnant=True,
        conditions=["addison", "epilepsy", "addison"],
        medicines=["Omeprazole 20 mg"],
    )
    assert person.conditions == ("addison", "epilepsy")
    assert person.medicines == ("Omeprazole 20 mg",)
    assert set(person.conditions) <= set(CONDITIONS)
    assert hash(person) == hash(person.model_copy())


def test_symptoms_are_keys_each_once():
    person = Person(**MAN, symptoms=("chest_pain", "fainting", "chest_pain"))
    assert person.symptoms == ("chest_pain", "fainting")
    with pytest.raises(InvalidInput, match=r"symptoms\[0\].*did you mean \"chest_pain\""):
        Person(**MAN, symptoms=("chest_pains",))


def test_a_time_of_a_medicine_that_cannot_be_read_is_refused_with_its_place():
    person = Person(**MAN, medicines=("iron at 08:00 and 20:00",))
    assert person.medicines == ("iron at 08:00 and 20:00",)
    with pytest.raises(InvalidInput, match=r"medicines\[1\]: got 'iron at 25:00'"):
        Person(**MAN, medicines=("aspirin", "iron at 25:00"))
