"""How long a thousand trials of 200 people over eight weeks take: `python -m bench.trial`.

Fresh people in every replicate, settled for 28 days, a week of baseline, eight of treatment, and
every fit, on as many threads as asked for.
"""

import argparse
import json
import time

from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.power import power_of, replicated
from somnesium.person.document import read_document
from somnesium.population.lives import use_threads

__all__ = ["DOCUMENT", "main", "timed"]

_DOSE = {"form": "citrate", "magnesium_mg": 300, "mass_is": "elemental", "times": ["21:00"]}
DOCUMENT = {
    "people": 200,
    "weeks": 8,
    "volunteers": {"filters": {"insomnia": ["mild", "moderate", "severe"], "age": [30, 75]}},
    "arms": [{"name": "magnesium", "regimen": {"intakes": [_DOSE]}}, {"name": "placebo"}],
    "endpoints": [
        {"measure": "isi", "instrument": "questionnaire"},
        {"measure": "sol", "instrument": "diary"},
    ],
}
"""The trial that is timed."""


def timed(replicates: int, method: str, threads: int | None) -> dict[str, float | str]:
    """Seconds that so many replicates take, after one that compiles, and what they found."""
    trial = read_document(DOCUMENT | {"analysis": {"method": method}}, Trial)
    use_threads(threads)
    replicated(trial, 1)
    begin = time.perf_counter()
    run = replicated(trial, replicates)
    seconds = time.perf_counter() - begin
    return {
        "method": method,
        "replicates": float(replicates),
        "seconds": round(seconds, 1),
        "person_nights_per_second": round(replicates * 200 * (28 + 7 + 56) / seconds),
        "power": power_of(run.fits, trial.analysis.alpha),
    }


def main() -> None:
    """Time the trial and print one JSON line a method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--methods", nargs="+", default=["ancova"])
    options = parser.parse_args()
    for method in options.methods:
        print(json.dumps(timed(options.replicates, method, options.threads)))


if __name__ == "__main__":
    main()
