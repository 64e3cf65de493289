"""Whether the engine fills the vector units: losing them is silent and costs a factor of five."""

import re
from collections import Counter
from functools import cache
from types import FunctionType

import llvmlite.binding as llvm
import pytest
from lives import live
from numba import njit, typeof, types

from somnesium.engine import run as simulate
from somnesium.engine import steps
from somnesium.engine import tiles as engine
from somnesium.engine.steps import OPTIONS

ANEW = {key: value for key, value in OPTIONS.items() if key != "cache"}
"""Code from the cache has no listing."""
ARITHMETIC = re.compile(
    r"^\s+v?(?:add|sub|mul|div|fn?m(?:add|sub)\d+)([ps][sd])\s(.*)", re.MULTILINE
)
FUSED = re.compile(r"^\s+v?fn?m(?:add|sub)\d+([ps][sd])\s(.*)", re.MULTILINE)
LOOPS = {
    "to_middle": 300,
    "rate": 150,
    "chain": 200,
    "to_end": 130,
    "score": 40,
    "expose": 60,
    "prepare": 70,
}
"""The lane loops, and how many packed instructions of 512 bits each has at the least."""
wide_enough = pytest.mark.skipif(
    not llvm.get_host_cpu_features().get("avx2"), reason="no vector unit of 256 bits here"
)
both = pytest.mark.parametrize(
    ("precision", "packed", "other", "scalar"),
    [("float64", "pd", "ps", "sd"), ("float32", "ps", "pd", "ss")],
)


@cache
def listing(precision):
    """The assembly of the tile's run, compiled anew for the types that a life brings."""
    given = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulate, "run", lambda *arguments: given.append(arguments))
        live(precision=precision)
    tile = njit(**ANEW)(engine.run_tile.py_func)
    source = engine.run.py_func
    run = njit(**ANEW)(FunctionType(source.__code__, {**source.__globals__, "run_tile": tile}))
    run.compile(tuple(typeof(argument) for argument in given[0]))
    (signature,) = tile.signatures
    return tile.inspect_asm(signature)


@cache
def loop_listing(name, precision):
    """The assembly of one lane loop by itself."""
    loop = njit(**ANEW)(getattr(steps, name).py_func)
    loop.compile((types.CPointer(getattr(types, precision)),))
    return loop.inspect_asm(loop.signatures[0])


def counts(text, pattern=ARITHMETIC):
    """How often arithmetic is done on what: `pd` packed double, `ss` scalar single and so on.

    Packed counts where a vector has 256 bits or more; less is `narrow`.
    """
    found = Counter()
    for kind, operands in pattern.findall(text):
        narrow = kind[0] == "p" and not re.search("[yz]mm", operands)
        found["narrow" if narrow else kind] += 1
    return found


@wide_enough
@both
@pytest.mark.parametrize("name", LOOPS)
def test_every_loop_is_packed(name, precision, packed, other, scalar):
    """A missing inline, rows that could overlap, a library call or a branch all show as scalars;
    a number of the other precision as packed arithmetic of that kind."""
    text = loop_listing(name, precision)
    found = counts(text)
    assert found[packed] >= LOOPS[name]
    assert found["sd"] + found["ss"] + found["narrow"] <= 0.02 * found[packed]
    assert found[other] == 0
    called = re.findall(r"\$(?:exp|log|pow|tanh|sin|cos|sqrt)\w*", text)
    # Clock hours turn into directions by a library call, once a person.
    assert [c for c in called if not (name == "prepare" and c.startswith("$sincos"))] == []


@wide_enough
@both
def test_the_whole_run_is_packed(precision, packed, other, scalar):
    """The loops as they stand in the engine, inlined; events and drawn nights are scalar code."""
    text = listing(precision)
    found, fused = counts(text), counts(text, FUSED)
    assert found[packed] >= sum(LOOPS.values())
    assert found[other] == 0
    assert found["sd"] + found["ss"] < 0.5 * found[packed]
    assert fused[packed] > 500
    assert fused["sd"] + fused["ss"] < 0.5 * fused[packed]
    assert fused["sd"] < 50 or scalar == "sd"
    assert not re.findall(r"\$(?:exp|pow|tanh)\w*", text), "a library call in the lane loops"
