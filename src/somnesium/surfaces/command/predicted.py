"""`somnesium qualify --trials`: predicted against observed, as text and as a picture."""

import sys
from pathlib import Path
from typing import Any

import altair as alt

from somnesium import say
from somnesium.questions.predicted import PredictedRow, TrialsAnswer, predicted_trials
from somnesium.surfaces.figures.charts import INK, WITH, WITHOUT, styled, write_charts

_WIDTH = 420
_SHOWN = {True: "held", False: "missed"}


def ask_trials(seed: int, folder: Path | None) -> TrialsAnswer:
    """Live the trials, with progress on standard error."""
    shown = sys.stderr.isatty()

    def tell(name: str, done: int, of: int) -> None:
        if shown or done == of:
            end = "\n" if done == of else ""
            sys.stderr.write(("\r" if shown else "") + f"{name}: {done} of {of}{end}")
            sys.stderr.flush()

    return predicted_trials(folder, seed=seed, progress=tell)


def _verdict(row: PredictedRow) -> str:
    if row.sign_chance is not None:
        return f"{row.told}: {say.percent(row.sign_chance)} sure of the sign"
    if row.held is None:
        return row.told
    if row.published is None:
        return "null, too small to be seen" if row.held else "null, but would be seen"
    return "in the interval" if row.held else "outside the interval"


def trials_text(answer: TrialsAnswer) -> str:
    """One line a difference, the fitted trials first."""
    lines = [*answer.summary]
    named = {"calibrate": "Fitted", "held_out": "Held out"}
    for role in ("calibrate", "held_out", "describe", "distrust"):
        rows = [row for row in answer.rows if row.role == role]
        if rows:
            lines += ["", named.get(role, "Neither fitted nor held out: " + role)]
        for row in rows:
            told = row.told if row.published is None else say.figures(row.published, 3)
            low, high = row.predicted90
            lines.append(
                f"  {row.trial:<18} {row.comparison:<22} {row.endpoint:<14} published {told:>7}  "
                f"predicted {say.figures(row.mean, 3):>8} ({say.figures_span((low, high), 3)}) "
                f"{row.unit}: {_verdict(row)}"
            )
    for one in answer.coverage:
        if one.mean_width is not None:
            said = named[one.role].lower()
            lines.append(
                f"Intervals of those {said} are {say.number(one.mean_width, 1)} scales wide."
            )
    lines += ["", f"Again: {answer.command}", *(one.text for one in answer.cautions)]
    return "\n".join(lines) + "\n"


def predicted_chart(answer: TrialsAnswer) -> Any:  # noqa: ANN401 - an Altair chart
    """Published differences over the predictive intervals, in standard units of each interval."""
    rows = []
    for row in answer.rows:
        if row.published is None:
            continue
        low, high = row.predicted90
        half = (high - low) / 2.0 or 1.0
        rows.append(
            {
                "label": f"{row.trial}, {row.endpoint} ({row.comparison})",
                "low": -1.0,
                "high": 1.0,
                "published": (row.published - (low + high) / 2.0) / half,
                "role": {"calibrate": "fitted", "held_out": "held out"}.get(row.role, "neither"),
                "held": _SHOWN[bool(row.held)],
            }
        )
    base = alt.Chart(alt.Data(values=rows))
    y = alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=330, domain=False))
    x = alt.X(
        "low:Q",
        title="published, in half widths of the predictive interval",
        scale=alt.Scale(domain=[-6, 6], clamp=True),
    )
    colour = alt.Color(
        "role:N",
        scale=alt.Scale(domain=["fitted", "held out", "neither"], range=[WITHOUT, WITH, "#c98b2b"]),
    )
    bars = base.mark_bar(height=9, opacity=0.35).encode(x=x, x2="high:Q", y=y, color=colour)
    dots = base.mark_point(filled=True, size=70).encode(
        x=alt.X("published:Q"),
        y=y,
        shape=alt.Shape(
            "held:N",
            scale=alt.Scale(domain=["held", "missed"], range=["circle", "cross"]),
            legend=None,
        ),
        color=alt.value(INK),
    )
    chart = (bars + dots).properties(width=_WIDTH, height=22 * max(1, len(rows)))
    held = sum(row["held"] == "held" for row in rows)
    foot = [
        "Bars: 90 % predictive intervals. Dots: what was published; a cross missed its interval.",
        f"Somnesium {answer.model_version} · {answer.command}",
    ]
    subtitle = f"{held} of {len(rows)} published differences lie in their 90 % interval"
    return styled(chart, "Predicted against observed", subtitle, foot, _WIDTH)


def save_predicted(answer: TrialsAnswer, folder: Path) -> tuple[Path, ...]:
    """Write `predicted.png` and `.svg`; `InvalidInput` if the folder cannot be written to."""
    return write_charts({"predicted": predicted_chart(answer)}, folder)
