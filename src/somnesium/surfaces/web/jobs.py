"""Long questions as jobs: each in a process of its own, with progress, that can be ended.

A job is `waiting`, `running`, `done`, `failed` or `cancelled`. Answers are kept in memory only,
for the newest jobs.
"""

import json
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Timer
from typing import Any, NamedTuple

from somnesium.errors import SomnesiumError

_CPU = -getattr(signal, "SIGXCPU", 0) or None
"""How a process ends that computed longer than it may; there is no such signal on Windows."""
_FOLDERS = 3
"""Jobs whose files are kept, the newest (judgement#disk-of-three-populations)."""


class Lane(NamedTuple):
    """A kind of jobs that run one after another, beside those of other lanes.

    `worker` is the module that runs one; it is ended after `seconds` (None: it may take its time).
    """

    worker: str
    seconds: float | None = None


USE_CASES = Lane("somnesium.surfaces.web.worker")
"""Jobs that answer a use case: each fills the cores by itself."""


class TooManyJobs(SomnesiumError):
    """As many jobs wait as may wait."""

    http_status = 429


def _nothing(job: "Job") -> None:
    """Nothing to be done at the end."""
    del job


@dataclass
class Job:
    """One job. `answer` is the answer's JSON, `error` the body of an error with its `status`.

    `folder` holds the files it writes, if it may write some; `begun` and `ended` are times of the
    monotonic clock, seconds. `stage` is what the worker said it is at. `fate` says how a worker
    that did not finish was ended: `late`, `cpu` (too much computing) or `died`. `last` is called
    once it is over, whatever happened; `about` is what a page wants to remember of it.
    """

    id: str
    name: str
    state: str = "waiting"
    done: int = 0
    total: int = 0
    answer: str = ""
    error: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    folder: Path | None = None
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None
    lane: Lane = USE_CASES
    stage: str = ""
    fate: str = ""
    last: Callable[["Job"], None] = _nothing
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long it has taken so far, or took, its waiting included."""
        return (time.monotonic() if self.ended is None else self.ended) - self.begun

    @property
    def files(self) -> dict[str, Path]:
        """Files it wrote, by their names within the job; none before it is done."""
        if self.state != "done" or self.folder is None:
            return {}
        paths = sorted(one for one in self.folder.rglob("*") if one.is_file())
        names = [one.relative_to(self.folder).as_posix() for one in paths]
        return {
            name: one
            for name, one in zip(names, paths, strict=True)
            if not any(part.startswith(".") for part in name.split("/"))
        }

    def told(self) -> dict[str, Any]:
        """The job as a resource."""
        found: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "progress": {"done": self.done, "total": self.total},
            "seconds": round(self.seconds, 1),
        }
        if self.state == "done":
            found["answer"] = f"/api/jobs/{self.id}/answer"
            found["files"] = [f"/api/jobs/{self.id}/files/{name}" for name in self.files]
        if self.error:
            found["error"] = self.error
        return found

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")


class Jobs:
    """Jobs of one server, by lanes: `at_once` run in each, `waiting` may wait.

    The newest `kept` that are over are remembered.
    """

    def __init__(self, at_once: int = 1, waiting: int = 8, kept: int = 20) -> None:
        """No job yet."""
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._at_once = at_once
        self._most, self._kept, self._lock = at_once + waiting, kept, Lock()
        self._jobs: dict[str, Job] = {}

    def begin(
        self,
        name: str,
        question: dict[str, Any],
        files: bool = False,
        lane: Lane = USE_CASES,
        last: Callable[[Job], None] = _nothing,
        about: dict[str, Any] | None = None,
    ) -> Job:
        """Queue a job; `question` holds the `document`, the `options`, the `store` and `now`.

        With `files` the worker is told a private folder to write to, as `folder`.
        """
        job = Job(secrets.token_hex(8), name, lane=lane, last=last, about=about or {})
        with self._lock:
            unfinished = [one for one in self._jobs.values() if not one.over and one.lane == lane]
            if len(unfinished) >= self._most:
                raise TooManyJobs(f"jobs: {len(unfinished)} wait or run; try again later")
            for old in [key for key, one in self._jobs.items() if one.over][: -self._kept or None]:
                _emptied(self._jobs.pop(old))
            if files:
                job.folder = Path(tempfile.mkdtemp(prefix="somnesium-job-"))
                question = question | {"folder": str(job.folder)}
            self._jobs[job.id] = job
            if lane not in self._pools:
                self._pools[lane] = ThreadPoolExecutor(self._at_once, thread_name_prefix="job")
            pool = self._pools[lane]
        pool.submit(self._run, job, json.dumps(question))
        return job

    def _less_folders(self) -> None:
        """Only the newest jobs keep their files."""
        kept = [one for one in self._jobs.values() if one.over and one.folder is not None]
        for old in kept[:-_FOLDERS]:
            _emptied(old)

    @property
    def newest(self) -> tuple[Job, ...]:
        """Every job that is remembered, the newest first."""
        return tuple(reversed(list(self._jobs.values())))

    def find(self, id: str) -> Job | None:
        """A job by its id."""
        return self._jobs.get(id)

    def cancel(self, job: Job) -> None:
        """End a job that is not over; one that is stays as it is."""
        with self._lock:
            if job.over:
                return
            job.state, job.ended = "cancelled", time.monotonic()
            if job.process is not None:
                job.process.terminate()
            else:
                _emptied(job)
                job.last(job)

    def close(self) -> None:
        """End everything."""
        for job in list(self._jobs.values()):
            self.cancel(job)
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        for job in list(self._jobs.values()):
            _emptied(job)

    def _run(self, job: Job, question: str) -> None:
        """Run one job to its end."""
        with self._lock:
            if job.over:
                return
            job.state = "running"
            job.process = subprocess.Popen(  # noqa: S603 - this very Python
                [sys.executable, "-m", job.lane.worker, job.name],
                text=True,
                encoding="utf-8",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        with job.process as process, _no_longer_than(job):
            _listen(job, process, question)
        with self._lock:
            job.process = None
            state = job.state if job.over else "done" if job.answer else "failed"
            if state == "failed" and not job.error:
                job.fate = job.fate or ("cpu" if process.returncode == _CPU else "died")
                job.error = {"error": "SomnesiumError", "message": "the job ended unexpectedly"}
            job.last(job)
            job.state, job.ended = state, time.monotonic()
            if job.state != "done":
                _emptied(job)
            self._less_folders()


def _emptied(job: Job) -> None:
    """A job's folder, gone."""
    if job.folder is not None:
        shutil.rmtree(job.folder, ignore_errors=True)
        job.folder = None


@contextmanager
def _no_longer_than(job: Job) -> Iterator[None]:
    """End a worker that takes longer than its lane allows."""

    def end() -> None:
        job.fate = "late"
        if job.process is not None:
            job.process.kill()

    timer = Timer(job.lane.seconds or 0.0, end)
    timer.daemon = True
    if job.lane.seconds is not None:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _listen(job: Job, process: "subprocess.Popen[str]", question: str) -> None:
    """Ask, and hear what the worker says until it ends; one that was ended says no more."""
    if process.stdin is None or process.stdout is None:
        return
    with suppress(OSError, ValueError):
        process.stdin.write(question)
        process.stdin.close()
        for line in process.stdout:
            _heard(job, line)


def _heard(job: Job, line: str) -> None:
    """What the worker said in one line: progress, the answer, or an error."""
    kind, _, rest = line.partition(" ")
    if kind == "progress":
        done, total = rest.split()
        job.done, job.total = int(done), int(total)
    elif kind == "stage":
        job.stage = rest.strip()
    elif kind == "answer" and rest.endswith("\n"):
        job.answer = rest.rstrip("\n")
    elif kind == "error":
        job.error = json.loads(rest)
