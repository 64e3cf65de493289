"""The questions people ask, one pure function each: a request document in, an answer out."""

from somnesium.answers.effect import course, effects, noticed, onset
from somnesium.answers.safety import require_safe
from somnesium.answers.sideeffects import side_effects
from somnesium.app.explain import summary
from somnesium.app.pictures import curves, daily_intake, hypnograms, last_nights
from somnesium.app.schema import ForecastAnswer, Source
from somnesium.app.version import model_version
from somnesium.person.regimen import Dose
from somnesium.person.request import Request
from somnesium.simulation.worlds import live_worlds, regimen_doses, typical_worlds
from somnesium.sources import cite

__all__ = ["forecast"]

COURSES = ("duration", "latency", "awake_after_onset", "slow_wave", "serum_magnesium",
           "tissue_magnesium", "urine_magnesium")


def forecast(request: Request) -> ForecastAnswer:
    """What would this plan do to my body and nights?

    Raises `UnsafePlan` when the plan is refused; nothing is simulated then.
    """
    taken = regimen_doses(request)
    cautions = require_safe(request.person, request.regimen, first_weekday=request.start.weekday())
    plans: dict[str, tuple[Dose, ...]] = {"without": (), "with": taken}
    magnesium = tuple(dose for dose in taken if dose.substance == "magnesium")
    mixed = bool(magnesium) and len(magnesium) < len(taken)
    if mixed:
        plans["magnesium"] = magnesium
    worlds = live_worlds(request, plans)
    pair = {"without": (), "with": taken}
    typical = typical_worlds(request, pair, trace=True)
    drawn = typical_worlds(request, pair, drawn=True, step=1.0 / 24)
    found = effects(worlds)
    alone = effects(worlds, "magnesium") if mixed else {}
    felt, shown = noticed(worlds), onset(worlds)
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
        courses={name: course(worlds, name) for name in COURSES},
        curves=curves(typical),
        hypnograms=hypnograms(drawn),
        summary=summary(found, felt, shown, cautions, bool(taken)),
    )
