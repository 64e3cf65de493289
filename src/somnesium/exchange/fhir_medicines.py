"""Supplements in FHIR R4: doses taken and not taken, and the regimen as planned.

R4 has no resource for what is eaten (`NutritionIntake` came with R5); supplements fit its
`MedicationStatement`. Milligrams of magnesium are always elemental and say so, in the substance
as well as in the unit, so that nobody reads them as milligrams of the compound. No drug codes:
those of magnesium salts differ by hydrate, which labels do not tell.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from somnesium.exchange.fhir import Resource, moment, quantity, tagged
from somnesium.exchange.records import Records
from somnesium.exchange.taking import amount_words, at_once, substance
from somnesium.nights.recorded import DoseTaken
from somnesium.person.checked import CheckedPlan
from somnesium.person.habits import WEEKDAYS
from somnesium.person.regimen import Intake

_CATEGORY = "http://terminology.hl7.org/CodeSystem/medication-statement-category"


def _statement(status: str, name: str, patient: Resource) -> Resource:
    code = {"system": _CATEGORY, "code": "patientspecified"}
    return {
        "resourceType": "MedicationStatement",
        "meta": tagged("planned" if status == "intended" else "recorded"),
        "status": status,
        "category": {"coding": [code]},
        "medicationCodeableConcept": {"text": name},
        "subject": patient,
        "informationSource": patient,
    }


def _amount(milligrams: float, form: str | None) -> Resource:
    words = "mg" if form is None else "mg elemental magnesium"
    return {"doseAndRate": [{"doseQuantity": quantity(milligrams, "mg", words)}]}


def _dose(dose: DoseTaken, patient: Resource) -> Resource:
    """A dose of a day: `completed` or `not-taken`; without a clock time, its date alone."""
    status = "completed" if dose.taken else "not-taken"
    statement = _statement(status, substance(dose.what, dose.form), patient)
    at = dose.evening.isoformat() if dose.taken_at is None else moment(dose.taken_at)
    statement["effectiveDateTime"] = at
    if dose.form is not None:
        statement["note"] = [{"text": f"called: {dose.what}"}]
    if dose.taken and dose.amount_mg is not None:
        amount = amount_words(dose.amount_mg, dose.form)
        statement["dosage"] = [{"text": amount, **_amount(dose.amount_mg, dose.form)}]
    return statement


def taken(records: Records, patient: Resource) -> Iterator[tuple[str, Resource]]:
    """A statement for every dose that was written down, by its key."""
    for dose in records.doses:
        yield f"dose/{dose.evening.isoformat()}/{dose.what}", _dose(dose, patient)


def _bounds(intake: Intake, start: date | None) -> Resource:
    """From which day to which: dates if the plan has a first day, or else how many days."""
    if start is not None:
        period = {"start": (start + timedelta(days=intake.start_day - 1)).isoformat()}
        if intake.end_day is not None:
            period["end"] = (start + timedelta(days=intake.end_day - 1)).isoformat()
        return {"boundsPeriod": period}
    if intake.end_day is None:
        return {}
    return {"boundsDuration": quantity(intake.end_day - intake.start_day + 1, "d")}


def _timing(intake: Intake, start: date | None) -> Resource:
    found: Resource = {
        **_bounds(intake, start),
        "frequency": len(intake.times),
        "period": 1,
        "periodUnit": "d",
    }
    if len(intake.days) < len(WEEKDAYS):
        found["dayOfWeek"] = list(intake.days)
    found["timeOfDay"] = [f"{time}:00" for time in sorted(intake.times)]
    return {"repeat": found}


def _remarks(intake: Intake) -> list[Resource]:
    """What the statement has no place for."""
    said = [] if intake.product is None else [f"from: {intake.product.name}"]
    if intake.missed_days:
        said.append(f"left out on days {', '.join(map(str, intake.missed_days))} of the plan")
    return [{"text": one} for one in said]


def planned(
    plan: CheckedPlan, patient: Resource, start: date | None
) -> Iterator[tuple[str, Resource]]:
    """A statement of status `intended` for every substance of every line of a plan.

    `start` is the first day of the plan, None if it has none yet.
    """
    for line, intake in enumerate(plan.regimen.intakes):
        days = "" if len(intake.days) == len(WEEKDAYS) else f" on {', '.join(intake.days)}"
        when = f"{', '.join(intake.times)}{days}{', with food' if intake.with_food else ''}"
        remarks = _remarks(intake)
        for part, dose in enumerate(at_once(intake)):
            found = _statement("intended", substance(dose.substance, dose.form), patient)
            text = f"{amount_words(dose.amount_mg, dose.form)} at {when}"
            amount = _amount(dose.amount_mg, dose.form)
            found["dosage"] = [{"text": text, "timing": _timing(intake, start), **amount}]
            if remarks:
                found["note"] = remarks
            yield f"plan/{line}/{part}", found
