"""Small trials, and records of trials with planted effects, that the tests share."""

import numpy as np

from somnesium.answers.trial.conduct import Records
from somnesium.answers.trial.design import Trial
from somnesium.person.document import read_document

DOSE = {"form": "citrate", "magnesium_mg": 300.0, "mass_is": "elemental", "times": ["21:00"]}
ACTIVE = {"name": "magnesium", "regimen": {"intakes": [DOSE]}}
PLACEBO = {"name": "placebo"}
ISI = {"measure": "isi", "instrument": "questionnaire"}
SERUM = {"measure": "serum", "instrument": "assay"}
SOL = {"measure": "sol", "instrument": "diary"}


def design(**more) -> Trial:
    """A parallel trial of twelve people over two weeks, changed as said."""
    table = {
        "people": 12,
        "weeks": 2,
        "arms": [ACTIVE, PLACEBO],
        "endpoints": [ISI, SERUM],
        "seed": 3,
    }
    return read_document(table | more, Trial)


def parallel_records(
    replicates: int, people: int, effect: float, correlation: float, seed: int, visits: int = 1
) -> Records:
    """Gaussian records of two arms, SD 1, the effect at every visit on arm 0."""
    rng = np.random.default_rng(seed)
    shape = (visits, 1, replicates, people)
    own = rng.standard_normal((replicates, people)) * np.sqrt(correlation)
    spread = np.sqrt(1.0 - correlation)
    arm = np.broadcast_to(np.arange(people) % 2, (visits, replicates, people))
    baseline = own + spread * rng.standard_normal(shape[2:])
    post = own + spread * rng.standard_normal(shape)
    return Records(
        sequence=arm[0],
        arm=arm,
        baseline=baseline[None],
        post=post + effect * (arm[:, None] == 0),
        screened=replicates * people,
    )


def crossover_records(
    replicates: int, people: int, effect: float, correlation: float, seed: int, period: float
) -> Records:
    """Gaussian records of two periods in two orders, with an effect of the second period."""
    rng = np.random.default_rng(seed)
    own = rng.standard_normal((replicates, people)) * np.sqrt(correlation)
    noise = np.sqrt(1.0 - correlation) * rng.standard_normal((2, 1, replicates, people))
    first = np.broadcast_to(np.arange(people) % 2, (replicates, people))
    arm = np.stack([first, 1 - first])
    post = own + noise + effect * (arm[:, None] == 0)
    post[1] += period
    return Records(sequence=first, arm=arm, baseline=own[None], post=post, screened=0)
