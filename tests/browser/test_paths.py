"""What people come to do, in a real browser, on a phone and on a desktop."""

import re
import time

import pytest
from visiting import (
    DESKTOP,
    PATIENCE,
    PHONE,
    REQUIRED,
    Visitor,
    answer_three,
    fits,
    missing,
    serving,
)

if not REQUIRED:
    pytest.importorskip("axe_playwright_python", reason=missing())
from playwright.sync_api import expect

MOST_ANSWERS, MOST_SECONDS = 12, 60.0
both = pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])


def drawn(page, figures):
    """Wait until so many figures are drawn, and none is awaited."""
    expect(page.locator("#picture figure svg")).to_have_count(figures, timeout=PATIENCE)


@both
def test_three_answers_lead_to_a_forecast_and_a_slider_to_another(visit, width):
    page = visit(width).page
    page.goto("/")
    assert fits(page)
    answer_three(page)
    expect(page).to_have_url(re.compile("/forecast$"))
    drawn(page, 4)
    expect(page.locator("#picture svg.narrow")).to_have_count(4 if width == PHONE else 0)
    assert fits(page)
    before = page.locator("#picture .summary").inner_text()
    page.get_by_label("Magnesium, mg").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(page.locator("output[for=dose]")).to_have_text("250")
    expect(page.locator("#picture .summary")).not_to_have_text(before, timeout=PATIENCE)
    drawn(page, 5)
    assert fits(page)
    for table in page.locator("#picture details").all()[:5]:
        table.locator("summary").click()
    assert fits(page)


def test_a_newcomer_has_a_picture_a_minute_after_the_command(chromium, told, tmp_path):
    """The engine is compiled already: `told` asked the server of this session before."""
    begin = time.perf_counter()
    with serving(tmp_path) as address:
        visitor = Visitor(chromium, address, PHONE)
        visitor.page.goto("/")
        asked = visitor.page.locator("form[action='/start'] :is(input, select, textarea):visible")
        names = {one.get_attribute("name") for one in asked.all()}
        assert 3 <= len(names) <= MOST_ANSWERS
        answer_three(visitor.page)
        visitor.page.locator("#picture figure svg").first.wait_for(timeout=PATIENCE)
        took = time.perf_counter() - begin
        visitor.close()
    assert took <= MOST_SECONDS


@both
def test_food_is_found_while_typing_and_adds_up(visit, told, width):
    page = visit(width, storage_state=told).page
    page.goto("/food")
    page.get_by_label("Find a food").press_sequentially("almonds")
    expect(page.locator("#found li").first).to_contain_text(re.compile("almond", re.IGNORECASE))
    page.locator("#found button").first.click()
    expect(page.locator("#day .found li")).to_have_count(1)
    one = page.locator("#day .total strong").inner_text()
    page.get_by_label("Find a food").fill("oats")
    expect(page.locator("#found li").first).to_contain_text(re.compile("oat", re.IGNORECASE))
    page.locator("#found button").first.click()
    expect(page.locator("#day .found li")).to_have_count(2)
    two = page.locator("#day .total strong").inner_text()
    assert 0.0 < float(one.split()[0]) < float(two.split()[0])
    assert fits(page)
    page.get_by_role("button", name="Take out").first.click()
    expect(page.locator("#day .found li")).to_have_count(1)
    page.get_by_label("Find a food").fill("xyzzyx")
    expect(page.locator("#found [role=status]")).to_contain_text("No food like that")


def test_a_wrong_age_is_explained_where_it_is_and_what_was_typed_stays(visit):
    visitor = visit(PHONE)
    visitor.allowed.add(422)
    page = visitor.page
    page.goto("/")
    answer_three(page, age="four")
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("four")
    expect(wrong).to_be_focused()
    age = page.get_by_label("Age in years")
    expect(age).to_have_value("four")
    expect(age).to_have_attribute("aria-invalid", "true")
    assert "wrong" in age.get_attribute("aria-describedby")
    assert fits(page)
    answer_three(page, age="44")
    expect(page).to_have_url(re.compile("/forecast$"))


@both
def test_an_unsafe_plan_is_refused_in_words(visit, width):
    visitor = visit(width)
    visitor.allowed.add(409)
    page = visitor.page
    page.goto("/")
    page.get_by_text("Open a document, or look at an example").click()
    page.select_option("#example", "kidney_egfr25")
    page.get_by_role("button", name="Look at it").click()
    page.goto("/forecast")
    wrong = page.locator("#picture [role=alert]")
    expect(wrong).to_contain_text("not safe", timeout=PATIENCE)
    wrong.get_by_role("link").click()
    page.get_by_role("button", name="Check it").click()
    expect(page.locator(".verdict.no")).to_be_visible(timeout=PATIENCE)
    assert fits(page)


def focused(page):
    """The element that has the focus: its name, id, type and words."""
    return page.evaluate(
        "(() => { const e = document.activeElement; return [e.tagName, e.id, e.name || '',"
        " (e.innerText || e.value || '').trim()]; })()"
    )


def tab_to(page, wanted, most=40):
    """Press Tab until `wanted` of what is focused holds; fails if it never does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted(focused(page)):
            return
    raise AssertionError(f"not reached by keyboard; at {focused(page)}")


def test_start_can_be_answered_with_the_keyboard_alone(visit):
    page = visit(DESKTOP).page
    page.goto("/")
    page.keyboard.press("Tab")
    assert focused(page)[3] == "To the content"
    page.keyboard.press("Enter")
    tab_to(page, lambda at: at[1] == "age", 3)
    page.keyboard.type("45")
    tab_to(page, lambda at: at[2] == "sex")
    page.keyboard.press("Space")
    tab_to(page, lambda at: at[3] == "Show me my night")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/forecast$"))


def test_the_menu_of_a_phone_opens_by_keyboard_and_leads_on(visit, told):
    page = visit(PHONE, storage_state=told).page
    page.goto("/food")
    expect(page.get_by_role("link", name="My plan")).to_be_hidden()
    tab_to(page, lambda at: at[3] == "Menu", 4)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My plan")).to_be_visible()
    assert fits(page)
    tab_to(page, lambda at: at[3] == "My plan", 12)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/plan$"))


def test_the_main_path_works_without_scripts(visit):
    page = visit(PHONE, java_script_enabled=False).page
    page.goto("/")
    answer_three(page)
    expect(page).to_have_url(re.compile("/forecast$"))
    page.get_by_label("Form").select_option("citrate")
    page.get_by_role("button", name="Show", exact=True).click(timeout=PATIENCE)
    expect(page.locator("#picture figure svg")).to_have_count(4, timeout=PATIENCE)
    page.goto("/food?text=almonds")
    page.locator("#found button").first.click()
    expect(page.locator("#day .found li")).to_have_count(1)
    page.goto("/safe")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator(".verdict")).to_be_visible(timeout=PATIENCE)


def test_a_look_is_chosen_and_kept(visit, told):
    page = visit(DESKTOP, storage_state=told, color_scheme="dark").page
    colour = "getComputedStyle(document.body).backgroundColor"
    page.goto("/food")
    seen = {"auto": page.evaluate(colour)}
    for words, look in (("Light", "light"), ("Dark", "dark"), ("Evening, red", "evening")):
        page.get_by_role("button", name=words).click()
        expect(page.locator("html")).to_have_attribute("data-look", look)
        page.goto("/me")
        expect(page.get_by_role("button", name=words)).to_have_attribute("aria-pressed", "true")
        seen[look] = page.evaluate(colour)
    assert seen["auto"] == seen["dark"]
    assert len(set(seen.values())) == 3
    red, green, blue = map(int, re.findall(r"\d+", seen["evening"]))
    assert red > green >= blue
