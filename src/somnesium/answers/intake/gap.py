"""Foods that close a gap, in portions, without what must not or will not be eaten."""

from typing import Any, NamedTuple

from somnesium import say
from somnesium.answers.shares import Z90
from somnesium.person.document import Document, Number
from somnesium.person.foods import Food, foods, words_of
from somnesium.person.person import Person, egfr_of
from somnesium.person.record import Avoid
from somnesium.sources import packaged_toml

_MOST_FOODS = 4
"""Foods suggested at most together (judgement#a-meal-or-two)."""

_KIDNEY_EGFR = 30.0
"""eGFR [mL/min/1.73 m²] below which no magnesium is suggested (judgement#kidney-below-30)."""


class Suggestion(Document):
    """A portion of a food: its weight [g], magnesium [mg] with its 90 % interval, energy [kcal]."""

    food: str
    ndb_no: str
    portion: str
    grams: Number
    magnesium_mg: Number
    interval90: tuple[Number, Number]
    energy_kcal: Number | None


class Suggestions(NamedTuple):
    """`together` close the gap as far as they go; `each` is every food that may be eaten.

    `left_mg` is what `together` leave open; `notes` say what was left out and why.
    """

    together: tuple[Suggestion, ...]
    each: tuple[Suggestion, ...]
    left_mg: float
    notes: tuple[str, ...]


def _refused(row: dict[str, Any], food: Food, avoid: Avoid) -> bool:
    """Whether a food must not be suggested."""
    if (
        (avoid.vegan and row.get("animal"))
        or (avoid.nuts and row.get("nuts"))
        or (avoid.kidney_diet and not row.get("kidney"))
    ):
        return True
    held = set(words_of(f"{row['name']} {food.description}"))
    return any(set(words_of(text)) <= held for text in avoid.dislikes if words_of(text))


def _suggestion(row: dict[str, Any], food: Food) -> Suggestion | None:
    """One portion of a food; None if the table holds no magnesium for it."""
    if food.magnesium_mg_per_100g is None:
        return None
    grams = row["grams"]
    mg = grams * food.magnesium_mg_per_100g / 100.0
    half = Z90 * (food.cv or 0.0) * mg
    energy = food.energy_kcal_per_100g
    return Suggestion(
        food=row["name"],
        ndb_no=food.ndb_no,
        portion=row["portion"],
        grams=grams,
        magnesium_mg=mg,
        interval90=(max(0.0, mg - half), mg + half),
        energy_kcal=None if energy is None else grams * energy / 100.0,
    )


def _allowed(avoid: Avoid) -> tuple[tuple[Suggestion, str], ...]:
    """Every food that may be eaten with its group, most magnesium in a portion first."""
    allowed = []
    for row in packaged_toml("reference_intakes.toml")["foods"]:
        food = foods()[row["ndb_no"]]
        suggestion = None if _refused(row, food, avoid) else _suggestion(row, food)
        if suggestion is not None:
            allowed.append((suggestion, food.category or food.ndb_no))
    return tuple(sorted(allowed, key=lambda pair: (-pair[0].magnesium_mg, pair[0].food)))


def _together(allowed: tuple[tuple[Suggestion, str], ...], gap_mg: float) -> list[Suggestion]:
    """A few foods of different groups; the last is the smallest portion that still closes it."""
    chosen: list[Suggestion] = []
    left, used = gap_mg, set()
    while left > 0.0 and len(chosen) < _MOST_FOODS:
        fresh = [pair for pair in allowed if pair[1] not in used and pair[0] not in chosen]
        fresh = fresh or [pair for pair in allowed if pair[0] not in chosen]
        if not fresh:
            break
        enough = [pair for pair in fresh if pair[0].magnesium_mg >= left]
        suggestion, group = enough[-1] if enough else fresh[0]
        chosen.append(suggestion)
        used.add(group)
        left -= suggestion.magnesium_mg
    return chosen


def _notes(person: Person, avoid: Avoid, left: float, any_allowed: bool) -> list[str]:
    """What to know about the suggestions."""
    egfr = egfr_of(person)
    notes = []
    if avoid.kidney_diet:
        notes.append(
            "Most foods rich in magnesium are rich in potassium or phosphate too. Only foods low "
            "in both are named. Ask your dietitian before you eat more of anything."
        )
    elif egfr is not None and egfr < 60.0:
        notes.append(
            "With weak kidneys, nuts, beans and greens can bring too much potassium or phosphate. "
            "Ask your kidney doctor or dietitian first."
        )
    if avoid.nuts:
        notes.append(
            "Seeds and grains are named, nuts and chocolate are not. Sesame and other seeds are "
            "allergies of their own: read the label for traces."
        )
    if not any_allowed:
        notes.append("Nothing is left that we could suggest: ask a dietitian.")
    elif left > 0.5:
        notes.append(f"These foods leave {say.number(left)} mg a day open.")
    return notes


def close_gap(person: Person, avoid: Avoid, gap_mg: float) -> Suggestions:
    """Foods for a gap of `gap_mg` a day; nothing to eat together where there is no gap.

    With an eGFR below 30 nothing is suggested at all.
    """
    egfr = egfr_of(person)
    if egfr is not None and egfr < _KIDNEY_EGFR:
        note = (
            "With kidneys this weak magnesium can build up. No food is suggested: your kidney "
            "team decides what you should eat."
        )
        return Suggestions((), (), max(gap_mg, 0.0), (note,))
    allowed = _allowed(avoid)
    together = _together(allowed, gap_mg)
    left = max(0.0, gap_mg - sum(suggestion.magnesium_mg for suggestion in together))
    each = tuple(suggestion for suggestion, _ in allowed)
    return Suggestions(tuple(together), each, left, tuple(_notes(person, avoid, left, bool(each))))
