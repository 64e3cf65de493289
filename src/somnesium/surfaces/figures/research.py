"""Figures of what many virtual people answer: a population's sleep, and a trial's size."""

from typing import Any

import altair as alt

from somnesium import say
from somnesium.questions.population import PopulationAnswer
from somnesium.questions.trial.trial import TrialAnswer
from somnesium.surfaces.figures.charts import INK, WITH, WITHOUT, styled

_WIDTH, _STEP, _HEIGHT = 460, 26, 220
_WORLDS = {"without": "without the plan", "with": "with the plan"}
_FEWEST = 20
"""People below which a group is not drawn (judgement#too-few-to-tell-a-spread)."""


def _named(group: dict[str, str]) -> str:
    """A group in words."""
    said = {"insomnia": "insomnia: {}", "age": "age {}", "sex": "{}"}
    return ", ".join(said[name].format(one) for name, one in group.items()) or "everyone"


def population_rows(answer: PopulationAnswer, measure: str = "duration") -> list[dict[str, Any]]:
    """Quantiles of people's means of one measure, by group of one kind and world."""
    return [
        {
            "group": _named(group.group),
            "world": words,
            "people": spread.number,
            **{name: spread.quantiles[name] for name in ("p05", "p25", "p50", "p75", "p95")},
        }
        for group in answer.groups
        if len(group.group) < 2
        for world, words in _WORLDS.items()
        if (spread := group.means.get(world, {}).get(measure)) and spread.number >= _FEWEST
    ]


def population_chart(answer: PopulationAnswer, measure: str = "duration") -> Any:  # noqa: ANN401
    """How people's means of a measure are spread, by group: an Altair chart."""
    rows = population_rows(answer, measure)
    base = alt.Chart(alt.Data(values=rows))
    both = len({row["world"] for row in rows}) > 1
    colour = alt.Color(
        "world:N",
        scale=alt.Scale(domain=list(_WORLDS.values()), range=[WITHOUT, WITH]),
        legend=alt.Legend(title=None) if both else None,
    )
    order = list(dict.fromkeys(row["group"] for row in rows))
    y = alt.Y("group:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False))
    offset = alt.YOffset("world:N", sort=list(_WORLDS.values()))
    unit = answer.units[measure]
    x = alt.X("p05:Q", title=f"mean of a person, {unit}", scale=alt.Scale(zero=False))
    line = base.mark_rule(strokeWidth=1.5).encode(
        x=x, x2="p95:Q", y=y, yOffset=offset, color=colour
    )
    bar = base.mark_rule(strokeWidth=6).encode(
        x="p25:Q", x2="p75:Q", y=y, yOffset=offset, color=colour
    )
    dot = base.mark_point(filled=True, size=45, color=INK).encode(x="p50:Q", y=y, yOffset=offset)
    chart = (line + bar + dot).properties(width=_WIDTH, height=_STEP * max(1, len(order)))
    foot = [
        "Dots: medians. Thick: the middle half of people. Thin: 9 of 10 people.",
        f"Somnesium {answer.model_version} · simulated, not measured",
    ]
    title = "How people sleep" if measure == "duration" else measure.replace("_", " ")
    subtitle = f"{say.count(answer.people)} virtual people over {answer.days} days"
    return styled(chart, title, subtitle, foot, _WIDTH)


def found_chart(answer: TrialAnswer) -> Any:  # noqa: ANN401 - an Altair chart
    """What one such trial would publish of its primary endpoint: an Altair chart."""
    one = answer.performance[0]
    low, high = one.middle95 or (0.0, 0.0)
    row = {"low": low, "high": high, "mean": one.mean.value, "truth": one.truth.value}
    base, zero = alt.Chart(alt.Data(values=[row])), alt.Chart(alt.Data(values=[{"x": 0.0}]))
    x = alt.X("low:Q", title=f"difference, {one.unit}", scale=alt.Scale(zero=False))
    line = base.mark_rule(strokeWidth=6, color=WITH).encode(x=x, x2="high:Q")
    dot = base.mark_point(filled=True, size=70, color=INK).encode(x="mean:Q")
    true = base.mark_point(shape="diamond", size=110, color=INK).encode(x="truth:Q")
    none = zero.mark_rule(color=WITHOUT, strokeDash=[4, 3]).encode(x="x:Q")
    chart = (none + line + dot + true).properties(width=_WIDTH, height=2 * _STEP)
    foot = [
        "Bar: 95 of 100 estimates. Dot: their mean. Diamond: the true effect. Dashed: no effect.",
        f"Somnesium {answer.model_version} · simulated, not measured",
    ]
    subtitle = f"{say.count(answer.replicates)} virtual trials of {say.count(answer.people)} people"
    return styled(chart, f"What such a trial finds: {one.endpoint}", subtitle, foot, _WIDTH)


def size_chart(answer: TrialAnswer) -> Any:  # noqa: ANN401 - an Altair chart
    """Power against the number of people, with its Monte-Carlo error: an Altair chart."""
    if answer.size is None:
        raise ValueError("the answer holds no search for a size")
    rows = [
        {
            "people": one.people,
            "power": one.power,
            "low": max(0.0, one.power - one.error),
            "high": min(1.0, one.power + one.error),
        }
        for one in answer.size.tried
    ]
    base = alt.Chart(alt.Data(values=rows))
    x = alt.X("people:Q", title="people randomised", scale=alt.Scale(zero=False))
    y = alt.Y("low:Q", title="power", scale=alt.Scale(domain=[0, 1]))
    whisker = base.mark_rule(color=WITH).encode(x=x, y=y, y2="high:Q")
    dot = base.mark_point(filled=True, size=55, color=WITH).encode(x=x, y="power:Q")
    wanted = alt.Chart(alt.Data(values=[{"power": answer.size.power}]))
    rule = wanted.mark_rule(color=INK, strokeDash=[4, 3]).encode(y="power:Q")
    chart = (whisker + dot + rule).properties(width=_WIDTH, height=_HEIGHT)
    foot = [
        "Dots: shares of virtual trials with p below alpha, ± one Monte-Carlo error.",
        f"Dashed: the power asked for. Somnesium {answer.model_version} · simulated",
    ]
    found = answer.size.people
    subtitle = "more than can be tried" if found is None else f"about {say.count(found)} people"
    return styled(
        chart, f"People for a power of {say.figures(answer.size.power)}", subtitle, foot, _WIDTH
    )
