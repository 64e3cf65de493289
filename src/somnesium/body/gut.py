r"""Gut: magnesium swallowed is delivered, dissolves, is absorbed or leaves in the stool.

.. math::
    \dot U &= -k_d U, \qquad \dot Z = -k_z Z \\
    \dot L &= k_d U + k_z Z - A(L) - k_p L, \qquad
    A(L) = m\left(\frac{v L}{K + L} + k L\right)

Saturable plus linear absorption, fitted to the hyperbola of Fine 1991 (65 % of 36 mg down to 11 %
of 973 mg) and checked on Sabatier 2003 (48 % of 70 mg). Soluble salts enter U; slow salts
(oxide, hydroxide, carbonate) enter Z, which dissolves with about three hours' delay (Schuette
1994). What never dissolves goes straight to the stool. Without food a dose loses 12 % more
(Sabatier 2002). Left out: up-regulation in deficiency, phytate, colon.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation, hill
from somnesium.quantity import Par, Real, Var


class Gut(NamedTuple):
    """One person's gut. Defaults: healthy adult, dose taken with food."""

    delivery: Annotated[Real, Par("1/h", "graham1960#onset-1h", cv=0.3)] = 1.2
    dissolution: Annotated[Real, Par("1/h", "schuette1994#delay-3.2h", cv=0.3)] = 0.333
    passage: Annotated[Real, Par("1/h", "fitted#B26-fine1991", cv=0.2)] = 0.6
    saturable: Annotated[Real, Par("mmol/h", "fitted#B26-fine1991")] = 0.354
    half_amount: Annotated[Real, Par("mmol", "fitted#B26-fine1991")] = 0.1
    linear: Annotated[Real, Par("1/h", "fitted#B26-fine1991")] = 0.0247
    absorption: Annotated[Real, Par("1", "sabatier2003#spread", cv=0.2)] = 1.0
    fasting_share: Annotated[Real, Par("1", "sabatier2002#1/1.14")] = 0.877


class GutState(NamedTuple):
    """Magnesium swallowed (soluble), still solid, and dissolved in the intestine [mmol]."""

    swallowed: Annotated[Real, Var("mmol", "soluble magnesium swallowed", substance="magnesium")]
    solid: Annotated[Real, Var("mmol", "magnesium still solid in the gut", substance="magnesium")]
    lumen: Annotated[
        Real, Var("mmol", "magnesium dissolved in the intestine", substance="magnesium")
    ]


@equation
def delivered_flux(swallowed: Real, gut: Gut) -> Real:
    """Soluble magnesium reaching the intestine [mmol/h]."""
    return gut.delivery * swallowed


@equation
def dissolved_flux(solid: Real, gut: Gut) -> Real:
    """Slow salts dissolving [mmol/h]."""
    return gut.dissolution * solid


@equation
def absorbed_flux(lumen: Real, gut: Gut) -> Real:
    """Magnesium absorbed into the blood [mmol/h] from `lumen` [mmol] dissolved."""
    return gut.absorption * (gut.saturable * hill(lumen, gut.half_amount) + gut.linear * lumen)


@equation
def passed_flux(lumen: Real, gut: Gut) -> Real:
    """Dissolved magnesium passing on unabsorbed, to the stool [mmol/h]."""
    return gut.passage * lumen
