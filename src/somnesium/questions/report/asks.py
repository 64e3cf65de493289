"""What a report asks of a doctor or pharmacist: rules from cautions to questions, each tied.

Every refusal and caution becomes a reason of exactly one question, so that none is lost. Nothing
is asked that no rule raised; each reason keeps its rule and its sources.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from somnesium import say
from somnesium.answers.safety.evaluate import Caution, Refusal
from somnesium.person.document import Document
from somnesium.questions.risk.words import in_100

if TYPE_CHECKING:
    from somnesium.questions.risk.risk import RiskAnswer

Kind = Literal[
    "now",
    "refused",
    "kidneys",
    "serum",
    "unit",
    "dose",
    "apart",
    "name",
    "together",
    "watch",
    "consider",
]
"""What is asked, the most urgent first."""

_ASKS: dict[str, str] = {
    "now": "Please assess this without delay",
    "refused": "The safety rules refuse this plan: please decide whether it may be taken at all",
    "kidneys": "Please check kidney function (creatinine, eGFR)",
    "serum": "Please measure serum magnesium",
    "unit": "Please confirm a laboratory value and its unit",
    "dose": "Please confirm or lower a dose above a limit",
    "apart": "Please say whether a medicine, or the supplement, can be moved by the clock",
    "name": "Please confirm what a medicine is; its interactions were not checked, or by near "
    "spelling only",
    "together": "Please decide whether these go together",
    "watch": "Please keep an eye on these",
    "consider": "Please consider these",
}

_KEYS: dict[str, frozenset[str]] = {
    "now": frozenset(
        [
            "emergency",
            "suicidal_thoughts",
            "mania",
            "bowel_obstruction",
            "emergency_noted",
            "suicidal_thoughts_noted",
            "mania_noted",
            "bowel_obstruction_noted",
            "serum_very_low",
        ]
    ),
    "kidneys": frozenset(["kidney_unknown", "kidney_severe_noted"]),
    "serum": frozenset(
        [
            "kidney_moderate",
            "serum_forecast_high",
            "magnesium_laxative_dose",
            "hypermagnesaemia_noted",
            "fluid_loss",
        ]
    ),
    "unit": frozenset(["serum_unit", "laboratory_unit", "laboratory_conflict", "few_people"]),
    "dose": frozenset(
        [
            "upper_limit_us",
            "upper_limit_eu",
            "magnesium_single_dose",
            "kidney_moderate_dose",
            "vitamin_b6_eu",
            "vitamin_b6_us",
            "zinc_us",
            "zinc_eu",
            "melatonin_high",
        ]
    ),
    "name": frozenset(["unknown_medicine", "respelt_medicine"]),
}
_ACTIONS: dict[str, Kind] = {
    "test": "serum",
    "separate": "apart",
    "avoid": "together",
    "monitor": "watch",
}

_OF_DOSES = ("melatonin", "vitamin_b6", "zinc")
_LOOKED_AT = ("serum_below_0.75", "stores_low", "serum_above_1.05")
_LIKELY = 0.5
"""Probability from which something is called likely (judgement#words)."""


class Reason(Document):
    """Why something is asked: the rule that raised it, about what, in a professional's words."""

    rule: str
    subject: str
    text: str
    sources: tuple[str, ...]


class Asked(Document):
    """One thing asked, and every reason for it."""

    kind: Kind
    text: str
    reasons: tuple[Reason, ...]


class _Found(NamedTuple):
    kind: Kind
    reason: Reason


def kind_of(one: Caution | Refusal) -> Kind:
    """Which question a refusal or caution belongs to: by its key, else by what it asks for."""
    for kind, keys in _KEYS.items():
        if one.key in keys:
            return kind  # type: ignore[return-value]
    if isinstance(one, Refusal):
        return "refused"
    return _ACTIONS.get(one.action, "consider")


def _reason(one: Caution | Refusal) -> Reason:
    """What was found, for a professional."""
    return Reason(rule=one.key, subject=one.subject, text=one.clinician, sources=one.sources)


def _of_status(risk: "RiskAnswer") -> Iterable[_Found]:
    """Magnesium that is likely low, or too high, is a reason to measure serum, or to follow it."""
    for one in risk.status:
        if one.key in _LOOKED_AT and one.probability.mean >= _LIKELY:
            text = f"Likely by the model: {one.label}, {in_100(one.probability)}."
            sources = (*one.sources, "judgement#words")
            yield _Found("serum", Reason(rule=one.key, subject="", text=text, sources=sources))


def _planned(reasons: Iterable[Reason], daily_mg: Mapping[str, float]) -> str:
    """What is planned of the substances whose limits are passed, mg on the fullest day."""
    about = {
        next((name for name in _OF_DOSES if one.rule.startswith(name)), "magnesium")
        for one in reasons
    }
    told = [
        f"{say.figures(daily_mg[name], 4)} mg "
        f"{'elemental ' if name == 'magnesium' else ''}{name.replace('_', ' ')}"
        for name in sorted(about & set(daily_mg))
    ]
    return f" (planned on a day: {', '.join(told)})" if told else ""


def _ask(
    kind: Kind, reasons: tuple[Reason, ...], risk: "RiskAnswer", daily_mg: Mapping[str, float]
) -> str:
    """The question; of serum whether it was measured already, of doses what is planned."""
    serum = next((one for one in risk.laboratory if one.key == "serum" and one.used), None)
    if kind == "serum" and serum is not None:
        return (
            f"Please follow serum magnesium, {say.number(serum.value, 2)} mmol/L when it was "
            "measured"
        )
    return _ASKS[kind] + (_planned(reasons, daily_mg) if kind == "dose" else "")


def asked_of(
    found: Sequence[Caution | Refusal], risk: "RiskAnswer", daily_mg: Mapping[str, float]
) -> tuple[Asked, ...]:
    """Every question, in order of urgency, with its reasons in the order they were found.

    `daily_mg` is the most of each substance that the plan holds on a day, mg, elemental.
    """
    told = [_Found(kind_of(one), _reason(one)) for one in found]
    told += _of_status(risk)
    grouped = {
        kind: tuple(dict.fromkeys(one.reason for one in told if one.kind == kind))
        for kind in get_args(Kind)
    }
    return tuple(
        Asked(kind=kind, text=_ask(kind, reasons, risk, daily_mg), reasons=reasons)
        for kind, reasons in grouped.items()
        if reasons
    )
