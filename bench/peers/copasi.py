"""COPASI (LSODA) through basico, on our file with its events, one file a person."""

import basico
import numpy as np

from bench.peers import Options, Simulate, one_by_one, tolerances
from bench.problem import JUST_BEFORE, Problem
from somnesium.exchange.sbml import sbml_of

LABEL = "COPASI (LSODA), events in the file"
LADDER = tolerances()


def _reference(model: object, name: str) -> str:
    """COPASI's name of what the SBML calls `name`."""
    for found, form in (
        (basico.get_parameters(model=model), "Values[{}]"),
        (basico.get_species(model=model), "[{}]"),
    ):
        for shown, row in found.iterrows():
            if row.sbml_id == name:
                return form.format(shown)
    raise KeyError(name)


def prepare(problem: Problem) -> Simulate:
    """Load every person's file."""
    models = [basico.load_model_from_string(sbml_of(life)) for life in problem.lives]
    scores = ("night_latency", "night_duration", "stores_plasma")
    names = [_reference(models[0], score) for score in scores]

    def simulate(k: int, options: Options) -> np.ndarray:
        hours = problem.lives[k].hours
        times = [0.0, *(problem.rises(k) - JUST_BEFORE).tolist(), hours]
        found = basico.run_time_course_with_output(
            names,
            values=times,
            start_time=0.0,
            duration=hours,
            use_initial_values=True,
            r_tol=options["rtol"],
            a_tol=options["atol"],
            max_steps=10**7,
            model=models[k],
        )
        return found.to_numpy().astype(float)[1:-1] * (60.0, 60.0, 1.0)

    return one_by_one(simulate)
