"""Seconds by the right clock, and silence that ends."""

import os
import time

import pytest
from bench.timing import begun, median_seconds, quiet, wall_seconds


def test_sleeping_costs_wall_time_and_no_processor_time():
    assert wall_seconds(lambda: time.sleep(0.02), 3) == pytest.approx(0.02, rel=0.9)
    assert median_seconds(lambda: time.sleep(0.02), 3, least=0.0) < 0.01


def test_short_work_is_done_often_and_told_for_one():
    calls = []
    seconds = wall_seconds(lambda: calls.append(time.sleep(0.001)), 2, least=0.02)
    assert 0.001 <= seconds < 0.01
    assert len(calls) > 10


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
