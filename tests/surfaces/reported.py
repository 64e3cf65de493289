"""Reports of the examples, made once: small documents, one day."""

import io
import json
from datetime import date
from functools import cache
from pathlib import Path
from unittest.mock import patch

from typer.testing import CliRunner

from somnesium.person.request import Request, read_request
from somnesium.questions.report.report import ReportAnswer, report
from somnesium.surfaces.command.main import app
from somnesium.surfaces.paper.pdf import report_pdf

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
DAY = date(2026, 11, 21)


def small(path: Path) -> Request:
    """An example made small enough to be asked in a test."""
    table = read_request(path).model_dump(mode="json", exclude_unset=True)
    return read_request(table | {"people": 8, "days": 35})


def few_people():
    """Fewer virtual people behind the question whether magnesium is low; a context."""
    few = {"_PEOPLE": 24, "_DOUBTS": 4, "_FACTOR_PEOPLE": 8, "_FACTOR_DOUBTS": 4}
    return patch.multiple("somnesium.questions.risk.risk", **few)


@cache
def answer_of(path: Path) -> ReportAnswer:
    """The report of an example."""
    return answered(small(path))


def answered(request: Request) -> ReportAnswer:
    """The report of a document, from few people."""
    with few_people():
        return report(request, DAY)


@cache
def pdf_of(path: Path) -> bytes:
    """Its PDF."""
    return report_pdf(answer_of(path))


def told(path: Path, document: Path, command: str) -> dict:
    """What the command line says of the same document, as JSON."""
    document.write_text(small(path).model_dump_json(exclude_unset=True))
    with few_people():
        done = CliRunner().invoke(app, [command, str(document), "--format", "json"])
    return json.loads(done.stdout)


def reader(content: bytes):
    """A PDF opened."""
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """What can be selected in a PDF, in one line."""
    pages = (page.extract_text() for page in reader(content).pages)
    return " ".join(" ".join(pages).split())
