"""The SBML is valid, says its units, and carries the numbers and sources of the body."""

from html import unescape

import libsbml
import pytest

from somnesium.answers.safety.gate import checked_plan
from somnesium.body.assembly import Body
from somnesium.errors import InvalidInput
from somnesium.exchange.life import life_of
from somnesium.exchange.quantities import PREFIXES, identifier, quantities
from somnesium.exchange.sbml import LEVEL, NOTHING, VERSION, sbml_of
from somnesium.exchange.symbols import leaves
from somnesium.person.request import read_request
from somnesium.sources import cite, example_path

EXAMPLES = (
    "diabetes_ppi_thiazide",
    "gummies",
    "healthy_30",
    "insomnia_68",
    "jet_lag",
    "kidney_egfr25",
    "shift_worker",
    "stressed_45",
)


def read(text):
    document = libsbml.readSBMLFromString(text)
    assert document.getNumErrors() == 0
    return document


@pytest.fixture(scope="module")
def written(lives):
    return read(sbml_of(lives("stressed_45")))


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_error_and_no_warning_with_every_check_on(lives, name):
    document = read(sbml_of(lives(name)))
    for category in (
        libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
        libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
        libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
        libsbml.LIBSBML_CAT_MODELING_PRACTICE,
    ):
        document.setConsistencyChecks(category, True)
    found = document.checkConsistency()
    assert [document.getError(k).getMessage() for k in range(found)] == []


def test_a_wrong_unit_would_be_found(written):
    """The check that finds nothing does look: a threshold in mmol is told."""
    spoilt = written.clone()
    spoilt.getModel().getParameter("kidney_threshold").setUnits("mmol")
    found = spoilt.checkConsistency()
    assert any("nits" in spoilt.getError(k).getMessage() for k in range(found))


def test_level_time_and_substance(written):
    model = written.getModel()
    assert (written.getLevel(), written.getVersion()) == (LEVEL, VERSION)
    assert model.getTimeUnits() == "h"
    assert model.getSubstanceUnits() == "mmol"
    hour = model.getUnitDefinition("h").getUnit(0)
    assert (hour.getMultiplier(), hour.getKind()) == (3600.0, libsbml.UNIT_KIND_SECOND)


def test_every_parameter_of_the_body_is_there_with_value_unit_and_name(written, lives):
    model = written.getModel()
    known = quantities()
    for name, value in leaves(lives("stressed_45").body, PREFIXES[Body]).items():
        item = model.getParameter(identifier(name))
        assert item.getValue() == pytest.approx(value, rel=1e-14), name
        assert item.getConstant()
        assert item.getName()
        assert item.isSetUnits()
        assert cite(known[name].source)["citation"][:20] in unescape(item.getNotesString())


def test_every_element_has_a_unit(written):
    model = written.getModel()
    items = [*model.getListOfParameters(), *model.getListOfCompartments()]
    assert [item.getId() for item in items if not item.isSetUnits()] == []
    assert all(s.getSubstanceUnits() in ("mmol", "mg") for s in model.getListOfSpecies())


def resources(item):
    return {
        item.getCVTerm(k).getResourceURI(j): item.getCVTerm(k).getBiologicalQualifierType()
        for k in range(item.getNumCVTerms())
        for j in range(item.getCVTerm(k).getNumResources())
    }


@pytest.mark.parametrize(
    ("name", "chebi"),
    [
        ("stores_plasma", "18420"),
        ("melatonin_plasma", "16796"),
        ("cortisol_plasma", "17650"),
        ("caffeine_body", "27732"),
        ("alcohol_blood", "16236"),
    ],
)
def test_substances_are_identified(written, name, chebi):
    found = resources(written.getModel().getElementBySId(name))
    assert found == {f"https://identifiers.org/CHEBI:{chebi}": libsbml.BQB_IS}


def test_parameters_point_to_where_they_come_from(written):
    found = resources(written.getModel().getParameter("clock_stiffness"))
    doi = cite("sthilaire2007")["doi"]
    assert found == {f"https://identifiers.org/doi:{doi}": libsbml.BQB_IS_DESCRIBED_BY}
    assert resources(written.getModel().getParameter("kidney_threshold")) == {}


def test_the_start_is_the_settled_state(written, lives):
    model, life = written.getModel(), lives("stressed_45")
    assert model.getSpecies("stores_tissue").getInitialAmount() == pytest.approx(
        life.state.stores.tissue, rel=1e-14
    )
    assert model.getParameter("input_in_bed").getValue() == life.inputs.in_bed == 1.0
    total = sum(model.getParameter(f"stage_{n}").getValue() for n in life.stages._fields)
    assert total == pytest.approx(1.0, abs=1e-9)


def test_the_residue_of_old_drinks_starts_as_nothing(lives):
    life = lives("stressed_45")
    faint = life.state._replace(alcohol=life.state.alcohol._replace(blood=1e-76))
    model = read(sbml_of(life._replace(state=faint), events=False)).getModel()
    assert model.getParameter("alcohol_blood").getValue() == 0.0
    assert model.getSpecies("stores_plasma").getInitialAmount() > NOTHING


def test_events_are_the_persons_own(written, lives):
    model, life = written.getModel(), lives("stressed_45")
    assert model.getNumEvents() == len(set(life.events.time.tolist()))
    touched = {
        assignment.getVariable()
        for event in model.getListOfEvents()
        for assignment in event.getListOfEventAssignments()
    }
    assert {
        "input_light",
        "input_in_bed",
        "gut_swallowed",
        "caffeine_gut",
        "input_stress",
        "input_drinking",
        "lost_stool",
    } <= touched
    assert model.getEvent(0).getTrigger().getPersistent()


def test_without_events_the_inputs_can_be_set(lives):
    model = read(sbml_of(lives("stressed_45"), events=False)).getModel()
    assert model.getNumEvents() == 0
    assert not model.getParameter("input_light").getConstant()
    assert model.getRule("input_light") is None


@pytest.mark.parametrize("days", [0, 367, float("nan")])
def test_days_out_of_range(days):
    with pytest.raises(InvalidInput, match="days"):
        life_of(checked_plan(read_request(example_path("healthy_30"))), days)
