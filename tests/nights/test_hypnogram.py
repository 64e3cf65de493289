"""Bouts of a drawn night, by hand."""

import numpy as np
import pytest

from somnesium.engine.run import Result
from somnesium.engine.tally import NightRow
from somnesium.nights.hypnogram import Bout, drawn_hypnograms, hypnogram

CODES = np.array([-1, -1, 0, 0, 1, 2, 2, 3, 4, 4, 5, -1], np.int8)
HOUR = 1.0 / 120.0  # an epoch of 30 s


def test_bouts_begin_where_the_name_changes():
    assert hypnogram(CODES, 2 * HOUR, 11 * HOUR) == (
        Bout(0.0, "awake"),  # waiting and awake after onset are one bout
        Bout(1.5, "N1"),
        Bout(2.5, "N2"),
        Bout(3.0, "N3"),
        Bout(4.0, "REM"),
    )


def test_epochs_out_of_bed_are_no_stage():
    assert hypnogram(CODES, 0.0, 2 * HOUR) == ()
    assert hypnogram(CODES, 0.0, 12 * HOUR)[0] == Bout(1.0, "awake")


def test_a_night_longer_than_the_record_ends_with_it():
    assert hypnogram(CODES, 8 * HOUR, 99.0) == (Bout(0.0, "N3"), Bout(1.0, "REM"))


@pytest.mark.parametrize("missing", [0, 1])
def test_every_filled_row_has_one(missing):
    rows = np.full((2, len(NightRow._fields), 1), np.nan)
    for k in range(2 - missing):
        rows[k, NightRow._fields.index("lights_out"), 0] = (2 + 5 * k) * HOUR
        rows[k, NightRow._fields.index("rise"), 0] = (7 + 4 * k) * HOUR
    found = drawn_hypnograms(Result(rows, np.empty((0, 0, 1)), CODES[None, :]))
    assert len(found) == 2 - missing
    assert found[0][-1].stage == "N1"
