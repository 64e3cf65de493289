"""The GPU engine: against the processor in the library's simulator, to machine code without a GPU.

Run as a script in the simulator (NUMBA_ENABLE_CUDASIM=1, NUMBA_DISABLE_JIT=1) this file lives the
cases as plain Python on a pretended GPU, whose local memory holds rubbish at first, as a real one's
does; the tests then compare. What needs numba-cuda, its compiler library or a GPU is skipped
without, with the reason.
"""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest
from lives import LIFE, day, more

from somnesium.body.assembly import Body
from somnesium.engine import cuda as gpu
from somnesium.engine import run as simulate
from somnesium.engine.channels import LIGHTS_OUT, RISE, SETTLE, Plan
from somnesium.engine.run import run_events, start_lanes
from somnesium.engine.schedule import merge
from somnesium.engine.tiles import STEP
from somnesium.errors import MissingPart
from somnesium.simulation.individual import draw_bodies

FIRST = day(0.0, rise=30.0) + more(0.0) + [(6.5, SETTLE, 3.0)]
SECOND = [*day(0.4), (14.1, LIGHTS_OUT, 1.0), (14.73, RISE, 0.0)]
CASES = {
    "float64": {"people": 3, "precision": "float64", "trace": True, "unrest": 0.3},
    "float32": {"people": 1, "precision": "float32"},
    "drawn": {"people": 1, "precision": "float64", "drawn": True, "unrest": 0.3},
}
CLOSE = {"float64": 1e-11, "float32": 1e-4, "drawn": 1e-11}
"""Largest difference allowed, as a share of the largest number of the same kind."""


def lived(name):
    """Two stretches of a case, the second from the middle of the night: every number left behind.

    Arrays have the kind of number in their second-last axis, or are whole numbers.
    """
    case = dict(CASES[name])
    people = case.pop("people")
    bodies = draw_bodies(Body(), people, 1, seed=2).values
    schedules, of = [merge(FIRST), merge(SECOND)], np.arange(people) % 2
    lanes = start_lanes(bodies, 0.0, 4.0)
    left = {}
    for until in (26.0, 32.0):
        who = np.arange(people) + 7
        result = run_events(lanes, bodies, schedules, of, until, people=who, **case)
        left |= {
            f"nights at {until:g}": result.rows,
            f"trace at {until:g}": result.trace,
            f"epochs at {until:g}": result.epochs,
            **{f"{part} at {until:g}": np.copy(getattr(lanes, part)) for part in lanes._fields},
        }
    return left


def assert_close(there, here, share):
    """Whole numbers equal, the others within `share` of the largest of their kind."""
    assert set(there) == set(here)
    for name, expected in here.items():
        found = there[name]
        assert found.shape == expected.shape, name
        if expected.dtype.kind == "i" or not expected.size:
            assert np.array_equal(found, expected), name
            continue
        others = tuple(k for k in range(expected.ndim) if k != expected.ndim - 2)
        assert np.array_equal(np.isnan(found), np.isnan(expected)), name
        scale = np.nanmax(np.abs(expected), axis=others, keepdims=True, initial=1e-12)
        worst = np.nanmax(np.abs(found - expected) / scale, initial=0.0)
        assert worst < share, (name, worst)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """The cases as lived in the simulator, two persons a batch."""
    folder = tmp_path_factory.mktemp("gpu")
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, __file__, str(folder)], env=environment, check=True)
    return {name: dict(np.load(folder / f"{name}.npz")) for name in CASES}


def main(folder):
    """Live the cases on the simulator's GPU."""
    from numba import cuda
    from numba.cuda.simulator import kernelapi

    assert numba.config.ENABLE_CUDASIM
    clean = kernelapi.FakeCUDALocal.array

    def littered(self, shape, dtype):
        array = clean(self, shape, dtype)
        array.fill(-7 if array.dtype.kind == "i" else np.nan)
        return array

    kernelapi.FakeCUDALocal.array = littered
    gpu._batch = lambda persons, *_: min(persons, 2)
    assert cuda.is_available()
    simulate.run = gpu.run_on_gpu
    for name in CASES:
        np.savez(folder / f"{name}.npz", **lived(name))


@pytest.mark.parametrize("name", CASES)
def test_the_simulated_gpu_agrees_with_the_processor(simulated, name):
    here = lived(name)
    assert_close(simulated[name], here, CLOSE[name])
    assert here["nights at 32"].shape[0] >= 1, "no night was lived"


def test_the_comparison_can_fail(simulated):
    off = {name: array.copy() for name, array in simulated["float64"].items()}
    off["nights at 32"][0, 3, 0] *= 1.0 + 1e-9
    with pytest.raises(AssertionError, match="nights at 32"):
        assert_close(off, simulated["float64"], CLOSE["float64"])


def _nothing_to_run():
    """Arguments of a run of one person."""
    bodies = draw_bodies(Body(), 1, 1, seed=2).values
    events, whole = merge(LIFE), np.zeros(1, np.int64)
    begins = np.array([0, len(events.time)])
    when = {"period": 0.0, "until": 8.0, "longest": STEP}
    chance = {"seed": 1, "people": whole, "unrest": 0.0, "drawn": False}
    plan = Plan(whole, begins, events.time, events.channel, events.value, **when, **chance)
    room = np.empty((1, 30, 1)), np.empty((0, 30, 1)), np.empty((1, 0), np.int8)
    return np.empty(0), start_lanes(bodies, 0.0, 4.0), bodies, plan, *room


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(gpu, "find_spec", lambda _name: None)
    with pytest.raises(MissingPart, match=r"numba-cuda: pip install 'somnesium\[gpu\]'") as caught:
        gpu.run_on_gpu(*_nothing_to_run())
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("\nCUDA driver library cannot be found.\nEnsure …", "no NVIDIA driver; install it"),
        ("Call to cuInit results in CUDA_ERROR_NO_DEVICE (100)", "finds no GPU; look at"),
        ("Call to cuInit results in CUDA_ERROR_UNKNOWN (999)", "does not start"),
        (None, r"libnvvm: pip install 'somnesium\[gpu\]'"),
    ],
)
def test_no_driver_no_gpu_and_no_compiler_are_told_apart(monkeypatch, error, says):
    from numba import cuda

    monkeypatch.setattr(gpu, "find_spec", lambda _name: object())
    monkeypatch.setattr(cuda, "is_available", lambda: False)
    monkeypatch.setattr(cuda, "cuda_error", lambda: error)
    with pytest.raises(MissingPart, match=says) as caught:
        gpu.run_on_gpu(*_nothing_to_run())
    assert "\n" not in str(caught.value)


def test_a_batch_is_what_fits_and_never_nobody(monkeypatch):
    from numba import cuda

    memory = SimpleNamespace(get_memory_info=lambda: SimpleNamespace(free=1_000_000))
    monkeypatch.setattr(cuda, "current_context", lambda: memory)
    assert gpu._batch(1000, 100_000, 0) == 1000
    assert gpu._batch(1000, 10_000_000, 0) == 80
    assert gpu._batch(1000, 10_000_000, 400_000) == 40
    with pytest.raises(MissingPart, match="1 MB to spare, and one person of this run takes 2 MB"):
        gpu._batch(10, 20_000_000, 0)


def _compiler():
    """Whether numba-cuda and its compiler library are there."""
    if find_spec("numba_cuda") is None:
        return False
    from numba.cuda.cudadrv import nvvm

    return nvvm.is_available()


needs_compiler = pytest.mark.skipif(
    not _compiler(), reason="numba-cuda with libnvvm is not installed: pip install 'somnesium[gpu]'"
)


@pytest.fixture
def offline(monkeypatch):
    """Compile for compute capability 9.0 (H100, H200) whether there is a GPU or not."""
    from numba.cuda import dispatcher

    card = SimpleNamespace(compute_capability=(9, 0))
    monkeypatch.setattr(dispatcher, "get_current_device", lambda: card)


def _ptx(kernel, arguments):
    """Machine code of a kernel for those arguments, and how often each instruction occurs in it."""
    from numba import cuda

    kinds = tuple(numba.typeof(a) for a in arguments)
    text, _ = cuda.compile_ptx(kernel, kinds, cc=(9, 0), fastmath=True)
    words = re.findall(r"^\s+(?:@!?%\w+ )?([a-z][\w.]*)", text, re.MULTILINE)
    return text, {word: words.count(word) for word in set(words)}


def _of(counts, kind, beginning=""):
    """How many instructions there are of a kind."""
    found = (word for word in counts if word.endswith(kind) and word.startswith(beginning))
    return sum(counts[word] for word in found)


@needs_compiler
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_the_whole_engine_compiles_for_a_gpu(offline, precision):
    from somnesium.engine.cuda_kernel import live

    _like, *others = _nothing_to_run()
    text, counts = _ptx(live.py_func, (np.empty(0, precision), *others))
    assert ".visible .entry" in text
    assert "sm_90" in text
    fused = {kind: _of(counts, kind, "fma") for kind in (".f64", ".f32")}
    if precision == "float64":
        assert fused[".f64"] > 300
        assert fused[".f32"] == 0
    else:
        assert fused[".f32"] > 300
        assert fused[".f64"] < 0.2 * fused[".f32"], "only times and draws are double"
    up, down = {
        "float64": ("0d4338000000000000", "0dC338000000000000"),
        "float32": ("0f4B400000", "0fCB400000"),
    }[precision]
    assert up in text, "the rounding within exp was optimised away"
    assert down in text, "the rounding within exp was optimised away"


@needs_compiler
def test_the_steps_in_float32_hold_no_double(offline):
    from numba import cuda

    from somnesium.engine.lanes import pointer
    from somnesium.engine.steps import ROWS, chain, prepare, rate, score, to_end, to_middle

    def step(numbers):
        w = cuda.local.array(ROWS, numbers.dtype)
        for row in range(ROWS):
            w[row] = numbers[row]
        tile = pointer(w)
        prepare(tile)
        to_middle(tile)
        rate(tile)
        chain(tile)
        to_end(tile)
        score(tile)
        for row in range(ROWS):
            numbers[row] = w[row]

    _, single = _ptx(step, (np.zeros(ROWS, np.float32),))
    _, double = _ptx(step, (np.zeros(ROWS),))
    assert _of(single, ".f64") == 0
    assert _of(single, ".f32") > 500
    assert _of(double, ".f64") > 500


def _gpu():
    """Whether there is a GPU to run on."""
    try:
        gpu.require_gpu()
    except MissingPart:
        return False
    return True


@pytest.mark.skipif(_gpu(), reason="there is a GPU")
def test_without_a_gpu_a_run_says_so():
    with pytest.raises(MissingPart, match="GPU"):
        gpu.run_on_gpu(*_nothing_to_run())


@pytest.mark.skipif(not _gpu(), reason="no GPU to run on")
@pytest.mark.parametrize("name", CASES)
def test_a_real_gpu_agrees_with_the_processor(monkeypatch, name):
    here = lived(name)
    monkeypatch.setattr(simulate, "run", gpu.run_on_gpu)
    assert_close(lived(name), here, CLOSE[name])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
