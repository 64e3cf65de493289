"""Foods, forms and safety as text or JSON, without loading the engine."""

import json

from somnesium import say
from somnesium.answers.safety.evaluate import SafetyAnswer
from somnesium.answers.safety.separation import Mended
from somnesium.person.foods import search_foods
from somnesium.person.foodtable import PACKAGED
from somnesium.person.supplements import Form, find_form, forms
from somnesium.quantity import require_finite


def foods_text(text: str, limit: int, style: str) -> str:
    """Foods whose name is like `text`; magnesium in mg per 100 g with its 90 % interval."""
    require_finite("--limit", limit, 1, 200, "foods")
    found = search_foods(text, limit)
    if style == "json":
        return json.dumps([food._asdict() for food in found], indent=2, ensure_ascii=False) + "\n"
    lines = [f"{'mg/100 g':>8}  {'9 of 10 samples':15}  {'number':6}  food"]
    for food in found:
        if food.magnesium_mg_per_100g is None:
            amount, spread = "missing", ""
        else:
            amount = say.number(food.magnesium_mg_per_100g)
            side = 1.645 * (food.cv or 0.0) * food.magnesium_mg_per_100g
            low = max(0.0, food.magnesium_mg_per_100g - side)
            spread = say.span((low, food.magnesium_mg_per_100g + side))
        note = f"  [{food.note}]" if food.note else ""
        note += f"  ({food.table})" if food.table != PACKAGED else ""
        lines.append(f"{amount:>8}  {spread:15}  {food.ndb_no:6}  {food.description}{note}")
    if not found:
        lines.append("No food like that: try fewer or other words.")
    return "\n".join(lines) + "\n"


def _form_lines(form: Form) -> list[str]:
    low, high = form.elemental_range
    share = say.percent(form.elemental_fraction, 1)
    span = (
        ""
        if round(low, 3) == round(high, 3)
        else f" ({say.number(100 * low, 1)}–{say.percent(high, 1)})"
    )
    return [
        f"{form.key}: {form.name}",
        f"    magnesium {share}{span} of its mass; dissolves "
        f"{say.percent(form.dissolved_fraction)} "
        f"({say.number(100 * form.dissolved_low)}–{say.percent(form.dissolved_high)}), "
        f"{'over hours' if form.slow else 'quickly'}",
        f"    {form.absorption_evidence} [{', '.join(form.sources)}]",
    ]


def forms_text(text: str, style: str) -> str:
    """One form, or all of them."""
    chosen = [find_form(text)] if text else list(forms().values())
    if style == "json":
        return json.dumps([form._asdict() for form in chosen], indent=2, ensure_ascii=False) + "\n"
    return "\n".join(line for form in chosen for line in _form_lines(form)) + "\n"


def safety_text(answer: SafetyAnswer) -> str:
    """Refusals, then cautions, each with its sources."""
    lines = []
    for kind, found in (("REFUSED", answer.refusals), ("Caution", answer.cautions)):
        for one in found:
            about = f" ({one.subject})" if one.subject else ""
            lines.append(f"{kind}{about}: {one.text} [{', '.join(one.sources)}]")
    return "\n".join(lines or ["Nothing was found that speaks against this plan."]) + "\n"


def mended_text(found: Mended) -> str:
    """How doses can be moved so that medicines are kept apart; empty if there is nothing to say."""
    lines = [*(f"To do: {move.text}" for move in found.moves), *found.unsolved]
    return "".join(f"{line}\n" for line in lines)
