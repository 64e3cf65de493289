"""Can the posterior be trusted: mixing, what was learnt, and recovery of known gains."""

from typing import NamedTuple

import numpy as np

from somnesium.answers.calibration.emulator import Emulator
from somnesium.answers.calibration.lived import Progress
from somnesium.answers.calibration.posterior import Chains, Observed, sample


class Mixing(NamedTuple):
    """Of each gain (and last the discrepancy): split R-hat, effective draws, contraction.

    Contraction is one minus posterior over prior variance: 0 nothing learnt, 1 known exactly.
    """

    r_hat: np.ndarray
    effective: np.ndarray
    contraction: np.ndarray


def split_r_hat(draws: np.ndarray) -> float:
    """Potential scale reduction of chains (chains, draws), each halved (gelman1992)."""
    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, half : 2 * half]])
    within = parts.var(axis=1, ddof=1).mean()
    between = parts.mean(axis=1).var(ddof=1)
    return float(np.sqrt((half - 1) / half + between / within))


def mixing(chains: Chains) -> Mixing:
    """Diagnostics of sampled chains; the prior of every gain has variance one in `z`."""
    every = np.concatenate([chains.z, np.log(chains.discrepancy)[..., None]], axis=-1)
    columns = [every[..., k] for k in range(every.shape[-1])]
    r_hat = np.array([split_r_hat(column) for column in columns])
    flat = chains.z.reshape(-1, chains.z.shape[-1])
    return Mixing(r_hat, chains.effective, 1.0 - flat.var(axis=0))


class Recovery(NamedTuple):
    """Of synthetic trials with known gains: coverage of 90 % intervals of each gain, and the rank
    of each known gain among its draws (runs, gains), uniform where all is right."""

    coverage: np.ndarray
    ranks: np.ndarray


def recovery(
    observed: Observed,
    emulator: Emulator,
    z: np.ndarray,
    lived: np.ndarray,
    seed: int,
    progress: Progress | None = None,
) -> Recovery:
    """Invent the trials' results from known gains, and look whether the posterior finds them.

    `z` (runs, gains) are the known gains as standard normals, drawn from the prior; `lived`
    (runs, observations) what the engine itself predicts there. Errors of the trials' own size and
    a discrepancy drawn from its prior are added.
    """
    rng = np.random.default_rng([seed, 77])
    ranks = np.empty(z.shape)
    for run, (known, truth) in enumerate(zip(z, lived, strict=True)):
        tau = abs(rng.standard_normal())
        spread = np.sqrt(observed.error**2 + (tau * observed.scale) ** 2)
        told = observed._replace(value=truth + spread * rng.standard_normal(len(truth)))
        chains = sample(told, emulator, seed=seed + run, chains=1, steps=1200)
        draws = chains.z[0][:: max(1, len(chains.z[0]) // 499)]
        ranks[run] = (draws < known).mean(axis=0)
        if progress is not None:
            progress("synthetic trials", run + 1, len(z))
    return Recovery(np.mean((ranks > 0.05) & (ranks < 0.95), axis=0), ranks)
