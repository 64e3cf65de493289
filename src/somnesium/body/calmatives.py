r"""Co-ingredients of sleep products, as far as their evidence carries.

Glycine (Yamadera 2007, n = 11) and L-theanine (Bulman 2025) shorten falling asleep a little;
L-tryptophan (Sutanto 2022) lessens waking; ashwagandha over weeks (Cheah 2021) lowers the arousal
load. Each dose enters as a share of the dose studied, saturating at the border, and decays:

.. math:: \dot g = -k_a g, \quad \dot q = k_a g - k_e q

Effects are held at the size of the trials and never extrapolated above the doses studied. The
trials are small and mostly by sellers; the spreads are wide for that reason.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation
from somnesium.quantity import Par, Real, Var


class Calmatives(NamedTuple):
    """One person's response to co-ingredients. Doses are in shares of the dose studied."""

    absorption: Annotated[Real, Par("1/h", "judgement#tmax-about-1h", cv=0.3)] = 1.7
    elimination: Annotated[Real, Par("1/h", "judgement#half-life-1-2h", cv=0.3)] = 0.45
    onset_gain: Annotated[Real, Par("1", "judgement#yamadera2007-bulman2025", doubt=0.8)] = 0.35
    staying_gain: Annotated[Real, Par("1", "judgement#sutanto2022", doubt=0.8)] = 0.7
    adaptation: Annotated[Real, Par("1/h", "cheah2021#about-8-weeks", cv=0.4)] = 1.0 / 480
    load_gain: Annotated[Real, Par("1", "judgement#cheah2021", doubt=0.8)] = 0.35
    cortisol_gain: Annotated[Real, Par("1", "judgement#cheah2021", doubt=0.8)] = 0.10


class CalmativeState(NamedTuple):
    """Onset (glycine, theanine) and staying (tryptophan) effects; slow adaptogen. Dose shares."""

    onset_gut: Annotated[Real, Var("1", "glycine and theanine in the gut, doses studied")]
    onset: Annotated[Real, Var("1", "glycine and theanine acting, doses studied")]
    staying_gut: Annotated[Real, Var("1", "tryptophan in the gut, doses studied")]
    staying: Annotated[Real, Var("1", "tryptophan acting, doses studied")]
    adaptogen: Annotated[Real, Var("1", "ashwagandha acting over weeks, doses studied")]


@equation
def calmative_derivative(state: CalmativeState, calmatives: Calmatives) -> CalmativeState:
    """Rate of change [1/h]. A daily adaptogen dose d settles near d (dose enters as 24 h/τ)."""
    onset = calmatives.absorption * state.onset_gut
    staying = calmatives.absorption * state.staying_gut
    return CalmativeState(
        onset_gut=-onset,
        onset=onset - calmatives.elimination * state.onset,
        staying_gut=-staying,
        staying=staying - calmatives.elimination * state.staying,
        adaptogen=-calmatives.adaptation * state.adaptogen,
    )
