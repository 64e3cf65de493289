"""The one writer of numbers, intervals, shares, lists and tables in words, for every surface.

Units stand after a space, a minus is a true one, nothing is "−0" (SI brochure 9, 5.4). Decimals
are chosen by the caller, as many as the quantity can be known to; no share is rounded to none or
all, no P value to zero (SAMPL). What is to be typed back, or is a key, keeps a plain `-`: `typed`.
"""

import math
import textwrap
from collections.abc import Iterable, Sequence

_ANGLES = ("°", "′", "″")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_GAP, _NARROWEST = "  ", 8
Ends = Sequence[float]
"""Low and high end of an interval."""


def number(
    value: float | None,
    digits: int = 0,
    unit: str = "",
    *,
    sign: bool = False,
    thousands: bool = False,
    missing: str = "unknown",
) -> str:
    """`−3.2 min`: so many decimals; with `sign` a plus too, and a plain `0` for no change."""
    if value is None or math.isnan(value):
        return missing
    text = f"{value:{'+' if sign else ''}{',' if thousands else ''}.{digits}f}"
    if math.isfinite(value) and not text.strip("+-0.,"):
        text = "0" if sign else text.lstrip("-")
    return _with_unit(text.replace("inf", "∞").replace("-", "−"), unit)


def signed(value: float | None, digits: int = 0, unit: str = "") -> str:
    """A change with its sign: `+3`, `−3`, `0`."""
    return number(value, digits, unit, sign=True)


def figures(
    value: float | None,
    most: int = 6,
    unit: str = "",
    *,
    sign: bool = False,
    missing: str = "unknown",
) -> str:
    """A number of at most so many significant figures, without zeros at the end: `0.0042`."""
    if value is None or math.isnan(value):
        return missing
    if value == 0.0 or math.isinf(value):
        return number(value, 0, unit, sign=sign)
    mantissa, exponent = f"{value:.{most - 1}e}".split("e")
    power = int(exponent)
    if -5 < power < 15:
        text = f"{float(f'{mantissa}e{power}'):{'+' if sign else ''}.{max(0, most - 1 - power)}f}"
    else:
        text = f"{float(mantissa):{'+' if sign else ''}.{most - 1}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if not -5 < power < 15:
        text += " × 10" + str(power).translate(_SUPERSCRIPT)
    return _with_unit(text.replace("-", "−"), unit)


def amount(value: float, unit: str = "") -> str:
    """About three digits, none after the point that are zero: `1,234`, `12.3`, `0.012`."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 3
    text = number(value, digits, thousands=True)
    return _with_unit(text.rstrip("0").rstrip(".") if "." in text else text, unit)


def decimals(error: float | None, otherwise: int = 2) -> int:
    """Decimals that tell an error to two figures."""
    return max(0, 1 - math.floor(math.log10(error))) if error and error > 0.0 else otherwise


def typed(value: float, most: int = 6) -> str:
    """A number as one may type it, or as part of a key: so many figures, a plain `-`."""
    return f"{value + 0.0:.{most}g}"


def count(value: int, one: str = "", many: str = "") -> str:
    """`1 night`, `2,000 nights`; without words the number alone."""
    return _with_unit(
        f"{value:,}".replace("-", "−"), one if value == 1 else many or (f"{one}s" if one else "")
    )


def span(
    ends: Ends, digits: int = 0, unit: str = "", *, sign: bool = False, thousands: bool = False
) -> str:
    """An interval: `3 to 9 mg`."""
    low, high = (number(end, digits, sign=sign, thousands=thousands) for end in ends)
    return _with_unit(f"{low} to {high}", unit)


def figures_span(ends: Ends, most: int = 6, unit: str = "", *, sign: bool = False) -> str:
    """An interval in significant figures: `0.012 to 0.3`."""
    low, high = (figures(end, most, sign=sign) for end in ends)
    return _with_unit(f"{low} to {high}", unit)


def estimate(
    mean: float | None, ends: Ends, digits: int = 0, unit: str = "", *, sign: bool = False
) -> str:
    """An estimate with its interval: `5 mg (3 to 9)`."""
    return f"{number(mean, digits, unit, sign=sign)} ({span(ends, digits, sign=sign)})"


def with_error(value: float | None, error: float | None, digits: int = 0, unit: str = "") -> str:
    """An estimate with its standard error, where it has one: `0.80 ± 0.01`."""
    text = number(value, digits)
    return _with_unit(text if error is None else f"{text} ± {number(error, digits)}", unit)


def percent(share: float | None, digits: int = 0, *, missing: str = "unknown") -> str:
    """A share, 1 for all, in percent: `12 %`."""
    return number(None if share is None else 100.0 * share, digits, "%", missing=missing)


def share(value: float, unit: str = "%") -> str:
    """A part of the whole in percent, one decimal below ten: `12 %`, `3.2 %`."""
    return number(100.0 * value, 1 if 0.0005 <= abs(value) < 0.095 else 0, unit)


def share_span(ends: Ends) -> str:
    """An interval of a part of the whole, in percent: `3.2 to 12`."""
    low, high = ends
    return f"{share(low, '')} to {share(high, '')}"


def hundredths(share: float) -> str:
    """How many in 100, never rounded to none or all: `under 1`, `12`, `over 99`."""
    text = number(100.0 * share)
    return {"0": "under 1", "100": "over 99"}.get(text, text)


def chance(share: float) -> str:
    """A probability in percent, never quite none, never quite sure: `under 1 %`."""
    return f"{hundredths(share)} %"


def p_value(p: float | None) -> str:
    """A P value: two figures, at most three decimals, never zero: `< 0.001`."""
    if p is None or math.isnan(p):
        return "unknown"
    if p < 0.001:
        return "< 0.001"
    return "> 0.99" if p > 0.99 else number(p, 3 if p < 0.01 else 2 if p >= 0.1 else 3)


def hours(minutes: float) -> str:
    """A length of time: `7 h 05 min`."""
    whole, rest = divmod(round(minutes), 60)
    return f"{whole} h {rest:02d} min"


def size(octets: float) -> str:
    """A size of files or memory: `1.2 GB`, `3.4 MB`."""
    if octets >= 1e9:
        return number(octets / 1e9, 1, "GB", thousands=True)
    return number(octets / 1e6, 1, "MB", thousands=True)


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def section(title: str, markdown: bool = False) -> str:
    """A title, underlined or as Markdown."""
    return f"## {title}" if markdown else f"{title}\n{'=' * len(title)}"


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    markdown: bool = False,
    width: int | None = None,
) -> str:
    """Rows under a head, in columns as wide as their contents; the widest break to fit `width`."""
    if markdown:
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    if width is not None:
        while sum(widths) + len(_GAP) * (len(widths) - 1) > width and max(widths) > _NARROWEST:
            widths[widths.index(max(widths))] -= 1
    lines = [*_row(head, widths), _GAP.join("-" * each for each in widths)]
    return "\n".join(lines + [line for row in rows for line in _row(row, widths)])


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The lines of one row."""
    broken = [
        [cell] if len(cell) <= width else textwrap.wrap(cell, width)
        for cell, width in zip(cells, widths, strict=True)
    ]
    return [
        _GAP.join(
            (part[k] if k < len(part) else "").ljust(width)
            for part, width in zip(broken, widths, strict=True)
        ).rstrip()
        for k in range(max(map(len, broken), default=0))
    ]


def wrap(text: str, width: int | None) -> str:
    """Lines longer than the window broken between words, indented as they begin."""
    if width is None:
        return text
    return "\n".join(
        line if len(line) <= width else _wrapped(line, max(width, 20)) for line in text.split("\n")
    )


def _wrapped(line: str, width: int) -> str:
    bare = line.lstrip()
    indent = " " * (len(line) - len(bare) + (2 if bare.startswith(("- ", "• ")) else 0))
    return textwrap.fill(
        line,
        width,
        subsequent_indent=indent[: width // 2],
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


def _with_unit(text: str, unit: str) -> str:
    """A number and its unit, a space between them but for the degrees of an angle."""
    if not unit:
        return text
    return f"{text}{unit}" if unit in _ANGLES else f"{text} {unit}"
