"""What a report asks, what must be apart, what a store adds; nothing told is lost."""

from datetime import date, timedelta

import pytest
from kept_experiment import EXAMPLES, START, begun, evening, lived
from reported_person import changed

from somnesium.answers.safety.gate import judge
from somnesium.answers.safety.rules import interactions, rules
from somnesium.errors import InvalidInput
from somnesium.person.cautions import Caution, Refusal
from somnesium.person.request import read_request
from somnesium.questions.check import check
from somnesium.questions.forecast.forecast import forecast
from somnesium.questions.report.asks import kind_of
from somnesium.questions.report.plan import by_the_clock, kept_apart, taken_lines
from somnesium.questions.report.report import report
from somnesium.questions.report.stored import EVENINGS, finished_experiments, stored_for_report
from somnesium.questions.risk.risk import risk
from somnesium.sources import exists
from somnesium.store.experiments import unblindings
from somnesium.store.nights import keep_nights, nights
from somnesium.store.open import opened


def caution(row):
    """A rule or interaction as it is told, without its words."""
    if row.severity == "refusal":
        return Refusal(key=row.key, text="t", clinician="c", sources=row.sources)
    action = getattr(row, "action", "ask")
    return Caution(key=row.key, text="t", clinician="c", sources=row.sources, action=action)


@pytest.mark.parametrize("row", [*rules(), *interactions()], ids=lambda row: row.key)
def test_every_rule_asks_something_and_refusals_come_first(row):
    kind = kind_of(caution(row))
    if row.severity == "refusal":
        assert kind in ("now", "refused")
    else:
        assert kind != "refused"


@pytest.mark.parametrize(
    ("key", "action", "kind"),
    [
        ("kidney_unknown", "ask", "kidneys"),
        ("ppi", "test", "serum"),
        ("upper_limit_us", "ask", "dose"),
        ("thyroid", "separate", "apart"),
        ("unknown_medicine", "ask", "name"),
        ("sedative", "avoid", "together"),
        ("digoxin", "monitor", "watch"),
        ("insomnia", "ask", "consider"),
        ("serum_unit", "ask", "unit"),
        ("emergency_noted", "ask", "now"),
    ],
)
def test_questions_belong_to_what_was_found(key, action, kind):
    one = Caution(key=key, text="t", clinician="c", sources=("iom1997",), action=action)
    assert kind_of(one) == kind


# --- the plan and the clock ---


def test_elemental_and_compound_are_told_apart():
    stated = {"form": "citrate", "magnesium_mg": 100, "times": ["20:00"]}
    by_element = taken_lines(changed(intakes=[{**stated, "mass_is": "elemental"}]))[0]
    by_compound = taken_lines(changed(intakes=[{**stated, "mass_is": "compound"}]))[0]
    assert (by_element.amount_mg, by_compound.compound_mg) == (100, pytest.approx(100))
    assert by_element.compound_mg == pytest.approx(100 / by_compound.amount_mg * 100)
    assert by_element.stated_as == "elemental"
    assert by_compound.stated_as == "compound"


def test_servings_count_and_what_is_zero_is_left_out():
    times = ["08:00", "20:00"]
    line = {"form": "oxide", "magnesium_mg": 50, "mass_is": "elemental", "times": times}
    told = changed(intakes=[{**line, "servings": 3}, {**line, "magnesium_mg": 0}])
    assert [one.amount_mg for one in taken_lines(told)] == [150]
    assert judge(told).taken.largest_daily_mg == {"magnesium": 300}


@pytest.mark.parametrize(
    ("medicine", "time", "state"),
    [
        ("levothyroxine 75 mcg at 07:00", "21:00", "kept"),
        ("levothyroxine 75 mcg at 07:00", "08:00", "too near"),
        ("levothyroxine 75 mcg", "08:00", "time unknown"),
        ("Fantasia 5 mg at 07:00", "08:00", "too near"),
        ("Fantasia 5 mg at 07:00", "12:00", "kept"),
    ],
)
def test_separations_are_told_whether_kept_or_not(medicine, time, state):
    told = changed(medicines=[medicine], at=time)
    (found,) = kept_apart(judge(told))
    assert found.state == state
    assert (found.hours_before, found.hours_after) == (4, 4)
    assert found.sources
    raised = [one for one in check(told).cautions if one.action == "separate"]
    assert bool(raised) == (state != "kept" and "Fantasia" not in medicine)


def test_without_a_dose_nothing_is_to_be_kept_apart():
    assert kept_apart(judge(changed(medicines=["levothyroxine at 07:00"], intakes=[]))) == ()


def test_the_day_by_the_clock_is_in_order():
    told = changed(medicines=["ramipril at 20:00 and 08:00"], at="12:30")
    assert [(one.time, one.kind) for one in by_the_clock(judge(told))] == [
        ("08:00", "medicine"),
        ("12:30", "plan"),
        ("20:00", "medicine"),
    ]


# --- the store ---


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "store.sqlite3") as one:
        yield one


def stored(store, night, number=None):
    return stored_for_report(store, evening(night), "Europe/Berlin", number, forecast=False)


def test_means_count_the_nights_that_tell_them_and_the_missing(store):
    _, dealt = begun(store)
    lived(store, dealt, skipped=(2, 6))
    one = nights(store)[0]
    silent = one.night._replace(latency=None, duration=400.0)
    ring = {"source": "oura", "device": "Ring", "key": "r", "instrument": "oura"}
    keep_nights(store, [one._replace(**ring, night=silent)], evening(40))
    found = stored(store, 40).nights
    assert (found.last, found.evenings) == (START + timedelta(days=15), EVENINGS)
    assert found.first == found.last - timedelta(days=EVENINGS - 1)
    diary, ring = found.recorders
    assert (diary.instrument, diary.nights, diary.missing) == ("diary", 14, EVENINGS - 14)
    assert (ring.instrument, ring.device, ring.nights) == ("oura", "Ring", 1)
    values = [one.night.latency for one in nights(store) if one.instrument == "diary"]
    mean = next(one for one in diary.means if one.measure == "latency")
    assert mean.mean == pytest.approx(sum(values) / len(values))
    assert mean.nights == 14
    assert [one.measure for one in ring.means if one.measure == "latency"] == []
    assert next(one for one in ring.means if one.measure == "duration").sd is None
    assert len(found.series) == 15


def test_nights_before_the_weeks_and_after_today_are_left_out(store):
    _, dealt = begun(store, blocks=4, length=7)
    lived(store, dealt)
    found = stored(store, 40).nights
    assert found.last <= START + timedelta(days=40)
    assert found.recorders[0].nights == EVENINGS


def test_an_empty_store_adds_nothing_and_a_wrong_number_is_told(store):
    assert stored(store, 3) == (None, None)
    with pytest.raises(InvalidInput, match="experiment"):
        stored(store, 3, 7)


@pytest.mark.parametrize(("night", "said"), [(0, "has not begun"), (9, "9 of 16 nights over")])
def test_a_running_experiment_stays_sealed(store, night, said):
    kept, dealt = begun(store)
    lived(store, dealt)
    found = stored(store, night).experiment
    assert found.analysis is None
    assert said in found.why_not
    assert "sealed" in found.why_not
    assert unblindings(store, kept.id) == ()
    assert finished_experiments(store, evening(night)) == ()


def test_a_finished_experiment_is_analysed_and_the_look_is_written_down(store):
    kept, dealt = begun(store)
    lived(store, dealt)
    found = stored(store, 16).experiment
    assert found.why_not == ""
    assert found.analysis.verdict == "helps"
    assert found.analysis.beliefs[0].mean == pytest.approx(-20, abs=6)
    (look,) = unblindings(store, kept.id)
    assert look.reason.startswith("at the planned end")
    assert finished_experiments(store, evening(16)) == ((kept.id, "Anna"),)


def test_a_finished_experiment_without_nights_says_why_it_is_not_analysed(store):
    begun(store)
    found = stored(store, 20).experiment
    assert found.analysis is None
    assert "could not be analysed" in found.why_not


# --- the whole ---


@pytest.fixture
def few(monkeypatch):
    """Fewer virtual people behind the question whether magnesium is low."""
    sizes = {"_PEOPLE": 24, "_DOUBTS": 4, "_FACTOR_PEOPLE": 8, "_FACTOR_DOUBTS": 4}
    for name, size in sizes.items():
        monkeypatch.setattr(f"somnesium.questions.risk.risk.{name}", size)


def test_a_report_holds_the_answers_whole_and_loses_no_caution(few):
    request = changed(medicines=["omeprazole", "levothyroxine at 07:00", "Fantasia"], at="08:00")
    found = report(request, date(2026, 11, 21))
    assert found.risk == risk(request)
    assert found.check == check(request)
    assert found.forecast == forecast(request)
    reasons = [(one.rule, one.subject) for asked in found.asked for one in asked.reasons]
    assert len(reasons) == len(set(reasons))
    assert {(one.key, one.subject) for one in found.cautions} <= set(reasons)
    keys = {source.key for source in found.sources}
    assert {key for asked in found.asked for one in asked.reasons for key in one.sources} <= keys
    assert all(map(exists, keys))
    assert report(request, date(2026, 11, 21), plan=False).no_forecast == "not asked"
    assert report(changed(intakes=[]), date(2026, 11, 21)).no_forecast == "nothing taken"


def test_a_refused_plan_is_reported_and_not_simulated(few):
    found = report(read_request(EXAMPLES / "kidney_egfr25.toml"), date(2026, 11, 21))
    assert found.forecast is None
    assert found.no_forecast == "refused"
    assert found.asked[0].kind == "refused"
    assert found.asked[0].reasons[0].rule == "kidney_severe"
