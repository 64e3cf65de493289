"""What a plan changes: with minus without, in the same people, with honest intervals.

The interval is a 90 % prediction interval for one person like the one asked about: it holds both
how people differ and what we do not know. The two are also told apart: `people_sd` is the spread
between people with our knowledge held still, `knowledge_sd` the spread of the average effect over
our doubts, and `mean_interval90` the credible interval of that average.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from somnesium import say
from somnesium.engine.run import Result
from somnesium.nights.instruments import isi
from somnesium.nights.night import measure
from somnesium.person.document import Document, Number
from somnesium.simulation.worlds import Worlds

WINDOW = 14
"""Nights at the end over which an effect is averaged."""


class Effect(Document):
    """One effect, in `unit`. `without` and `with_plan` are means over people like this one."""

    mean: Number
    interval90: tuple[Number, Number]
    mean_interval90: tuple[Number, Number]
    unit: str
    label: str
    without: Number
    with_plan: Number
    people_sd: Number
    knowledge_sd: Number
    estimand: str
    interval: str = "prediction"
    sources: tuple[str, ...]


class Quantity(NamedTuple):
    """A read-out: what it is called, its unit, sources, and how rows give it (nights, people)."""

    label: str
    unit: str
    sources: tuple[str, ...]
    read: Callable[[Result, Worlds], np.ndarray]


def _row(field: str, factor: float = 1.0) -> Callable[[Result, Worlds], np.ndarray]:
    return lambda result, _worlds: factor * result.field(field)


def _night(name: str) -> Callable[[Result, Worlds], np.ndarray]:
    return lambda result, _worlds: measure(result, name)


def _isi(result: Result, _worlds: Worlds) -> np.ndarray:
    latency, awake = measure(result, "latency"), measure(result, "awake_after_onset")
    return np.asarray(isi(latency, awake, result.field("load")))


def _daily(field: str) -> Callable[[Result, Worlds], np.ndarray]:
    """Amount per 24 h from a running total, between one rise and the next."""

    def read(result: Result, _worlds: Worlds) -> np.ndarray:
        total, time = result.field(field), result.field("rise")
        rate = 24.0 * np.diff(total, axis=0) / np.diff(time, axis=0)
        return np.concatenate([rate[:1], rate])

    return read


def _tissue(result: Result, worlds: Worlds) -> np.ndarray:
    """Soft-tissue magnesium in percent of the person's own replete store."""
    from somnesium.body.assembly import Body
    from somnesium.engine.lanes import leaf_index

    full = worlds.draws.values[leaf_index(Body, "stores.tissue_size")]
    return 100.0 * result.field("tissue") / full


def _rmssd(result: Result, worlds: Worlds) -> np.ndarray:
    from somnesium.body.assembly import Body
    from somnesium.engine.lanes import leaf_index

    return worlds.draws.values[leaf_index(Body, "nerves.rmssd_typical")] * np.exp(
        result.field("vagal")
    )


QUANTITIES: dict[str, Quantity] = {
    "latency": Quantity("time to fall asleep", "min", ("boulos2019",), _night("latency")),
    "duration": Quantity("sleep", "min", ("boulos2019",), _night("duration")),
    "awake_after_onset": Quantity(
        "awake after first falling asleep", "min", ("boulos2019",), _night("awake_after_onset")
    ),
    "efficiency": Quantity(
        "share of the time in bed asleep", "%", ("boulos2019",), _night("efficiency")
    ),
    "slow_wave": Quantity(
        "deep sleep (N3)", "min", ("boulos2019", "ohayon2004"), _night("slow_wave")
    ),
    "isi": Quantity("insomnia severity index, 0–28", "points", ("bastien2001", "yang2009"), _isi),
    "serum_magnesium": Quantity(
        "magnesium in blood, at rising", "mmol/L", ("zhang2016",), _row("serum")
    ),
    "tissue_magnesium": Quantity(
        "soft-tissue magnesium, share of replete", "%", ("avioli1966", "silver1960"), _tissue
    ),
    "urine_magnesium": Quantity("magnesium in urine", "mmol/d", ("zhang2016",), _daily("urine")),
    "absorbed_magnesium": Quantity(
        "magnesium absorbed", "mmol/d", ("fine1991", "sabatier2003"), _daily("absorbed")
    ),
    "melatonin_peak": Quantity(
        "highest melatonin of the night",
        "pmol/L",
        ("brown1997", "billyard2006"),
        _row("melatonin_peak"),
    ),
    "cortisol_night": Quantity(
        "cortisol over the night", "nmol/L", ("debono2009", "schutten2020"), _row("cortisol")
    ),
    "heart_rate": Quantity(
        "heart rate over the night",
        "beats/min",
        ("boudreau2013", "schutten2022"),
        _row("heart_rate"),
    ),
    "rmssd": Quantity(
        "heart-rate variability of the night (RMSSD)", "ms", ("umetani1998",), _rmssd
    ),
}
"""Every effect a forecast tells, in the order in which it tells them."""


def _nights_only(worlds: Worlds, world: str) -> np.ndarray:
    """Rows of the nights (not naps) of the days asked about: begun from 06:00 of day 0 on, and
    before 06:00 of the day after the last."""
    result = worlds.results[world]
    begin = result.field("lights_out")[:, 0]
    first, last = worlds.line.hours(0, 6.0), worlds.line.hours(worlds.days, 6.0)
    return np.flatnonzero((begin >= first) & (begin < last) & (result.field("nap")[:, 0] < 0.5))


def nightly(worlds: Worlds, world: str, name: str) -> np.ndarray:
    """A quantity of every night, (nights, people)."""
    return QUANTITIES[name].read(worlds.results[world], worlds)[_nights_only(worlds, world)]


def _spreads(change: np.ndarray, worlds: Worlds) -> tuple[float, np.ndarray]:
    """Spread between people within a doubt, and the mean of each doubt."""
    doubts = [change[worlds.draws.doubt == k] for k in np.unique(worlds.draws.doubt)]
    within = float(
        np.sqrt(np.mean([np.var(part, ddof=1 if len(part) > 1 else 0) for part in doubts]))
    )
    return within, np.array([part.mean() for part in doubts])


def _effect(worlds: Worlds, name: str, world: str, against: str) -> Effect:
    quantity = QUANTITIES[name]
    plain = nightly(worlds, against, name)[-WINDOW:].mean(axis=0)
    taken = nightly(worlds, world, name)[-WINDOW:].mean(axis=0)
    change = taken - plain
    people, doubts = _spreads(change, worlds)
    low, high = (float(v) for v in np.quantile(change, [0.05, 0.95]))
    mean_low, mean_high = (float(v) for v in np.quantile(doubts, [0.05, 0.95]))
    return Effect(
        mean=float(change.mean()),
        interval90=(low, high),
        mean_interval90=(mean_low, mean_high),
        unit=quantity.unit,
        label=quantity.label,
        without=float(plain.mean()),
        with_plan=float(taken.mean()),
        people_sd=people,
        knowledge_sd=float(np.std(doubts)),
        estimand=f"mean of the last {WINDOW} nights, {world} minus {against}, same person",
        sources=quantity.sources,
    )


def effects(worlds: Worlds, world: str = "with", against: str = "without") -> dict[str, Effect]:
    """Every quantity's effect of one world against another."""
    return {name: _effect(worlds, name, world, against) for name in QUANTITIES}


class Noticed(Document):
    """Share of people like this one whose change is large enough to notice."""

    share: Number
    interval90: tuple[Number, Number]
    rule: str
    sources: tuple[str, ...]


_LATENCY, _DURATION, _ISI = 10.0, 20.0, 6.0


def noticed(worlds: Worlds, world: str = "with", against: str = "without") -> Noticed:
    """Share with a change to notice: latency −10 min, sleep +20 min, or severity −6 points.

    The interval is over our doubts, widened by the Monte-Carlo error of the people drawn.
    """
    change = {
        name: (nightly(worlds, world, name) - nightly(worlds, against, name))[-WINDOW:].mean(axis=0)
        for name in ("latency", "duration", "isi")
    }
    felt = (
        (change["latency"] <= -_LATENCY)
        | (change["duration"] >= _DURATION)
        | (change["isi"] <= -_ISI)
    )
    _, doubts = _spreads(felt.astype(float), worlds)
    share, n = float(felt.mean()), len(felt)
    error = 1.645 * float(np.sqrt(max(share * (1 - share), 0.25 / n) / n))
    low, high = np.quantile(doubts, [0.05, 0.95])
    return Noticed(
        share=share,
        interval90=(
            max(0.0, min(float(low), share - error)),
            min(1.0, max(float(high), share + error)),
        ),
        rule=(
            f"falls asleep at least {say.figures(_LATENCY)} min sooner, or sleeps "
            f"{say.figures(_DURATION)} min longer, or the severity index falls by "
            f"{say.figures(_ISI)}"
        ),
        sources=("judgement#smallest-worthwhile-change", "yang2009"),
    )


class Course(Document):
    """A quantity night by night: mean over people, and the middle 90 % of them."""

    label: str
    unit: str
    worlds: dict[str, dict[str, tuple[Number, ...]]]


def course(worlds: Worlds, name: str) -> Course:
    """The nights of every world: `worlds.<name>.{mean, low, high}`."""
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    for world in worlds.results:
        values = nightly(worlds, world, name)
        low, high = np.quantile(values, [0.05, 0.95], axis=1)
        found[world] = {
            "mean": tuple(float(v) for v in values.mean(axis=1)),
            "low": tuple(float(v) for v in low),
            "high": tuple(float(v) for v in high),
        }
    quantity = QUANTITIES[name]
    return Course(label=quantity.label, unit=quantity.unit, worlds=found)


class Onset(Document):
    """When an effect shows: the night from which it keeps at least half, and 80 %, of its end."""

    half: int | None
    most: int | None
    first_night_share: Number | None
    text: str


def onset(worlds: Worlds, name: str = "duration", world: str = "with") -> Onset:
    """Time until an effect shows, from the mean over people smoothed over a week."""
    change = (nightly(worlds, world, name) - nightly(worlds, "without", name)).mean(axis=1)
    end = float(change[-WINDOW:].mean())
    if abs(end) < 0.5:
        text = "Too small a change to speak of a time."
        return Onset(half=None, most=None, first_night_share=None, text=text)
    share = change / end
    width = min(7, len(share))
    smooth = np.convolve(share, np.ones(width) / width, mode="valid")
    middle = width // 2 + 1
    half, most = (int(np.argmax(smooth >= level)) + middle for level in (0.5, 0.8))
    text = (
        f"The first night brings {say.percent(share[0])} of the final change in sleep; half of it "
        f"is there after about {half} nights, most after about {most}."
    )
    return Onset(half=half, most=most, first_night_share=float(share[0]), text=text)
