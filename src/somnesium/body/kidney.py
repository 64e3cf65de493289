r"""Kidney: lets go of what is above a threshold, keeps what is below.

.. math::
    J = k\sqrt{g}\,\mathrm{softplus}(c - c_0;\, w)\,(1 + k_e e) + (j_0 + \ell)\frac{c}{c_t}

Threshold behaviour as in Rude 1980 and Heaton 1969; slope fitted to Zhang 2016 (+1.52 mmol/d of
urine for +0.04 mmol/L of serum); g is GFR over 100 mL/min/1.73 m², and its root the rising
fractional excretion that keeps serum normal until late (Sakaguchi group; Cunningham 2012).
`leak` stands for tubular wasting. Alcohol raises the loss. Left out: segments, hormones, acid.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation, softplus, sqrt
from somnesium.quantity import Par, Real


class Kidney(NamedTuple):
    """One person's kidneys. Defaults: healthy adult."""

    gfr: Annotated[Real, Par("1", "definition#eGFR/100", cv=0.15)] = 1.0
    threshold: Annotated[Real, Par("mmol/L", "fitted#B27", sd=0.05)] = 0.744
    width: Annotated[Real, Par("mmol/L", "judgement#splay")] = 0.03
    slope: Annotated[Real, Par("L/h", "fitted#B28-zhang2016", cv=0.25)] = 40.0 / 24
    obligatory: Annotated[Real, Par("mmol/h", "judgement#depletion-floor")] = 0.2 / 24
    leak: Annotated[Real, Par("mmol/h", "definition#none-in-health")] = 0.0
    endogenous: Annotated[Real, Par("mmol/h", "iom1997#endogenous-faecal-loss", cv=0.3)] = 0.025


@equation
def filtered_flux(serum: Real, kidney: Kidney) -> Real:
    """Magnesium the sober kidney spills [mmol/h] at `serum` [mmol/L] above its threshold."""
    above = softplus(serum - kidney.threshold, kidney.width)
    return kidney.slope * sqrt(kidney.gfr) * above


@equation
def urinary_flux(filtered: Real, relative: Real, alcohol_gain: Real, kidney: Kidney) -> Real:
    """Magnesium lost in urine [mmol/h]: spilled, plus what is lost in proportion to serum.

    `relative` is serum over the typical serum; `alcohol_gain` 0 when sober.
    """
    return filtered * (1.0 + alcohol_gain) + (kidney.obligatory + kidney.leak) * relative


@equation
def faecal_flux(relative: Real, kidney: Kidney) -> Real:
    """Magnesium the body itself loses into the gut [mmol/h], in proportion to serum."""
    return kidney.endogenous * relative
