# pyright: basic
"""The engine on a GPU: the same equations and steps, one thread for each person.

`run_on_gpu` takes the arguments of `engine.run` and leaves the same behind. A GPU fuses multiply
and add, and a processor does, in different places; so the two agree to rounding and not to the
bit: differences below 1e-11 of a number in float64 and 1e-4 in float32, where the GPU divides
approximately as well, are allowed (tests/engine/test_cuda.py).

Needs the extra `gpu` and an NVIDIA driver. Without them this module can be imported, and a run
says what is missing. With NUMBA_ENABLE_CUDASIM=1 and NUMBA_DISABLE_JIT=1 in the environment the
kernel runs as plain Python, a second for a person's night, on no GPU at all: for tests.
"""

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

import numba
import numpy as np

from somnesium import say
from somnesium.engine.channels import Lanes, Plan
from somnesium.errors import MissingPart

THREADS = 64
"""Threads of a block: few, because each fills its registers."""
_SHARE = 0.8  # of the free memory that one batch of persons may take
_EXTRA = "pip install 'somnesium[gpu]'"


def require_gpu() -> None:
    """Return if there is a GPU to run on; else raise `MissingPart`: what is missing, what to do."""
    simulated = numba.config.ENABLE_CUDASIM  # type: ignore[attr-defined]
    if not simulated and find_spec("numba_cuda") is None:
        raise MissingPart(f"the GPU engine needs the package numba-cuda: {_EXTRA}")
    from numba import cuda

    if cuda.is_available():
        return
    error = cuda.cuda_error()
    if error is None:
        raise MissingPart(f"the GPU engine needs CUDA's compiler library, libnvvm: {_EXTRA}")
    raise MissingPart(f"the GPU engine cannot run: {_reason(' '.join(str(error).split()))}")


def _reason(message: str) -> str:
    """What a message of the driver's means, and what to do."""
    if "NO_DEVICE" in message:
        what = "the NVIDIA driver finds no GPU; look at nvidia-smi and at CUDA_VISIBLE_DEVICES"
    elif "cannot be found" in message:
        what = "this machine has no NVIDIA driver; install it, or run on the processor"
    else:
        what = "the NVIDIA driver does not start; look at nvidia-smi, or run on the processor"
    return f"{what} (CUDA: {message})"


def _there(value: Any) -> Any:  # noqa: ANN401 - an array or a number
    """The value on the GPU: arrays are copied there, numbers go with the call."""
    from numba import cuda

    if isinstance(value, np.ndarray):
        return cuda.to_device(np.ascontiguousarray(value))
    return value


def _back(source: Any, target: np.ndarray) -> None:  # noqa: ANN401 - an array on the GPU
    """Copy an array back from the GPU, into a part of one here."""
    if target.flags.c_contiguous:
        source.copy_to_host(target)
    else:
        target[...] = source.copy_to_host()


def _bytes(values: Iterable[Any]) -> int:
    """Size of the arrays among some values."""
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))


def _batch(persons: int, of_persons: int, of_plan: int) -> int:
    """How many persons fit into the free memory of the GPU at once, given the bytes of them all
    and of the plan they share."""
    from numba import cuda

    free = _SHARE * cuda.current_context().get_memory_info().free - of_plan
    each = of_persons / persons
    if free < each:
        raise MissingPart(
            f"the GPU has {say.number(max(free, 0.0) / 1e6)} MB to spare, and one person of this "
            f"run takes {say.number(each / 1e6)} MB; run fewer days at a time, or on the processor"
        )
    return int(min(free / each, persons))


def run_on_gpu(
    like: np.ndarray,
    lanes: Lanes,
    bodies: np.ndarray,
    plan: Plan,
    rows: np.ndarray,
    trace: np.ndarray,
    epochs: np.ndarray,
) -> None:
    """Step everyone in `lanes` to the end of `plan` on the GPU; all arguments as in `engine.run`.

    Persons go in batches as large as its free memory allows; the batch changes no number.
    Raises `MissingPart` if there is no GPU to run on, or it cannot hold even one person.
    """
    require_gpu()
    from somnesium.engine import cuda_kernel

    live: Any = cuda_kernel.live
    persons = len(lanes.time)
    if persons == 0:
        return
    results = [*lanes, rows, trace, epochs]
    batch = _batch(persons, _bytes([*results, bodies]), _bytes(plan))
    events = Plan(*(_there(part) for part in plan))
    for first in range(0, persons, batch):
        part = slice(first, min(first + batch, persons))
        here = [*(a[..., part] for a in results[:-1]), epochs[part]]
        there = [_there(a) for a in here]
        those = events._replace(
            schedule=_there(plan.schedule[part]), people=_there(plan.people[part])
        )
        blocks = -(-(part.stop - part.start) // THREADS)
        on_gpu, (nights, marks, drawn) = Lanes(*there[:-3]), there[-3:]
        live[blocks, THREADS](
            _there(like), on_gpu, _there(bodies[:, part]), those, nights, marks, drawn
        )
        for source, target in zip(there, here, strict=True):
            _back(source, target)
