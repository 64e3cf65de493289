"""Myokit (CVODES, compiled from our SBML), driven from event to event, inputs set by Python."""

import tempfile
from pathlib import Path

import myokit
import numpy as np
from myokit.formats import importer

from bench.peers import Options, Simulate, one_by_one, tolerances
from bench.peers.segments import moments, start
from bench.problem import SAME, Problem
from somnesium.exchange.sbml import sbml_of

LABEL = "Myokit (CVODES), from event to event"
LADDER = tolerances()


def prepare(problem: Problem) -> Simulate:
    """Compile the body once; a person is its parameters and state."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "body.xml"
        path.write_text(sbml_of(problem.lives[0], events=False), encoding="utf-8")
        model = importer("sbml").model(str(path))
    tool = myokit.Simulation(model)
    names = [v.name().removesuffix("_amount") for v in model.states()]
    place = {name: k for k, name in enumerate(names)}
    begins = [start(life) for life in problem.lives]
    lived = [tuple(moments(life)) for life in problem.lives]

    def put(values: dict[str, float], state: list[float]) -> None:
        for name, value in values.items():
            if name in place:
                state[place[name]] = value
            else:
                tool.set_constant(f"global.{name}", value)

    def simulate(k: int, options: Options) -> np.ndarray:
        tool.set_tolerance(options["atol"], options["rtol"])
        tool.set_time(0.0)
        state = list(tool.state())
        put(begins[k], state)
        tool.set_state(state)
        rows, now = [], 0.0
        for moment in lived[k]:
            if moment.time > now + SAME:
                tool.run(moment.time - now, log=myokit.LOG_NONE)
                now = moment.time
            state = tool.state()
            if moment.rises:
                rows.append(
                    [state[place[n]] for n in ("night_latency", "night_duration", "stores_plasma")]
                )
            for name, other in moment.copies.items():
                state[place[name]] = state[place[other]]
            put(moment.sets, state)
            for name, amount in moment.adds.items():
                state[place[name]] += amount
            tool.set_state(state)
        return np.array(rows) * (60.0, 60.0, 1.0)

    return one_by_one(simulate)
