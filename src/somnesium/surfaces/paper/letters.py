"""Texts and numbers as they are set in a report: characters the embedded fonts hold, clipped."""

import unicodedata

_RANGES = (
    (0x20, 0x7E), (0xA0, 0x2FF), (0x370, 0x482), (0x48A, 0x4FF), (0x5D0, 0x5EA), (0x621, 0x63A),
    (0x641, 0x64A), (0x660, 0x669), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x2040),
    (0x2044, 0x205E), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2190, 0x22FF), (0x2500, 0x25FF),
)  # fmt: skip
_LACKING = "□"


def printable(text: str) -> str:
    """A text in one line, in characters that the fonts of a report hold; others become `□`.

    Control and formatting characters, such as those that turn the direction of writing, go.
    """
    spaced = " ".join(text.split()).replace(">=", "≥").replace("<=", "≤")
    plain = (one for one in spaced if not _is_control(one))
    told = (
        one if _is_held(one) else _LACKING for one in unicodedata.normalize("NFC", "".join(plain))
    )
    return " ".join("".join(told).split())


def _is_control(one: str) -> bool:
    """Whether a character only steers others, or is half of one."""
    return unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co")


def _is_held(one: str) -> bool:
    """Whether the fonts hold a character."""
    known = unicodedata.category(one) != "Cn"
    return known and any(low <= ord(one) <= high for low, high in _RANGES)


def clipped(text: str, most: int) -> str:
    """A printable text of at most so many characters; what was longer ends in `…`."""
    told = printable(text)
    return told if len(told) <= most else told[: most - 1].rstrip() + "…"
