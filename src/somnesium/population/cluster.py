"""Work on a Dask cluster: files are tasks, their bytes come back, the caller writes them.

No file system is shared and nothing is kept on a worker: a task is a pure function of what it is
given, so a task of a worker that dies is done again by another, with the same result. Results are
taken in the order asked for, and only a bounded number is under way.
"""

import contextlib
import logging
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from somnesium.errors import InvalidInput, MissingPart

if TYPE_CHECKING:
    from distributed import Client

WAIT = 5.0
"""Seconds to wait for a scheduler, and for its first worker."""
_AHEAD = 2
"""Tasks under way for every worker."""
_RETRIES = 2
_ALONE = threading.Lock()

Item = TypeVar("Item")
Found = TypeVar("Found")


@contextlib.contextmanager
def connect(address: str) -> "Iterator[Client]":
    """A client of the scheduler at `address` (`tcp://host:port`), closed at the end.

    Raises `MissingPart` without Dask, and `InvalidInput` if nobody answers there in a few
    seconds or no worker has joined.
    """
    distributed = MissingPart.load("distributed", "cluster", "A scheduler needs Dask")
    allowed = 'the address of a running Dask scheduler, such as "tcp://10.0.0.1:8786"'
    if not re.fullmatch(r"\w+://[^/\s]+:\d+/?", address):
        raise InvalidInput.field("scheduler", address, allowed)
    try:
        with _quiet():
            client = distributed.Client(address, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError, TypeError, TimeoutError, ImportError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InvalidInput.field("scheduler", address, allowed, reason) from None
    with _quiet(), client:
        try:
            client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError:
            fix = "it has no worker: start one with `dask worker`"
            raise InvalidInput.field("scheduler", address, allowed, fix) from None
        yield client


def in_order(
    client: "Client", task: Callable[[Item], Found], items: Sequence[Item]
) -> Iterator[Found]:
    """`task` of every item, in order, so many at a time as keep the workers busy.

    What `task` raises is raised here. Raises `InvalidInput` if the cluster is lost.
    """
    waiting: deque[Any] = deque()
    ahead = iter(items)
    while True:
        with _explained(client):
            room = max(1, _AHEAD * len(client.nthreads()))  # type: ignore[arg-type]
            for item in islice(ahead, max(0, room - len(waiting))):
                waiting.append(client.submit(task, item, pure=False, retries=_RETRIES))
            if not waiting:
                return
            found = waiting.popleft().result()
        yield found


@contextlib.contextmanager
def _explained(client: "Client") -> Iterator[None]:
    """Turn what can go wrong with a cluster into an error that says what to do."""
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    fix = "finished files stay: run the same command again to go on"
    try:
        yield
    except KilledWorker as error:
        allowed = "workers that live: they die of this task, perhaps of too little memory"
        raise InvalidInput.field("scheduler", str(error)[:60], allowed, fix) from None
    except (FutureCancelledError, CommClosedError, TimeoutError, OSError) as error:
        # An OSError of the task itself would say the same of a scheduler that is there.
        if client.status == "running" and isinstance(error, OSError):
            raise
        allowed = "a scheduler that stays until the end"
        raise InvalidInput.field("scheduler", "nobody", allowed, f"it was lost; {fix}") from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own reports of lost connections off the terminal: we say it in one line."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def worker_threads() -> int:
    """Threads of the Dask worker we are in."""
    from distributed import get_worker

    return int(get_worker().state.nthreads)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One task at a time in a process: the engine itself uses all threads, and takes no other."""
    with _ALONE:
        yield
