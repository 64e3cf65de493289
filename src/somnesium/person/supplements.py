"""Magnesium supplements: the compounds, what magnesium they hold, how they dissolve and absorb.

The table is `data/forms.csv`: 34 compounds and three preparations. Elemental fractions follow
from formulas and IUPAC atomic masses; a compound mass is never read as elemental unasked.
"""

import csv
import io
import math
import re
from functools import cache
from typing import NamedTuple

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.sources import packaged_text


class Form(NamedTuple):
    """One form of magnesium.

    `family` groups hydrates and preparations of one salt. Elemental and dissolved fractions are
    shares of mass and of magnesium [1], each with what is likely lowest and highest; the
    elemental range is that of this form alone. `dissolution_per_hour` [1/h] is the rate at which
    what dissolves does. `evidence` grades what `absorption_evidence` says: human, animal or none.
    `laxative_factor` [1] multiplies the risk of loose stools after a soluble salt.
    """

    key: str
    family: str
    name: str
    formula: str
    elemental_fraction: float
    elemental_low: float
    elemental_high: float
    solubility_class: str
    dissolved_fraction: float
    dissolved_low: float
    dissolved_high: float
    dissolution_per_hour: float
    dissolution_source: str
    absorption_evidence: str
    evidence: str
    sources: tuple[str, ...]
    laxative_factor: float
    laxative_source: str
    aliases: tuple[str, ...]
    note: str

    @property
    def slow(self) -> bool:
        """Whether it dissolves over hours (oxide, hydroxide, carbonate, coated tablets)."""
        return self.dissolution_per_hour < 1.0

    @property
    def elemental_range(self) -> tuple[float, float]:
        """Lowest and highest elemental fraction [1] in the family, hydrates included."""
        family = [form for form in forms().values() if form.family == self.family]
        low = min(form.elemental_low for form in family)
        return low, max(form.elemental_high for form in family)


_LISTS = ("sources", "aliases")


@cache
def forms() -> dict[str, Form]:
    """Every form by its key, in the table's order. Do not change it."""
    table: dict[str, Form] = {}
    for row in csv.DictReader(io.StringIO(packaged_text("forms.csv"))):
        fields: dict[str, object] = {}
        for field, kind in Form.__annotations__.items():
            text = row[field]
            if field in _LISTS:
                fields[field] = tuple(part for part in text.split(";") if part)
            else:
                fields[field] = float(text) if kind is float else text
        table[row["key"]] = Form(**fields)  # type: ignore[arg-type]
    return table


_SAID_ANYWAY = frozenset(
    [
        "magnesium",
        "mg",
        "salt",
        "anhydrous",
        "as",
        "from",
        "tablet",
        "tablets",
        "capsule",
        "capsules",
    ]
)


def _plain(text: object) -> str:
    """A form's name as compared: lower case, one space, no "magnesium", "Mg" or marks.

    Empty for what is no text, or longer than a name.
    """
    if not isinstance(text, str) or len(text) > 200:
        return ""
    words = re.sub(r"[^a-z0-9:]+", " ", text.lower().replace("sulph", "sulf")).split()
    return " ".join(word for word in words if word not in _SAID_ANYWAY)


@cache
def _names() -> dict[str, str]:
    """Every name a form goes by, as compared, to its key; keys and names before aliases."""
    found: dict[str, str] = {}
    for form in forms().values():
        found.setdefault(_plain(form.key), form.key)
        found.setdefault(_plain(form.name), form.key)
    for form in forms().values():
        for alias in form.aliases:
            found.setdefault(_plain(alias), form.key)
    return found


@cache
def _sorted_names() -> dict[str, str]:
    """The same names with their words sorted, so that word order is forgiven."""
    return {" ".join(sorted(name.split())): key for name, key in _names().items()}


def _nearest(wanted: str) -> list[str]:
    """Keys of up to three forms whose names look like `wanted`, best first."""
    from rapidfuzz import fuzz, process

    near = process.extract(wanted, _names().keys(), scorer=fuzz.ratio, score_cutoff=55, limit=8)
    return list(dict.fromkeys(_names()[name] for name, _, _ in near))[:3]


def find_form(text: str) -> Form:
    """The form that `text` names: "glycinate", "Magnesium citrate", "Mg-L-threonate", "MgO".

    Case, hyphens, word order, British spelling and the word magnesium are forgiven; a name
    without its hydrate is the anhydrous salt. A misspelt name is refused, not guessed, because
    one letter parts citrate from nitrate: `InvalidInput` then names the nearest forms.
    """
    wanted = _plain(text)
    key = _names().get(wanted) or _sorted_names().get(" ".join(sorted(wanted.split())))
    if key is None or not wanted:
        near = _nearest(wanted) if wanted else []
        allowed = f"{' or '.join(near)}" if near else "a form such as citrate, bisglycinate, oxide"
        fix = "all are in somnesium/data/forms.csv and forms()"
        raise InvalidInput.field("form", text, allowed, fix)
    return forms()[key]


def _checked(amount_mg: object) -> float:
    """`amount_mg` [mg], or `InvalidInput` unless it is a finite number, zero or more."""
    if (
        isinstance(amount_mg, int | float)
        and not isinstance(amount_mg, bool)
        and math.isfinite(amount_mg)
        and amount_mg >= 0
    ):
        return float(amount_mg)
    raise InvalidInput.field("amount_mg", amount_mg, "a finite number of mg, zero or more")


def elemental_mg(amount_mg: float, form: str, mass_is: str) -> float:
    """Elemental magnesium [mg] in `amount_mg` [mg] of `form`.

    `mass_is` says what was weighed: "elemental" returns the amount itself, "compound" multiplies
    it by the form's elemental fraction. `InvalidInput` for an amount that is negative or not
    finite, an unknown form, or any other `mass_is`, with both readings spelled out.
    """
    amount, found = _checked(amount_mg), find_form(form)
    if mass_is == "elemental":
        return amount
    if mass_is == "compound":
        return amount * found.elemental_fraction
    fix = ambiguous(amount, found.key)
    raise InvalidInput.field("mass_is", mass_is, '"elemental" or "compound"', fix)


def elemental_range_mg(amount_mg: float, family: str) -> tuple[float, float]:
    """Lowest and highest elemental magnesium [mg] in `amount_mg` [mg] of any hydrate of a salt.

    `family` is a family or any form in it. `InvalidInput` as for `elemental_mg`.
    """
    amount = _checked(amount_mg)
    low, high = find_form(family).elemental_range
    return amount * low, amount * high


def ambiguous(amount_mg: float, form: str) -> str:
    """Both readings of a label that says only, say, "glycinate 2000 mg", and how to choose."""
    found = find_form(form)
    low, high = elemental_range_mg(amount_mg, found.key)
    compound = amount_mg * found.elemental_fraction
    over = (
        f" ({say.number(low)}-{say.number(high)} mg by hydration)"
        if say.number(low) != say.number(high)
        else ""
    )
    return (
        f"{found.key} {say.typed(amount_mg)} mg can be read two ways: "
        f'mass_is = "elemental" is {say.typed(amount_mg)} mg magnesium; '
        f'mass_is = "compound" is {say.number(compound)} mg magnesium{over}; '
        "write the one the label means"
    )
