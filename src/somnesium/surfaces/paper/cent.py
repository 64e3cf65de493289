"""A CENT 2015 report as texts to be set: every item of the checklist, and periods as a table."""

from typing import TYPE_CHECKING, Any

import numpy as np

from somnesium import say
from somnesium.surfaces.paper.letters import clipped, printable
from somnesium.surfaces.paper.plan_words import citations

if TYPE_CHECKING:
    from somnesium.questions.experiment.analyse import AnalysisAnswer
    from somnesium.questions.experiment.cent import CentReport

_TITLE, _LONGEST = 100, 4000


def _sections(found: "CentReport") -> list[dict[str, Any]]:
    """Items by section, in their order."""
    sections: dict[str, list[list[str]]] = {}
    for one in found.items:
        told = clipped(one.text, _LONGEST)
        row = [one.number, printable(one.asks), one.status, told]
        sections.setdefault(one.section, []).append(row)
    return [{"name": name, "items": items} for name, items in sections.items()]


def _periods(answer: "AnalysisAnswer") -> list[list[str]]:
    """Each period: nights, nights read by the first instrument, their mean."""
    rows = []
    for period in sorted({one.period for one in answer.series}):
        own = [one for one in answer.series if one.period == period]
        read = [one.values[0] for one in own if one.values[0] is not None]
        arm = "plan" if own[0].on_plan else clipped(answer.comparison, 40)
        mean = say.number(float(np.mean(read))) if read else "none"
        dates = f"{own[0].evening} to {own[-1].evening}"
        rows.append([str(period + 1), arm, dates, f"{len(read)} of {len(own)}", mean])
    return rows


def _priors(answer: "AnalysisAnswer") -> list[list[str]]:
    """The effect under each prior."""
    digits = 0 if answer.unit == "min" else 1
    return [
        [
            printable(one.prior),
            say.estimate(one.mean, one.interval95, digits, sign=True),
            say.chance(one.better),
            say.chance(one.enough),
            one.verdict,
        ]
        for one in answer.beliefs
    ]


def cent_texts(found: "CentReport", answer: "AnalysisAnswer") -> dict[str, Any]:
    """Everything of the report but the figures."""
    title = f"{answer.name or 'A self-experiment'}: an N-of-1 trial of {answer.plan}"
    return {
        "title": clipped(title, _TITLE),
        "counts": f"Report by CENT 2015: {found.filled} items are filled, {found.absent} absent "
        f"and {found.not_applicable} not applicable. Absent items say what to add.",
        "summary": [clipped(text, _LONGEST) for text in answer.summary],
        "sections": _sections(found),
        "periods": _periods(answer),
        "periods_head": [
            "Period",
            "Arm",
            "Evenings",
            "Nights read",
            f"Mean, {answer.unit}, by {answer.instruments[0].instrument}",
        ],
        "priors": _priors(answer),
        "priors_head": [
            "Prior",
            f"Effect, {answer.unit}, 95 % interval",
            "Any gain",
            f"{say.figures(answer.worthwhile)} {answer.unit} or more",
            "Verdict",
        ],
        "sources": citations(found.sources),
    }
