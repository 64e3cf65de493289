"""A store with an experiment and its nights, as a person's own would be."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from somnesium.answers.selftrial.design.allocation import allocate, sealed_hash, sealed_text
from somnesium.answers.selftrial.design.question import DesignQuestion
from somnesium.person.document import read_document
from somnesium.questions.nights.diary import DoseAnswer, Morning, record
from somnesium.store.experiments import keep_experiment

START = date(2026, 3, 2)
EXAMPLES = Path(__file__).parents[2] / "examples"


def evening(night: int, hour: int = 12) -> datetime:
    """Noon UTC of the day after the night of that number."""
    return datetime(START.year, START.month, START.day, hour, tzinfo=UTC) + timedelta(days=night)


def begun(store, blinding="capsules", blocks=2, length=4, seed=5):
    """An experiment as `design --begin` writes it, without the simulation."""
    question = read_document(EXAMPLES / "stressed_45.toml", DesignQuestion)
    asked = question.model_dump(mode="json", exclude={"trial": {"seed"}})
    arms = ("the plan", "placebo" if blinding == "capsules" else "nothing")
    dealt = allocate(seed, blocks, length, START, arms)
    sealed = sealed_text(dealt)
    plan = {
        "question": asked,
        "design": {
            "measure": "latency",
            "unit": "min",
            "worthwhile": 10.0,
            "blinding": blinding,
            "half_life_nights": 0.5,
            "run_in_nights": 0,
            "period_nights": length,
            "blocks": blocks,
        },
        "bottles": [[day.isoformat(), letter] for day, letter in dealt.nights],
        "power": [{"change": 10.0, "weeks": 8, "chance": 0.8}],
        "stop_rules": ["Stop if it hurts."],
        "allocation": {"algorithm": dealt.algorithm, "sha256": sealed_hash(sealed)},
    }
    kept = keep_experiment(
        store, "Anna", START, asked, json.dumps(plan), dealt.algorithm, seed, sealed, evening(-5)
    )
    return kept, dealt


def morning(night: int, latency: float, **others) -> Morning:
    """The diary of a night."""
    return Morning(
        day=START + timedelta(days=night + 1),
        zone="Europe/Berlin",
        bed="23:00",
        rise="07:00",
        latency=float(latency),
        awake=20.0,
        **others,
    )


def lived(store, dealt, effect=-20.0, seed=1, skipped=()):
    """A diary of every night of the allocation but `skipped`, with doses and drinks."""
    random = np.random.default_rng(seed)
    for night, (_, letter) in enumerate(dealt.nights):
        given = dealt.letters[letter] == "the plan"
        value = max(1.0, round(45 + effect * given + random.normal(0, 6)))
        if night not in skipped:
            one = morning(
                night, value, dose=DoseAnswer(taken=night != 3), alcohol=float(night % 5 == 0)
            )
            record(store, one, evening(night + 1))
