"""Which nights are A and which are B: drawn once, sealed, and then data.

Periods come in blocks of two, one of each letter, in an order drawn for each block; which letter
is the magnesium is drawn too. The drawing is by Philox 4×32-10 (salmon2011), keyed by the seed,
so that it can be repeated and checked. But nobody draws again to know what tonight is: the sealed
text says so night by night, and its SHA-256 stands in the preregistration.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from somnesium.engine.randomness import philox
from somnesium.errors import InvalidInput, SomnesiumError

ALGORITHM = "philox4x32-10 blocks of two/1"
"""Name and version of the drawing; a changed drawing gets another number."""

Letter = Literal["A", "B"]
"""What is written on a bottle."""

_FORTH: tuple[Letter, Letter] = ("A", "B")
_BACK: tuple[Letter, Letter] = ("B", "A")
_BLOCK, _LETTERS = 101, 102
"""Purposes of the random numbers, apart from those of the simulation."""


class Allocation(NamedTuple):
    """A drawn allocation: letters of the periods in order, and what each letter is.

    `nights` holds the evening and letter of every night from the first period on.
    """

    algorithm: str
    seed: int
    period_nights: int
    periods: tuple[Letter, ...]
    letters: dict[Letter, str]
    nights: tuple[tuple[date, Letter], ...]


def _bit(seed: int, purpose: int, number: int) -> int:
    """A fair bit of a key: seed, purpose and number."""
    words = philox(purpose, number, 0, 0, seed & 0xFFFFFFFF, seed >> 32)
    return int(words[0]) & 1


def orders(seed: int, blocks: int) -> tuple[Letter, ...]:
    """Letters of 2 · `blocks` periods: each block is AB or BA, with equal chance."""
    letters: list[Letter] = []
    for block in range(blocks):
        letters += _BACK if _bit(seed, _BLOCK, block) else _FORTH
    return tuple(letters)


def allocate(
    seed: int, blocks: int, period_nights: int, first: date, arms: tuple[str, str]
) -> Allocation:
    """Draw an allocation whose first period begins on the evening `first`."""
    if not 0 <= seed < 2**63:
        raise InvalidInput.field("seed", seed, f"a whole number from 0 to {2**63 - 1}")
    periods = orders(seed, blocks)
    swapped = _bit(seed, _LETTERS, 0)
    letters: dict[Letter, str] = {"A": arms[swapped], "B": arms[1 - swapped]}
    nights = nights_of(periods, period_nights, first)
    return Allocation(ALGORITHM, seed, period_nights, periods, letters, nights)


def nights_of(
    periods: Sequence[Letter], period_nights: int, first: date
) -> tuple[tuple[date, Letter], ...]:
    """Evening and letter of every night of periods in a row, the first on the evening `first`."""
    each: list[Letter] = [letter for letter in periods for _ in range(period_nights)]
    return tuple((first + timedelta(days=night), letter) for night, letter in enumerate(each))


def sealed_text(allocation: Allocation) -> str:
    """The allocation as text, the same for the same allocation: JSON with sorted names."""
    nights = [[evening.isoformat(), letter] for evening, letter in allocation.nights]
    table = allocation._asdict() | {"nights": nights}
    return json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sealed_hash(sealed: str) -> str:
    """SHA-256 of a sealed text, in hexadecimal."""
    return hashlib.sha256(sealed.encode("ascii")).hexdigest()


def read_sealed(sealed: str) -> Allocation:
    """The allocation that a sealed text holds, of whatever version it was drawn by."""
    try:
        table = json.loads(sealed)
        nights = tuple((date.fromisoformat(day), letter) for day, letter in table["nights"])
        return Allocation(
            algorithm=table["algorithm"],
            seed=table["seed"],
            period_nights=table["period_nights"],
            periods=tuple(table["periods"]),
            letters=table["letters"],
            nights=nights,
        )
    except (ValueError, KeyError, TypeError):
        raise SomnesiumError(
            "the sealed allocation cannot be read: restore the store from a backup"
        ) from None
