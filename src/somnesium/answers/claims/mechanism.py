"""C07–C11, C19, C20: nerves, GABA, melatonin, cortisol, and how big a part magnesium plays."""

import numpy as np

from somnesium.answers.attribution.inputs import GROUPS, MAGNESIUM, doubts_of
from somnesium.answers.attribution.intervals import interval90, shares
from somnesium.answers.attribution.lives import OUTCOMES
from somnesium.answers.attribution.people import people_game
from somnesium.answers.claims.claim import ClaimFacts, Fact, fact, labelled, point
from somnesium.answers.claims.lives import (
    OWN,
    STANDARD,
    band,
    change,
    changed,
    effect,
    lived,
    middle90,
    sleeper,
    spread,
    taking,
)
from somnesium.answers.claims.trials import measured_in, named_in, published
from somnesium.answers.effect import QUANTITIES, WINDOW, nightly
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
_LAST_DAY = slice(-round(24.0 / STEP), None)
"""Steps of the last day of a traced run."""
_LEARNT = "fitted#posterior-of-the-gains"


def _gain(name: str) -> Fact:
    """A calibrated gain: 1 as built, 0 no effect; its 90 % interval after the trials."""
    row = next(k for k, gain in enumerate(GAINS) if gain.name == name)
    draws = posterior()[:, row]
    label = f"{name}: strength learnt from trials (0 none, 1 as first built)"
    sources, mean = (_LEARNT, GAINS[row].source), float(draws.mean())
    return fact("gain", label, mean, "times", sources, middle90(draws), "doubt90")


def _percent(seed: int, key: str, label: str, name: str) -> Fact:
    """Change of a quantity on 300 mg, in percent of the body's own without it."""
    worlds = effect(seed, _DOSE)
    plain = nightly(worlds, OWN, name)[-WINDOW:].mean(axis=0)
    values = 100.0 * changed(worlds, name, "taken") / plain
    sources = (*QUANTITIES[name].sources, *STANDARD)
    return spread(key, label, "%", values, worlds.draws.doubt, sources)


def heart_rate(seed: int) -> ClaimFacts:
    """C07: heart rate and its variability at night on 300 mg."""
    facts = (
        _percent(seed, "rmssd", "heart-rate variability at night", "rmssd"),
        _percent(seed, "heart", "heart rate at night", "heart_rate"),
    )
    trials = (
        *(
            published("schutten2022", "heart_rate", f"trial_{arm}", arm)
            for arm in ("citrate", "oxide", "sulfate")
        ),
        published("lopresti2026", "rmssd", "trial_rmssd"),
        measured_in("heart_rate", "trials"),
    )
    return ClaimFacts((*facts, _gain("vagal")), trials, labelled("model", facts))


def gaba(seed: int) -> ClaimFacts:
    """C08: calm by GABA at bedtime, replete and after eight weeks on a poor diet."""
    bodies = draw_bodies(reference_body(45), 1, 12, seed)
    tone = {}
    for name, mg in (("replete", 400.0), ("low", 120.0)):
        nights = live(bodies.values, 64, life=LaboratoryLife(diet=mg), trace=True)
        traces = [signal_trace(nights, k, 12, _LAST_DAY) for k in range(len(bodies.doubt))]
        tone[name] = np.array([trace["gaba_tone"].mean() for trace in traces])
    label, sources = "calm by GABA, 120 mg a day less 400 mg a day", ("debaaij2015", _LEARNT)
    fall = spread("fall", label, "tone", tone["low"] - tone["replete"], bodies.doubt, sources)
    label = "time to fall asleep on 300 mg"
    latency = change(effect(seed, _DOSE), "latency", label, "latency", "taken")
    points = tuple(band("model", f"{name} diet", values) for name, values in tone.items())
    none = named_in("trials", "trials that measured GABA", "gaba", endpoint=True)
    return ClaimFacts((fall, latency, _gain("gaba")), (none,), points)


def melatonin(seed: int) -> ClaimFacts:
    """C09: melatonin of the night on 300 mg."""
    highest = _percent(seed, "melatonin", "highest melatonin of the night", "melatonin_peak")
    trials = (
        published("abbasi2012", "melatonin", "trial_abbasi"),
        published("murck1998", "melatonin", "trial_infusion"),
        measured_in("melatonin", "trials"),
    )
    return ClaimFacts((highest, _gain("melatonin")), trials, labelled("model", (highest,)))


def stress(seed: int) -> ClaimFacts:
    """C10: an evening of stress every day, and magnesium against it."""
    request = sleeper(seed, habits={"stress": []})
    tense = sleeper(seed, habits={"stress": [{"from": "20:00", "to": "23:00", "level": 1.0}]})
    worlds = lived(
        request,
        {
            "stress": Life(tense.habits, request.diet),
            "both": Life(tense.habits, request.diet, taking(request, _DOSE)),
        },
    )
    tensed, deep_tensed, calmed, deep_calmed = (
        change(worlds, key, label, name, world, against)
        for key, label, name, world, against in (
            (
                "stress_cortisol",
                "cortisol of the night under stress",
                "cortisol_night",
                "stress",
                OWN,
            ),
            ("stress_deep", "deep sleep under stress", "slow_wave", "stress", OWN),
            ("cortisol", "cortisol under stress, on 300 mg", "cortisol_night", "both", "stress"),
            ("deep", "deep sleep under stress, on 300 mg", "slow_wave", "both", "stress"),
        )
    )
    trials = (
        published("schutten2020", "cortisol_urine", "trial_urine"),
        published("held2002", "cortisol_area", "trial_night"),
        published("murck1998", "cortisol_serum", "trial_infusion"),
        published("held2002", "n3", "trial_deep"),
    )
    points = (
        point("model", "stress in the evening", tensed),
        point("model", "300 mg added to stress", calmed),
    )
    facts = (tensed, deep_tensed, calmed, deep_calmed, _gain("cortisol"))
    return ClaimFacts(facts, trials, points)


_WALKS = 120
_PLAN = {
    "intakes": [
        {"form": "bisglycinate", "magnesium_mg": 250, "mass_is": "elemental", "times": ["21:00"]}
    ]
}


def part_of_magnesium(seed: int) -> ClaimFacts:
    """C11: shares of the variance between people: a smaller run of `somnesium attribute`."""
    doubts = doubts_of(_WALKS, seed)
    plan = plan_of_healthy_adult(read_document(_PLAN, Regimen))
    game = people_game(_WALKS, doubts, seed, plan, lambda _lives: None)
    outcome = list(OUTCOMES).index("duration")
    magnesium = np.array([name in MAGNESIUM for name in GROUPS])
    parts = shares(game.parts[0, :, :, outcome], doubts.size, magnesium, seed)
    sources = ("song2016", "goda2021", "judgement#population-of-virtual-people")

    def percent(key: str, label: str, part: float, drawn: np.ndarray) -> Fact:
        low, high = (100.0 * float(v) for v in interval90(drawn))
        return fact(key, label, 100.0 * part, "%", sources, (low, high), "people90")

    label, drawn = "part of magnesium in how people's sleep differs", parts.resampled[:, magnesium]
    whole = percent("part", label, float(parts.share[magnesium].sum()), drawn.sum(axis=1))
    groups = [
        percent(f"of_{name.replace(' ', '_')}", label, float(parts.share[k]), parts.resampled[:, k])
        for k, (name, label) in enumerate(GROUPS.items())
    ]
    middle, (_, high) = whole.value or 0.0, whole.interval or (0.0, 0.0)
    times = high / middle if middle > 0.0 else None
    wide = fact("times", "upper end of that part over its middle", times, "", sources)
    return ClaimFacts((whole, wide, *groups), (), labelled("share", groups))


def tone_over_a_day(seed: int) -> ClaimFacts:
    """C19: vagal and sympathetic tone over a day of sixteen ordinary people."""
    bodies = draw_bodies(reference_body(45), 4, 4, seed)
    nights = live(bodies.values, 24, trace=True)
    traces = [signal_trace(nights, k, 12, _LAST_DAY) for k in range(len(bodies.doubt))]
    hours = traces[0]["hours"] % 24.0
    day, night = (hours >= 10.0) & (hours < 20.0), (hours >= 0.0) & (hours < 6.0)
    facts = tuple(
        spread(
            key,
            f"{label}, night less day",
            unit,
            np.array([trace[name][night].mean() - trace[name][day].mean() for trace in traces]),
            bodies.doubt,
            ("boudreau2013",),
        )
        for key, label, unit, name in (
            ("vagal", "restful tone", "log", "vagal"),
            ("sympathetic", "alert tone", "tone", "sympathetic"),
            ("heart", "heart rate", "beats/min", "heart_rate"),
        )
    )
    points = [
        band(series, float(hour), np.array([trace[series][k] for trace in traces]))
        for series in ("vagal", "sympathetic")
        for k, hour in enumerate(hours)
    ]
    return ClaimFacts(facts, (), tuple(sorted(points, key=lambda each: each.x)))


def habits_or_magnesium(seed: int) -> ClaimFacts:
    """C20: changes of habit beside 250 mg of magnesium, in the same people."""
    request = sleeper(seed)
    lives = {
        name: Life(habits, request.diet)
        for name, habits in habit_changes(request.person, request.habits).items()
    }
    lives["magnesium"] = Life(request.habits, request.diet, taking(request, 250.0))
    worlds = lived(request, lives)
    gains = [_gained(worlds, name) for name in lives]
    minutes = [
        change(worlds, f"{name}_{key}", f"{name.replace('_', ' ')}: {label}", key, name)
        for name in lives
        for key, label in (("latency", "time to fall asleep"), ("duration", "sleep"))
    ]
    *habits, magnesium = gains
    best = max(habits, key=lambda each: each.value or 0.0)
    count = float(sum((each.value or 0.0) > (magnesium.value or 0.0) for each in habits))
    label = "habits that gain more than magnesium on average"
    better = fact("better", label, count, "", best.sources)
    tried = fact("tried", "habits tried", float(len(habits)), "", best.sources)
    top = best.model_copy(update={"key": "best", "label": f"best habit: {best.label}"})
    points = labelled("model", sorted(gains, key=lambda each: -(each.value or 0.0)))
    return ClaimFacts((top, better, tried, *gains, *minutes), (), points)


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
        sources=(*gain.combined.sources, *gain.duration.sources, *STANDARD),
    )
