"""The drawing is fair, repeatable to the letter, and sealed."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.selftrial.design.allocation import (
    ALGORITHM,
    allocate,
    orders,
    read_sealed,
    sealed_hash,
    sealed_text,
)
from somnesium.errors import InvalidInput, SomnesiumError

FIRST = date(2026, 11, 23)
ARMS = ("the plan", "placebo")
# Written down on 2026-11-21. If this changes, the algorithm needs another number.
PINNED_PERIODS = "BAABBABAABABABBA"
PINNED_LETTERS = {"A": "the plan", "B": "placebo"}
PINNED_HASH = "867e74d10ed84d4c67d4de55c79f53a735e40e1b0fda3ce7880d4c7f0a1a0430"


def test_the_drawing_is_the_one_that_was_written_down():
    drawn = allocate(20261121, 8, 4, FIRST, ARMS)
    assert ALGORITHM == "philox4x32-10 blocks of two/1"
    assert "".join(drawn.periods) == PINNED_PERIODS
    assert drawn.letters == PINNED_LETTERS
    assert sealed_hash(sealed_text(drawn)) == PINNED_HASH


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**63 - 1), st.integers(1, 60), st.integers(1, 28))
def test_every_block_holds_both_and_every_night_one(seed, blocks, length):
    drawn = allocate(seed, blocks, length, FIRST, ARMS)
    for k in range(blocks):
        assert sorted(drawn.periods[2 * k : 2 * k + 2]) == ["A", "B"]
    assert sorted(drawn.letters.values()) == sorted(ARMS)
    evenings = [evening for evening, _ in drawn.nights]
    assert evenings == [FIRST + timedelta(days=k) for k in range(2 * blocks * length)]
    assert [letter for _, letter in drawn.nights[::length]] == list(drawn.periods)
    assert read_sealed(sealed_text(drawn)) == drawn


def test_orders_and_letters_are_fair_coins():
    many = [allocate(seed, 10, 1, FIRST, ARMS) for seed in range(2000)]
    first = np.array([[one.periods[2 * k] == "A" for k in range(10)] for one in many])
    swapped = np.array([one.letters["A"] == "the plan" for one in many])
    assert np.abs(first.mean(axis=0) - 0.5).max() < 0.05  # 4.5 standard errors
    assert abs(swapped.mean() - 0.5) < 0.05
    together = np.corrcoef(np.column_stack([first, swapped]).T)
    assert np.abs(together - np.eye(11)).max() < 0.1


def test_all_of_the_seed_counts():
    low, high = orders(5, 64), orders(5 + 2**40, 64)
    assert low != high


def test_a_thousand_reads_of_any_day_say_the_same():
    sealed = sealed_text(allocate(7, 20, 4, FIRST, ARMS))
    day = FIRST + timedelta(days=77)
    assert len({dict(read_sealed(sealed).nights)[day] for _ in range(1000)}) == 1
    evenings = [evening for evening, _ in read_sealed(sealed).nights]
    assert (evenings[0], evenings[-1]) == (FIRST, FIRST + timedelta(days=159))


def test_another_process_draws_the_same():
    code = (
        "from datetime import date; from somnesium.answers.selftrial.design.allocation import *\n"
        "import sys; sys.stdout.write(sealed_text("
        "allocate(99, 6, 7, date(2026, 11, 23), ('the plan', 'placebo'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "5"},
    )
    assert done.stdout == sealed_text(allocate(99, 6, 7, FIRST, ARMS))


def test_a_seal_of_another_version_is_read_as_it_was_written():
    table = json.loads(sealed_text(allocate(7, 2, 2, FIRST, ARMS)))
    table |= {"algorithm": "another/9", "nights": [["2026-11-23", "B"]]}
    assert dict(read_sealed(json.dumps(table)).nights)[FIRST] == "B"
    with pytest.raises(SomnesiumError, match="backup"):
        read_sealed("{}")


def test_a_seed_out_of_range_is_refused():
    with pytest.raises(InvalidInput, match="seed"):
        allocate(2**63, 2, 2, FIRST, ARMS)
