"""The posterior of the gains: the prior, what was observed, and how far trials disagree.

An observation is a published contrast with its standard error. Trials differ from the body by
more than their own errors, by `discrepancy` times a scale of each endpoint; a trial at high risk
of bias by twice that. The discrepancy is learnt with the gains.
"""

from typing import NamedTuple

import emcee
import numpy as np

from somnesium.answers.calibration.emulator import Emulator, predict
from somnesium.simulation.gains import correlation, from_normal

DISCREPANCY_SD = 1.0
"""Half-normal prior of the discrepancy, in scales of the endpoints (judgement#between-trials)."""
WALKERS = 48


class Observed(NamedTuple):
    """Contrasts, each array (observations,): value, standard error, scale of the discrepancy."""

    value: np.ndarray
    error: np.ndarray
    scale: np.ndarray


class Chains(NamedTuple):
    """Draws: standard normals (chains, draws, gains), discrepancy (chains, draws).

    `effective` (gains + 1) is how many independent draws they are worth, the discrepancy last.
    """

    z: np.ndarray
    discrepancy: np.ndarray
    effective: np.ndarray

    @property
    def factors(self) -> np.ndarray:
        """The gains' factors, (chains · draws, gains)."""
        return from_normal(self.z.reshape(-1, self.z.shape[-1]))


def log_posterior(points: np.ndarray, observed: Observed, emulator: Emulator) -> np.ndarray:
    """Log density of points (n, gains + 1): standard normals, then the log of the discrepancy."""
    z, log_tau = points[:, :-1], points[:, -1]
    tau = np.exp(log_tau)
    inverse = np.linalg.inv(correlation())
    prior = -0.5 * np.einsum("ni,ij,nj->n", z, inverse, z)
    prior = prior - 0.5 * (tau / DISCREPANCY_SD) ** 2 + log_tau
    variance = observed.error**2 + emulator.error**2 + (tau[:, None] * observed.scale) ** 2
    miss = observed.value - predict(emulator, z)
    density = prior - 0.5 * np.sum(miss**2 / variance + np.log(variance), axis=1)
    inside = (log_tau > -8.0) & (log_tau < 3.0) & np.all(np.abs(z) < 5.0, axis=1)
    return np.where(inside, density, -np.inf)


def sample(
    observed: Observed, emulator: Emulator, seed: int, chains: int = 4, steps: int = 4000
) -> Chains:
    """Ensemble sampling (emcee), `chains` ensembles apart from one another; a third is burnt.

    The same seed gives the same draws.
    """
    gains, kept, effective = len(correlation()), [], np.zeros(len(correlation()) + 1)
    root = np.linalg.cholesky(correlation())
    for chain in range(chains):
        rng = np.random.default_rng([seed, chain])
        start = np.empty((WALKERS, gains + 1))
        start[:, :-1] = 0.5 * rng.standard_normal((WALKERS, gains)) @ root.T
        start[:, -1] = np.log(0.5) + 0.3 * rng.standard_normal(WALKERS)
        sampler = emcee.EnsembleSampler(
            WALKERS, gains + 1, log_posterior, args=(observed, emulator), vectorize=True
        )
        state = np.random.RandomState(rng.integers(2**31)).get_state()
        sampler.run_mcmc(emcee.State(start, random_state=state), steps)
        time = sampler.get_autocorr_time(discard=steps // 3, tol=0, quiet=True)
        effective += WALKERS * (steps - steps // 3) / np.maximum(1.0, time)
        kept.append(sampler.get_chain(discard=steps // 3, thin=8, flat=True))
    draws = np.stack(kept)
    return Chains(draws[..., :-1], np.exp(draws[..., -1]), effective)
