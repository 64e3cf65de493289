"""The use case: formats found, one ledger over all files, all or nothing."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.reading import read_nights
from somnesium.questions.nights.imports import import_answer

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
BERLIN = {"zone": "Europe/Berlin"}


def test_a_takeout_is_read_as_a_folder_and_as_a_zip(tmp_path):
    folder = EXPORTS / "google_takeout"
    archive = Path(shutil.make_archive(str(tmp_path / "takeout"), "zip", folder))
    answers = [import_answer(read_nights(path, **BERLIN)) for path in (folder, archive)]
    assert answers[0].nights == answers[1].nights
    assert {found.name for found in answers[0].formats} == {"fitbit_json", "google_csv"}
    assert [night.nap for night in answers[0].nights] == [False, True]
    ledger = answers[0].ledger
    assert ledger.rows == 4 == ledger.accepted + ledger.partial + ledger.rejected


def test_the_answer_holds_sources_version_and_both_dates():
    answer = import_answer(read_nights(EXPORTS / "consensus_sleep_diary", **BERLIN))
    assert {"vanhees2018", "carney2012"} <= {source.key for source in answer.sources}
    assert answer.model_version
    night = answer.nights[0]
    assert (night.evening, night.wake_date) == (date(2025, 3, 1), date(2025, 3, 2))
    assert json.loads(answer.model_dump_json())["nights"][0]["rise"] == "2025-03-02T07:10:00+01:00"


def test_importing_twice_gives_the_same_keys():
    path = EXPORTS / "oura" / "OuraSleepData.csv"
    assert [one.key for one in read_nights(path).nights] == [
        one.key for one in read_nights(path).nights
    ]


def test_a_map_reads_and_explains_its_table():
    folder = EXPORTS / "table"
    answer = import_answer(read_nights(folder / "nights.csv", map=folder / "map.toml"))
    assert [night.duration for night in answer.nights] == [435, 360]
    assert answer.cells[0][0].column == "Ins Bett"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"format": "fitbit_jsn"}, "did you mean"),
        ({"format": "whoop"}, "WHOOP"),
        ({"zone": "Europe/Bärlin"}, "IANA"),
        ({"zone": "Europe"}, "IANA"),
    ],
)
def test_wrong_options_are_told(options, said):
    with pytest.raises(InvalidInput, match=said):
        read_nights(EXPORTS / "oura" / "OuraSleepData.csv", **options)


def test_what_no_reader_knows_is_told_with_the_way_out(tmp_path):
    path = tmp_path / "shopping.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="--map"):
        read_nights(path)


def test_progress_ends_at_the_whole_file():
    seen = []
    path = EXPORTS / "apple_health" / "apple_health_export" / "export.xml"
    read_nights(path, **BERLIN, progress=lambda *news: seen.append(news))
    assert seen[-1] == (path.stat().st_size, path.stat().st_size, "export.xml")


def test_a_broken_file_of_several_gives_nothing_at_all(tmp_path):
    good = (EXPORTS / "oura" / "oura_v2_sleep.json").read_bytes()
    (tmp_path / "a.json").write_bytes(good)
    (tmp_path / "b.json").write_bytes(good[:-20])
    with pytest.raises(InvalidInput, match=r"b\.json"):
        read_nights(tmp_path)


def test_an_empty_export_is_an_answer_without_nights(tmp_path):
    path = tmp_path / "sleep_score.csv"
    path.write_text("sleep_log_entry_id,timestamp,deep_sleep_in_minutes\n")
    answer = import_answer(read_nights(path))
    assert (answer.nights, answer.ledger.rows) == ((), 0)
