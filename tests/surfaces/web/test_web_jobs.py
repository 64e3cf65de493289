"""Jobs: begun, followed, answered, cancelled; failures told; no more than may wait."""

import time

import pytest

from somnesium.questions.evidence.evidence import evidence
from somnesium.surfaces.web.jobs import Job, Jobs, Lane, TooManyJobs

JSON = {"content-type": "application/json"}


def ended(client, place):
    """The job once it is over; waits at most two minutes."""
    for _ in range(600):
        found = client.get(place).json()
        if found["state"] in ("done", "failed", "cancelled"):
            return found
        time.sleep(0.2)
    raise AssertionError("the job did not end")


def test_a_job_gives_the_same_answer_as_the_library(browser):
    begun = browser.post("/api/evidence/jobs", json={"endpoints": ["isi"]})
    assert begun.status_code == 202
    place = begun.headers["location"]
    assert ended(browser, place)["state"] == "done"
    assert browser.get(f"{place}/answer").json() == evidence(["isi"]).model_dump(mode="json")


def test_progress_is_told(browser):
    begun = browser.post("/api/qualify/jobs", json={"ids": ["B1"]})
    found = ended(browser, begun.headers["location"])
    assert found["progress"] == {"done": 1, "total": 1}


def test_a_wrong_document_begins_nothing(browser):
    found = browser.post("/api/evidence/jobs", json={"method": "magic"})
    assert found.status_code == 422
    assert "method" in found.json()["message"]
    assert browser.post("/api/nothing/jobs", json={}).status_code == 404
    assert browser.get("/api/jobs/0123").status_code == 404
    assert browser.get("/api/jobs/0123/answer").status_code == 404
    assert browser.delete("/api/jobs/0123").status_code == 404


def test_what_only_the_worker_finds_wrong_is_told(browser):
    begun = browser.post("/api/evidence/jobs", json={"endpoints": ["snoring"]})
    found = ended(browser, begun.headers["location"])
    assert found["state"] == "failed"
    assert found["error"]["error"] == "InvalidInput"
    assert "snoring" in found["error"]["message"]


def test_a_running_job_is_ended_and_a_waiting_one_never_begins(browser):
    first = browser.post("/api/attribute/jobs", json={"people": 100_000}).headers["location"]
    second = browser.post("/api/evidence/jobs", json={}).headers["location"]
    assert browser.get(second).json()["state"] == "waiting"
    assert browser.delete(second).json()["state"] == "cancelled"
    assert browser.delete(first).json()["state"] == "cancelled"
    process = browser.app.state.jobs.find(first.rpartition("/")[2]).process
    if process is not None:
        assert process.wait(30) != 0
    assert browser.get(f"{first}/answer").status_code == 404


def test_only_so_many_wait(monkeypatch):
    monkeypatch.setattr(Jobs, "_run", lambda self, job, question: None)
    jobs = Jobs(at_once=1, waiting=1)
    kept = [jobs.begin("evidence", {}) for _ in range(2)]
    with pytest.raises(TooManyJobs):
        jobs.begin("evidence", {})
    jobs.cancel(kept[0])
    assert jobs.begin("evidence", {}).state == "waiting"
    jobs.close()


def test_only_the_newest_answers_are_kept(monkeypatch):
    def at_once(_self, job, _question):
        job.answer, job.state = "{}", "done"

    monkeypatch.setattr(Jobs, "_run", at_once)
    jobs = Jobs(kept=2)
    ids = []
    for _ in range(5):
        job = jobs.begin("evidence", {})
        ids.append(job.id)
        while not job.over:
            time.sleep(0.001)
    assert [jobs.find(id) is not None for id in ids] == [False, False, True, True, True]
    jobs.close()


def test_only_the_newest_files_are_kept_and_none_after_the_end(monkeypatch):
    def wrote(job, _process, _question):
        (job.folder / "nights").mkdir()
        (job.folder / "nights" / "0.parquet").write_bytes(b"1")
        (job.folder / ".lock").write_bytes(b"")
        job.answer = "{}"

    monkeypatch.setattr("somnesium.surfaces.web.jobs._listen", wrote)
    jobs, lane = Jobs(), Lane("this")
    found = []
    for _ in range(5):
        found.append(jobs.begin("population", {}, files=True, lane=lane))
        while not found[-1].over:
            time.sleep(0.01)
    time.sleep(0.1)
    assert [list(one.files) for one in found] == [[]] * 2 + [["nights/0.parquet"]] * 3
    folders = [one.folder for one in found if one.folder is not None]
    jobs.close()
    assert not any(folder.exists() for folder in folders)


def test_a_job_that_is_over_stays_as_it_is():
    jobs, job = Jobs(), Job("1", "plan", "done", answer="{}")
    jobs.cancel(job)
    assert job.told()["state"] == "done"
    assert job.told()["answer"] == "/api/jobs/1/answer"
    jobs.close()


def test_the_page_my_plan_follows_its_job(known):
    known.tell("/plan/0123/cancel")
    wrong = known.tell("/plan", budget="cheap")
    assert wrong.status_code == 422
    assert 'value="cheap"' in wrong.text
    place = known.tell("/plan", budget="0,5").headers["location"]
    assert f'data-events="/api/jobs/{place.rpartition("/")[2]}/events"' in known.get(place).text
    for _ in range(600):
        text = known.get(place, headers={"hx-request": "true"}).text
        if "data-events" not in text:
            break
        time.sleep(0.2)
    assert "Best:" in text
    assert known.app.state.jobs.find(place.rpartition("/")[2]).total == 4
    assert known.get("/plan/0123").status_code == 404
    again = known.tell("/plan").headers["location"]
    known.tell(f"{again}/cancel")
    assert "Stopped" in known.get(again, headers={"hx-request": "true"}).text
