"""The deterministic body of one person as SBML Level 3 Version 2, with their own timeline.

Amounts of magnesium and caffeine are species, everything else that changes is a parameter; every
one follows a rate rule read from our equations, in hours. The events of a day (meals, doses,
light, lights-out, rise, stress, exercise, drinks) are events in time. Left out: chance, both of
nights and of people, and the settling before the first day, whose result is the initial state.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from somnesium.body.assembly import Body, Inputs, State
from somnesium.body.stages import Stages
from somnesium.errors import MissingPart, SomnesiumError
from somnesium.exchange.life import Life
from somnesium.exchange.quantities import PREFIXES, Quantity, Slept, identifier, quantities
from somnesium.exchange.symbols import equations, formula, leaves
from somnesium.exchange.timed import Happening, happenings
from somnesium.exchange.units import built_unit, unit_identifier
from somnesium.sources import cite

LEVEL, VERSION = 3, 2
"""Level and version of SBML that is written."""

NOTHING = 1e-12
"""Less of a state than this, in its unit, starts as 0: solvers that scale their tolerance by the
first value of a variable stand still at what is left of a drink after days."""

_MATTER = ("mmol", "mg")
_PERSON = "person"
_FRAMEWORK = "SBO:0000293"  # non-spatial continuous framework
_CHEMICAL = "SBO:0000247"  # simple chemical
_PARAMETER = "SBO:0000002"  # quantitative systems description parameter
_NOTES = (
    "The deterministic body of Somnesium: magnesium from gut to stores, brain, hormones, nerves "
    "and the stages of sleep. Time in hours from local midnight of the first day. Written from "
    "the equations of the program itself. No medical advice."
)


class _Writer(NamedTuple):
    """The library, the model being written, and what is known of every quantity."""

    lib: Any
    model: Any
    known: Mapping[str, Quantity]

    def quantity(self, name: str) -> Quantity:
        """What is known of a dotted name; what has none of its own is a shared exponential."""
        shared = Quantity(name, "1", "exponential that several equations share")
        return self.known.get(name, shared)


def sbml_of(life: Life, *, events: bool = True) -> str:
    """SBML of a person's body and life; without `events`, a tool sets the inputs itself.

    The initial state is `life.state`. Raises `MissingPart` without python-libsbml or SymPy.
    """
    lib = MissingPart.load("libsbml", "exchange", "SBML needs python-libsbml")
    document = lib.SBMLDocument(LEVEL, VERSION)
    writer = _Writer(lib, document.createModel(), quantities())
    _write_model(writer, life.name)
    _write_units(writer)
    _write_quantities(writer, life)
    _write_equations(writer)
    if events:
        for k, happening in enumerate(happenings(life.events), start=1):
            _write_event(writer, k, happening)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + document.toSBML() + "\n"


def _done(code: int | None, what: str) -> None:
    """Stop at the first thing the library does not take."""
    if code:
        raise SomnesiumError(f"libsbml refused {what} (code {code}); please report it")


def _write_model(w: _Writer, name: str) -> None:
    model = w.model
    _done(model.setId("somnesium"), "the model's id")
    _done(model.setName(f"Somnesium: {name}" if name else "Somnesium"), "the model's name")
    _done(model.setSBOTerm(_FRAMEWORK), "the model's SBO term")
    _done(model.setNotes(_paragraph(_NOTES)), "the model's notes")
    for unit, say in (
        ("h", model.setTimeUnits),
        ("mmol", model.setSubstanceUnits),
        ("mmol", model.setExtentUnits),
        ("L", model.setVolumeUnits),
    ):
        _done(say(unit_identifier(unit)), f"the unit {unit}")
    place = model.createCompartment()
    _done(place.setId(_PERSON), "a compartment")
    _done(place.setName("the person; amounts only, its size is not used"), "a name")
    _done(place.setSpatialDimensions(3), "dimensions")
    _done(place.setSize(1.0), "a size")
    _done(place.setUnits(unit_identifier("L")), "a unit")
    _done(place.setConstant(True), "constancy")


def _paragraph(text: str) -> str:
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<body xmlns="http://www.w3.org/1999/xhtml"><p>{plain}</p></body>'


def _write_units(w: _Writer) -> None:
    """Every unit that some quantity has; a dose of melatonin is told in pmol."""
    texts = {"h", "mmol", "L", "pmol", *(quantity.unit for quantity in w.known.values())}
    for text in sorted(texts):
        built = built_unit(text)
        if built.identifier in ("dimensionless", "lux"):
            continue
        definition = w.model.createUnitDefinition()
        _done(definition.setId(built.identifier), f"the unit {text}")
        _done(definition.setName(text), f"the unit {text}")
        for factor in built.factors:
            unit = definition.createUnit()
            _done(unit.setKind(w.lib.UnitKind_forName(factor.kind)), f"the unit {text}")
            _done(unit.setExponent(float(factor.exponent)), f"the unit {text}")
            _done(unit.setScale(factor.scale), f"the unit {text}")
            _done(unit.setMultiplier(factor.multiplier), f"the unit {text}")


def _values(life: Life) -> dict[str, float]:
    """States, stages, sums and inputs at hour 0, by dotted name."""
    kinds = (State, life.state), (Stages, life.stages), (Slept, life.slept), (Inputs, life.inputs)
    return {
        name: float(value) if abs(value) >= NOTHING else 0.0
        for kind, held in kinds
        for name, value in leaves(held, PREFIXES[kind]).items()
    }


def _write_quantities(w: _Writer, life: Life) -> None:
    """Parameters of the body, then what changes, then what is named along the way."""
    for name, value in leaves(life.body, PREFIXES[Body]).items():
        _write_parameter(w, name, float(value), constant=True)
    for name, value in _values(life).items():
        if w.quantity(name).unit in _MATTER:
            _write_species(w, name, value)
        else:
            _write_parameter(w, name, value, constant=False)


def _write_species(w: _Writer, name: str, amount: float) -> None:
    item = w.model.createSpecies()
    _describe(w, item, name)
    _done(item.setCompartment(_PERSON), name)
    _done(item.setInitialAmount(amount), name)
    _done(item.setSubstanceUnits(unit_identifier(w.quantity(name).unit)), name)
    _done(item.setHasOnlySubstanceUnits(True), name)
    _done(item.setBoundaryCondition(True), name)
    _done(item.setConstant(False), name)
    _done(item.setSBOTerm(_CHEMICAL), name)


def _write_parameter(w: _Writer, name: str, value: float | None, *, constant: bool) -> None:
    item = w.model.createParameter()
    _describe(w, item, name)
    if value is not None:
        _done(item.setValue(value), name)
    _done(item.setUnits(unit_identifier(w.quantity(name).unit)), name)
    _done(item.setConstant(constant), name)
    _done(item.setSBOTerm(_PARAMETER), name)


def _describe(w: _Writer, item: Any, name: str) -> None:  # noqa: ANN401 - a libsbml element
    """Identifier, name, and where the number or the substance comes from."""
    quantity = w.quantity(name)
    _done(item.setId(identifier(name)), name)
    _done(item.setMetaId(f"meta_{identifier(name)}"), name)
    _done(item.setName(quantity.meaning), name)
    if quantity.source:
        source = cite(quantity.source)
        words = source["citation"] + (f" ({source['note']})" if source["note"] else "")
        _done(item.setNotes(_paragraph(words)), name)
        if source["doi"]:
            address = f"https://identifiers.org/doi:{source['doi']}"
            _relate(w, item, w.lib.BQB_IS_DESCRIBED_BY, address)
    if quantity.substance:
        address = f"https://identifiers.org/CHEBI:{quantity.substance}"
        _relate(w, item, w.lib.BQB_IS, address)


def _relate(w: _Writer, item: Any, qualifier: int, address: str) -> None:  # noqa: ANN401
    term = w.lib.CVTerm(w.lib.BIOLOGICAL_QUALIFIER)
    _done(term.setBiologicalQualifierType(qualifier), address)
    _done(term.addResource(address), address)
    _done(item.addCVTerm(term), address)


def _write_equations(w: _Writer) -> None:
    """Initial assignments of what is constant, assignment rules, and rate rules."""
    found = equations()
    for name, expression in found.constants.items():
        _write_parameter(w, name, None, constant=True)
        assignment = w.model.createInitialAssignment()
        _done(assignment.setSymbol(identifier(name)), name)
        _done(assignment.setMath(_math(w, formula(expression))), name)
    for name, expression in found.named.items():
        _write_parameter(w, name, None, constant=False)
        rule = w.model.createAssignmentRule()
        _done(rule.setVariable(identifier(name)), name)
        _done(rule.setMath(_math(w, formula(expression))), name)
    for name, expression in found.rates.items():
        rule = w.model.createRateRule()
        _done(rule.setVariable(identifier(name)), name)
        _done(rule.setMath(_math(w, formula(expression))), name)


def _math(w: _Writer, text: str) -> Any:  # noqa: ANN401 - a libsbml expression
    settings = w.lib.L3ParserSettings()
    settings.setParseCollapseMinus(True)
    found = w.lib.parseL3FormulaWithSettings(text, settings)
    if found is None:
        raise SomnesiumError(f"libsbml cannot read {text!r}: {w.lib.getLastParseL3Error()}")
    return found


def _write_event(w: _Writer, number: int, happening: Happening) -> None:
    event = w.model.createEvent()
    what = f"the event at {happening.time} h"
    _done(event.setId(f"event_{number}"), what)
    _done(event.setName(happening.name), what)
    _done(event.setUseValuesFromTriggerTime(True), what)
    trigger = event.createTrigger()
    _done(trigger.setInitialValue(False), what)
    _done(trigger.setPersistent(True), what)
    _done(trigger.setMath(_math(w, f"time >= {happening.time!r} {unit_identifier('h')}")), what)
    for variable, change in happening.changes:
        assignment = event.createEventAssignment()
        _done(assignment.setVariable(identifier(variable)), what)
        _done(assignment.setMath(_math(w, change)), what)
