"""Signs that people put down to magnesium: what each is worth, said plainly."""

from functools import cache

from somnesium.person.document import Document, Number
from somnesium.person.laboratory import SIGNS, Sign
from somnesium.sources import packaged_toml


class SignWorth(Document):
    """What a sign tells of low magnesium.

    `ratio` is its likelihood ratio with a 90 % interval: 1 changes no probability. `text` is for
    the person, `clinician` for a professional, `at_once` when not to wait (empty if nowhere).
    """

    key: Sign
    label: str
    ratio: Number
    ratio_interval90: tuple[Number, Number]
    text: str
    clinician: str
    at_once: str
    sources: tuple[str, ...]


@cache
def _table() -> dict[str, SignWorth]:
    """Every sign by its key; a sign's own ratio stands before that of all."""
    table = packaged_toml("signs.toml")
    common = {name: table[name] for name in ("ratio", "ratio_interval90")}
    rows = (SignWorth.model_validate(common | row) for row in table["sign"])
    return {row.key: row for row in rows}


def signs(keys: tuple[str, ...] = SIGNS) -> tuple[SignWorth, ...]:
    """What each of these signs is worth, in their order."""
    return tuple(_table()[key] for key in keys)


def questionnaire() -> tuple[str, str]:
    """What all signs together are worth, in a sentence, and its source."""
    table = packaged_toml("signs.toml")
    return table["questionnaire"], table["questionnaire_source"]
