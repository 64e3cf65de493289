"""Is this plan safe for this person? The rules are data; this file only evaluates them.

`safety.toml` holds the rules of a person and a plan, `interactions.toml` the medicines. A refusal
stops the plan (`UnsafePlan`, exit code 3); a caution is shown with every answer. Order: as in the
files, interactions by row and then by the person's order of medicines.

A plan in which nothing is taken trips no rule about doses, but what must be said of the person is
still said: with an eGFR below 30, say, magnesium is refused, and without any it is a caution.
Amounts are the largest of any calendar day of the plan, and the largest taken at one clock time.
Food is never counted; with no region given, every region's limits are applied. A medicine to be
kept some hours apart is held against the clock times of the plan if its own are stated: far
enough apart it raises nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from somnesium import say
from somnesium.answers.safety.rules import Interaction, Region, Rule, When, interactions, rules
from somnesium.answers.safety.separation import Clash, clash, meets, need_of, takings
from somnesium.errors import InvalidInput
from somnesium.person.cautions import Caution, Refusal
from somnesium.person.document import Document
from somnesium.person.medicines import Medicine
from somnesium.person.person import Person, egfr_of, serum_magnesium_of
from somnesium.person.taken import Taken
from somnesium.quantity import clock_text, require_finite

_ROUNDING = 1.0 + 1e-9
"""Relative slack, so that 3 × 116.667 mg counts as 350 mg."""


class SafetyAnswer(Document):
    """All cautions and refusals of a plan, in a fixed order. `safe` when nothing is refused."""

    cautions: tuple[Caution, ...]
    refusals: tuple[Refusal, ...]

    @property
    def safe(self) -> bool:
        """Whether nothing is refused."""
        return not self.refusals


class _Facts(NamedTuple):
    """What rules look at. Amounts are mg of each substance taken, serum mmol/L."""

    person: Person
    egfr: float | None
    serum: float | None
    medicines: tuple[Medicine, ...]
    classes: frozenset[str]
    region: Region | None
    daily_mg: Mapping[str, float]
    single_mg: Mapping[str, float]
    clocks: Mapping[str, tuple[float, ...]]
    forecast: float | None


def evaluate(
    person: Person,
    medicines: tuple[Medicine, ...],
    taken: Taken,
    region: Region | None = None,
    serum_high: float | None = None,
) -> SafetyAnswer:
    """What the rules say of a plan for a person; the gate asks them, and lets a plan through.

    The plan is looked at over its whole length. `serum_high` is the serum magnesium [mmol/L] that
    it may come to, if the body was run; without it the rules of measured kidneys and serum stand
    alone. Raises `InvalidInput`.
    """
    if region is not None and region not in get_args(Region):
        raise InvalidInput.field("region", region, ", ".join(get_args(Region)))
    if serum_high is not None:
        require_finite("serum_high", serum_high, 0.0, 20.0, "mmol/L")
    recognised = [medicine for medicine in medicines if medicine.key]
    facts = _Facts(
        person,
        egfr_of(person),
        serum_magnesium_of(person),
        medicines,
        frozenset(str(name) for one in recognised for name in (one.key, *one.classes)),
        region,
        taken.largest_daily_mg,
        taken.largest_single_mg,
        taken.clocks,
        serum_high,
    )
    fired = (*_by_rules(facts), *_by_interactions(facts))
    return SafetyAnswer(
        cautions=tuple(entry for entry in fired if isinstance(entry, Caution)),
        refusals=tuple(entry for entry in fired if isinstance(entry, Refusal)),
    )


_Test = Callable[[_Facts, Any, When], bool]

_HOLDS: Mapping[str, _Test] = MappingProxyType(
    {
        "age_below": lambda f, limit, _: f.person.age < limit,
        "age_from": lambda f, limit, _: f.person.age >= limit,
        "egfr_below": lambda f, limit, _: f.egfr is not None and f.egfr < limit,
        "egfr_from": lambda f, limit, _: f.egfr is not None and f.egfr >= limit,
        "egfr_unknown": lambda f, _, __: f.egfr is None,
        "serum_below": lambda f, limit, _: f.serum is not None and f.serum < limit,
        "serum_above": lambda f, limit, _: f.serum is not None and f.serum > limit,
        "forecast_above": lambda f, limit, _: f.forecast is not None and f.forecast > limit,
        "pregnant": lambda f, _, __: f.person.pregnant,
        "lactating": lambda f, _, __: f.person.lactating,
        "conditions_any": lambda f, keys, _: any(k in f.person.conditions for k in keys),
        "conditions_all": lambda f, keys, _: all(k in f.person.conditions for k in keys),
        "conditions_none": lambda f, keys, _: all(k not in f.person.conditions for k in keys),
        "symptoms_any": lambda f, keys, _: any(k in f.person.symptoms for k in keys),
        "insomnia_any": lambda f, levels, _: f.person.insomnia in levels,
        "isi_from": lambda f, limit, _: f.person.isi is not None and f.person.isi >= limit,
        "medicine_classes_any": lambda f, names, _: any(name in f.classes for name in names),
        "medicine_unknown": lambda f, _, __: any(m.key is None for m in f.medicines),
        "medicine_respelt": lambda f, _, __: any(m.matched_how == "spelling" for m in f.medicines),
        "region": lambda f, region, _: f.region in (None, region),
        "any_dose": lambda f, wanted, _: bool(f.daily_mg) == wanted,
        "substances_any": lambda f, names, _: any(name in f.daily_mg for name in names),
        "substances_none": lambda f, names, _: all(name not in f.daily_mg for name in names),
        "daily_mg_above": lambda f, limit, when: _most(f.daily_mg, when) > limit * _ROUNDING,
        "single_mg_above": lambda f, limit, when: _most(f.single_mg, when) > limit * _ROUNDING,
        "any_of": lambda f, alternatives, _: any(_holds(one, f) for one in alternatives),
    }
)


def _holds(when: When, facts: _Facts) -> bool:
    """Whether every field given holds."""
    given = ((name, getattr(when, name)) for name in _HOLDS)
    return all(_HOLDS[name](facts, value, when) for name, value in given if value is not None)


def _most(amounts: Mapping[str, float], when: When) -> float:
    """Largest amount of the substances a condition is about, mg."""
    return max((amounts.get(name, 0.0) for name in when.substances_any or ()), default=0.0)


def _by_rules(facts: _Facts) -> Iterator[Caution | Refusal]:
    """Rules that fire; those about a medicine's name, once for each such medicine."""
    for rule in rules():
        if not _holds(rule.when, facts):
            continue
        words = {
            "daily_mg": _milligrams(_most(facts.daily_mg, rule.when)),
            "single_mg": _milligrams(_most(facts.single_mg, rule.when)),
            "symptom": _symptoms(rule.when, facts.person),
        }
        about = _named(rule.when, facts.medicines)
        for medicine in about or (None,):
            yield _said(rule, medicine, words)


def _named(when: When, medicines: tuple[Medicine, ...]) -> tuple[Medicine, ...]:
    """The medicines a rule about names is about, each name once."""
    found = {}
    for medicine in medicines:
        unknown = when.medicine_unknown and medicine.key is None
        respelt = when.medicine_respelt and medicine.matched_how == "spelling"
        if unknown or respelt:
            found.setdefault(medicine.name_given, medicine)
    return tuple(found.values())


def _symptoms(when: When, person: Person) -> str:
    """The person's symptoms that a rule is about, in words."""
    held = [key for key in person.symptoms if key in (when.symptoms_any or ())]
    return ", ".join(held).replace("_", " ")


def _by_interactions(facts: _Facts) -> Iterator[Caution | Refusal]:
    """Interactions that fire, once for each medicine, however many names it was given."""
    medicines = takings(facts.medicines)
    for row in interactions():
        if not row.without_dose and not any(s in facts.daily_mg for s in row.substances_any):
            continue
        for medicine in medicines:
            if meets(row, medicine):
                yield from _of_interaction(row, medicine, facts)


def _of_interaction(
    row: Interaction, medicine: Medicine, facts: _Facts
) -> Iterator[Caution | Refusal]:
    """What a row says of a medicine it meets: nothing if both are kept apart by the clock."""
    said = _said(row, medicine, {})
    if row.action != "separate" or not medicine.times or isinstance(said, Refusal):
        yield said
        return
    need = need_of(row, medicine)
    near = [
        (found, name)
        for name in row.substances_any
        if (found := clash(need, facts.clocks.get(name, ())))
    ]
    if near:
        nearest, substance = min(near)
        text = f"{said.text} {_told(nearest, said.subject, substance)}"
        yield said.model_copy(update={"text": text, "hours_apart": nearest.hours})


def _told(near: Clash, subject: str, substance: str) -> str:
    """How near they are in the plan, as a sentence."""
    name = substance.replace("_", " ")
    if near.hours == 0.0:
        return f"In your plan, {subject} and {name} are both at {clock_text(near.dose_time)}."
    hours = say.figures(near.hours, 2)
    return (
        f"In your plan, {subject} at {clock_text(near.medicine_time)} and {name} at "
        f"{clock_text(near.dose_time)} are {hours} hour{'s' if hours != '1' else ''} apart."
    )


def _said(
    entry: Rule | Interaction, medicine: Medicine | None, words: Mapping[str, str]
) -> Caution | Refusal:
    """The caution or refusal of a rule or row, its sentences filled in."""
    subject = " ".join(medicine.name_given.split())[:80] if medicine else ""
    words = {**words, "medicine": subject, "matched": medicine.matched_name if medicine else ""}
    common: dict[str, Any] = {
        "key": entry.key,
        "text": _filled(entry.text, words),
        "clinician": entry.clinician,
        "sources": entry.sources,
        "subject": subject,
    }
    if entry.severity == "refusal":
        return Refusal(**common)
    if isinstance(entry, Interaction):
        common["action"] = entry.action
        common["hours_before"] = entry.hours_before
        common["hours_after"] = entry.hours_after
    return Caution(**common)


def _filled(text: str, words: Mapping[str, str]) -> str:
    """A sentence with its `{words}`, starting with a capital letter."""
    filled = text.format(**words)
    return filled[:1].upper() + filled[1:]


def _milligrams(amount: float) -> str:
    """An amount as a person reads it: one decimal if there is one."""
    return say.number(amount, 1).removesuffix(".0")
