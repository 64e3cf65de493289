"""Signs: every one is worth what its source says, in words a person can read."""

import pytest
from tests.reading import grade

from somnesium.answers.risk.signs import questionnaire, signs
from somnesium.person.laboratory import SIGNS
from somnesium.sources import exists, packaged_toml


def test_every_sign_of_the_document_is_in_the_table_and_no_other():
    assert [row["key"] for row in packaged_toml("signs.toml")["sign"]] == list(SIGNS)


@pytest.mark.parametrize("sign", signs(), ids=lambda sign: sign.key)
def test_a_sign_has_sources_and_plain_words(sign):
    assert sign.sources
    assert all(exists(key) for key in sign.sources)
    for text in filter(None, (sign.text, sign.at_once)):
        assert grade(text) <= 9
    assert sign.clinician


@pytest.mark.parametrize("sign", signs(), ids=lambda sign: sign.key)
def test_without_a_published_ratio_a_sign_changes_nothing_and_says_so(sign):
    low, high = sign.ratio_interval90
    assert low < sign.ratio < high
    assert sign.ratio == 1.0
    assert "judgement#no-published-ratio" in sign.sources


def test_only_the_signs_asked_for_in_their_order():
    assert [one.key for one in signs(("mood", "fatigue"))] == ["mood", "fatigue"]
    assert signs(()) == ()


def test_the_questionnaire_has_a_source():
    text, source = questionnaire()
    assert exists(source)
    assert grade(text) <= 9
