"""The figure of nights kept over time, drawn only from the answer."""

from typing import Any

import altair as alt

from somnesium.questions.nights.stored import NightsAnswer
from somnesium.surfaces.figures.charts import WITH, styled

_WIDTH, _HEIGHT = 600, 220
_COLOURS = (WITH, "#b5546c", "#7a9a5b", "#c98b2d", "#8a8f98")


def course_chart(answer: NightsAnswer) -> Any:  # noqa: ANN401 - an Altair chart
    """Hours asleep of every night by evening, each recorder in its colour; naps left out.

    An evening is written as a time of the clock, so that it is the same date in every time zone.
    """
    rows = [
        {
            "evening": f"{night.evening}T00:00:00",
            "hours": night.duration / 60.0,
            "recorder": night.instrument.replace("_", " "),
        }
        for day in answer.course
        for night in day.nights
        if night.duration is not None and not night.nap
    ]
    names = sorted({row["recorder"] for row in rows})
    colours = [_COLOURS[k % len(_COLOURS)] for k in range(len(names))]
    evenings = [one.evening for one in answer.course]
    span = (evenings[-1] - evenings[0]).days if evenings else 0
    every = ("day", 7) if span < 42 else ("week", 49)
    ticks = {"interval": every[0], "step": max(1, -(-span // every[1]))}
    axis, scale = alt.Axis(format="%d %b", tickCount=ticks), alt.Scale(padding=12)
    x = alt.X("evening:T", title="night of", axis=axis, scale=scale)
    y = alt.Y("hours:Q", title="asleep, hours", scale=alt.Scale(domainMin=0.0, nice=True))
    legend = alt.Legend(title=None, orient="top", symbolOpacity=1.0)
    colour = alt.Color("recorder:N", scale=alt.Scale(domain=names, range=colours), legend=legend)
    base = alt.Chart(alt.Data(values=rows)).encode(x=x, y=y, color=colour)
    points = base.mark_point(filled=True, size=40, opacity=1)
    lines = base.mark_line(strokeWidth=1, opacity=0.45)
    chart = alt.layer(lines, points).properties(width=_WIDTH, height=_HEIGHT)
    count = len({row["evening"] for row in rows})
    return styled(
        chart,
        f"{count} night{'' if count == 1 else 's'} kept",
        "Hours asleep, by recorder",
        f"Somnesium {answer.model_version} · as recorded, each with its own error",
        _WIDTH + 40,
    )
