"""Why do trials disagree? One body through every published design, beside what was published."""

from collections.abc import Callable

from pydantic import Field

from somnesium import say
from somnesium.answers.evidence.reading import packaged
from somnesium.answers.evidence.table import Evidence
from somnesium.answers.trial.disagree import Disagreement, Left, disagreements, lived_names
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.population import cautions_of
from somnesium.questions.version import model_version
from somnesium.sources import cite

_MOST = 2000
_SURE = 0.8
"""Power that a trial is usually planned for (definition#usual-power)."""
_FAR = 0.05
_SOURCES = ("morris2019", "agresti1998", "muench2023", "yeung2018")


class PublishedTrial(Document):
    """One endpoint of one published trial: what the model lets it find, and what it found.

    `low` and `high` hold 95 % of simulated estimates; `as_far` is the share of them at least as
    far from their middle as the published one. Nothing stands where nothing is printed.
    """

    trial: str
    role: str = Field(description="calibrate, held_out, describe or distrust")
    endpoint: str
    unit: str
    people: int
    replicates: int
    expected: Number
    low: Number | None
    high: Number | None
    chance: Number = Field(description="share of simulated trials with p below 0.05")
    error: Number = Field(description="its Monte-Carlo standard error")
    failed: int
    published: Number | None
    published_low: Number | None
    published_high: Number | None
    printed_p: str
    as_far: Number | None
    assumed: tuple[str, ...]


class LeftTrial(Document):
    """A trial that was not lived, and why."""

    trial: str
    why: str


class PublishedAnswer(Answer):
    """Every published trial as simulated, those left out, and why trials disagree."""

    replicates: int
    seed: int
    trials: tuple[PublishedTrial, ...]
    left: tuple[LeftTrial, ...]
    summary: tuple[str, ...]


def published(
    replicates: int = 200,
    seed: int = 1,
    names: tuple[str, ...] = (),
    evidence: Evidence | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> PublishedAnswer:
    """Live every published trial so many times by one body. Raises `InvalidInput`.

    `names` are trials of the table, all if empty; `progress` hears number, how many, and name.
    """
    table = packaged() if evidence is None else evidence
    if not 2 <= replicates <= _MOST:
        raise InvalidInput.field("replicates", replicates, f"2 to {_MOST} of each trial")
    known = lived_names(table)
    for name in names:
        if name not in known:
            raise InvalidInput.field("trial", name, ", ".join(known))
    rows: list[Disagreement] = []
    left: list[Left] = []
    wanted = names or known
    for number, found in enumerate(disagreements(table, replicates, seed, wanted)):
        if isinstance(found, Left):
            left.append(found)
        else:
            rows += found
        if progress is not None:
            progress(number + 1, len(wanted), wanted[number])
    cautions = cautions_of(None)
    lived = {row.trial for row in rows}
    references = [row.reference for row in table.trials if row.trial in lived]
    keys = [*_SOURCES, *references, *(key for caution in cautions for key in caution.sources)]
    return PublishedAnswer(
        cautions=cautions,
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        replicates=replicates,
        seed=seed,
        trials=tuple(_document(row) for row in rows),
        left=tuple(LeftTrial(**one._asdict()) for one in left),
        summary=_summary(rows, left),
    )


def _document(row: Disagreement) -> PublishedTrial:
    """A row as a document; what could not be had is nothing, not NaN."""
    fields = row._asdict()
    for name in ("low", "high"):
        fields[name] = None if fields[name] != fields[name] else fields[name]
    return PublishedTrial(**fields)


def _summary(rows: list[Disagreement], left: list[Left]) -> tuple[str, ...]:
    """Why they disagree, in plain sentences computed from the rows."""
    if not rows:
        return (f"None of {len(left)} trials could be lived.",)
    blood = ("serum", "urine", "tissue")
    sleep = [row for row in rows if not row.endpoint.startswith(blood)]
    magnesium = [row for row in rows if row.endpoint.startswith(blood)]
    lines = []
    for what, some in (("sleep or nerves", sleep), ("blood or urine", magnesium)):
        if some:
            chances = sorted(row.chance for row in some)
            sure = sum(chance >= _SURE for chance in chances)
            lines.append(
                f"Of {len(some)} results on {what}, {sure} had 8 chances in 10 of being found; the "
                f"middle one had {say.number(10 * chances[len(chances) // 2], 1)} in 10."
            )
    told = [row for row in rows if row.as_far is not None]
    far = sum(row.as_far < _FAR for row in told if row.as_far is not None)
    lines.append(f"Of {len(told)} printed differences, {far} lie far from what the model lets in.")
    lines.append(f"{len(left)} trials were left out.")
    return tuple(lines)
