"""A population's Parquet files: the same bytes for the same people, written whole or not at all.

Nothing of the day, the machine or the way of computing is in a file. Its footer says which run it
belongs to and which people it holds; its pages carry checksums.
"""

import errno
import hashlib
import json
import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from somnesium.errors import InvalidInput, MissingPart, SomnesiumError
from somnesium.population.covariates import WORDS, Table

if TYPE_CHECKING:
    import pyarrow as pa

_KEY = b"somnesium"
_GROUP_ROWS = 1 << 17
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Damaged(SomnesiumError):
    """A file cannot be read as what it should hold. The message says why."""


class Held(NamedTuple):
    """What a file holds: the run's identity, the first person and their number."""

    run: str
    first: int
    people: int


def arrow() -> ModuleType:
    """The module `pyarrow` with its `parquet`, or `MissingPart`."""
    MissingPart.load("pyarrow.parquet", "parquet", "Parquet files need pyarrow")
    return MissingPart.load("pyarrow", "parquet", "Parquet files need pyarrow")


def parquet_bytes(table: Table, held: Held) -> bytes:
    """A table as the bytes of a Parquet file, the same for the same table and library."""
    pa = arrow()
    columns = {}
    for name, column in table.items():
        if name in WORDS:
            lived = column.max() + 1 if name == "world" else None  # only worlds that were lived
            columns[name] = pa.DictionaryArray.from_arrays(column, list(WORDS[name][:lived]))
        else:
            columns[name] = pa.array(column, from_pandas=True)  # NaN is unknown: null
    whole = pa.table(columns, metadata={_KEY: json.dumps(held._asdict())})
    numbers = [name for name, column in table.items() if column.dtype.kind == "f"]
    sink = pa.BufferOutputStream()
    with pa.parquet.ParquetWriter(
        sink,
        whole.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in table if name not in numbers],
        use_byte_stream_split=numbers,
        write_page_checksum=True,
        version="2.6",
    ) as writer:
        writer.write_table(whole, row_group_size=_GROUP_ROWS)
    return sink.getvalue().to_pybytes()


def columns_of(table: "pa.Table") -> Table:
    """The columns of a population's file."""
    columns = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if name in WORDS:
            codes = [WORDS[name].index(word) for word in column.dictionary.to_pylist()]
            columns[name] = np.array(codes, np.int8)[column.indices.to_numpy()]
        else:
            columns[name] = column.to_numpy(zero_copy_only=False)
    return columns


def digest_of(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_held(data: bytes, held: Held, digest: str | None = None) -> Table:
    """The table in a file's bytes, or `Damaged`: whole, of the right people, to the last bit.

    `digest` is what the bytes are known to come to. Where that is not known, the table is encoded
    again, and must come to the same bytes (it does with the version of pyarrow that wrote it).
    """
    if digest not in (None, digest_of(data)):
        raise Damaged("not what was written")
    pa = arrow()
    try:
        file = pa.parquet.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        footer = json.loads((file.schema_arrow.metadata or {})[_KEY])
        table = columns_of(file.read())
    except (pa.ArrowException, OSError, KeyError, ValueError, IndexError) as error:
        reason = " ".join(str(error).split())[:100]
        raise Damaged(f"not readable as Parquet of a population ({reason})") from None
    if footer != held._asdict():
        raise Damaged("it holds other people, or those of another run")
    if digest is None and parquet_bytes(table, held) != data:
        raise Damaged("not what would be written")
    return table


def write_whole(path: Path, data: bytes) -> None:
    """Write under another name, then rename; on failure nothing is left, and `InvalidInput`."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        full = error.errno in _FULL
        allowed = "a folder on a disk with room" if full else "a folder you can write to"
        reason = "the disk is full" if full else str(error.strerror or error)
        fix = f"{reason}: finished files stay; then run the same command again to go on"
        raise InvalidInput.field("out", str(path.parent), allowed, fix) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
