"""The folder of a population: whose it is, where its files stand, who writes, whether room is left.

::

    OUT/manifest.json            the run and its finished files
    OUT/summary.json             distributions by group, when all is finished
    OUT/nights/000000.parquet    nights of the first persons, …
    OUT/persons/000000.parquet   those persons
"""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.population.manifest import FilePlan, Run, Written, read_manifest, write_manifest

_LOCK = ".lock"
_PARTS = ("nights", "persons")


def paths_of(out: Path, plan: FilePlan) -> tuple[Path, Path]:
    """Where the nights and the persons of a pair of files stand."""
    return out / "nights" / plan.name, out / "persons" / plan.name


@contextlib.contextmanager
def one_at_a_time(out: Path, run: Run) -> Iterator[None]:
    """Hold the folder of a run, made if need be; `InvalidInput` if it is not free.

    The system lets go of it when a run is killed. Where there is no `fcntl` (Windows), nothing
    keeps two runs apart.
    """
    read_manifest(out, run)
    try:
        for name in _PARTS:
            (out / name).mkdir(parents=True, exist_ok=True)
        file = (out / _LOCK).open("w")
    except OSError as error:
        allowed = "a folder you can write to"
        raise InvalidInput.field("out", str(out), allowed, str(error.strerror)) from None
    with file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass
        except OSError:
            allowed = "a folder no other run is writing to"
            raise InvalidInput.field("out", str(out), allowed, "wait for it, or stop it") from None
        yield


def begin(out: Path, run: Run) -> dict[str, Written]:
    """Clear what a stopped run left half-done; the finished files by name."""
    written = read_manifest(out, run)
    for part in [path for name in _PARTS for path in (out / name).glob("*.part")]:
        part.unlink()
    write_manifest(out, run, written)
    return written


def require_room(out: Path, size: float) -> None:
    """Raise `InvalidInput` if a disk has clearly too little room for `size` more bytes."""
    free = shutil.disk_usage(out).free
    if free < 0.8 * size:
        given, allowed = (
            f"{say.number(free / 1e9, 1)} GB free",
            f"about {say.number(size / 1e9, 1)} GB free",
        )
        fix = "name a folder on a larger disk, or ask for fewer people or days"
        raise InvalidInput.field("out", given, allowed, fix)
