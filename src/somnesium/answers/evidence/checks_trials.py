"""Lints of whole trials: people counted, rows told twice, doses of the compound, what is known."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from somnesium import say
from somnesium.answers.evidence.finding import Lint, lint
from somnesium.answers.evidence.table import Arm, Contrast, Endpoint, Evidence, Row, Trial
from somnesium.person.supplements import forms
from somnesium.sources import packaged_toml

_MOST_COMPOUND_G = 8.0  # judgement#dose: more compound than anyone swallows a day
_MOST_ELEMENTAL_MG = 1000.0  # judgement#dose: above what sleep trials gave (729 mg)
_MAGNESIUM = ("magnesium", "combination")
_FIGURES = ("baseline_mean", "baseline_sd", "post_mean", "post_sd", "change_mean", "change_sd")


def _count_lints(trial: Trial, arms: Sequence[Arm]) -> Iterator[Lint]:
    """People of a trial and its arms who do not add up."""
    randomised, analysed = trial.n_randomised, trial.n_analysed
    source = "definition#counting"
    if randomised is not None and analysed is not None and analysed > randomised:
        reason = f"{analysed} analysed of {randomised} randomised"
        yield lint(trial, "n_analysed", "refuse", reason, source)
    if trial.age_low is not None and trial.age_high is not None and trial.age_low > trial.age_high:
        yield lint(trial, "age_low", "refuse", "the youngest are older than the oldest", source)
    counted = [row.n for row in arms if row.n is not None]
    if randomised is not None and trial.design == "parallel" and len(counted) == len(arms) > 1:
        total = sum(counted)
        if total > randomised:
            reason = f"arms hold {total} people, {randomised} were randomised"
            yield lint(trial, "n_randomised", "flag", reason, source)


def _measured_lints(evidence: Evidence) -> Iterator[Lint]:
    """More people measured than an arm holds."""
    held = {(row.trial, row.arm): row.n for row in evidence.arms}
    for row in evidence.endpoints:
        most = held.get((row.trial, row.arm))
        if most is not None and row.n is not None and row.n > most:
            reason = f"{row.n} people measured in an arm of {most}"
            yield lint(row, "n", "refuse", reason, "definition#counting")


def _twice(
    rows: Sequence[Endpoint | Contrast], columns: tuple[str, ...], what: str
) -> Iterator[Lint]:
    """Rows whose key stands twice."""
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(getattr(row, column) for column in columns)
        if key in seen:
            reason = f"{what} told twice: also in {seen[key].where}"
            yield lint(row, columns[1], "refuse", reason, "definition#one-row-each")
        seen.setdefault(key, row)


def _alike_lints(evidence: Evidence) -> Iterator[Lint]:
    """Rows of other arms or trials that repeat every figure of one another."""
    by_figures: defaultdict[tuple[object, ...], list[Endpoint]] = defaultdict(list)
    for row in evidence.endpoints:
        figures = tuple(getattr(row, field) for field in _FIGURES)
        if sum(figure is not None for figure in figures) >= 3:
            by_figures[(row.endpoint, *figures)].append(row)
    for rows in by_figures.values():
        for row in rows[1:]:
            first = rows[0]
            reason = f"every figure is that of {first.trial}, {first.arm}: an arm copied?"
            yield lint(row, "post_mean", "flag", reason, "judgement#evidence-table")


def _dose_lints(arm: Arm) -> Iterator[Lint]:
    """Doses that look like the mass of the compound, or are missing."""
    if arm.kind not in _MAGNESIUM or arm.elemental_mg is None:
        return
    dose = arm.elemental_mg
    fraction = forms()[arm.form].elemental_fraction if arm.form else None
    compound = None if fraction is None else dose / fraction / 1000.0
    if compound is not None and fraction is not None and compound > _MOST_COMPOUND_G:
        reason = (
            f"{say.figures(dose)} mg of magnesium would be {say.number(compound, 1)} g of "
            f"{arm.form} a day: the mass of the compound? Then it is {say.number(dose * fraction)} "
            "mg of magnesium"
        )
        yield lint(arm, "elemental_mg", "flag", reason, "definition#elemental-fraction")
    elif dose > _MOST_ELEMENTAL_MG:
        reason = (
            f"{say.figures(dose)} mg of magnesium a day is more than any sleep trial gave: the "
            "compound?"
        )
        yield lint(arm, "elemental_mg", "flag", reason, "judgement#evidence-table")


def _known_trial_lints(evidence: Evidence) -> Iterator[Lint]:
    """Corrections, unclear doses, shared people and counts that are known of trials."""
    known = packaged_toml("trials/known.toml")
    for table, field in (("corrigendum", "reference"), ("numbers", "note")):
        for entry in known.get(table, ()):
            if row := evidence.trial(entry["trial"]):
                yield lint(row, field, "flag", entry["reason"], entry["source"])
    for entry in known.get("dose", ()):
        if arm := evidence.arm(entry["trial"], entry["arm"]):
            yield lint(arm, "elemental_mg", "flag", entry["reason"], entry["source"])
    for entry in known.get("same_people", ()):
        rows = [row for name in entry["trials"] if (row := evidence.trial(name))]
        for row in rows[1:]:
            yield lint(row, "trial", "flag", entry["reason"], entry["source"])


def _place_lints(row: Row) -> Iterator[Lint]:
    """Rows that come from places not to be believed."""
    for entry in packaged_toml("trials/known.toml").get("place", ()):
        for field in ("reference", "place", "note", "sponsor"):
            if entry["words"] in str(getattr(row, field, "")).casefold():
                yield lint(row, field, "flag", entry["reason"], entry["source"])


def _weight_lints(trial: Trial) -> Iterator[Lint]:
    """Trials we distrust."""
    if trial.role == "distrust":
        reason = f"distrusted: {trial.role_reason}"
        yield lint(trial, "role", "flag", reason, "judgement#evidence-table")


def trial_lints(evidence: Evidence) -> Iterator[Lint]:
    """Findings about trials, arms, and rows beside one another."""
    arms: defaultdict[str, list[Arm]] = defaultdict(list)
    for arm in evidence.arms:
        if arm.kind != "pooled":
            arms[arm.trial].append(arm)
    for trial in evidence.trials:
        yield from _count_lints(trial, arms[trial.trial])
        yield from _weight_lints(trial)
    yield from _measured_lints(evidence)
    for arm in evidence.arms:
        yield from _dose_lints(arm)
    key = ("trial", "arm", "endpoint", "instrument", "weeks")
    yield from _twice(evidence.endpoints, key, "an endpoint of an arm")
    pair = ("trial", "arm", "versus", "endpoint", "instrument", "weeks", "measure", "kind")
    yield from _twice(evidence.contrasts, pair, "a difference")
    yield from _alike_lints(evidence)
    yield from _known_trial_lints(evidence)
    for row in evidence.rows():
        yield from _place_lints(row)
    yield from _self_lints(evidence.contrasts)


def _self_lints(contrasts: tuple[Contrast, ...]) -> Iterator[Lint]:
    """Differences of an arm from itself."""
    for row in contrasts:
        if row.arm == row.versus:
            reason = "an arm is compared with itself"
            yield lint(row, "versus", "refuse", reason, "definition#contrast")
