"""Covariates of many people, drawn one after another so that each follows those before it.

Every covariate has a standard normal score. Scores follow one another by loadings, so the spread
of each stays what its margin says. A value that is known sets its score, so that what is drawn
after it goes with it; sex and age, mass and height, lights-out and rise go with each other both
ways, the rest with what stands before it only.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from somnesium.population.covariates import COVARIATES
from somnesium.population.margins import age_pyramid, loading, margin

SCORES = tuple(
    """
    sex age mass height egfr kidney_disease kidney_disease_egfr chronotype stress insomnia food
    supplement_user supplement alcohol drinks smoker caffeine_user caffeine caffeine_last
    exercise exercise_minutes evening screen_user screen bed_work in_bed_work bed_delay
    in_bed_free diabetes diabetes_type_1 gut_disease bowel_resection bariatric_surgery
    chronic_diarrhoea ppi thiazide potassium_sparing wasting_medicine
    """.split()  # noqa: SIM905 - a name a line would be forty lines
)
"""Independent standard normal numbers drawn for each person, in order: only ever add at the end."""

_EXTREME = 5.0
MG_PER_CUP = 100.0
"""Caffeine drunk at a time, about [mg] (usda_sr24: a cup of coffee holds 95 mg)."""
_KIDNEY_LOW, _KIDNEY_HIGH = 8.0, 60.0
_SHORTEST, _LONGEST = 3.0, 14.0
"""Time in bed that is drawn [h] (judgement#time-in-bed)."""
_AFTER_RISE = 0.75
_DAYS_OF_DRINKERS = (0.42, 0.57, 0.69, 0.78, 0.84, 0.89, 0.93)
"""Shares of drinkers with at most 0, 1, … 6 evenings a week (judgement#drinking-days)."""
_DAYS_OF_EXERCISERS = (0.0, 0.07, 0.19, 0.40, 0.54, 0.76, 0.84)
"""Shares of those who exercise with at most 0, 1, … 6 days a week (judgement#exercise-days)."""

Columns = dict[str, np.ndarray]


class MeanSd(NamedTuple):
    """Mean and standard deviation that replace a margin."""

    mean: float
    sd: float


class Known(NamedTuple):
    """What is known beforehand: values by covariate (NaN is missing), and margins replaced."""

    values: Mapping[str, np.ndarray]
    spreads: Mapping[str, MeanSd]

    def of(self, name: str) -> np.ndarray | None:
        """Known values of a covariate, or None if there is none."""
        return self.values.get(name)


def draw_covariates(known: Known, z: Mapping[str, np.ndarray]) -> Columns:
    """Every covariate of `COVARIATES`, from independent normals by the names of `SCORES`."""
    out: Columns = {}
    female = _who(known, z, out)
    adiposity, mass = _size(known, z, out, female)
    _mind(known, z, out, female)
    _health(known, z, out, female, adiposity)
    _intake(known, z, out, female, mass)
    _sleep(known, z, out, female)
    _habits(known, z, out, female)
    return {name: _typed(name, out[name]) for name in COVARIATES}


def _typed(name: str, values: np.ndarray) -> np.ndarray:
    """A column in its type: booleans, int8 for grades and counts, else float64."""
    kinds = {"flag": bool, "grade": np.int8, "count": np.int8, "number": float}
    return values.astype(kinds[COVARIATES[name].kind])


def follow(strength: float | np.ndarray, leader: np.ndarray, own: np.ndarray) -> np.ndarray:
    """A standard normal score that follows another one."""
    return strength * leader + np.sqrt(1.0 - strength**2) * own


def _spread_quantile(name: str, spread: MeanSd, score: np.ndarray) -> np.ndarray:
    """Values of a (log-)normal with this mean and SD, truncated to the allowed range."""
    c = COVARIATES[name]
    mean, sd, low, high = spread.mean, spread.sd, c.low, c.high
    if c.log:
        sd = np.sqrt(np.log1p((sd / mean) ** 2))
        mean = np.log(mean) - 0.5 * sd**2
        low, high = np.log(max(low, 1e-9)), np.log(high)
    below, above = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    value = mean + sd * ndtri(below + ndtr(score) * (above - below))
    return np.exp(value) if c.log else value


def _number(
    known: Known, name: str, score: np.ndarray, mean: np.ndarray, sd: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Values and scores; `mean` and `sd` are of the logarithm where the covariate is log-normal."""
    c = COVARIATES[name]
    if name in known.spreads:
        value = _spread_quantile(name, known.spreads[name], score)
    else:
        value = np.exp(mean + sd * score) if c.log else mean + sd * score
    value = np.clip(value, c.low, c.high)
    given = known.of(name)
    if given is None:
        return value, score
    here = ~np.isnan(given)
    plain = np.log(np.maximum(given, 1e-9)) if c.log else given
    implied = np.clip((plain - mean) / sd, -_EXTREME, _EXTREME)
    return np.where(here, given, value), np.where(here, implied, score)


def _amount(
    known: Known, name: str, user: np.ndarray, score: np.ndarray, mean: np.ndarray, sd: np.ndarray
) -> np.ndarray:
    """An amount that only some take: zero for the others, unless known or its margin replaced."""
    value, _ = _number(known, name, score, mean, sd)
    given = known.of(name)
    has = user if given is None else user | ~np.isnan(given)
    return value if name in known.spreads else np.where(has, value, 0.0)


def _replaced(known: Known, name: str, value: np.ndarray) -> np.ndarray:
    """A flag, grade or count with what is known put in."""
    given = known.of(name)
    return value if given is None else np.where(np.isnan(given), value, given)


def _has(share: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Whether each is among the `share` with the highest scores."""
    return score > -ndtri(share)


def _who(known: Known, z: Mapping[str, np.ndarray], out: Columns) -> np.ndarray:
    """Sex and age; returns who is female."""
    pyramid = age_pyramid()
    age = known.of("age")
    share: float | np.ndarray = pyramid.female_share
    if age is not None:
        share = np.where(np.isnan(age), share, pyramid.female_share_at(np.nan_to_num(age)))
    out["sex"] = _replaced(known, "sex", np.where(_has(share, z["sex"]), 0.0, 1.0))  # type: ignore[arg-type]
    female = out["sex"] == 0.0
    drawn = pyramid.age(ndtr(z["age"]), female)
    if "age" in known.spreads:
        drawn = _spread_quantile("age", known.spreads["age"], z["age"])
    out["age"] = _replaced(known, "age", drawn)
    return female


def _size(
    known: Known, z: Mapping[str, np.ndarray], out: Columns, female: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mass and height; returns scores of adiposity (mass for height) and of mass."""
    age = out["age"]
    r = margin("mass_height_correlation").at(age, female)
    typical, spread = margin("height").at(age, female), margin("height_sd").at(age, female)
    height, tall = _number(known, "height_cm", z["height"], typical, spread)
    mass, heavy = _number(
        known,
        "mass_kg",
        follow(r, tall, z["mass"]),
        margin("log_mass").at(age, female),
        margin("log_mass_sd").at(age, female),
    )
    if (weighed := known.of("mass_kg")) is not None:
        # Of someone weighed but not measured, the height follows the mass.
        again = _number(known, "height_cm", follow(r, heavy, z["height"]), typical, spread)
        height, tall = np.where(np.isnan(weighed), (height, tall), again)
    out["mass_kg"], out["height_cm"] = mass, height
    return (heavy - r * tall) / np.sqrt(1.0 - r**2), heavy


def _mind(known: Known, z: Mapping[str, np.ndarray], out: Columns, female: np.ndarray) -> None:
    """Chronotype, stress, insomnia."""
    age = out["age"]
    out["chronotype_hours"], late = _number(
        known,
        "chronotype_hours",
        z["chronotype"],
        margin("chronotype").at(age, female),
        margin("chronotype_sd").at(age, female),
    )
    out["_late"] = late
    out["stress"], tense = _number(
        known,
        "stress",
        z["stress"],
        margin("stress").at(age, female) / 40.0,
        margin("stress_sd").at(age, female) / 40.0,
    )
    score = follow(loading("insomnia_stress"), tense, z["insomnia"])
    grades = [
        _has(margin(name).at(age, female), score)
        for name in ("insomnia_symptoms", "insomnia_disorder", "insomnia_severe")
    ]
    out["insomnia"] = _replaced(known, "insomnia", sum(grades, np.zeros(len(age))))


def _health(
    known: Known, z: Mapping[str, np.ndarray], out: Columns, female: np.ndarray, fat: np.ndarray
) -> None:
    """Kidneys, diabetes, conditions and medicines."""
    age = out["age"]

    def share(name: str) -> np.ndarray:
        return margin(name).at(age, female)

    filtration, _ = _number(known, "egfr", z["egfr"], share("egfr"), share("egfr_sd"))
    ill = _KIDNEY_LOW + (_KIDNEY_HIGH - _KIDNEY_LOW) * ndtr(z["kidney_disease_egfr"])
    if "egfr" not in known.spreads:
        filtration = np.where(_has(share("kidney_disease"), z["kidney_disease"]), ill, filtration)
    out["egfr"] = _replaced(known, "egfr", filtration)
    score = follow(loading("diabetes_adiposity"), fat, z["diabetes"])
    type_2 = share("diabetes_total") - share("diabetes_type_1")
    grade = _has(type_2 + share("prediabetes"), score).astype(float) + _has(type_2, score)
    first = _has(share("diabetes_type_1"), z["diabetes_type_1"])
    out["diabetes"] = _replaced(known, "diabetes", np.where(first, 3.0, grade))
    for name in (
        "gut_disease",
        "bowel_resection",
        "bariatric_surgery",
        "chronic_diarrhoea",
        "ppi",
        "thiazide",
        "potassium_sparing",
        "wasting_medicine",
    ):
        score = z[name]
        if name in ("bariatric_surgery", "chronic_diarrhoea", "ppi", "thiazide"):
            score = follow(loading(f"{name}_adiposity"), fat, score)
        out[name] = _replaced(known, name, _has(share(name), score).astype(float))


def _days(limits: tuple[float, ...], user: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Days a week of users by their rank (0 to 1) among users; zero of the others."""
    return np.where(user, np.searchsorted(np.array(limits), rank, "right"), 0).astype(float)


def _intake(
    known: Known, z: Mapping[str, np.ndarray], out: Columns, female: np.ndarray, mass: np.ndarray
) -> None:
    """Magnesium, alcohol, tobacco and caffeine."""
    age = out["age"]

    def of(name: str) -> np.ndarray:
        return margin(name).at(age, female)

    hungry = follow(loading("food_mass"), mass, z["food"])
    out["food_mg"], _ = _number(
        known, "food_mg", hungry, np.log(of("food_median")), of("food_sigma")
    )
    out["supplement_mg"] = _amount(
        known,
        "supplement_mg",
        _has(of("supplement_users"), z["supplement_user"]),
        z["supplement"],
        np.log(of("supplement_median")),
        of("supplement_sigma"),
    )
    drinkers = of("drinkers")
    drinks = _has(drinkers, z["alcohol"])
    disorder = _has(of("alcohol_use_disorder"), z["alcohol"])
    out["alcohol_use_disorder"] = _replaced(known, "alcohol_use_disorder", disorder.astype(float))
    rank = 1.0 - ndtr(-z["alcohol"]) / drinkers
    out["alcohol_days"] = _replaced(known, "alcohol_days", _days(_DAYS_OF_DRINKERS, drinks, rank))
    out["alcohol_drinks"] = (
        np.round(
            2.0
            * _amount(
                known,
                "alcohol_drinks",
                drinks,
                z["drinks"],
                np.log(of("drinks_median")),
                of("drinks_sigma"),
            )
        )
        / 2.0
    )
    smokes = follow(loading("smoker_alcohol"), z["alcohol"], z["smoker"])
    out["smoker"] = _replaced(known, "smoker", _has(of("smoker"), smokes).astype(float))
    # The score of smoking drives caffeine too: smokers drink more of it (fulgoni2011).
    awake = follow(loading("caffeine_smoker"), smokes, z["caffeine"])
    sigma = of("caffeine_sigma")
    out["caffeine_mg"] = _amount(
        known,
        "caffeine_mg",
        _has(of("caffeine_users"), z["caffeine_user"]),
        awake,
        np.log(of("caffeine_mean")) - 0.5 * sigma**2,
        sigma,
    )


def minute(hours: np.ndarray) -> np.ndarray:
    """Clock hours on the whole minute."""
    return np.rint(60.0 * hours) / 60.0


def _night(
    known: Known, name: str, bed: np.ndarray, in_bed: np.ndarray, score: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lights-out and rise of `work` or `free` nights; a rise known alone sets the lights-out."""
    rise_name, bed_name = f"rise_{name}", f"bed_{name}"
    c, b = COVARIATES[rise_name], COVARIATES[bed_name]
    rise = bed + in_bed - 24.0
    fixed = np.zeros(len(bed), bool)
    if rise_name in known.spreads:
        rise = _spread_quantile(rise_name, known.spreads[rise_name], score)
        fixed[:] = True
    given = known.of(rise_name)
    if given is not None:
        rise, fixed = np.where(np.isnan(given), rise, given), fixed | ~np.isnan(given)
    own = known.of(bed_name)
    free = np.full(len(bed), bed_name not in known.spreads)
    free &= True if own is None else np.isnan(own)
    bed = np.where(fixed & free, np.clip(rise + 24.0 - in_bed, b.low, b.high), bed)
    bed = minute(bed)
    rise = np.clip(rise, np.maximum(bed - 22.0, c.low), np.minimum(bed - 8.0, c.high))
    return bed, minute(rise)


def _sleep(known: Known, z: Mapping[str, np.ndarray], out: Columns, female: np.ndarray) -> None:
    """Lights-out and rise on work and free days."""
    age, late = out["age"], out["_late"]

    def of(name: str) -> np.ndarray:
        return margin(name).at(age, female)

    score = follow(loading("bed_work_chronotype"), late, z["bed_work"])
    bed, score = _number(known, "bed_work", score, of("bed_work"), of("bed_work_sd"))
    long = follow(loading("in_bed_work_bed_work"), score, z["in_bed_work"])
    in_bed = np.clip(of("in_bed_work") + of("in_bed_work_sd") * long, _SHORTEST, _LONGEST)
    out["bed_work"], out["rise_work"] = _night(known, "work", bed, in_bed, long)
    delay = follow(loading("bed_delay_chronotype"), late, z["bed_delay"])
    bed, _ = _number(
        known, "bed_free", delay, out["bed_work"] + of("bed_delay"), of("bed_delay_sd")
    )
    longer = follow(loading("in_bed_free_in_bed_work"), long, z["in_bed_free"])
    in_bed = np.clip(of("in_bed_free") + of("in_bed_free_sd") * longer, _SHORTEST, _LONGEST)
    out["bed_free"], out["rise_free"] = _night(known, "free", bed, in_bed, longer)


def _habits(known: Known, z: Mapping[str, np.ndarray], out: Columns, female: np.ndarray) -> None:
    """When caffeine is drunk, exercise, and light in the evening."""
    age = out["age"]

    def of(name: str) -> np.ndarray:
        return margin(name).at(age, female)

    cups = _replaced(known, "caffeine_cups", np.ceil(out["caffeine_mg"] / MG_PER_CUP))
    out["caffeine_cups"] = np.where(out["caffeine_mg"] > 0.0, np.clip(cups, 1.0, 6.0), 0.0)
    last, _ = _number(
        known, "caffeine_last", z["caffeine_last"], of("caffeine_last"), of("caffeine_last_sd")
    )
    first = out["rise_work"] + _AFTER_RISE
    last = _replaced(known, "caffeine_last", np.minimum(last, out["bed_work"] - 1.0))
    out["caffeine_last"] = minute(np.clip(np.maximum(last, first), 4.0, 23.0))
    active = of("exercisers")
    moves = _has(active, z["exercise"])
    rank = 1.0 - ndtr(-z["exercise"]) / active
    out["exercise_days"] = _replaced(
        known, "exercise_days", _days(_DAYS_OF_EXERCISERS, moves, rank)
    )
    length, _ = _number(
        known,
        "exercise_minutes",
        z["exercise_minutes"],
        np.log(of("exercise_median")),
        of("exercise_sigma"),
    )
    out["exercise_minutes"] = np.rint(length)
    out["evening_lux"], _ = _number(
        known, "evening_lux", z["evening"], np.log(of("evening_median")), of("evening_sigma")
    )
    hours = _amount(
        known,
        "screen_hours",
        _has(of("screen_users"), z["screen_user"]),
        z["screen"],
        of("screen"),
        of("screen_sd"),
    )
    out["screen_hours"] = minute(hours)
