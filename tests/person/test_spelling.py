"""Likeness of spelling, against rapidfuzz."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from somnesium.person.foods import words_of
from somnesium.person.foodtable import foods
from somnesium.person.medicines import _names as medicine_names
from somnesium.person.spelling import alike
from somnesium.person.supplements import _names as form_names

LETTERS = st.text("abcdeéß漢 -1", max_size=14)


def by_rapidfuzz(names, word, least, most):
    near = process.extract(word, names, scorer=fuzz.ratio, score_cutoff=least, limit=most)
    return [(name, score) for name, score, _ in near]


@given(
    names=st.lists(LETTERS, max_size=12),
    word=LETTERS,
    least=st.sampled_from([0.0, 55.0, 81.0, 82.0]),
)
def test_names_and_likeness_are_those_of_rapidfuzz(names, word, least):
    assert alike(names, word, least, 5) == by_rapidfuzz(names, word, least, 5)


@pytest.mark.parametrize("word", ["pumpkn", "omeprazol", "glicinate", "x", "brocoli", "furosemid"])
def test_every_name_we_know_is_as_near_as_rapidfuzz_says(word):
    words = list(dict.fromkeys(w for food in foods().values() for w in words_of(food.description)))
    for names in (words, list(medicine_names()), list(form_names())):
        assert alike(names, word, 55.0, 50) == by_rapidfuzz(names, word, 55.0, 50)


def test_only_the_nearest_are_named():
    assert alike(["oxide", "citrate", "citrat"], "citrate", 82.0, 1) == [("citrate", 100.0)]
