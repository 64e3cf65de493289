"""Egger, Begg, and trim and fill."""

import numpy as np
import pytest

from somnesium.answers.evidence.small_study import asymmetry, begg, trim_and_fill
from somnesium.answers.evidence.studies import studies_of
from somnesium.questions.evidence.synthesis import synthesis

from .reference import NAMES, RESULTS, table

every_table = pytest.mark.parametrize("name", NAMES)


@every_table
def test_eggers_test_is_metafors(name):
    found, expected = asymmetry(table(name)), RESULTS[name]["egger"]
    # Its scoring stops at a step of 1e-5 in tau², ours when settled.
    assert found.z == pytest.approx(expected["z"], abs=1e-4)
    assert found.p == pytest.approx(expected["p"], abs=1e-5)


@every_table
def test_trim_and_fill_is_metafors(name):
    found, expected = trim_and_fill(table(name), "DL"), RESULTS[name]["trimfill_DL"]
    assert (found.missing, found.side) == (expected["k0"], expected["side"])
    assert found.estimate == pytest.approx(expected["est"], abs=1e-9)
    assert found.se == pytest.approx(expected["se"], abs=1e-9)
    assert found.tau2 == pytest.approx(expected["tau2"], abs=1e-8)


@every_table
def test_under_ten_studies_no_test_is_reliable(name):
    studies = table(name)
    assert asymmetry(studies).reliable == (studies.k >= 10)
    told = synthesis(studies, "REML", "hk", None, "rated").small_studies
    assert told.reliable == (studies.k >= 10) == (told.warning == "")


def test_too_few_or_equally_large_studies_have_no_test():
    two = studies_of("ab", [1.0, 2.0], [1.0, 2.0])
    alike = studies_of("abcd", [1.0, 2.0, 0.5, 3.0], [1.0] * 4)
    for studies in (two, alike):
        assert asymmetry(studies) is None
        assert begg(studies) is None
        assert trim_and_fill(studies) is None


def funnel(missing):
    """Trials of an effect of zero, of which those that found nothing upward may be missing."""
    rng = np.random.default_rng(7)
    vi = np.linspace(0.01, 1.0, 600)
    yi = rng.normal(0.0, np.sqrt(vi))
    kept = yi > 0.5 * np.sqrt(vi) if missing else np.arange(600) % 3 == 0
    return studies_of([str(i) for i in range(int(kept.sum()))], yi[kept], vi[kept])


def test_hidden_small_trials_are_noticed_by_all_three():
    whole, cut = funnel(False), funnel(True)
    assert asymmetry(whole).p > 0.05
    assert asymmetry(cut).p < 0.001
    assert begg(cut).p < 0.01 < begg(whole).p
    filled = trim_and_fill(cut)
    assert filled.side == "left"
    assert filled.missing >= 5


def test_begg_by_hand():
    # Effects fall as variances rise, in perfect order: Kendall's tau is -1 and p is 2/4!.
    found = begg(studies_of("abcd", [4.0, 3.0, -2.0, -40.0], [1.0, 1.2, 1.4, 1.6]))
    assert found.estimate == pytest.approx(-1.0)
    assert found.p == pytest.approx(2 / 24)
