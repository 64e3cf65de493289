r"""Stores: blood with the fluid around cells, soft tissue, and slow bone and deep muscle.

.. math::
    \dot P = \dots - k_T(T_0 p - T) - k_B(B_0(1 - s + s p) - B), \qquad p = \frac{P}{V c_0}

Sizes and half-times from Avioli 1966 and Silver 1960 (about 15 % of body magnesium exchanges
within days; 14–35 h; the rest about 1,000 h). Only the share s of the slow store, about a third
of bone, gives way to plasma (IOM 1997); the tracer exchanges with all of it. The deficit D is 0
at the replete reference, positive in depletion, and saturates both ways.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation, softplus, tanh
from somnesium.quantity import Par, Real, Var


class Stores(NamedTuple):
    """One person's stores. Defaults: 70 kg adult with 20 % fat."""

    volume: Annotated[Real, Par("L", "avioli1966#20mmol-at-0.85", cv=0.12)] = 23.53
    serum_typical: Annotated[Real, Par("mmol/L", "schutten2022#0.85")] = 0.85
    tissue_size: Annotated[Real, Par("mmol", "avioli1966", cv=0.12)] = 100.0
    slow_size: Annotated[Real, Par("mmol", "elin1987", cv=0.12)] = 880.0
    tissue_rate: Annotated[Real, Par("1/h", "silver1960#half-time-14h", cv=0.25)] = 0.0495
    slow_rate: Annotated[Real, Par("1/h", "avioli1966#half-time-1000h", cv=0.25)] = 0.0166 / 24
    slow_share: Annotated[Real, Par("1", "iom1997#bone-third-exchangeable", cv=0.3)] = 1.0 / 3
    deficit_width: Annotated[Real, Par("1", "judgement#replete-is-flat")] = 0.02
    deficit_limit: Annotated[Real, Par("1", "judgement#no-effect-above-CBT-I")] = 0.10


Deficit = Annotated[Real, Var("1", "magnesium deficit of soft tissue", "judgement#replete-is-flat")]


class StoresState(NamedTuple):
    """Magnesium in blood and extracellular fluid, soft tissue, and the slow store [mmol]."""

    plasma: Annotated[
        Real, Var("mmol", "magnesium in blood and extracellular fluid", "avioli1966", "magnesium")
    ]
    tissue: Annotated[Real, Var("mmol", "magnesium in soft tissue", "avioli1966", "magnesium")]
    slow: Annotated[Real, Var("mmol", "magnesium in bone and deep muscle", "elin1987", "magnesium")]


@equation
def serum(plasma: Real, stores: Stores) -> Real:
    """Serum magnesium [mmol/L] of the amount `plasma` [mmol] in extracellular fluid."""
    return plasma / stores.volume


@equation
def relative_serum(serum: Real, stores: Stores) -> Real:
    """Serum magnesium [mmol/L] over the typical serum, dimensionless."""
    return serum / stores.serum_typical


@equation
def tissue_flux(relative: Real, tissue: Real, stores: Stores) -> Real:
    """Net magnesium into soft tissue [mmol/h]."""
    return stores.tissue_rate * (stores.tissue_size * relative - tissue)


@equation
def slow_equilibrium(relative: Real, stores: Stores) -> Real:
    """Slow store [mmol] that would be at rest with the plasma."""
    return stores.slow_size * (1.0 + stores.slow_share * (relative - 1.0))


@equation
def bone_flux(relative: Real, slow: Real, stores: Stores) -> Real:
    """Net magnesium into the slow store [mmol/h]."""
    return stores.slow_rate * (slow_equilibrium(relative, stores) - slow)


@equation
def tissue_deficit(tissue: Real, stores: Stores) -> Real:
    """Magnesium deficit D of soft tissue: 0 at the reference, up to `deficit_limit`."""
    missing = 1.0 - tissue / stores.tissue_size
    width = stores.deficit_width
    smooth = softplus(missing, width) - 0.6931471805599453 * width
    return stores.deficit_limit * tanh(smooth / stores.deficit_limit)
