"""The evidence table: trials, their arms, endpoints by arm, and published differences.

Four tables in `data/trials`, one row each as a frozen record. What a paper does not report is
None, never zero. `seen` says how we know a number: read in the paper, in its abstract, quoted by
another work, or remembered and to be confirmed.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

_BLANK: Mapping[str, str] = MappingProxyType({})


class Trial(NamedTuple):
    """A trial: who was in it, how it was done, what we think of it and use it for.

    `design` may be `synthesis`: a published pooling of other trials, never pooled again. Ages in
    years, `female_share` from 0 to 1, `baseline_serum` in mmol/L, `rob_…` the risk of bias by
    domain in our judgement. `role` is what calibration may do with it; `role_reason` why.
    """

    trial: str
    reference: str
    title_words: str
    design: str
    blinding: str
    country: str
    n_randomised: int | None
    n_analysed: int | None
    population: str
    age_mean: float | None
    age_sd: float | None
    age_low: float | None
    age_high: float | None
    female_share: float | None
    baseline_status: str
    baseline_serum: float | None
    weeks: float | None
    washout_weeks: float | None
    sponsor: str
    sponsor_kind: str
    rob_randomisation: str
    rob_deviations: str
    rob_missing: str
    rob_measurement: str
    rob_selection: str
    role: str
    role_reason: str
    note: str
    where: str = ""
    printed: Mapping[str, str] = _BLANK


class Arm(NamedTuple):
    """An arm: what was taken. `elemental_mg` is magnesium itself, mg a day, never the compound.

    `kind` may be `pooled`: all arms together, where a paper prints nothing finer.
    """

    trial: str
    arm: str
    kind: str
    form: str
    elemental_mg: float | None
    doses_per_day: float | None
    timing: str
    other: str
    n: int | None
    where: str = ""
    printed: Mapping[str, str] = _BLANK


class Endpoint(NamedTuple):
    """An endpoint in one arm, in the unit of its measure; `change_low`, `change_high` are 95 %."""

    trial: str
    arm: str
    endpoint: str
    instrument: str
    unit: str
    weeks: float | None
    n: int | None
    baseline_mean: float | None
    baseline_sd: float | None
    post_mean: float | None
    post_sd: float | None
    change_mean: float | None
    change_sd: float | None
    change_low: float | None
    change_high: float | None
    p: float | None
    place: str
    seen: str
    note: str
    where: str = ""
    printed: Mapping[str, str] = _BLANK


class Contrast(NamedTuple):
    """A published difference, `arm` less `versus` (or over it, where `measure` is `ratio`).

    `low` and `high` are the 95 % interval. `p` is a bound where the paper printed one:
    `printed["p"]` then starts with `<`. `estimate` is None where only p was published.
    """

    trial: str
    arm: str
    versus: str
    endpoint: str
    instrument: str
    unit: str
    weeks: float | None
    n_arm: int | None
    n_versus: int | None
    measure: str
    kind: str
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    p: float | None
    place: str
    seen: str
    note: str
    where: str = ""
    printed: Mapping[str, str] = _BLANK


Row = Trial | Arm | Endpoint | Contrast
"""A row of one of the four tables."""

TABLES: Mapping[str, type[Row]] = MappingProxyType(
    {"trials": Trial, "arms": Arm, "endpoints": Endpoint, "contrasts": Contrast}
)
"""The four tables and the record each of their rows becomes."""


class Evidence(NamedTuple):
    """The four tables together."""

    trials: tuple[Trial, ...]
    arms: tuple[Arm, ...]
    endpoints: tuple[Endpoint, ...]
    contrasts: tuple[Contrast, ...]

    def trial(self, name: str) -> Trial | None:
        """The trial of that name, or None."""
        return next((row for row in self.trials if row.trial == name), None)

    def arm(self, trial: str, name: str) -> Arm | None:
        """An arm of a trial, or None."""
        return next((row for row in self.arms if (row.trial, row.arm) == (trial, name)), None)

    def with_role(self, *roles: str) -> tuple[Trial, ...]:
        """Trials that calibration uses in these ways."""
        return tuple(row for row in self.trials if row.role in roles)

    def rows(self) -> Iterator[Row]:
        """Every row of the four tables."""
        for table in self:
            yield from table
