"""Answers as text for a terminal or as Markdown; every number with its interval and unit."""

from collections.abc import Sequence

from somnesium import say
from somnesium.answers.effect import Effect
from somnesium.answers.qualification.benchmark import BenchmarkRow
from somnesium.questions.forecast.answer import ForecastAnswer

_DIGITS = {"mmol/L": 3, "mmol/d": 1, "%": 1, "points": 1, "beats/min": 1, "ms": 1}


def _effect_row(effect: Effect) -> tuple[str, ...]:
    digits = _DIGITS.get(effect.unit, 0)
    return (
        effect.label,
        say.number(effect.without, digits),
        say.number(effect.with_plan, digits),
        say.number(effect.mean, digits, sign=True),
        say.span(effect.interval90, digits, sign=True),
        effect.unit,
    )


_HEAD = ("", "without", "with", "change", "9 of 10 people like you", "unit")


def _intake_lines(answer: ForecastAnswer) -> list[str]:
    intake = answer.intake
    if intake.food_mg is None or intake.food_interval90 is None:
        food = "Magnesium from food: unknown (no table holds your foods)."
    else:
        low, high = intake.food_interval90
        food = (
            f"Magnesium from food: {say.number(intake.food_mg)} mg a day ({say.span((low, high))})."
        )
    lines = [
        food,
        f"Magnesium taken beside it: {say.number(intake.supplement_mg)} mg a day (elemental).",
    ]
    if intake.missing:
        lines.append("Not counted, magnesium unknown: " + "; ".join(intake.missing) + ".")
    return lines


def forecast_text(answer: ForecastAnswer, markdown: bool = False, width: int | None = None) -> str:
    """The whole forecast, its tables no wider than `width`."""
    title = f"Forecast for {answer.name or 'you'}: {answer.plan or 'the plan'}, {answer.days} days"
    parts = [say.section(title, markdown), "\n".join(answer.summary)]
    if answer.cautions:
        parts.append(say.section("Before you start", markdown))
        parts.append("\n".join(f"- {caution.text}" for caution in answer.cautions))
    parts += [say.section("Magnesium in", markdown), "\n".join(_intake_lines(answer))]
    parts.append(say.section("What changes (mean of the last 14 nights)", markdown))
    parts.append(
        say.table(_HEAD, [_effect_row(e) for e in answer.effects.values()], markdown, width)
    )
    if answer.magnesium_alone:
        rows = [_effect_row(e) for e in list(answer.magnesium_alone.values())[:6]]
        parts.append(say.section("Of this, the magnesium alone", markdown))
        parts.append(say.table(_HEAD, rows, markdown, width))
    if answer.side_effects:
        parts.append(say.section("Side effects", markdown))
        parts.append("\n".join(f"- {risk.text}" for risk in answer.side_effects))
    low, high = answer.noticed.interval90
    parts.append(say.section("How sure is this", markdown))
    parts.append(
        f"Simulated, not measured: {answer.people} virtual people like you, model "
        f"{answer.model_version}.\nNoticing means: {answer.noticed.rule}; "
        f"{say.number(100 * answer.noticed.share)} in 100 ({say.span((100 * low, 100 * high))}).\n"
        "Spread between people and our own doubt are kept apart in --format json.\n"
        "This is information, not medical advice."
    )
    parts.append(say.section("Sources", markdown))
    parts.append("\n".join(_source_line(s.citation, s.doi, s.note) for s in answer.sources))
    return "\n\n".join(parts) + "\n"


def _source_line(citation: str, doi: str, note: str) -> str:
    tail = f" doi:{doi}" if doi else ""
    return f"- {citation}{tail}" + (f" [{note}]" if note else "")


def qualification_text(outcomes: Sequence[BenchmarkRow], markdown: bool = False) -> str:
    """Benchmark by benchmark: published, simulated, accepted range, verdict."""
    rows = []
    for b in outcomes:
        simulated = "; ".join(
            f"{c.quantity} {say.figures(c.simulated, 3)} {c.unit}".rstrip() for c in b.checks
        )
        accepted = "; ".join(say.figures_span((c.low, c.high)) for c in b.checks)
        verdict, sources = "reproduced" if b.passed else "FALLS SHORT", ", ".join(b.sources)
        rows.append(
            (b.id, b.phenomenon, b.published, sources, simulated, accepted, b.kind, verdict)
        )
    if markdown:
        head = ("id", "phenomenon", "published", "source", "simulated", "accepted", "", "verdict")
        return say.table(head, rows, markdown=True) + "\n"
    lines = []
    for row in rows:
        lines.append(f"{row[0]:4} {row[7]:11} {row[1]} ({row[6]})")
        lines.append(f"       published: {row[2]} [{row[3]}]")
        lines.append(f"       simulated: {row[4]}")
        lines.append(f"       accepted:  {row[5]}")
    passed = sum(outcome.passed for outcome in outcomes)
    lines.append(f"{passed} of {len(outcomes)} benchmarks reproduced")
    return "\n".join(lines) + "\n"
