"""C31: gummies with melatonin and herbs."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from somnesium.answers.claims.claim import NO_CHANGE, Fact, Found, bars
from somnesium.answers.claims.lives import OWN, Ask, change, lived, point, sleeper, spread, taking
from somnesium.answers.claims.taking import lives_taking
from somnesium.answers.claims.trials import published
from somnesium.answers.safety.evaluate import evaluate
from somnesium.person.document import read_document
from somnesium.person.medicines import find_medicines
from somnesium.person.regimen import Dose, Regimen, doses
from somnesium.person.request import Request
from somnesium.person.taken import taken_of
from somnesium.simulation.worlds import Worlds


def _product(request: Request, name: str, at: str = "22:00") -> tuple[Dose, ...]:
    regimen = read_document({"intakes": [{"product": name, "times": [at]}]}, Regimen)
    return doses(regimen, request.start.weekday(), request.days)


def _c31(ask: Ask) -> Found:
    """Gummies against the magnesium in them alone, and as a shift of the clock."""
    request = sleeper(ask)
    worlds = lived(
        request,
        lives_taking(
            request,
            {
                "magnesium alone": taking(request, 100.0),
                "with melatonin": _product(request, "sleep_gummies"),
                "without melatonin": _product(request, "sleep_gummies_melatonin_free"),
                "with an adaptogen": _product(request, "sleep_gummies_adaptogen"),
                "at 18:00": _product(request, "sleep_gummies", "18:00"),
            },
        ),
    )
    names = ("magnesium alone", "with melatonin", "without melatonin", "with an adaptogen")
    facts = [
        change(worlds, name.replace(" ", "_"), f"time to fall asleep, {name}", "latency", name)
        for name in names
    ]
    added = change(
        worlds,
        "added",
        "time to fall asleep, gummies less magnesium alone",
        "latency",
        "with melatonin",
        "magnesium alone",
    )
    herbs = change(
        worlds,
        "free",
        "time to fall asleep, melatonin-free less magnesium alone",
        "latency",
        "without melatonin",
        "magnesium alone",
    )
    shift = _shift(worlds)
    refused = _refused(request)
    trials = (
        published("ferracioli2013", "sol", "trial_melatonin"),
        published("rondanelli2011", "psqi", "trial_blend"),
        published("cheah2021", "sleep_smd", "trial_ashwagandha"),
    )
    return Found(
        (added, herbs, shift, *refused, *facts),
        trials,
        bars(
            "what is taken at 22:00",
            "change of the time to fall asleep, min",
            tuple(point("model", name, f) for name, f in zip(names, facts, strict=True)),
            "90 % of people and doubts",
            limits=(NO_CHANGE,),
        ),
    )


def _shift(worlds: Worlds) -> Fact:
    """How much earlier the evening rise of melatonin comes on gummies at 18:00 [min]."""
    # Swallowed melatonin is itself in the blood at its rise; the temperature trough is the clock's.
    trough = {w: worlds.results[w].field("trough")[-15:-1] for w in ("at 18:00", OWN)}
    values = 60.0 * np.nanmean(trough["at 18:00"] - trough[OWN], axis=0)
    return spread(
        "shift",
        "body clock, gummies at 18:00 (below zero is earlier)",
        "min",
        values,
        worlds.draws.doubt,
        ("burgess2010", "judgement#trough-as-clock"),
    )


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


def _refused(request: Request) -> tuple[Fact, Fact]:
    """Of ten medicines, how many refuse the gummies, and how many ask for care."""
    regimen = read_document(
        {"intakes": [{"product": "sleep_gummies", "times": ["22:00"]}]}, Regimen
    )
    stop, care, taken = 0, 0, taken_of(regimen, 0)
    for medicine in _MEDICINES:
        person = request.person.model_copy(update={"medicines": (medicine,)})
        found = evaluate(person, find_medicines(person.medicines), taken)
        stop += bool(found.refusals)
        care += bool(found.refusals) or any(c.subject for c in found.cautions)
    sources = ("definition#ten-medicines",)
    return (
        Fact(
            key="stopped",
            label="of ten medicines, those with which gummies are refused",
            value=float(stop),
            sources=sources,
        ),
        Fact(
            key="care",
            label="of ten medicines, those that ask for care",
            value=float(care),
            sources=sources,
        ),
    )


CLAIMS: Mapping[str, Callable[[Ask], Found]] = MappingProxyType({"C31": _c31})
"""How each claim of this file is answered."""
