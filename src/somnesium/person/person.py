"""Who: age, sex, size, kidneys, conditions, symptoms and medicines of one person."""

from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Flag, Number, Whole, refuse
from somnesium.person.laboratory import Laboratory, Sign
from somnesium.person.medicines import stated_times
from somnesium.quantity import MAGNESIUM_MOLAR_MASS

Condition = Literal[
    "gut_disease",
    "bowel_resection",
    "bariatric_surgery",
    "diabetes_type_1",
    "diabetes_type_2",
    "prediabetes",
    "alcohol_use_disorder",
    "heart_block",
    "pacemaker",
    "myasthenia_gravis",
    "bowel_obstruction",
    "hypermagnesaemia",
    "dehydration",
    "addison",
    "hypertension",
    "heart_failure",
    "sleep_apnoea",
    "restless_legs",
    "depression",
    "epilepsy",
    "chronic_diarrhoea",
    "bipolar_disorder",
    "sleepwalking",
    "narcolepsy",
    "liver_disease",
    "thyroid_disease",
    "autoimmune_disease",
    "prostate_cancer",
]
"""A condition that changes magnesium, sleep, or what is safe."""

CONDITIONS: tuple[str, ...] = get_args(Condition)
"""All condition keys."""

Symptom = Literal[
    "chest_pain",
    "fainting",
    "irregular_heartbeat",
    "seizure",
    "severe_weakness",
    "trouble_breathing",
    "confusion",
    "suicidal_thoughts",
    "mania",
    "hallucinations",
    "breathing_stops",
    "loud_snoring",
    "sleepwalking",
    "acting_out_dreams",
    "sudden_sleep",
    "sudden_muscle_weakness",
    "urge_to_move_legs",
    "low_mood",
    "blood_in_stool",
    "lasting_vomiting",
    "lasting_diarrhoea",
    "weight_loss",
    "night_sweats",
    "yellow_skin",
]
"""Something a person notices now that a doctor should see, at once or soon."""

SYMPTOMS: tuple[str, ...] = get_args(Symptom)
"""All symptom keys."""

CREATININE_UMOL_L_PER_MG_DL = 88.42
"""Creatinine, µmol/L in 1 mg/dL (molar mass 113.12 g/mol; source: definition)."""


def _once(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Each entry once, in the order given."""
    return tuple(dict.fromkeys(keys))


def _readable(name: str) -> str:
    """A medicine whose stated times, if any, can be read."""
    try:
        stated_times(name)
    except InvalidInput:
        allowed = 'a name as on the box, with times such as "ciprofloxacin at 08:00 and 20:00"'
        raise refuse(allowed, "write each medicine apart, each time as 20:00 or 8 pm") from None
    return name


class Person(Document):
    """One person. Ages in years, mass in kg, height in cm, eGFR in mL/min/1.73 m².

    At most one of eGFR and the two creatinines, and of the two serum magnesium values.
    """

    name: str = Field(default="", max_length=200, description="a name or label, may be empty")
    age: Number = Field(ge=0, le=120, description="age in years")
    sex: Literal["female", "male"]
    mass_kg: Number = Field(ge=25, le=350, description="body mass in kg")
    height_cm: Number = Field(ge=100, le=250, description="height in cm")
    pregnant: Flag = False
    lactating: Flag = False
    egfr: Number | None = Field(default=None, ge=1, le=200, description="eGFR in mL/min/1.73 m²")
    creatinine_umol_l: Number | None = Field(
        default=None, ge=15, le=2000, description="serum creatinine in µmol/L"
    )
    creatinine_mg_dl: Number | None = Field(
        default=None, ge=0.17, le=22.7, description="serum creatinine in mg/dL"
    )
    serum_magnesium_mmol_l: Number | None = Field(
        default=None, ge=0.2, le=3, description="total serum magnesium in mmol/L"
    )
    serum_magnesium_mg_dl: Number | None = Field(
        default=None, ge=0.48, le=7.3, description="total serum magnesium in mg/dL"
    )
    laboratory: Laboratory = Laboratory()
    conditions: Annotated[tuple[Condition, ...], AfterValidator(_once)] = ()
    symptoms: Annotated[tuple[Symptom, ...], AfterValidator(_once)] = ()
    signs: Annotated[tuple[Sign, ...], AfterValidator(_once)] = ()
    medicines: Annotated[
        tuple[Annotated[str, AfterValidator(_readable)], ...], AfterValidator(_once)
    ] = Field(
        default=(),
        max_length=100,
        description='medicine names, as on the box, with "at 07:00" if taken at a fixed time',
    )
    insomnia: Literal["none", "mild", "moderate", "severe"] = "none"
    isi: Whole | None = Field(
        default=None, ge=0, le=28, description="Insomnia Severity Index total"
    )
    chronotype_hours: Number = Field(
        default=0.0, ge=-4, le=4, description="hours the body clock runs later (+) than average"
    )
    light_sensitivity: Literal["low", "average", "high"] = "average"
    smoker: Flag = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Refuse fields that contradict each other."""
        for field in ("pregnant", "lactating"):
            if getattr(self, field) and self.sex != "female":
                raise refuse("false unless sex is female", "change sex or this field", field, True)
        _at_most_one(self, ("egfr", "creatinine_umol_l", "creatinine_mg_dl"))
        _at_most_one(self, ("serum_magnesium_mmol_l", "serum_magnesium_mg_dl"))
        return self


def _at_most_one(person: Person, fields: tuple[str, ...]) -> None:
    """Refuse two statements of the same thing."""
    given = [field for field in fields if getattr(person, field) is not None]
    if len(given) > 1:
        value = getattr(person, given[1])
        other = f"{given[0]} is given as well: keep the one you trust and remove the other"
        raise refuse("only one of " + ", ".join(fields), other, given[1], value)


def egfr_of(person: Person) -> float | None:
    """Estimated glomerular filtration rate, mL/min/1.73 m²; None if nothing was measured.

    As given, or by the CKD-EPI 2021 creatinine equation without race:
    142 min(c/κ, 1)^α max(c/κ, 1)^−1.200 0.9938^age (× 1.012 female), c in mg/dL.
    Made for adults; below 18 years it is an extrapolation. Source: inker2021.
    """
    if person.egfr is not None:
        return person.egfr
    creatinine = person.creatinine_mg_dl
    if person.creatinine_umol_l is not None:
        creatinine = person.creatinine_umol_l / CREATININE_UMOL_L_PER_MG_DL
    if creatinine is None:
        return None
    female = person.sex == "female"
    kappa, alpha, factor = (0.7, -0.241, 1.012) if female else (0.9, -0.302, 1.0)  # inker2021
    ratio = creatinine / kappa
    below, above = min(ratio, 1.0) ** alpha, max(ratio, 1.0) ** -1.200  # inker2021
    return 142.0 * below * above * 0.9938**person.age * factor  # inker2021


def serum_magnesium_of(person: Person) -> float | None:
    """Total serum magnesium, mmol/L; None if it was not measured."""
    if person.serum_magnesium_mg_dl is not None:
        return person.serum_magnesium_mg_dl * 10.0 / MAGNESIUM_MOLAR_MASS
    return person.serum_magnesium_mmol_l


def fat_free_mass_kg(person: Person) -> float:
    """Fat-free mass, kg: 9270 m / (6680 + 216 BMI) men, 9270 m / (8780 + 244 BMI) women.

    Made on adults of 41–220 kg. Source: janmahasatian2005.
    """
    bmi = person.mass_kg / (person.height_cm / 100.0) ** 2
    base, slope = (8780.0, 244.0) if person.sex == "female" else (6680.0, 216.0)
    return 9270.0 * person.mass_kg / (base + slope * bmi)
