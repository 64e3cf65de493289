"""Forms into documents: numbers, sliders, and that what is not moved stays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.person.regimen import Regimen
from somnesium.person.request import read_request
from somnesium.sources import example_path
from somnesium.surfaces.web.forms import (
    first_request,
    number,
    person_fields,
    regimen_table,
    slid,
    sliders_of,
    with_person,
)


def request_of(name):
    return read_request(example_path(name))


def test_numbers_are_read_and_other_text_is_left():
    assert number("70") == 70
    assert number(" 0,5 ") == 0.5
    assert number("−4") == "−4"
    assert [number(one) for one in ("inf", "nan", "", "x")] == ["inf", "nan", "", "x"]


def test_sliders_that_are_not_moved_change_nothing(example):
    request = read_request(example)
    stand = {name: str(value) for name, value in sliders_of(request).items()}
    assert read_request(slid(request, stand)) == request
    assert read_request(slid(request, {})) == request


def test_the_dose_slider_changes_the_dose_and_nothing_else():
    request = request_of("stressed_45")
    assert sliders_of(request)["dose"] == 250
    moved = read_request(slid(request, {"dose": "400"}))
    (intake,) = moved.regimen.intakes
    assert (intake.magnesium_mg, intake.form, intake.mass_is) == (400, "glycinate", "elemental")
    assert intake.times == ("22:30",)
    assert (moved.habits, moved.diet, moved.person) == (
        request.habits,
        request.diet,
        request.person,
    )
    assert read_request(slid(request, {"dose": "0"})).regimen.intakes == ()


def test_a_compound_dose_stands_on_the_slider_as_the_element_it_holds():
    request = request_of("stressed_45")
    line = {"form": "citrate", "magnesium_mg": 1000, "mass_is": "compound", "times": ["22:00"]}
    table = request.model_dump(mode="json", exclude_unset=True) | {"regimen": {"intakes": [line]}}
    assert 100 < sliders_of(read_request(table))["dose"] < 200


def test_the_screen_slider_changes_screens_only():
    request = request_of("stressed_45")
    lights = read_request(slid(request, {"screens": "0"})).habits.light
    assert [one.source for one in lights] == ["led"]
    lights = read_request(slid(request, {"screens": "150"})).habits.light
    assert [(one.source, one.lux) for one in lights] == [("led", 120), ("screen", 150)]
    assert (lights[1].from_, lights[1].to) == ("21:30", "23:30")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 8), st.integers(0, 47))
def test_cups_are_as_many_as_the_slider_says_and_the_last_is_at_its_time(cups, half_hour):
    last = f"{half_hour // 2:02d}:{half_hour % 2 * 30:02d}"
    request = request_of("healthy_30")
    moved = slid(request, {"cups": str(cups), "last": last})
    found = read_request(moved).habits.caffeine
    if str(cups) == str(sliders_of(request)["cups"]) and last == sliders_of(request)["last"]:
        assert found == request.habits.caffeine
        return
    assert sum(one.servings for one in found) == cups
    assert not found or last in {one.at for one in found}


def test_the_page_me_filled_in_as_it_stands_changes_nothing(example):
    request = read_request(example)
    stands = person_fields(request).items()
    fields = {name: "" if value in (None, False) else value for name, value in stands}
    table = with_person(request.model_dump(mode="json", exclude_unset=True), fields)
    assert read_request(table) == request


def test_lines_without_an_amount_are_left_out_and_products_kept():
    fields = {
        "form0": "citrate",
        "mg0": "100",
        "mass_is0": "elemental",
        "time0": "20:00",
        "form1": "oxide",
        "mg1": "",
        "time1": "21:00",
    }
    (line,) = regimen_table(fields, Regimen())["intakes"]
    assert line["magnesium_mg"] == 100
    assert line["times"] == ["20:00"]
    before = request_of("gummies").regimen
    kept = read_request(
        request_of("gummies").model_dump(mode="json", exclude_unset=True)
        | {"regimen": regimen_table(fields, before)}
    ).regimen
    assert [one.product for one in kept.intakes if one.product] == [
        one.product for one in before.intakes if one.product
    ]


def test_three_answers_of_a_child_are_a_document_too():
    fields = {"age": "10", "sex": "female", "bedtime": "20:30", "rise": "07:00"}
    assert read_request(first_request(fields)).person.age == 10
