"""Reports as PDF, set by typst: tagged, with its embedded fonts only, the same bytes for the same
day. What people wrote goes in as data and is never read as markup."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from somnesium.errors import MissingPart
from somnesium.surfaces.figures.report import analysis_figures, effects_figure, recorded_figure
from somnesium.surfaces.paper.cent import cent_texts
from somnesium.surfaces.paper.plan_words import back_page
from somnesium.surfaces.paper.words import front_page

if TYPE_CHECKING:
    from somnesium.questions.experiment.analyse import AnalysisAnswer
    from somnesium.questions.experiment.cent import CentReport
    from somnesium.questions.report.report import ReportAnswer

_TEMPLATES = Path(__file__).with_name("templates")


def _set(template: str, texts: dict[str, Any], made: date) -> bytes:
    """A template filled with texts, as PDF/UA-1."""
    typst = MissingPart.load("typst", "report", "report: it needs typst")
    data = json.dumps({"made": [made.year, made.month, made.day], **texts}, ensure_ascii=False)
    found = typst.compile(
        str(_TEMPLATES / template),
        root=str(_TEMPLATES),
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=datetime.combine(made, time(), UTC),
    )
    assert isinstance(found, bytes)
    return found


def _day(made: date) -> str:
    """`21 November 2026`."""
    return f"{made.day} {made:%B} {made.year}"


def report_pdf(answer: "ReportAnswer") -> bytes:
    """The two pages for a doctor or pharmacist; `MissingPart` without typst."""
    forecast, nights = answer.forecast, answer.nights
    foot = (
        f"Somnesium {answer.model_version} · {_day(answer.made)} · made from what the person "
        "told · simulated, not measured · no medical advice"
    )
    texts = {
        "title": "Magnesium and sleep: a report for a doctor or pharmacist",
        "day": _day(answer.made),
        "foot": foot,
        **front_page(answer),
        **back_page(answer),
        "effects": None if forecast is None else effects_figure(forecast)._asdict(),
        "recorded": None if nights is None else recorded_figure(nights)._asdict(),
    }
    return _set("doctor.typ", texts, answer.made)


def cent_pdf(found: "CentReport", analysis: "AnalysisAnswer", made: date) -> bytes:
    """The report of one experiment by CENT 2015; `MissingPart` without typst."""
    figures = [one._asdict() for one in analysis_figures(analysis)]
    foot = f"Somnesium {found.model_version} · {_day(made)} · measured nights · no medical advice"
    texts = {"day": _day(made), "foot": foot, "figures": figures, **cent_texts(found, analysis)}
    return _set("cent.typ", texts, made)
