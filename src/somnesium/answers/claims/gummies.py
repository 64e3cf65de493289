"""C31: gummies with melatonin and herbs."""

import numpy as np

from somnesium.answers.claims.claim import ClaimFacts, Fact, fact, point
from somnesium.answers.claims.lives import OWN, change, lived_taking, sleeper, spread, taking
from somnesium.answers.claims.trials import published
from somnesium.answers.safety.evaluate import evaluate
from somnesium.person.document import read_document
from somnesium.person.medicines import find_medicines
from somnesium.person.regimen import Dose, Regimen, doses
from somnesium.person.request import Request
from somnesium.person.taken import taken_of
from somnesium.simulation.worlds import Worlds


def _gummies(name: str, at: str = "22:00") -> Regimen:
    return read_document({"intakes": [{"product": name, "times": [at]}]}, Regimen)


def _product(request: Request, name: str, at: str = "22:00") -> tuple[Dose, ...]:
    return doses(_gummies(name, at), request.start.weekday(), request.days)


def gummies(seed: int) -> ClaimFacts:
    """C31: gummies against the magnesium in them alone, and as a shift of the clock."""
    request = sleeper(seed)
    alone, whole, free = "magnesium alone", "with melatonin", "without melatonin"
    plans = {
        alone: taking(request, 100.0),
        whole: _product(request, "sleep_gummies"),
        free: _product(request, "sleep_gummies_melatonin_free"),
        "with an adaptogen": _product(request, "sleep_gummies_adaptogen"),
    }
    evening = {"at 18:00": _product(request, "sleep_gummies", "18:00")}
    worlds = lived_taking(request, plans | evening)
    facts = {
        name: change(
            worlds, name.replace(" ", "_"), f"time to fall asleep, {name}", "latency", name
        )
        for name in plans
    }
    against = (
        change(worlds, key, f"time to fall asleep, {label} less {alone}", "latency", world, alone)
        for key, label, world in (("added", "gummies", whole), ("free", "melatonin-free", free))
    )
    trials = (
        published("ferracioli2013", "sol", "trial_melatonin"),
        published("rondanelli2011", "psqi", "trial_blend"),
        published("cheah2021", "sleep_smd", "trial_ashwagandha"),
    )
    engine = (*against, _shift(worlds), *_refused(request), *facts.values())
    points = tuple(point("model", name, each) for name, each in facts.items())
    return ClaimFacts(engine, trials, points)


def _shift(worlds: Worlds) -> Fact:
    """How much earlier the evening rise of melatonin comes on gummies at 18:00 [min]."""
    # Swallowed melatonin is itself in the blood at its rise; the temperature trough is the clock's.
    early, usual = (worlds.results[name].field("trough")[-15:-1] for name in ("at 18:00", OWN))
    minutes = 60.0 * np.nanmean(early - usual, axis=0)
    label, sources = (
        "body clock, gummies at 18:00 (below zero is earlier)",
        ("burgess2010", "judgement#trough-as-clock"),
    )
    return spread("shift", label, "min", minutes, worlds.draws.doubt, sources)


_MEDICINES = (
    "warfarin",
    "fluoxetine",
    "phenelzine",
    "levothyroxine",
    "metformin",
    "amlodipine",
    "fluvoxamine",
    "doxycycline",
    "ibuprofen",
    "sertraline",
)
"""Common and risky medicines to hold the gummies against (definition#ten-medicines)."""


def _refused(request: Request) -> tuple[Fact, ...]:
    """Of ten medicines, how many refuse the gummies, and how many ask for care."""
    stop, care, taken = 0, 0, taken_of(_gummies("sleep_gummies"), 0)
    for medicine in _MEDICINES:
        person = request.person.model_copy(update={"medicines": (medicine,)})
        safety = evaluate(person, find_medicines(person.medicines), taken)
        stop += bool(safety.refusals)
        care += bool(safety.refusals) or any(c.subject for c in safety.cautions)
    return tuple(
        fact(
            key, f"of ten medicines, those {label}", float(count), "", ("definition#ten-medicines",)
        )
        for key, label, count in (
            ("stopped", "with which gummies are refused", stop),
            ("care", "that ask for care", care),
        )
    )
