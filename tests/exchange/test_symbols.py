"""The symbolic body is the numeric one, and its text says the same."""

import math

import numpy as np
import pytest
import sympy

from somnesium.body.assembly import Body, Inputs, State, derivative, fix
from somnesium.body.readouts import drive, signals
from somnesium.body.stages import Stages, stage_derivative, transition_rates
from somnesium.engine.lanes import column, leaf_names
from somnesium.exchange.quantities import PREFIXES, Slept, identifier, quantities
from somnesium.exchange.symbols import equations, formula, leaves, melatonin_of_dose, symbolic

FUNCTIONS = {
    "abs": abs,
    "exp": math.exp,
    "ln": math.log,
    "sqrt": math.sqrt,
    "cos": math.cos,
    "sin": math.sin,
}


def value(text, known):
    """What infix text comes to."""
    plain = text.replace(" dimensionless", "").replace("^", "**")
    return eval(plain, {"__builtins__": {}}, FUNCTIONS | known)


def moment(seed):
    """A state, stage probabilities and inputs, drawn."""
    draw = np.random.default_rng(seed)
    numbers = draw.uniform(0.05, 0.9, len(leaf_names(State)))
    state = column(numbers[:, None], State, 0)
    stores = state.stores._replace(plasma=18.0 + draw.uniform(), tissue=95.0, slow=870.0)
    state = state._replace(stores=stores, clock=state.clock._replace(x=draw.uniform(-1, 1)))
    p = draw.dirichlet(np.ones(6))
    inputs = Inputs(*draw.uniform(0, 1, 7))._replace(light=draw.uniform(0, 500))
    return state, Stages(*p), inputs, Body()


def evaluated(state, p, inputs, body):
    """Every expression at a moment, from its text, in the order in which the file gives them."""
    known = {}
    for kind, held in ((State, state), (Stages, p), (Inputs, inputs), (Body, body)):
        known |= {identifier(k): float(v) for k, v in leaves(held, PREFIXES[kind]).items()}
    found = equations()
    for group in (found.constants, found.named):
        for name, expression in group.items():
            known[identifier(name)] = value(formula(expression), known)
    return known, {name: value(formula(e), known) for name, e in found.rates.items()}


@pytest.mark.parametrize("seed", range(5))
def test_rates_of_change_are_those_of_the_body(seed):
    state, p, inputs, body = moment(seed)
    _, rates = evaluated(state, p, inputs, body)
    fixed = fix(body)
    expected = leaves(derivative(state, p, inputs, body, fixed), "")
    chain = transition_rates(drive(state, inputs, body, fixed), body.chain)
    expected |= leaves(stage_derivative(p, chain), "stage.")
    assert expected.keys() | {f"night.{n}" for n in Slept._fields} == rates.keys()
    for name, number in expected.items():
        assert rates[name] == pytest.approx(number, rel=1e-12, abs=1e-14), name
    asleep = p.n1 + p.n2 + p.n3 + p.rem
    assert rates["night.duration"] == pytest.approx(asleep, rel=1e-14)
    assert rates["night.latency"] == p.waiting


def test_named_signals_are_those_of_the_body():
    state, p, inputs, body = moment(11)
    known, _ = evaluated(state, p, inputs, body)
    seen = signals(state, p, inputs, body, fix(body))
    for name in set(seen._fields) & set(known):
        assert known[name] == pytest.approx(getattr(seen, name), rel=1e-12), name
    assert {"serum", "deficit", "heart_rate", "urine_flux"} <= set(known)


def test_each_expression_uses_only_what_is_known_before_it():
    found = equations()
    known = {identifier(n) for n in quantities() if n.split(".")[0] not in ("drive", "rate")}
    known -= {identifier(n) for n in found.named}
    for name, expression in found.named.items():
        assert {s.name for s in expression.free_symbols} <= known, name
        known.add(identifier(name))


def test_what_is_shared_is_named_once():
    """The deficit enters four organs; its logarithm is written in one place."""
    found = equations()
    texts = [formula(e) for e in (*found.named.values(), *found.rates.values())]
    assert sum("stores_deficit_width" in text for text in texts) == 1
    assert sum("deficit" in text.replace("stores_deficit", "") for text in texts) >= 4


def test_identifiers_do_not_collide():
    names = list(quantities())
    assert len({identifier(name) for name in names}) == len(names)
    assert set(leaf_names(State)) <= set(names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-a / b", "((-a) / b)"),
        ("a - b * a", "(a + (-b * a))"),
        ("sqrt(a)", "sqrt(a)"),
        ("1 / a", "((1.0 dimensionless) / a)"),
        ("a ** b", "(a^b)"),
        ("0.1 + a", "((0.1 dimensionless) + a)"),
        ("log(a)", "ln(a)"),
        ("abs(a)", "abs(a)"),
    ],
)
def test_formula(text, expected):
    with sympy.evaluate(False):
        a, b = sympy.symbols("a b")
        found = eval(text, {"a": a, "b": b, "sqrt": sympy.sqrt, "log": sympy.log, "abs": abs})
    assert formula(found) == expected


def test_melatonin_of_a_dose_is_the_bodys():
    body = Body()
    known = {identifier(k): float(v) for k, v in leaves(body, "").items()}
    found = value(formula(melatonin_of_dose("dose")), known | {"dose": 1e6})
    assert found == pytest.approx(0.15 * 1e6 / 84.0)


def test_a_symbolic_tuple_has_a_symbol_in_every_leaf():
    held = leaves(symbolic(State), "")
    assert [s.name for s in held.values()] == [identifier(n) for n in leaf_names(State)]
