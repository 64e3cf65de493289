"""A report of one experiment by CENT 2015: every item filled, absent, or not applicable.

CENT 2015 extends CONSORT to trials in one person (vohra2015, shamseer2015); its items are named
here in our own words. What is absent says what is missing, so that it can be added by hand.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from somnesium import say
from somnesium.person.document import Document
from somnesium.questions.experiment.analyse import AnalysisAnswer
from somnesium.questions.experiment.cent_results import closing, results
from somnesium.questions.experiment.cent_words import (
    Item,
    absent,
    filled,
    not_applicable,
    or_absent,
)
from somnesium.questions.experiment.ran import AT_THE_END, Kept, Ran
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.sources import cite


class CentItem(Document):
    """An item of the checklist: its number and what it asks, in our words, and what is told.

    Of an absent item `text` says what is missing.
    """

    number: str
    section: str
    asks: str
    status: Literal["filled", "absent", "not applicable"]
    text: str


class CentReport(Answer):
    """The checklist of CENT 2015 with all its 44 items, and how many are filled."""

    items: tuple[CentItem, ...]
    filled: int
    absent: int
    not_applicable: int


def cent(ran: Ran, answer: AnalysisAnswer) -> CentReport:
    """The report of one analysed experiment."""
    items = (
        *_front(ran, answer),
        *_design(ran, answer),
        *_outcomes(ran, answer),
        *_drawing(ran, answer),
        *results(ran, answer),
        *closing(ran, answer),
    )
    counts = Counter(one.status for one in items)
    keys = ("vohra2015", "shamseer2015")
    return CentReport(
        cautions=answer.cautions,
        sources=(*(Source(**cite(key)) for key in keys), *answer.sources),
        model_version=answer.model_version,
        items=tuple(CentItem(**one._asdict()) for one in items),
        filled=counts["filled"],
        absent=counts["absent"],
        not_applicable=counts["not applicable"],
    )


def cent_text(report: CentReport) -> str:
    """The report as Markdown."""
    lines = [
        "# Report by CENT 2015",
        "",
        f"{report.filled} items are filled, {report.absent} absent and "
        f"{report.not_applicable} not applicable. Absent items say what to add.",
        "",
        "| item | asks for | told |",
        "|---|---|---|",
    ]
    section = ""
    for one in report.items:
        if one.section != section:
            section = one.section
            lines.append(f"| | **{section}** | |")
        text = one.text.replace("|", "\\|").replace("\n", " ")
        told = text if one.status == "filled" else f"*{one.status.capitalize()}.* {text}"
        lines.append(f"| {one.number} | {one.asks} | {told} |")
    lines += ["", "Sources: " + "; ".join(one.citation for one in report.sources[:2])]
    return "\n".join(lines) + "\n"


def _front(ran: Ran, answer: AnalysisAnswer) -> tuple[Item, ...]:
    """Title, summary, introduction."""
    top, intro = "Title and summary", "Introduction"
    design = (
        f"One person, {answer.periods} periods of {answer.period_nights} nights, "
        f"{ran.plan} against {ran.comparison}."
    )
    return (
        filled(
            "1a",
            top,
            "a title that says N-of-1 trial",
            f"{ran.name or 'A self-experiment'}: an N-of-1 trial of {ran.plan}",
        ),
        filled("1b", top, "a structured summary", f"{design} " + " ".join(answer.summary)),
        absent(
            "2a.1",
            intro,
            "background and reasons",
            "what is known of this plan, and why this person tried it",
        ),
        filled(
            "2a.2",
            intro,
            "why a trial in one person",
            "The question is whether the plan works for this person. Averages of others "
            "cannot tell that, and the plan's effect comes and goes within the trial.",
        ),
        filled(
            "2b",
            intro,
            "aims",
            f"Does {ran.plan} change {answer.label} by {say.figures(answer.worthwhile)} "
            f"{answer.unit} or more towards {answer.better}, against {ran.comparison}?",
        ),
    )


def _design(ran: Ran, answer: AnalysisAnswer) -> tuple[Item, ...]:
    """Design, the person, what was taken."""
    part, kept = "Methods", ran.kept
    run_in = (
        "not told" if kept is None else (f"{kept.preregistered['design']['run_in_nights']} nights")
    )
    planned = len(ran.allocation.periods)
    return (
        filled(
            "3a",
            part,
            "design, periods and their length",
            f"{planned} periods of {answer.period_nights} nights in blocks of two. Run-in: "
            f"{run_in}. No wash-out: each night counts by how much of the effect is there, which "
            f"halves in {say.number(answer.half_life_nights, 1)} nights.",
        ),
        or_absent(
            "3b",
            part,
            "changes after the start",
            kept
            and (
                f"Preregistration and allocation are as written (SHA-256 {kept.hash}). No other "
                "change is on record."
            ),
            "what was changed, and why",
        ),
        or_absent(
            "4a",
            part,
            "condition, other illness, other treatment",
            kept and _person(kept.preregistered["question"]["person"]),
            "diagnosis, other conditions, medicines",
        ),
        filled(
            "4b",
            part,
            "where data were collected",
            "At home, by " + ", ".join(one.instrument for one in answer.instruments) + ".",
        ),
        absent(
            "4c",
            part,
            "whether it is research, and ethics approval",
            "whether this is research, and who approved it",
        ),
        filled("5", part, "what was taken in each period", _taken(ran, kept)),
    )


def _person(person: Mapping[str, Any]) -> str:
    """Conditions and medicines as the question told them."""
    conditions = person.get("conditions") or []
    medicines = person.get("medicines") or []

    def listed(told: object) -> str:
        if not told:
            return "none told"
        if isinstance(told, Mapping):
            return ", ".join(f"{name} {value}" for name, value in told.items())
        return ", ".join(
            str(one.get("name", one)) if isinstance(one, Mapping) else str(one)
            for one in told  # type: ignore[attr-defined]
        )

    return f"Conditions: {listed(conditions)}. Medicines: {listed(medicines)}."


def _taken(ran: Ran, kept: Kept | None) -> str:
    """The plan and its comparison, with amounts where they are known."""
    text = f"{ran.plan}, against {ran.comparison}."
    if kept is None:
        return text
    parts = []
    for intake in kept.preregistered["question"]["regimen"]["intakes"]:
        what = {k: v for k, v in intake.items() if v is not None and not isinstance(v, dict | list)}
        parts.append(", ".join(f"{name} {value}" for name, value in what.items()))
    return f"{text} As written: " + "; ".join(part for part in parts if part) + "."


def _outcomes(ran: Ran, answer: AnalysisAnswer) -> tuple[Item, ...]:
    """Outcomes, size of the trial, looks."""
    part, kept = "Methods", ran.kept
    known = "; ".join(
        f"{one.instrument}: noise {say.figures(one.noise)} {answer.unit} a night"
        + ("" if one.known else ", not tested by anyone we know")
        + f" [{one.source}]"
        for one in answer.instruments
    )
    power = kept and "; ".join(
        f"{say.figures(row['change'])} {answer.unit}: {say.number(100 * row['chance'])} % in the "
        "time planned"
        for row in kept.preregistered["power"]
    )
    rules = kept and " ".join(kept.preregistered["stop_rules"])
    looks = "" if kept is None else f"{len(kept.looks)} looks behind the seal are on record. "
    return (
        filled(
            "6a.1",
            part,
            "outcomes, how and when they were read",
            f"Primary: {answer.label} [{answer.unit}], each night. No secondary outcome.",
        ),
        filled("6a.2", part, "how good the instruments are", known),
        or_absent(
            "6b",
            part,
            "outcomes that were changed",
            kept and f"None: {answer.measure} was preregistered and analysed.",
            "whether the outcome was fixed beforehand",
        ),
        or_absent(
            "7a",
            part,
            "how the size of the trial was found",
            kept and f"Simulated power: {power}.",
            "how many nights were planned, and why",
        ),
        filled(
            "7b",
            part,
            "looks on the way, and when to stop",
            f"{looks}An early verdict needs evidence of 200 to 1, valid at every look; now it is "
            f"{say.figures(answer.evidence, 2)} to 1. {rules or ''}".strip(),
        ),
    )


def _blinded(ran: Ran) -> str:
    """Who did not know, and how often the seal was opened before the end."""
    if ran.blinding == "open":
        return "Nobody."
    if ran.kept is None:
        return "The person, if nobody told."
    opened = sum(not one.reason.startswith(AT_THE_END) for one in ran.kept.looks)
    return f"The person. Looks behind the seal before the end: {opened}."


def _drawing(ran: Ran, answer: AnalysisAnswer) -> tuple[Item, ...]:
    """How the order was drawn, kept and hidden; how nights were compared."""
    part, kept, dealt = "Methods", ran.kept, ran.allocation
    blind = ran.blinding == "capsules"
    letter = next(one for one, arm in dealt.letters.items() if arm == "the plan")
    who = "A helper filled the bottles. " if blind else ""
    checked = ", ".join(one.about for one in answer.checks)
    return (
        or_absent(
            "8a",
            part,
            "how the order was drawn",
            kept and f"At random, by {dealt.algorithm}, with seed {kept.seed}.",
            "how the order was drawn",
        ),
        filled("8b", part, "restrictions of the drawing", "Blocks of two periods, one of each."),
        filled(
            "8c",
            part,
            "the whole intended order",
            f"{''.join(dealt.periods)}; {letter} is the plan.",
        ),
        or_absent(
            "9",
            part,
            "how the order was hidden",
            kept
            and "Sealed in the store with its hash in the preregistration; each "
            "opening is written down.",
            "how the order was hidden",
        ),
        or_absent(
            "10",
            part,
            "who drew, enrolled and assigned",
            kept and f"The program drew. The person enrolled themself. {who}".strip(),
            "who drew the order, and who gave the doses",
        ),
        filled("11a", part, "who was blinded", _blinded(ran)),
        absent("11b", part, "how alike the two were", "how alike the capsules looked and tasted")
        if blind
        else not_applicable("11b", part, "how alike the two were", "It was open."),
        filled(
            "12a",
            part,
            "how nights were compared",
            "A Bayesian regression on exposure to the plan, calibrated by simulated trials of "
            "this design; a randomisation test beside it.",
        ),
        not_applicable("12b", part, "how several persons were put together", "One person."),
        filled(
            "12c",
            part,
            "carry-over, periods, likeness of nights in a row",
            f"Carry-over by its half-life, a trend, weekdays, and correlated noise. "
            f"Checked: {checked}.",
        ),
    )
