"""Designs stand on the evidence table, and no held-out trial is fitted."""

import numpy as np
import pytest

from somnesium.answers.calibration import problem
from somnesium.answers.calibration.designs import comparisons, designs, scale_of, trial_document
from somnesium.answers.calibration.predicted import coverage, detectable, predictions
from somnesium.answers.calibration.problem import asked_of, live_all, observed
from somnesium.answers.evidence.reading import packaged
from somnesium.questions import calibration as use_case
from somnesium.simulation.gains import (
    GAINS,
    centre,
    discrepancy,
    dissolved_share,
    drawn_rows,
    posterior,
)

TABLE = packaged()


@pytest.mark.parametrize("design", designs(), ids=lambda design: design.trial)
def test_every_design_is_of_a_trial_we_hold(design):
    asked = comparisons(design, TABLE)
    assert asked
    for one in asked:
        assert scale_of(one.measure) > 0.0
        assert one.value is not None or one.told, "neither a number nor a word to compare"
    if design.kind == "weeks":
        document = trial_document(design, TABLE)
        for arm in document.arms:
            held = TABLE.arm(design.trial, arm.name)
            assert held is not None
            if held.kind == "magnesium":
                part = arm.regimen.intakes[0]
                total = part.magnesium_mg * len(part.times)
                assert total == pytest.approx(held.elemental_mg)


def test_no_trial_is_both_fitted_and_held_out():
    fitted = {one.trial for one in asked_of(TABLE, "calibrate", numbers=True).rows}
    held = {row.trial for row in TABLE.with_role("held_out")}
    assert fitted
    assert held
    assert not fitted & held


def test_calibration_lives_no_held_out_trial(monkeypatch):
    lived = []

    def spy(asked, table, z, **_):
        lived.extend(design.trial for design in asked.designs)
        return np.zeros((len(z), len(asked.rows))) + z[:, :1]

    monkeypatch.setattr(use_case, "live_all", spy)
    answer = use_case.calibrate(points=64, people=8, recoveries=0)
    held = {row.trial for row in TABLE.with_role("held_out")}
    assert lived
    assert not set(lived) & held
    assert held == set(answer.held_out)
    assert all(answer.held_out_reasons.values())


def test_published_numbers_and_errors_are_read():
    asked = asked_of(TABLE, "calibrate", "held_out").rows
    rows = {(one.trial, one.endpoint): one for one in asked}
    schuster = rows["schuster2025", "isi"]
    assert (schuster.value, schuster.error_from) == (-1.6, "95 % interval")
    assert schuster.error == pytest.approx(3.3 / 3.92, rel=1e-3)
    held = rows["held2002", "n3"]
    assert held.error_from == "p at its bound"
    assert held.error == pytest.approx(6.4 / 2.201, rel=1e-3)  # t of p = .05, 11 degrees
    cortisol = rows["schutten2020", "cortisol_urine"]
    assert cortisol.value == pytest.approx(-100.0 * 32.0 / 180.0)
    assert cortisol.error == pytest.approx(100.0 * 54.0 / 3.92 / 180.0, rel=1e-3)
    told = observed(asked_of(TABLE, "calibrate", numbers=True).rows)
    assert np.all(told.error > 0.0)
    assert np.all(np.isfinite(told.value))


def test_without_effect_gains_magnesium_changes_blood_and_not_sleep():
    asked = asked_of(TABLE, "calibrate", numbers=True)
    kept = [k for k, design in enumerate(asked.designs) if design.trial == "schuster2025"]
    one = problem.Asked(
        tuple(asked.designs[k] for k in kept), tuple(asked.comparisons[k] for k in kept)
    )
    none = np.array([[0.0] * 3 + [-1.0 / 0.6] * 5, [0.0] * 8])
    lived = live_all(one, TABLE, none, people=16, seed=1, model="test")
    assert abs(lived[0, 0]) < 0.1
    assert lived[1, 0] < -0.4


def test_what_was_lived_is_kept_and_read_again(tmp_path, monkeypatch):
    asked = asked_of(TABLE, "calibrate", numbers=True)
    kept = [k for k, design in enumerate(asked.designs) if design.trial == "held2002"]
    one = problem.Asked(
        tuple(asked.designs[k] for k in kept), tuple(asked.comparisons[k] for k in kept)
    )
    run = {"people": 8, "seed": 1, "model": "test", "folder": tmp_path}
    z = np.zeros((2, 8))
    first = live_all(one, TABLE, z, **run)
    monkeypatch.setattr("somnesium.answers.calibration.lived.prepare", None)
    np.testing.assert_array_equal(live_all(one, TABLE, z, **run), first)
    with pytest.raises(TypeError):
        live_all(one, TABLE, z + 0.1, **run)


def test_predictions_count_numbers_nulls_and_signs():
    rows = asked_of(TABLE, "calibrate", "held_out").rows
    lived = np.tile([one.value or 0.01 for one in rows], (40, 1))
    found = predictions(rows, lived, np.full(40, 0.1), TABLE, seed=1)
    assert coverage(found, "calibrate").inside == coverage(found, "calibrate").number > 0
    far = predictions(rows, lived + 1e3, np.full(40, 0.1), TABLE, seed=1)
    assert coverage(far, "calibrate").inside == coverage(far, "held_out").inside == 0
    nulls = [k for k, one in enumerate(rows) if one.told == "null"]
    assert [found[k].held for k in nulls if detectable(TABLE, rows[k])]
    assert all(found[k].held for k in nulls if detectable(TABLE, rows[k]))
    assert not any(far[k].held for k in nulls if detectable(TABLE, rows[k]))
    higher = next(k for k, one in enumerate(rows) if one.told == "higher")
    assert found[higher].sign == 1.0


def test_the_packaged_posterior_is_what_forecasts_use():
    draws = posterior()
    assert draws.shape == (1024, len(GAINS))
    assert np.all(np.isfinite(draws))
    assert np.all(discrepancy() > 0.0)
    oxide = [gain.name for gain in GAINS].index("oxide")
    assert dissolved_share("oxide") == pytest.approx(0.13 * centre()[oxide])
    assert dissolved_share("oxide", oxide=0.5) == pytest.approx(0.065)
    rows = drawn_rows(1, 64)
    np.testing.assert_array_equal(rows[:8], drawn_rows(1, 8))
    assert len(set(rows)) > 55
