"""Magnesium is neither made nor lost: at a moment in test_assembly, over a year here."""

from somnesium.answers.qualification.kinetics import EXPERIMENTS


def test_a_year_of_random_doses_balances_to_a_billionth():
    (check,) = EXPERIMENTS["B51"]()
    assert check.value < 1e-9
