"""The preregistration: what will be done and how it will be judged, fixed before the first dose.

It is JSON with sorted names, so that the same plan is the same text; its SHA-256 is the name under
which it can be published. The allocation is in it as a hash only: whoever opens the seal at the end
can show that it was not changed.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from somnesium import say
from somnesium.answers.selftrial.design.allocation import Allocation, sealed_hash

if TYPE_CHECKING:
    from somnesium.questions.experiment.design import DesignAnswer

KIND = "somnesium preregistration/1"
"""What the text calls itself, and its version."""

_DESIGN = (
    "question",
    "measure",
    "unit",
    "better",
    "worthwhile",
    "blinding",
    "run_in_nights",
    "period_nights",
    "blocks",
    "half_life_nights",
    "carry_over_nights",
    "seen_share",
)


def preregistration_text(
    question: dict[str, object],
    answer: "DesignAnswer",
    drawn: Allocation,
    sealed: str,
    now: datetime,
) -> str:
    """The text of a preregistration, written at the moment `now`."""
    fields = answer.model_dump(mode="json")
    table = {
        "kind": KIND,
        "written": now.astimezone(UTC).isoformat(timespec="seconds"),
        "model_version": answer.model_version,
        "question": question,
        "design": {name: fields[name] for name in _DESIGN},
        "first_evening": fields["first_evening"],
        "last_evening": fields["last_evening"],
        "bottles": [[evening.isoformat(), letter] for evening, letter in drawn.nights],
        "letters": drawn.letters if answer.blinding == "open" else "sealed",
        "allocation": {"algorithm": drawn.algorithm, "sha256": sealed_hash(sealed)},
        "power": fields["power"],
        "verdict_before": {"verdict": fields["verdict"], "reasons": fields["reasons"]},
        "analysis": _analysis(answer),
        "stop_rules": [rule["text"] for rule in fields["stop_rules"]],
    }
    return json.dumps(table, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _analysis(answer: "DesignAnswer") -> dict[str, object]:
    """How the nights will be judged."""
    return {
        "command": "somnesium analyse",
        "primary": f"{answer.label} [{answer.unit}], the plan minus its comparison",
        "nights": "the diary's nights of all periods, missing ones left missing",
        "other_recorders": "further measurements of the same nights, never pooled raw",
        "exposure": (
            "the same night"
            if answer.half_life_nights == 0.0
            else "filling and emptying with a half-life of "
            f"{say.number(answer.half_life_nights, 2)} nights"
        ),
        "adjusted": [
            "trend",
            "weekday",
            "correlation of neighbouring nights",
            "what was logged of the days: alcohol, caffeine, travel, illness, phase",
        ],
        "judged_against": answer.worthwhile,
        "verdicts": ["helps", "no meaningful effect", "harms", "cannot tell"],
    }
