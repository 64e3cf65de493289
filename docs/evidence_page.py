"""The page of the evidence table, written from the table itself by `docs/generate.py`."""

from somnesium.answers.evidence.lints import Reviewed, reviewed
from somnesium.answers.evidence.measures import MEASURES
from somnesium.answers.evidence.table import Arm, Contrast, Endpoint, Trial
from somnesium.sources import cite

_ROLES = {
    "calibrate": "Calibration may be fitted to these.",
    "held_out": "Only predicted, never fitted.",
    "distrust": "Shown apart, in a sensitivity line.",
    "describe": "Told, not simulated: blends, surgery, restless legs, mood, by vein, no figures.",
}
_SEEN = {"paper": "paper", "abstract": "abstract", "secondary": "quoted", "memory": "remembered"}


def _cell(text: object) -> str:
    """A cell of a Markdown table."""
    return str(text).replace("|", "/") or "–"


def _table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(_cell, row)) + " |" for row in rows])


def _pair(mean: float | None, spread: float | None) -> str:
    """A mean and its SD, four digits."""
    if mean is None:
        return "–"
    return f"{mean:.4g}" + ("" if spread is None else f" ± {spread:.3g}")


def _change(row: Endpoint) -> str:
    """A change with its SD or interval."""
    text = _pair(row.change_mean, row.change_sd)
    if row.change_low is not None and row.change_high is not None:
        text += f" ({row.change_low:.4g} to {row.change_high:.4g})"
    return text


def _estimate(row: Contrast) -> str:
    """A difference with its interval."""
    if row.estimate is None:
        return "not seen"
    text = f"{row.estimate:.4g}"
    if row.low is not None and row.high is not None:
        text += f" ({row.low:.4g} to {row.high:.4g})"
    return text + {"md": f" {row.unit}", "smd": " SD", "ratio": " times"}[row.measure]


def _arm(row: Arm) -> str:
    """An arm in words."""
    dose = "" if row.elemental_mg is None else f"{row.elemental_mg:g} mg"
    parts = [dose, row.form.replace("_", " "), row.other, row.timing]
    number = "" if row.n is None else f", n = {row.n}"
    said = ", ".join(part for part in parts if part) or row.kind.replace("_", " ")
    return f"`{row.arm}`: {said}{number}"


def _people(trial: Trial) -> str:
    """How many, who, how old."""
    count = trial.n_analysed or trial.n_randomised
    age = "" if trial.age_mean is None else f", mean {trial.age_mean:g} y"
    if not age and trial.age_low is not None:
        age = f", {trial.age_low:g} to {trial.age_high:g} y"
    return f"{'?' if count is None else count} people{age}: {trial.population}"


def _trial_part(review: Reviewed, trial: Trial) -> str:
    """Everything that is held of one trial."""
    evidence = review.evidence
    design = ", ".join(
        part.replace("_", " ") for part in (trial.design, trial.blinding, trial.country) if part
    )
    weeks = "" if trial.weeks is None else f"; {trial.weeks:g} weeks"
    parts = [
        f"### {trial.trial}",
        f"{trial.title_words}. {design}{weeks}. {_people(trial)}. "
        f"**{trial.role.replace('_', ' ')}**: {trial.role_reason}.",
        "\n".join(f"- {_arm(row)}" for row in evidence.arms if row.trial == trial.trial),
    ]
    ends = [row for row in evidence.endpoints if row.trial == trial.trial]
    if ends:
        head = ["endpoint", "arm", "unit", "weeks", "before", "after", "change", "p", "seen"]
        rows = [
            [
                row.endpoint,
                row.arm,
                row.unit,
                f"{row.weeks:g}" if row.weeks is not None else "",
                _pair(row.baseline_mean, row.baseline_sd),
                _pair(row.post_mean, row.post_sd),
                _change(row),
                row.printed.get("p", ""),
                _SEEN[row.seen],
            ]
            for row in ends
        ]
        parts.append(_table(head, rows))
    contrasts = [row for row in evidence.contrasts if row.trial == trial.trial]
    if contrasts:
        head = ["difference", "between", "estimate (95 %)", "p", "seen", "note"]
        rows = [
            [
                f"{row.endpoint} ({row.instrument})",
                f"{row.arm} – {row.versus}",
                _estimate(row),
                row.printed.get("p", ""),
                _SEEN[row.seen],
                row.note,
            ]
            for row in contrasts
        ]
        parts.append(_table(head, rows))
    parts += [f"*{trial.note}.*"] if trial.note else []
    said = review.of(trial.trial)
    parts += ["\n".join(f"- ⚑ {each.row}, {each.field}: {each.reason}" for each in said)]
    entry = cite(trial.reference)
    doi = f" doi:{entry['doi']}" if entry["doi"] else ""
    return "\n\n".join(part for part in [*parts, f"{entry['citation']}{doi}"] if part)


def evidence_page() -> str:
    """The whole page, without the line that says it is generated."""
    review = reviewed()
    evidence = review.evidence
    remembered = sum(row.seen == "memory" for row in (*evidence.endpoints, *evidence.contrasts))
    split = []
    for role, meaning in _ROLES.items():
        names = [f"[{row.trial}](#{row.trial})" for row in evidence.with_role(role)]
        split.append([role.replace("_", " "), str(len(names)), meaning, ", ".join(names)])
    measures = [
        [f"`{name}`", each.meaning, each.unit, ", ".join(each.units), f"{each.low:g}–{each.high:g}"]
        for name, each in MEASURES.items()
    ]
    parts = [
        "# The evidence table",
        f"{len(evidence.trials)} trials and syntheses, {len(evidence.arms)} arms, "
        f"{len(evidence.endpoints)} endpoints by arm and {len(evidence.contrasts)} published "
        "differences, as they were printed. What was not printed, or not seen, is missing. "
        f"{remembered} rows are remembered and wait to be confirmed. The files, their columns and "
        "their origin are told in `src/somnesium/data/trials/README.md`; lints (⚑) are computed "
        "whenever the table is read. A flag is a question, not a verdict.",
        "## The split",
        "Declared before anything was fitted to this table.",
        _table(["role", "trials", "meaning", "which"], split),
        "## Endpoints",
        _table(["endpoint", "meaning", "unit", "also read", "can be"], measures),
        "## Add trials",
        "`somnesium evidence --trials FILE` adds a CSV or TOML. A CSV holds endpoints by arm "
        "(`trial, arm, endpoint, unit, n, baseline_mean …`) or differences (`trial, arm, versus, "
        "endpoint, unit, measure, kind, estimate, low, high …`); columns such as `trial.design` "
        "and `arm.elemental_mg` say more. A TOML holds `[[trials]]`, `[[arms]]`, `[[endpoints]]` "
        "and `[[contrasts]]`. A number that cannot be is refused with its row; an odd one is "
        "kept and flagged.",
        "## Trials",
        *(_trial_part(review, trial) for trial in evidence.trials),
    ]
    return "\n\n".join(parts) + "\n"
