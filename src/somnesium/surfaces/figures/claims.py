"""The figure of a claim: one definition for lines and bars, drawn from the answer alone."""

from pathlib import Path
from typing import Any

import altair as alt

from somnesium import say
from somnesium.answers.claims.claim import Picture
from somnesium.questions.claims import ClaimAnswer, ClaimsAnswer
from somnesium.surfaces.figures.charts import INK, WITH, WITHOUT, styled, write_charts

_WIDTH, _HEIGHT, _STEP = 480, 260, 22
_COLOURS = (WITH, "#b5546c", "#c98b2d", "#5f8f6b", WITHOUT, "#7b5ea7")


def _rows(picture: Picture) -> list[dict]:
    return [
        {
            "series": p.series,
            "x": p.x,
            "y": p.y,
            "low": p.y if p.low is None else p.low,
            "high": p.y if p.high is None else p.high,
        }
        for p in picture.points
    ]


def _colour(picture: Picture) -> Any:  # noqa: ANN401 - an Altair channel
    names = list(dict.fromkeys(p.series for p in picture.points))
    scale = alt.Scale(domain=names, range=[_COLOURS[k % len(_COLOURS)] for k in range(len(names))])
    legend = alt.Legend(title=None, orient="top", labelLimit=260) if len(names) > 1 else None
    return alt.Color("series:N", scale=scale, legend=legend)


def _lines(picture: Picture) -> Any:  # noqa: ANN401 - an Altair chart
    """Series against a number, each with a band."""
    base = alt.Chart(alt.Data(values=_rows(picture))).encode(
        x=alt.X("x:Q", title=picture.x, scale=alt.Scale(zero=False, nice=False)),
        color=_colour(picture),
    )
    scale = alt.Scale(zero=False)
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low:Q", title=picture.y, scale=scale), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2, point=len(picture.points) <= 40).encode(
        y=alt.Y("y:Q", title=picture.y, scale=scale)
    )
    marks = [band, line]
    limits = [one for one in picture.limits if one.label]
    if limits:
        rows = [{"v": one.value, "label": one.label} for one in limits]
        rule = alt.Chart(alt.Data(values=rows))
        marks.append(rule.mark_rule(color=INK, strokeDash=[4, 3]).encode(y="v:Q"))
        marks.append(
            rule.mark_text(align="left", x=4, dy=-6, color=INK, fontSize=10).encode(
                y="v:Q", text="label:N"
            )
        )
    return alt.layer(*marks).properties(width=_WIDTH, height=_HEIGHT)


def _bars(picture: Picture) -> Any:  # noqa: ANN401 - an Altair chart
    """A bar with an interval for each word, in the order given."""
    base = alt.Chart(alt.Data(values=_rows(picture)))
    y = alt.Y(
        "x:N", sort=None, title=None, axis=alt.Axis(labelLimit=330, domain=False, ticks=False)
    )
    bars = base.mark_bar(height=12).encode(
        x=alt.X("y:Q", title=picture.y), y=y, color=_colour(picture)
    )
    whisker = base.mark_rule(color=INK, strokeWidth=1.3).encode(x="low:Q", x2="high:Q", y=y)
    marks = [bars, whisker]
    if picture.limits:
        rows = [{"v": one.value} for one in picture.limits]
        rule = alt.Chart(alt.Data(values=rows))
        marks.append(rule.mark_rule(color=INK, strokeDash=[4, 3]).encode(x="v:Q"))
    words = len({p.x for p in picture.points})
    return alt.layer(*marks).properties(width=_WIDTH, height=_STEP * max(words, 3))


def _foot(one: ClaimAnswer, version: str) -> list[str]:
    limits = [
        f"{limit.label} ({say.figures(limit.value)})" for limit in one.picture.limits if limit.label
    ]
    dashed = f"Dashed: {', '.join(limits)}. " if limits else ""
    return [
        f"{dashed}Intervals: {one.picture.intervals}.",
        f"Somnesium {version} · simulated, not measured · {one.command}",
    ]


def claim_chart(one: ClaimAnswer, version: str) -> Any:  # noqa: ANN401
    """The picture of one claim with its verdict: an Altair chart."""
    chart = _lines(one.picture) if one.picture.marks == "line" else _bars(one.picture)
    subtitle = f"“{one.claim}” – {one.verdict}."
    return styled(chart, one.picture_title, subtitle, _foot(one, version), _WIDTH, 16)


def save_figures(answer: ClaimsAnswer, folder: Path) -> tuple[Path, ...]:
    """Write `C01.png`, `C01.svg` and so on; `InvalidInput` if the folder cannot be written to."""
    charts = {one.key: claim_chart(one, answer.model_version) for one in answer.claims}
    return write_charts(charts, folder)
