"""Exports sent to the server: the same answer as the command's, bounded, whole or not at all."""

import io
import json
import os
import random
import re
import stat
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import suppress

import pytest
from uploading import BERLIN, EXPORTS, alert, apple, by_command, held, packed, sent, waited

from somnesium.errors import InvalidInput
from somnesium.surfaces.web import security, uploads
from somnesium.surfaces.web.incoming import Incoming, clean_name, clear_dead
from somnesium.surfaces.web.uploads import Bounds, import_asked

FILES = {
    "apple_health": ("apple_health", {}),
    "sleep_diary": ("consensus_sleep_diary/csd.csv", {}),
    "fitbit_csv": ("fitbit_csv/fitbit_export.csv", {}),
    "garmin": ("garmin/2025-03-01_2025-06-01_sleepData.json", {}),
    "ggir": ("ggir/sleeplog.csv", {"first_night": "2025-03-01"}),
    "ggir_advanced": ("ggir/advanced.csv", {}),
    "google_takeout": ("google_takeout", {}),
    "health_connect": ("health_connect/health_connect_export.db", {}),
    "oura_csv": ("oura/OuraSleepData.csv", {}),
    "oura_json": ("oura/oura_v2_sleep.json", {}),
    "plees": ("plees/plees.csv", {}),
    "polar": ("polar/nights.json", {}),
    "samsung": ("samsung", {}),
    "sleep_as_android": ("sleep_as_android/sleep-export.csv", {}),
    "sleepmeter": ("sleepmeter/sleepmeter.csv", {}),
    "whoop": ("whoop/sleeps.csv", {}),
    "whoop_es": ("whoop_es/sueño.csv", {}),
    "withings": ("withings/sleep.csv", {}),
    "table": ("table/nights.csv", {"map": True}),
}
"""An example of every format: a file, or a folder that is sent as a zip; and its options."""
WHOOP = (EXPORTS / "whoop" / "sleeps.csv").read_bytes()


@pytest.fixture
def store(browser):
    """Where the browser's server keeps nights."""
    return browser.app.state.settings.store


def left(browser):
    """What lies in the folders of uploads."""
    return list(browser.app.state.uploads.incoming.folder().parent.glob("*/*"))


def prepared(tmp_path, name):
    """An example as a file, its bytes, options of the form and of the command, and its map."""
    place, options = FILES[name]
    path, options = EXPORTS / place, dict(options)
    if path.is_dir():
        data, path = packed(path), tmp_path / f"{name}.zip"
        path.write_bytes(data)
    mapped = EXPORTS / "table" / "map.toml" if options.pop("map", False) else None
    flags = [x for k, v in (BERLIN | options).items() for x in (f"--{k.replace('_', '-')}", v)]
    flags += ["--map", mapped] if mapped else []
    return path, BERLIN | options, flags, mapped and mapped.read_bytes()


QUICK = ("apple_health", "fitbit_csv", "table")
"""A zip, a file and a table with its map; the browser sends every kind, the slow suite as well."""


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FILES],
)
def test_page_and_rest_tell_what_the_command_tells(browser, tmp_path, store, name):
    path, options, flags, map = prepared(tmp_path, name)
    wanted = by_command(path, tmp_path / "other.sqlite3", *flags)
    job = sent(browser, path.name, path.read_bytes(), map, **options)
    assert job.state == "done", job.error
    assert json.loads(job.answer) == wanted
    shown = browser.get(f"/nights/import/{job.id}").text
    ledger = wanted["ledger"]
    counts = [f"{ledger[one]} {one}" for one in ("accepted", "partial", "rejected")]
    assert " read = " + " + ".join(counts) in shown
    assert f"<p>{ledger['rows']} row" in shown
    files = {"file": (path.name, path.read_bytes())} | ({"map": ("m.toml", map)} if map else {})
    again = browser.post("/api/import", files=files, params=options)
    kept = wanted["kept"]
    same = kept | {"number": 2, "new": 0, "unchanged": kept["new"]}
    assert again.json() == wanted | {"kept": same}
    assert held(store) == (2, kept["new"])


def test_every_reader_is_among_the_examples():
    from somnesium.nights.readers.formats import READERS

    known = " ".join(FILES) + " fitbit_json google_csv"  # both are in the Takeout
    assert [one.name for one in READERS if one.name not in known] == []


def test_a_job_by_rest_can_be_followed_and_its_files_are_gone(browser, store):
    begun = browser.post("/api/import/jobs", files={"file": ("sleeps.csv", WHOOP)}, data=BERLIN)
    assert begun.status_code == 202
    job = waited(browser, begun.headers["location"].rpartition("/")[2])
    told = browser.get(begun.headers["location"]).json()
    assert told["state"] == "done"
    assert told["progress"]["done"] == told["progress"]["total"] > 0
    assert browser.get(told["answer"]).json()["kept"]["new"] == 3
    assert left(browser) == []
    assert job.stage == "kept"


def test_an_export_is_read_beside_a_long_question(browser):
    long = browser.post("/api/attribute/jobs", json={"people": 100_000}).headers["location"]
    read = browser.post("/api/import", files={"file": ("sleeps.csv", WHOOP)}, data=BERLIN)
    assert read.status_code == 200
    assert browser.get(long).json()["state"] == "running"
    browser.delete(long)


def test_only_to_look_keeps_nothing(browser, store, tmp_path):
    found = browser.post("/api/import?dry_run=true", files={"file": ("s.csv", WHOOP)}, data=BERLIN)
    assert found.json()["kept"] is None
    assert len(found.json()["nights"]) == 3
    job = sent(browser, "s.csv", WHOOP, dry_run="1")
    assert "nothing was kept" in browser.get(f"/nights/import/{job.id}").text
    assert not (tmp_path / "store.sqlite3").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"first_night": "soon"}, "first_night"),
        ({"dry_run": "perhaps"}, "dry_run"),
        ({"instrument": "<b>"}, "instrument"),
        ({"zon": "UTC"}, "zone"),
    ],
)
def test_wrong_options_are_refused_before_reading(browser, options, said):
    for place in ("/api/import", "/api/import/jobs"):
        found = browser.post(place, files={"file": ("s.csv", WHOOP)}, data=options)
        assert found.status_code == 422
        assert said in found.json()["message"]
    assert browser.app.state.jobs.newest == ()
    with pytest.raises(InvalidInput):
        import_asked(options)


def test_what_the_reader_refuses_is_told_with_its_status(browser, store):
    log = (EXPORTS / "ggir" / "sleeplog.csv").read_bytes()
    found = browser.post("/api/import", files={"file": ("sleeplog.csv", log)}, data=BERLIN)
    assert (found.status_code, found.json()["error"]) == (422, "InvalidInput")
    assert "first night" in found.json()["message"]
    job = sent(browser, "sleeplog.csv", log, zone="Europe/Lisbon", person="Ann")
    shown = browser.get(f"/nights/import/{job.id}").text
    assert "first night" in shown
    assert 'value="Europe/Lisbon"' in shown
    assert 'value="Ann"' in shown


# --- what is dangerous -----------------------------------------------------------------------


def refused(browser, name, data):
    found = browser.post("/api/import", files={"file": (name, data)}, data=BERLIN)
    assert found.status_code == 422, found.text
    assert left(browser) == []
    return found.json()["message"]


def test_bombs_traversals_and_other_files_keep_nothing(browser, tmp_path):
    bomb, leads_out = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        head = b'<?xml version="1.0"?>\n<HealthData>\n'
        archive.writestr("export.xml", head + b"<Record/>\n" * 6_000_000)
    with zipfile.ZipFile(leads_out, "w") as archive:
        archive.writestr("../../evil.csv", "a,b\n")
    assert "unpacks to far more" in refused(browser, "export.zip", bomb.getvalue())
    assert "leads out" in refused(browser, "export.zip", leads_out.getvalue())
    assert "an export of" in refused(browser, "cat.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    refused(browser, "empty.csv", b"")
    assert not (tmp_path / "store.sqlite3").exists()


def test_a_name_is_never_a_path(browser, tmp_path):
    name = "../../../../tmp/../evil/sleeps.csv"
    found = browser.post("/api/import", files={"file": (name, WHOOP)}, data=BERLIN)
    assert found.json()["formats"][0]["files"] == ["sleeps.csv"]
    refusal = refused(browser, "/etc/numpy.py", b"print()\n")
    assert "'numpy.py'" in refusal


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("export.zip", "export.zip"),
        ("C:\\Users\\me\\a.csv", "a.csv"),
        ("..", "export"),
        ("", "export"),
        ("/", "export"),
        ("a\nb\x00.csv", "ab.csv"),
        ("sueño.csv", "sueño.csv"),
        ("x" * 300 + ".csv", "x" * 108 + ".csv"),
        (".hidden", "hidden"),
        ("a\ud800.csv", "a.csv"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given) == kept
    assert len(clean_name("日" * 300 + ".csv").encode()) < 250


def test_folders_are_private(browser):
    folder = browser.app.state.uploads.incoming.folder()
    assert [stat.S_IMODE(one.stat().st_mode) for one in (folder, folder.parent)] == [0o700] * 2


def test_other_forms_are_refused(browser):
    assert browser.post("/api/import", json={"file": "x"}).status_code == 422
    assert browser.post("/api/import", data={"zone": "UTC"}).status_code == 422
    cut = browser.post(
        "/api/import",
        content=b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"',
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert "cut off" in cut.json()["message"]
    files = [("file", ("a.csv", WHOOP)), ("file", ("b.csv", WHOOP))]
    assert "one file each" in browser.post("/api/import", files=files).json()["message"]
    long = browser.post("/api/import", files={"file": ("a", WHOOP)}, data={"zone": "x" * 20_000})
    assert "at most" in long.json()["message"]
    assert left(browser) == []


def test_the_page_wants_its_own_token(browser):
    found = browser.post("/nights/import", files={"file": ("a.csv", WHOOP)}, data={"token": "x"})
    assert found.status_code == 422
    assert "form of this page" in alert(found)
    assert browser.app.state.jobs.newest == ()


def test_what_is_too_large_is_not_read(browser, monkeypatch):
    monkeypatch.setattr(security, "MOST_UPLOAD", 100_000)
    for place in ("/api/import", "/api/import/jobs", "/nights/import"):
        told = browser.post(place, files={"file": ("a.csv", b"x" * 200_000)})
        assert told.status_code == 413

    def chunks():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(40):
            yield b"y" * 10_000

    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert browser.post("/api/import", content=chunks(), headers=kind).status_code == 413
    assert left(browser) == []


def test_only_so_many_are_under_way(browser, monkeypatch):
    monkeypatch.setattr(uploads, "_AT_ONCE", 1)
    some = uploads.Uploads()
    browser.app.state.uploads = some
    some._places.acquire()
    assert browser.post("/api/import", files={"file": ("a.csv", WHOOP)}).status_code == 429


# --- bounds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (Bounds(seconds=0.2), "within 0.2 s"),
        (Bounds(cpu=1), "1 s of computing"),
        (Bounds(memory=230_000_000), "230 MB of memory"),
    ],
    ids=["time", "computing", "memory"],
)
def test_a_reader_that_takes_too_much_is_ended(browser, tmp_path, bounds, said):
    browser.app.state.uploads.bounds = bounds
    # 400,000 rows are read in some seconds and held in some hundred megabytes.
    rows = "".join(f"{k},{k * 60_000},{k * 60_000 + 30_000},4\n" for k in range(400_000))
    data = ("sid,start,stop,rating\n" + rows).encode()
    found = browser.post("/api/import", files={"file": ("plees.csv", data)}, data=BERLIN)
    assert (found.status_code, found.json()["error"]) == (422, "InvalidInput")
    assert said in found.json()["message"]
    assert held(tmp_path / "store.sqlite3") == (0, 0)
    assert left(browser) == []


def question(folder, store):
    """What the worker is asked for an export of four hundred nights in a folder."""
    (folder / "file").mkdir()
    path = folder / "file" / "export.xml"
    path.write_bytes(apple(400))
    options = import_asked(BERLIN).model_dump(mode="json")
    return {
        "file": str(path),
        "map": "",
        "options": options,
        "store": str(store),
        "now": "2026-11-21T12:00:00+00:00",
        "memory": 10**9,
        "cpu": 60,
    }


def test_a_reader_killed_while_it_keeps_leaves_all_or_nothing(tmp_path):
    asked = json.dumps(question(tmp_path, tmp_path / "s0"))
    draw, outcomes = random.Random(7), set()
    for round in range(7):
        store = tmp_path / f"s{round}"
        said = asked.replace(str(tmp_path / "s0"), str(store))
        worker = [sys.executable, "-m", "somnesium.surfaces.web.upload_worker"]
        with subprocess.Popen(
            worker, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            process.stdin.write(said)
            process.stdin.close()
            for line in process.stdout:
                if round and line.startswith("stage keeping"):
                    time.sleep(draw.uniform(0.0, 0.5))
                    process.kill()
        found = held(store)
        assert found in ((0, 0), (1, 400))
        outcomes.add(found)
    assert (1, 400) in outcomes


def test_cancelled_while_reading_nothing_is_kept(browser, store, tmp_path):
    form = {"token": browser.token(), **BERLIN}
    data = apple(3000)
    begun = browser.post(
        "/nights/import", data=form, files={"file": ("export.xml", data)}, follow_redirects=False
    )
    place = begun.headers["location"]
    assert "Reading export.xml" in browser.get(place).text
    assert browser.tell(f"{place}/cancel").status_code == 303
    job = waited(browser, place.rpartition("/")[2])
    assert job.state == "cancelled"
    assert "Nothing was kept" in browser.get(place).text
    for _ in range(100):
        if not left(browser):
            break
        time.sleep(0.05)
    assert left(browser) == []
    assert not (tmp_path / "store.sqlite3").exists()


# --- dead servers ----------------------------------------------------------------------------


def test_what_a_dead_server_left_is_removed_and_a_living_ones_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    living = Incoming()
    kept = living.folder()
    code = (
        "import os; from somnesium.surfaces.web.incoming import Incoming; i = Incoming(); "
        "(i.folder() / 'a').write_text('x'); os.kill(os.getpid(), 9)"
    )
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(
            [sys.executable, "-c", code], check=True, env=environment(TMPDIR=str(tmp_path))
        )
    assert len(list(tmp_path.iterdir())) == 2
    assert clear_dead() == 1
    assert kept.is_dir()
    living.close()
    assert list(tmp_path.iterdir()) == []


def environment(**others):
    return os.environ | others


def test_a_server_killed_in_the_middle_of_an_import_leaves_all_or_nothing(tmp_path):
    httpx = pytest.importorskip("httpx2")

    run = "import typer; from somnesium.surfaces.command.serve import serve; typer.run(serve)"
    store = tmp_path / "store.sqlite3"
    (tmp_path / "temp").mkdir()
    for wait in (1.5, 2.5):
        with subprocess.Popen(
            [sys.executable, "-c", run, "--port", "0", "--store", str(store)],
            text=True,
            stderr=subprocess.PIPE,
            env=environment(TMPDIR=str(tmp_path / "temp")),
        ) as process:
            place = re.search(r"http://\S+", process.stderr.readline()).group(0)

            def send(place=place):
                files = {"file": ("export.xml", apple(400))}
                with suppress(httpx.HTTPError):
                    httpx.post(f"{place}/api/import", files=files, data=BERLIN, timeout=60)

            sending = threading.Thread(target=send)
            sending.start()
            time.sleep(wait)
            folders = list((tmp_path / "temp").glob("somnesium-incoming-*"))
            process.kill()
            sending.join(60)
        assert len(folders) <= 1, "a server removes what a dead one left"
        time.sleep(2.0)  # a reader that was keeping ends by itself
        assert held(store) in ((0, 0), (1, 400), (2, 400))
