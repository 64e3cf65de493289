"""The body is run where kidneys are slow, and its serum is heard by the rules."""

import pytest

from somnesium.answers.safety.gate import checked_plan, needs_forecast
from somnesium.answers.safety.serum import forecast_serum
from somnesium.errors import UnsafePlan
from somnesium.person.request import Request
from somnesium.person.taken import taken_of
from somnesium.questions.check import check
from somnesium.questions.forecast.forecast import forecast


def _request(mg: float, age: float = 72.0, **person: object) -> Request:
    who = {"age": age, "sex": "female", "mass_kg": 65.0, "height_cm": 160.0, **person}
    taken = {"form": "citrate", "magnesium_mg": mg, "mass_is": "elemental", "times": ["08:00"]}
    return Request.model_validate(
        {
            "person": who,
            "habits": {"bedtime": "22:30", "rise": "06:30"},
            "diet": {"magnesium_mg_per_day": 250.0},
            "regimen": {"intakes": [taken]},
        }
    )


@pytest.mark.parametrize(
    ("mg", "age", "person", "needed"),
    [
        (100.0, 72.0, {}, True),
        (100.0, 64.0, {}, False),
        (100.0, 72.0, {"egfr": 60.0}, False),
        (100.0, 30.0, {"egfr": 59.0}, True),
        (350.0, 30.0, {}, False),
        (351.0, 30.0, {}, True),
        (0.0, 72.0, {"egfr": 40.0}, False),
    ],
)
def test_who_needs_a_serum_forecast(mg: float, age: float, person: dict, needed: bool) -> None:
    request = _request(mg, age, **person)
    assert needs_forecast(request, taken_of(request.regimen, 0)) is needed


def test_serum_rises_as_kidneys_slow_and_doses_grow() -> None:
    def high(egfr: float, mg: float) -> float:
        request = _request(mg, egfr=egfr)
        week = taken_of(request.regimen, 0).heaviest_week()
        return forecast_serum(request, week, 128).interval90[1]

    assert high(90.0, 300.0) < high(50.0, 300.0) < high(32.0, 300.0)
    assert high(40.0, 100.0) < high(40.0, 300.0) < high(40.0, 600.0)


def test_a_serum_forecast_too_high_refuses_the_plan() -> None:
    request = _request(900.0, egfr=31.0)
    assert "serum_forecast_very_high" in [one.key for one in check(request).refusals]
    with pytest.raises(UnsafePlan, match="far too high"):
        checked_plan(request)
    with pytest.raises(UnsafePlan, match="far too high"):
        forecast(request)


def test_a_serum_forecast_above_normal_is_a_caution() -> None:
    keys = [one.key for one in check(_request(200.0, egfr=45.0)).cautions]
    assert "serum_forecast_high" in keys


def test_a_small_dose_of_the_young_and_healthy_raises_nothing() -> None:
    answer = check(_request(200.0, age=35.0, egfr=100.0))
    assert not answer.cautions
    assert not answer.refusals
