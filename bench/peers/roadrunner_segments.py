"""libRoadRunner (CVODE), driven from event to event through its integrator by Python."""

import numpy as np
import roadrunner

from bench.peers import Options, Simulate, one_by_one, tolerances
from bench.peers.segments import moments
from bench.problem import SAME, Problem
from somnesium.exchange.sbml import sbml_of

LABEL = "libRoadRunner (CVODE), from event to event"
LADDER = tolerances()
SCORES = ("night_latency", "night_duration", "stores_plasma")


def prepare(problem: Problem) -> Simulate:
    """Load every person's body: what follows from parameters alone is worked out in loading."""
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    tools = [roadrunner.RoadRunner(sbml_of(life, events=False)) for life in problem.lives]
    lived = [tuple(moments(life)) for life in problem.lives]

    def simulate(k: int, options: Options) -> np.ndarray:
        tool = tools[k]
        variables = len(tool.integrator.getAbsoluteToleranceVector())
        tool.reset()
        tool.integrator.relative_tolerance = options["rtol"]
        tool.integrator.absolute_tolerance = [options["atol"]] * variables
        rows, now = [], 0.0
        tool.integrator.restart(0.0)
        for moment in lived[k]:
            if moment.time > now + SAME:
                now = tool.integrator.integrate(now, moment.time - now)
            if moment.rises:
                rows.append([tool.getValue(name) for name in SCORES])
            for name, other in moment.copies.items():
                tool.setValue(name, tool.getValue(other))
            for name, value in moment.sets.items():
                tool.setValue(name, value)
            for name, amount in moment.adds.items():
                tool.setValue(name, tool.getValue(name) + amount)
            tool.integrator.restart(now)
        return np.array(rows) * (60.0, 60.0, 1.0)

    return one_by_one(simulate)
