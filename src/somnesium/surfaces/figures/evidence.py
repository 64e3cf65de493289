"""Forest and contour-funnel plots of pooled evidence, as PNG and SVG."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt

from somnesium import say
from somnesium.questions.evidence.answer import EvidenceAnswer, Synthesis, TableAnswer
from somnesium.surfaces.figures.charts import INK, WITH, styled, write_charts

_WIDTH, _TEXT = 420, 170
_MOST_SHOWN = 60
_CONTOURS = ((2.576, "#e3e6ea"), (1.960, "#cfd5dc"), (1.645, "#fcfcfa"))


def _styled(chart: Any, version: str, title: str, subtitle: str) -> Any:  # noqa: ANN401
    """The theme, with a footer that says what was measured."""
    foot = f"Somnesium {version} · published trials, pooled by us · not medical advice"
    return styled(chart, title, subtitle, foot, _WIDTH, 16)


def _said(estimate: float, low: float, high: float) -> str:
    return f"{say.figures(estimate, 3)} ({say.figures_span((low, high), 3)})"


def _forest_rows(found: Synthesis) -> list[dict]:
    """Studies, the largest shares if there are very many, then mean, prediction and Bayes."""
    shown = sorted(found.studies, key=lambda one: -one.share)[:_MOST_SHOWN]
    kept = {id(one) for one in shown}
    rows = [
        {
            "row": f"{number}",
            "label": one.study,
            "mean": one.yi,
            "low": one.interval95[0],
            "high": one.interval95[1],
            "share": one.share,
            "kind": "study",
            "text": _said(one.yi, *one.interval95),
        }
        for number, one in enumerate(found.studies)
        if id(one) in kept
    ]
    pooled = found.pooled
    more = [(f"mean ({pooled.method}, {pooled.interval})", pooled.estimate, pooled.interval95)]
    if pooled.prediction95 is not None:
        more.append(("a next trial", pooled.estimate, pooled.prediction95))
    if found.bayes:
        first = found.bayes[0]
        more.append((f"Bayes, {first.prior}", first.median, first.interval95))
    rows += [
        {
            "row": label,
            "label": label,
            "mean": mean,
            "low": low,
            "high": high,
            "share": 0.0,
            "kind": "pooled",
            "text": _said(mean, low, high),
        }
        for label, mean, (low, high) in more
    ]
    return rows


def forest(found: Synthesis, version: str, title: str, unit: str) -> Any:  # noqa: ANN401
    """Every study with its interval, the square as large as its share; below, the pool."""
    rows = _forest_rows(found)
    order = [row["row"] for row in rows]
    names = {row["row"]: row["label"] for row in rows}
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "row:N",
            sort=order,
            title=None,
            scale=alt.Scale(domain=order),
            axis=alt.Axis(
                labelLimit=240, labelExpr=_label_expression(names), ticks=False, domain=False
            ),
        )
    )
    colour = alt.condition("datum.kind == 'pooled'", alt.value(WITH), alt.value(INK))
    thick = alt.condition("datum.kind == 'pooled'", alt.value(4), alt.value(1.3))
    x = alt.X("low:Q", title=f"magnesium minus control, {unit}" if unit else "difference")
    zero = alt.Chart(alt.Data(values=[{"z": 0}])).mark_rule(color="#a9a8a2").encode(x="z:Q")
    squares = (
        base.transform_filter("datum.kind == 'study'")
        .mark_square(color=INK, opacity=1)
        .encode(x="mean:Q", size=alt.Size("share:Q", scale=alt.Scale(range=[20, 260]), legend=None))
    )
    diamonds = (
        base.transform_filter("datum.kind == 'pooled'")
        .mark_point(shape="diamond", filled=True, size=150, color=WITH, opacity=1)
        .encode(x="mean:Q")
    )
    text = base.mark_text(align="left", color=INK, fontSize=11).encode(
        x=alt.value(_WIDTH + 14), text="text:N"
    )
    chart = alt.layer(
        zero,
        base.mark_rule().encode(x=x, x2="high:Q", color=colour, strokeWidth=thick),
        squares,
        diamonds,
        text,
    ).properties(width=_WIDTH, height=22 * len(rows))
    hidden = len(found.studies) - sum(1 for row in rows if row["kind"] == "study")
    rest = f"; {hidden} smaller studies not drawn" if hidden else ""
    return _styled(
        chart, version, title, f"Squares: share of the mean; lines: 95 % intervals{rest}"
    )


def _label_expression(names: Mapping[str, str]) -> str:
    """A Vega expression that turns row keys into labels, so that two studies may share a name."""
    import json

    return f"({json.dumps(dict(names), ensure_ascii=False)})[datum.value]"


def funnel(found: Synthesis, version: str, title: str, unit: str) -> Any:  # noqa: ANN401
    """Differences against their standard errors, with the p values they would have against zero."""
    most = 1.1 * max(one.se for one in found.studies)
    y = alt.Y("se:Q", title="standard error", scale=alt.Scale(domain=[0, most], reverse=True))
    layers: list[Any] = []
    for z, colour in _CONTOURS:
        edges = [{"se": se, "low": -z * se, "high": z * se} for se in (0.0, most)]
        layers.append(
            alt.Chart(alt.Data(values=edges))
            .mark_area(color=colour, opacity=1, orient="horizontal")
            .encode(y=y, x="low:Q", x2="high:Q")
        )
    mean = alt.Chart(alt.Data(values=[{"m": found.pooled.estimate}]))
    layers.append(mean.mark_rule(color=WITH, strokeDash=[5, 3]).encode(x="m:Q"))
    rows = [{"yi": one.yi, "se": one.se, "study": one.study} for one in found.studies]
    layers.append(
        alt.Chart(alt.Data(values=rows))
        .mark_point(filled=True, color=INK, size=55, opacity=1)
        .encode(
            x=alt.X("yi:Q", title=f"magnesium minus control, {unit}" if unit else "difference"), y=y
        )
    )
    chart = alt.layer(*layers).properties(width=_WIDTH + _TEXT, height=300)
    return _styled(
        chart,
        version,
        title,
        "Inner zone: p over 0.1; next 0.05 to 0.1; next 0.01 to 0.05; dashed: the mean",
    )


def _charts(answer: TableAnswer | EvidenceAnswer) -> dict[str, Any]:
    """Every figure of an answer by its file name."""
    version = answer.model_version
    if isinstance(answer, TableAnswer):
        title = f"{answer.table}: {answer.pooled.k} studies"
        charts = {"forest": forest(answer, version, title, "")}
        if answer.pooled.k > 1:
            charts["funnel"] = funnel(answer, version, title, "")
        return charts
    charts = {}
    for one in answer.endpoints:
        if one.synthesis is None:
            continue
        name = one.endpoint + ("_blend" if one.blend else "")
        title = one.meaning[0].upper() + one.meaning[1:] + (", blends" if one.blend else "")
        charts[f"forest_{name}"] = forest(one.synthesis, version, title, one.unit)
        if one.synthesis.pooled.k > 1:
            charts[f"funnel_{name}"] = funnel(one.synthesis, version, title, one.unit)
    return charts


def save_evidence_figures(answer: TableAnswer | EvidenceAnswer, folder: Path) -> tuple[Path, ...]:
    """Write every figure as PNG and SVG; `InvalidInput` if the folder cannot be written to."""
    return write_charts(_charts(answer), folder)
