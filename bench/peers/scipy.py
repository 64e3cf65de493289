"""scipy's odeint (LSODA in Fortran, the quickest way in) with our compiled derivative."""

from bench.peers import Simulate, one_by_one, tolerances
from bench.problem import Problem, by_odeint

LABEL = "scipy odeint (LSODA, compiled right-hand side)"
LADDER = tolerances()


def prepare(problem: Problem) -> Simulate:
    """Nothing to load."""
    by_odeint(problem.flats[0], 1e-3, 1e-3)
    return one_by_one(lambda k, options: by_odeint(problem.flats[k], **options))
