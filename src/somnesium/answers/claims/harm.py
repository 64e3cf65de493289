"""C06, C15, C21, C22, C28, C29: doctors, stomach, bowel, diabetes, kidneys, too much in blood."""

import numpy as np

from somnesium import say
from somnesium.answers.claims.claim import ClaimFacts, Fact, fact, labelled, point
from somnesium.answers.claims.crowd import share
from somnesium.answers.claims.lives import (
    DAYS,
    OWN,
    STANDARD,
    between_rises,
    diet,
    lived,
    lived_taking,
    mean_serum,
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

_ADULTS = 160


def _regimen(mg: float) -> Regimen:
    intake = {"form": "citrate", "magnesium_mg": mg, "mass_is": "elemental", "times": ["22:00"]}
    return read_document({"intakes": [intake]}, Regimen)


def reasons_to_ask(seed: int) -> ClaimFacts:
    """C06: virtual adults who want 200 mg a day, and what the safety rules say to each."""
    spec, regimen = PopulationSpec(people=_ADULTS, days=7, seed=seed), _regimen(200.0)
    refused, warned = np.zeros(_ADULTS), np.zeros(_ADULTS)
    taken = taken_of(regimen, 0)
    for k in range(_ADULTS):
        person = request_of(spec, k).person
        safety = evaluate(person, find_medicines(person.medicines), taken)
        refused[k] = bool(safety.refusals)
        warned[k] = bool(safety.refusals) or bool(safety.cautions)
    facts = (
        share("asked", "US adults with a reason to ask first, for 200 mg", warned),
        share("refused", "US adults refused 200 mg", refused),
    )
    return ClaimFacts(facts, (), labelled("virtual adults", facts))


_DOSES = (100.0, 250.0, 350.0, 500.0, 750.0)


def upset_stomach(
    mg: float, key: str, label: str, laxative: float = 1.0, food: bool = False
) -> Fact:
    """Chance of an upset stomach or loose stool beyond placebo from one dose [mg]."""
    mean, low, high = (100.0 * chance for chance in symptom_probability(mg, laxative, food))
    sources = ("bashir1993", "fine1991", "judgement#evidence2.3")
    return fact(key, label, mean, "%", sources, (low, high), "doubt90")


def stomach(seed: int) -> ClaimFacts:
    """C15: chance of stomach trouble by dose, form and food."""
    by_dose = [
        upset_stomach(mg, f"at_{say.typed(mg)}", f"{say.typed(mg)} mg at once") for mg in _DOSES
    ]
    least, most = by_dose[0], by_dose[-1]
    (low, high), (low_most, high_most) = (each.interval or (0.0, 0.0) for each in (least, most))
    rise = fact(
        "rise",
        "chance at 750 mg less at 100 mg",
        (most.value or 0.0) - (least.value or 0.0),
        "%",
        least.sources,
        (low_most - low, high_most - high),
        "doubt90",
    )
    oxide = upset_stomach(350.0, "oxide", "350 mg as oxide", 1.3)
    fed = upset_stomach(350.0, "food", "350 mg with food", 1.0, True)
    label, sources = "people with symptoms on 360 mg, 6 of 21", ("bashir1993", "wilson1927")
    trial = fact("trial", label, 100.0 * 6 / 21, "%", sources, (15.3, 47.2), "chance90")
    points = tuple(point("model", mg, each) for mg, each in zip(_DOSES, by_dose, strict=True))
    return ClaimFacts((rise, *by_dose, oxide, fed), (trial,), points)


def stool(seed: int) -> ClaimFacts:
    """C28: heavier stool from what is not absorbed."""
    request = sleeper(seed, days=28)
    plans = {
        f"{form} {say.typed(mg)} mg": taking(request, mg, form)
        for form, mg in (("citrate", 250.0), ("citrate", 500.0), ("oxide", 500.0), ("oxide", 1e3))
    }
    worlds = lived_taking(request, plans)

    def grams(world: str) -> np.ndarray:
        amount, hours = between_rises(worlds.results[world], "stool", 14, 27)
        return STOOL_GRAMS_PER_MMOL * amount / (hours / 24.0)

    facts = {
        name: spread(
            name.replace(" ", "_"),
            f"stool heavier on {name}",
            "g/d",
            grams(name) - grams(OWN),
            worlds.draws.doubt,
            ("fine1991b", *STANDARD),
        )
        for name in plans
    }
    points = tuple(point("model", name, each) for name, each in facts.items())
    return ClaimFacts(tuple(facts.values()), (), points)


_KIDNEYS = (90.0, 60.0, 45.0, 25.0, 12.0)
_MUCH = (250.0, 500.0, 1000.0)
_WORST = 2.0
"""Serum from which signs of poisoning begin [mmol/L] (iom1997)."""


def too_much(seed: int) -> ClaimFacts:
    """C29: who gets too much magnesium in the blood, by kidneys and dose."""
    facts, points = [], []
    for egfr in _KIDNEYS:
        request = sleeper(seed, days=42, person={"age": 70, "egfr": egfr})
        plans = {say.typed(mg): taking(request, mg) for mg in _MUCH}
        worlds = lived_taking(request, plans, people=48, doubts=2)
        for mg in plans:
            serum = worlds.results[mg].field("serum")[-15:-1]
            for limit in (HIGH_SERUM, VERY_HIGH_SERUM, _WORST):
                facts.append(_over(serum, worlds.draws.person, limit, say.typed(egfr), mg))
            points.append(point(f"{mg} mg a day", egfr, facts[-3]))
    slow = {"age": 70, "sex": "female", "mass_kg": 70, "height_cm": 166, "egfr": 25.0}
    safety = evaluate(read_document(slow, Person), (), taken_of(_regimen(250.0), 0))
    sources = tuple(key for refusal in safety.refusals for key in refusal.sources)
    count = float(len(safety.refusals))
    stop = fact("refused", "refusals for 250 mg at an eGFR of 25", count, "", sources)
    label = "oxide users in hospital with 3.0 mg/dL or more"
    patients = fact("seen", label, 5.2, "%", ("mori2019",))
    return ClaimFacts((*facts, stop), (patients,), tuple(points))


def _over(serum: np.ndarray, person: np.ndarray, limit: float, egfr: str, mg: str) -> Fact:
    """Percent of people whose serum ever passes a limit in the last fortnight."""
    mean, low, high = (100.0 * v for v in high_share(serum, person, limit))
    key = f"over{round(100 * limit)}_egfr{egfr}_{mg}mg"
    label = f"serum over {say.number(limit, 2)} mmol/L, eGFR {egfr}, {mg} mg"
    sources = ("mori2019", "wakai2019", "judgement#evidence8.1")
    return fact(key, label, mean, "%", sources, (low, high), "chance90")


def diabetes(seed: int) -> ClaimFacts:
    """C21: magnesium in blood with diabetes and without; enzymes and DNA are not in the model."""
    plain, facts = mean_serum(lived(sleeper(seed, days=28), {})), {}
    for key, label, condition in (
        ("diabetes", "type 2 diabetes", "diabetes_type_2"),
        ("prediabetes", "raised blood sugar", "prediabetes"),
    ):
        worlds = lived(sleeper(seed, days=28, person={"conditions": [condition]}), {})
        facts[label] = spread(
            key,
            f"serum with {label}, less without",
            "mmol/L",
            mean_serum(worlds) - plain,
            worlds.draws.doubt,
            ("bertinato2017",),
        )
    trial = published("rodriguezmoran2003", "serum", "trial_serum")
    points = tuple(point("model", label, each) for label, each in facts.items())
    return ClaimFacts(tuple(facts.values()), (trial,), points)


_DIETS = (30.0, 100.0, 200.0, 300.0, 450.0, 600.0)


def kidneys_keep(seed: int) -> ClaimFacts:
    """C22: urine and serum on diets from scarce to plenty."""
    request = sleeper(seed, diet_mg=300.0)
    worlds = lived(request, {say.typed(mg): Life(request.habits, diet(mg)) for mg in _DIETS})
    urine, serum = {}, {}
    for mg in map(say.typed, _DIETS):
        amount, hours = between_rises(worlds.results[mg], "urine", DAYS - 14, DAYS)
        urine[mg] = amount / hours * 24.0
        serum[mg] = worlds.results[mg].field("serum")[DAYS]
    doubt, sources = worlds.draws.doubt, ("zhang2016", "quamme1997")
    facts = tuple(
        spread(key, label, "%", percent, doubt, sources)
        for low, key_urine, key_serum in (
            ("30", "kept", "serum_low"),
            ("600", "lost", "serum_high"),
        )
        for key, label, percent in (
            (
                key_urine,
                f"urine on {low} mg a day, share of that on 300 mg",
                100.0 * urine[low] / urine["300"],
            ),
            (
                key_serum,
                f"serum on {low} mg a day, against 300 mg",
                100.0 * (serum[low] / serum["300"] - 1.0),
            ),
        )
    )
    kept, serum_low, lost, serum_high = facts
    points = tuple(
        point("urine", mg, spread("u", "", "mmol/d", urine[say.typed(mg)], doubt, sources))
        for mg in _DIETS
    )
    trials = tuple(published("zhang2016", name, f"trial_{name}") for name in ("urine", "serum"))
    return ClaimFacts((kept, lost, serum_low, serum_high), trials, points)
