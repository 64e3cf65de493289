"""diffrax (JAX), all people at once under vmap, begun anew at every event.

The derivative is written out from our symbolic equations. People whose days hold fewer moments
wait in stretches of no length. Flights of the ladder try an implicit and an explicit method.
"""

from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from bench.peers import Options, Simulate, tolerances
from bench.peers.segments import Moment, moments, start
from bench.problem import Problem
from somnesium.exchange.quantities import identifier
from somnesium.exchange.symbols import Equations, equations, formula

jax.config.update("jax_enable_x64", True)

LABEL = "diffrax (Kvaerno5 or Tsit5, vmap)"
LADDER = [
    [options | {"implicit": implicit} for options in flight]
    for implicit in (0.0, 1.0)
    for flight in tolerances()[1:3]
]
BATCH = 64
"""People in a batch, where there are more than one."""


class Stretches(NamedTuple):
    """Lives as arrays, one row per stretch between moments."""

    until: np.ndarray
    inputs: np.ndarray
    keep: np.ndarray
    add: np.ndarray
    lights_out: np.ndarray


def _derivative(found: Equations, states: list[str], known: list[str]) -> Any:
    """The equations as one Python function of two vectors, for JAX to trace."""
    lines = [f"    {', '.join(states)}, = y", f"    {', '.join(known)}, = k"]
    for group in (found.constants, found.named):
        lines += [f"    {identifier(n)} = {_python(formula(e))}" for n, e in group.items()]
    rates = [_python(formula(found.rates[n])) for n in found.rates]
    last = f"    return jnp.stack([{', '.join(rates)}])"
    source = "\n".join(["def rates(t, y, k):", *lines, last])
    space = {
        "jnp": jnp,
        "exp": jnp.exp,
        "ln": jnp.log,
        "sqrt": jnp.sqrt,
        "cos": jnp.cos,
        "sin": jnp.sin,
        "abs": jnp.abs,
    }
    exec(source, space)
    return space["rates"]


def _python(text: str) -> str:
    return text.replace(" dimensionless", "").replace("^", "**")


def _stretches(
    lived: list[Moment], names: list[str], inputs: dict[str, float], hours: float, most: int
) -> Stretches:
    """One life; after its last moment come stretches of no length."""
    place = {name: k for k, name in enumerate(names)}
    own = list(inputs)
    until, given, keep, add, lights = [], [], [], [], []
    now = dict(inputs)
    for k, moment in enumerate(lived):
        now |= {name: v for name, v in moment.sets.items() if name in now}
        kept, added = np.ones(len(names)), np.zeros(len(names))
        for name, value in moment.sets.items():
            if name in place:
                kept[place[name]], added[place[name]] = 0.0, value
        for name, value in moment.adds.items():
            added[place[name]] += value
        until.append(lived[k + 1].time if k + 1 < len(lived) else hours)
        given.append([now[name] for name in own])
        keep.append(kept)
        add.append(added)
        lights.append(float(bool(moment.copies)))
    missing = most - len(lived)
    return Stretches(
        np.array(until + [hours] * missing),
        np.array(given + [given[-1]] * missing),
        np.array(keep + [np.ones(len(names))] * missing),
        np.array(add + [np.zeros(len(names))] * missing),
        np.array(lights + [0.0] * missing),
    )


def prepare(problem: Problem) -> Simulate:
    """Write the derivative; JAX compiles at the first call of each setting."""
    found = equations()
    states = [identifier(name) for name in found.rates]
    begins = [start(life) for life in problem.lives]
    known = [name for name in begins[0] if name not in states]
    inputs = [name for name in known if name.startswith("input_")]
    fixed = [name for name in known if name not in inputs]
    derivative = _derivative(found, states, fixed + inputs)
    lived = [_from_zero(list(moments(life))) for life in problem.lives]
    most = max(len(one) for one in lived)
    rows = [
        _stretches(one, states, {n: b[n] for n in inputs}, life.hours, most)
        for one, b, life in zip(lived, begins, problem.lives, strict=True)
    ]
    level, waiting = states.index("pressure_level"), states.index("pressure_waiting")
    scores = [states.index(n) for n in ("night_latency", "night_duration", "stores_plasma")]

    def one_life(y: Any, body: Any, row: Stretches, rtol: Any, atol: Any, implicit: bool) -> Any:
        solver = diffrax.Kvaerno5() if implicit else diffrax.Tsit5()
        control = diffrax.PIDController(rtol=rtol, atol=atol)
        term = diffrax.ODETerm(derivative)

        def stretch(carry: Any, this: Stretches) -> Any:
            y, now = carry
            before = y[jnp.array(scores)]
            y = y.at[waiting].set(jnp.where(this.lights_out > 0.5, y[level], y[waiting]))
            y = y * this.keep + this.add
            end = jnp.maximum(this.until, now + 1e-9)
            args = jnp.concatenate([body, this.inputs])
            y = diffrax.diffeqsolve(
                term,
                solver,
                now,
                end,
                None,
                y,
                args,
                stepsize_controller=control,
                max_steps=20_000,
                adjoint=diffrax.ForwardMode(),
                throw=False,
            ).ys[-1]
            return (y, end), before

        return jax.lax.scan(stretch, (y, 0.0), row)[1]

    many = jax.jit(jax.vmap(one_life, in_axes=(0, 0, 0, None, None, None)), static_argnums=5)
    rises = [[k for k, m in enumerate(one) if m.rises] for one in lived]

    def simulate(people: Any, options: Options) -> list[np.ndarray]:
        y = np.array([[begins[k][n] for n in states] for k in people])
        body = np.array([[begins[k][n] for n in fixed] for k in people])
        row = Stretches(*(np.stack(part) for part in zip(*(rows[k] for k in people), strict=True)))
        implicit = options.get("implicit", 0.0) > 0.5
        found = many(y, body, row, options["rtol"], options["atol"], implicit)
        found = np.asarray(found) * (60.0, 60.0, 1.0)
        return [found[i, rises[k]] for i, k in enumerate(people)]

    return simulate


def _from_zero(lived: list[Moment]) -> list[Moment]:
    """Moments beginning at hour 0."""
    return lived if lived[0].time == 0.0 else [Moment(0.0, {}, {}, {}, False), *lived]
