"""What a browser keeps: sealed, opened, never believed unless it is ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.request import read_request
from somnesium.surfaces.web.visit import Visit, new_visit, opened, sealed, token

SECRET = b"a secret for tests"


def test_every_example_fits_into_a_cookie_and_comes_out_again(example):
    table = read_request(example).model_dump(mode="json", exclude_unset=True)
    visit = new_visit().model_copy(update={"request": table})
    value = sealed(SECRET, visit)
    assert len(value) < 4000
    assert opened(SECRET, value) == visit


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_nothing_but_our_own_is_opened(text):
    assert opened(SECRET, text).request is None
    assert opened(SECRET, text).day == ()


def test_a_visit_of_another_start_of_the_server_is_forgotten():
    visit = Visit(id="0" * 32, look="dark")
    assert opened(b"another secret", sealed(SECRET, visit)).id != visit.id


def test_two_visits_have_different_tokens():
    assert token(SECRET, new_visit()) != token(SECRET, new_visit())


def test_a_document_too_long_for_a_cookie_says_what_to_do():
    import hashlib

    names = [hashlib.sha256(bytes([k])).hexdigest() for k in range(100)]
    visit = new_visit().model_copy(update={"request": {"person": {"medicines": names}}})
    with pytest.raises(InvalidInput, match="fewer foods"):
        sealed(SECRET, visit)
