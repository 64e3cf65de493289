"""What in a life makes magnesium low: each thing taken away in the same people, the rest kept."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from somnesium import say
from somnesium.answers.intake.requirements import LifeStage, Reference, life_stage_of, reference
from somnesium.answers.risk.laboratory import Crowd
from somnesium.answers.risk.status import DEFINITIONS, Probability, Spread, probability, spread_of
from somnesium.errors import InvalidInput
from somnesium.person.diet import Diet
from somnesium.person.document import Document
from somnesium.person.medicines import find_medicines
from somnesium.person.person import Person, egfr_of
from somnesium.person.request import Request
from somnesium.simulation.individual import WASTING_CLASSES
from somnesium.simulation.steady import Life, Steady, food_scales, steady

_NEED_DOUBT = 0.2  # judgement#requirement-doubt: log scale, iom1997 against hunt2006


class Factor(Document):
    """One thing in a life, and what it does: with it minus without it, in the same people.

    `serum` [mmol/L] holds 90 % of people like this one. `stores_low` is the probability of low
    stores with everything as it is, `without` the same with this one thing taken away. Neither
    uses laboratory values.
    """

    key: str
    label: str
    instead: str
    serum: Spread
    stores_low: Probability
    without: Probability
    sources: tuple[str, ...]


class Uncounted(Document):
    """Something this person has that may change magnesium, and that the figures leave out."""

    key: str
    text: str
    sources: tuple[str, ...]


class _Kind(NamedTuple):
    """A factor the body model knows: what it is called, what stands instead, and its sources."""

    label: str
    instead: str
    sources: tuple[str, ...]


_CONDITIONS: tuple[tuple[str, tuple[str, ...], _Kind], ...] = (
    (
        "gut_disease",
        ("gut_disease",),
        _Kind("gut disease", "a healthy gut", ("judgement#gut-disease",)),
    ),
    (
        "bowel_resection",
        ("bowel_resection",),
        _Kind("part of the bowel removed", "a whole bowel", ("schuette1994",)),
    ),
    (
        "bariatric_surgery",
        ("bariatric_surgery",),
        _Kind("stomach bypass or the like", "no such operation", ("judgement#bypass",)),
    ),
    (
        "chronic_diarrhoea",
        ("chronic_diarrhoea",),
        _Kind("lasting loose stools", "usual stools", ("judgement#fast-transit",)),
    ),
    (
        "diabetes",
        ("diabetes_type_1", "diabetes_type_2"),
        _Kind("diabetes", "no diabetes", ("bertinato2017",)),
    ),
    ("prediabetes", ("prediabetes",), _Kind("prediabetes", "usual sugar", ("bertinato2017",))),
    (
        "alcohol_use_disorder",
        ("alcohol_use_disorder",),
        _Kind("alcohol use disorder", "none", ("judgement#alcohol-use-disorder",)),
    ),
)

_MEDICINES: tuple[tuple[str, frozenset[str], _Kind], ...] = (
    (
        "ppi",
        frozenset({"ppi"}),
        _Kind("acid blocker (PPI)", "no acid blocker", ("srinutta2019#size-our-judgement",)),
    ),
    (
        "thiazide",
        frozenset({"thiazide"}),
        _Kind("thiazide water pill", "no such pill", ("kieboom2018",)),
    ),
    (
        "potassium_sparing",
        frozenset({"potassium_sparing"}),
        _Kind("water pill that spares potassium", "no such pill", ("judgement#potassium-sparing",)),
    ),
    (
        "wasting_medicine",
        WASTING_CLASSES,
        _Kind(
            "a drug that makes the kidneys lose magnesium",
            "no such drug",
            ("tucker2020#size-our-judgement",),
        ),
    ),
)

_LEFT_OUT: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "loop_diuretic",
        "Loop water pills make the kidneys lose magnesium for hours. In a large study blood "
        "magnesium was not lower on them, so we give no size.",
        ("kieboom2018",),
    ),
    (
        "magnesium_wasting",
        "One of your drugs can make the kidneys lose magnesium. We know no size for it, so it is "
        "left out here. Ask for a blood test.",
        ("judgement#no-size",),
    ),
    (
        "egfr_antibody",
        "One of your drugs can make the kidneys lose magnesium. We know no size for it, so it is "
        "left out here. Ask for a blood test.",
        ("tucker2020", "judgement#no-size"),
    ),
    (
        "magnesium_containing",
        "One of your medicines holds magnesium. We do not know how much you take of it, so it is "
        "left out here. Write it into your plan.",
        ("judgement#no-size",),
    ),
)


def _without_medicines(person: Person, classes: frozenset[str]) -> Person:
    """The person without medicines of some classes."""
    kept = tuple(
        name
        for name in person.medicines
        if not any(classes & set(found.classes) for found in find_medicines((name,)))
    )
    return person.model_copy(update={"medicines": kept})


def requirement_of(person: Person) -> Reference:
    """The US average requirement for someone of this age and sex, or `InvalidInput`.

    Where none was set for pregnancy or lactation at an age, that of the age and sex stands.
    """
    stage = life_stage_of(person)
    found = reference(stage, "us") or reference(LifeStage(stage.age, stage.sex), "us")
    if found is None or found.average_mg is None:
        fix = "no average requirement was set for infants: ask a doctor"
        raise InvalidInput.field("person.age", person.age, "1 year or more", fix)
    return found


def required_life(request: Request, seed: int, doubts: int) -> Life:
    """The same person in health, without medicines, who eats what the average person needs.

    Requirements differ between people (iom1997), and their average is in dispute (hunt2006 finds
    balance at 165 mg): each doubt is a draw of one.
    """
    need = requirement_of(request.person)
    average, sd = need.average_mg or 0.0, need.requirement_sd_mg or 0.0
    well = {
        "conditions": (),
        "medicines": (),
        "egfr": None,
        "creatinine_umol_l": None,
        "creatinine_mg_dl": None,
    }
    return Life(
        request.person.model_copy(update=well),
        request.habits.model_copy(update={"alcohol": ()}),
        Diet(magnesium_mg_per_day=average),
        food=food_scales(seed, doubts, math.hypot(sd / average, _NEED_DOUBT), column=2),
    )


def _removed(request: Request) -> Iterator[tuple[str, _Kind, Life]]:
    """Each factor this person has, and their life without it."""
    person, habits, diet = request.person, request.habits, request.diet
    need = requirement_of(person)
    advised = Diet(magnesium_mg_per_day=need.recommended_mg)
    label = f"the {say.number(need.recommended_mg)} mg a day that is advised"
    yield "diet", _Kind("what you eat", label, need.sources), Life(person, habits, advised)
    if egfr_of(person) is not None:
        blank = {"egfr": None, "creatinine_umol_l": None, "creatinine_mg_dl": None}
        kind = _Kind(
            "how your kidneys work", "the usual of your age", ("levey2009", "sakaguchi2017")
        )
        yield "kidney", kind, Life(person.model_copy(update=blank), habits, diet)
    for key, names, kind in _CONDITIONS:
        if set(names) & set(person.conditions):
            kept = tuple(one for one in person.conditions if one not in names)
            yield key, kind, Life(person.model_copy(update={"conditions": kept}), habits, diet)
    for key, classes, kind in _MEDICINES:
        other = _without_medicines(person, classes)
        if other.medicines != person.medicines:
            yield key, kind, Life(other, habits, diet)
    if habits.alcohol:
        dry = habits.model_copy(update={"alcohol": ()})
        kind = _Kind("the alcohol you drink", "no alcohol", ("judgement#acute-ethanol-2-3-fold",))
        yield "alcohol", kind, Life(person, dry, diet)


def _factor(key: str, kind: _Kind, crowd: Crowd, without: Steady) -> Factor:
    """A factor from two lives of the same people."""
    low = next(one for one in DEFINITIONS if one.key == "stores_low")
    share = np.full(len(without.serum), 1.0 / len(without.serum))
    other = crowd._replace(own=without)
    change = crowd.own.serum - without.serum
    return Factor(
        key=key,
        label=kind.label,
        instead=kind.instead,
        serum=spread_of(change, share, "mmol/L", kind.sources),
        stores_low=probability(low.met(crowd), share, crowd),
        without=probability(low.met(other), share, other),
        sources=(*kind.sources, *low.sources),
    )


def factors(request: Request, people: int, doubts: int, seed: int) -> tuple[Factor, ...]:
    """Everything in this life that changes magnesium, the largest fall of serum first."""
    removed = tuple(_removed(request))
    own = Life(request.person, request.habits, request.diet)
    lives = {"own": own, "required": required_life(request, seed, doubts)}
    lives |= {f"without {key}": life for key, _, life in removed}
    found = steady(lives, people, doubts, seed)
    crowd = Crowd(found["own"], found["required"])
    told = [_factor(key, kind, crowd, found[f"without {key}"]) for key, kind, _ in removed]
    return tuple(sorted(told, key=lambda one: (one.serum.mean, one.key)))


def uncounted(person: Person) -> tuple[Uncounted, ...]:
    """What this person takes that may change magnesium, and that the figures leave out."""
    classes = {name for one in find_medicines(person.medicines) for name in one.classes}
    return tuple(
        Uncounted(key=key, text=text, sources=sources)
        for key, text, sources in _LEFT_OUT
        if key in classes - WASTING_CLASSES
    )
