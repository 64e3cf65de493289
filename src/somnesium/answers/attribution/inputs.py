"""The inputs of a virtual person, in groups, and how they go together in the population.

An input is a standard normal score: someone's place in a covariate among people of their age and
sex, or in a parameter of the body among people like them. Scores of covariates follow one another
as `population.drawing` lets them; what they are given age and sex belongs to age and to sex. The
last input is the chance of the nights. So people are drawn exactly as the population draws them,
and what is known of some inputs tells exactly how the others are spread.

Magnesium has two groups: what is eaten and taken, and what the body makes of it. Health and
medicines stand under the second because in this model they reach sleep only through it; smoking
stands under caffeine, which it hastens. Naps, shift work and travel are not among virtual people,
so nothing is said of them.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from somnesium.answers.attribution.shapley import Gaussian
from somnesium.engine.randomness import DRAW, normals
from somnesium.population.covariates import COVARIATES
from somnesium.population.drawing import SCORES, Known, draw_covariates
from somnesium.population.margins import loading, margin
from somnesium.population.people import PEOPLE, People, traits_of_people
from somnesium.simulation.gains import GAINS, centre, drawn_rows, multiplied, posterior
from somnesium.simulation.individual import parameters, typical_bodies

_CLIP = 3.0
"""Standard normals of bodies are held within, as in `simulation.individual`."""
CHANCE = "chance"

GROUPS: dict[str, str] = {
    "magnesium_intake": "magnesium eaten and taken",
    "magnesium_body": "magnesium kept and used: gut, kidneys, health, gains",
    "light": "light in the evening and sensitivity to it",
    "caffeine": "caffeine and how it is broken down",
    "alcohol": "alcohol",
    "stress": "stress and cortisol",
    "insomnia": "insomnia and lasting arousal",
    "age": "age",
    "size": "sex and size",
    "clock": "body clock",
    "schedule": "time in bed and bedtimes",
    "exercise": "exercise",
    "traits": "other traits of the sleeper",
    CHANCE: "chance of the nights",
}
"""Groups of inputs, in order, in words."""
MAGNESIUM = ("magnesium_intake", "magnesium_body")
"""The groups that are magnesium's, whose effects are known within a factor (`simulation.gains`)."""

_SCORES = {
    "age": ("age",),
    "size": ("sex", "mass", "height"),
    "clock": ("chronotype",),
    "stress": ("stress",),
    "insomnia": ("insomnia",),
    "alcohol": ("alcohol", "drinks"),
    "caffeine": ("smoker", "caffeine_user", "caffeine", "caffeine_last"),
    "exercise": ("exercise", "exercise_minutes"),
    "light": ("evening", "screen_user", "screen"),
    "schedule": ("bed_work", "in_bed_work", "bed_delay", "in_bed_free"),
    "magnesium_intake": ("food", "supplement_user", "supplement"),
    "magnesium_body": (
        "egfr",
        "kidney_disease",
        "kidney_disease_egfr",
        "diabetes",
        "diabetes_type_1",
        "gut_disease",
        "bowel_resection",
        "bariatric_surgery",
        "chronic_diarrhoea",
        "ppi",
        "thiazide",
        "potassium_sparing",
        "wasting_medicine",
    ),
}
_LEAVES = {
    "magnesium_body": (
        "gut.",
        "stores.",
        "kidney.",
        "brain.",
        "pineal.magnesium_gain",
        "adrenal.magnesium_gain",
        "nerves.magnesium_gain",
        "nerves.vagal_magnesium",
    ),
    "light": ("pineal.half_light",),
    "caffeine": ("caffeine.",),
    "alcohol": ("alcohol.",),
    "stress": ("adrenal.", "nerves.stress_gain", "nerves.cortisol_gain"),
    "insomnia": ("nerves.trait", "nerves.forgetting"),
    "clock": (
        "clock.",
        "pineal.",
        "chain.onset_clock",
        "chain.clock_peak",
        "chain.rem_clock",
        "chain.melatonin_gain",
    ),
}
"""Parameters of the body by the beginning of their names; the longest match counts."""


class _Leaves(NamedTuple):
    """Parameters that differ between people: leaf of `Body`, log-normal sigma, normal SD."""

    leaf: np.ndarray
    sigma: np.ndarray
    sd: np.ndarray
    names: tuple[str, ...]


@cache
def _leaves() -> _Leaves:
    found = [(k, p) for k, p in enumerate(parameters()) if p.par.cv > 0.0 or p.par.sd > 0.0]
    return _Leaves(
        np.array([k for k, _ in found]),
        np.sqrt(np.log1p(np.array([p.par.cv for _, p in found]) ** 2)),
        np.array([p.par.sd for _, p in found]),
        tuple(p.name for _, p in found),
    )


def _group_of_leaf(name: str) -> str:
    matches = [
        (len(start), group)
        for group, starts in _LEAVES.items()
        for start in starts
        if name.startswith(start)
    ]
    return max(matches)[1] if matches else "traits"


def _followers() -> tuple[tuple[str, dict[str, float]], ...]:
    """Scores that follow others, leaders first: how strongly they follow each."""
    tall = margin("mass_height_correlation")
    r = float(np.mean([tall.female, tall.male]))
    heavy = loading("food_mass")
    plain = (
        ("food", heavy * np.sqrt(1.0 - r**2), "mass"),
        ("insomnia", loading("insomnia_stress"), "stress"),
        ("diabetes", loading("diabetes_adiposity"), "mass"),
        ("bariatric_surgery", loading("bariatric_surgery_adiposity"), "mass"),
        ("chronic_diarrhoea", loading("chronic_diarrhoea_adiposity"), "mass"),
        ("ppi", loading("ppi_adiposity"), "mass"),
        ("thiazide", loading("thiazide_adiposity"), "mass"),
        ("smoker", loading("smoker_alcohol"), "alcohol"),
        ("caffeine", loading("caffeine_smoker"), "smoker"),
        ("bed_work", loading("bed_work_chronotype"), "chronotype"),
        ("in_bed_work", loading("in_bed_work_bed_work"), "bed_work"),
        ("bed_delay", loading("bed_delay_chronotype"), "chronotype"),
        ("in_bed_free", loading("in_bed_free_in_bed_work"), "in_bed_work"),
    )
    found: dict[str, dict[str, float]] = {}
    for name, strength, leader in plain:
        found.setdefault(name, {})[leader] = strength
    # Mass for height is a score of its own; body mass itself follows height too.
    found["food"]["height"] = heavy * r
    return tuple(found.items())


@cache
def inputs_of_people() -> Gaussian:
    """How a person's inputs go together: scores of `drawing.SCORES`, the body's, the chance."""
    count = len(SCORES) + len(_leaves().names) + 1
    mixing = np.eye(count)
    at = {name: k for k, name in enumerate(SCORES)}
    for name, leaders in _followers():
        own = np.sqrt(1.0 - sum(strength**2 for strength in leaders.values()))
        row = own * np.eye(count)[at[name]]
        mixing[at[name]] = row + sum(s * mixing[at[leader]] for leader, s in leaders.items())
    of_score = {score: group for group, scores in _SCORES.items() for score in scores}
    groups = [of_score[name] for name in SCORES]
    groups += [_group_of_leaf(name) for name in _leaves().names] + [CHANCE]
    number = {name: k for k, name in enumerate(GROUPS)}
    return Gaussian(mixing, np.array([number[group] for group in groups]))


@cache
def _unmixing() -> np.ndarray:
    """What turns scores that follow each other into the numbers they are drawn with."""
    found = np.linalg.inv(inputs_of_people().mixing[: len(SCORES), : len(SCORES)])
    found.flags.writeable = False
    return found


def normals_of(person: np.ndarray, seed: int) -> np.ndarray:
    """The independent numbers of the people of a population, before they are mixed.

    (inputs, people): what `population.draw_people` and `bodies_of` draw them with. The last row
    holds the number that keys the chance of their nights: their own.
    """
    leaves = _leaves().leaf
    body = normals(seed, person, DRAW, 0, int(leaves.max()) + 1)[:, leaves]
    scores = normals(seed, person, PEOPLE, 0, len(SCORES))
    return np.concatenate([scores.T, np.clip(body, -_CLIP, _CLIP).T, person[None].astype(float)])


def people_at(points: np.ndarray) -> People:
    """The covariates of people whose inputs (inputs, people) these are; `person` keys chance."""
    unmixed = _unmixing() @ points[: len(SCORES)]
    scores: dict[str, np.ndarray] = dict(zip(SCORES, unmixed, strict=True))
    columns = draw_covariates(Known({}, {}), scores)
    person = np.rint(points[-1]).astype(np.int64)
    return People(person, np.ones(len(person)), **{name: columns[name] for name in COVARIATES})


class Doubts(NamedTuple):
    """Draws of what we do not know of the gains: factors on the typical ones (gains, draws), and
    one number for each draw, in standard deviations: how far magnesium's effects are off (draws,).
    """

    factor: np.ndarray
    size: np.ndarray


def doubts_of(draws: int, seed: int) -> Doubts:
    """Draws 0 to `draws` - 1 of what we do not know, the posterior's (`simulation.gains`)."""
    rows = drawn_rows(seed, draws)
    effects = posterior()[:, [gain.scale == "linear" for gain in GAINS]]
    sizes = ((effects - effects.mean(axis=0)) / effects.std(axis=0)).mean(axis=1)
    sizes = (sizes - sizes.mean()) / sizes.std()
    return Doubts((posterior()[rows] / centre()).T, sizes[rows])


def bodies_at(points: np.ndarray, people: People, doubts: Doubts) -> np.ndarray:
    """The bodies of people at `points` (inputs, people): (leaves of Body, people)."""
    bodies = multiplied(typical_bodies(traits_of_people(people)), doubts.factor)
    leaves = _leaves()
    z = points[len(SCORES) : -1]
    here = bodies[leaves.leaf]
    bodies[leaves.leaf] = here * np.exp(leaves.sigma[:, None] * z) + leaves.sd[:, None] * z
    return bodies
