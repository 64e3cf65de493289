"""`somnesium calibrate`: the trials read into the gains, with progress."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.surfaces.command.window import write

if TYPE_CHECKING:
    from somnesium.questions.calibration import CalibrationAnswer


class Format(StrEnum):
    """How the answer is told."""

    text = "text"
    json = "json"


def calibrate(
    out: Annotated[Path, typer.Option(help="folder for the posterior and what was lived")],
    points: Annotated[int, typer.Option(help="values of the gains lived; a power of two")] = 128,
    people: Annotated[int, typer.Option(help="virtual people in each trial")] = 48,
    seed: Annotated[int, typer.Option(help="seed of the random numbers")] = 1,
    recoveries: Annotated[
        int, typer.Option(help="synthetic sets of trials that test the recovery of known gains")
    ] = 100,
    trials: Annotated[
        Path | None, typer.Option(help="your own trials, CSV or TOML, beside the packaged ones")
    ] = None,
    petab: Annotated[Path | None, typer.Option(help="folder for the problem as PEtab v2")] = None,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
) -> None:
    """What do the trials teach about the body's uncertain gains? Goes on where it was stopped."""
    from somnesium.answers.evidence.lints import reviewed
    from somnesium.questions.calibration import calibrate as ask

    shown = sys.stderr.isatty()

    def tell(name: str, done: int, of: int) -> None:
        if shown or done == of:
            end = "\n" if done == of else ""
            start = "\r" if shown else ""
            sys.stderr.write(f"{start}{name}: {done} of {of}{end}")
            sys.stderr.flush()

    answer = ask(
        out,
        table=reviewed(trials).evidence,
        points=points,
        people=people,
        seed=seed,
        recoveries=recoveries,
        petab=petab,
        progress=tell,
    )
    as_json = answer.model_dump_json(indent=2) + "\n"
    if format is Format.json:
        sys.stdout.write(as_json)
    else:
        write(calibration_text(answer))


def calibration_text(answer: "CalibrationAnswer") -> str:
    """The posterior as a table, what it was learnt from, and what was held out."""
    lines = [*answer.summary, "", "Gain          before (90 %)     after (90 %)             learnt"]
    for one in answer.gains:
        lines.append(
            f"{one.gain:<12} {say.span(one.prior_interval90, 2):>14}   "
            f"{say.estimate(one.mean, one.interval90, 2):>21}   {say.percent(one.contraction):>7}  "
            f" R-hat {say.number(one.r_hat, 3)}"
            + ("" if one.covered is None else f"   recovered {say.percent(one.covered)}")
        )
    lines += ["", "Fitted differences: published ± error, the body after (90 %)"]
    for row in answer.observed:
        lines.append(
            f"{row.trial:<16} {row.comparison:<22} {row.endpoint:<15} "
            f"{say.figures(row.published, 3):>7} ± {say.figures(row.error, 2):<6} "
            f"{say.figures(row.after, 3):>7} ({say.figures(row.after90[0], 3)} to "
            f"{say.figures(row.after90[1], 3)}) {row.unit}"
        )
    lines += ["", "Held out: " + ", ".join(answer.held_out) + ".", f"Again: {answer.command}"]
    lines += ["", *(caution.text for caution in answer.cautions)]
    return "\n".join(line.rstrip() for line in lines) + "\n"
