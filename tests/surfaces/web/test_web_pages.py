"""Every page, as a person uses it: forms, errors, parts, and the numbers of the library."""

import html
import json
import re

import pytest

from somnesium import say
from somnesium.person.request import read_request
from somnesium.questions.check import check
from somnesium.questions.forecast.forecast import forecast
from somnesium.surfaces.web.desk import PAGES
from somnesium.surfaces.web.drawings import FIGURE_WORDS

SLIDERS = {
    "dose": "250",
    "form": "citrate",
    "time": "22:00",
    "screens": "50",
    "cups": "3",
    "last": "16:00",
}


def document(client):
    return client.get("/me/document.json").json()


def alert(response):
    found = re.search(r'role="alert"[^>]*>(.*?)</div>', response.text, re.DOTALL)
    return html.unescape(found.group(1)) if found else ""


@pytest.mark.parametrize("path", [path for path, _ in PAGES])
def test_every_page_has_one_heading_a_language_and_labelled_fields(known, path):
    text = known.get(path).text
    assert text.count("<h1") == 1
    assert '<html lang="en"' in text
    assert 'aria-current="page"' in text
    fields = re.findall(
        r'<(?:input|select|textarea)(?![^>]*type="(?:hidden|radio|checkbox)")'
        r"[^>]*>",
        text,
    )
    for field in fields:
        name = re.search(r'\bid="([^"]+)"', field)
        assert "aria-label" in field or (name and f'for="{name.group(1)}"' in text), field
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", [path for path, _ in PAGES])
def test_pages_are_small(known, path):
    assert len(known.get(path).content) < 200_000


@pytest.mark.parametrize("path", ["/me", "/food", "/safe", "/forecast", "/plan"])
def test_a_page_that_needs_a_person_sends_to_the_start(browser, path):
    found = browser.get(path, follow_redirects=False)
    assert (found.status_code, found.headers["location"]) == (303, "/")


def test_three_answers_make_a_whole_document(known):
    found = document(known)
    assert found["person"]["age"] == 45
    assert 170 < found["person"]["height_cm"] < 180
    assert 80 < found["person"]["mass_kg"] < 95
    assert 200 < found["diet"]["magnesium_mg_per_day"] < 450
    read_request(found)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age", "forty"),
        ("age", "130"),
        ("bedtime", "25:00"),
        ("rise", ""),
        ("sex", "other"),
        ("age", ""),
    ],
)
def test_a_wrong_answer_is_explained_and_the_others_are_kept(browser, field, value):
    answers = {"age": "45", "sex": "male", "bedtime": "23:30", "rise": "06:45"} | {field: value}
    found = browser.tell("/start", **answers)
    assert found.status_code == 422
    assert field in alert(found)
    assert answers["bedtime"] in found.text


def test_me_is_kept_and_what_is_not_asked_stays(browser):
    browser.tell("/me/document", example="stressed_45")
    before = document(browser)
    fields = {
        "age": "46",
        "sex": "male",
        "height_cm": "179",
        "mass_kg": "84,5",
        "bedtime": "23:30",
        "rise": "06:45",
        "bedtime_weekend": "00:30",
        "rise_weekend": "08:00",
        "isi": "14",
        "time_zone": "Europe/London",
        "insomnia": "mild",
        "medicines": "ciprofloxacin at 08:00\n",
        "conditions": ["hypertension", "depression"],
    }
    assert browser.tell("/me", **fields).status_code == 303
    after = document(browser)
    assert after["person"]["age"] == 46
    assert after["person"]["mass_kg"] == 84.5
    assert after["person"]["conditions"] == ["hypertension", "depression"]
    assert after["person"]["medicines"] == ["ciprofloxacin at 08:00"]
    assert after["habits"]["caffeine"] == before["habits"]["caffeine"]
    assert after["diet"] == before["diet"]
    assert after["regimen"] == before["regimen"]


def test_a_wrong_field_of_me_is_marked_and_nothing_is_kept(known):
    before = document(known)
    fields = {
        "age": "45",
        "sex": "male",
        "height_cm": "17",
        "mass_kg": "80",
        "bedtime": "23:30",
        "rise": "06:45",
        "time_zone": "UTC",
        "insomnia": "none",
    }
    found = known.tell("/me", **fields)
    assert found.status_code == 422
    assert "person.height_cm: got 17; allowed: a number from 100 to 250" in alert(found)
    assert re.search(r'name="height_cm"[^>]*aria-invalid="true"', found.text)
    assert document(known) == before


def test_a_document_saved_and_opened_again_is_the_same(browser, example):
    files = {"file": ("mine.toml", example.read_bytes())}
    data = {"token": browser.token()}
    found = browser.post("/me/document", data=data, files=files, follow_redirects=False)
    assert found.status_code == 303
    assert read_request(document(browser)) == read_request(example)


def test_forgetting_forgets(known):
    known.tell("/me/forget")
    assert known.get("/me", follow_redirects=False).status_code == 303


def test_food_is_found_added_and_taken_out(known):
    assert "12014" in known.get("/food/search", params={"text": "pumpkin seeds"}).text
    added = known.tell("/food/add", live=True, food="12061", amount="100", portion="g")
    assert "<strong>268 mg</strong>" in added.text
    assert "246 to 290 mg" in added.text
    assert "<strong>" in known.tell("/food/remove", live=True, row="0").text
    assert "Nuts, almonds" not in known.get("/food").text


def test_a_wrong_amount_of_food_is_explained_beside_the_day(known):
    found = known.tell("/food/add", live=True, food="12061", amount="many", portion="g")
    assert found.status_code == 422
    assert found.headers["hx-retarget"] == "#trouble"
    assert "grams" in alert(found)


def test_a_usual_day_goes_into_the_document_with_all_its_magnesium(known):
    from somnesium.person.diet import day_total

    known.tell("/food/add", food="12061", amount="100", portion="g")
    known.tell("/food/add", food="01077", amount="2", portion="cup")
    shown = re.search(r"<strong>(\d+) mg</strong>", known.get("/food").text).group(1)
    assert known.tell("/food/use").status_code == 303
    diet = read_request(document(known)).diet
    assert day_total(diet, 0).magnesium_mg == pytest.approx(float(shown), abs=0.6)


def test_an_ambiguous_label_is_asked_about_with_both_readings(known):
    found = known.tell("/safe", form0="citrate", mg0="250", mass_is0="", time0="21:00")
    assert found.status_code == 422
    assert "250 mg magnesium" in alert(found)
    assert "40 mg magnesium" in alert(found)
    assert re.search(r'name="mass_is0" aria-invalid="true"', found.text)


def test_a_plan_too_near_a_medicine_is_told_with_what_to_do(known):
    found = known.tell(
        "/safe",
        form0="citrate",
        mg0="250",
        mass_is0="elemental",
        time0="21:00",
        medicines="ciprofloxacin at 20:00",
    )
    assert found.status_code == 200
    assert "Take ciprofloxacin" in found.text
    assert "We moved magnesium from 21:00" in found.text
    assert document(known)["regimen"]["intakes"][0]["magnesium_mg"] == 250


def test_a_refused_plan_is_refused_on_both_pages(browser):
    browser.tell("/me/document", example="kidney_egfr25")
    safe = browser.tell("/safe", form0="citrate", mg0="250", mass_is0="elemental", time0="21:00")
    assert "do not take this" in safe.text
    found = browser.tell("/forecast/quick", live=True, **SLIDERS)
    assert found.status_code == 409
    assert "not safe" in alert(found)


def test_the_forecast_page_shows_the_library_s_numbers(known):
    from somnesium.surfaces.web.forms import slid

    table = document(known) | {"people": 8, "days": 7}
    files = {"file": ("mine.json", json.dumps(table).encode())}
    known.post("/me/document", data={"token": known.token()}, files=files)
    found = known.tell("/forecast", **SLIDERS)
    answer = forecast(read_request(slid(read_request(document(known)), SLIDERS)))
    text = html.unescape(found.text)
    assert all(line in text for line in answer.summary)
    assert found.text.count("<svg") == len(FIGURE_WORDS)
    ids = re.findall(r'\bid="([^"]+)"', found.text)
    assert len(ids) == len(set(ids))


def test_figures_come_one_by_one_and_only_the_known(known):
    quick = known.tell("/forecast/quick", live=True, **SLIDERS)
    assert quick.status_code == 200
    assert "<html" not in quick.text
    assert quick.text.count("<svg") == 1
    assert "32 virtual people" in quick.text
    assert known.tell("/forecast/figure/pie", live=True, **SLIDERS).status_code == 422


def test_where_nothing_is_taken_a_night_comes_first(known):
    page = known.tell("/forecast/whole", live=True, **SLIDERS | {"dose": "0"}).text
    assert "As you live now" in page
    assert "One possible night" in page
    assert "What changes in your nights" not in page
    assert "/forecast/figure/day_and_night" in page


def test_every_example_has_its_quick_look_or_its_refusal(browser, example):
    files = {"file": ("mine.toml", example.read_bytes())}
    browser.post("/me/document", data={"token": browser.token()}, files=files)
    found = browser.tell("/forecast/quick", live=True)
    refused = bool(check(read_request(example)).refusals)
    assert found.status_code == (409 if refused else 200)
    assert ("<svg" in found.text) != refused


def test_a_slider_that_is_no_number_is_explained(known):
    found = known.tell("/forecast/quick", live=True, **SLIDERS | {"dose": "much"})
    assert found.status_code == 422
    assert "magnesium_mg" in alert(found)


def test_kept_sliders_are_in_the_document(known):
    found = known.tell("/forecast/keep", **SLIDERS)
    assert found.headers["location"] == "/safe"
    kept = document(known)
    assert kept["regimen"]["intakes"][0]["magnesium_mg"] == 250
    assert sum(one["servings"] for one in kept["habits"]["caffeine"]) == 3


def test_the_evidence_page_lists_every_endpoint_and_draws_the_pooled(known):
    from somnesium.questions.evidence.evidence import evidence

    answer = evidence()
    text = known.get("/true").text
    for number, one in enumerate(answer.endpoints):
        assert f'href="/true/{number}"' in text
        if one.endpoint == "isi" and one.synthesis is not None:
            page = known.get(f"/true/{number}").text
            assert "<svg" in page
            assert say.signed(one.synthesis.studies[0].yi, 2) in page
    assert known.get("/true/999").status_code == 404
    assert known.get("/true/x").status_code == 422


def test_the_look_is_kept_and_leads_back_here_only(known):
    assert known.tell("/look", look="dark", back="/food").headers["location"] == "/food"
    assert 'data-look="dark"' in known.get("/").text
    for back in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert known.tell("/look", look="dark", back=back).headers["location"] == "/"


def test_text_of_a_person_is_never_markup(browser):
    browser.tell("/me/document", example="stressed_45")
    fields = {
        "age": "45",
        "sex": "male",
        "height_cm": "179",
        "mass_kg": "84",
        "rise": "06:45",
        "bedtime": "23:30",
        "time_zone": "UTC",
        "insomnia": "none",
        "medicines": "</textarea><b>x</b>",
    }
    browser.tell("/me", **fields)
    assert "<b>x</b>" not in browser.get("/me").text
    assert "&lt;b&gt;x&lt;/b&gt;" in browser.get("/me").text
