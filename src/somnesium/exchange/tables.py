"""Nights, doses, ratings and circumstances as tables: CSV and Parquet, each with its dictionary.

One row is one thing; an empty cell is unknown, never zero. Moments are ISO 8601 with their offset
in CSV, and universal time in Parquet; the IANA zone stands beside them in both. The dictionary is
a Frictionless data package (`datapackage.json`) with the meaning and unit of every column.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from somnesium.exchange.codes import MEASURES
from somnesium.exchange.records import Records
from somnesium.nights.recorded import RecordedNight
from somnesium.population.files import arrow

Rows = Mapping[str, list[dict[str, object]]]
"""Rows by table, each a value by column; None is unknown."""

_DATED = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a zip, so that equal contents are equal files."""


class Column(NamedTuple):
    """A column: its Table Schema type, meaning, and unit if it has one."""

    name: str
    type: str
    meaning: str
    unit: str = ""


def _measures() -> tuple[Column, ...]:
    return tuple(Column(code.key, "number", code.meaning, code.unit) for code in MEASURES)


TABLES: dict[str, tuple[Column, ...]] = {
    "nights": (
        Column("key", "string", "what the night is known by; the same when written again"),
        Column(
            "evening", "date", "local date on which the night began; before 06:00 the day before"
        ),
        Column("wake_date", "date", "local date of getting up"),
        Column("zone", "string", "IANA zone of the clock times, or an offset where none was told"),
        Column("nap", "boolean", "whether it was a nap"),
        Column("instrument", "string", "what kind of recorder told it; empty where not known"),
        Column("source", "string", "format of the file it came from, or diary"),
        Column("device", "string", "the recorder by its own name; may be empty"),
        Column("lights_out", "datetime", "when the light went out to sleep"),
        Column("rise", "datetime", "when they got up"),
        *_measures(),
        Column("lacks", "string", "what is missing or was left out, in words"),
    ),
    "doses": (
        Column("evening", "date", "the day before the night"),
        Column("what", "string", "what the person calls it"),
        Column("taken", "boolean", "whether it was taken"),
        Column("taken_at", "datetime", "when"),
        Column("zone", "string", "IANA zone of the clock time"),
        Column("form", "string", "the form of magnesium"),
        Column("amount_mg", "number", "how much; elemental for magnesium", "mg"),
    ),
    "ratings": (
        Column("day", "date", "the day of the rating"),
        Column("name", "string", "sleepiness (0 to 10), isi (0 to 28) or psqi (0 to 21)"),
        Column("value", "number", "the number given", "{score}"),
    ),
    "circumstances": (
        Column("evening", "date", "the day before the night"),
        Column(
            "name",
            "string",
            "alcohol (drinks), caffeine (cups after noon), travel, illness (1 yes, 0 no), phase",
        ),
        Column("value", "number", "as a number"),
        Column("text", "string", "in words"),
    ),
}
"""Every table and its columns, in order."""


def _night(recorded: RecordedNight) -> dict[str, object]:
    fields = recorded.night._asdict() | recorded._asdict()
    row = {column.name: fields.get(column.name) for column in TABLES["nights"]}
    row |= {code.key: recorded.measure(code.key) for code in MEASURES}
    row["lacks"] = "; ".join(recorded.lacks)
    return {name: None if value == "" else value for name, value in row.items()}


def rows_of(records: Records) -> Rows:
    """The rows of all tables; what nobody said is None."""
    return {
        "nights": [_night(night) for night in records.nights],
        "doses": [dose._asdict() for dose in records.doses],
        "ratings": [rating._asdict() for rating in records.ratings],
        "circumstances": [circumstance._asdict() for circumstance in records.circumstances],
    }


def _cell(value: object, guard: Callable[[object], object]) -> object:
    """A cell of CSV: nothing for unknown, true or false, ISO dates, all digits of a number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return guard(value)


def _csv(
    columns: tuple[Column, ...], rows: list[dict[str, object]], guard: Callable[[object], object]
) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for row in rows:
        writer.writerow([_cell(row[column.name], guard) for column in columns])
    return out.getvalue().encode()


def _dictionary(ending: str, version: str, counts: Mapping[str, int], notes: str) -> bytes:
    """The data package: every table, column, type, unit and meaning."""
    resources = []
    for name, columns in TABLES.items():
        fields = [
            {
                "name": column.name,
                "type": column.type,
                "description": column.meaning,
                **({"unit": column.unit} if column.unit else {}),
                **({"format": "any"} if column.type == "datetime" else {}),
            }
            for column in columns
        ]
        resources.append(
            {
                "name": name,
                "path": f"{name}.{ending}",
                "rows": counts[name],
                "schema": {"fields": fields, "missingValues": [""]},
            }
        )
    package = {
        "name": "somnesium",
        "profile": "data-package",
        "version": version,
        "description": notes,
        "resources": resources,
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _DATED)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, content)
    return out.getvalue()


def _counts(rows: Rows) -> dict[str, int]:
    return {name: len(cells) for name, cells in rows.items()}


def csv_zip(rows: Rows, version: str, guard: Callable[[object], object]) -> bytes:
    """All tables as CSV (UTF-8, RFC 4180) in a zip, with the data package.

    `guard` makes a text safe for spreadsheets; `version` is that of Somnesium.
    """
    notes = (
        "Measured nights and what was told, unknown cells empty. A text that a spreadsheet would "
        "run as a formula begins with an apostrophe."
    )
    files = {f"{name}.csv": _csv(columns, rows[name], guard) for name, columns in TABLES.items()}
    return _zip({"datapackage.json": _dictionary("csv", version, _counts(rows), notes), **files})


def _parquet(columns: tuple[Column, ...], rows: list[dict[str, object]], version: str) -> bytes:
    """One table, with the unit and meaning of every column in its metadata."""
    pa = arrow()
    types = {
        "string": pa.string(),
        "date": pa.date32(),
        "boolean": pa.bool_(),
        "number": pa.float64(),
        "datetime": pa.timestamp("us", "UTC"),
    }
    fields = []
    for column in columns:
        about = {"description": column.meaning} | ({"unit": column.unit} if column.unit else {})
        fields.append(pa.field(column.name, types[column.type], metadata=about))
    schema = pa.schema(fields, metadata={"somnesium_version": version})
    out = io.BytesIO()
    pa.parquet.write_table(pa.Table.from_pylist(rows, schema), out, compression="zstd")
    return out.getvalue()


def parquet_zip(rows: Rows, version: str) -> bytes:
    """All tables as typed Parquet in a zip, with the data package; texts are exact."""
    files = {
        f"{name}.parquet": _parquet(columns, rows[name], version)
        for name, columns in TABLES.items()
    }
    notes = "Measured nights and what was told; moments in universal time, unknown cells null."
    dictionary = _dictionary("parquet", version, _counts(rows), notes)
    return _zip({"datapackage.json": dictionary, **files})
