"""Tables and cells: encodings, delimiters, line endings, numbers that are none."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.nights.readers.cells import folded, number, truth, value, words
from somnesium.nights.readers.reader import Unreadable
from somnesium.nights.readers.tables import header_of, rows

from .mutations import part_of

TABLE = 'Ähnlich,Zahl,Ähnlich\n"a\nb",1,2\n\n,,\n"c,\u2028d",3,4\n'


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_codings_and_line_endings(coding, ending):
    data = TABLE.replace("\n", ending).encode(coding)
    first, second = rows(part_of("a.csv", data))
    assert first.text("ahnlich") == f"a{ending}b"  # the first of equal names
    assert second.text("ahnlich") == "c,\u2028d"  # no line break in CSV
    assert [row.number("zahl") for row in (first, second)] == [1, 3]


def test_windows_tables_and_semicolons():
    data = "Größe;Wert\nü;1,5\n".encode("cp1252")
    (row,) = rows(part_of("a.csv", data))
    assert (row.text("große"), row.text("große".replace("ß", "ss"))) == ("", "ü")
    assert row.number("wert") == 1.5


def test_short_rows_have_empty_cells_and_long_ones_are_cut():
    short, long = rows(part_of("a.csv", b"a,b\n1\n1,2,3,\n"))
    assert short.text("b") == ""
    assert long.number("b") == 2


@pytest.mark.parametrize(
    "data", [b"a,b\n" + b"x" * (2 << 20), b'a,b\n"' + b"x\n" * 200_000], ids=["line", "cell"]
)
def test_endless_lines_and_cells_are_refused(data):
    with pytest.raises(InvalidInput):
        list(rows(part_of("a.csv", data)))


def test_headers_are_folded():
    assert header_of("\ufeff Duración del  Sueño (min) ,B\n".encode()) == (
        "duracion del sueno (min)",
        "b",
    )
    assert header_of(b"meta,1\na;b\n", skip=1) == ("a", "b")
    assert header_of(b"") == ()


@pytest.mark.parametrize(
    ("text", "found"), [("1,024", 1024), ("-1.5", -1.5), ("", None), ("N/A", None), ("1e3", 1000)]
)
def test_numbers(text, found):
    assert number(text) == found


@pytest.mark.parametrize("text", ["1,02", "inf", "1e999", "0x10", "1_000", "١٢", "9" * 50, "=1+1"])
def test_no_numbers(text):
    with pytest.raises(Unreadable):
        number(text)


@settings(deadline=None)
@given(st.text())
def test_any_cell_is_a_finite_number_nothing_or_unreadable(text):
    for comma in (False, True):
        try:
            found = number(text, comma)
        except Unreadable:
            continue
        assert found is None or math.isfinite(found)


def test_yes_no_and_neither():
    assert [truth(text) for text in ("true", "No", "")] == [True, False, None]
    with pytest.raises(Unreadable):
        truth("maybe")


def test_json_numbers_and_texts_are_told_apart():
    table = {"a": 1, "b": True, "c": "1", "d": 10**400, "e": None, "f": []}
    assert (value(table, "a"), value(table, "e"), words(table, "a")) == (1.0, None, "1")
    for name in ("b", "c", "d", "f"):
        with pytest.raises(Unreadable):
            value(table, name)
    for name in ("b", "d", "f"):
        with pytest.raises(Unreadable):
            words(table, name)
    assert folded(" ÉtÉ  a ") == "ete a"
