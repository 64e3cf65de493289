"""An experiment tonight in plain sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from somnesium import say
from somnesium.answers.safety.evaluate import Refusal
from somnesium.person.person import Person


def to_ask(refusals: Iterable[Refusal], person: Person | None, began: Person) -> tuple[str, ...]:
    """Reasons to stop and ask: what forbids the plan, and what is new since the person `began`."""
    found = [one.text for one in refusals]
    if person is None:
        return tuple(found)
    if person.pregnant and not began.pregnant:
        found.append("You say that you are pregnant now.")
    known = {name.casefold() for name in began.medicines}
    new = [name for name in person.medicines if name.casefold() not in known]
    if new:
        found.append(f"You take a new drug since it began: {', '.join(new)}.")
    return tuple(found)


def _times(doses: Iterable[Any]) -> str:
    return say.listed(f"{say.figures(one.servings)} at {one.at:%H:%M}" for one in doses)


def instruction(told: Mapping[str, Any]) -> tuple[str, ...]:
    """What to do tonight; `told` are the fields of the answer."""
    phase, plan = told["phase"], told["plan"]
    if told["stop"]:
        return ("Take nothing tonight. Stop, and ask a doctor or pharmacist first.",)
    if phase == "to come":
        return (f"It begins on {told['first_run_in']}. Take nothing of it until then.",)
    if phase == "run-in":
        left = (told["first_evening"] - told["evening"]).days
        evenings = "evening" if left == 1 else "evenings"
        return (
            f"Take nothing of it tonight. The first bottle comes in {left} {evenings}."
            if told["blinding"] == "capsules"
            else f"Take nothing of it tonight. It begins in {left} {evenings}.",
        )
    if phase == "over":
        return ("The last night is over. Take nothing more for it.",)
    if phase == "stopped":
        return ("You stopped it. Take nothing more for it.",)
    if told["takes"] is False:
        return (f"Take nothing tonight: {plan} is left out.",)
    if not told["doses"]:
        return ("Nothing is due tonight: your plan leaves this day out.",)
    times = _times(told["doses"])
    if told["blinding"] == "capsules":
        return (f"Tonight: bottle {told['letter']}. Take {times}.",)
    return (f"Tonight: take {plan}. {times[0].upper()}{times[1:]}.",)


def standing(told: Mapping[str, Any]) -> tuple[str, ...]:
    """How far it is, and what is written down."""
    lines = []
    if told["phase"] == "running":
        lines.append(
            f"Night {told['night']} of {told['planned']}, in period {told['period']} of "
            f"{told['periods']}."
        )
    if told["over"]:
        lines.append(f"{told['kept']} of {told['over']} nights so far are written down.")
    if told["missing"]:
        many = "1 night is" if told["missing"] == 1 else f"{told['missing']} nights are"
        lines.append(f"{many} missing. A missing night stays missing; it is no zero.")
    if told["morning"] == "due" and told["phase"] in ("run-in", "running", "over"):
        lines.append("Last night is not written down yet.")
    if told["last_dose"] == "not told" and told["phase"] in ("running", "over"):
        lines.append("Nobody wrote down yet whether last night's dose was taken.")
    return tuple(lines)
