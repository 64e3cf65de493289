"""People asked about in the tests of risk, and a crowd made by hand."""

import numpy as np

from somnesium.answers.risk.laboratory import Crowd
from somnesium.person.request import Request
from somnesium.simulation.individual import Draws
from somnesium.simulation.steady import Life, Steady, steady


def asked(diet: float = 340.0, regimen: dict | None = None, habits: dict | None = None, **who):
    """A request of a woman of 45, changed by keywords of the person."""
    person = {"age": 45.0, "sex": "female", "mass_kg": 70.0, "height_cm": 170.0, **who}
    table = {
        "person": person,
        "habits": {"bedtime": "23:00", "rise": "07:00", **(habits or {})},
        "diet": {"magnesium_mg_per_day": diet},
        "regimen": regimen or {},
    }
    return Request.model_validate(table)


def citrate(mg: float, **more) -> dict:
    """A regimen of citrate every evening."""
    line = {"form": "citrate", "magnesium_mg": mg, "mass_is": "elemental", "times": ["21:00"]}
    return {"intakes": [{**line, **more}]}


def lived(request: Request, people: int = 24, doubts: int = 2) -> Steady:
    """The request's life at steady state."""
    life = Life(request.person, request.habits, request.diet)
    return steady({"own": life}, people, doubts, 1)["own"]


def crowd(serum: np.ndarray, tissue: np.ndarray, doubts: int = 1) -> Crowd:
    """People with this serum and soft tissue, whose requirement is a tissue of 1."""
    people = len(serum) // doubts
    draws = Draws(
        np.zeros((1, len(serum))),
        np.tile(np.arange(people), doubts),
        np.repeat(np.arange(doubts), people),
    )
    none = np.zeros(len(serum))
    own = Steady(draws, serum, tissue, none + 1.0, none + 4.5, none + 5.0, none, 9)
    return Crowd(own, own._replace(tissue=none + 1.0))
