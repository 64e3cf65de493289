"""What do the trials teach about the body's uncertain gains? The use case and its answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from somnesium import say
from somnesium.answers.calibration.diagnostics import Recovery, mixing, recovery
from somnesium.answers.calibration.emulator import (
    Emulator,
    design_points,
    fit_emulator,
    predict,
    terms_of,
)
from somnesium.answers.calibration.lived import Progress
from somnesium.answers.calibration.posterior import DISCREPANCY_SD, Chains, Observed, sample
from somnesium.answers.calibration.problem import Asked, asked_of, live_all, observed
from somnesium.answers.evidence.reading import packaged
from somnesium.answers.evidence.table import Evidence
from somnesium.answers.safety.evaluate import Caution
from somnesium.errors import InvalidInput
from somnesium.exchange.petab import Fitted, write_petab
from somnesium.person.document import Document, Number
from somnesium.population.files import write_whole
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import body_version, model_version
from somnesium.simulation.gains import GAINS, correlation, from_normal
from somnesium.sources import cite, packaged_toml

KEPT = 1024
"""Draws kept in the packaged posterior."""


class GainRow(Document):
    """One gain before and after: factors on its parameter, with 90 % intervals.

    `contraction` is one less posterior over prior variance: 0 nothing learnt, 1 known exactly.
    `covered` is the share of synthetic trials whose 90 % interval held the known gain.
    """

    gain: str
    parameter: str
    meaning: str
    prior_interval90: tuple[Number, Number]
    mean: Number
    interval90: tuple[Number, Number]
    contraction: Number
    r_hat: Number
    effective: Number
    covered: Number | None
    sources: tuple[str, ...]


class ObservedRow(Document):
    """A published difference that was fitted, beside what the body makes of it, before and after.

    The intervals hold 90 % of the body's own expected difference over prior and posterior; a
    trial's error and its discrepancy are not in them.
    """

    trial: str
    comparison: str
    endpoint: str
    unit: str
    published: Number
    error: Number
    error_from: str
    before90: tuple[Number, Number]
    after: Number
    after90: tuple[Number, Number]
    emulator_error: Number
    sources: tuple[str, ...]


class CalibrationAnswer(Answer):
    """The posterior of the gains, what it was learnt from, and whether it can be trusted."""

    gains: tuple[GainRow, ...]
    observed: tuple[ObservedRow, ...]
    discrepancy: Number = Field(description="posterior mean, in scales of the endpoints")
    discrepancy_interval90: tuple[Number, Number]
    held_out: tuple[str, ...]
    held_out_reasons: dict[str, str]
    points: int
    people: int
    seed: int
    recoveries: int
    rank_p: Number | None = Field(description="smallest p of uniform ranks over the gains")
    command: str
    summary: tuple[str, ...]


def _interval(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def _prior_draws(seed: int, count: int) -> np.ndarray:
    """Standard normals of the prior, with its correlation: (count, gains)."""
    rng = np.random.default_rng([seed, 11])
    return rng.standard_normal((count, len(GAINS))) @ np.linalg.cholesky(correlation()).T


def posterior_csv(chains: Chains, seed: int) -> str:
    """`KEPT` draws as CSV, all digits: one column a gain, and the discrepancy between trials."""
    factors = chains.factors
    rng = np.random.default_rng([seed, 12])
    chosen = rng.choice(len(factors), KEPT, replace=len(factors) < KEPT)
    rows = np.column_stack([factors[chosen], chains.discrepancy.ravel()[chosen]]).tolist()
    head = [*(gain.name for gain in GAINS), "discrepancy"]
    return "\n".join(",".join(map(str, row)) for row in (head, *rows)) + "\n"


def _gain_rows(chains: Chains, prior: np.ndarray, found: Recovery | None) -> tuple[GainRow, ...]:
    before, after, good = from_normal(prior), chains.factors, mixing(chains)
    return tuple(
        GainRow(
            gain=gain.name,
            parameter=gain.parameter or "dissolving share of oxide",
            meaning=gain.meaning,
            prior_interval90=_interval(before[:, k]),
            mean=float(after[:, k].mean()),
            interval90=_interval(after[:, k]),
            contraction=float(good.contraction[k]),
            r_hat=float(good.r_hat[k]),
            effective=float(good.effective[k]),
            covered=None if found is None else float(found.coverage[k]),
            sources=(gain.source,),
        )
        for k, gain in enumerate(GAINS)
    )


def _observed_rows(
    asked: Asked, emulator: Emulator, chains: Chains, prior: np.ndarray
) -> tuple[ObservedRow, ...]:
    before = predict(emulator, prior)
    after = predict(emulator, chains.z.reshape(-1, len(GAINS)))
    rows = []
    for k, one in enumerate(asked.rows):
        assert one.value is not None
        assert one.error is not None
        rows.append(
            ObservedRow(
                trial=one.trial,
                comparison=f"{one.arm} – {one.versus}",
                endpoint=one.endpoint,
                unit=one.unit,
                published=one.value,
                error=one.error,
                error_from=one.error_from,
                before90=_interval(before[:, k]),
                after=float(after[:, k].mean()),
                after90=_interval(after[:, k]),
                emulator_error=float(emulator.error[k]),
                sources=one.sources,
            )
        )
    return tuple(rows)


def _summary(gains: Sequence[GainRow], discrepancy: float) -> tuple[str, ...]:
    most = max(gains, key=lambda one: one.contraction)
    least = min(gains, key=lambda one: one.contraction)
    return (
        f"The trials taught most about {most.gain}: {say.number(most.mean, 2)} times the value "
        f"built in ({say.span(most.interval90, 2)}).",
        f"They taught least about {least.gain}: {say.number(least.mean, 2)} "
        f"({say.span(least.interval90, 2)}).",
        f"Trials differ from the body by {say.number(discrepancy, 1)} times the scale of their "
        "endpoint beyond their own errors.",
    )


def _held_out(table: Evidence) -> dict[str, str]:
    return {row.trial: row.role_reason for row in table.with_role("held_out")}


def _rank_p(found: Recovery | None) -> float | None:
    """Smallest Kolmogorov–Smirnov p of the ranks against uniform, over the gains."""
    if found is None:
        return None
    from scipy.stats import kstest

    return min(float(kstest(column, "uniform").pvalue) for column in found.ranks.T)


def _fitted(asked: Asked, told: Observed, emulator: Emulator) -> Fitted:
    """The problem as it is sampled, for other tools."""
    names = [f"{one.trial}_{one.arm}_{one.endpoint}" for one in asked.rows]
    return Fitted(
        gains=[gain.name for gain in GAINS],
        mixing=np.linalg.cholesky(correlation()),
        observations=names,
        value=told.value,
        error=np.sqrt(told.error**2 + emulator.error**2),
        scale=told.scale,
        terms=terms_of(len(GAINS)),
        coefficients=emulator.coefficients,
        discrepancy_sd=DISCREPANCY_SD,
    )


def _trained(
    asked: Asked, table: Evidence, points: int, seed: int, run: dict[str, Any]
) -> tuple[Emulator, np.ndarray, np.ndarray]:
    """The emulator, and the fresh prior points with what was lived there."""
    z = design_points(points, seed)
    fresh_z = np.clip(_prior_draws(seed + 1, points), -3.0, 3.0)
    lived = live_all(asked, table, z, **run)
    fresh = live_all(asked, table, fresh_z, **run)
    return fit_emulator(z, lived, fresh_z, fresh), fresh_z, fresh


def calibrate(
    folder: Path | None = None,
    *,
    table: Evidence | None = None,
    points: int = 128,
    people: int = 48,
    seed: int = 1,
    recoveries: int = 100,
    petab: Path | None = None,
    progress: Progress | None = None,
) -> CalibrationAnswer:
    """Read the calibrating trials into the gains; write `posterior.csv` to `folder`.

    The body lives every trial at `points` values of the gains and at as many fresh ones, with
    `people` virtual people each. What was lived is kept in `folder`, so that a stopped run goes
    on. `recoveries` synthetic sets of trials, at most `points`, test whether known gains are
    found again. The same seed gives the same posterior. Raises `InvalidInput`.
    """
    if points < 64 or points & (points - 1):
        raise InvalidInput.field("points", points, "a power of two from 64")
    if not 0 <= recoveries <= points:
        raise InvalidInput.field("recoveries", recoveries, f"0 to {points}, the points lived")
    if not 8 <= people <= 4096:
        raise InvalidInput.field("people", people, "8 to 4096")
    table = packaged() if table is None else table
    asked = asked_of(table, "calibrate", numbers=True)
    run: dict[str, Any] = {
        "people": people,
        "seed": seed,
        "model": body_version(),
        "progress": progress,
        "folder": None if folder is None else folder / "lived",
    }
    emulator, fresh_z, fresh = _trained(asked, table, points, seed, run)
    told: Observed = observed(asked.rows)
    chains = sample(told, emulator, seed)
    found = None
    if recoveries:
        found = recovery(told, emulator, fresh_z[:recoveries], fresh[:recoveries], seed, progress)
    answer = _answer(asked, table, emulator, chains, found, points, people, seed)
    if petab is not None:
        write_petab(_fitted(asked, told, emulator), petab)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "posterior.csv", posterior_csv(chains, seed).encode())
        write_whole(folder / "calibration.json", answer.model_dump_json(indent=2).encode())
    return answer


def _answer(
    asked: Asked,
    table: Evidence,
    emulator: Emulator,
    chains: Chains,
    found: Recovery | None,
    points: int,
    people: int,
    seed: int,
) -> CalibrationAnswer:
    prior = _prior_draws(seed, 4096)
    gains = _gain_rows(chains, prior, found)
    rows = _observed_rows(asked, emulator, chains, prior)
    tau = chains.discrepancy.ravel()
    keys = [key for one in (*gains, *rows) for key in one.sources]
    keys += [packaged_toml("calibration/prior.toml")["shared_source"], "judgement#between-trials"]
    text = "Few and small trials: these gains may be nothing, or more than they seem."
    caution = Caution(
        key="calibration_thin",
        text=text,
        sources=("judgement#same-trials",),
        clinician="Posterior rests on a handful of small trials; see contraction and intervals.",
    )
    return CalibrationAnswer(
        cautions=(caution,),
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        gains=gains,
        observed=rows,
        discrepancy=float(tau.mean()),
        discrepancy_interval90=_interval(tau),
        held_out=tuple(_held_out(table)),
        held_out_reasons=_held_out(table),
        points=points,
        people=people,
        seed=seed,
        recoveries=0 if found is None else len(found.ranks),
        rank_p=_rank_p(found),
        command=f"somnesium calibrate --out FOLDER --points {points} --people {people} "
        f"--seed {seed}",
        summary=_summary(gains, float(tau.mean())),
    )
