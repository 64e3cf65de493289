"""C07–C11, C19, C20: nerves, GABA, melatonin, cortisol, and how big a part magnesium plays."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from somnesium.answers.attribution.inputs import GROUPS, MAGNESIUM, doubts_of
from somnesium.answers.attribution.intervals import interval90, shares
from somnesium.answers.attribution.lives import OUTCOMES
from somnesium.answers.attribution.people import people_game
from somnesium.answers.claims.claim import (
    NO_CHANGE,
    Fact,
    Found,
    Limit,
    Picture,
    Point,
    bars,
    lines,
)
from somnesium.answers.claims.lives import (
    OWN,
    Ask,
    change,
    changed,
    effect,
    lived,
    point,
    sleeper,
    spread,
    taking,
)
from somnesium.answers.claims.trials import measured_in, named_in, published
from somnesium.answers.plan.habit_changes import habit_changes
from somnesium.answers.plan.lives import Life
from somnesium.answers.plan.ranking import gain_of
from somnesium.answers.qualification.laboratory import LaboratoryLife, live, signal_trace
from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.engine.tiles import STEP
from somnesium.person.document import read_document
from somnesium.person.regimen import Regimen
from somnesium.simulation.gains import GAINS, posterior
from somnesium.simulation.individual import draw_bodies, reference_body
from somnesium.simulation.worlds import Worlds

_DOSE = 300.0
"""Magnesium a day of the mechanism's runs [mg] (definition#dose-of-the-mechanism)."""
_DAY = round(24.0 / STEP)
_LEARNT = "fitted#posterior-of-the-gains"


def _gain(name: str) -> Fact:
    """A calibrated gain: 1 as built, 0 no effect; its 90 % interval after the trials."""
    row = next(k for k, gain in enumerate(GAINS) if gain.name == name)
    draws = posterior()[:, row]
    low, high = (float(v) for v in np.quantile(draws, [0.05, 0.95]))
    return Fact(
        key="gain",
        label=f"{name}: strength learnt from trials (0 none, 1 as first built)",
        value=float(draws.mean()),
        unit="times",
        interval=(low, high),
        level="doubt90",
        sources=(_LEARNT, GAINS[row].source),
    )


def _percent(seed: int, key: str, label: str, name: str) -> Fact:
    """Change of a quantity on 300 mg, in percent of the body's own without it."""
    from somnesium.answers.effect import QUANTITIES, WINDOW, nightly

    worlds = effect(seed, _DOSE)
    plain = nightly(worlds, OWN, name)[-WINDOW:].mean(axis=0)
    values = 100.0 * changed(worlds, name, "taken") / plain
    sources = (*QUANTITIES[name].sources, "definition#standard-sleeper")
    return spread(key, label, "%", values, worlds.draws.doubt, sources)


def _bars(facts: tuple[Fact, ...], y: str) -> Picture:
    """Facts of one unit as bars with the interval of single people."""
    return bars(
        "what",
        y,
        tuple(point("model", f.label, f) for f in facts),
        "90 % of people and doubts",
        limits=(NO_CHANGE,),
    )


def _c07(ask: Ask) -> Found:
    facts = (
        _percent(ask.seed, "rmssd", "heart-rate variability at night", "rmssd"),
        _percent(ask.seed, "heart", "heart rate at night", "heart_rate"),
    )
    trials = (
        *(
            published("schutten2022", "heart_rate", f"trial_{arm}", arm)
            for arm in ("citrate", "oxide", "sulfate")
        ),
        published("lopresti2026", "rmssd", "trial_rmssd"),
        measured_in("heart_rate", "trials"),
    )
    return Found((*facts, _gain("vagal")), trials, _bars(facts, "change on 300 mg a day, %"))


def _c08(ask: Ask) -> Found:
    """Calm by GABA at bedtime, replete and after eight weeks on a poor diet."""
    doubts = draw_bodies(reference_body(45), 1, 12, ask.seed)
    tone = {}
    for name, eaten in (("replete", 400.0), ("low", 120.0)):
        nights = live(doubts.values, 64, life=LaboratoryLife(diet=eaten), trace=True)
        result = nights.result._replace(trace=nights.result.trace[-_DAY:])
        last = nights._replace(result=result)
        tone[name] = np.array(
            [signal_trace(last, k, every=12)["gaba_tone"].mean() for k in range(len(doubts.doubt))]
        )
    fall = spread(
        "fall",
        "calm by GABA, 120 mg a day less 400 mg a day",
        "tone",
        tone["low"] - tone["replete"],
        doubts.doubt,
        ("debaaij2015", _LEARNT),
    )
    latency = change(
        effect(ask.seed, _DOSE), "latency", "time to fall asleep on 300 mg", "latency", "taken"
    )
    points = tuple(
        Point(
            series="model",
            x=f"{name} diet",
            y=float(values.mean()),
            low=float(np.quantile(values, 0.05)),
            high=float(np.quantile(values, 0.95)),
        )
        for name, values in tone.items()
    )
    none = named_in("trials", "trials that measured GABA", "gaba", endpoint=True)
    return Found(
        (fall, latency, _gain("gaba")),
        (none,),
        bars("diet", "calm by GABA, tone", points, "90 % of people and doubts"),
    )


def _c09(ask: Ask) -> Found:
    facts = (_percent(ask.seed, "melatonin", "highest melatonin of the night", "melatonin_peak"),)
    trials = (
        published("abbasi2012", "melatonin", "trial_abbasi"),
        published("murck1998", "melatonin", "trial_infusion"),
        measured_in("melatonin", "trials"),
    )
    return Found((*facts, _gain("melatonin")), trials, _bars(facts, "change on 300 mg a day, %"))


def _c10(ask: Ask) -> Found:
    """An evening of stress every day, and magnesium against it."""
    request = sleeper(ask, habits={"stress": []})
    tense = sleeper(ask, habits={"stress": [{"from": "20:00", "to": "23:00", "level": 1.0}]})
    worlds = lived(
        request,
        {
            "stress": Life(tense.habits, request.diet),
            "both": Life(tense.habits, request.diet, taking(request, _DOSE)),
        },
    )
    facts = (
        change(
            worlds,
            "stress_cortisol",
            "cortisol of the night under stress",
            "cortisol_night",
            "stress",
        ),
        change(worlds, "stress_deep", "deep sleep under stress", "slow_wave", "stress"),
        change(
            worlds,
            "cortisol",
            "cortisol under stress, on 300 mg",
            "cortisol_night",
            "both",
            "stress",
        ),
        change(worlds, "deep", "deep sleep under stress, on 300 mg", "slow_wave", "both", "stress"),
        _gain("cortisol"),
    )
    trials = (
        published("schutten2020", "cortisol_urine", "trial_urine"),
        published("held2002", "cortisol_area", "trial_night"),
        published("murck1998", "cortisol_serum", "trial_infusion"),
        published("held2002", "n3", "trial_deep"),
    )
    return Found(
        facts,
        trials,
        bars(
            "what",
            "change of night cortisol, nmol/L",
            (
                point("model", "stress in the evening", facts[0]),
                point("model", "300 mg added to stress", facts[2]),
            ),
            "90 % of people and doubts",
            limits=(NO_CHANGE,),
        ),
    )


_WALKS = 120
_PLAN = {
    "intakes": [
        {"form": "bisglycinate", "magnesium_mg": 250, "mass_is": "elemental", "times": ["21:00"]}
    ]
}


def _c11(ask: Ask) -> Found:
    """Shares of the variance between people: a smaller run of `somnesium attribute`."""
    doubts = doubts_of(_WALKS, ask.seed)
    plan = plan_of_healthy_adult(read_document(_PLAN, Regimen))
    game = people_game(_WALKS, doubts, ask.seed, plan, lambda _lives: None)
    outcome = list(OUTCOMES).index("duration")
    own = np.array([name in MAGNESIUM for name in GROUPS])
    found = shares(game.parts[0, :, :, outcome], doubts.size, own, ask.seed)
    sources = ("song2016", "goda2021", "judgement#population-of-virtual-people")

    def fact(key: str, label: str, value: float, drawn: np.ndarray) -> Fact:
        low, high = (100.0 * float(v) for v in interval90(drawn))
        return Fact(
            key=key,
            label=label,
            value=100.0 * value,
            unit="%",
            interval=(low, high),
            level="people90",
            sources=sources,
        )

    facts = [
        fact(
            "part",
            "part of magnesium in how people's sleep differs",
            float(found.share[own].sum()),
            found.resampled[:, own].sum(axis=1),
        )
    ]
    facts += [
        fact(f"of_{name.replace(' ', '_')}", label, float(found.share[k]), found.resampled[:, k])
        for k, (name, label) in enumerate(GROUPS.items())
    ]
    middle, ends = facts[0].value or 0.0, facts[0].interval or (0.0, 0.0)
    wide = Fact(
        key="times",
        label="upper end of that part over its middle",
        value=ends[1] / middle if middle > 0.0 else None,
        sources=sources,
    )
    return Found(
        (facts[0], wide, *facts[1:]),
        (),
        bars(
            "input",
            "share of the variance of sleep, %",
            tuple(point("share", f.label, f) for f in facts[1:]),
            "90 %, chance and doubts",
        ),
    )


def _c19(ask: Ask) -> Found:
    """Vagal and sympathetic tone over a day of sixteen ordinary people."""
    drawn = draw_bodies(reference_body(45), 4, 4, ask.seed)
    nights = live(drawn.values, 24, trace=True)
    result = nights.result._replace(trace=nights.result.trace[-_DAY:])
    last, every = nights._replace(result=result), 12
    traces = [signal_trace(last, k, every) for k in range(len(drawn.doubt))]
    hours = traces[0]["hours"] % 24.0
    day, night = (hours >= 10.0) & (hours < 20.0), (hours >= 0.0) & (hours < 6.0)
    facts = tuple(
        spread(
            key,
            label,
            unit,
            np.array([t[name][night].mean() - t[name][day].mean() for t in traces]),
            drawn.doubt,
            ("boudreau2013",),
        )
        for key, label, unit, name in (
            ("vagal", "restful tone, night less day", "log", "vagal"),
            ("sympathetic", "alert tone, night less day", "tone", "sympathetic"),
            ("heart", "heart rate, night less day", "beats/min", "heart_rate"),
        )
    )
    points = []
    for series in ("vagal", "sympathetic"):
        values = np.array([trace[series] for trace in traces])
        for k, hour in enumerate(hours):
            low, high = (float(v) for v in np.quantile(values[:, k], [0.05, 0.95]))
            points.append(
                Point(
                    series=series, x=float(hour), y=float(values[:, k].mean()), low=low, high=high
                )
            )
    return Found(
        facts,
        (),
        lines(
            "clock hour", "tone", tuple(sorted(points, key=lambda p: p.x)), "middle 90 % of people"
        ),
    )


def _c20(ask: Ask) -> Found:
    """Changes of habit beside 250 mg of magnesium, in the same people."""
    request = sleeper(ask)
    lives = {
        name: Life(habits, request.diet)
        for name, habits in habit_changes(request.person, request.habits).items()
    }
    lives["magnesium"] = Life(request.habits, request.diet, taking(request, 250.0))
    worlds = lived(request, lives)
    facts = [_gained(worlds, name) for name in lives]
    minutes = [
        change(worlds, f"{name}_{key}", f"{name.replace('_', ' ')}: {label}", key, name)
        for name in lives
        for key, label in (("latency", "time to fall asleep"), ("duration", "sleep"))
    ]
    habits, own = facts[:-1], facts[-1]
    best = max(habits, key=lambda fact: fact.value or 0.0)
    better = Fact(
        key="better",
        label="habits that gain more than magnesium on average",
        value=float(sum((f.value or 0.0) > (own.value or 0.0) for f in habits)),
        sources=best.sources,
    )
    tried = Fact(key="tried", label="habits tried", value=float(len(habits)), sources=best.sources)
    top = best.model_copy(update={"key": "best", "label": f"best habit: {best.label}"})
    ordered = sorted(facts, key=lambda fact: -(fact.value or 0.0))
    return Found(
        (top, better, tried, *facts, *minutes),
        (),
        bars(
            "change",
            "gain, 1 = worth having",
            tuple(point("model", f.label, f) for f in ordered),
            "90 % of people and doubts",
            limits=(NO_CHANGE, Limit(value=1.0, label="worth having")),
        ),
    )


def _gained(worlds: Worlds, name: str) -> Fact:
    """What a life gains over the own one, in changes worth having (`answers.plan.ranking`)."""
    gain = gain_of(worlds, name, OWN)
    return Fact(
        key=name,
        label=name.replace("_", " "),
        value=gain.combined.mean,
        interval=gain.combined.interval90,
        level="people90",
        average90=gain.average90,
        sources=(*gain.combined.sources, *gain.duration.sources, "definition#standard-sleeper"),
    )


CLAIMS: Mapping[str, Callable[[Ask], Found]] = MappingProxyType(
    {"C07": _c07, "C08": _c08, "C09": _c09, "C10": _c10, "C11": _c11, "C19": _c19, "C20": _c20}
)
"""How each claim of this file is answered."""
