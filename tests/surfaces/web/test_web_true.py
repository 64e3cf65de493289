"""What is true?: claims and trials are those of the library."""

import re

import pytest

from somnesium.questions.claims import answer_claims, kept_claims
from somnesium.questions.version import model_version
from somnesium.surfaces.command.claims import fact_rows

KEPT = kept_claims()


def _words(html):
    import html as entities

    return re.sub(r"\s+", " ", entities.unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_packaged_answers_are_of_this_model():
    """Run `python -m docs.generate --measured` when this fails."""
    hash_of = {text.partition("+")[2] for text in (KEPT.model_version, model_version())}
    assert len(hash_of) == 1


@pytest.mark.parametrize("key", ["C02", "C03", "C12"])
def test_a_packaged_answer_is_what_is_computed_today(key):
    kept = next(one for one in KEPT.claims if one.key == key)
    today = answer_claims([key], KEPT.seed).claims[0]
    assert today.verdict == kept.verdict
    assert today.because == kept.because


def test_every_claim_is_listed_with_its_verdict(browser):
    page = _words(browser.get("/true").text)
    assert len(KEPT.claims) == 32
    for one in KEPT.claims:
        assert f"{one.claim} {one.verdict} {one.because}" in page


@pytest.mark.parametrize("one", KEPT.claims, ids=lambda one: one.key)
def test_a_claim_has_a_page_with_every_number(browser, one):
    said = browser.get(f"/true/claims/{one.key}")
    assert said.status_code == 200
    page = _words(said.text)
    for text in (one.because, one.engine, one.trial, one.rule, one.shown_true_by, one.command):
        assert re.sub(r"\s+", " ", text) in page
    for row in fact_rows((*one.engine_facts, *one.trial_facts)):
        assert " ".join(row[1:3]) in page
    assert 'role="img"' in said.text


def test_an_unknown_claim_says_which_there_are(browser):
    said = browser.get("/true/claims/C99")
    assert said.status_code == 404
    assert "C01 to C32" in _words(said.text)


def test_an_endpoint_has_a_forest_plot(browser):
    page = browser.get("/true").text
    number = re.search(r'href="/true/(\d+)"', page).group(1)
    assert "Forest plot" in browser.get(f"/true/{number}").text
