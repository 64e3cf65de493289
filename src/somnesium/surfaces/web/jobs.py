"""Long questions as jobs: each in a process of its own, with progress, that can be ended.

A job is `waiting`, `running`, `done`, `failed` or `cancelled`. Answers are kept in memory only,
for the newest jobs.
"""

import json
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from somnesium.errors import SomnesiumError

__all__ = ["Job", "Jobs", "TooManyJobs"]

_WORKER = "somnesium.surfaces.web.worker"


class TooManyJobs(SomnesiumError):
    """As many jobs wait as may wait."""

    http_status = 429


@dataclass
class Job:
    """One job. `answer` is the answer's JSON, `error` the body of an error with its `status`."""

    id: str
    name: str
    state: str = "waiting"
    done: int = 0
    total: int = 0
    answer: str = ""
    error: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    def told(self) -> dict[str, Any]:
        """The job as a resource."""
        found: dict[str, Any] = {
            "id": self.id, "name": self.name, "state": self.state,
            "progress": {"done": self.done, "total": self.total},
        }  # fmt: skip
        if self.state == "done":
            found["answer"] = f"/api/jobs/{self.id}/answer"
        if self.error:
            found["error"] = self.error
        return found

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")


class Jobs:
    """Jobs of one server: `at_once` run, `waiting` may wait, the newest `kept` are remembered."""

    def __init__(self, at_once: int = 1, waiting: int = 8, kept: int = 20) -> None:
        """No job yet."""
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="job")
        self._most, self._kept, self._lock = at_once + waiting, kept, Lock()
        self._jobs: dict[str, Job] = {}

    def begin(self, name: str, question: dict[str, Any]) -> Job:
        """Queue a job; `question` holds the `document` and the options of the use case."""
        job = Job(secrets.token_hex(8), name)
        with self._lock:
            unfinished = [one for one in self._jobs.values() if not one.over]
            if len(unfinished) >= self._most:
                raise TooManyJobs(f"jobs: {len(unfinished)} wait or run; try again later")
            for old in [key for key, one in self._jobs.items() if one.over][: -self._kept or None]:
                del self._jobs[old]
            self._jobs[job.id] = job
        self._pool.submit(self._run, job, json.dumps(question))
        return job

    def find(self, id: str) -> Job | None:
        """A job by its id."""
        return self._jobs.get(id)

    def cancel(self, job: Job) -> None:
        """End a job that is not over; one that is stays as it is."""
        with self._lock:
            if job.over:
                return
            job.state = "cancelled"
            if job.process is not None:
                job.process.terminate()

    def close(self) -> None:
        """End everything."""
        for job in list(self._jobs.values()):
            self.cancel(job)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, question: str) -> None:
        """Run one job to its end."""
        with self._lock:
            if job.over:
                return
            job.state = "running"
            job.process = subprocess.Popen(
                [sys.executable, "-m", _WORKER, job.name], text=True, encoding="utf-8",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        with job.process as process:
            _listen(job, process, question)
        with self._lock:
            job.process = None
            if job.state != "cancelled":
                job.state = "done" if job.answer else "failed"
            if job.state == "failed" and not job.error:
                job.error = {"error": "SomnesiumError", "message": "the job ended unexpectedly"}


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
    elif kind == "answer":
        job.answer = rest.rstrip("\n")
    elif kind == "error":
        job.error = json.loads(rest)
