"""A calibration problem as PEtab v2: the likelihood that our posterior is sampled from.

Each observation is a polynomial of the gains, the emulator that stands for the body; the model is
SBML with assignment rules only. Gains are correlated standard normals in the prior, so the files'
parameters are independent ones that the model mixes. Read at time 0, PEtab's objective differs
from our log posterior by a constant only.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from somnesium.errors import MissingPart


class Fitted(NamedTuple):
    """What is written: names, published values with errors, and the polynomial of each.

    `mixing` (gains, gains) turns independent normals into those of the gains; `terms` are tuples
    of gain numbers multiplied together, `coefficients` (terms, observations) their factors.
    """

    gains: Sequence[str]
    mixing: np.ndarray
    observations: Sequence[str]
    value: np.ndarray
    error: np.ndarray
    scale: np.ndarray
    terms: Sequence[tuple[int, ...]]
    coefficients: np.ndarray
    discrepancy_sd: float


_OBSERVABLES = ("observableId", "observableFormula", "noiseFormula", "noiseDistribution")
_MEASUREMENTS = ("observableId", "experimentId", "time", "measurement")
_PARAMETERS = (
    "parameterId",
    "lowerBound",
    "upperBound",
    "nominalValue",
    "estimate",
    "priorDistribution",
    "priorParameters",
)


def _sum(parts: Sequence[tuple[float, str]]) -> str:
    """A formula of numbers times products, without terms of exactly zero."""
    terms = [f"({value!r})" + (f" * {text}" if text else "") for value, text in parts if value]
    return " + ".join(terms) or "0"


def _constant(model: Any, name: str) -> None:  # noqa: ANN401
    made = model.createParameter()
    made.setId(name)
    made.setConstant(True)
    made.setValue(0.0)
    made.setUnits("dimensionless")


def _rule(model: Any, lib: Any, name: str, formula: str) -> None:  # noqa: ANN401
    made = model.createParameter()
    made.setId(name)
    made.setConstant(False)
    made.setUnits("dimensionless")
    rule = model.createAssignmentRule()
    rule.setVariable(name)
    rule.setMath(lib.parseL3Formula(formula))


def _sbml(lib: Any, fitted: Fitted) -> str:  # noqa: ANN401
    """Independent normals `u_…`, gains `z_…`, predictions `p_…`."""
    document = lib.SBMLDocument(3, 2)
    model = document.createModel()
    model.setId("somnesium_calibration")
    for gain in fitted.gains:
        _constant(model, f"u_{gain}")
    _constant(model, "discrepancy")
    for row, gain in zip(fitted.mixing, fitted.gains, strict=True):
        parts = [(float(c), f"u_{name}") for c, name in zip(row, fitted.gains, strict=True)]
        _rule(model, lib, f"z_{gain}", _sum(parts))
    for k, name in enumerate(fitted.observations):
        parts = [
            (float(c), " * ".join(f"z_{fitted.gains[i]}" for i in term))
            for c, term in zip(fitted.coefficients[:, k], fitted.terms, strict=True)
        ]
        _rule(model, lib, f"p_{name}", _sum(parts))
    return lib.writeSBMLToString(document)


def write_petab(fitted: Fitted, folder: Path) -> Path:
    """Write the problem to `folder` and return its `problem.yaml`.

    Raises `MissingPart` without python-libsbml.
    """
    lib = MissingPart.load("libsbml", "exchange", "PEtab needs python-libsbml")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.xml").write_text(_sbml(lib, fitted), encoding="utf-8")
    seen, measured = [], []
    for k, name in enumerate(fitted.observations):
        variance, scale = float(fitted.error[k] ** 2), float(fitted.scale[k])
        noise = f"sqrt({variance!r} + (discrepancy * {scale!r})^2)"
        seen.append((f"obs_{name}", f"p_{name}", noise, "normal"))
        measured.append((f"obs_{name}", "", "0", repr(float(fitted.value[k]))))
    rows = [(f"u_{gain}", "-8", "8", "0", "true", "normal", "0;1") for gain in fitted.gains]
    rows.append(("discrepancy", "0", "20", "0.5", "true", "normal", f"0;{fitted.discrepancy_sd}"))
    for name, header, body in (
        ("observables.tsv", _OBSERVABLES, seen),
        ("measurements.tsv", _MEASUREMENTS, measured),
        ("parameters.tsv", _PARAMETERS, rows),
    ):
        lines = ["\t".join(row) for row in (header, *body)]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = (
        "format_version: 2.0.0\n"
        "parameter_files: [parameters.tsv]\n"
        "model_files:\n  somnesium_calibration: {location: model.xml, language: sbml}\n"
        "observable_files: [observables.tsv]\n"
        "measurement_files: [measurements.tsv]\n"
        "condition_files: []\nexperiment_files: []\n"
    )
    (folder / "problem.yaml").write_text(text, encoding="utf-8")
    return folder / "problem.yaml"
