"""`somnesium trial --published` as text: what each trial could find, beside what it found."""

from typing import TYPE_CHECKING

from somnesium import say
from somnesium.surfaces.command.window import table

if TYPE_CHECKING:
    from somnesium.questions.trial.published import PublishedAnswer, PublishedTrial

_HEAD = (
    "trial",
    "role",
    "endpoint",
    "people",
    "expected",
    "95 % of simulated",
    "chance of p < 0.05",
    "published",
    "p",
)


def _row(one: "PublishedTrial") -> tuple[str, ...]:
    found = say.figures(one.published, 3, missing="–")
    if one.published_low is not None and one.published_high is not None:
        found += f" ({say.figures_span((one.published_low, one.published_high), 3)})"
    return (
        one.trial,
        one.role,
        f"{one.endpoint}, {one.unit}",
        f"{one.people}",
        say.figures(one.expected, 3, missing="–"),
        "–" if one.low is None or one.high is None else say.figures_span((one.low, one.high), 3),
        say.with_error(one.chance, one.error, 2),
        found,
        one.printed_p or "–",
    )


def published_text(answer: "PublishedAnswer", name: str) -> str:
    """The sentences, the table, what was put in or left out, and how to repeat it."""
    lines = [*answer.summary, "", table(_HEAD, [_row(one) for one in answer.trials]), ""]
    assumed = {one.trial: one.assumed for one in answer.trials if one.assumed}
    lines += [f"Put in for {trial}: {', '.join(what)}." for trial, what in assumed.items()]
    lines += [f"Left out, {one.why}" for one in answer.left]
    lines += [f"Caution: {one.text}" for one in answer.cautions]
    lines += ["", "Sources: " + ", ".join(source.key for source in answer.sources)]
    again = f"somnesium trial {name} --published".replace("  ", " ")
    lines += [f"Again: {again} --replicates {answer.replicates} --seed {answer.seed}"]
    lines += [f"Model {answer.model_version}."]
    return "\n".join(lines) + "\n"
