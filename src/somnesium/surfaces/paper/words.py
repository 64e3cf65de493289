"""The first page of a doctor's report in words: who, what is asked, intake, status."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from somnesium import say
from somnesium.person.person import egfr_of, serum_magnesium_of
from somnesium.questions.risk.words import in_100
from somnesium.surfaces.paper.letters import clipped

if TYPE_CHECKING:
    from somnesium.person.habits import Habits
    from somnesium.person.person import Person
    from somnesium.questions.report.asks import Asked
    from somnesium.questions.report.report import ReportAnswer
    from somnesium.questions.risk.risk import Status

NAME, TEXT = 60, 330
"""Most characters of a name, and of a sentence."""


def plain(key: str) -> str:
    """A key in words."""
    return key.replace("_", " ")


def list_of(names: Sequence[str]) -> list[str]:
    """Names to be listed, each clipped."""
    return [clipped(name, NAME) for name in names]


def _kidneys(person: "Person") -> str:
    """Filtration, and how it is known."""
    egfr = egfr_of(person)
    if egfr is None:
        return "not known"
    how = "as stated" if person.egfr is not None else "by CKD-EPI 2021 from the creatinine stated"
    return f"eGFR {say.number(egfr)} mL/min/1.73 m², {how}"


def _bed(habits: "Habits") -> str:
    """When one is in bed, with how many evenings of the week it is so where they differ."""
    nights = Counter(f"{habits.bedtime.on(k)} to {habits.rise.on(k)}" for k in range(7))
    if len(nights) == 1:
        return next(iter(nights))
    return ", ".join(f"{text} on {count} evenings" for text, count in nights.most_common())


def _who(answer: "ReportAnswer") -> list[list[Any]]:
    """Label and value, or label and a list."""
    person, habits = answer.request.person, answer.request.habits
    state = [plain(name) for name in ("pregnant", "lactating", "smoker") if getattr(person, name)]
    told = ", ".join(
        [
            f"{say.figures(person.age)} years",
            person.sex,
            f"{say.figures(person.mass_kg)} kg",
            f"{say.figures(person.height_cm)} cm",
            *state,
        ]
    )
    isi = "" if person.isi is None else f", severity index {person.isi} of 28"
    sleep = f"insomnia as told: {person.insomnia}{isi}; in bed {_bed(habits)}"
    rows: list[list[Any]] = [["Person", told], ["Kidneys", _kidneys(person)]]
    serum = serum_magnesium_of(person)
    measured = "not known" if serum is None else f"{say.number(serum, 2)} mmol/L, measured"
    rows.append(["Serum magnesium", measured])
    rows.append(["Conditions", [plain(one) for one in person.conditions] or "none told"])
    noticed = [plain(one) for one in (*person.symptoms, *person.signs)]
    rows += [["Noticed", noticed]] if noticed else []
    rows.append(["Medicines", list_of(person.medicines) or "none told"])
    rows.append(["Sleep", sleep])
    return rows


def _asked(found: "Sequence[Asked]") -> list[dict[str, Any]]:
    """What is asked, each with its reasons."""
    return [
        {
            "text": one.text,
            "stop": one.kind in ("now", "refused"),
            "reasons": [
                {
                    "subject": clipped(reason.subject, NAME),
                    "text": clipped(reason.text, TEXT),
                    "tied": f"rule {reason.rule}; {', '.join(reason.sources)}",
                }
                for reason in one.reasons
            ],
        }
        for one in found
    ]


_KNOWN_BY = {
    "table": "food table",
    "odd": "odd value in the table",
    "imputed": "filled in from its group",
    "stated": "as stated",
    "label": "label",
}


def _intake(answer: "ReportAnswer") -> dict[str, Any]:
    """Elemental magnesium by source, and against the requirement."""
    found = answer.intake
    order = sorted(found.amounts, key=lambda one: (one.kind != "supplement", -one.mg))
    rows = [
        [
            clipped(one.name, NAME),
            one.kind,
            say.number(one.mg),
            say.span(one.interval90),
            _KNOWN_BY[one.origin],
        ]
        for one in order
    ]
    total = [
        ["All of it", "", say.number(found.total_mg), say.span(found.total_interval90), ""],
        ["Usual intake*", "", say.number(found.usual.mg), say.span(found.usual.interval90), ""],
    ]
    return {
        "head": ["Source", "", "mg a day", "90 % interval", "known by"],
        "rows": rows,
        "total": total,
        "need": _need(answer),
    }


def _need(answer: "ReportAnswer") -> str:
    """The sums, and intake against what the authority asked about sets."""
    found = answer.intake
    sums = (
        f"Food {say.number(found.food_mg)}, water {say.number(found.water_mg)}, supplements "
        f"{say.number(found.supplement_mg)} mg. *Chance days and what other people eat weighed in."
    )
    asked = next((one for one in found.adequacy if one.authority == found.authority), None)
    if asked is None:
        return f"{sums} That authority has set no value for such a person."
    average = (
        "no average requirement"
        if asked.average_mg is None
        else f"average requirement {say.figures(asked.average_mg)} mg"
    )
    text = f"{asked.name}: {average}, advised {say.figures(asked.recommended_mg)} mg"
    if asked.supplement_limit_mg is not None:
        text += f", at most {say.figures(asked.supplement_limit_mg)} mg from supplements"
    text += f". {asked.verdict[0].upper()}{asked.verdict[1:]}"
    if asked.probability is not None:
        text += f"; probability of meeting the own requirement {say.chance(asked.probability)}"
    return f"{sums} {text}."


def _status_row(one: "Status") -> list[str]:
    def said(probability: Any) -> str:  # noqa: ANN401
        return "" if probability is None else in_100(probability).replace(" in 100", "", 1)

    return [
        one.label[:1].upper() + one.label[1:],
        said(one.before),
        said(one.probability),
        said(one.on_plan),
    ]


def _status(answer: "ReportAnswer") -> dict[str, Any]:
    """How likely magnesium is low, and what that rests on."""
    found = answer.risk
    rests = (
        f"{found.people} virtual people like this one, living as told without the plan for "
        f"{found.weeks} weeks. Serum {say.estimate(found.serum.mean, found.serum.interval90, 2)} "
        "mmol/L in 9 of 10 of them."
    )
    used = [one for one in found.laboratory if one.used]
    values = f"{len(used)} laboratory value{'s' if len(used) > 1 else ''}" if used else "No tests"
    rests += f" {values} counted."
    labs = [
        [
            one.label[:1].upper() + one.label[1:],
            f"{say.figures(one.value, 3)} {one.unit}",
            f"{say.estimate(one.expected.mean, one.expected.interval90, 2)} {one.expected.unit}",
            "counted" if one.used else "left out: unit in doubt",
        ]
        for one in found.laboratory
    ]
    order = sorted(found.factors, key=lambda one: -abs(one.serum.mean))
    factors = [
        f"{clipped(one.label, NAME)} (next to {clipped(one.instead, NAME)}): serum "
        f"{say.estimate(one.serum.mean, one.serum.interval90, 3, sign=True)} mmol/L"
        for one in order
    ]
    return {
        "head": [
            "In 100 people like this one, 90 % interval",
            "before tests",
            "now",
            "on the plan",
        ],
        "rows": [_status_row(one) for one in found.status],
        "rests": rests,
        "labs": labs,
        "factors": factors,
        "labs_head": ["Measured", "value", "expected, 9 of 10 such people", ""],
        "left_out": [clipped(one.text, TEXT) for one in found.uncounted],
    }


def front_page(answer: "ReportAnswer") -> dict[str, Any]:
    """Everything of the first page, as texts."""
    name = answer.request.person.name or answer.request.name
    return {
        "name": clipped(name, NAME),
        "who": _who(answer),
        "asked": _asked(answer.asked),
        "intake": _intake(answer),
        "status": _status(answer),
    }
