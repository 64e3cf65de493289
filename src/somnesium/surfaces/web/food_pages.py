"""The page Food: search as you type, a day put together, its magnesium, what closes the gap."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import InvalidInput
from somnesium.person.diet import FoodItem
from somnesium.person.document import read_document
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.forms import number
from somnesium.surfaces.web.visit import Visit

router = APIRouter(prefix="/food", include_in_schema=False)
"""The routes of this page."""
_MOST_FOUND = 12
_MEALS = (("08:00", 0.25), ("12:30", 0.35), ("19:00", 0.40))
"""When a day's foods are eaten, and their shares, where only the day is told
(judgement#meal-shares)."""


def _found(text: str) -> list[dict[str, Any]]:
    """Foods like a text, each with its portions."""
    from somnesium.person.foods import portions, search_foods

    if not text.strip():
        return []
    return [
        {"food": food, "portions": portions(food)[:8]}
        for food in search_foods(text[:200], _MOST_FOUND)
    ]


def _total(here: Desk) -> dict[str, Any]:
    """The day's foods by name, and the library's answer about them; none for an empty day."""
    from somnesium.person.foods import find_food
    from somnesium.person.record import IntakeQuestion
    from somnesium.questions.intake.intake import intake

    day = here.visit.day
    names = [find_food(one.food).description for one in day]
    question = here.question
    asked: dict[str, Any] = {
        "person": question.person,
        "avoid": question.avoid,
        "regimen": question.regimen,
        "start": question.start,
    }
    if day:
        asked["record"] = [{"foods": [one.model_dump(exclude_unset=True) for one in day]}]
    else:
        asked["diet"] = question.diet
    answer = intake(read_document(asked, IntakeQuestion))
    return {"items": list(zip(day, names, strict=True)), "answer": answer}


def _page(here: Desk, text: str = "", error: InvalidInput | None = None) -> HTMLResponse:
    return here.page(
        "food.html",
        200 if error is None else error.http_status,
        error=error,
        text=text,
        found=_found(text),
        **_total(here),
    )


@router.get("")
def food(here: Shown) -> HTMLResponse:
    """The page; with `text`, also what was found."""
    return _page(here, str(here.fields.get("text", "")))


@router.get("/search")
def search(here: Shown) -> HTMLResponse:
    """What was found, as a part of the page."""
    text = str(here.fields.get("text", ""))
    return here.page("found_part.html", found=_found(text), text=text)


def _changed(here: Desk, day: tuple[FoodItem, ...]) -> Response:
    """The day changed: the running total alone, or the page again without a script."""
    table = here.visit.model_dump(exclude_unset=True) | {
        "day": [one.model_dump(exclude_unset=True) for one in day]
    }
    visit = read_document(table, Visit)
    changed = here._replace(visit=visit)
    if not here.live:
        return here.go("/food", visit)
    return changed.page("day_part.html", **_total(changed))


@router.post("/add")
def add(here: Told) -> Response:
    """A food put into the day: so many of a portion, or grams."""
    given: dict[str, Any] = {"food": here.fields.get("food", "")}
    portion = str(here.fields.get("portion", "g"))
    amount = number(here.fields.get("amount", ""))
    given |= {"grams": amount} if portion == "g" else {"portion": portion, "amount": amount}
    try:
        return _changed(here, (*here.visit.day, read_document(given, FoodItem)))
    except InvalidInput as error:
        if not here.live:
            return _page(here, error=error)
        response = here.part_failed(error)
        response.headers["hx-retarget"] = "#trouble"
        return response


@router.post("/remove")
def remove(here: Told) -> Response:
    """A food taken out of the day."""
    row = number(here.fields.get("row", ""))
    day = tuple(one for k, one in enumerate(here.visit.day) if k != row)
    return _changed(here, day)


@router.post("/use")
def use(here: Told) -> Response:
    """The day as the usual day of the document: its magnesium at three meals."""
    question = here.question
    if not here.visit.day:
        error = InvalidInput.field("day", "no foods", "at least one food", "add what you eat")
        return _page(here, error=error)
    foods = [one.model_dump(exclude_unset=True) for one in here.visit.day]
    table = question.model_dump(mode="json", exclude_unset=True)
    table["diet"] = {**_without_sums(table["diet"]), "meals": _meals(foods)}
    return here.go("/forecast", here.visit.model_copy(update={"request": table}))


def _without_sums(diet: dict[str, Any]) -> dict[str, Any]:
    sums = ("meals", "magnesium_mg_per_day")
    return {name: one for name, one in diet.items() if name not in sums}


def _meals(foods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All foods at each of three meals, in shares; a portion's share is a share of its amount."""
    meals = []
    for at, share in _MEALS:
        parts = [
            one
            | (
                {"grams": one["grams"] * share}
                if "grams" in one
                else {"amount": one.get("amount", 1) * share}
            )
            for one in foods
        ]
        meals.append({"at": at, "foods": parts})
    return meals
