r"""Brain: guarded from the blood; what magnesium does to GABA tone and to NMDA receptors.

.. math::
    \dot E = k_E (p^{\gamma} - E), \qquad
    G = -g_G D + g_N\left(\frac{o(E)}{o(1)} - 1\right), \quad o(E) = \frac{E c_b}{E c_b + IC_{50}}

Brain magnesium E hardly follows plasma: γ from McKee 2005 and Brewer 2001. The NMDA receptor is
half blocked at the brain's own magnesium (Chahal 1998), so a dose moves it by a fraction of a
percent. GABA tone follows the deficit of the tissues, over weeks. The GABA-A site itself is
near saturation at physiological magnesium; g_G is a prior with a spread that includes nothing.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation, hill, power
from somnesium.quantity import Par, Real


class Brain(NamedTuple):
    """One person's brain magnesium. Defaults: healthy adult."""

    coupling: Annotated[Real, Par("1", "mckee2005", cv=0.3)] = 0.13
    exchange: Annotated[Real, Par("1/h", "mckee2005#24h")] = 1.0 / 24
    typical: Annotated[Real, Par("mmol/L", "mckee2005#csf-ionised-0.80")] = 0.80
    half_block: Annotated[Real, Par("mmol/L", "chahal1998")] = 0.87
    gaba_gain: Annotated[Real, Par("1", "fitted#B34-B35", cv=0.3)] = 1.5
    nmda_gain: Annotated[Real, Par("1", "judgement#half-per-unit-of-brain-magnesium")] = 0.96


@equation
def brain_rest(relative_plasma: Real, brain: Brain) -> Real:
    """Brain extracellular magnesium over normal that is at rest with the plasma."""
    return power(relative_plasma, brain.coupling)


@equation
def brain_derivative(relative_brain: Real, rest: Real, brain: Brain) -> Real:
    """Rate of change [1/h] of brain extracellular magnesium over normal, towards its `rest`."""
    return brain.exchange * (rest - relative_brain)


@equation
def nmda_block(relative_brain: Real, brain: Brain) -> Real:
    """Share of NMDA receptors that magnesium blocks, 0 to 1 (0.48 at the normal brain)."""
    return hill(relative_brain * brain.typical, brain.half_block)


@equation
def gaba_tone(deficit: Real, relative_brain: Real, brain: Brain) -> Real:
    """Calming tone from magnesium status, in log-hazard units: 0 replete, negative depleted."""
    normal = hill(brain.typical, brain.half_block)
    return brain.nmda_gain * (nmda_block(relative_brain, brain) / normal - 1.0) - (
        brain.gaba_gain * deficit
    )
