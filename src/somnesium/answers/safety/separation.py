"""Hours between a medicine and what the plan holds: are they kept apart, and can moving help?

The rows of `interactions.toml` say how many hours a medicine is taken before, or after, a
substance. A medicine whose clock times are stated is held against the clock times of the plan,
every day of it, around midnight as well; of one without times nothing can be known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from somnesium.answers.safety.rules import Interaction, interactions
from somnesium.person.document import Document, Whole
from somnesium.person.habits import ClockTime
from somnesium.person.medicines import Medicine
from somnesium.person.regimen import Intake, Regimen
from somnesium.quantity import clock_hours, clock_text

UNKNOWN_HOURS = 4.0
"""Hours an unrecognised medicine is kept from magnesium (emc4841: two to four hours of any)."""

_GRID = 0.25
"""Moved doses lie on quarter hours."""

_SPACING = 2.0
"""Hours that a moved dose keeps from another of the same substance, if it can
(judgement#divided-doses)."""

_EXACT = 1e-6


class Need(NamedTuple):
    """A medicine to be taken `hours_before` before or `hours_after` after some substances.

    `times` are its clock times, h after midnight; none were stated if empty.
    """

    medicine: str
    times: tuple[float, ...]
    substances: frozenset[str]
    hours_before: float
    hours_after: float


class Clash(NamedTuple):
    """A dose too near a medicine: both clock times and the hours between them."""

    medicine_time: float
    dose_time: float
    hours: float


class Move(Document):
    """A dose moved: which intake of the regimen (from 0), from when to when, and why."""

    intake: Whole
    from_time: ClockTime
    to_time: ClockTime
    text: str


class Mended(Document):
    """A regimen whose doses were moved, what was moved, and what moving cannot solve."""

    regimen: Regimen
    moves: tuple[Move, ...]
    unsolved: tuple[str, ...]


def meets(row: Interaction, medicine: Medicine) -> bool:
    """Whether a row of the interactions is about a medicine; never if it was not recognised."""
    names = {medicine.key, *medicine.classes} if medicine.key else set()
    return not names.isdisjoint(row.medicines_any) and names.isdisjoint(row.medicines_none)


def takings(medicines: Iterable[Medicine]) -> tuple[Medicine, ...]:
    """Each recognised medicine once, under the first name given, with the times of all its names.

    It has no times if any of its names came without.
    """
    found: dict[str, list[Medicine]] = {}
    for medicine in medicines:
        if medicine.key:
            found.setdefault(medicine.key, []).append(medicine)
    return tuple(same[0]._replace(times=_all_times(same)) for same in found.values())


def _all_times(same: Sequence[Medicine]) -> tuple[float, ...]:
    """Times of a medicine named more than once; none if some are not known."""
    if not all(one.times for one in same):
        return ()
    return tuple(sorted({time for one in same for time in one.times}))


def need_of(row: Interaction, medicine: Medicine) -> Need:
    """What a separating row asks of a medicine it meets."""
    before, after = row.hours_before or 0.0, row.hours_after or 0.0
    substances = frozenset(row.substances_any)
    return Need(medicine.name_given, medicine.times, substances, before, after)


def needs(medicines: Sequence[Medicine]) -> tuple[Need, ...]:
    """What must be kept apart: for each row and medicine, then for each unknown medicine."""
    found = [
        need_of(row, one)
        for row in interactions()
        if row.action == "separate"
        for one in takings(medicines)
        if meets(row, one)
    ]
    magnesium = frozenset({"magnesium"})
    found += [
        Need(one.name_given, one.times, magnesium, UNKNOWN_HOURS, UNKNOWN_HOURS)
        for one in medicines
        if one.key is None and one.name_given.strip()
    ]
    return tuple(dict.fromkeys(found))


def clash(need: Need, clocks: Iterable[float]) -> Clash | None:
    """The dose nearest to a taking of the medicine among those too near, or None.

    `clocks` are the clock times [h] at which one of the need's substances is taken.
    """
    found = []
    for dose in clocks:
        for time in need.times:
            since, until = (dose - time) % 24.0, (time - dose) % 24.0
            if since < need.hours_before - _EXACT or until < need.hours_after - _EXACT:
                found.append(Clash(time, dose, min(since, until)))
    return min(found, key=lambda one: (one.hours, one), default=None)


def _substances(intake: Intake) -> frozenset[str]:
    """What one taking of an intake holds any of."""
    if intake.servings == 0.0:
        return frozenset()
    if intake.product is None:
        return frozenset({"magnesium"} if intake.magnesium_mg else ())
    return frozenset(p.substance for p in intake.product.ingredients if p.amount_mg > 0.0)


def mended(
    medicines: Sequence[Medicine], regimen: Regimen, awake: tuple[str, str] = ("06:00", "23:45")
) -> Mended:
    """The regimen with doses moved so that every separation holds, as far as moving can.

    Each dose too near a medicine goes to the nearest quarter hour of the waking day (`awake`,
    local clock times) that is far enough from all medicines with stated times, and two hours from
    other doses of the same substance if it can. Amounts, products and days stay. What cannot be
    solved keeps its times and is told in `unsolved`: medicines with no stated time, and doses for
    which no such time exists. Pairs that must not be taken at all are not about time: see `check`.
    """
    wanted = needs(medicines)
    window = _waking(awake)
    times = {i: tuple(map(clock_hours, one.times)) for i, one in enumerate(regimen.intakes)}
    moves, unsolved = [], list(_untimed(regimen, wanted))
    for i, intake in enumerate(regimen.intakes):
        held = _substances(intake)
        mine = tuple(need for need in wanted if need.times and need.substances & held)
        placed = _placed(times[i], mine, window, _elsewhere(regimen, times, i))
        if placed is None:
            unsolved.append(_impossible(mine))
            continue
        for old, new in zip(times[i], placed, strict=True):
            if old != new:
                moves.append(_move(i, intake, old, new, mine))
        times[i] = placed
    intakes = tuple(
        one.model_copy(update={"times": tuple(map(clock_text, times[i]))})
        for i, one in enumerate(regimen.intakes)
    )
    changed = regimen.model_copy(update={"intakes": intakes})
    return Mended(regimen=changed, moves=tuple(moves), unsolved=tuple(dict.fromkeys(unsolved)))


def _waking(awake: tuple[str, str]) -> tuple[float, ...]:
    """Quarter hours from the first to the last clock time, around midnight if it must be."""
    first, last = (clock_hours(text, "awake") for text in awake)
    steps = int(((last - first) % 24.0) / _GRID) + 1
    start = -(-first // _GRID) * _GRID
    return tuple((start + k * _GRID) % 24.0 for k in range(steps))


def _elsewhere(
    regimen: Regimen, times: Mapping[int, tuple[float, ...]], mine: int
) -> tuple[float, ...]:
    """Clock times of the other intakes that share a substance with this one."""
    held = _substances(regimen.intakes[mine])
    return tuple(
        time
        for i, intake in enumerate(regimen.intakes)
        if i != mine and _substances(intake) & held
        for time in times[i]
    )


def _apart(one: float, other: float) -> float:
    """Hours between two clock times, the shorter way round."""
    return min((one - other) % 24.0, (other - one) % 24.0)


def _placed(
    times: tuple[float, ...],
    wanted: tuple[Need, ...],
    window: tuple[float, ...],
    elsewhere: tuple[float, ...],
) -> tuple[float, ...] | None:
    """New clock times of one intake, one for each old one; None if there is no place."""
    free = [time for time in window if not any(clash(need, (time,)) for need in wanted)]
    stay = [time for time in times if not any(clash(need, (time,)) for need in wanted)]
    placed: list[float] = []
    for time in times:
        if time in stay:
            placed.append(time)
            continue
        taken = (*stay, *placed, *elsewhere)
        roomy = [t for t in free if all(_apart(t, other) >= _SPACING for other in taken)]
        distinct = [t for t in free if t not in stay and t not in placed]
        if not distinct:
            return None
        placed.append(min(roomy or distinct, key=lambda t: (_apart(t, time), t)))
    return tuple(placed)


def _move(i: int, intake: Intake, old: float, new: float, wanted: tuple[Need, ...]) -> Move:
    """What was moved and why, in a sentence."""
    why, near = next((need, near) for need in wanted if (near := clash(need, (old,))))
    what = " and ".join(sorted(why.substances & _substances(intake))).replace("_", " ")
    at = clock_text(near.medicine_time)
    text = (
        f"We moved {what} from {clock_text(old)} to {clock_text(new)}. At {clock_text(old)} it was "
        f"too near {why.medicine} at {at}."
    )
    if intake.with_food:
        text += " Take it with some food then."
    return Move(intake=i, from_time=clock_text(old), to_time=clock_text(new), text=text)


def _impossible(wanted: Sequence[Need]) -> str:
    """That no time of day is far enough from the medicines."""
    names = " and ".join(dict.fromkeys(need.medicine for need in wanted))
    return (
        f"No time while you are awake is far enough from {names}. Ask your doctor or pharmacist "
        "what to do, or leave out this dose while you take it."
    )


def _untimed(regimen: Regimen, wanted: Iterable[Need]) -> Iterator[str]:
    """Medicines whose separation cannot be checked, since no time was stated."""
    held = frozenset().union(*map(_substances, regimen.intakes))
    for need in wanted:
        if not need.times and need.substances & held:
            yield (
                f"We do not know when you take {need.medicine}. Write the time, such as "
                f'"{need.medicine} at 08:00", and we can move the other doses.'
            )
