"""The body as Antimony text: what SBML says, as people read and write it."""

from somnesium.errors import MissingPart, SomnesiumError
from somnesium.exchange.life import Life
from somnesium.exchange.sbml import sbml_of


def antimony_of(life: Life, *, events: bool = True) -> str:
    """Antimony text of a person's body and life, as `sbml_of`.

    Raises `MissingPart` without antimony, python-libsbml or SymPy.
    """
    antimony = MissingPart.load("antimony", "exchange", "Antimony needs antimony")
    antimony.clearPreviousLoads()
    if antimony.loadSBMLString(sbml_of(life, events=events)) < 0:
        raise SomnesiumError(f"antimony refused our SBML: {antimony.getLastError()}")
    text = antimony.getAntimonyString(antimony.getMainModuleName())
    antimony.clearPreviousLoads()
    return text
