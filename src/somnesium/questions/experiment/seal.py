"""The seal of an experiment: what may be known while it is shut, who looked, what was guessed.

What is printed and shown before the end is made from the preregistration alone, which holds the
allocation as a hash. So no letter can be told by mistake: it is not there.
"""

import json
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from somnesium.answers.selftrial.design.allocation import Allocation, Letter, read_sealed
from somnesium.errors import InvalidInput
from somnesium.nights.recorded import Rating
from somnesium.questions.experiment.ran import EARLY_LOOK
from somnesium.store.days import keep_day_record, ratings
from somnesium.store.experiments import (
    Experiment,
    SealedAllocation,
    allocation,
    experiment,
    unblind,
    unblindings,
)
from somnesium.store.open import Store, writing

Guess = Literal["A", "B", "cannot tell"]
"""Which bottle somebody thinks was the plan."""

GUESSES: tuple[Guess, ...] = ("cannot tell", "A", "B")
"""All guesses; a guess is kept as its place here."""


def unopened(kept: Experiment) -> Allocation:
    """The allocation as the preregistration tells it, without opening the seal.

    `letters` is empty unless the experiment is open; the seed is not told, and stands as 0.
    """
    plan = json.loads(kept.preregistration)
    nights = tuple((date.fromisoformat(day), letter) for day, letter in plan["bottles"])
    length = plan["design"]["period_nights"]
    letters = plan.get("letters", "sealed")
    return Allocation(
        plan["allocation"]["algorithm"],
        0,
        length,
        tuple(one for _, one in nights[::length]),
        {} if letters == "sealed" else letters,
        nights,
    )


def letters_told(store: Store, number: int) -> dict[Letter, str] | None:
    """What each letter is, if it may be told by now; None while the seal is shut.

    It may be told of an open experiment, after the verdict at the planned end, and once somebody
    opened the seal. An early verdict does not tell it.
    """
    kept = experiment(store, number)
    openly = unopened(kept).letters
    if openly:
        return dict(openly)
    early = f"{EARLY_LOOK}: analysis"
    if all(one.reason.startswith(early) for one in unblindings(store, number)):
        return None
    return dict(read_sealed(allocation(store, number).sealed).letters)


def open_seal(store: Store, number: int, reason: str, now: datetime) -> SealedAllocation:
    """Open the seal before its time: the reason is written down first, as a look."""
    return unblind(store, number, f"unblinded: {reason.strip()}" if reason.strip() else "", now)


def open_for_helper(store: Store, number: int, reason: str, now: datetime) -> SealedAllocation:
    """The helper's sheet once more: it says what is in the bottles, so it is a look as well."""
    why = f"helper's sheet printed again: {reason.strip()}" if reason.strip() else ""
    return unblind(store, number, why, now)


def _name(number: int) -> str:
    """How a guess is called among the ratings of a day."""
    return f"bottle of the plan guessed, experiment {number}"


def keep_guess(store: Store, number: int, guess: str, now: datetime) -> None:
    """Keep which bottle somebody thinks was the plan; it counts only while the seal is shut."""
    if guess not in GUESSES:
        raise InvalidInput.field("guess", guess, ", ".join(GUESSES), "say which it may have been")
    if letters_told(store, number) is not None:
        raise InvalidInput.field("guess", guess, "a guess before the letters are told")
    zone = ZoneInfo(experiment(store, number).question["habits"]["time_zone"])
    day = now.astimezone(zone).date()
    with writing(store) as connection:
        keep_day_record(connection, Rating(day, _name(number), float(GUESSES.index(guess))), now)


def guess_of(store: Store, number: int) -> Guess | None:
    """The last guess of an experiment; None if nobody guessed."""
    found = ratings(store, _name(number))
    return GUESSES[int(found[-1].value)] if found else None
