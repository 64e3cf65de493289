"""Numbers in words, by rules from outside: the SI brochure, SAMPL, CONSORT."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium import say

REAL = st.floats(-1e12, 1e12)
SPAN = st.tuples(REAL, REAL).map(sorted)


def read(text):
    """A number in words as a number again."""
    text = text.replace("−", "-").replace(",", "")
    if "×" in text:
        head, power = text.split(" × 10")
        return float(head) * 10.0 ** int(
            power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        )
    return float(text)


@given(REAL, st.integers(0, 6), st.booleans(), st.booleans())
def test_a_number_is_right_to_its_last_decimal_and_never_minus_zero(value, digits, sign, thousands):
    text = say.number(value, digits, sign=sign, thousands=thousands)
    assert "-" not in text
    assert abs(read(text) - value) <= 0.5 * 10.0**-digits + 1e-12 * abs(value)
    if read(text) == 0.0:
        assert text[0] == "0"
    else:
        assert text.startswith("−") == (value < 0.0)
        assert text.startswith("+") == (sign and value > 0.0)


@given(st.floats(-1e300, 1e300), st.integers(1, 15))
def test_figures_are_right_to_the_last_and_a_small_number_is_not_zero(value, most):
    text = say.figures(value, most)
    assert (read(text) == 0.0) == (value == 0.0) or abs(value) < 1e-300
    if abs(value) > 1e-290:
        assert math.isclose(read(text), value, rel_tol=0.5000001 * 10.0 ** (1 - most))
    assert "e" not in text
    assert "-" not in text
    decimals = re.fullmatch(r"−?\d+\.(\d+)", text)
    assert decimals is None or not decimals[1].endswith("0")


@given(st.floats(-1e9, 1e9))
def test_what_is_to_be_typed_back_is_a_plain_number(value):
    assert math.isclose(float(say.typed(value)), value, rel_tol=5.1e-6, abs_tol=0.0)
    assert say.typed(-0.0) == "0"


@pytest.mark.parametrize("write", [say.number, say.figures, say.signed])
def test_what_is_not_known_is_called_so_and_no_end_is_infinite(write):
    assert write(None) == write(math.nan) == "unknown"
    assert write(math.inf).removeprefix("+") == "∞"
    assert write(-math.inf) == "−∞"


def test_missing_numbers_have_the_word_that_is_asked_for():
    assert say.number(None, missing="–") == say.figures(None, missing="–") == "–"
    assert say.percent(None) == "unknown"


@pytest.mark.parametrize("unit", ["mg", "mmol/L", "%", "°C", "h", "mL/min/1.73 m²"])
def test_a_space_stands_between_number_and_unit(unit):
    """SI brochure 9, 5.4.3; 5.4.7 for the percent sign."""
    assert say.number(12, 0, unit) == f"12 {unit}"
    assert say.figures(12, 3, unit) == f"12 {unit}"
    assert say.span((3, 9), 0, unit) == f"3 to 9 {unit}"


@pytest.mark.parametrize("unit", ["°", "′", "″"])
def test_no_space_stands_before_the_degrees_of_an_angle(unit):
    """SI brochure 9, 5.4.3: the only exceptions."""
    assert say.number(30, 0, unit) == f"30{unit}"


@given(REAL, SPAN, st.integers(0, 3))
def test_an_estimate_has_its_interval_in_the_same_decimals(mean, ends, digits):
    """SAMPL: estimates with their intervals, to the same precision; `to`, not a dash."""
    text = say.estimate(mean, ends, digits, "mg")
    first, inside = re.fullmatch(r"(\S+) mg \((.*)\)", text).groups()
    places = {len(part.partition(".")[2]) for part in (first, *inside.split(" to "))}
    assert places == {digits}


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "< 0.001"),
        (4e-7, "< 0.001"),
        (0.001, "0.001"),
        (0.0099, "0.010"),
        (0.049, "0.049"),
        (0.0501, "0.050"),
        (0.2345, "0.23"),
        (0.5, "0.50"),
        (0.999, "> 0.99"),
        (1.0, "> 0.99"),
        (None, "unknown"),
        (math.nan, "unknown"),
    ],
)
def test_p_values_are_numbers_and_never_zero_or_one(p, text):
    """SAMPL and CONSORT 17a: exact values, the smallest as P < 0.001."""
    assert say.p_value(p) == text


@given(st.floats(0.0, 1.0))
def test_a_chance_is_never_rounded_to_none_or_all(share):
    assert say.hundredths(share) not in ("0", "100")
    assert say.chance(share) == f"{say.hundredths(share)} %"


@given(st.floats(-1.0, 1.0))
def test_a_part_has_a_decimal_only_below_ten(value):
    whole = say.share(value, "").lstrip("−")
    assert ("." in whole) == (0.0005 <= abs(value) < 0.095)
    assert "-" not in whole


@pytest.mark.parametrize(
    ("error", "digits"),
    [(123.0, 0), (12.0, 0), (1.2, 1), (0.12, 2), (0.0012, 4), (0.0, 2), (None, 2)],
)
def test_an_error_is_told_to_two_figures(error, digits):
    assert say.decimals(error) == digits


@given(st.integers(-(10**15), 10**15))
def test_counts_are_whole_and_agree_with_their_word(value):
    text = say.count(value, "night")
    assert int(text.split()[0].replace(",", "").replace("−", "-")) == value
    assert text.endswith(" night") == (value == 1)


def test_lengths_sizes_and_lists():
    assert [say.hours(425), say.hours(59.6), say.hours(60)] == [
        "7 h 05 min",
        "1 h 00 min",
        "1 h 00 min",
    ]
    assert [say.size(3.4e6), say.size(1.2e12)] == ["3.4 MB", "1,200.0 GB"]
    lists = [say.listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))]
    assert lists == ["", "a", "a and b", "a, b and c"]


CELLS = st.lists(
    st.tuples(*[st.text(st.sampled_from("ab−1 "), max_size=40).map(str.strip)] * 3), max_size=5
)


@given(CELLS, st.integers(40, 100))
def test_a_table_fits_the_window_and_loses_no_word(rows, width):
    head = ("first", "second", "third")
    text = say.table(head, rows, width=width)
    assert all(len(line) <= width for line in text.split("\n"))
    letters = sorted("".join(cell for row in (head, *rows) for cell in row).replace(" ", ""))
    lines = text.split("\n")
    rule = next(k for k, line in enumerate(lines) if line and not line.strip("- "))
    assert sorted("".join(lines[:rule] + lines[rule + 1 :]).replace(" ", "")) == letters


def test_a_table_with_room_is_as_wide_as_its_contents():
    assert say.table(("a", "long"), [("123", "4")]) == "a    long\n---  ----\n123  4"
    assert say.table(("a",), [], markdown=True) == "| a |\n|---|"


@given(st.text(st.sampled_from("ab \n-")), st.integers(20, 80))
def test_wrapped_text_keeps_its_words_and_fits(text, width):
    wrapped = say.wrap(text, width)
    assert wrapped.split() == text.split()
    longest = max(map(len, text.split()), default=0)
    assert all(len(line) <= max(width, longest + width // 2) for line in wrapped.split("\n"))
    assert say.wrap(text, None) == text
