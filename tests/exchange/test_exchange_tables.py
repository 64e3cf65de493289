"""CSV and Parquet of what was recorded: typed, documented, the same in both, and safe to open."""

import io
import json
import zipfile

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from exchange_things import diary, everything, night
from hypothesis import given
from hypothesis import strategies as st

from somnesium.exchange.records import Records
from somnesium.exchange.tables import TABLES, csv_zip, parquet_zip, rows_of
from somnesium.nights.merging import merge
from somnesium.nights.readers.mapped import mapped, table_map
from somnesium.nights.readers.opening import opened
from somnesium.nights.readers.reader import Hints
from somnesium.nights.recorded import Rating
from somnesium.store.copies import guarded

KINDS = {
    "string": pa.string(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "number": pa.float64(),
    "datetime": pa.timestamp("us", "UTC"),
}


def files(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def as_csv(kept):
    return files(csv_zip(rows_of(kept), "0.1.0+test", guarded))


def as_parquet(kept):
    return files(parquet_zip(rows_of(kept), "0.1.0+test"))


def read_csv(found, name):
    """A table as its dictionary says it is to be read."""
    package = json.loads(found["datapackage.json"])
    fields = next(r for r in package["resources"] if r["name"] == name)["schema"]["fields"]
    kinds = {f["name"]: KINDS[f["type"]] for f in fields}
    options = pc.ConvertOptions(column_types=kinds, null_values=[""], strings_can_be_null=True)
    return pc.read_csv(io.BytesIO(found[f"{name}.csv"]), convert_options=options)


def read_parquet(found, name):
    """A table of the zip."""
    return pq.read_table(io.BytesIO(found[f"{name}.parquet"]))


@pytest.mark.parametrize("name", TABLES)
def test_csv_and_parquet_read_back_are_the_same_table(name):
    kept = everything()._replace(doses=[d for d in everything().doses if d.what[0] != "="])
    parquet = read_parquet(as_parquet(kept), name)
    assert parquet.num_rows > 0
    assert read_csv(as_csv(kept), name).equals(parquet)


def test_empty_tables_have_their_columns_and_types():
    for name, columns in TABLES.items():
        table = read_parquet(as_parquet(Records()), name)
        assert table.column_names == [column.name for column in columns]
        assert table.schema.types == [KINDS[column.type] for column in columns]
        assert as_csv(Records())[f"{name}.csv"].decode().strip() == ",".join(table.column_names)


def test_unknown_is_empty_and_null_and_never_zero():
    kept = Records((diary(duration=0.0),))
    text = as_csv(kept)["nights.csv"].decode().splitlines()
    row = dict(zip(text[0].split(","), text[1].split(","), strict=True))
    assert (row["heart_rate"], row["light"], row["device"]) == ("", "", "")
    assert row["duration"] == "0.0"
    table = read_parquet(as_parquet(kept), "nights")
    assert table["heart_rate"].to_pylist() == [None]
    assert table["duration"].to_pylist() == [0.0]


def test_moments_keep_their_offset_in_csv_and_are_universal_in_parquet():
    kept = Records((night(),))
    assert b"2026-03-28T23:10:00+01:00,2026-03-29T08:10:00+02:00" in as_csv(kept)["nights.csv"]
    table = read_parquet(as_parquet(kept), "nights")
    assert table.schema.field("rise").type == pa.timestamp("us", "UTC")
    assert table["rise"][0].as_py().isoformat() == "2026-03-29T06:10:00+00:00"
    assert table["zone"].to_pylist() == ["Europe/Berlin"]
    assert table["time_in_bed"].to_pylist() == [480.0]


def test_a_text_that_looks_like_a_formula_is_made_safe_in_csv_and_exact_in_parquet():
    kept = everything()
    assert b"'=bottle A" in as_csv(kept)["doses.csv"]
    assert "=bottle A" in read_parquet(as_parquet(kept), "doses")["what"].to_pylist()


def test_every_column_is_documented_with_its_unit_in_both():
    package = json.loads(as_csv(everything())["datapackage.json"])
    assert [one["name"] for one in package["resources"]] == list(TABLES)
    assert [one["rows"] for one in package["resources"]] == [4, 4, 2, 2]
    for one in package["resources"]:
        assert all(field["description"] for field in one["schema"]["fields"])
    schema = pq.read_schema(io.BytesIO(as_parquet(everything())["nights.parquet"]))
    assert schema.field("duration").metadata[b"unit"] == b"min"
    assert schema.field("duration").metadata[b"description"] == b"time asleep"
    assert schema.metadata[b"somnesium_version"] == b"0.1.0+test"


def test_the_same_things_make_the_same_bytes():
    rows = rows_of(everything())
    assert csv_zip(rows, "1", guarded) == csv_zip(rows, "1", guarded)
    assert parquet_zip(rows, "1") == parquet_zip(rows, "1")


MAP = """
[columns]
begin = "lights_out"
end = "rise"
nap = "nap"
device = "device"
latency = "latency"
duration = "duration"
awake_after_onset = "awake_after_onset"
light = "light"
slow_wave = "slow_wave"
rem = "rem"
awakenings = "awakenings"
heart_rate = "heart_rate"
rmssd = "rmssd"
"""


def test_our_own_reader_of_tables_reads_the_same_nights_back(tmp_path):
    kept = Records((night(), diary()))
    (tmp_path / "map.toml").write_text(MAP)
    (tmp_path / "nights.csv").write_bytes(as_csv(kept)["nights.csv"])
    reader = mapped(table_map(tmp_path / "map.toml"))
    with opened(tmp_path / "nights.csv") as parts:
        found = merge(reader.read(tuple(parts), Hints(None))).nights
    assert len(found) == 2
    for one, told in zip(found, kept.nights, strict=True):
        same = told.night
        for name in (
            "evening",
            "lights_out",
            "rise",
            "nap",
            "latency",
            "duration",
            "awake_after_onset",
            "slow_wave",
            "rem",
            "awakenings",
            "heart_rate",
            "rmssd",
        ):
            assert getattr(one.night, name) == getattr(same, name), name
        assert one.light == told.light


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_any_number_is_read_back_to_the_last_digit(values):
    day = night().wake_date
    kept = Records(ratings=tuple(Rating(day, "isi", value) for value in values))
    assert read_csv(as_csv(kept), "ratings")["value"].to_pylist() == values
    assert read_parquet(as_parquet(kept), "ratings")["value"].to_pylist() == values
