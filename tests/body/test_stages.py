"""The stage chain: every rate by hand, probability that is neither made nor lost."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.stages import (
    Chain,
    Drive,
    Rates,
    Stages,
    asleep,
    rem_pressure_derivative,
    stage_derivative,
    transition_rates,
)

CHAIN = Chain(
    onset=3.0,
    onset_limit=120.0,
    return_to_sleep=10.0,
    maintenance=0.5,
    arousal_maintenance=0.4,
    wakefulness=2.0,
    wake_from_n1=0.8,
    wake_from_n2=0.2,
    wake_from_n3=1.6,
    wake_from_rem=1.2,
    n1_to_n2=40.0,
    n2_to_n1=4.0,
    n2_to_n3=16.0,
    slow_wave=0.5,
    slow_wave_pressure=2.0,
    slow_wave_arousal=0.15,
    slow_wave_hypnotic=0.25,
    n3_to_n2=6.0,
    n2_to_rem=3.0,
    rem_steepness=2.0,
    rem_to_n2=10.0,
    rem_ceiling=1.3,
    rem_rise=1 / 0.6,
    rem_fall=1 / 0.5,
    rem_leak=1 / 2,
    rem_clock=1.2,
    rem_hypnotic=0.5,
)
NONE = Drive(*([0.0] * len(Drive._fields)))
REST = NONE._replace(pressure=0.5, rem_pressure=0.5)
probability = st.floats(0, 1)
rate = st.floats(0, 500)
some_stages = st.builds(Stages, *[probability] * 6)
some_rates = st.builds(Rates, *[rate] * len(Rates._fields))
signed = dict.fromkeys(Drive._fields, st.floats(-2, 2))
some_drives = st.builds(
    Drive,
    **signed
    | {"pressure": probability, "rem_pressure": probability, "rem_clock": st.floats(-1, 1)},
)
SLOWED_BY = {
    "sleep": ("n1_wake", "n2_wake", "n3_wake", "rem_wake"),
    "staying": ("n1_wake", "n2_wake", "n3_wake", "rem_wake"),
    "arousal": ("waiting_n1", "wake_n1", "n2_n3"),
    "caffeine_wake": ("wake_n1",),
    "alcohol_rem": ("n2_rem",),
    "hypnotic": ("n2_rem", "n2_wake"),
    "rem_pressure": ("rem_n2",),
}
SPEEDED_BY = {
    "sleep": ("waiting_n1", "wake_n1"),
    "waiting_bonus": ("waiting_n1",),
    "calm": ("waiting_n1", "wake_n1", "n2_n3"),
    "hypnotic": ("waiting_n1", "wake_n1"),
    "staying": ("wake_n1",),
    "arousal": ("n1_wake", "n2_wake", "n3_wake", "rem_wake", "n2_n1", "n3_n2"),
    "caffeine_wake": ("n1_wake", "n2_wake", "n3_wake", "rem_wake"),
    "pressure": ("n2_n3",),
    "alcohol_slow_wave": ("n2_n3",),
    "rem_clock": ("n2_rem",),
    "rem_pressure": ("n2_rem",),
}


def test_asleep_by_hand():
    assert asleep(Stages(0.1, 0.2, 0.05, 0.35, 0.2, 0.1)) == pytest.approx(0.7, rel=1e-12)
    assert asleep(Stages(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)) == 0.0


def test_rates_without_a_drive_by_hand():
    found = transition_rates(REST, CHAIN)
    assert found == pytest.approx(
        Rates(
            waiting_n1=3 / (1 + 3 / 120),
            wake_n1=10.0,
            n1_n2=40.0,
            n1_wake=1.6,
            n2_n1=4.0,
            n2_n3=16 * 0.5 * 0.25,
            n2_rem=3 * 0.25,
            n2_wake=0.4,
            n3_n2=6.0,
            n3_wake=3.2,
            rem_n2=10 * 0.8,
            rem_wake=2.4,
        ),
        rel=1e-12,
    )


def test_rates_under_a_drive_by_hand():
    drive = Drive(
        sleep=0.5,
        waiting_bonus=0.2,
        arousal=0.3,
        calm=0.1,
        hypnotic=0.4,
        staying=0.05,
        caffeine_wake=0.15,
        pressure=0.6,
        alcohol_slow_wave=0.08,
        alcohol_rem=0.3,
        rem_clock=0.5,
        rem_pressure=0.7,
    )
    found = transition_rates(drive, CHAIN)
    falling = 3 * math.exp(0.5 + 0.2 + 0.5 - 0.3)
    keep = math.exp(0.5 * (0.5 + 0.5 + 0.05 - 0.4 * 0.3 - 0.15))
    deep = math.exp(0.1 - 0.15 * 0.3 - 0.25 * 0.4 + 0.08)
    assert found == pytest.approx(
        Rates(
            waiting_n1=falling * 120 / (120 + falling),
            wake_n1=10 * keep,
            n1_n2=40.0,
            n1_wake=1.6 / keep,
            n2_n1=4 * math.exp(0.5 * 0.4 * 0.3 - 0.25),
            n2_n3=8 * 0.36 * deep,
            n2_rem=3 * 0.49 * math.exp(1.2 * 0.5 - 0.3 - 0.2),
            n2_wake=0.4 / keep,
            n3_n2=6 / math.sqrt(deep),
            n3_wake=3.2 / keep,
            rem_n2=10 * 0.6,
            rem_wake=2.4 / keep,
        ),
        rel=1e-12,
    )


def test_nobody_falls_asleep_faster_than_the_limit():
    found = transition_rates(REST._replace(sleep=50.0), CHAIN)
    assert found.waiting_n1 == pytest.approx(120.0, rel=1e-9)


def test_without_pressure_there_is_no_deep_sleep_and_no_rem():
    found = transition_rates(NONE, CHAIN)
    assert found.n2_n3 == 0.0
    assert found.n2_rem == 0.0
    assert found.rem_n2 == pytest.approx(13.0)


@given(some_drives)
def test_no_rate_is_negative(drive):
    assert min(transition_rates(drive, CHAIN)) >= 0.0


@pytest.mark.parametrize(("field", "slowed"), SLOWED_BY.items())
@given(drive=some_drives)
def test_what_slows(field, slowed, drive):
    here = transition_rates(drive, CHAIN)
    more = transition_rates(drive._replace(**{field: getattr(drive, field) + 0.1}), CHAIN)
    for name in slowed:
        assert getattr(more, name) <= getattr(here, name)


@pytest.mark.parametrize(("field", "speeded"), SPEEDED_BY.items())
@given(drive=some_drives)
def test_what_speeds(field, speeded, drive):
    here = transition_rates(drive, CHAIN)
    more = transition_rates(drive._replace(**{field: getattr(drive, field) + 0.1}), CHAIN)
    for name in speeded:
        assert getattr(more, name) >= getattr(here, name)


def test_chain_by_hand():
    r = Rates(*[float(k) for k in range(1, 13)])
    found = stage_derivative(Stages(0.3, 0.1, 0.1, 0.2, 0.2, 0.1), r)
    assert found == pytest.approx(
        Stages(
            waiting=-1 * 0.3,
            wake=4 * 0.1 + 8 * 0.2 + 10 * 0.2 + 12 * 0.1 - 2 * 0.1,
            n1=1 * 0.3 + 2 * 0.1 + 5 * 0.2 - (3 + 4) * 0.1,
            n2=3 * 0.1 + 9 * 0.2 + 11 * 0.1 - (5 + 6 + 7 + 8) * 0.2,
            n3=6 * 0.2 - (9 + 10) * 0.2,
            rem=7 * 0.2 - (11 + 12) * 0.1,
        ),
        rel=1e-12,
    )


@given(some_stages, some_rates)
def test_probability_is_neither_made_nor_lost(p, r):
    assert sum(stage_derivative(p, r)) == pytest.approx(0.0, abs=1e-12 * (1 + max(r)))


@given(some_rates)
def test_an_empty_stage_only_fills(r):
    for name in Stages._fields:
        p = Stages(*([0.2] * 6))._replace(**{name: 0.0})
        assert getattr(stage_derivative(p, r), name) >= 0.0


def test_out_of_bed_nothing_moves():
    r = Rates(*([100.0] * 12))
    assert stage_derivative(Stages(*([0.0] * 6)), r) == (0.0,) * 6


def test_rem_pressure_by_hand():
    p = Stages(0.0, 0.2, 0.1, 0.3, 0.2, 0.2)
    found = rem_pressure_derivative(0.4, p, 0.2, CHAIN)
    assert found == pytest.approx(0.6 * 0.6 / 0.6 - 0.2 * 0.4 / 0.5 - 0.2 * 0.4 / 2, rel=1e-12)


def test_rem_pressure_awake_leaks():
    awake = Stages(*([0.0] * 6))
    assert rem_pressure_derivative(0.4, awake, 1.0, CHAIN) == pytest.approx(-0.2, rel=1e-12)


@given(some_stages, probability)
def test_rem_pressure_stays_a_share(p, wake):
    assert rem_pressure_derivative(0.0, p, wake, CHAIN) >= 0.0
    assert rem_pressure_derivative(1.0, p, wake, CHAIN) <= 0.0
