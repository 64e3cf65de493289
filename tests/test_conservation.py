"""Magnesium is neither made nor lost: at a moment in test_assembly, over a year here."""

from somnesium.answers.qualification.kinetics import BENCHMARKS

B51 = next(benchmark for benchmark in BENCHMARKS if benchmark.id == "B51")


def test_a_year_of_random_doses_balances_to_a_billionth():
    (check,) = B51.experiment()
    assert check.value < 1e-9
