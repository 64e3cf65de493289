import pytest

from ruled import request_of, ruled
from somnesium.answers.safety.gate import checked_plan
from somnesium.answers.safety.rules import When, interactions, rules
from somnesium.errors import InvalidInput, UnsafePlan
from somnesium.person.cautions import Caution
from somnesium.person.person import Person
from somnesium.person.regimen import Dose, Regimen
from somnesium.quantity import MAGNESIUM_MOLAR_MASS

NOTHING = Regimen()


def person(**fields):
    healthy = {"age": 40, "sex": "female", "mass_kg": 70, "height_cm": 170, "egfr": 95}
    return Person(**{**healthy, **fields})


def plan(*amounts, **fields):
    """Citrate, elemental mg, one intake for each amount, at 08:00, 09:00, …"""
    return Regimen(
        intakes=[
            {
                "form": "citrate",
                "magnesium_mg": amount,
                "mass_is": "elemental",
                "times": [f"{8 + i:02d}:00"],
                **fields,
            }
            for i, amount in enumerate(amounts)
        ]
    )


def dose(substance, amount, day=0, hours=21.0):
    return Dose(day, hours, substance, amount, None, False)


def keys(answer):
    return [one.key for one in (*answer.refusals, *answer.cautions)]


def found(answer, key):
    return next(one for one in (*answer.refusals, *answer.cautions) if one.key == key)


def test_plan_with_nothing_wrong_raises_nothing():
    answer = ruled(person(), plan(200))
    assert answer.safe
    assert keys(answer) == []
    assert checked_plan(request_of(person(), plan(200))).cautions == ()


@pytest.mark.parametrize("egfr", [25, 29.99])
def test_failing_kidneys_refuse_any_magnesium(egfr):
    with pytest.raises(UnsafePlan) as error:
        checked_plan(request_of(person(egfr=egfr), plan(1)))
    assert error.value.exit_code == 3
    assert error.value.http_status == 409
    assert error.value.refusals == (found(ruled(person(egfr=egfr), plan(1)), "kidney_severe").text,)


@pytest.mark.parametrize("taken", [NOTHING, plan(0), ()])
def test_failing_kidneys_without_magnesium_are_a_caution(taken):
    answer = ruled(person(egfr=25), taken)
    assert answer.safe
    assert keys(answer) == ["kidney_severe_noted"]


def test_failing_kidneys_found_from_creatinine():
    assert not ruled(person(egfr=None, creatinine_mg_dl=4.0), plan(100)).safe


def test_zero_dose_keeps_what_is_said_of_the_person():
    someone = person(pregnant=True, insomnia="severe", medicines=("omeprazole", "ciprofloxacin"))
    assert keys(ruled(someone, NOTHING)) == ["pregnancy", "insomnia", "ppi"]


def test_heart_block_is_refused_unless_paced():
    assert keys(ruled(person(conditions=("heart_block",)), plan(100))) == ["heart_block"]
    paced = person(conditions=("heart_block", "pacemaker"))
    assert keys(ruled(paced, plan(100))) == ["heart_block_paced"]


def test_other_substances_are_refused_only_where_nothing_may_be_taken():
    glycine = [dose("glycine", 3000.0)]
    assert ruled(person(egfr=20), glycine).safe
    assert not ruled(person(conditions=("bowel_obstruction",)), glycine).safe
    assert not ruled(person(age=17.9), glycine).safe


def test_measured_serum_in_either_unit():
    limit = 1.05 * MAGNESIUM_MOLAR_MASS / 10
    assert ruled(person(serum_magnesium_mg_dl=limit - 0.01), plan(100)).safe
    assert not ruled(person(serum_magnesium_mg_dl=limit + 0.01), plan(100)).safe


def test_amounts_are_of_the_largest_day_food_excluded():
    assert keys(ruled(person(), plan(120, 120))) == []
    assert keys(ruled(person(), plan(120, 130.01))) == ["upper_limit_eu"]
    assert keys(ruled(person(), plan(120, 130.01), "us")) == []
    weekend = plan(200, 200, days=["sat"])
    assert keys(ruled(person(), weekend, "us")) == ["upper_limit_us"]
    assert "400 mg" in found(ruled(person(), weekend), "upper_limit_us").text


def test_sum_is_compared_without_rounding_noise():
    assert keys(ruled(person(), plan(350 / 3, 350 / 3, 350 / 3), "us")) == []


def test_two_lines_at_one_time_are_one_dose():
    both = [dose("magnesium", 130.0), dose("magnesium", 130.0)]
    assert "magnesium_single_dose" in keys(ruled(person(), both))
    apart = [dose("magnesium", 130.0), dose("magnesium", 130.0, hours=8.0)]
    assert "magnesium_single_dose" not in keys(ruled(person(), apart))


def test_late_intake_is_seen_whatever_is_simulated():
    late = plan(400, start_day=100, end_day=101, missed_days=[100])
    assert "upper_limit_us" in keys(ruled(person(), late))


def test_missed_days_hide_nothing():
    assert "upper_limit_us" in keys(ruled(person(), plan(400, missed_days=list(range(1, 30)))))


def test_unknown_medicine_is_never_silence():
    answer = ruled(person(medicines=("zzyxolimumab", "zzyxolimumab ", "qwertine")), NOTHING)
    assert [one.key for one in answer.cautions] == ["unknown_medicine"] * 3
    assert "qwertine" in answer.cautions[2].text


def test_misspelt_medicine_is_checked_and_said():
    answer = ruled(person(medicines=("ciprofloxacine",)), plan(100))
    assert keys(answer) == ["respelt_medicine", "fluoroquinolone"]
    assert "ciprofloxacin" in answer.cautions[0].text


def test_brand_and_generic_are_one_medicine():
    answer = ruled(person(medicines=("Fosamax 70 mg", "alendronate")), plan(100))
    assert keys(answer) == ["bisphosphonate"]
    assert answer.cautions[0].subject == "Fosamax 70 mg"


def test_separation_says_its_hours():
    caution = found(ruled(person(medicines=("ciprofloxacin",)), plan(100)), "fluoroquinolone")
    assert isinstance(caution, Caution)
    assert (caution.action, caution.hours_before, caution.hours_after) == ("separate", 2, 6)
    assert "2 hours before or 6 hours after" in caution.text


def test_separation_is_held_against_the_clock():
    morning = person(medicines=("levothyroxine at 07:00",))
    assert keys(ruled(morning, plan(100, times=["11:00"]))) == []
    near = found(ruled(morning, plan(100, times=["09:30"])), "thyroid")
    assert near.hours_apart == 2.5
    assert near.text.endswith("levothyroxine at 07:00 and magnesium at 09:30 are 2.5 hours apart.")
    same = found(ruled(morning, plan(100, times=["07:00"])), "thyroid")
    assert same.text.endswith("levothyroxine and magnesium are both at 07:00.")
    unknown = found(ruled(person(medicines=("levothyroxine",)), plan(100)), "thyroid")
    assert unknown.hours_apart is None


def test_zinc_counts_where_the_row_names_it():
    zinc = [dose("zinc", 10.0, hours=9.0), dose("magnesium", 100.0, hours=13.0)]
    near = found(ruled(person(medicines=("Cipro at 08:00",)), zinc), "fluoroquinolone")
    assert "zinc at 09:00" in near.text
    assert near.subject == "Cipro"


def test_all_symptoms_of_an_emergency_are_named():
    answer = ruled(person(symptoms=("chest_pain", "fainting")), plan(100))
    assert "chest pain, fainting" in answer.refusals[0].text
    assert "{" not in answer.refusals[0].text


def test_separating_rows_say_their_hours_in_the_sentence():
    for row in interactions():
        for hours in (row.hours_before, row.hours_after):
            assert hours is None or f"{hours:g} hour" in row.text


def test_moxifloxacin_has_one_separation_only():
    assert keys(ruled(person(medicines=("moxifloxacin",)), plan(100))) == ["moxifloxacin"]


def test_tryptophan_with_an_maoi_is_refused():
    answer = ruled(person(medicines=("phenelzine",)), [dose("tryptophan", 500.0)])
    assert [one.key for one in answer.refusals] == ["tryptophan_maoi"]
    assert "tryptophan_serotonergic" not in keys(answer)


def test_order_follows_the_files_and_not_the_document():
    conditions = ("depression", "dehydration", "addison")
    some = [dose("zinc", 50.0), dose("magnesium", 400.0), dose("melatonin", 20.0)]
    one = ruled(person(conditions=conditions), some)
    assert one == ruled(person(conditions=conditions[::-1]), some[::-1])
    order = [rule.key for rule in rules()]
    assert keys(one) == sorted(keys(one), key=order.index)


def test_answer_is_a_document():
    answer = ruled(person(egfr=25, medicines=("omeprazole",)), plan(400))
    again = type(answer).model_validate_json(answer.model_dump_json())
    assert again == answer
    assert answer.refusals[0].severity == "refusal"


def test_an_unknown_region_is_an_error():
    with pytest.raises(InvalidInput, match="region"):
        ruled(person(), NOTHING, "mars")


@pytest.mark.parametrize(
    "fields",
    [
        {"egfr_belw": 30},
        {"substances_any": ["valerian"]},
        {"daily_mg_above": 10},
        {"daily_mg_above": 10, "substances_any": ["zinc", "magnesium"]},
        {"conditions_any": ["gout"]},
    ],
)
def test_mistaken_rule_is_refused(fields):
    with pytest.raises(InvalidInput):
        When(**fields)


def test_hours_stand_only_with_separation():
    row = interactions()[0]
    for change in ({"hours_after": None}, {"action": "avoid"}):
        with pytest.raises(InvalidInput):
            type(row)(**{**row.model_dump(), **change})


def test_braces_and_lines_in_a_medicine_name_do_no_harm():
    answer = ruled(person(medicines=("{daily_mg}\nzzyx",)), NOTHING)
    assert answer.cautions[0].subject == "{daily_mg} zzyx"
