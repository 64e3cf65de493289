"""Codes under which others know what we tell: LOINC where its own record was seen, ours always.

A wrong code is worse than none: what LOINC has no code for, or whose code could not be confirmed,
goes out under our own code alone. `docs/sharing.md` has the same table; a test compares them.
"""

import csv
from typing import NamedTuple

from somnesium.sources import packaged_text

LOINC = "http://loinc.org"
"""The system of LOINC codes."""
UCUM = "http://unitsofmeasure.org"
"""The system of UCUM units."""
OURS = "urn:somnesium:measure"
"""The system of our own codes."""


class Code(NamedTuple):
    """One thing that is told: our key, its meaning, its unit in UCUM, and LOINC's code if any.

    `display` is LOINC's own name, empty where it differs between LOINC's releases; `confirmed`
    says where the code was seen with its name.
    """

    key: str
    meaning: str
    unit: str
    loinc: str = ""
    display: str = ""
    confirmed: str = ""


def _group(name: str) -> tuple[Code, ...]:
    rows = csv.DictReader(packaged_text("codes.csv").splitlines())
    return tuple(
        Code(*(row[field] for field in Code._fields)) for row in rows if row["group"] == name
    )


MEASURES = _group("night")
"""What a night tells; the first is its duration."""
LABORATORY = _group("laboratory")
"""What a document tells of blood, urine and food."""
RATINGS = _group("rating")
"""What was rated."""
