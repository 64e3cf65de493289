"""The questions people ask, one pure function each: a request document in, an answer out."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from somnesium.answers.effect import course, effects, noticed, onset
from somnesium.answers.safety.gate import checked_plan
from somnesium.answers.sideeffects import side_effects
from somnesium.nights.hypnogram import Bout, drawn_hypnograms
from somnesium.nights.night import Night, nights_of
from somnesium.person.checked import CheckedPlan
from somnesium.person.diet import Diet
from somnesium.person.habits import Habits
from somnesium.person.person import Person
from somnesium.person.regimen import Regimen
from somnesium.person.request import Request, read_request
from somnesium.person.taken import ALL, MAGNESIUM, NOTHING
from somnesium.questions.forecast.answer import ForecastAnswer, Source
from somnesium.questions.forecast.pictures import curves, daily_intake, hypnograms, last_nights
from somnesium.questions.forecast.words import summary
from somnesium.questions.version import model_version
from somnesium.simulation.individual import individualise
from somnesium.simulation.trajectory import trajectory
from somnesium.simulation.worlds import UNREST_SD, live_worlds, typical_worlds
from somnesium.sources import cite

if TYPE_CHECKING:
    import xarray as xr

COURSES = (
    "duration",
    "latency",
    "awake_after_onset",
    "slow_wave",
    "serum_magnesium",
    "tissue_magnesium",
    "urine_magnesium",
)


def forecast(request: Request) -> ForecastAnswer:
    """What would this plan do to my body and nights?

    Raises `UnsafePlan` when the plan is refused; nothing is simulated then.
    """
    return forecast_of(checked_plan(request))


def forecast_of(plan: CheckedPlan) -> ForecastAnswer:
    """The same of a plan that is checked already."""
    request = plan.request
    taken, cautions = plan.taken.within(request.days), plan.cautions
    magnesium = plan.taken.within(request.days, MAGNESIUM)
    mixed = bool(magnesium) and len(magnesium) < len(taken)
    pair = {"without": NOTHING, "with": ALL}
    worlds = live_worlds(plan, pair | {"magnesium": MAGNESIUM} if mixed else pair)
    typical = typical_worlds(plan, pair, trace=True)
    drawn = typical_worlds(plan, pair, drawn=True, unrest=UNREST_SD, step=1.0 / 24)
    found = effects(worlds)
    alone = effects(worlds, "magnesium") if mixed else {}
    felt, shown = noticed(worlds), onset(worlds)
    courses = {name: course(worlds, name) for name in COURSES}
    risks = side_effects(request.person, taken, worlds)
    keys = [key for effect in found.values() for key in effect.sources]
    keys += [key for risk in risks for key in risk.sources] + list(felt.sources)
    keys += [key for caution in cautions for key in caution.sources]
    return ForecastAnswer(
        cautions=cautions,
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        name=request.name or request.person.name,
        plan=request.regimen.name,
        days=request.days,
        people=int(worlds.draws.values.shape[1]),
        intake=daily_intake(request, taken),
        effects=found,
        magnesium_alone=alone,
        noticed=felt,
        onset=shown,
        side_effects=risks,
        nights=last_nights(typical),
        courses=courses,
        curves=curves(typical),
        hypnograms=hypnograms(drawn),
        summary=summary(found, felt, shown, cautions, courses, bool(taken)),
    )


class Simulation(NamedTuple):
    """One typical body through time, and its nights, with the same life in every world.

    `trajectory` is an xarray Dataset with units and sources in its attributes; `nights` are
    expected nights; `drawn` are nights drawn by chance, and `hypnograms` their stages.
    """

    trajectory: "xr.Dataset"
    nights: tuple[Night, ...]
    drawn: tuple[Night, ...]
    hypnograms: tuple[tuple[Bout, ...], ...]


def simulate(
    person: Person,
    habits: Habits,
    diet: Diet,
    regimen: Regimen = Regimen(),  # noqa: B008 - a frozen value
    days: int = 56,
    start: date = date(2026, 1, 5),
    seed: int = 1,
) -> Simulation:
    """Simulate the typical body of someone like this person: expected and drawn nights.

    Raises `InvalidInput`, `UnsafePlan` when the plan is refused, or `MissingPart` without xarray
    (extra `trajectories`).
    """
    request = read_request(
        {
            "person": person,
            "habits": habits,
            "diet": diet,
            "regimen": regimen,
            "days": days,
            "start": start,
            "seed": seed,
        }
    )
    plan, parts = checked_plan(request), {"with": ALL}
    expected = typical_worlds(plan, parts, trace=True)
    dataset = trajectory(expected.results["with"], expected.line, expected.draws.values)
    drawn = typical_worlds(plan, parts, drawn=True, unrest=UNREST_SD, step=1.0 / 24)
    rmssd = individualise(person, plan.medicines).nerves.rmssd_typical
    return Simulation(
        trajectory=dataset,
        nights=nights_of(expected.results["with"], expected.line, 0, rmssd),
        drawn=nights_of(drawn.results["with"], drawn.line, 0, rmssd),
        hypnograms=drawn_hypnograms(drawn.results["with"]),
    )
