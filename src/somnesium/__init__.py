"""Somnesium: the magnesium–sleep system of the human body.

A person with habits takes doses; the body turns them, hour by hour, into magnesium in blood,
tissue and brain, into hormones and nerve tone, and those into nights.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from somnesium.answers.safety.gate import checked_plan
    from somnesium.errors import InvalidInput, MissingPart, NotConverged, SomnesiumError, UnsafePlan
    from somnesium.nights.night import Night
    from somnesium.person.checked import CheckedPlan
    from somnesium.person.diet import Diet
    from somnesium.person.habits import Habits
    from somnesium.person.person import Person
    from somnesium.person.regimen import Product, Regimen
    from somnesium.person.request import Request, read_request
    from somnesium.questions.check import check
    from somnesium.questions.forecast.answer import ForecastAnswer
    from somnesium.questions.forecast.forecast import Simulation, forecast, simulate

_HOMES = {
    "CheckedPlan": "somnesium.person.checked",
    "Diet": "somnesium.person.diet",
    "ForecastAnswer": "somnesium.questions.forecast.answer",
    "Habits": "somnesium.person.habits",
    "InvalidInput": "somnesium.errors",
    "MissingPart": "somnesium.errors",
    "Night": "somnesium.nights.night",
    "NotConverged": "somnesium.errors",
    "Person": "somnesium.person.person",
    "Product": "somnesium.person.regimen",
    "Regimen": "somnesium.person.regimen",
    "Request": "somnesium.person.request",
    "Simulation": "somnesium.questions.forecast.forecast",
    "SomnesiumError": "somnesium.errors",
    "UnsafePlan": "somnesium.errors",
    "check": "somnesium.questions.check",
    "checked_plan": "somnesium.answers.safety.gate",
    "forecast": "somnesium.questions.forecast.forecast",
    "read_request": "somnesium.person.request",
    "simulate": "somnesium.questions.forecast.forecast",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a public name, loaded when first asked for
    """Load a public name on first use, so that importing the package is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'somnesium' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(_HOMES)
