"""Stretches of one stage: overlapping ones laid flat, and what a row of them tells."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Literal, NamedTuple

Stage = Literal["in_bed", "asleep", "awake", "light", "deep", "rem"]
"""What a recorder can tell of a moment; `asleep` is sleep of no stated stage."""

ASLEEP: tuple[Stage, ...] = ("asleep", "light", "deep", "rem")
"""The stages that are sleep."""

_RANK: tuple[Stage, ...] = ("in_bed", "asleep", "awake", "light", "deep", "rem")
"""Where stretches of one recorder overlap, the last of these holds: what is said most exactly."""


class Stretch(NamedTuple):
    """A stage from `begin` to `end`, both with their zone.

    Python compares times of one zone by the wall clock, which goes back in autumn; so moments are
    compared by `since` and `until`, their seconds since 1970.
    """

    stage: Stage
    begin: datetime
    end: datetime

    @property
    def since(self) -> float:
        """When it begins, in seconds since 1970."""
        return self.begin.timestamp()

    @property
    def until(self) -> float:
        """When it ends, in seconds since 1970."""
        return self.end.timestamp()

    @property
    def minutes(self) -> float:
        """How long it lasts, clock changes included."""
        return (self.until - self.since) / 60.0


def stretch_at(stage: Stage, since: float, until: float, zone: tzinfo | None) -> Stretch:
    """A stretch between two seconds since 1970, shown in a zone."""
    return Stretch(stage, *(datetime.fromtimestamp(at, zone) for at in (since, until)))


def flat(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same time without overlaps: at every moment the stage that is told most exactly.

    Sleep that is told twice is counted once; neighbours of one stage become one.
    """
    edges: list[tuple[float, int, int, datetime]] = []
    for stretch in stretches:
        if stretch.since < stretch.until:
            rank = _RANK.index(stretch.stage)
            edges.append((stretch.since, 1, rank, stretch.begin))
            edges.append((stretch.until, -1, rank, stretch.end))
    edges.sort(key=lambda edge: edge[0])
    running = [0] * len(_RANK)
    laid: list[Stretch] = []
    before: tuple[float, datetime] | None = None
    for second, step, rank, at in edges:
        if before is not None and second > before[0] and any(running):
            stage = _RANK[max(k for k, n in enumerate(running) if n)]
            last = laid[-1] if laid else None
            if last is not None and last.stage == stage and last.until == before[0]:
                laid[-1] = Stretch(stage, last.begin, at)
            else:
                laid.append(Stretch(stage, before[1], at))
        running[rank] += step
        before = (second, at)
    return tuple(laid)


def overlaid(below: Sequence[Stretch], above: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Short stretches laid over long ones: what is in `above` holds, `below` shows between."""
    cuts: list[Stretch] = []
    over = flat(above)
    start = 0
    for base in flat(below):
        begin, since = base.begin, base.since
        while start < len(over) and over[start].until <= since:
            start += 1
        at = start
        while at < len(over) and over[at].since < base.until:
            if over[at].since > since:
                cuts.append(Stretch(base.stage, begin, over[at].begin))
            if over[at].until > since:
                begin, since = over[at].end, over[at].until
            at += 1
        if since < base.until:
            cuts.append(Stretch(base.stage, begin, base.end))
    return tuple(sorted([*cuts, *over], key=lambda stretch: stretch.since))


class StretchMeasures(NamedTuple):
    """What stretches tell, in minutes; None where they cannot.

    `latency` is known only where being awake or in bed is told before the first sleep.
    """

    latency: float | None
    duration: float | None
    light: float | None
    slow_wave: float | None
    rem: float | None
    awakenings: float | None
    rem_latency: float | None


_NOTHING = StretchMeasures(None, None, None, None, None, None, None)


def _rem_latency(stretches: Sequence[Stretch]) -> float | None:
    """Minutes asleep before the first REM; None without REM."""
    slept = 0.0
    for stretch in stretches:
        if stretch.stage == "rem":
            return slept
        slept += stretch.minutes if stretch.stage in ASLEEP else 0.0
    return None


def measures_of(stretches: Sequence[Stretch], lights_out: datetime) -> StretchMeasures:
    """What stretches without overlaps, in order, tell of the night that began at `lights_out`."""
    if not any(stretch.stage in ASLEEP for stretch in stretches):
        return _NOTHING
    sums = dict.fromkeys(_RANK, 0.0)
    for stretch in stretches:
        sums[stretch.stage] += stretch.minutes
    first = next(k for k, stretch in enumerate(stretches) if stretch.stage in ASLEEP)
    waited = stretches[first].since - lights_out.timestamp()
    wakes = 0
    for before, stretch in zip(stretches[first:], stretches[first + 1 :], strict=False):
        wakes += before.stage in ASLEEP and stretch.stage not in ASLEEP
    staged = any(sums[stage] > 0.0 for stage in ("light", "deep", "rem"))
    return StretchMeasures(
        latency=waited / 60.0 if first > 0 else None,
        duration=sum(sums[stage] for stage in ASLEEP),
        light=sums["light"] if staged else None,
        slow_wave=sums["deep"] if staged else None,
        rem=sums["rem"] if staged else None,
        awakenings=float(wakes) if sums["awake"] > 0.0 else None,
        rem_latency=_rem_latency(stretches) if staged else None,
    )
