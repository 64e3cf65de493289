"""C06, C15, C21, C22, C28, C29: doctors, stomach, bowel, diabetes, kidneys, too much in blood."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from somnesium import say
from somnesium.answers.claims.claim import NO_CHANGE, Fact, Found, bars, lines
from somnesium.answers.claims.crowd import share
from somnesium.answers.claims.lives import (
    DAYS,
    OWN,
    STANDARD,
    Ask,
    diet,
    lived,
    point,
    sleeper,
    spread,
    taking,
)
from somnesium.answers.claims.trials import published
from somnesium.answers.plan.lives import Life
from somnesium.answers.safety.evaluate import evaluate
from somnesium.answers.sideeffects import (
    HIGH_SERUM,
    STOOL_GRAMS_PER_MMOL,
    VERY_HIGH_SERUM,
    high_share,
    symptom_probability,
)
from somnesium.person.document import read_document
from somnesium.person.medicines import find_medicines
from somnesium.person.person import Person
from somnesium.person.regimen import Regimen
from somnesium.person.taken import taken_of
from somnesium.population.individuals import request_of
from somnesium.population.spec import PopulationSpec

_ASKED = 160


def _regimen(mg: float, form: str = "citrate") -> Regimen:
    intake = {"form": form, "magnesium_mg": mg, "mass_is": "elemental", "times": ["22:00"]}
    return read_document({"intakes": [intake]}, Regimen)


def _c06(ask: Ask) -> Found:
    """Virtual adults who want 200 mg a day, and what the safety rules say to each."""
    spec, regimen = PopulationSpec(people=_ASKED, days=7, seed=ask.seed), _regimen(200.0)
    refused, asked = np.zeros(_ASKED), np.zeros(_ASKED)
    taken = taken_of(regimen, 0)
    for k in range(_ASKED):
        person = request_of(spec, k).person
        found = evaluate(person, find_medicines(person.medicines), taken)
        refused[k] = bool(found.refusals)
        asked[k] = bool(found.refusals) or bool(found.cautions)
    facts = (
        share("asked", "US adults with a reason to ask first, for 200 mg", asked),
        share("refused", "US adults refused 200 mg", refused),
    )
    return Found(
        facts,
        (),
        bars(
            "rule",
            "share of US adults, %",
            tuple(point("virtual adults", f.label, f) for f in facts),
            "90 %, by chance of drawing people",
        ),
    )


_DOSES = (100.0, 250.0, 350.0, 500.0, 750.0)


def _upset(mg: float, key: str, label: str, laxative: float = 1.0, food: bool = False) -> Fact:
    mean, low, high = symptom_probability(mg, laxative, food)
    return Fact(
        key=key,
        label=label,
        value=100.0 * mean,
        unit="%",
        interval=(100.0 * low, 100.0 * high),
        level="doubt90",
        sources=("bashir1993", "fine1991", "judgement#evidence2.3"),
    )


def _c15(ask: Ask) -> Found:
    """Chance of stomach trouble by dose, form and food."""
    by_dose = [_upset(mg, f"at_{say.typed(mg)}", f"{say.typed(mg)} mg at once") for mg in _DOSES]
    more = tuple(
        b - a for a, b in zip(by_dose[0].interval or (), by_dose[-1].interval or (), strict=True)
    )
    rise = Fact(
        key="rise",
        label="chance at 750 mg less at 100 mg",
        unit="%",
        value=(by_dose[-1].value or 0.0) - (by_dose[0].value or 0.0),
        interval=(more[0], more[1]),
        level="doubt90",
        sources=by_dose[0].sources,
    )
    other = (
        _upset(350.0, "oxide", "350 mg as oxide", 1.3),
        _upset(350.0, "food", "350 mg with food", 1.0, True),
    )
    trial = Fact(
        key="trial",
        label="people with symptoms on 360 mg, 6 of 21",
        value=100.0 * 6 / 21,
        unit="%",
        interval=(15.3, 47.2),
        level="chance90",
        sources=("bashir1993", "wilson1927"),
    )
    return Found(
        (rise, *by_dose, *other),
        (trial,),
        lines(
            "one dose, mg",
            "loose stools or upset stomach, % of people",
            tuple(point("model", mg, f) for mg, f in zip(_DOSES, by_dose, strict=True)),
            "90 % of our doubt",
        ),
    )


def _c28(ask: Ask) -> Found:
    """Heavier stool from what is not absorbed."""
    request = sleeper(ask, days=28)
    plans = {
        "citrate 250 mg": (250.0, "citrate"),
        "citrate 500 mg": (500.0, "citrate"),
        "oxide 500 mg": (500.0, "oxide"),
        "oxide 1000 mg": (1000.0, "oxide"),
    }
    worlds = lived(
        request,
        {
            name: Life(request.habits, request.diet, taking(request, mg, form))
            for name, (mg, form) in plans.items()
        },
    )

    def stool(world: str) -> np.ndarray:
        result = worlds.results[world]
        days = np.diff(result.field("rise")[[14, 27]], axis=0)[0] / 24.0
        return STOOL_GRAMS_PER_MMOL * np.diff(result.field("stool")[[14, 27]], axis=0)[0] / days

    facts = tuple(
        spread(
            name.replace(" ", "_"),
            f"stool heavier on {name}",
            "g/d",
            stool(name) - stool(OWN),
            worlds.draws.doubt,
            ("fine1991b", *STANDARD),
        )
        for name in plans
    )
    return Found(
        facts,
        (),
        bars(
            "what is taken",
            "stool heavier by, g a day",
            tuple(point("model", name, f) for name, f in zip(plans, facts, strict=True)),
            "90 % of people and doubts",
        ),
    )


_KIDNEYS = (90.0, 60.0, 45.0, 25.0, 12.0)
_MUCH = (250.0, 500.0, 1000.0)
_WORST = 2.0
"""Serum from which signs of poisoning begin [mmol/L] (iom1997)."""


def _c29(ask: Ask) -> Found:
    """Who gets too much magnesium in the blood, by kidneys and dose."""
    facts, points = [], []
    for egfr in _KIDNEYS:
        request = sleeper(ask, days=42, person={"age": 70, "egfr": egfr})
        worlds = lived(
            request,
            {
                say.typed(mg): Life(request.habits, request.diet, taking(request, mg))
                for mg in _MUCH
            },
            people=48,
            doubts=2,
        )
        for mg in _MUCH:
            serum = worlds.results[say.typed(mg)].field("serum")[-15:-1]
            for limit in (HIGH_SERUM, VERY_HIGH_SERUM, _WORST):
                facts.append(_over(serum, worlds.draws.person, limit, egfr, mg))
            points.append(point(f"{say.typed(mg)} mg a day", egfr, facts[-3]))
    slow = {"age": 70, "sex": "female", "mass_kg": 70, "height_cm": 166, "egfr": 25.0}
    told = evaluate(read_document(slow, Person), (), taken_of(_regimen(250.0), 0))
    stop = Fact(
        key="refused",
        label="refusals for 250 mg at an eGFR of 25",
        value=float(len(told.refusals)),
        sources=tuple(s for r in told.refusals for s in r.sources),
    )
    return Found(
        (*facts, stop),
        _seen(),
        lines(
            "kidney function, eGFR",
            f"serum above {say.typed(HIGH_SERUM)} mmol/L, % of people",
            tuple(points),
            "90 %, by chance of drawing people",
        ),
    )


def _over(serum: np.ndarray, person: np.ndarray, limit: float, egfr: float, mg: float) -> Fact:
    """Percent of people whose serum ever passes a limit in the last fortnight."""
    mean, low, high = (100.0 * v for v in high_share(serum, person, limit))
    key = f"over{round(100 * limit)}_egfr{say.typed(egfr)}_{say.typed(mg)}mg"
    return Fact(
        key=key,
        label=f"serum over {say.number(limit, 2)} mmol/L, eGFR {say.typed(egfr)}, {say.typed(mg)} "
        "mg",
        value=mean,
        unit="%",
        interval=(low, high),
        level="chance90",
        sources=("mori2019", "wakai2019", "judgement#evidence8.1"),
    )


def _seen() -> tuple[Fact, ...]:
    """What was seen in patients."""
    return (
        Fact(
            key="seen",
            label="oxide users in hospital with 3.0 mg/dL or more",
            value=5.2,
            unit="%",
            sources=("mori2019",),
        ),
    )


def _c21(ask: Ask) -> Found:
    """Magnesium in blood with diabetes and without; enzymes and DNA are not in the model."""
    facts, points = [], []
    base = lived(sleeper(ask, days=28), {})
    plain = base.results[OWN].field("serum")[14:28].mean(axis=0)
    for key, label, condition in (
        ("diabetes", "type 2 diabetes", "diabetes_type_2"),
        ("prediabetes", "raised blood sugar", "prediabetes"),
    ):
        worlds = lived(sleeper(ask, days=28, person={"conditions": [condition]}), {})
        values = worlds.results[OWN].field("serum")[14:28].mean(axis=0) - plain
        facts.append(
            spread(
                key,
                f"serum with {label}, less without",
                "mmol/L",
                values,
                worlds.draws.doubt,
                ("bertinato2017",),
            )
        )
        points.append(point("model", label, facts[-1]))
    return Found(
        tuple(facts),
        (published("rodriguezmoran2003", "serum", "trial_serum"),),
        bars(
            "who",
            "serum magnesium against no diabetes, mmol/L",
            tuple(points),
            "90 % of people and doubts",
            limits=(NO_CHANGE,),
        ),
    )


_DIETS = (30.0, 100.0, 200.0, 300.0, 450.0, 600.0)


def _c22(ask: Ask) -> Found:
    """Urine and serum on diets from scarce to plenty."""
    request = sleeper(ask, diet_mg=300.0)
    lives = {f"{say.typed(mg)} mg": Life(request.habits, diet(mg)) for mg in _DIETS}
    worlds = lived(request, lives)
    urine = {
        name: np.diff(worlds.results[name].field("urine")[[DAYS - 14, DAYS]], axis=0)[0]
        / np.diff(worlds.results[name].field("rise")[[DAYS - 14, DAYS]], axis=0)[0]
        * 24.0
        for name in lives
    }
    serum = {name: worlds.results[name].field("serum")[DAYS] for name in lives}
    doubt, sources = worlds.draws.doubt, ("zhang2016", "quamme1997")
    usual, scarce, plenty = "300 mg", "30 mg", "600 mg"
    facts = tuple(
        spread(key, label, "%", percent, doubt, sources)
        for key, label, percent in (
            (
                "kept",
                "urine on 30 mg a day, share of that on 300 mg",
                100.0 * urine[scarce] / urine[usual],
            ),
            (
                "lost",
                "urine on 600 mg a day, share of that on 300 mg",
                100.0 * urine[plenty] / urine[usual],
            ),
            (
                "serum_low",
                "serum on 30 mg a day, against 300 mg",
                100.0 * (serum[scarce] / serum[usual] - 1.0),
            ),
            (
                "serum_high",
                "serum on 600 mg a day, against 300 mg",
                100.0 * (serum[plenty] / serum[usual] - 1.0),
            ),
        )
    )
    points = tuple(
        point("urine", mg, spread("u", "", "mmol/d", urine[f"{say.typed(mg)} mg"], doubt, sources))
        for mg in _DIETS
    )
    trials = (
        published("zhang2016", "urine", "trial_urine"),
        published("zhang2016", "serum", "trial_serum"),
    )
    return Found(
        facts,
        trials,
        lines(
            "magnesium in food, mg a day",
            "magnesium in urine, mmol a day",
            points,
            "90 % of people and doubts",
        ),
    )


CLAIMS: Mapping[str, Callable[[Ask], Found]] = MappingProxyType(
    {"C06": _c06, "C15": _c15, "C28": _c28, "C29": _c29, "C21": _c21, "C22": _c22}
)
"""How each claim of this file is answered."""
