"""The seal: what the preregistration tells, when letters may be told, guesses before that."""

import pytest
from kept_experiment import begun, evening

from somnesium.errors import InvalidInput
from somnesium.questions.experiment.ran import AT_THE_END, EARLY_LOOK
from somnesium.questions.experiment.seal import (
    guess_of,
    keep_guess,
    letters_told,
    open_for_helper,
    open_seal,
    unopened,
)
from somnesium.store.experiments import unblind, unblindings
from somnesium.store.open import opened


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "store.sqlite3") as one:
        yield one


def test_the_preregistration_tells_nights_and_no_letters(store):
    kept, dealt = begun(store)
    found = unopened(kept)
    assert found.letters == {}
    assert found.nights == dealt.nights
    assert found.periods == dealt.periods
    assert found.period_nights == dealt.period_nights
    assert found.seed == 0
    assert unblindings(store, kept.id) == ()


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (f"{EARLY_LOOK}: analysis after 3 of 16 nights", False),
        (f"{AT_THE_END}: analysis after 16 of 16 nights", True),
        ("unblinded: I fainted.", True),
        ("because", True),
    ],
)
def test_letters_are_told_after_the_end_or_an_opened_seal(store, reason, told):
    kept, dealt = begun(store)
    assert letters_told(store, kept.id) is None
    unblind(store, kept.id, reason, evening(3))
    assert letters_told(store, kept.id) == (dealt.letters if told else None)


@pytest.mark.parametrize("opens", [open_seal, open_for_helper])
def test_opening_it_needs_a_reason_which_is_kept(store, opens):
    kept, dealt = begun(store)
    with pytest.raises(InvalidInput, match="reason"):
        opens(store, kept.id, "  ", evening(3))
    assert unblindings(store, kept.id) == ()
    opens(store, kept.id, " It was lost. ", evening(3))
    (one,) = unblindings(store, kept.id)
    assert one.reason.endswith(": It was lost.")
    assert letters_told(store, kept.id) == dealt.letters


def test_the_last_guess_before_the_letters_counts(store):
    kept, _ = begun(store)
    assert guess_of(store, kept.id) is None
    for day, guess in ((3, "A"), (4, "cannot tell"), (5, "B")):
        keep_guess(store, kept.id, guess, evening(day))
        assert guess_of(store, kept.id) == guess
    with pytest.raises(InvalidInput, match="guess"):
        keep_guess(store, kept.id, "C", evening(6))
    open_seal(store, kept.id, "an emergency", evening(6))
    with pytest.raises(InvalidInput, match="before the letters"):
        keep_guess(store, kept.id, "A", evening(7))
    assert guess_of(store, kept.id) == "B"
    assert guess_of(store, kept.id + 1) is None
