"""What somebody recorded: nights, doses as taken, ratings, circumstances, notes."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from somnesium.nights.night import Night
from somnesium.nights.stretches import Stretch

_MORNING = 6
"""A bedtime before this hour counts to the evening before, as in simulated nights."""


class RecordedNight(NamedTuple):
    """A measured night as one recorder told it, with where it came from.

    `wake_date` is the local date of getting up. `zone` is an IANA name, or an offset where the
    file tells no more. `key` stays the same when the same episode is imported again. `light` holds
    N1 and N2 together [min]. `lacks` is empty when nothing is missing. `instrument` and what
    follows are known of a night that is in a store: its number, and that of its import.
    """

    night: Night
    wake_date: date
    source: str
    device: str
    zone: str
    key: str
    light: float | None = None
    stages: tuple[Stretch, ...] = ()
    lacks: tuple[str, ...] = ()
    instrument: str = ""
    id: int | None = None
    import_id: int | None = None
    recorded_at: datetime | None = None

    def measure(self, name: str) -> float | None:
        """A measure of the night, `light` among them; None is unknown."""
        return self.light if name == "light" else getattr(self.night, name)


class DoseTaken(NamedTuple):
    """A dose of the day before a night, or that none was taken.

    `what` is what the person calls it; in a blinded experiment nobody knows its `form` and
    `amount_mg` (elemental for magnesium). `taken_at` is None where nobody said when.
    """

    evening: date
    what: str
    taken: bool
    taken_at: datetime | None
    zone: str
    form: str | None = None
    amount_mg: float | None = None


class Rating(NamedTuple):
    """A number somebody gave on a day: `sleepiness` 0–10, an `isi` or `psqi` total."""

    day: date
    name: str
    value: float


class Circumstance(NamedTuple):
    """What else could have moved the night of an evening: a number, or words."""

    evening: date
    name: str
    value: float | None
    text: str | None


class Note(NamedTuple):
    """A person's own words on an evening."""

    evening: date
    text: str


def evening_of(begin: datetime) -> date:
    """The local date on which a night began; a bedtime before six counts to the evening before."""
    return begin.date() - timedelta(days=1 if begin.hour < _MORNING else 0)
