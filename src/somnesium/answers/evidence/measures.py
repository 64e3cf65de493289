"""What trials measure: every endpoint of the evidence table, its unit and what it can be."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from somnesium.quantity import MAGNESIUM_MOLAR_MASS

INSTRUMENTS = ("diary", "psg", "actigraph", "ring", "questionnaire", "assay", "monitor")
"""What an endpoint was measured with; `monitor` is an electrocardiogram or a cuff."""

_SERUM = MappingProxyType({"mg/dL": 10.0 / MAGNESIUM_MOLAR_MASS, "mEq/L": 0.5})
_URINE = MappingProxyType({"mg/24h": 1.0 / MAGNESIUM_MOLAR_MASS, "mEq/24h": 0.5})
_MINUTES = MappingProxyType({"h": 60.0, "s": 1.0 / 60.0})
_SHARE = MappingProxyType({"ratio": 100.0})
_NONE: Mapping[str, float] = MappingProxyType({})
_CORTISOL_MOLAR_MASS = 362.46  # g/mol, definition#formula
_MELATONIN_MOLAR_MASS = 232.28  # g/mol, definition#formula


class Measure(NamedTuple):
    """An endpoint: what it means, its unit, and what its values can be.

    `low` and `high` bound every single value, so also every mean; outside them a number is
    impossible. A mean outside `odd_low` to `odd_high` is kept but asked about. `usual_sd` is how
    people in trials differ, of the right size only. `units` are other units and the factor that
    turns them into `unit`. `whole` says that one person's value is a whole number. `better` is
    the sign of an improvement, 0 where there is none.
    """

    meaning: str
    unit: str
    low: float
    high: float
    odd_low: float
    odd_high: float
    usual_sd: float | None
    source: str
    better: int = 0
    units: Mapping[str, float] = _NONE
    whole: bool = False


def _minutes(
    meaning: str, high: float, odd: tuple[float, float], sd: float, better: int
) -> Measure:
    """A time in minutes within one night."""
    source = "judgement#size-of-spread"
    return Measure(meaning, "min", 0.0, high, *odd, sd, source, better, _MINUTES)


def _points(meaning: str, high: float, sd: float, source: str, whole: bool = True) -> Measure:
    """A questionnaire's total from 0 to `high`, where fewer points are better."""
    return Measure(meaning, "points", 0.0, high, 0.0, high, sd, source, -1, _NONE, whole)


_SLEEP = {
    "sol": _minutes("sleep onset latency", 960.0, (0.0, 150.0), 25.0, -1),
    "waso": _minutes("awake after sleep onset", 960.0, (0.0, 240.0), 35.0, -1),
    "tst": _minutes("total sleep time", 1440.0, (180.0, 600.0), 60.0, 1),
    "n3": _minutes("deep sleep (N3, slow-wave sleep)", 960.0, (0.0, 180.0), 25.0, 1),
    "rem": _minutes("REM sleep", 960.0, (20.0, 200.0), 25.0, 0),
    "sws_latency": _minutes("from lights-out to slow-wave sleep", 960.0, (0.0, 240.0), 25.0, -1),
    "early_awakening": _minutes("woken before the time wanted", 960.0, (0.0, 240.0), 30.0, -1),
    "se": Measure(
        "sleep efficiency", "%", 0.0, 100.0, 40.0, 99.5, 8.0, "judgement#size-of-spread", 1, _SHARE
    ),
}

_SCALES = {
    "isi": _points("Insomnia Severity Index", 28.0, 5.0, "bastien2001"),
    "psqi": _points("Pittsburgh Sleep Quality Index", 21.0, 3.3, "buysse1989"),
    "ess": _points("Epworth Sleepiness Scale", 24.0, 4.5, "johns1991"),
    "ais": _points("Athens Insomnia Scale", 24.0, 4.5, "judgement#from-memory"),
    "irls": _points("restless legs rating scale", 40.0, 7.0, "judgement#from-memory"),
    "dass_stress": _points("DASS-42 stress", 42.0, 7.0, "pouteau2018"),
    "phq9": _points("Patient Health Questionnaire, depression", 27.0, 5.0, "tarleton2017"),
    "gad7": _points("Generalized Anxiety Disorder scale", 21.0, 5.0, "tarleton2017"),
    "sleep_smd": Measure(
        "several sleep ratings, standardised",
        "SD",
        -10.0,
        10.0,
        -5.0,
        5.0,
        1.0,
        "definition#standardised",
        -1,
    ),
    "promis_disturbance": Measure(
        "PROMIS sleep disturbance", "T", 10.0, 90.0, 30.0, 75.0, 9.0, "definition#t-score", -1
    ),
    "promis_impairment": Measure(
        "PROMIS sleep-related impairment",
        "T",
        10.0,
        90.0,
        30.0,
        75.0,
        9.0,
        "definition#t-score",
        -1,
    ),
    "plm_index": Measure(
        "periodic leg movements in sleep", "1/h", 0.0, 600.0, 0.0, 150.0, 20.0, "hornyak1998", -1
    ),
    "plm_arousal_index": Measure(
        "leg movements with arousal", "1/h", 0.0, 600.0, 0.0, 100.0, 8.0, "hornyak1998", -1
    ),
    "cramps": Measure("leg cramps", "1/week", 0.0, 1000.0, 0.0, 50.0, 4.0, "garrison2020", -1),
}

_MINERAL = {
    "serum": Measure(
        "magnesium in serum or plasma",
        "mmol/L",
        0.1,
        10.0,
        0.45,
        1.3,
        0.07,
        "schutten2022",
        0,
        _SERUM,
    ),
    "ionised": Measure(
        "ionised magnesium in blood", "mmol/L", 0.05, 8.0, 0.3, 0.9, 0.04, "zhan2020", 0, _SERUM
    ),
    "red_cell": Measure(
        "magnesium of a red cell", "pg/cell", 0.5, 20.0, 3.0, 8.0, 0.6, "judgement#size-of-spread"
    ),
    "urine": Measure(
        "magnesium in urine of a day",
        "mmol/24h",
        0.0,
        60.0,
        0.5,
        15.0,
        1.72,
        "schutten2022",
        0,
        _URINE,
    ),
    "absorption": Measure(
        "absorbed of a dose", "%", -50.0, 100.0, 0.0, 90.0, 6.0, "fine1991", 0, _SHARE
    ),
}

_BODY = {
    "cortisol_serum": Measure(
        "cortisol in serum",
        "nmol/L",
        0.0,
        5000.0,
        20.0,
        900.0,
        110.0,
        "debono2009",
        0,
        MappingProxyType(
            {"ug/dL": 1e4 / _CORTISOL_MOLAR_MASS, "ng/mL": 1e3 / _CORTISOL_MOLAR_MASS}
        ),
    ),
    "cortisol_area": Measure(
        "cortisol of part of a night, in the unit printed",
        "as printed",
        0.0,
        float("inf"),
        0.0,
        float("inf"),
        None,
        "definition#ratio-only",
    ),
    "cortisol_urine": Measure(
        "free cortisol in urine of a day",
        "nmol/24h",
        0.0,
        20000.0,
        20.0,
        500.0,
        60.0,
        "schutten2020",
        0,
        MappingProxyType({"ug/24h": 1e3 / _CORTISOL_MOLAR_MASS}),
    ),
    "melatonin": Measure(
        "melatonin in serum",
        "pmol/L",
        0.0,
        20000.0,
        5.0,
        900.0,
        100.0,
        "judgement#size-of-spread",
        0,
        MappingProxyType({"pg/mL": 1e3 / _MELATONIN_MOLAR_MASS}),
    ),
    "heart_rate": Measure(
        "heart rate at rest or asleep", "bpm", 20.0, 250.0, 40.0, 110.0, 8.0, "schutten2022"
    ),
    "rmssd": Measure(
        "heart rate variability, RMSSD", "ms", 0.0, 1000.0, 5.0, 200.0, 20.0, "umetani1998", 1
    ),
    "systolic": Measure(
        "systolic blood pressure", "mmHg", 40.0, 300.0, 90.0, 200.0, 15.0, "schutten2022", -1
    ),
    "diastolic": Measure(
        "diastolic blood pressure", "mmHg", 20.0, 200.0, 50.0, 120.0, 9.0, "schutten2022", -1
    ),
}

MEASURES: Mapping[str, Measure] = MappingProxyType(_SLEEP | _SCALES | _MINERAL | _BODY)
"""Every endpoint of the evidence table, by the word that stands in it."""
