"""The margins people are drawn from: packaged numbers by age and sex, each with its source."""

from functools import cache
from typing import NamedTuple

import numpy as np

from somnesium.sources import packaged_toml

_TABLE = "population/margins.toml"
OLDEST = 90.0
"""Age at which the oldest band ends; older adults count to it [y]."""


class Margin(NamedTuple):
    """A number by age band and sex: first ages of the bands, then a value a band."""

    from_age: np.ndarray
    female: np.ndarray
    male: np.ndarray
    unit: str
    source: str

    def at(self, age: np.ndarray, female: np.ndarray) -> np.ndarray:
        """The number for each person; under the first age as in the first band."""
        band = np.maximum(np.searchsorted(self.from_age, age, "right") - 1, 0)
        return np.where(female, self.female[band], self.male[band])


@cache
def margin(name: str) -> Margin:
    """A packaged margin by name."""
    entry = packaged_toml(_TABLE)[name]
    from_age, female, male = (
        np.array(entry.get(key, entry.get("all")), float) for key in ("from_age", "female", "male")
    )
    return Margin(from_age, female, male, entry["unit"], entry["source"])


def loading(name: str) -> float:
    """How strongly one standard normal score follows another."""
    return float(packaged_toml(_TABLE)["loadings"][name])


class AgePyramid(NamedTuple):
    """How many adults there are: edges of the age bands [y], and people below each edge by sex."""

    edges: np.ndarray
    female: np.ndarray
    male: np.ndarray

    @property
    def female_share(self) -> float:
        """Share of women among all adults."""
        return float(self.female[-1] / (self.female[-1] + self.male[-1]))

    def female_share_at(self, age: np.ndarray) -> np.ndarray:
        """Share of women among adults of each age."""
        women, men = np.diff(self.female), np.diff(self.male)
        band = np.clip(np.searchsorted(self.edges, age, "right") - 1, 0, len(women) - 1)
        return (women / (women + men))[band]

    def age(self, share: np.ndarray, female: np.ndarray) -> np.ndarray:
        """The age below which this share of each person's sex is [y]; even within a band."""
        by_sex = [
            np.interp(share, below / below[-1], self.edges) for below in (self.female, self.male)
        ]
        return np.where(female, *by_sex)


@cache
def age_pyramid() -> AgePyramid:
    """The adults of the margins."""
    adults = margin("adults")
    below = [np.concatenate([[0.0], np.cumsum(count)]) for count in (adults.female, adults.male)]
    return AgePyramid(np.append(adults.from_age, OLDEST), *below)
