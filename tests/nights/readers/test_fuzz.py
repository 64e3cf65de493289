"""Broken exports: no crash, no hang, and a ledger that balances, over every reader."""

import math
import random
import signal
from contextlib import contextmanager
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.nights.merging import merge
from somnesium.nights.readers.formats import READERS
from somnesium.nights.readers.mapped import mapped, table_map
from somnesium.nights.readers.opening import opened
from somnesium.nights.readers.reader import Hints
from somnesium.nights.session import MEASURED

from .mutations import DATA_OF, EXAMPLES, EXPORTS, mutant, part_of, zipped

ASKED = Hints(ZoneInfo("Europe/Berlin"), date(2025, 3, 1))
PLAIN = Hints(None, date(2025, 3, 1))
BY_MAP = mapped(table_map(EXPORTS / "table" / "map.toml"))
PATIENCE = 30
"""Seconds after which reading one small file counts as a hang."""


@contextmanager
def no_hang():
    """Stop what does not end; elsewhere than on Unix there is no such alarm."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(number, frame):
        raise TimeoutError("a reader hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def assert_sound(merged):
    """Counts add up and every night is one that can be."""
    assert sum(merged.ledger.counts.values()) == merged.ledger.rows
    for one in merged.nights:
        bed = one.night.time_in_bed
        assert 0.0 < bed <= 24 * 60
        assert one.wake_date == one.night.rise.date()
        for name in MEASURED:
            value = getattr(one.night, name, None)
            assert value is None or (math.isfinite(value) and 0.0 <= value <= bed + 2.0), name


def survive(parts, asked):
    """Read parts with every reader that knows them; returns how many rows were read."""
    rows = 0
    for reader in (*READERS, BY_MAP):
        own = tuple(part for part in parts if reader is BY_MAP or reader.recognise(part.head))
        if own:
            try:
                merged = merge(reader.read(own, asked))
            except InvalidInput:
                continue
            assert_sound(merged)
            rows += merged.ledger.rows
    return rows


def run(count, seed):
    """Read so many mutants, each made of one example; returns the rows read."""
    draw, rows = random.Random(seed), 0
    with no_hang():
        for number in range(count):
            signal.alarm(PATIENCE) if hasattr(signal, "alarm") else None
            path = EXAMPLES[number % len(EXAMPLES)]
            parts = [part_of(path.name, mutant(DATA_OF[path], draw))]
            if "samsung" in str(path):
                parts += [
                    part_of(p.name, DATA_OF[p])
                    for p in EXAMPLES
                    if p.parent == path.parent and p != path
                ]
            rows += survive(parts, draw.choice((ASKED, PLAIN)))
    return rows


def test_mutants_are_survived_and_some_still_read():
    assert run(1_500, seed=1) > 300


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_many_mutants_are_survived(seed):
    assert run(12_000, seed=100 + seed) > 2_000


def test_broken_zips_are_survived(tmp_path):
    draw = random.Random(2)
    files = {path.name: data for path, data in DATA_OF.items()}
    whole = zipped(files)
    target = tmp_path / "export.zip"
    read = 0
    with no_hang():
        for _ in range(150):
            name = draw.choice(list(files))
            inside = zipped({name: mutant(files[name], draw)})
            target.write_bytes(draw.choice((mutant(whole, draw), inside)))
            try:
                with opened(target) as parts:
                    read += survive(parts, ASKED)
            except InvalidInput:
                continue
    assert read > 0


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(EXAMPLES), st.integers(0, 400))
def test_any_bytes_after_a_real_beginning(tail, path, keep):
    survive([part_of(path.name, DATA_OF[path][:keep] + tail)], ASKED)


TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
CELLS = st.one_of(TEXT, st.floats().map(str), st.integers().map(str), st.datetimes().map(str))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([p for p in EXAMPLES if p.suffix == ".csv"]), st.lists(st.lists(CELLS)))
def test_any_cells_under_a_real_header(path, cells):
    head = DATA_OF[path].split(b"\n")[:2]
    rows = [",".join(row).encode("utf-8") for row in cells]
    survive([part_of(path.name, b"\n".join([*head, *rows]))], ASKED)


def test_reading_nothing_is_told_in_words():
    for reader in READERS:
        assert not reader.recognise(b"")
        assert not reader.recognise(b"\n\n\n")
