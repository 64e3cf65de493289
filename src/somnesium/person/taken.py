"""What a regimen comes to: every dose by day and clock, expanded once, forms resolved."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from somnesium.person.regimen import Dose, Regimen, doses

_WEEK = 7


class Part(NamedTuple):
    """A part of what is taken: some `substances` only, and only on the first `days`; None: all."""

    substances: frozenset[str] | None = None
    days: int | None = None


ALL = Part()
"""Everything that is taken."""
NOTHING = Part(frozenset())
"""Nothing of it."""
MAGNESIUM = Part(frozenset({"magnesium"}))
"""The magnesium by itself."""


class Taken(NamedTuple):
    """The doses of the first `span` days, in order; after them the last week comes again.

    `first_weekday` is that of day 0 (0 Monday). Amounts are mg, elemental for magnesium.
    """

    doses: tuple[Dose, ...]
    span: int
    first_weekday: int

    def within(self, days: int, part: Part = ALL) -> tuple[Dose, ...]:
        """The doses of a part of it on the first `days` days, in order."""
        last = days if part.days is None else min(days, part.days)
        known = [dose for dose in self.doses if dose.day < last]
        week = [dose for dose in self.doses if dose.day >= self.span - _WEEK]
        for shift in range(_WEEK, last - self.span + _WEEK, _WEEK):
            later = (dose._replace(day=dose.day + shift) for dose in week)
            known += [dose for dose in later if dose.day < last]
        if part.substances is None:
            return tuple(known)
        return tuple(dose for dose in known if dose.substance in part.substances)

    @property
    def substances(self) -> frozenset[str]:
        """What is taken at all."""
        return frozenset(dose.substance for dose in self.doses)

    @property
    def largest_daily_mg(self) -> Mapping[str, float]:
        """The most of each substance on any calendar day."""
        return self._largest(lambda dose: (dose.substance, dose.day))

    @property
    def largest_single_mg(self) -> Mapping[str, float]:
        """The most of each substance at one clock time of any day."""
        return self._largest(lambda dose: (dose.substance, dose.day, dose.clock_hours))

    @property
    def clocks(self) -> Mapping[str, tuple[float, ...]]:
        """Clock times [h] at which any of each substance is taken on some day, in order."""
        times: dict[str, set[float]] = {}
        for dose in self.doses:
            times.setdefault(dose.substance, set()).add(dose.clock_hours)
        return MappingProxyType({name: tuple(sorted(clock)) for name, clock in times.items()})

    def _largest(self, key: Callable[[Dose], tuple[object, ...]]) -> Mapping[str, float]:
        """The largest sum of the amounts that share a key, by the substance it begins with."""
        sums: dict[tuple[object, ...], float] = {}
        for dose in self.doses:
            sums[key(dose)] = sums.get(key(dose), 0.0) + dose.amount_mg
        largest: dict[str, float] = {}
        for (substance, *_), amount in sums.items():
            name = str(substance)
            largest[name] = max(amount, largest.get(name, 0.0))
        return MappingProxyType(largest)

    def heaviest_week(self) -> tuple[Dose, ...]:
        """The magnesium of that week in which most is taken, day 0 a Monday.

        The first such week, if several hold as much; empty without magnesium.
        """
        magnesium = [dose for dose in self.doses if dose.substance == "magnesium"]
        daily = [0.0] * self.span
        for dose in magnesium:
            daily[dose.day] += dose.amount_mg
        weekly = [sum(daily[day : day + _WEEK]) for day in range(self.span - _WEEK + 1)]
        first = next(day for day, mg in enumerate(weekly) if mg > max(weekly) - 1e-9)
        week = [
            dose._replace(day=(self.first_weekday + dose.day) % _WEEK)
            for dose in magnesium
            if first <= dose.day < first + _WEEK
        ]
        return tuple(sorted(week, key=lambda dose: (dose.day, dose.clock_hours, repr(dose))))


def taken_of(regimen: Regimen, first_weekday: int, days: int = 0) -> Taken:
    """A regimen expanded over at least `days` days, and until only its weeks recur."""
    last = 0
    for intake in regimen.intakes:
        last = max(last, intake.start_day, intake.end_day or 0, *intake.missed_days, 0)
    span = max(days, last + 2 * _WEEK)
    return Taken(doses(regimen, first_weekday, span), span, first_weekday)
