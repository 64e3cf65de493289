"""Server-sent events: progress as it comes, the end, and nothing after it."""

import asyncio
import json

import pytest

from somnesium.surfaces.web.events import _told
from somnesium.surfaces.web.jobs import Job

STREAM = "text/event-stream"


def heard(text):
    """Events of a stream as (kind, data)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_a_job_is_told_from_its_beginning_to_its_end(browser):
    place = browser.post("/api/qualify/jobs", json={"ids": ["B1"]}).headers["location"]
    found = browser.get(f"{place}/events")
    assert found.headers["content-type"].startswith(STREAM)
    assert found.headers["cache-control"] == "no-store"
    events = heard(found.text)
    assert events[-1][0] == "done"
    assert {kind for kind, _ in events[:-1]} == {"progress"}
    assert events[-1][1]["answer"] == f"{place}/answer"
    steps = [data["progress"]["done"] for _, data in events]
    assert steps == sorted(steps)


@pytest.mark.parametrize("last", ["", "7", "nothing", "\x00é".encode("latin-1")])
def test_who_comes_again_is_told_where_it_stands(browser, last):
    place = browser.post("/api/evidence/jobs", json={"endpoints": ["isi"]}).headers["location"]
    first = heard(browser.get(f"{place}/events").text)[-1]
    again = heard(browser.get(f"{place}/events", headers={"last-event-id": last}).text)
    assert again == [first]


def test_failures_and_ends_are_told(browser):
    place = browser.post("/api/evidence/jobs", json={"endpoints": ["snoring"]}).headers["location"]
    kind, data = heard(browser.get(f"{place}/events").text)[-1]
    assert kind == "failed"
    assert "snoring" in data["error"]["message"]
    place = browser.post("/api/attribute/jobs", json={"people": 100_000}).headers["location"]
    browser.delete(place)
    assert heard(browser.get(f"{place}/events").text)[-1][0] == "cancelled"


def test_there_are_no_events_of_a_job_that_is_not_there(browser):
    assert browser.get("/api/jobs/0123/events").status_code == 404


class Listener:
    """A browser that goes away after so many looks."""

    def __init__(self, looks):
        self.looks = looks

    async def is_disconnected(self):
        self.looks -= 1
        return self.looks < 0


def test_the_stream_ends_with_the_listener_and_tells_each_change_once():
    job = Job("1", "plan", "running", done=1, total=4)

    async def listen():
        return [one async for one in _told(Listener(3), job)]

    texts = asyncio.run(listen())
    assert texts[0].startswith("retry:")
    assert [data["progress"] for _, data in heard("".join(texts))] == [{"done": 1, "total": 4}]
