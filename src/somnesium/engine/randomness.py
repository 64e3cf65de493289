"""Counter-based random numbers: the same number for the same key, whoever asks and when.

Philox 4×32-10 (Salmon 2011). The key is (seed, person), the counter (purpose, night, draw); no
generator has a state, so chunks, threads and resumed runs cannot change a number, and two worlds
with and without magnesium share theirs.
"""

import math

import numpy as np
from numba import njit

HYPNOGRAM = 1
"""Purpose: the stage chain of a drawn night."""
UNREST = 2
"""Purpose: the chance arousal of a night."""
DRAW = 3
"""Purpose: bodies and doubts."""

_MASK = np.uint64(0xFFFFFFFF)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_32 = np.uint64(32)


@njit(cache=True)
def philox(
    c0: int, c1: int, c2: int, c3: int, k0: int, k1: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four 32-bit words of Philox 4×32-10 for a four-word counter and a two-word key."""
    x0, x1 = np.uint64(c0) & _MASK, np.uint64(c1) & _MASK
    x2, x3 = np.uint64(c2) & _MASK, np.uint64(c3) & _MASK
    a, b = np.uint64(k0) & _MASK, np.uint64(k1) & _MASK
    for _ in range(10):
        p0 = _M0 * x0
        p1 = _M1 * x2
        x0, x1, x2, x3 = (
            ((p1 >> _32) ^ x1 ^ a) & _MASK,
            p1 & _MASK,
            ((p0 >> _32) ^ x3 ^ b) & _MASK,
            p0 & _MASK,
        )
        a = (a + _W0) & _MASK
        b = (b + _W1) & _MASK
    return x0, x1, x2, x3


@njit(cache=True)
def uniform(seed: int, person: int, purpose: int, night: int, draw: int) -> float:
    """A number in the open interval (0, 1), keyed; 52 random bits."""
    w0, w1, _, _ = philox(purpose, night, draw, 0, seed, person)
    bits = (w0 << np.uint64(20)) ^ (w1 >> np.uint64(12))
    return (float(bits) + 0.5) / 4503599627370496.0


@njit(cache=True)
def normal(seed: int, person: int, purpose: int, night: int, draw: int) -> float:
    """A standard normal number, keyed (Box–Muller)."""
    u = uniform(seed, person, purpose, night, 2 * draw)
    v = uniform(seed, person, purpose, night, 2 * draw + 1)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@njit(cache=True)
def normals(seed: int, people: np.ndarray, purpose: int, night: int, count: int) -> np.ndarray:
    """Standard normal numbers (len(people), count), keyed by person and draw (Box–Muller)."""
    out = np.empty((len(people), count))
    for i in range(len(people)):
        for j in range(count):
            out[i, j] = normal(seed, people[i], purpose, night, j)
    return out
