"""The few gains that trials can teach us about: what we believed before, and believe now.

A gain is a factor on one parameter of the body, 1 where the body stands as it was built. The
posterior is a packaged table of draws made by `somnesium calibrate`; every typical body carries
its centre, and every draw of our doubts one of its rows.
"""

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtr

from somnesium.body.assembly import Body
from somnesium.engine.lanes import leaf_index
from somnesium.engine.randomness import DRAW, normals
from somnesium.person.supplements import find_form
from somnesium.sources import packaged_text, packaged_toml


class Gain(NamedTuple):
    """Name; the leaf of `Body` it multiplies ("" for the dissolving share of oxide); its prior."""

    name: str
    parameter: str
    scale: Literal["log", "linear"]
    sd: float
    source: str
    meaning: str


GAINS = tuple(Gain(**row) for row in packaged_toml("calibration/prior.toml")["gains"])
"""The calibrated gains, in the order of every array of them."""
_LOG = np.array([gain.scale == "log" for gain in GAINS])
_SD = np.array([gain.sd for gain in GAINS])


def correlation() -> np.ndarray:
    """Prior correlation of the gains, shape (gains, gains): the linear ones share their trials."""
    shared = packaged_toml("calibration/prior.toml")["shared"]
    return np.where(np.eye(len(GAINS)) > 0, 1.0, shared * np.outer(~_LOG, ~_LOG))


def from_normal(z: np.ndarray) -> np.ndarray:
    """Factors of standard normals, both of shape (…, gains): exp(sd z), or 1 + sd z."""
    return np.where(_LOG, np.exp(_SD * z), 1.0 + _SD * z)


def to_normal(factors: np.ndarray) -> np.ndarray:
    """The standard normals that `from_normal` turns into these factors, both (…, gains)."""
    return np.where(_LOG, np.log(np.where(_LOG, factors, 1.0)), factors - 1.0) / _SD


def _draws() -> dict[str, np.ndarray]:
    """Columns of the packaged draws: one a gain, and `discrepancy`."""
    head, *rows = packaged_text("calibration/posterior.csv").splitlines()
    return dict(zip(head.split(","), np.loadtxt(rows, delimiter=",").T, strict=True))


def discrepancy() -> np.ndarray:
    """The discrepancy between trials in each draw of the posterior, (draws,), in scales."""
    return _draws()["discrepancy"]


@cache
def posterior() -> np.ndarray:
    """Factors drawn from the posterior, shape (draws, gains); read-only."""
    out = np.stack([_draws()[gain.name] for gain in GAINS]).T
    out.flags.writeable = False
    return out


@cache
def centre() -> np.ndarray:
    """Posterior mean of each factor (of its logarithm for those on a log scale), shape (gains,)."""
    draws = posterior()
    positive = np.where(_LOG, draws, 1.0)
    out = np.where(_LOG, np.exp(np.log(positive).mean(axis=0)), draws.mean(axis=0))
    out.flags.writeable = False
    return out


def drawn_rows(seed: int, doubts: int) -> np.ndarray:
    """Rows of `posterior` for each draw of our doubts, keyed by the seed and the draw's number."""
    z = normals(seed, np.arange(doubts), DRAW, 3, 1)[:, 0]
    return np.minimum((ndtr(z) * len(posterior())).astype(np.int64), len(posterior()) - 1)


def oxide_factors(seed: int, doubts: int) -> np.ndarray:
    """Factor on the share of oxide that dissolves, for each draw of our doubts; one alone is
    the centre."""
    column = [gain.name for gain in GAINS].index("oxide")
    if doubts == 1:
        return centre()[column : column + 1]
    return posterior()[drawn_rows(seed, doubts), column]


def dissolved_share(form: str, normal: float = 0.0, oxide: float | None = None) -> float:
    """Share of a form that dissolves; of oxide its typical one times a factor, the centre unless
    given; of others at a standard normal of our doubt."""
    salt = find_form(form)
    middle = salt.dissolved_fraction
    if salt.key == "oxide":
        factor = oxide_factors(0, 1)[0] if oxide is None else oxide
        return float(np.clip(middle * factor, 0.0, 1.0))
    # The published range is read as two standard deviations to each side.
    side = (salt.dissolved_high - middle if normal > 0 else middle - salt.dissolved_low) / 2.0
    return float(np.clip(middle + side * normal, 0.0, 1.0))


def multiplied(bodies: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Bodies (leaves, people) with each gain's parameter times its factor.

    `factors` has shape (gains,) or (gains, people). The share of oxide that dissolves is no leaf
    of the body; it is applied where doses become events.
    """
    out = np.array(bodies)
    for gain, factor in zip(GAINS, factors, strict=True):
        if gain.parameter:
            out[leaf_index(Body, gain.parameter)] *= factor
    return out
