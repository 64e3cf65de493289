"""libRoadRunner (CVODE) on our file with its events, one file a person."""

import numpy as np
import roadrunner

from bench.peers import Options, Simulate, one_by_one, tolerances
from bench.problem import JUST_BEFORE, Problem
from somnesium.exchange.sbml import sbml_of

LABEL = "libRoadRunner (CVODE), events in the file"
LADDER = tolerances()


def prepare(problem: Problem) -> Simulate:
    """Load every person's file."""
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    tools = [roadrunner.RoadRunner(sbml_of(life)) for life in problem.lives]
    for tool in tools:
        tool.timeCourseSelections = ["night_latency", "night_duration", "stores_plasma"]

    def simulate(k: int, options: Options) -> np.ndarray:
        tool, rises = tools[k], problem.rises(k)
        variables = len(tool.integrator.getAbsoluteToleranceVector())
        tool.reset()
        tool.integrator.relative_tolerance = options["rtol"]
        tool.integrator.absolute_tolerance = [options["atol"]] * variables
        found = tool.simulate(times=[0.0, *(rises - JUST_BEFORE), problem.lives[k].hours])
        return np.asarray(found)[1:-1] * (60.0, 60.0, 1.0)

    return one_by_one(simulate)
