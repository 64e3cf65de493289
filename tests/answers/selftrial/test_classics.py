"""Published sleep data, and other people's implementations, give the figures they should."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar

from somnesium.answers.selftrial.model import fit, marginal
from somnesium.answers.selftrial.noise import Noise, covariance
from somnesium.answers.selftrial.pooled import restricted

from .samples import INDEPENDENT, lasting, plain_terms

HERE = Path(__file__).parent


def within_persons(first, second):
    """Estimate, standard error and degrees of freedom of second minus first, persons as columns."""
    count = len(first)
    given = np.repeat([0.0, 1.0], count)
    persons = np.tile(np.eye(count), (2, 1))
    rows = plain_terms(np.append(first, second), np.column_stack([given, persons]))
    design = marginal(rows, INDEPENDENT)
    fitted = fit(design, rows.readings)
    heavier = (design.freedom / (design.freedom - 2.0)) ** 0.5  # a t is wider than its scale
    return fitted.centre[0], fitted.spread[0] / heavier, design.freedom


def table(name):
    """A published table, numbers by column."""
    text = (HERE / name).read_text().replace('"', "")
    return np.genfromtxt(text.splitlines(), delimiter=",", names=True)


def test_students_sleep_data():
    hours = table("cushny_peebles.csv")[:10]
    control = hours["Control"]
    extra = [hours[name] - control for name in ("L_hyoscyamine", "L_hyoscine")]
    assert extra[0] == pytest.approx([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    effect, error, freedom = within_persons(*extra)
    assert freedom == 9
    assert effect == pytest.approx(1.58)
    assert effect / error == pytest.approx(4.062127683382, rel=1e-9)
    assert 2 * stats.t.sf(effect / error, freedom) == pytest.approx(0.002832890197384, rel=1e-9)
    ends = effect + error * stats.t.ppf([0.025, 0.975], freedom)
    assert ends == pytest.approx([0.700114236723, 2.459885763277], rel=1e-9)


@pytest.mark.parametrize("drug", ["L_hyoscyamine", "L_hyoscine", "DL_hyoscine"])
def test_cushny_and_peebles(drug):
    hours = table("cushny_peebles.csv")[:10]
    first, second = hours["Control"], hours[drug]
    effect, error, freedom = within_persons(first, second)
    reference = stats.ttest_rel(second, first)
    assert effect / error == pytest.approx(reference.statistic)
    assert freedom == reference.df


def sleepstudy():
    """Least-squares lines of each person, their errors, and the pooled residual deviation."""
    study = table("sleepstudy.csv")
    lines, squares, freedom = [], 0.0, 0
    for subject in dict.fromkeys(study["Subject"].tolist()):
        person = study[study["Subject"] == subject]
        days, reaction = person["Days"], person["Reaction"]
        columns = np.column_stack([np.ones(len(days)), days])
        line, left, *_ = np.linalg.lstsq(columns, reaction, rcond=None)
        lines.append(line)
        squares, freedom = squares + left[0], freedom + len(days) - 2
        inverse = np.linalg.inv(columns.T @ columns)
    sigma = np.sqrt(squares / freedom)
    return np.array(lines), sigma * np.sqrt(np.diag(inverse)), sigma


@pytest.mark.parametrize(
    ("which", "mean", "error", "between"),
    [
        (0, 251.405104848485, 6.824596694955, 24.740657994984),
        (1, 10.467285959596, 1.545789643906, 5.922137658898),
    ],
)
def test_sleepstudy_is_pooled_from_summaries_as_lme4_fits_it(which, mean, error, between):
    lines, errors, sigma = sleepstudy()
    assert sigma == pytest.approx(25.591795721675, rel=1e-6)
    effects, ones = lines[:, which], np.full(len(lines), errors[which])
    fitted = minimize_scalar(
        lambda spread: -restricted(np.array([spread]), effects, ones)[0][0],
        bounds=(0.0, 10.0 * between),
        method="bounded",
        options={"xatol": 1e-9 * between},
    )
    assert fitted.x == pytest.approx(between, rel=1e-4)
    _, pooled_mean, variance = restricted(np.array([fitted.x]), effects, ones)
    assert pooled_mean[0] == pytest.approx(mean, rel=1e-6)
    assert variance[0] ** 0.5 == pytest.approx(error, rel=1e-4)


def autoregressive(nights=600):
    """Nights with a planted effect of 0.5 and persistence 0.5."""
    random = np.random.default_rng(3)
    given = np.repeat(random.integers(0, 2, nights // 4), 4).astype(float)
    columns = np.column_stack([given, np.ones(nights), np.arange(nights) / nights])
    return plain_terms(0.5 * given + lasting(0.5, nights, 1, random)[:, 0], columns)


def test_generalised_least_squares_agrees_with_statsmodels():
    models = pytest.importorskip("statsmodels.api")
    rows, noise = autoregressive(80), Noise(0.5, 0.0)
    design = marginal(rows, (noise,))
    found = fit(design, rows.readings)
    heavier = (design.freedom / (design.freedom - 2.0)) ** 0.5  # a t is wider than its scale
    theirs = models.GLS(rows.readings, rows.columns, sigma=covariance(noise, rows)).fit()
    assert found.centre[0] == pytest.approx(theirs.params[0], rel=1e-9)
    assert found.spread[0] / heavier == pytest.approx(theirs.bse[0], rel=1e-9)


def test_iterated_glsar_agrees_on_persistent_nights():
    models = pytest.importorskip("statsmodels.api")
    rows = autoregressive()
    grid = tuple(Noise(p, 0.0) for p in np.linspace(0.0, 0.9, 46))
    found = fit(marginal(rows, grid), rows.readings)
    theirs = models.GLSAR(rows.readings, rows.columns, rho=1)
    fitted = theirs.iterative_fit(maxiter=50)
    persistence = found.probability[:, 0] @ np.array(grid)[:, 0]
    assert persistence == pytest.approx(float(theirs.rho[0]), abs=0.02)
    assert found.centre[0] == pytest.approx(fitted.params[0], abs=0.1 * fitted.bse[0])
    assert found.spread[0] == pytest.approx(fitted.bse[0], rel=0.03)
