"""An experiment through the pages, as somebody does it: begin, live, look."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import numpy as np

from somnesium.answers.selftrial.design.allocation import read_sealed
from somnesium.questions.nights.diary import DoseAnswer, Morning, record
from somnesium.store.experiments import allocation
from somnesium.store.open import opened
from somnesium.surfaces.web import experiment_pages

START = date(2026, 3, 2)
FORM = {
    "measure": "latency",
    "worthwhile": "30",
    "question": "acute",
    "blinding": "capsules",
    "most_weeks": "8",
    "start": START.isoformat(),
}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self):
        self.at = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self):
        return self.at

    def noon_after(self, evening):
        self.at = datetime(evening.year, evening.month, evening.day, 12, tzinfo=UTC)
        self.at += timedelta(days=1)


def store_of(browser):
    return opened(browser.app.state.settings.store)


def begun(browser, monkeypatch=None, seed=None, **fields):
    """An experiment begun through the pages, whatever is said of its worth."""
    if seed is not None:
        monkeypatch.setattr(experiment_pages.secrets, "randbits", lambda _: seed)
    found = browser.tell("/experiment/begin", anyway="1", **(FORM | fields))
    assert found.status_code == 303, alert(found)
    return int(re.search(r"/experiment/(\d+)", found.headers["location"]).group(1))


def alert(response):
    found = re.search(r'role="alert"[^>]*>(.*?)</div>', response.text, re.DOTALL)
    return html.unescape(found.group(1)) if found else ""


def dealt_of(browser, number=1):
    with store_of(browser) as store:
        return read_sealed(allocation(store, number).sealed)


def lived(browser, clock, effect=-40.0, skipped=(), upto=None, number=1):
    """A morning for every night of an experiment up to one, as the diary keeps it."""
    random, dealt = np.random.default_rng(3), dealt_of(browser, number)
    with store_of(browser) as store:
        for night, (evening, letter) in enumerate(dealt.nights[:upto]):
            clock.noon_after(evening)
            value = max(
                1.0, 60 + effect * (dealt.letters[letter] == "the plan") + random.normal(0, 8)
            )
            if night in skipped:
                continue
            told = Morning(
                day=evening + timedelta(days=1),
                zone="Europe/London",
                bed="23:00",
                rise="07:00",
                latency=float(round(value)),
                awake=20.0,
                dose=DoseAnswer(taken=True),
            )
            record(store, told, clock())


def opened_verdict(browser, number, **fields):
    """Look, and read the page that follows."""
    found = browser.tell(f"/experiment/{number}/verdict", **fields)
    assert found.status_code == 303, alert(found)
    return html.unescape(browser.get(found.headers["location"]).text)
