"""LSODA in C with our compiled derivative; the loop over events is compiled as well."""

import numpy as np
from numba import carray, cfunc, njit
from numbalsoda import lsoda, lsoda_sig

from bench.flat import DURATION, KNOWN, LATENCY, OPTIONS, PLASMA, SIZE, happen, rates
from bench.peers import Options, Simulate, one_by_one, tolerances
from bench.problem import SAME, Problem
from somnesium.engine.channels import RISE

LABEL = "numbalsoda (LSODA, compiled right-hand side)"
LADDER = tolerances()


@njit(error_model="numpy")
def _live(address, start, known, times, channels, values, hours, rtol, atol, out):
    y, known, span = start.copy(), known.copy(), np.empty(2)
    now, k, row = 0.0, 0, 0
    while now < hours - SAME:
        while k < len(times) and times[k] <= now + SAME:
            if channels[k] == RISE:
                out[row, 0], out[row, 1] = 60.0 * y[LATENCY, 0], 60.0 * y[DURATION, 0]
                out[row, 2] = y[PLASMA, 0]
                row += 1
            happen(channels[k], values[k], y, known)
            k += 1
        span[0], span[1] = now, min(times[k], hours) if k < len(times) else hours
        found, good = lsoda(address, y.ravel(), span, data=known.ravel(), rtol=rtol, atol=atol)
        if not good:
            return
        y[:, 0] = found[1]
        now = span[1]


def prepare(problem: Problem) -> Simulate:
    """Compile."""

    @cfunc(lsoda_sig, **OPTIONS)
    def derivative(_t, y, out, known):
        rates(carray(y, (SIZE, 1)), carray(known, (KNOWN, 1)), carray(out, (SIZE, 1)))

    def simulate(k: int, options: Options) -> np.ndarray:
        f = problem.flats[k]
        out = np.full((f.nights, 3), np.nan)
        _live(
            derivative.address,
            f.start,
            f.known,
            f.times,
            f.channels,
            f.values,
            f.hours,
            options["rtol"],
            options["atol"],
            out,
        )
        return out

    simulate(0, {"rtol": 1e-3, "atol": 1e-3})
    return one_by_one(simulate)
