"""Every page in every look, on a phone and on a desktop: for all eyes and hands, light and calm."""

import re
from pathlib import Path

import pytest
from visiting import DESKTOP, PATIENCE, PHONE, REQUIRED, fits, missing, open_example

if not REQUIRED:
    pytest.importorskip("axe_playwright_python", reason=missing())
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from somnesium.surfaces.web.desk import PAGES

PATHS = [path for path, _ in PAGES]
LOOKS = ("light", "dark", "evening")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
"""What axe asks that depends on the look; all else is the same in every look."""
MOST_BYTES = 200_000
DIARY = Path(__file__).parents[1] / "data" / "exports" / "fitbit_csv" / "fitbit_export.csv"
both = pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
every_page = pytest.mark.parametrize("path", PATHS)


def shown_in(page, look):
    """The page in a look, as if it had been chosen at its foot."""
    page.evaluate("look => { document.documentElement.dataset.look = look }", look)


def barriers(page):
    """What axe finds wrong for people who see, hear or move otherwise; colours in every look."""
    found = []
    for look in LOOKS:
        shown_in(page, look)
        only = {"type": "tag", "values": [*TAGS]}
        if look != LOOKS[0]:
            only = {"type": "rule", "values": [*COLOURS]}
        options = {"runOnly": only, "resultTypes": ["violations"]}
        results = Axe().run(page, {"exclude": [["svg.marks > *"]]}, options)
        found += [
            f"{look}: {one['id']}: {node['target']}: {node['failureSummary'][:300]}"
            for one in results.response["violations"]
            for node in one["nodes"]
        ]
    return found


@both
@every_page
def test_a_page_fits_has_one_title_and_no_barrier(visit, told, path, width):
    page = visit(width, storage_state=told).page
    page.goto(path)
    assert fits(page)
    assert page.locator("h1").count() == 1
    assert page.title().endswith("Somnesium")
    expect(page.locator("nav a[aria-current=page]")).to_have_count(1)
    assert barriers(page) == []


def test_axe_would_find_a_missing_label_and_a_faint_word(visit):
    page = visit(DESKTOP).page
    page.goto("/")
    page.evaluate("document.querySelector('label[for=age]').remove()")
    page.evaluate("document.querySelector('.lead').style.setProperty('color', '#7a4632')")
    found = barriers(page)
    assert any(one.startswith("light: label") for one in found), found
    assert any(one.startswith("evening: color-contrast") for one in found), found


@every_page
def test_a_page_weighs_little_without_its_figures(visit, told, path):
    visitor = visit(PHONE, storage_state=told)
    kinds = {"document", "stylesheet", "script", "image", "font"}
    answers = []
    visitor.page.on("response", lambda one: answers.append(one))  # noqa: PLW0108 - no built-in there
    visitor.page.goto(path)
    visitor.page.locator("footer").wait_for()
    weights = {
        one.url: len(re.sub(rb'<svg role="img".*?</svg>', b"", one.body(), flags=re.DOTALL))
        for one in answers
        if one.request.resource_type in kinds
    }
    assert len(weights) >= 4, weights
    assert sum(weights.values()) <= MOST_BYTES, weights


def safe_answer(page):
    page.goto("/safe")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator(".verdict")).to_be_visible(timeout=PATIENCE)


def refused_answer(page):
    open_example(page, "kidney_egfr25")
    safe_answer(page)


def day_of_food(page):
    page.goto("/food")
    page.get_by_label("Find a food").fill("almonds")
    page.locator("#found button").first.click()
    expect(page.locator("#day .found li").first).to_be_visible()


def forecast(page):
    page.goto("/forecast")
    expect(page.locator("#picture figure svg")).to_have_count(5, timeout=PATIENCE)
    page.locator("#picture figure summary").first.click()


def endpoint(page):
    page.goto("/true")
    page.locator("a[href^='/true/']:not([href*=claims])").last.click()
    page.locator("h1").wait_for()


def forest_plot(page):
    page.goto("/true/0")
    for number in range(1, 20):
        if page.locator("figure svg").count():
            return
        page.goto(f"/true/{number}")


def wrong_answer(page):
    page.goto("/")
    page.get_by_label("Age in years").fill("four")
    page.get_by_label("female", exact=True).check()
    page.get_by_role("button", name="Show me my night").click()
    page.get_by_role("alert").wait_for()


def open_menu(page):
    page.goto("/me")
    if page.get_by_text("Menu", exact=True).is_visible():
        page.get_by_text("Menu", exact=True).click()
    for one in page.locator("main details > summary").all():
        one.click()


def claim(page):
    page.goto("/true")
    page.locator("a[href^='/true/claims/']").first.click()
    page.locator("figure svg:visible").wait_for()


def diary(page):
    page.goto("/nights/morning")
    for one in page.locator("main details > summary").all():
        one.click()


def brought(page):
    page.goto("/nights/import")
    page.get_by_label("An export of your watch").set_input_files(DIARY)
    page.get_by_role("button", name="Read it").click()
    page.locator(".verdict").wait_for(timeout=PATIENCE)
    page.locator("#rows summary").click()


def calendar(page):
    brought(page)
    page.get_by_role("link", name="See them in the calendar").click()
    page.locator("figure svg").wait_for(timeout=PATIENCE)
    for one in page.locator("main details > summary").all():
        one.click()


def night(page):
    brought(page)
    page.get_by_role("link", name="See them in the calendar").click()
    page.locator(".month td a:has(.hours)").first.click()
    page.locator("h1").wait_for()


def designed(page):
    page.goto("/experiment/design")
    page.get_by_label("Weeks I would give at most").fill("8")
    page.get_by_role("button", name="Is it worth starting?").click()
    page.locator("form[action='/experiment/begin']").wait_for(timeout=PATIENCE)


def example_verdict(page):
    page.goto("/experiment/example")
    page.locator("figure svg:visible").first.wait_for(timeout=PATIENCE)


def research_form(page):
    page.goto("/research")
    page.locator("main a[href^='/research/']").nth(1).click()
    page.locator("form button.main").wait_for()


def for_my_doctor(page):
    page.goto("/report")
    page.locator("form button.main").wait_for()


STATES = (
    safe_answer,
    refused_answer,
    day_of_food,
    forecast,
    forest_plot,
    endpoint,
    claim,
    wrong_answer,
    open_menu,
    diary,
    brought,
    calendar,
    night,
    designed,
    example_verdict,
    research_form,
    for_my_doctor,
)
"""What a page looks like once something was asked of it."""


@pytest.mark.parametrize(
    "width",
    [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_page_with_an_answer_fits_and_has_no_barrier(visit, told, state, width):
    visitor = visit(width, storage_state=told)
    visitor.allowed |= {409, 422}
    state(visitor.page)
    assert fits(visitor.page)
    assert barriers(visitor.page) == []


CONTRASTS = """() => {
  const shine = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const found = {};
  for (const picture of document.querySelectorAll("figure svg.marks")) {
    const paper = shine(getComputedStyle(picture.querySelector("rect")).fill);
    for (const mark of picture.querySelectorAll(".role-mark *, .role-legend-symbol *")) {
      const style = getComputedStyle(mark);
      const faint = Math.min(style.opacity, style.fillOpacity, style.strokeOpacity) < 0.8;
      if (faint || mark.closest(".mark-rect, .mark-text")) continue;
      for (const name of ["fill", "stroke"]) {
        const given = mark.getAttribute(name);
        if (!given || !given.startsWith("#") || given === "#c9c8c2") continue;
        const [low, high] = [paper, shine(style[name])].sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        if (mark.getTotalLength && !(mark.getTotalLength() > 0)) continue;
        found[`${name} ${given} is ${style[name]}`] = ratio;
      }
    }
  }
  return found;
}"""
"""Contrast of every ink that draws data with the paper of its figure; text and shades left out."""


DRAWN = {forecast: 7, claim: 1, forest_plot: 2, example_verdict: 3, calendar: 1}
"""States with figures, and the least number of inks that draw data in them."""


@pytest.mark.parametrize("state", DRAWN, ids=lambda state: state.__name__)
def test_what_figures_draw_stands_out_in_every_look(visit, told, state):
    page = visit(DESKTOP, storage_state=told).page
    state(page)
    for look in LOOKS:
        shown_in(page, look)
        ratios = page.evaluate(CONTRASTS)
        assert len(ratios) >= DRAWN[state], ratios
        assert {ink: ratio for ink, ratio in ratios.items() if ratio < 3.0} == {}, look


def test_with_and_without_the_plan_stay_apart_in_every_look_by_colour_and_by_dash(visit, told):
    page = visit(DESKTOP, storage_state=told).page
    forecast(page)
    for look in LOOKS:
        shown_in(page, look)
        lines = page.locator("figure .mark-line path").evaluate_all(
            "all => all.map(e => [e.getAttribute('stroke'), getComputedStyle(e).stroke,"
            " getComputedStyle(e).strokeDasharray])"
        )
        plain = {(shown, dash) for given, shown, dash in lines if given == "#2b4c7e"}
        without = {(shown, dash) for given, shown, dash in lines if given == "#8a8f98"}
        assert len(plain) >= 1 <= len(without)
        assert {shown for shown, _ in plain}.isdisjoint(shown for shown, _ in without)
        assert all(dash not in ("none", "1px, 0px", "1px, 0") for _, dash in without), without


def test_on_paper_a_page_is_dark_on_white_without_menus_and_buttons(visit, told):
    page = visit(DESKTOP, storage_state=told, color_scheme="dark").page
    page.goto("/true")
    source = page.locator(".sources li").first
    expect(source).to_have_count(1)
    expect(source).to_be_hidden()
    page.emulate_media(media="print")
    expect(source).to_be_visible()
    ink, paper = (
        page.evaluate(f"getComputedStyle(document.body).{name}")
        for name in ("color", "backgroundColor")
    )
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80
    assert min(map(int, re.findall(r"\d+", paper)[:3])) > 240
    assert page.locator("nav a:visible, button:visible").count() == 0
