"""Tables and results of metafor, which the tests of pooling compare with."""

import json
from pathlib import Path

from somnesium.answers.evidence.studies import read_studies

DATA = Path(__file__).parents[2] / "data"
RESULTS = json.loads((DATA / "reference_results.json").read_text(encoding="utf-8"))["meta_analysis"]
NAMES = tuple(RESULTS)


def table(name):
    return read_studies(DATA / f"{name}.csv")
