"""Philox 4×32-10 against its authors' vectors; numbers that only their key decides."""

import numpy as np
import pytest
from scipy import stats

from somnesium.engine.randomness import DRAW, HYPNOGRAM, UNREST, normal, normals, philox, uniform

ONES = 0xFFFFFFFF
KNOWN = [  # Random123 kat_vectors, philox4x32 10
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_known_answers(counter, key, words):
    assert tuple(int(w) for w in philox(*counter, *key)) == words


def test_uniform_is_made_of_the_first_two_words():
    w0, w1, _, _ = (int(w) for w in philox(HYPNOGRAM, 4, 5, 0, 11, 7))
    bits = (w0 << 20) | (w1 >> 12)
    assert uniform(11, 7, HYPNOGRAM, 4, 5) == (bits + 0.5) / 2**52


def test_uniform_is_uniform():
    found = np.array([uniform(1, p, UNREST, n, 0) for p in range(200) for n in range(200)])
    assert 0.0 < found.min() < found.max() < 1.0
    assert stats.kstest(found, "uniform").pvalue > 0.01
    assert (
        stats.kstest(np.array([uniform(s, 0, DRAW, 0, 0) for s in range(5000)]), "uniform").pvalue
        > 0.01
    )


def test_neighbours_are_not_alike():
    base = np.array([uniform(1, p, DRAW, 0, 0) for p in range(4000)])
    for other in (
        [uniform(2, p, DRAW, 0, 0) for p in range(4000)],
        [uniform(1, p, UNREST, 0, 0) for p in range(4000)],
        [uniform(1, p, DRAW, 1, 0) for p in range(4000)],
        [uniform(1, p, DRAW, 0, 1) for p in range(4000)],
        [uniform(1, p + 1, DRAW, 0, 0) for p in range(4000)],
    ):
        assert abs(np.corrcoef(base, other)[0, 1]) < 0.05


def test_the_order_of_asking_changes_nothing():
    keys = [(1, p, n, d) for p in range(5) for n in range(5) for d in range(5)]
    there = [uniform(s, p, HYPNOGRAM, n, d) for s, p, n, d in keys]
    back = [uniform(s, p, HYPNOGRAM, n, d) for s, p, n, d in reversed(keys)]
    assert there == back[::-1]
    assert len(set(there)) == len(keys)


def test_normals_are_normal():
    found = normals(7, np.arange(2000), DRAW, 0, 20)
    assert found.shape == (2000, 20)
    assert stats.kstest(found.ravel(), "norm").pvalue > 0.01
    off = np.corrcoef(found.T)[~np.eye(20, dtype=bool)]
    assert np.max(np.abs(off)) < 0.1


def test_a_normal_by_hand():
    """Box–Muller of the next two uniform numbers, and the same one by one as in a table."""
    u, v = uniform(7, 31, UNREST, 3, 10), uniform(7, 31, UNREST, 3, 11)
    exact = np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)
    assert normal(7, 31, UNREST, 3, 5) == pytest.approx(exact, rel=1e-14)
    assert normals(7, np.array([4, 31]), UNREST, 3, 6)[1, 5] == normal(7, 31, UNREST, 3, 5)


def test_normals_do_not_depend_on_company():
    many = normals(7, np.arange(50), DRAW, 3, 12)
    assert np.array_equal(normals(7, np.array([31]), DRAW, 3, 12)[0], many[31])
    assert np.array_equal(normals(7, np.arange(50), DRAW, 3, 5), many[:, :5])
    shuffled = np.random.default_rng(0).permutation(50)
    assert np.array_equal(normals(7, shuffled, DRAW, 3, 12), many[shuffled])
