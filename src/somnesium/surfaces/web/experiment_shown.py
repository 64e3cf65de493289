"""Experiments as pages show them: tables, figures, files to take along, and what is remembered."""

import io
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from somnesium import say
from somnesium.surfaces.web.drawings import Drawing, Table, svg

if TYPE_CHECKING:
    from somnesium.questions.experiment.analyse import AnalysisAnswer
    from somnesium.questions.experiment.ran import Ran

_KEPT = 8


class Analysed(NamedTuple):
    """An experiment as it was analysed, and the answer."""

    ran: "Ran"
    answer: "AnalysisAnswer"


class Remembered:
    """What one server remembers until it ends: the newest verdicts, and unprinted helper's sheets.

    A verdict is opened by a deliberate step, which is written down. Reading it again is no new
    look, so it is kept here; the store holds no answers.
    """

    def __init__(self) -> None:
        """Nothing was looked at, nothing is to be printed."""
        self._lock = Lock()
        self._verdicts: OrderedDict[int, Analysed] = OrderedDict()
        self._unprinted: set[int] = set()

    def keep(self, number: int, found: Analysed) -> None:
        """Remember a verdict instead of the earlier one."""
        with self._lock:
            self._verdicts.pop(number, None)
            self._verdicts[number] = found
            while len(self._verdicts) > _KEPT:
                self._verdicts.popitem(last=False)

    def find(self, number: int) -> Analysed | None:
        """The last verdict of an experiment."""
        return self._verdicts.get(number)

    def begun(self, number: int) -> None:
        """The helper's sheet of a new experiment may be printed once."""
        with self._lock:
            self._unprinted.add(number)

    def unprinted(self, number: int) -> bool:
        """Whether the helper's sheet has not been printed yet."""
        return number in self._unprinted

    def printed(self, number: int) -> bool:
        """Say that it is printed now; whether it had not been."""
        with self._lock:
            first = number in self._unprinted
            self._unprinted.discard(number)
            return first


def zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """Files as one zip, all of a moment: the same files are the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), content)
    return out.getvalue()


def _digits(answer: "AnalysisAnswer") -> int:
    return 0 if answer.unit == "min" else 1


def priors(answer: "AnalysisAnswer") -> Table:
    """The effect under each prior, side by side."""
    head = (
        f"change of {answer.label}, {answer.unit}",
        "mean, 95 %",
        "any gain",
        f"gain of {say.figures(answer.worthwhile)} or more",
        "verdict",
    )
    rows = tuple(
        (
            one.prior,
            say.estimate(one.mean, one.interval95, _digits(answer), sign=True),
            say.chance(one.better),
            say.chance(one.enough),
            one.verdict,
        )
        for one in answer.beliefs
    )
    return Table(head, rows)


def varied(answer: "AnalysisAnswer") -> Table:
    """The effect with one choice changed at a time."""
    rows = tuple(
        (
            one.what,
            one.why_not
            if one.mean is None or one.interval95 is None
            else say.estimate(one.mean, one.interval95, _digits(answer), sign=True),
        )
        for one in answer.sensitivity
    )
    return Table(("with another choice", f"mean, 95 %, {answer.unit}"), rows)


def _nights(answer: "AnalysisAnswer") -> Table:
    """Every night behind the figure; what is missing is called so."""
    head = (
        "evening",
        "period",
        "plan",
        "share taken",
        *(one.instrument for one in answer.instruments),
    )
    rows = tuple(
        (
            one.evening.isoformat(),
            f"{one.period + 1}",
            "yes" if one.on_plan else "no",
            "not told" if one.taken is None else say.figures(one.taken),
            *(say.number(value, missing="missing") for value in one.values),
        )
        for one in answer.series
    )
    return Table(head, rows)


def drawings(answer: "AnalysisAnswer", sealed: bool) -> list[Drawing]:
    """The figures; while the seal is shut not that of the nights, which shows what was taken."""
    from somnesium.surfaces.figures.analysis import effect_chart, nights_chart

    title = f"What the nights say of {answer.label}"
    found = [Drawing("effect", title, svg(effect_chart(answer), "effect", title), priors(answer))]
    if not sealed:
        title = f"Your {len(answer.series)} nights, one by one"
        picture = svg(nights_chart(answer), "nights", title)
        found.append(Drawing("nights", title, picture, _nights(answer)))
    return found


def verdict_file(name: str, found: Analysed) -> tuple[str, str] | None:
    """The text of a file of a verdict and its media type; None if there is no such file."""
    from somnesium.questions.experiment.cent import cent, cent_text
    from somnesium.questions.experiment.pooling import summary_of

    if name == "analysis.json":
        return found.answer.model_dump_json(indent=2) + "\n", "application/json"
    if name == "summary.json":
        return summary_of(found.answer).model_dump_json(indent=2) + "\n", "application/json"
    if name == "cent.md":
        return cent_text(cent(*found)), "text/markdown"
    if name == "cent.json":
        return cent(*found).model_dump_json(indent=2) + "\n", "application/json"
    return None
