"""The answer: who is sent to someone, what is said of the replete, and what outranks magnesium."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.person.request import Request
from somnesium.questions.plan import plan
from somnesium.surfaces.command.plan import plan_text


def _request(diet: float = 250.0, habits: dict | None = None, **person: object) -> Request:
    who = {"age": 40.0, "sex": "female", "mass_kg": 70.0, "height_cm": 170.0, **person}
    lived = {"bedtime": "23:00", "rise": "07:00", **(habits or {})}
    eaten = {"magnesium_mg_per_day": diet}
    return Request.model_validate({"person": who, "habits": lived, "diet": eaten})


@pytest.mark.parametrize(
    "person",
    [
        {"egfr": 20.0},
        {"age": 9.0, "mass_kg": 30.0, "height_cm": 135.0},
        {"pregnant": True},
        {"symptoms": ["chest_pain"]},
    ],
)
def test_some_see_someone_first_and_get_no_pill(person: dict) -> None:
    answer = plan(_request(**person))
    assert answer.best == "see someone first"
    assert not [one for one in answer.options if one.kind != "habit"]
    assert answer.cautions


def test_a_replete_person_needs_nothing_or_food() -> None:
    assert plan(_request(diet=450.0, habits={"evening_lux": 5.0})).best in ("nothing", "food only")


def test_caffeine_in_the_evening_outranks_magnesium_and_all_is_told() -> None:
    habits = {"caffeine": [{"at": "19:00", "mg": 200.0}, {"at": "21:30", "mg": 200.0}]}
    request = _request(habits=habits)
    answer = plan(request)
    order = [one.key for one in answer.options]
    first = next(k for k, one in enumerate(answer.options) if one.kind == "magnesium")
    assert order.index("caffeine_earlier") < first
    held = {source.key for source in answer.sources}
    for one in answer.options:
        gain = one.gain
        for number in (gain.combined, gain.duration, gain.latency, gain.efficiency, one.value):
            assert number.unit
            assert number.sources
            assert set(number.sources) <= held
            assert number.interval90[0] <= number.mean <= number.interval90[1]
    assert plan(request) == answer
    text = plan_text(answer)
    assert text.startswith(f"Best: {answer.best}")
    assert all(one.label in text for one in answer.options)


def test_a_budget_below_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="budget"):
        plan(_request(), budget=-1.0)


def test_food_that_is_not_eaten_is_not_proposed() -> None:
    request = _request(diet=150.0)
    avoid = {"nuts": True, "vegan": True, "dislikes": ["pumpkin"]}
    picky = request.model_validate(request.model_dump() | {"avoid": avoid})
    answer = plan(picky)
    words = " ".join(one.food for one in answer.foods).lower()
    assert answer.foods
    assert not any(word in words for word in ("pumpkin", "nut", "almond", "cashew", "milk"))
    assert answer.foods != plan(request).foods
