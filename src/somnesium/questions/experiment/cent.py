"""A report of one experiment by CENT 2015: every item filled, absent, or not applicable.

CENT 2015 extends CONSORT to trials in one person (vohra2015, shamseer2015). Its items stand in
`cent.toml` in our own words; here is what fills them. What is absent says what is missing, so that
it can be added by hand.
"""

from collections import Counter
from typing import Literal

import numpy as np

from somnesium import say
from somnesium.person.document import Document
from somnesium.questions.experiment.analyse import AnalysisAnswer
from somnesium.questions.experiment.ran import AT_THE_END, Kept, Ran
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.sources import cite, packaged_toml


class CentItem(Document):
    """An item of the checklist: its number, what it asks in our words, and the answer.

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
    facts = _facts(ran, answer) | _results(answer) | _stored(ran.kept)
    items = tuple(
        _item(number, section, item, ran, {"ran": ran, "answer": answer, **facts})
        for section, checklist in packaged_toml("cent.toml").items()
        for number, item in checklist.items()
    )
    counts = Counter(item.status for item in items)
    keys = ("vohra2015", "shamseer2015")
    return CentReport(
        cautions=answer.cautions,
        sources=(*(Source(**cite(key)) for key in keys), *answer.sources),
        model_version=answer.model_version,
        items=items,
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
    for item in report.items:
        if item.section != section:
            section = item.section
            lines.append(f"| | **{section}** | |")
        text = item.text.replace("|", "\\|").replace("\n", " ")
        status = "" if item.status == "filled" else f"*{item.status.capitalize()}.* "
        lines.append(f"| {item.number} | {item.asks} | {status}{text} |")
    lines += ["", "Sources: " + "; ".join(source.citation for source in report.sources[:2])]
    return "\n".join(lines) + "\n"


def _item(
    number: str, section: str, item: dict[str, str], ran: Ran, facts: dict[str, object]
) -> CentItem:
    """One item of `cent.toml`, filled in as far as it can be."""
    if "why_not" in item and not ("missing" in item and ran.blinding == "capsules"):
        status, text = "not applicable", item["why_not"]
    elif "text" in item and (ran.kept is not None or "store" not in item):
        status, text = "filled", item["text"].format_map(facts).strip()
    else:
        status, text = "absent", f"Missing: {item['missing'].format_map(facts)}."
    return CentItem(number=number, section=section, asks=item["asks"], status=status, text=text)


def _facts(ran: Ran, answer: AnalysisAnswer) -> dict[str, object]:
    """How the experiment was carried out."""
    blind = ran.blinding == "capsules"
    if not blind:
        blinded = "Nobody."
    elif ran.kept is None:
        blinded = "The person, if nobody told."
    else:
        opened = sum(not look.reason.startswith(AT_THE_END) for look in ran.kept.looks)
        blinded = f"The person. Looks behind the seal before the end: {opened}."
    limits = " ".join(answer.notes)
    if not blind:
        limits += " It was open, so hope is part of the effect."
    unfinished = f"After {answer.nights} of {answer.planned_nights} nights it is not over, or was"
    letters = ran.allocation.letters
    return {
        "title": ran.name or "A self-experiment",
        "summary": " ".join(answer.summary),
        "planned": len(ran.allocation.periods),
        "order": "".join(ran.allocation.periods),
        "plan_letter": next(letter for letter in letters if letters[letter] == "the plan"),
        "who_filled": "A helper filled the bottles." if blind else "",
        "blinded": blinded,
        "instruments": ", ".join(each.instrument for each in answer.instruments),
        "noise": "; ".join(
            f"{each.instrument}: noise {say.figures(each.noise)} {answer.unit} a night"
            + ("" if each.known else ", not tested by anyone we know")
            + f" [{each.source}]"
            for each in answer.instruments
        ),
        "worthwhile": say.figures(answer.worthwhile),
        "half_life": say.number(answer.half_life_nights, 1),
        "ended": "As planned." if ran.finished else f"{unfinished} stopped.",
        "limits": limits.strip() or "None was found by the checks.",
    }


def _results(answer: AnalysisAnswer) -> dict[str, object]:
    """What came out: nights and means of arms and periods, and every other analysis."""
    unit, alone = answer.unit, answer.beliefs[0]
    failed = [check.about for check in answer.checks if not check.passed]
    arms, means = [], []
    for on_plan, name in ((True, "the plan"), (False, answer.comparison)):
        nights = [night for night in answer.series if night.on_plan is on_plan]
        read = [night for night in nights if any(value is not None for value in night.values)]
        periods = len({night.period for night in read})
        arms.append(f"{name}: {len(read)} of {len(nights)} nights in {periods} periods")
    for period in sorted({night.period for night in answer.series}):
        nights = [night for night in answer.series if night.period == period]
        first = [night.values[0] for night in nights if night.values[0] is not None]
        name = "plan" if nights[0].on_plan else answer.comparison
        mean = say.number(float(np.mean(first)), unit=unit) if first else "no reading"
        means.append(f"{period + 1} ({name}) {mean}, {len(first)} nights")
    return {
        "effect": say.number(alone.mean, 1, unit),
        "interval": say.span(alone.interval95, 1),
        "baseline": say.number(answer.baseline, unit=unit),
        "persistence": say.number(answer.persistence, 2),
        "evidence": say.figures(answer.evidence, 2),
        "p": say.number(answer.randomisation_p, 3),
        "least_p": say.number(answer.randomisation_least, 3),
        "last": answer.series[-1],
        "missing_nights": answer.nights - answer.measured,
        "checked": ", ".join(check.about for check in answer.checks),
        "failed": ", ".join(failed) or "none",
        "arms": "; ".join(arms),
        "means": "; ".join(means),
        "priors": "; ".join(
            f"{b.prior}: {say.number(b.mean, 1)}, {b.verdict}" for b in answer.beliefs
        ),
        "beside": "; ".join(f"{b.prior} would say {b.verdict}" for b in answer.beliefs[1:]),
        "changed": "; ".join(
            f"{varied.what}: {say.estimate(varied.mean, varied.interval95, 1)}"
            for varied in answer.sensitivity
            if varied.interval95 is not None
        ),
    }


def _stored(kept: Kept | None) -> dict[str, object]:
    """What only a store knows: the person, the preregistration, and how it was kept."""
    if kept is None:
        unknown = ("looks", "stop_rules", "intakes", "ledger", "sealed")
        return {"run_in": "not told", **dict.fromkeys(unknown, "")}
    plan = kept.preregistered
    person, regimen = plan["question"]["person"], plan["question"]["regimen"]
    rows = ", ".join(f"{count} {name}" for name, count in kept.ledger.items())
    body = {name: person.get(name) for name in ("age", "sex", "mass_kg", "height_cm")}
    unit = plan["design"]["unit"]
    return {
        "kept": kept,
        "short_hash": kept.hash[:12],
        "run_in": f"{plan['design']['run_in_nights']} nights",
        "conditions": ", ".join(person.get("conditions") or ["none told"]),
        "medicines": ", ".join(person.get("medicines") or ["none told"]),
        "body": "".join(f"{name} {body[name]}, " for name in body if body[name] is not None),
        "intakes": " As written: "
        + "; ".join(filter(None, map(_intake, regimen["intakes"])))
        + ".",
        "power": "; ".join(
            f"{say.figures(row['change'])} {unit}: {say.percent(row['chance'])} in the time planned"
            for row in plan["power"]
        ),
        "stop_rules": " ".join(plan["stop_rules"]),
        "looks": f"{len(kept.looks)} looks behind the seal are on record. ",
        "ledger": f" Rows of the imports used: {rows}." if rows else "",
        "sealed": f" (only its preregistration's SHA-256, {kept.hash})",
    }


def _intake(intake: dict[str, object]) -> str:
    """A line of the regimen as it was written, without what it leaves out."""
    known = {name: value for name, value in intake.items() if value is not None}
    plain = (name for name in known if not isinstance(known[name], dict | list))
    return ", ".join(f"{name} {known[name]}" for name in plain)
