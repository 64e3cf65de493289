"""Small evidence tables for tests, made through the reader itself."""

from somnesium.answers.evidence.reading import row_of
from somnesium.answers.evidence.table import Evidence


def trial(**cells):
    words = {"trial": "t", "design": "parallel", "role": "describe"} | cells
    return row_of("trials", words, "trials 1")


def arm(name, kind, **cells):
    return row_of("arms", {"trial": "t", "arm": name, "kind": kind} | cells, f"arm {name}")


def endpoint(name="a", endpoint="isi", unit="points", **cells):
    words = {
        "trial": "t",
        "arm": name,
        "endpoint": endpoint,
        "instrument": "questionnaire",
        "unit": unit,
        "weeks": "4",
        "seen": "paper",
    }
    return row_of("endpoints", words | cells, f"endpoint {name}")


def contrast(endpoint="isi", unit="points", **cells):
    words = {
        "trial": "t",
        "arm": "a",
        "versus": "b",
        "endpoint": endpoint,
        "unit": unit,
        "instrument": "questionnaire",
        "weeks": "4",
        "measure": "md",
        "kind": "change",
        "seen": "paper",
    }
    return row_of("contrasts", words | cells, "contrast 1")


def table(*, trials=None, arms=None, endpoints=(), contrasts=()):
    two = (arm("a", "magnesium"), arm("b", "placebo"))
    return Evidence(
        tuple(trials or (trial(),)), tuple(arms or two), tuple(endpoints), tuple(contrasts)
    )
