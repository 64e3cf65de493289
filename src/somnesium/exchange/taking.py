"""What one taking of a line of a regimen comes to, in amounts and in words."""

from somnesium import say
from somnesium.person.habits import WEEKDAYS
from somnesium.person.regimen import Dose, Intake, Regimen, doses
from somnesium.person.supplements import forms


def at_once(intake: Intake) -> tuple[Dose, ...]:
    """The doses of one taking; mg are elemental for magnesium. Amounts of zero are left out."""
    once = {
        "times": intake.times[:1],
        "days": WEEKDAYS,
        "start_day": 1,
        "end_day": None,
        "missed_days": (),
    }
    return doses(Regimen(intakes=(intake.model_copy(update=once),)), 0, 1)


def substance(name: str, form: str | None) -> str:
    """What a dose is of; magnesium by its compound, and that its milligrams are the element's."""
    if form is None:
        return name.replace("_", " ")
    return f"Magnesium (mg are elemental), as {compound(form)}"


def compound(form: str) -> str:
    """The name of a form within a sentence; one we do not know keeps the name it was given."""
    known = forms().get(form)
    return known.name[0].lower() + known.name[1:] if known else form


def amount_words(milligrams: float, form: str | None) -> str:
    """An amount in words, such as `200 mg elemental magnesium`."""
    return f"{say.typed(milligrams)} {'mg' if form is None else 'mg elemental magnesium'}"
