"""The process that reads an export sent to the server, and keeps it: bounded, and low in rank.

It is told on standard input what to read and how much it may take. What it says, a line each, is
as of `worker`, and `stage keeping` before anything is written: until then nothing is kept.
"""

import json
import os
import sys
import time
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.progress import Progress

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS")
"""Threads that wait for work would take memory by the number of cores."""
_EVERY = 0.2
"""Seconds between two words about progress (judgement#calm-progress)."""


def _say(kind: str, text: str) -> None:
    sys.stdout.write(f"{kind} {text}\n")
    sys.stdout.flush()


def _bounded(memory: int, cpu: int) -> None:
    """At most so many bytes and so many seconds of computing, behind whatever else runs."""
    with suppress(OSError, AttributeError):
        os.nice(10)
    try:
        import resource
    except ImportError:  # Windows has no such limits; the server ends what takes too long
        return
    for kind, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (least, hard))


def _reporter() -> Progress:
    """Progress in kB, now and then."""
    last = 0.0

    def report(done: int, total: int, _what: str) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last > _EVERY:
            last = now
            _say("progress", f"{-(-done // 1000)} {-(-total // 1000)}")

    return report


def refusal(name: str, limit: str, stage: str) -> InvalidInput:
    """Why reading `name` was ended, and what is kept of it, by the stage it was at."""
    kept = {
        "": "nothing was kept: export a shorter time",
        "keeping": "it was just being kept: look whether the import is listed, whole or not at all",
        "kept": "it was kept, but its answer is lost: import it again to see it",
    }
    return InvalidInput.field("file", name, limit, kept[stage])


def _answer(asked: dict[str, Any], path: Path, stage: list[str]) -> str:
    """Read, keep if wished, and the answer's JSON; `stage` grows as it goes."""
    from somnesium.nights.reading import read_nights
    from somnesium.questions.nights.imports import import_answer, keep_read
    from somnesium.store.open import opened

    def at(name: str) -> None:
        stage.append(name)
        _say("stage", name)

    options, map = asked["options"], asked["map"]
    first = options["first_night"]
    read = read_nights(
        path,
        format=options["format"],
        zone=options["zone"],
        map=Path(os.path.relpath(map)) if map else None,
        first_night=date.fromisoformat(first) if first else None,
        person=options["person"],
        progress=_reporter(),
    )
    if options["dry_run"]:
        return import_answer(read).model_dump_json()
    at("keeping")
    with opened(asked["store"]) as store:
        now = datetime.fromisoformat(asked["now"])
        answer = keep_read(store, read, path, now, options["instrument"])
    at("kept")
    return answer.model_dump_json()


def main() -> None:
    """Read one export; whatever goes wrong is said in one line."""
    asked = json.loads(sys.stdin.buffer.read())
    place, stage = Path(asked["file"]), [""]
    # Messages name the file as the person does, so we stand beside it. A reader's own copies go
    # where the server clears up.
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1") | {"TMPDIR": str(place.parent.parent)})
    os.chdir(place.parent)
    _bounded(asked["memory"], asked["cpu"])
    from somnesium.surfaces.web.cases import error_body

    path, text = Path(place.name), None
    try:
        text = _answer(asked, path, stage)
    except SomnesiumError as error:
        _say("error", json.dumps(error_body(error)))
        return
    except MemoryError:
        pass  # told below, when what took the memory is let go
    if text is None:
        limit = f"what can be read with {asked['memory'] // 1_000_000} MB of memory"
        _say("error", json.dumps(error_body(refusal(path.name, limit, stage[-1]))))
    else:
        _say("answer", text)


if __name__ == "__main__":
    main()
