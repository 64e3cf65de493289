"""How much of the plan is in the body each night: carry-over from the evenings before."""

from typing import NamedTuple

import numpy as np

from somnesium.errors import InvalidInput

_SHORTEST = 0.001
"""Half-life [nights] below which nothing is carried over (definition#numerical)."""


class Carry(NamedTuple):
    """How long an effect outlasts its doses: half-lives [nights] and how much each carries.

    A half-life of 0 is an effect of the same night only. The shares add to one. The body model
    gives both; the shares of several half-lives make a kernel that is not one exponential.
    """

    half_lives: tuple[float, ...] = (0.0,)
    shares: tuple[float, ...] = (1.0,)

    def stretched(self, factor: float) -> "Carry":
        """The same kernel with every half-life `factor` times as long."""
        return self._replace(half_lives=tuple(factor * h for h in self.half_lives))


def exposure(doses: np.ndarray, carry: Carry, before: float = 0.0) -> np.ndarray:
    """Share of the full, steady exposure at each night, (nights,).

    `doses` is the dose of each night as a share of the planned one, (nights,); `before` is the
    exposure with which the series began. Doses taken every night lead to 1, none to 0.
    """
    half_lives, shares = np.asarray(carry.half_lives, float), np.asarray(carry.shares, float)
    if len(half_lives) != len(shares) or (half_lives < 0).any() or (shares < 0).any():
        raise InvalidInput.field("carry", carry, "as many shares as half-lives, none negative")
    if abs(shares.sum() - 1.0) > 1e-9:
        raise InvalidInput.field("carry.shares", carry.shares, "shares that add to 1")
    lasts = half_lives >= _SHORTEST
    stays = np.where(lasts, np.exp2(-1.0 / np.where(lasts, half_lives, 1.0)), 0.0)
    now, out = np.full(len(shares), float(before)), np.empty(len(doses))
    for night, dose in enumerate(doses):
        now = stays * now + (1.0 - stays) * dose
        out[night] = shares @ now
    return out
