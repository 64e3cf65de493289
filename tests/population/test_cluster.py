"""A population on a Dask cluster: a real scheduler, two worker processes, one of them killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from samples import RUN, SPEC
from test_stream import content

from somnesium.errors import InvalidInput, MissingPart
from somnesium.population.stream import Progress
from somnesium.questions.population import population

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(Path(__file__).parent)]),
    "DASK_DISTRIBUTED__DASHBOARD__ENABLED": "False",
}


def free_port() -> int:
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def started(*arguments: str, folder: Path) -> subprocess.Popen:
    log = (folder / f"{arguments[0]}-{free_port()}.log").open("w")
    with log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env=ENVIRONMENT,
            cwd=folder,
            stdout=log,
            stderr=log,
        )


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers on loopback: the address, the workers' processes, and its own."""
    pytest.importorskip("distributed")
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = started(
        "scheduler", "--host", address, "--no-dashboard", "--no-show", folder=tmp_path
    )
    workers = [
        started(
            "worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
            "--name",
            f"w{k}",
            folder=tmp_path,
        )
        for k in range(2)
    ]
    wait_for(address, 2)
    yield address, workers, scheduler
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def wait_for(address: str, workers: int) -> None:
    """Wait until so many workers have joined."""
    from distributed import Client

    deadline = time.monotonic() + 60.0
    while True:
        try:
            with Client(address, timeout=5, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=40)
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def test_a_killed_worker_changes_no_byte(cluster, tmp_path):
    address, workers, _ = cluster
    here, there = tmp_path / "here", tmp_path / "there"
    population(RUN, here)
    news: list[Progress] = []

    def report(event: Progress) -> None:
        news.append(event)
        if sum(n.lived for n in news) == 8:
            workers[0].send_signal(signal.SIGKILL)
            workers[0].wait()

    population(RUN, there, scheduler=address, chunk=4, report=report)
    assert workers[0].poll() is not None
    assert workers[1].poll() is None
    assert sum(n.lived for n in news) == SPEC.people
    assert content(there) == content(here)


def test_a_lost_scheduler_is_said_and_what_is_finished_stays(cluster, tmp_path):
    address, _, scheduler = cluster
    out = tmp_path / "out"

    def report(event: Progress) -> None:
        scheduler.send_signal(signal.SIGKILL)
        scheduler.wait()

    with pytest.raises(InvalidInput, match="was lost") as found:
        population(RUN, out, scheduler=address, chunk=4, report=report)
    assert "\n" not in str(found.value)
    assert not list(out.rglob("*.part"))
    news: list[Progress] = []
    population(RUN, out, report=news.append)
    assert sum(n.kept + n.lived for n in news) == SPEC.people
    assert sum(n.kept for n in news) >= 8


def test_a_worker_of_another_version_is_refused(cluster, tmp_path):
    with pytest.raises(InvalidInput, match="version"):
        population(RUN._replace(version="other"), tmp_path / "out", scheduler=cluster[0])
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_an_unreachable_scheduler_is_an_error_within_seconds(tmp_path):
    pytest.importorskip("distributed")
    begin = time.monotonic()
    with pytest.raises(InvalidInput, match="scheduler") as found:
        population(RUN, tmp_path / "out", scheduler=f"tcp://127.0.0.1:{free_port()}")
    assert time.monotonic() - begin < 15.0
    assert found.value.exit_code == 2
    assert "\n" not in str(found.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:1", "tcp://", ""])
def test_an_address_that_is_none_is_refused(tmp_path, address):
    pytest.importorskip("distributed")
    with pytest.raises(InvalidInput, match="scheduler"):
        population(RUN, tmp_path / "out", scheduler=address)


def test_without_dask_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingPart, match="cluster"):
        population(RUN, tmp_path / "out", scheduler="tcp://127.0.0.1:8786")
    assert not (tmp_path / "out").exists()
