"""Text tables (CSV) of any encoding, delimiter and line ending, row by row, without trust."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from somnesium.errors import InvalidInput
from somnesium.nights.readers.cells import EMPTY, folded, number
from somnesium.nights.readers.opening import Part

_LONGEST_LINE = 1 << 20
_DELIMITERS = ",;\t|"


class Row(NamedTuple):
    """A row of a table: its place, its cells, and where each column stands.

    Columns are found by their folded names; of a name that occurs twice the first counts.
    """

    where: str
    cells: tuple[str, ...]
    columns: Mapping[str, int]
    decimal_comma: bool = False

    def text(self, *names: str) -> str:
        """The cell of the first of `names` that is a column; empty if there is none."""
        for name in names:
            at = self.columns.get(name)
            if at is not None:
                return self.cells[at].strip() if at < len(self.cells) else ""
        return ""

    def minutes(self, *names: str) -> float | None:
        """The seconds in that cell as minutes; None if it is empty."""
        seconds = self.number(*names)
        return None if seconds is None else seconds / 60.0

    def number(self, *names: str) -> float | None:
        """The number in that cell; None if it is empty."""
        return number(self.text(*names), self.decimal_comma)


def _encoding(head: bytes) -> str:
    """UTF-16 by its mark, UTF-8 if the head is, or else Windows' Western European."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def text_of(head: bytes) -> str:
    """The first bytes of a file as text, as far as they can be read."""
    return head.decode(_encoding(head), "replace")


@contextmanager
def lines(part: Part) -> Iterator[Iterator[str]]:
    """The lines of a part with their endings, of whatever kind; over-long lines are refused."""
    with part.open() as raw:
        text = io.TextIOWrapper(raw, _encoding(part.head), errors="replace", newline="")
        yield _bounded(text, part.name)


def _bounded(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) >= _LONGEST_LINE:
            fix = "a line is longer than a million characters"
            raise InvalidInput.field("file", name, "a table of short lines", fix)
        yield line


def delimiter_of(line: str) -> str:
    """The delimiter that occurs most in a header line; a comma if none does."""
    best = max(_DELIMITERS, key=line.count)
    return best if best in line else ","


def lists(part: Part, delimiter: str = "") -> Iterator[tuple[int, list[str]]]:
    """Every row as a list of cells with its number, blank rows left out."""
    with lines(part) as text:
        first = next((line for line in text if line.strip("\ufeff \t\r\n")), "")
        chosen = delimiter or delimiter_of(first)
        reader = csv.reader(_again(first, text), delimiter=chosen)
        try:
            for count, cells in enumerate(reader, 1):
                if any(cell.strip() for cell in cells):
                    yield count, cells
        except csv.Error as error:
            fix = f"row {reader.line_num}: {error}; export it again"
            raise InvalidInput.field("file", part.name, "a readable table", fix) from None


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def header_of(head: bytes, skip: int = 0) -> tuple[str, ...]:
    """The folded column names in the first line that is not blank, after `skip` such lines."""
    heads = [line for line in text_of(head).lstrip("\ufeff").split("\n", skip + 50) if line.strip()]
    if len(heads) <= skip:
        return ()
    line = heads[skip].split("\r")[0][:_LONGEST_LINE]
    try:
        cells = next(csv.reader([line], delimiter=delimiter_of(line)), [])
    except csv.Error:
        return ()
    return tuple(folded(cell) for cell in cells)


def columns_of(cells: list[str]) -> dict[str, int]:
    """Folded name to place; the first of equal names counts."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        columns.setdefault(folded(cell), place)
    return columns


def rows(part: Part, skip: int = 0, delimiter: str = "") -> Iterator[Row]:
    """The rows under the header, which stands after `skip` rows. Empty rows are left out.

    A decimal comma is expected where semicolons divide the cells.
    """
    columns: dict[str, int] | None = None
    comma = (delimiter or delimiter_of(_header_line(part.head, skip))) == ";"
    for count, (line, cells) in enumerate(lists(part, delimiter)):
        if count < skip:
            continue
        if columns is None:
            columns = columns_of(cells)
        elif any(folded(cell) not in EMPTY for cell in cells):
            yield Row(f"{part.name} row {line}", tuple(cells), columns, comma)


def _header_line(head: bytes, skip: int) -> str:
    heads = [line for line in text_of(head).splitlines()[: skip + 50] if line.strip()]
    return heads[skip] if len(heads) > skip else ""
