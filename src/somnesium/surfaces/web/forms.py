"""Fields of the pages' forms into parts of the request document, and back.

Nothing is checked here: what is no number stays text, and the library's document refuses it in
its own words.
"""

from collections.abc import Mapping
from typing import Any

from somnesium.person.habits import CAFFEINE_MG, WEEKDAYS, Habits
from somnesium.person.regimen import Regimen, doses
from somnesium.person.request import Request, read_request
from somnesium.quantity import clock_hours, clock_text

Fields = Mapping[str, Any]
"""A form: one text a field, or a list of texts where several may be chosen."""
Sliders = dict[str, Any]
"""What the sliders of the forecast stand at."""

_NUMBERS = (
    "age",
    "mass_kg",
    "height_cm",
    "egfr",
    "serum_magnesium_mmol_l",
    "isi",
    "chronotype_hours",
)
_FLAGS = ("pregnant", "lactating", "smoker")
_LISTS = ("conditions", "symptoms", "signs")
_CUP = CAFFEINE_MG["coffee"]
_SCREEN_HOURS = 2.0
"""Hours before bedtime in which the slider's screens are looked at (definition#screen-slider)."""


def number(text: object) -> object:
    """`"70"` to 70, `"0,5"` to 0.5; what is no number stays as it is, to be refused with a reason.

    Infinity and NaN stay text as well.
    """
    given = str(text).strip().replace(",", ".")
    try:
        return int(given)
    except ValueError:
        pass
    try:
        found = float(given)
    except ValueError:
        return text
    return found if abs(found) < float("inf") else text


def first_request(fields: Fields) -> dict[str, Any]:
    """The request of three answers: age and sex, and times of going to bed and rising.

    Height and weight are those of the median person of this age and sex, magnesium in food what
    the median person eats; the page says so (population margins; reference intakes).
    """
    import numpy as np

    from somnesium.person.person import Person
    from somnesium.population.margins import margin

    age, sex = number(fields.get("age", "")), fields.get("sex", "")
    size = {"height_cm": 170, "mass_kg": 70}
    person = Person(**{"age": age, "sex": sex, **size})
    years, female = np.array(max(person.age, 18.0)), np.array(person.sex == "female")
    size = {
        "height_cm": round(float(margin("height").at(years, female))),
        "mass_kg": round(float(np.exp(margin("log_mass").at(years, female)))),
    }
    return {
        "person": {"age": age, "sex": sex, **size},
        "habits": {"bedtime": fields.get("bedtime", ""), "rise": fields.get("rise", "")},
        "diet": {"magnesium_mg_per_day": _usual_mg(person)},
    }


def _usual_mg(person: Any) -> float:  # noqa: ANN401
    """Magnesium in the food of the median person of this age and sex, mg a day."""
    from somnesium.answers.intake.requirements import life_stage_of, references
    from somnesium.answers.intake.usual import margin_of

    stage = life_stage_of(person)
    found = margin_of(stage)
    return float(round(references(stage)[0].recommended_mg if found is None else found.median_mg))


def _week(day: object, weekend: object) -> object:
    """A time for every evening, another for Friday's and Saturday's if it is given."""
    return {"default": day, "fri": weekend, "sat": weekend} if weekend else day


def with_person(request: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """The request with the page Me filled in; what the page does not ask stays as it was."""
    person = dict(request["person"])
    for name in (*_NUMBERS, "insomnia", *_FLAGS, *_LISTS, "medicines"):
        person.pop(name, None)
    person |= {name: number(fields[name]) for name in _NUMBERS if fields.get(name, "") != ""}
    person |= {name: True for name in _FLAGS if fields.get(name)}
    person |= {name: list(fields[name]) for name in _LISTS if fields.get(name)}
    lines = str(fields.get("medicines", "")).splitlines()
    person["medicines"] = [line.strip() for line in lines if line.strip()]
    person |= {"sex": fields.get("sex", ""), "insomnia": fields.get("insomnia", "none")}
    habits, stood = dict(request["habits"]), person_fields(read_request(request))
    for name in ("bedtime", "rise"):
        day, weekend = fields.get(name, ""), fields.get(f"{name}_weekend", "")
        # A week with more times than the page shows stays as it is unless one is changed.
        if (day, weekend) != (stood[name], stood[f"{name}_weekend"]):
            habits[name] = _week(day, weekend)
    habits |= {"time_zone": fields.get("time_zone") or "UTC"}
    if fields.get("evening_lux", "") != "":
        habits["evening_lux"] = number(fields["evening_lux"])
    diet = dict(request["diet"])
    if fields.get("magnesium_mg_per_day", "") != "" and not diet.get("meals"):
        diet["magnesium_mg_per_day"] = number(fields["magnesium_mg_per_day"])
    return {**request, "person": person, "habits": habits, "diet": diet}


def person_fields(request: Request) -> dict[str, Any]:
    """The page Me as it stands."""
    person, habits = request.person, request.habits
    found: dict[str, Any] = {name: getattr(person, name) for name in (*_NUMBERS, *_FLAGS, *_LISTS)}
    found |= {"sex": person.sex, "insomnia": person.insomnia}
    found |= {"medicines": "\n".join(person.medicines)}
    for name in ("bedtime", "rise"):
        week = getattr(habits, name)
        found[name] = week.default or week.on(0)
        found[f"{name}_weekend"] = week.fri if week.fri not in (None, week.default) else ""
    found |= {"time_zone": habits.time_zone, "evening_lux": habits.evening_lux}
    found["magnesium_mg_per_day"] = request.diet.magnesium_mg_per_day
    found["has_meals"] = bool(request.diet.meals)
    return found


def regimen_table(fields: Fields, before: Regimen) -> dict[str, Any]:
    """What is taken, from the rows of a form: `form0`, `mg0`, `mass_is0`, `time0`, `food0`, …

    Products of the regimen `before`, which the form does not show, are kept.
    """
    kept = before.model_dump(mode="json", exclude_unset=True).get("intakes", [])
    intakes = [one for one in kept if one.get("product") is not None]
    for row in range(50):
        if f"form{row}" not in fields:
            break
        if str(fields.get(f"mg{row}", "")).strip() == "":
            continue
        line: dict[str, Any] = {
            "form": fields[f"form{row}"],
            "magnesium_mg": number(fields[f"mg{row}"]),
            "times": [fields.get(f"time{row}", "")],
            "with_food": bool(fields.get(f"food{row}")),
        }
        if fields.get(f"mass_is{row}"):
            line["mass_is"] = fields[f"mass_is{row}"]
        intakes.append(line)
    return {"intakes": intakes}


def _screen_span(habits: Habits) -> tuple[str, str]:
    """From when to when the slider's screens are looked at."""
    bed = clock_hours(habits.bedtime.on(0))
    return clock_text((bed - _SCREEN_HOURS) % 24.0), clock_text(bed)


def sliders_of(request: Request) -> Sliders:
    """Where the sliders stand for a request: dose, form, time, screens and coffee."""
    intakes = [one for one in request.regimen.intakes if one.form is not None]
    taken = intakes[0] if intakes else None
    habits = request.habits
    screens = [one.lux for one in habits.light if one.source == "screen"]
    caffeine = [one for one in habits.caffeine if one.amount_mg > 0.0]
    last = max((clock_hours(one.at) for one in caffeine), default=15.0)
    bed = clock_hours(habits.bedtime.on(0))
    one_dose = doses(Regimen(intakes=(taken,)), 0, 366)[:1] if taken else ()
    return {
        "dose": round(one_dose[0].amount_mg) if one_dose else 0,
        "form": (taken.form if taken else None) or "citrate",
        "time": taken.times[0] if taken else clock_text((bed - 1.0) % 24.0),
        "screens": round(max(screens, default=0.0)),
        "cups": round(sum(one.amount_mg for one in caffeine) / _CUP),
        "last": clock_text(last),
    }


def slid(request: Request, fields: Fields) -> dict[str, Any]:
    """The request's table with the sliders moved; what is not moved stays as it was."""
    table = request.model_dump(mode="json", exclude_unset=True)
    stand = sliders_of(request)
    moved = {
        name: fields.get(name, "") != "" and str(fields[name]) != str(old)
        for name, old in stand.items()
    }
    at = {name: number(fields[name]) if moved[name] else old for name, old in stand.items()}
    if moved["dose"] or moved["form"] or moved["time"]:
        table["regimen"] = {"intakes": [_line(at)] if at["dose"] != 0 else []}
    habits = dict(table["habits"])
    if moved["screens"]:
        begin, end = _screen_span(request.habits)
        kept = [one for one in habits.get("light", []) if one.get("source") != "screen"]
        screen = {"from": begin, "to": end, "lux": at["screens"], "source": "screen"}
        habits["light"] = [*kept, screen] if at["screens"] != 0 else kept
    if moved["cups"] or moved["last"]:
        habits["caffeine"] = _coffee(request.habits, at["cups"], at["last"])
    return {**table, "habits": habits}


def _line(at: Sliders) -> dict[str, Any]:
    """One dose of elemental magnesium a day."""
    return {
        "form": at["form"],
        "magnesium_mg": at["dose"],
        "mass_is": "elemental",
        "times": [at["time"]],
        "days": list(WEEKDAYS),
    }


def _coffee(habits: Habits, cups: object, last: object) -> list[dict[str, Any]]:
    """Cups of coffee spread evenly from an hour after rising to the last one."""
    if not isinstance(cups, int) or not 1 <= cups <= 12:
        return [] if cups == 0 else [{"at": last, "drink": "coffee", "servings": cups}]
    end = clock_hours(str(last))
    begin = clock_hours(habits.rise.on(0)) + 1.0
    span = max(0.0, end - begin) if cups > 1 else 0.0
    hours = [end - span * k / max(1, cups - 1) for k in range(cups)]
    found: dict[str, int] = {}
    for hour in hours:
        at = clock_text(round(hour % 24.0 * 4.0) / 4.0 % 24.0)
        found[at] = found.get(at, 0) + 1
    return [{"at": at, "drink": "coffee", "servings": n} for at, n in sorted(found.items())]
