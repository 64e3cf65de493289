"""A request in another tool's language: what is asked, what is refused, what is missing."""

import sys

import pytest

from somnesium.errors import InvalidInput, MissingPart, UnsafePlan
from somnesium.person.request import read_request
from somnesium.questions.export import export_model
from somnesium.sources import example_path
from somnesium.surfaces.command.export import Language, model_text


@pytest.fixture(scope="module")
def request_of_ben():
    return read_request(example_path("stressed_45"))


def test_sbml_and_antimony_of_a_request(request_of_ben):
    sbml = model_text(request_of_ben, Language.sbml, 1, True)
    assert sbml.startswith("<?xml version='1.0' encoding='UTF-8'?>")
    assert 'level="3" version="2"' in sbml
    text = model_text(request_of_ben, Language.antimony, 1, True)
    assert "model *somnesium()" in text
    assert "at time >= " in text
    assert "at time >= " not in model_text(request_of_ben, Language.antimony, 1, False)


def test_the_days_are_the_documents_unless_told():
    request = read_request(example_path("healthy_30")).model_copy(update={"days": 7})
    assert export_model(request, "sbml") == export_model(request, "sbml", 7)
    assert export_model(request, "sbml", 2) != export_model(request, "sbml", 7)


def test_days_out_of_range_are_refused(request_of_ben):
    with pytest.raises(InvalidInput, match="days: got 400"):
        export_model(request_of_ben, "sbml", 400)


def test_an_unsafe_plan_is_not_exported():
    with pytest.raises(UnsafePlan):
        export_model(read_request(example_path("kidney_egfr25")), "sbml", 1)


@pytest.mark.parametrize("part", ["libsbml", "sympy", "antimony"])
def test_a_missing_package_is_named_with_the_extra_that_brings_it(
    monkeypatch, request_of_ben, part
):
    monkeypatch.setitem(sys.modules, part, None)
    with pytest.raises(MissingPart, match=r"somnesium\[exchange\]"):
        export_model(request_of_ben, "antimony", 1)
