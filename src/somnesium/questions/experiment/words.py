"""An experiment tonight in plain sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from somnesium import say
from somnesium.answers.safety.evaluate import Refusal
from somnesium.person.person import Person


def to_ask(refusals: Iterable[Refusal], person: Person | None, began: Person) -> tuple[str, ...]:
    """Reasons to stop and ask: what forbids the plan, and what is new since the person `began`."""
    reasons = [refusal.text for refusal in refusals]
    if person is None:
        return tuple(reasons)
    if person.pregnant and not began.pregnant:
        reasons.append("You say that you are pregnant now.")
    known = {name.casefold() for name in began.medicines}
    new = [name for name in person.medicines if name.casefold() not in known]
    if new:
        reasons.append(f"You take a new drug since it began: {', '.join(new)}.")
    return tuple(reasons)


def _times(doses: Iterable[Any]) -> str:
    return say.listed(f"{say.figures(dose.servings)} at {dose.at:%H:%M}" for dose in doses)


def instruction(tonight: Mapping[str, Any]) -> tuple[str, ...]:
    """What to do tonight; `tonight` are the fields of the answer."""
    phase, plan = tonight["phase"], tonight["plan"]
    if tonight["stop"]:
        return ("Take nothing tonight. Stop, and ask a doctor or pharmacist first.",)
    if phase == "to come":
        return (f"It begins on {tonight['first_run_in']}. Take nothing of it until then.",)
    if phase == "run-in":
        left = (tonight["first_evening"] - tonight["evening"]).days
        evenings = "evening" if left == 1 else "evenings"
        return (
            f"Take nothing of it tonight. The first bottle comes in {left} {evenings}."
            if tonight["blinding"] == "capsules"
            else f"Take nothing of it tonight. It begins in {left} {evenings}.",
        )
    if phase == "over":
        return ("The last night is over. Take nothing more for it.",)
    if phase == "stopped":
        return ("You stopped it. Take nothing more for it.",)
    if tonight["takes"] is False:
        return (f"Take nothing tonight: {plan} is left out.",)
    if not tonight["doses"]:
        return ("Nothing is due tonight: your plan leaves this day out.",)
    times = _times(tonight["doses"])
    if tonight["blinding"] == "capsules":
        return (f"Tonight: bottle {tonight['letter']}. Take {times}.",)
    return (f"Tonight: take {plan}. {times[0].upper()}{times[1:]}.",)


def standing(tonight: Mapping[str, Any]) -> tuple[str, ...]:
    """How far it is, and what is written down."""
    lines = []
    if tonight["phase"] == "running":
        lines.append(
            f"Night {tonight['night']} of {tonight['planned']}, in period {tonight['period']} of "
            f"{tonight['periods']}."
        )
    if tonight["over"]:
        lines.append(f"{tonight['kept']} of {tonight['over']} nights so far are written down.")
    if tonight["missing"]:
        many = "1 night is" if tonight["missing"] == 1 else f"{tonight['missing']} nights are"
        lines.append(f"{many} missing. A missing night stays missing; it is no zero.")
    if tonight["morning"] == "due" and tonight["phase"] in ("run-in", "running", "over"):
        lines.append("Last night is not written down yet.")
    if tonight["last_dose"] == "not told" and tonight["phase"] in ("running", "over"):
        lines.append("Nobody wrote down yet whether last night's dose was taken.")
    return tuple(lines)
