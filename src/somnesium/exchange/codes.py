"""Codes under which others know what we tell: LOINC where its own record was seen, ours always.

A wrong code is worse than none: what LOINC has no code for, or whose code could not be confirmed,
goes out under our own code alone. `docs/sharing.md` has the same table; a test compares them.
"""

from typing import NamedTuple

LOINC = "http://loinc.org"
"""The system of LOINC codes."""
UCUM = "http://unitsofmeasure.org"
"""The system of UCUM units."""
OURS = "urn:somnesium:measure"
"""The system of our own codes."""

_PHR = "HL7 value set pcd-sleep-observation-code"
_RECORD = "LOINC 2.82"
_NAMED = "several public mappings"


class Code(NamedTuple):
    """One thing that is told: our key, its meaning, its unit in UCUM, and LOINC's code if any.

    `display` is LOINC's own name, empty where it differs between LOINC's releases; `confirmed`
    says where the code was seen with its name.
    """

    key: str
    meaning: str
    unit: str
    loinc: str = ""
    display: str = ""
    confirmed: str = ""


MEASURES = (
    Code("duration", "time asleep", "min", "93832-4", "Sleep duration", _PHR),
    Code(
        "latency", "time to fall asleep", "min", "103212-7", "Duration of falling asleep", _RECORD
    ),
    Code(
        "awake_after_onset",
        "time awake after first falling asleep",
        "min",
        "103215-0",
        "Wake time after sleep onset",
        _NAMED,
    ),
    Code("efficiency", "share of the time in bed spent asleep", "%"),
    Code("time_in_bed", "lights-out to rise", "min"),
    Code("light", "N1 and N2 together", "min", "93830-8", "Light sleep duration", _PHR),
    Code("n1", "stage N1", "min"),
    Code("n2", "stage N2", "min"),
    Code("slow_wave", "stage N3", "min", "93831-6", "Deep sleep duration", _PHR),
    Code("rem", "REM sleep", "min", "93829-0", "REM sleep duration", _PHR),
    Code("awakenings", "times awake after falling asleep", "1"),
    Code("rem_latency", "sleep before the first REM", "min"),
    Code(
        "heart_rate",
        "mean heart rate of the night",
        "/min",
        "8867-4",
        "Heart rate",
        "FHIR R4 vital signs",
    ),
    Code("rmssd", "RMSSD of heart beats in the night", "ms"),
)
"""What a night tells."""

LABORATORY = (
    Code(
        "serum_magnesium_mmol_l",
        "magnesium in serum",
        "mmol/L",
        "2601-3",
        "Magnesium [Moles/volume] in Serum or Plasma",
        _NAMED,
    ),
    Code(
        "serum_magnesium_mg_dl",
        "magnesium in serum",
        "mg/dL",
        "19123-9",
        "Magnesium [Mass/volume] in Serum or Plasma",
        _NAMED,
    ),
    Code(
        "creatinine_umol_l",
        "creatinine in serum",
        "umol/L",
        "14682-9",
        "Creatinine [Moles/volume] in Serum or Plasma",
        _NAMED,
    ),
    Code(
        "creatinine_mg_dl",
        "creatinine in serum",
        "mg/dL",
        "2160-0",
        "Creatinine [Mass/volume] in Serum or Plasma",
        _NAMED,
    ),
    Code("egfr", "eGFR as told, by an equation not told", "mL/min/{1.73_m2}"),
    Code(
        "egfr_ckd_epi_2021",
        "eGFR by CKD-EPI 2021 from the creatinine told",
        "mL/min/{1.73_m2}",
        "98979-8",
        "",
        _NAMED,
    ),
    Code("ionised_mmol_l", "ionised magnesium in blood", "mmol/L"),
    Code("ionised_mg_dl", "ionised magnesium in blood", "mg/dL"),
    Code("red_cell_mmol_l", "magnesium in red cells", "mmol/L"),
    Code("red_cell_mg_dl", "magnesium in red cells", "mg/dL"),
    Code(
        "urine_mmol_day",
        "magnesium in 24-hour urine",
        "mmol/(24.h)",
        "2599-9",
        "Magnesium [Moles/time] in 24 hour Urine",
        "a public laboratory mapping",
    ),
    Code(
        "urine_mg_day",
        "magnesium in 24-hour urine",
        "mg/(24.h)",
        "24447-5",
        "Magnesium [Mass/time] in 24 hour Urine",
        "a national FHIR guide",
    ),
    Code("loading_retained_percent", "share kept of a magnesium loading test", "%"),
    Code(
        "magnesium_intake",
        "magnesium in food and water a day, estimated",
        "mg/(24.h)",
        "81005-1",
        "Magnesium intake 24 hour Estimated",
        "a public FHIR guide",
    ),
)
"""What a document tells of blood, urine and food."""

RATINGS = (
    Code("sleepiness", "sleepiness on rising, 0 to 10", "{score}"),
    Code("isi", "Insomnia Severity Index, total", "{score}"),
    Code("psqi", "Pittsburgh Sleep Quality Index, total", "{score}"),
)
"""What was rated."""
