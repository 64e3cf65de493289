"""Forms of magnesium: fractions from formulas, forgiving names, no amount read two ways."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.supplements import (
    ambiguous,
    elemental_mg,
    elemental_range_mg,
    find_form,
    forms,
)
from somnesium.sources import exists

MASS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "Mg": 24.305}
MASS |= {"P": 30.974, "S": 32.06, "Cl": 35.45}
"""IUPAC 2021 abridged standard atomic weights, g/mol."""


def mass(formula: str) -> tuple[float, int]:
    """Molar mass [g/mol] and magnesium atoms of a formula with brackets."""
    stack = [(0.0, 0)]
    token = re.compile(r"(?P<element>[A-Z][a-z]?)(\d*)|(?P<open>\()|\)(\d*)")
    for found in token.finditer(formula):
        many = int(found[2] or found[4] or 1)
        if found["open"]:
            stack.append((0.0, 0))
            continue
        element = found["element"]
        part = (MASS[element], int(element == "Mg")) if element else stack.pop()
        total = stack.pop()
        stack.append((total[0] + many * part[0], total[1] + many * part[1]))
    ((molar, atoms),) = stack
    assert sum(len(found[0]) for found in token.finditer(formula)) == len(formula)
    return molar, atoms


COMPOUNDS = [form for form in forms().values() if form.formula]


def test_parser():
    assert mass("Mg(OH)2") == (pytest.approx(58.319), 1)
    assert mass("Mg(NO3)2(H2O)6")[0] == pytest.approx(256.41, abs=0.01)
    assert mass("Mg3(C6H5O7)2(H2O)9")[1] == 3


def test_thirty_four_compounds_and_three_preparations():
    preparations = {"oxide_effervescent", "chloride_enteric_coated", "bisglycinate_buffered"}
    assert len(forms()) == 37
    assert preparations < set(forms())
    assert len(set(forms()) - preparations) == 34


@pytest.mark.parametrize("form", COMPOUNDS, ids=lambda form: form.key)
def test_elemental_fraction_from_the_formula(form):
    molar, atoms = mass(form.formula)
    assert form.elemental_fraction == pytest.approx(24.305 * atoms / molar, rel=2e-4)


@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.key)
def test_every_number_is_in_range_and_sourced(form):
    assert 0 < form.elemental_low <= form.elemental_fraction <= form.elemental_high < 1
    assert 0 < form.dissolved_low <= form.dissolved_fraction <= form.dissolved_high <= 1
    assert 0.1 < form.dissolution_per_hour < 10
    assert form.laxative_factor in (0.7, 1.0, 1.3)
    assert form.evidence in ("human", "animal", "none")
    assert form.absorption_evidence.endswith(".")
    for key in (*form.sources, form.dissolution_source, form.laxative_source):
        assert exists(key), key
    if form.evidence == "none":
        assert all(source.startswith("judgement#") for source in form.sources)


def test_oxide_dissolves_hours_after_bisglycinate():
    later = 1 / find_form("oxide").dissolution_per_hour
    sooner = 1 / find_form("glycinate").dissolution_per_hour
    assert later - sooner == pytest.approx(3.2, abs=1.3)  # Schuette 1994
    assert find_form("oxide").slow
    assert not find_form("citrate").slow


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("glycinate", "bisglycinate"),
        ("magnesium citrate", "citrate"),
        ("Mg-L-threonate", "threonate"),
        ("L-threonate", "threonate"),
        ("Epsom salt", "sulfate_heptahydrate"),
        ("MgO", "oxide"),
        ("Magnesium Sulphate", "sulfate"),
        ("milk of magnesia", "hydroxide"),
        ("Magnesium (as citrate)", "citrate"),
        ("glycinate, buffered", "bisglycinate_buffered"),
        ("effervescent oxide", "oxide_effervescent"),
        ("enteric-coated chloride", "chloride_enteric_coated"),
        ("Dimagnesium Malate", "malate_dimagnesium"),
        ("citrate nonahydrate", "citrate_nonahydrate"),
    ],
)
def test_find_form(text, key):
    assert find_form(text).key == key


def test_every_key_name_and_alias_finds_its_form():
    for form in forms().values():
        for text in (form.key, form.name, *form.aliases):
            assert find_form(text) is form, text


@pytest.mark.parametrize(
    "text", ["nitrate", "citrat", "stearate", "", "magnesium", None, "x" * 999]
)
def test_unknown_form_is_refused_with_the_list(text):
    with pytest.raises(InvalidInput, match=r"form: got .*forms\.csv"):
        find_form(text)


def test_misspelling_names_the_nearest():
    with pytest.raises(InvalidInput, match="allowed: bisglycinate"):
        find_form("bisglicinate")


def test_elemental_mg():
    assert elemental_mg(400, "oxide", "compound") == pytest.approx(241.2, abs=0.05)
    assert elemental_mg(400, "oxide", "elemental") == 400
    assert elemental_mg(2000, "threonate", "compound") == pytest.approx(165.1, abs=0.1)
    assert elemental_mg(0, "oxide", "compound") == 0


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "400", None, True])
def test_bad_amounts(amount):
    with pytest.raises(InvalidInput, match="amount_mg"):
        elemental_mg(amount, "oxide", "compound")


def test_ambiguous_label_spells_both_readings():
    message = ambiguous(2000, "glycinate")
    for part in ("2000 mg magnesium", "282 mg magnesium", "233-282", '"elemental"', '"compound"'):
        assert part in message
    with pytest.raises(InvalidInput, match="282 mg magnesium"):
        elemental_mg(2000, "glycinate", "")


def test_range_over_hydrates():
    low, high = elemental_range_mg(1000, "citrate")
    assert low == pytest.approx(113.4, abs=0.1)
    assert high == pytest.approx(161.6, abs=0.1)
    assert elemental_range_mg(1000, "bisglycinate_buffered") == pytest.approx((180, 200))


@given(st.floats(0, 1e5), st.sampled_from(sorted(forms())))
def test_compound_is_never_more_than_elemental(amount, key):
    inside = elemental_mg(amount, key, "compound")
    low, high = elemental_range_mg(amount, key)
    assert low <= inside * (1 + 1e-12)
    assert inside <= high * (1 + 1e-12)
    assert inside <= elemental_mg(amount, key, "elemental")
