"""How many people of a table eat too little magnesium: the group methods of the Institute."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import Field

from somnesium import say
from somnesium.answers.intake.group import (
    Prevalence,
    cut_point,
    probability_approach,
    usual_of_group,
    within_sd,
)
from somnesium.answers.intake.requirements import LifeStage, reference
from somnesium.answers.intake.usual import day_to_day
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number, near_miss
from somnesium.person.record import AUTHORITIES, Authority
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite

_NEEDED = ("person", "age", "sex", "magnesium_mg")
_MAY = ("pregnant", "lactating")
_MOST_ROWS = 5_000_000
_FEWEST = 30
"""People below which a group is told with a caution (judgement#small-groups)."""


class GroupRow(Document):
    """One group: shares, 0 to 1, with inadequate intake, each with its 90 % interval."""

    group: str
    people: int
    days: int
    mean_mg: Number
    day_to_day_sd_mg: Number
    own_spread: bool = Field(description="whether the day-to-day spread is the table's own")
    usual_percentiles_mg: dict[str, Number] = Field(description="5, 25, 50, 75 and 95 %")
    probability_approach: Number
    probability_interval90: tuple[Number, Number]
    cut_point: Number
    cut_point_interval90: tuple[Number, Number]
    note: str = ""


class GroupAnswer(Answer):
    """How many of a table's people eat too little, by life stage and together."""

    authority: Authority
    usual_given: bool
    rows: tuple[GroupRow, ...]
    left_out: int = Field(description="people for whom no average requirement is set")
    summary: tuple[str, ...]


class _Eater(NamedTuple):
    """One person of a table."""

    stage: LifeStage
    days: np.ndarray


def _cell(text: str, column: str, number: int, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        where = f"row {number} {column}"
        raise InvalidInput.field(where, text, f"a number from {say.figures_span((low, high))}")
    return value


def _flag(text: str, column: str, number: int) -> bool:
    known = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True}
    known["yes"] = True
    if text.lower() not in known:
        raise InvalidInput.field(f"row {number} {column}", text, "true, false, 1, 0, yes or no")
    return known[text.lower()]


def _stage(cells: dict[str, str], number: int) -> LifeStage:
    """Age, sex, pregnancy and lactation of a row."""
    sexes = {"f": "female", "female": "female", "m": "male", "male": "male"}
    sex = sexes.get(cells["sex"].lower())
    if sex is None:
        raise InvalidInput.field(f"row {number} sex", cells["sex"], "female, male, f or m")
    flags = {name: _flag(cells.get(name, ""), name, number) for name in _MAY}
    if sex == "male" and any(flags.values()):
        raise InvalidInput.field(f"row {number} sex", "male", "female where pregnant or lactating")
    return LifeStage(_cell(cells["age"], "age", number, 0.0, 120.0), sex, **flags)


def _head(reader: "csv.reader", name: str) -> list[str]:  # type: ignore[valid-type]
    """The columns of a table, checked."""
    head = [cell.strip().lower() for cell in next(reader, [])]
    known = (*_NEEDED, *_MAY)
    for column in head:
        if column not in known:
            fix = near_miss(column, known) or "remove it"
            raise InvalidInput.field(f"{name} column", column, ", ".join(known), fix)
    lacking = [column for column in _NEEDED if column not in head]
    if lacking or len(set(head)) < len(head):
        allowed = f"a header with {', '.join(_NEEDED)}, each once"
        raise InvalidInput.field(name, ", ".join(head) or "nothing", allowed)
    return head


def _read(path: Path) -> list[_Eater]:
    """People of a CSV table: one row for each person and day."""
    stages: dict[str, LifeStage] = {}
    days: dict[str, list[float]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            head = _head(reader, path.name)
            for number, row in enumerate(reader, 2):
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(head) or number > _MOST_ROWS:
                    allowed = f"{len(head)} cells, and at most {_MOST_ROWS} rows"
                    raise InvalidInput.field(f"row {number}", ",".join(row), allowed)
                cells = {name: cell.strip() for name, cell in zip(head, row, strict=True)}
                stage, who = _stage(cells, number), cells["person"]
                if stages.setdefault(who, stage)[1:] != stage[1:]:
                    allowed = "the same sex and state in every row of a person"
                    raise InvalidInput.field(f"row {number} person", who, allowed)
                mg = _cell(cells["magnesium_mg"], "magnesium_mg", number, 0.0, 5000.0)
                days.setdefault(who, []).append(mg)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput.field("table", str(path), "a readable CSV table", str(error)) from None
    return [_Eater(stages[who], np.array(values)) for who, values in days.items()]


def _row(name: str, eaters: list[_Eater], authority: Authority, usual_given: bool) -> GroupRow:
    """One group by both methods."""
    found = [reference(eater.stage, authority) for eater in eaters]
    average = np.array([one.average_mg for one in found if one], dtype=float)
    spread = np.array([one.requirement_sd_mg for one in found if one], dtype=float)
    days = [eater.days for eater in eaters]
    published = float(np.mean([day_to_day(eater.stage).sd_mg for eater in eaters]))
    sd, own = (0.0, False) if usual_given else within_sd(days, published)
    usual = usual_of_group(days, sd)
    risk: Prevalence = probability_approach(usual, average, spread)
    cut: Prevalence = cut_point(usual, average)
    shares = (5, 25, 50, 75, 95)
    notes = ["fewer than thirty people: read it with care"] if len(eaters) < _FEWEST else []
    if usual.std() < spread.mean():
        notes.append("intakes spread less than needs: the cut-point does not hold")
    return GroupRow(
        group=name,
        people=len(eaters),
        days=sum(len(values) for values in days),
        mean_mg=float(np.mean([values.mean() for values in days])),
        day_to_day_sd_mg=sd,
        own_spread=own,
        usual_percentiles_mg={
            str(share): float(value)
            for share, value in zip(shares, np.percentile(usual, shares), strict=True)
        },
        probability_approach=risk.share,
        probability_interval90=risk.interval90,
        cut_point=cut.share,
        cut_point_interval90=cut.interval90,
        note="; ".join(notes),
    )


def _groups(eaters: list[_Eater], authority: Authority) -> dict[str, list[_Eater]]:
    """People by what the authority asks of them: those of one requirement are one group."""
    found: dict[str, list[_Eater]] = {}
    for eater in eaters:
        one = reference(eater.stage, authority)
        state = "" if eater.stage.state == "none" else f", {eater.stage.state}"
        need = one.average_mg if one else None
        name = f"{eater.stage.sex}{state}, average requirement {say.figures(need)} mg"
        found.setdefault(name, []).append(eater)
    return dict(sorted(found.items()))


def group_intake(path: Path, authority: Authority = "us", usual_given: bool = False) -> GroupAnswer:
    """How many of a table eat too little: probability approach and cut-point, by life stage.

    The table is CSV with columns person, age [years], sex, magnesium_mg [a day], and, if need
    be, pregnant and lactating; several rows of a person are several days. `usual_given` says that
    the amounts are usual intakes already. `InvalidInput` for a wrong cell, an authority without
    average requirements, or a table without anyone for whom one is set.
    """
    if authority not in ("us", "uk", "japan"):
        allowed = "us, uk or japan, which have set average requirements"
        given = authority if authority in AUTHORITIES else repr(authority)
        raise InvalidInput.field("authority", given, allowed)
    everyone = _read(path)
    if usual_given and any(len(eater.days) > 1 for eater in everyone):
        raise InvalidInput.field("table", path.name, "one row a person where intakes are usual")
    judged = [
        eater
        for eater in everyone
        if (one := reference(eater.stage, authority)) is not None and one.average_mg is not None
    ]
    if not judged:
        raise InvalidInput.field("table", path.name, "people with an average requirement")
    groups = _groups(judged, authority)
    rows = [_row(name, eaters, authority, usual_given) for name, eaters in groups.items()]
    rows.append(_together(rows))
    keys = ["iom2000", *_sources(judged, authority)]
    return GroupAnswer(
        cautions=(),
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        authority=authority,
        usual_given=usual_given,
        rows=tuple(rows),
        left_out=len(everyone) - len(judged),
        summary=_summary(rows[-1], len(everyone) - len(judged), usual_given),
    )


def _sources(eaters: list[_Eater], authority: Authority) -> list[str]:
    """Sources of the requirements and of the day-to-day spread."""
    keys = []
    for stage in dict.fromkeys(eater.stage for eater in eaters):
        one = reference(stage, authority)
        keys += [one.sources[0]] if one else []
        keys.append(day_to_day(stage).source)
    return keys


def _together(rows: list[GroupRow]) -> GroupRow:
    """All groups as one, each by its number of people; intervals from the groups' own."""
    people = np.array([row.people for row in rows], dtype=float)
    weights = people / people.sum()

    def pooled(name: str) -> tuple[float, tuple[float, float]]:
        share = float(weights @ [getattr(row, name) for row in rows])
        side = name.replace("_approach", "") + "_interval90"
        ends = np.array([getattr(row, side) for row in rows])
        each = np.array([getattr(row, name) for row in rows])
        down = float(np.sqrt((weights**2) @ (each - ends[:, 0]) ** 2))
        up = float(np.sqrt((weights**2) @ (ends[:, 1] - each) ** 2))
        return share, (max(0.0, share - down), min(1.0, share + up))

    risk, risk_interval = pooled("probability_approach")
    cut, cut_interval = pooled("cut_point")
    return GroupRow(
        group="all",
        people=int(people.sum()),
        days=sum(row.days for row in rows),
        mean_mg=float(weights @ [row.mean_mg for row in rows]),
        day_to_day_sd_mg=float(weights @ [row.day_to_day_sd_mg for row in rows]),
        own_spread=all(row.own_spread for row in rows),
        usual_percentiles_mg={},
        probability_approach=risk,
        probability_interval90=risk_interval,
        cut_point=cut,
        cut_point_interval90=cut_interval,
    )


def _summary(every: GroupRow, left_out: int, usual_given: bool) -> tuple[str, ...]:
    """The answer in plain sentences."""
    low, high = every.probability_interval90
    lines = [
        f"About {say.number(100 * every.probability_approach)} in 100 of {every.people} people "
        f"({say.span((100 * low, 100 * high))}) usually eat less than they need; by the cut-point "
        f"method {say.number(100 * every.cut_point)} in 100."
    ]
    if not usual_given and every.days == every.people:
        lines.append(
            "Each person has one day: how days differ was taken from a survey of others, and the "
            "answer leans on it. A second day for some of them would make it surer."
        )
    if left_out:
        lines.append(f"{left_out} people were left out: no average requirement is set for them.")
    return tuple(lines)
