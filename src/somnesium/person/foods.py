"""Foods found by forgiving name and weighed by household portions.

The table is `foodtable.py`'s: 7,907 foods of USDA SR24, and what the user imported.
"""

import math
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.person.foodtable import Food, foods, has_ndb, portions
from somnesium.quantity import require_finite

if TYPE_CHECKING:
    import numpy as np

# --- words -----------------------------------------------------------------------------------

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_BRAND = re.compile(r"\b[A-Z][A-Z'&-]{3,}\b")
_EMPTY = frozenset(["a", "an", "and", "or", "of", "the", "in", "with", "to", "for", "s"])
_KINDS = frozenset(["nut", "seed", "fish", "spice", "cereal", "vegetable", "fruit", "mollusk"])
_RAW = frozenset(
    ["raw", "fresh", "plain", "whole", "all", "commercial", "variety", "mature", "regular"]
)
_DRY = frozenset(["dried", "dry", "uncooked", "kernel"])
_NEUTRAL = frozenset(["added", "vitamin", "d", "milkfat", "fluid", "3.25", "without", "salt"])
_SAME = {
    "rolled oat": "oat regular quick not fortified",
    "porridge": "oat regular quick cooked",
    "oatmeal": "oat",
    "maize": "corn",
    "mince": "ground",
    "prawn": "shrimp",
    "aubergine": "eggplant",
    "beetroot": "beet",
    "courgette": "zucchini",
    "groundnut": "peanut",
    "linseed": "flaxseed",
    "pepita": "pumpkin seed",
    "rocket": "arugula",
    "skimmed": "skim",
    "wholemeal": "whole wheat",
    "yoghurt": "yogurt",
}
_COOKED = ("roasted", "toasted", "cooked", "canned", "blanched", "frozen", "baked", "fried")
_MADE = ("dehydrated", "powder", "instant", "smoked", "cured", "sweetened", "flour", "butter")
_PREPARED = frozenset([*_COOKED, *_MADE, "sprouted", "syrup", "souffle", "imitation", "flavored"])
_BEHIND = {
    "Baby Foods": 12.0,
    "Fast Foods": 8.0,
    "Restaurant Foods": 8.0,
    "Meals, Entrees, and Side Dishes": 6.0,
    "Soups, Sauces, and Gravies": 6.0,
    "Baked Products": 4.0,
    "Sweets": 4.0,
    "Snacks": 4.0,
    "Fats and Oils": 4.0,
    "American Indian/Alaska Native Foods": 4.0,
    "Spices and Herbs": 2.0,
    "Breakfast Cereals": 1.0,
}
"""Points by which mixes stand behind staples that match as well (our judgement)."""


@cache
def _stem(word: str) -> str:
    """English singular, roughly; the same for the question and the table."""
    if len(word) <= 3 or word.endswith(("ss", "us")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("oes", "ches", "shes", "xes", "sses")):
        return word[:-2]
    if word.endswith("leaves"):
        return word[:-3] + "f"
    return word.removesuffix("s")


def words_of(text: str) -> tuple[str, ...]:
    """The distinct words of a food's name that carry meaning, singular, in order."""
    found = (_stem(word) for word in _WORD.findall(text.lower().replace("'", "")))
    return tuple(dict.fromkeys(word for word in found if word not in _EMPTY))


@cache
def _asked(text: str) -> tuple[str, ...]:
    """The words of a question, in the table's vocabulary."""
    line = f" {' '.join(words_of(text))} "
    for said, listed in _SAME.items():
        line = line.replace(f" {said} ", f" {listed} ")
    return tuple(dict.fromkeys(line.split()))


def _head(description: str) -> frozenset[str]:
    """Words of the segment that names the food ("Seeds, pumpkin …" is named by the second)."""
    parts = [frozenset(words_of(part)) for part in description.split(",")]
    return next((part for part in parts if part and not part <= _KINDS), parts[0])


class _Index(NamedTuple):
    """What a search needs, one entry a food; `named` are the words that name it."""

    rows: tuple[Food, ...]
    words: tuple[frozenset[str], ...]
    places: "dict[str, np.ndarray]"
    named: "dict[str, np.ndarray]"
    extra: "np.ndarray"
    head_size: "np.ndarray"
    behind: "np.ndarray"


def _inverted(sets: tuple[frozenset[str], ...]) -> "dict[str, np.ndarray]":
    """Word to the rows that hold it."""
    import numpy as np

    found: dict[str, list[int]] = {}
    for row, words in enumerate(sets):
        for word in words:
            found.setdefault(word, []).append(row)
    return {word: np.array(rows) for word, rows in found.items()}


@cache
def _index() -> _Index:
    """The table prepared for searching, once a process."""
    import numpy as np

    rows = tuple(foods().values())
    words = tuple(frozenset(words_of(food.description)) for food in rows)
    heads = tuple(_head(food.description) for food in rows)
    behind = [
        _BEHIND.get(food.category or "", 0.0)
        + 10.0 * bool(_BRAND.search(food.description))
        + 3.0 * bool(held & _PREPARED)
        - 2.0 * ("raw" in held)
        for food, held in zip(rows, words, strict=True)
    ]
    extra = np.array([len(held - _RAW - _DRY - _KINDS - _NEUTRAL) for held in words], dtype=float)
    size = np.array([max(len(head), 1) for head in heads], dtype=float)
    found = _inverted(words), _inverted(heads)
    return _Index(rows, words, *found, extra, size, np.array(behind))


@cache
def _alike(word: str) -> tuple[tuple[str, float], ...]:
    """Words of the table that `word` may mean, with weights: itself, else begun with, else near."""
    from rapidfuzz import fuzz, process

    known = _index().places
    if word in known:
        return ((word, 1.0),)
    if word.isdigit() or len(word) < 3:
        return ()
    begun = {other: 0.85 for other in known if other.startswith(word)}
    near = process.extract(word, known.keys(), scorer=fuzz.ratio, score_cutoff=82, limit=8)
    for other, ratio, _ in near:
        begun[other] = max(begun.get(other, 0.0), 0.9 * ratio / 100)
    return tuple(begun.items())


def _scored(text: str) -> "tuple[np.ndarray, np.ndarray]":
    """For every food: points, and the share of the question's words it holds."""
    import numpy as np

    index, asked = _index(), _asked(text)
    share, named, held = (np.zeros(len(index.rows)) for _ in range(3))
    for word in asked:
        here, head = np.zeros(len(index.rows)), np.zeros(len(index.rows))
        for other, weight in _alike(word):
            rows = index.places[other]
            here[rows] = np.maximum(here[rows], weight)
            head[index.named.get(other, rows[:0])] = 1.0
        share += here / len(asked)
        named += head
        if word not in _RAW | _DRY | _KINDS | _NEUTRAL:
            held += here > 0
    rest = np.clip(index.extra - held, 0.0, 10.0)
    points = 100 * share + 8 * np.minimum(named / index.head_size, 1) - 1.2 * rest - index.behind
    return points, share


def _question(text: object) -> str:
    """`text` cleaned, or `InvalidInput` when there is nothing to look for."""
    if not isinstance(text, str) or len(text) > 200 or not words_of(text):
        allowed = "a name of up to 200 characters, or an NDB number"
        raise InvalidInput.field("food", text, allowed, 'write it as "spinach, raw" or "11457"')
    return text.strip()


def _ranked(text: str, least: float) -> list[int]:
    """Rows that hold at least the share `least` of the words asked, best first."""
    import numpy as np

    points, share = _scored(text)
    rows = np.nonzero(share >= least)[0]
    return [int(row) for row in rows[np.argsort(-points[rows], kind="stable")]]


def search_foods(text: str, limit: int = 20) -> list[Food]:
    """Foods that `text` may mean, best first; none is an empty list.

    Word order, plurals, British names and typing errors are forgiven; staples stand before
    mixes and brands. `InvalidInput` for an empty or over-long text or a `limit` outside 1–1000.
    """
    require_finite("limit", limit, 1, 1000, "foods")
    wanted = _question(text)
    if wanted.isdigit():
        numbered = foods().get(wanted.zfill(5))
        return [numbered] if numbered else []
    return [_index().rows[row] for row in _ranked(wanted, 0.5)[: int(limit)]]


def _only(rows: list[int], text: str) -> Food | None:
    """The food, if it is the only one and named by at most four words that were not asked."""
    few = len(rows) == 1 and _index().extra[rows[0]] <= len(_asked(text)) + 4
    return _index().rows[rows[0]] if few else None


def _plainest(rows: list[int], text: str) -> Food | None:
    """The one food named by the question and, besides, only by words of no preparation."""
    index = _index()
    asked = {other for word in _asked(text) for other, _ in _alike(word)}
    for plain in (_RAW, _RAW | _DRY):
        fits = [row for row in rows if index.words[row] <= asked | plain | _KINDS]
        if fits:
            return index.rows[fits[0]] if len(fits) == 1 else None
    return None


@cache
def find_food(text: str) -> Food:
    """The one food that `text` names, or `InvalidInput` with the nearest three and their numbers.

    In this order: the NDB number; the whole description; the only food holding all the words,
    unless its description goes on for more than four other words; the only food holding all of
    them and otherwise no word but its kind and plain ones ("raw", "fresh", "whole", …, then also
    "dried", "uncooked"): "spinach" is *Spinach, raw*, "almonds" *Nuts, almonds*; "rice" is refused.
    Imported foods without an NDB number are looked at only where no other holds all the words.
    """
    wanted = _question(text)
    if wanted.isdigit():
        numbered = foods().get(wanted.zfill(5))
        if numbered is None:
            fix = 'look the food up by name: search_foods("spinach")'
            raise InvalidInput.field("food", text, "a number of USDA's food tables", fix)
        return numbered
    same = wanted.casefold()
    exact = [food for food in foods().values() if food.description.casefold() == same]
    if len(exact) == 1:
        return exact[0]
    rows = _ranked(wanted, 0.5)
    every = [row for row in rows if _holds_all(row, wanted)]
    every = [row for row in every if has_ndb(_index().rows[row])] or every
    food = None if exact else _only(every, wanted) or _plainest(every, wanted)
    if food is None:
        raise _unclear(text, exact or [_index().rows[row] for row in (every or rows)[:3]])
    return food


def _holds_all(row: int, text: str) -> bool:
    """Whether the food holds every word asked, or one like it."""
    held = _index().words[row]
    return all(any(other in held for other, _ in _alike(word)) for word in _asked(text))


def _unclear(text: str, nearest: list[Food]) -> InvalidInput:
    """The refusal of a name that is no food, or several."""
    if not nearest:
        return InvalidInput.field("food", text, "a food of USDA's tables", "try a simpler name")
    listed = "; ".join(f"{food.ndb_no} {food.description}" for food in nearest)
    fix = f'choose one by its number, such as "{nearest[0].ndb_no}"'
    return InvalidInput.field("food", text, f"one food, nearest are {listed}", fix)


# --- portions --------------------------------------------------------------------------------

_UNITS = {
    "tablespoon": "tbsp",
    "teaspoon": "tsp",
    "ounce": "oz",
    "pound": "lb",
    "fluid": "fl",
    "gram": "g",
    "gramme": "g",
    "kilogram": "kg",
    "lbs": "lb",
    "liter": "l",
    "litre": "l",
    "milliliter": "ml",
    "millilitre": "ml",
    "cups": "cup",
    "tbs": "tbsp",
}
_GRAMS = {"g": 1.0, "kg": 1000.0, "oz": 28.349523, "lb": 453.59237}
_MILLILITRES = {
    "ml": 1.0,
    "l": 1000.0,
    "tsp": 4.92892,
    "tbsp": 14.78676,
    "fl oz": 29.57353,
    "cup": 236.58824,
    "pint": 473.17647,
    "quart": 946.35295,
}
_NUMBER = re.compile(r"^\s*(?:(\d+)\s+)?(\d+(?:\.\d+)?)(?:\s*/\s*(\d+))?\s*(?=[a-zA-Z]|$)")


def _measure(text: str) -> tuple[str, ...]:
    """A measure as comparable words: "Tablespoons, chopped" is (tbsp, chopped)."""
    words = (_stem(word) for word in _WORD.findall(text.lower()))
    return tuple(_UNITS.get(word, word) for word in words)


def counted(text: object) -> tuple[float, str]:
    """How many, and of what: `"1 1/2 cups"` to (1.5, "cups"); no number counts one, no text 0."""
    if not isinstance(text, str):
        return 0.0, ""
    match = _NUMBER.match(text)
    if match is None or (match[3] and float(match[3]) == 0) or (match[1] and not match[3]):
        return 1.0, text
    count = float(match[1] or 0) + float(match[2]) / float(match[3] or 1)
    return count, text[match.end() :]


def _listed(food: Food, asked: tuple[str, ...]) -> list[float]:
    """Grams of one `asked`: portions so named, else beginning so, else holding the words."""
    read = [(_measure(portion.measure), portion[2] / portion[0]) for portion in portions(food)]
    if asked == ("oz",):
        read = [item for item in read if item[0][:2] != ("fl", "oz")]
    for fits in (
        [grams for words, grams in read if words == asked],
        [grams for words, grams in read if words[: len(asked)] == asked],
        [grams for words, grams in read if set(asked) <= set(words)],
    ):
        if fits:
            return fits
    return []


def _by_volume(food: Food, unit: str) -> list[float]:
    """Grams of one `unit` of volume from another volume that was weighed."""
    for other in ("cup", "fl oz", "tbsp", "quart", "tsp"):
        weighed = _listed(food, tuple(other.split())) if unit in _MILLILITRES else []
        if weighed:
            return [grams * _MILLILITRES[unit] / _MILLILITRES[other] for grams in weighed]
    return []


def portion_grams(food: Food, text: str, amount: float = 1.0) -> float:
    """Grams of `amount` times the portion `text`: "cup", "1 oz", "2 tbsp", "150 g", "medium".

    Portions USDA weighed come first, then weights (g, kg, oz, lb), then volumes by way of
    another volume weighed. `InvalidInput`, listing the portions, if none fits or several fit
    that differ by more than 5 %; also unless the amount is positive and at most 10,000.
    """
    require_finite("amount", amount, 0.0, 10_000.0, "portions")
    count, unit = counted(text)
    asked = _measure(unit)
    name = " ".join(asked)
    grams = _listed(food, asked) if asked else []
    if not grams and name in _GRAMS:
        grams = [_GRAMS[name]]
    grams = grams or _by_volume(food, name)
    total = amount * count * (grams[0] if grams else 0.0)
    if not grams or max(grams) > 1.05 * min(grams) or not 0 < total < math.inf:
        raise _no_portion(food, text, bool(grams) and total > 0)
    return total


def _no_portion(food: Food, text: object, several: bool) -> InvalidInput:
    """The refusal of a portion, with what there is."""
    known = portions(food)
    listed = "; ".join(f"{say.typed(p.amount)} {p.measure} = {say.typed(p.grams)} g" for p in known)
    why = "one of these exactly (several fit)" if several else "a weighed portion or grams"
    allowed = f"{why}: {listed or 'none was weighed for this food'}"
    return InvalidInput.field(f"portion of {food.description}", text, allowed, 'or write "30 g"')
