"""Files of a population: the same bytes, checked to the bit, written whole or not at all."""

import errno
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from somnesium.errors import InvalidInput, MissingPart
from somnesium.population.files import (
    Damaged,
    Held,
    columns_of,
    digest_of,
    parquet_bytes,
    read_held,
    write_whole,
)

HELD = Held("abc", 0, 1000)
TABLE = {
    "person": np.arange(1000),
    "world": np.arange(1000, dtype=np.int8) % 2,
    "nap": np.arange(1000) % 3 == 0,
    "insomnia": np.arange(1000, dtype=np.int8) % 4,
    "duration": np.random.default_rng(1).normal(420, 60, 1000).astype(np.float32),
}


def test_a_table_comes_back_and_its_bytes_are_the_same_each_time():
    data = parquet_bytes(TABLE, HELD)
    assert data == parquet_bytes(TABLE, HELD)
    for back in (read_held(data, HELD), columns_of(pq.read_table(pa.BufferReader(data)))):
        assert list(back) == list(TABLE)
        for name, column in TABLE.items():
            assert back[name].dtype == column.dtype
            np.testing.assert_array_equal(back[name], column)


def test_a_file_says_words_and_leaves_the_unknown_empty():
    table = {
        "world": np.zeros(3, np.int8),
        "insomnia": np.array([0, 3, 1], np.int8),
        "dlmo": np.array([20.5, np.nan, 22.0], np.float32),
    }
    back = pq.read_table(pa.BufferReader(parquet_bytes(table, HELD)))
    assert back["world"].combine_chunks().dictionary.to_pylist() == ["without"]
    assert back["insomnia"].to_pylist() == ["none", "severe", "mild"]
    assert back["dlmo"].to_pylist() == [20.5, None, 22.0]


@pytest.mark.parametrize("part", ["pyarrow", "pyarrow.parquet"])
def test_without_pyarrow_the_extra_is_named(monkeypatch, part):
    monkeypatch.setitem(sys.modules, part, None)
    with pytest.raises(MissingPart, match=r"pip install 'somnesium\[parquet\]'"):
        parquet_bytes(TABLE, HELD)


def test_a_file_of_several_row_groups_comes_to_the_same_bytes_again():
    rows = 300_000
    worlds = (np.arange(rows) // 56 % 2).astype(np.int8)
    numbers = np.arange(rows, dtype=np.float32) % 977
    table = {"world": worlds, "duration": np.where(numbers == 5.0, np.nan, numbers)}
    data = parquet_bytes(table, HELD)
    assert pq.ParquetFile(pa.BufferReader(data)).num_row_groups == 3
    back = read_held(data, HELD)  # which encodes again
    np.testing.assert_array_equal(back["world"], worlds)
    assert np.isnan(back["duration"]).sum() == (numbers == 5.0).sum()


def test_a_file_of_other_people_is_refused():
    data = parquet_bytes(TABLE, HELD)
    for other in (Held("abd", 0, 1000), Held("abc", 1, 1000), Held("abc", 0, 999)):
        with pytest.raises(Damaged, match="other people"):
            read_held(data, other)


@pytest.mark.parametrize("known", [True, False])
def test_a_changed_bit_is_found_wherever_it_is(known):
    data = bytearray(parquet_bytes(TABLE, HELD))
    digest = digest_of(bytes(data)) if known else None
    for at in np.linspace(0, len(data) - 1, 200).astype(int):
        changed = data.copy()
        changed[at] ^= 0x10
        with pytest.raises(Damaged):
            read_held(bytes(changed), HELD, digest)


@pytest.mark.parametrize("keep", [0, 3, 100, 0.5, 0.999])
def test_a_file_cut_off_is_found(keep):
    data = parquet_bytes(TABLE, HELD)
    with pytest.raises(Damaged):
        read_held(data[: int(keep * len(data)) if isinstance(keep, float) else keep], HELD)


def test_a_file_is_replaced_at_once_and_leaves_nothing_beside(tmp_path):
    write_whole(tmp_path / "a", b"one")
    write_whole(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_line_and_leaves_the_old_file(tmp_path):
    target = tmp_path / "a"
    write_whole(target, b"old")
    (tmp_path / "a.part").symlink_to("/dev/full")  # the system itself says ENOSPC
    with pytest.raises(InvalidInput, match="disk is full") as found:
        write_whole(target, b"new" * 100_000)
    assert "\n" not in str(found.value)
    assert found.value.exit_code == 2
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_stop_while_writing_leaves_nothing(tmp_path, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a", b"one")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_not_writable_is_said(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(InvalidInput, match="Read-only"):
        write_whole(tmp_path / "a", b"one")
