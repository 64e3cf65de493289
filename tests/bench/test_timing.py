"""Seconds by the right clock, and silence that ends."""

import os
import time

import pytest
from bench.timing import begun, median_seconds, quiet, wall_seconds


class _Clock:
    """A clock that only work moves."""

    def __init__(self, step: float) -> None:
        self.now, self.step, self.calls = 0.0, step, 0

    def work(self) -> None:
        self.now += self.step
        self.calls += 1


@pytest.mark.parametrize(
    ("tell", "clock"), [(wall_seconds, "perf_counter"), (median_seconds, "process_time")]
)
def test_each_tells_the_time_of_its_own_clock(monkeypatch, tell, clock):
    own, other = _Clock(0.25), {"perf_counter", "process_time"} - {clock}
    monkeypatch.setattr(time, clock, lambda: own.now)
    monkeypatch.setattr(time, other.pop(), lambda: 0.0)
    assert tell(own.work, 3) == pytest.approx(0.25)
    assert own.calls == 4


def test_short_work_is_done_often_and_told_for_one(monkeypatch):
    clock = _Clock(0.001)
    monkeypatch.setattr(time, "perf_counter", lambda: clock.now)
    assert wall_seconds(clock.work, 2, least=0.02) == pytest.approx(0.001)
    assert clock.calls == 1 + 2 * 20


def test_compiled_code_is_silenced_and_heard_again(capfd):
    with quiet():
        os.write(1, b"grumble")
        os.write(2, b"grumble")
    os.write(1, b"heard")
    found = capfd.readouterr()
    assert found.out == "heard"
    assert found.err == ""


def test_a_candidate_that_does_not_start_is_none(tmp_path):
    assert begun("nobody", str(tmp_path)) is None
