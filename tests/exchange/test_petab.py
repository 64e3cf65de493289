"""The PEtab problem is valid, and its objective is our log posterior but for a constant."""

import math

import numpy as np
import pytest

from somnesium.answers.calibration.emulator import Emulator, predict, terms_of
from somnesium.answers.calibration.posterior import Observed, log_posterior
from somnesium.exchange.petab import Fitted, write_petab
from somnesium.simulation.gains import GAINS, correlation

petab = pytest.importorskip("petab.v2")
pytestmark = pytest.mark.filterwarnings("ignore::Warning:petab")  # its use of pandas ages
COUNT = len(GAINS)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small problem: emulator, what was observed, and the folder written."""
    rng = np.random.default_rng(4)
    coefficients = rng.normal(size=(len(terms_of(COUNT)), 2))
    emulator = Emulator(coefficients, np.array([0.1, 0.0]))
    told = Observed(np.array([1.0, -2.0]), np.array([0.5, 0.3]), np.array([0.2, 1.0]))
    folder = tmp_path_factory.mktemp("petab")
    fitted = Fitted(
        gains=[gain.name for gain in GAINS],
        mixing=np.linalg.cholesky(correlation()),
        observations=["first", "second"],
        value=told.value,
        error=np.sqrt(told.error**2 + emulator.error**2),
        scale=told.scale,
        terms=terms_of(COUNT),
        coefficients=coefficients,
        discrepancy_sd=1.0,
    )
    write_petab(fitted, folder)
    return emulator, told, folder


def test_the_problem_is_valid(made):
    problem = petab.Problem.from_yaml(made[2] / "problem.yaml")
    assert list(petab.lint_problem(problem)) == []
    assert len(problem.parameters) == COUNT + 1


def _objective(folder, u: np.ndarray, tau: float) -> float:
    """Log posterior as the files say it, by another simulator for the model."""
    roadrunner = pytest.importorskip("roadrunner")
    model = roadrunner.RoadRunner(str(folder / "model.xml"))
    for gain, value in zip(GAINS, u, strict=True):
        model[f"u_{gain.name}"] = value
    problem = petab.Problem.from_yaml(folder / "problem.yaml")
    total = -0.5 * float(u @ u) - 0.5 * tau**2
    for one, point in zip(problem.observables, problem.measurements, strict=True):
        expected = model[str(one.formula)]
        noise = one.noise_formula
        sd = float(noise.subs(dict.fromkeys(noise.free_symbols, tau)))
        total -= 0.5 * ((point.measurement - expected) / sd) ** 2 + math.log(sd)
    return total


def test_its_objective_is_our_log_posterior(made):
    emulator, told, folder = made
    root = np.linalg.cholesky(correlation())
    differences = []
    for seed in range(3):
        u = 0.4 * np.random.default_rng(seed).normal(size=COUNT)
        tau = 0.3 + 0.4 * seed
        z = root @ u
        assert np.all(np.abs(predict(emulator, z)) < 1e3)
        point = np.append(z, math.log(tau))[None]
        # Our density is over the logarithm of the discrepancy: take its Jacobian away.
        ours = float(log_posterior(point, told, emulator)[0]) - math.log(tau)
        differences.append(ours - _objective(folder, u, tau))
    assert differences == pytest.approx([differences[0]] * 3, abs=1e-9)
