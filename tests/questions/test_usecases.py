"""The forecast as a whole: what must be zero, what must be more, what must be refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from somnesium import UnsafePlan, forecast, read_request, simulate
from somnesium.person.document import read_document
from somnesium.person.request import Request

EXAMPLES = Path(__file__).parents[2] / "examples"
SHORT = {"days": 28, "people": 32}


def asked(name, **changed):
    table = read_request(EXAMPLES / f"{name}.toml").model_dump(exclude_unset=True)
    return read_document(table | SHORT | changed, Request)


def magnesium(milligrams, form="citrate"):
    return {
        "intakes": [
            {"form": form, "magnesium_mg": milligrams, "mass_is": "elemental", "times": ["21:00"]}
        ]
    }


@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLES.glob("*.toml"))])
def test_every_example_is_answered_or_refused(name):
    days = read_request(EXAMPLES / f"{name}.toml").days
    request = asked(name, days=days, people=16)
    if name == "kidney_egfr25":
        with pytest.raises(UnsafePlan):
            forecast(request)
        return
    answer = forecast(request)
    assert answer.effects
    assert answer.sources
    assert answer.summary
    assert all(low <= high for low, high in (e.interval90 for e in answer.effects.values()))
    assert len(answer.courses["duration"].worlds["with"]["mean"]) == days


def test_zero_dose_is_zero_effect_exactly():
    answer = forecast(asked("stressed_45", regimen=magnesium(0)))
    for effect in answer.effects.values():
        assert effect.mean == 0.0
        assert effect.interval90 == (0.0, 0.0)
    assert answer.noticed.share == 0.0


def test_more_magnesium_is_more_absorbed_and_more_in_blood():
    found = [forecast(asked("stressed_45", regimen=magnesium(mg))) for mg in (100, 200, 350)]
    for name in ("absorbed_magnesium", "serum_magnesium", "urine_magnesium"):
        means = [answer.effects[name].mean for answer in found]
        assert 0.0 < means[0] < means[1] < means[2]


def test_the_replete_gain_next_to_nothing():
    answer = forecast(asked("healthy_30", regimen=magnesium(300)))
    assert abs(answer.effects["latency"].mean) < 1.0
    assert abs(answer.effects["duration"].mean) < 3.0


def test_the_first_night_brings_little_of_the_end():
    answer = forecast(asked("insomnia_68"))
    assert abs(answer.onset.first_night_share) < 0.3
    assert answer.onset.half > 2


def test_the_same_seed_gives_the_same_answer():
    assert forecast(asked("gummies")) == forecast(asked("gummies"))


def test_gummies_tell_the_magnesium_apart():
    answer = forecast(asked("gummies"))
    assert answer.magnesium_alone
    whole, alone = (e["latency"].mean for e in (answer.effects, answer.magnesium_alone))
    assert whole < alone <= 0.5


def test_simulate_gives_a_course_with_units_and_nights():
    request = asked("stressed_45")
    found = simulate(
        request.person, request.habits, request.diet, request.regimen, days=7, start=request.start
    )
    assert found.trajectory["serum"].attrs["units"] == "mmol/L"
    assert found.trajectory["melatonin"].attrs["source"] == "brown1997"
    assert 0.6 < float(found.trajectory["serum"].mean()) < 1.0
    night = next(n for n in found.nights if n.evening == request.start)
    assert night.efficiency == pytest.approx(100 * night.duration / night.time_in_bed)
    parts = night.latency + night.awake_after_onset + night.duration
    assert parts == pytest.approx(night.time_in_bed, abs=1e-6)
    assert len(found.hypnograms) == len(found.drawn)
    assert {bout.stage for bouts in found.hypnograms for bout in bouts} == {
        "awake",
        "N1",
        "N2",
        "N3",
        "REM",
    }
    assert len({round(n.duration, 3) for n in found.drawn}) == len(found.drawn)


WITHOUT_XARRAY = """
import sys
sys.modules["xarray"] = None
from somnesium import MissingPart, forecast, read_request, simulate
request = read_request(sys.argv[1])
print(len(forecast(request.model_copy(update={"people": 8, "days": 28})).summary) > 0)
try:
    simulate(request.person, request.habits, request.diet, request.regimen, days=7)
except MissingPart as missing:
    print(missing)
"""


def test_only_simulate_needs_xarray_and_names_the_extra():
    command = [sys.executable, "-c", WITHOUT_XARRAY, str(EXAMPLES / "stressed_45.toml")]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines == ["True", "A trajectory needs xarray: pip install 'somnesium[trajectories]'"]


def test_gummies_change_the_nights_of_a_traveller():
    plain = simulate_jet({"intakes": []})
    taken = simulate_jet({"intakes": [{"product": "sleep_gummies", "times": ["21:30"]}]})
    assert plain != taken


def simulate_jet(regimen):
    request = asked("jet_lag", days=56, regimen=regimen)
    found = simulate(
        request.person, request.habits, request.diet, request.regimen, days=56, start=request.start
    )
    return [round(night.duration, 2) for night in found.nights]


def test_where_nothing_is_taken_the_nights_are_told_as_they_are():
    answer = forecast(asked("stressed_45", regimen={"intakes": []}))
    night = answer.courses["latency"].worlds["without"]
    assert answer.summary[0].startswith("Nothing is taken")
    told = f"{night['mean'][-1]:.0f} min ({night['low'][-1]:.0f} to {night['high'][-1]:.0f})"
    assert f"fall asleep in {told}" in answer.summary[1]
