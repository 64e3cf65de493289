"""A population in a folder: killed and gone on with, damaged, too large, someone else's."""

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from samples import PLAN, RUN, SPEC

from somnesium.errors import InvalidInput
from somnesium.population import files, folder
from somnesium.population.stream import Progress, chunk_size
from somnesium.questions.population import population, run_of, size_of

ROOT = Path(__file__).parents[2]


def content(out: Path) -> dict[str, bytes]:
    """Every file of a population by name, but for the lock and what was moved aside."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".lock" and path.suffix != ".corrupt"
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The run in one go."""
    out = tmp_path_factory.mktemp("whole")
    return out, population(RUN, out)


def test_the_folder_holds_everyone_once(whole):
    out, answer = whole
    persons = pq.read_table(out / "persons")
    assert persons["person"].to_pylist() == list(range(SPEC.people))
    nights = pq.read_table(out / "nights")
    assert nights.num_rows == answer.nights
    assert sorted(set(nights["person"].to_pylist())) == list(range(SPEC.people))
    assert answer.files == len(list((out / "nights").iterdir())) == 5
    assert answer.bytes == sum(p.stat().st_size for p in out.glob("*/*.parquet"))
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["people"] for entry in manifest["files"]] == [8] * 5
    assert manifest["identity"] == answer.identity


def test_the_summary_is_that_of_the_files(whole):
    out, answer = whole
    written = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert written == json.loads(answer.model_dump_json())
    assert written["cautions"]
    assert written["sources"]
    assert written["model_version"]
    persons = pq.read_table(out / "persons")
    everyone = answer.groups[0].means
    for world in ("without", "with", "difference"):
        values = persons[f"duration_{world}"].to_numpy()
        spread = everyone[world]["duration"]
        assert spread.number == SPEC.people
        assert spread.mean == pytest.approx(values.mean(), abs=1e-9)
        assert spread.sd == pytest.approx(values.std(), rel=1e-9)


@pytest.mark.parametrize(("chunk", "jobs"), [(1, 1), (7, 2), (1024, None)])
def test_neither_chunks_nor_threads_change_a_byte(whole, tmp_path, chunk, jobs):
    import numba

    if jobs and jobs > numba.config.NUMBA_NUM_THREADS:
        pytest.skip("fewer cores")
    population(RUN, tmp_path / "out", chunk=chunk, jobs=jobs)
    assert content(tmp_path / "out") == content(whole[0])


SCRIPT = """
    import sys
    sys.path.insert(0, {tests!r})
    from pathlib import Path
    from samples import RUN
    from somnesium.questions.population import population
    population(RUN, Path(sys.argv[1]), chunk=4, report=lambda news: print(news.lived, flush=True))
"""


def begun(out: Path) -> subprocess.Popen:
    """A run of its own process, which says each chunk of people it has lived."""
    script = textwrap.dedent(SCRIPT).format(tests=str(ROOT / "tests" / "population"))
    return subprocess.Popen(
        [sys.executable, "-c", script, str(out)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )


@pytest.mark.parametrize("after", [1, 4, 7])
def test_killed_and_gone_on_with_nobody_is_lost_or_doubled(whole, tmp_path, after):
    out = tmp_path / "out"
    process = begun(out)
    for _ in range(after):
        while process.stdout.readline().strip() != b"4":
            assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    finished = {p: p.stat().st_mtime_ns for p in out.glob("*/*.parquet")}
    assert len(finished) < 10
    news: list[Progress] = []
    population(RUN, out, report=news.append)
    assert content(out) == content(whole[0])
    assert sum(n.kept + n.lived for n in news) == SPEC.people
    pairs = [p for p in finished if p.parent.name == "persons"]
    assert sum(n.kept for n in news) == 8 * len(pairs)
    for persons in pairs:
        assert persons.stat().st_mtime_ns == finished[persons]


def test_what_is_finished_is_kept_and_half_written_files_are_swept(whole, tmp_path):
    out = tmp_path / "out"
    population(RUN, out)
    (out / "nights" / "000002.parquet").unlink()
    (out / "persons" / "000002.parquet").rename(out / "persons" / "000002.parquet.part")
    (out / "manifest.json").unlink()  # the footers alone say what the files are
    news: list[Progress] = []
    population(RUN, out, report=news.append)
    assert sum(n.lived for n in news) == 8
    assert content(out) == content(whole[0])


@pytest.mark.parametrize("folder_name", ["nights", "persons"])
@pytest.mark.parametrize("known", [True, False])
def test_a_damaged_file_alone_is_made_again(whole, tmp_path, folder_name, known):
    out = tmp_path / "out"
    population(RUN, out)
    bad = out / folder_name / "000001.parquet"
    data = bytearray(bad.read_bytes())
    data[len(data) // 3] ^= 1
    bad.write_bytes(data)
    if not known:
        (out / "manifest.json").unlink()
    news: list[Progress] = []
    population(RUN, out, report=news.append)
    (note,) = [n.note for n in news if n.note]
    assert f"{folder_name}/000001.parquet is damaged" in note
    assert bad.with_name("000001.parquet.corrupt").read_bytes() == data
    assert sum(n.lived for n in news) == 8
    assert content(out) == content(whole[0])


def test_an_unreadable_manifest_loses_nothing(whole, tmp_path):
    out = tmp_path / "out"
    population(RUN, out)
    (out / "manifest.json").write_text('{"identity": "x", "fil')
    news: list[Progress] = []
    population(RUN, out, report=news.append)
    assert sum(n.lived for n in news) == 0
    assert content(out) == content(whole[0])


def changed(**fields):
    return type(SPEC)(**{**SPEC.model_dump(exclude_unset=True), **fields})


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (run_of(changed(seed=4), PLAN, persons=8), "spec.seed"),
        (run_of(changed(days=8), PLAN, persons=8), "spec.days"),
        (run_of(SPEC, None, persons=8), "regimen"),
        (run_of(SPEC, PLAN, persons=16), "persons_per_file"),
        (RUN._replace(version="0"), "version"),
    ],
)
def test_the_folder_of_another_run_is_refused_and_left_alone(whole, other, named):
    before = content(whole[0])
    with pytest.raises(InvalidInput, match=r"another population") as found:
        population(other, whole[0])
    assert named in str(found.value)
    assert content(whole[0]) == before


def test_a_folder_of_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="new or empty folder"):
        population(RUN, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(InvalidInput, match="out"):
        population(RUN, tmp_path / "thesis.txt")


def test_a_full_disk_keeps_what_is_finished(whole, tmp_path, monkeypatch):
    out, sync, calls = tmp_path / "out", os.fsync, []

    def full(number):
        calls.append(number)
        if len(calls) == 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(number)

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(InvalidInput, match="disk is full") as found:
            population(RUN, out)
    assert "\n" not in str(found.value)
    left = content(out)
    assert not [name for name in left if name.endswith(".part")]
    assert 2 <= len([name for name in left if name.endswith(".parquet")]) < 10
    assert all(content(whole[0])[name] == left[name] for name in left if "parquet" in name)
    population(RUN, out)
    assert content(out) == content(whole[0])


def test_a_disk_with_too_little_room_is_refused_before_the_start(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(InvalidInput, match="GB free"):
        population(RUN, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_the_size_said_before_is_near_the_size_found():
    from somnesium.population.manifest import files_of
    from somnesium.population.stream import live_file

    run = run_of(changed(people=256), PLAN)
    made = live_file(run, files_of(run)[0], 256, None)
    found = len(made.nights) + len(made.persons)
    assert 0.6 * found < size_of(run).bytes < 1.7 * found


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    pytest.importorskip("fcntl")
    with folder.one_at_a_time(tmp_path, RUN), pytest.raises(InvalidInput, match="no other run"):
        population(RUN, tmp_path)


@pytest.mark.parametrize(("jobs", "memory"), [(0, 2e9), (10**6, 2e9), (None, 1e8)])
def test_impossible_jobs_and_memory_are_refused(tmp_path, jobs, memory):
    with pytest.raises(InvalidInput, match=r"jobs|max_memory"):
        population(RUN, tmp_path / "out", jobs=jobs, max_memory=memory)


def test_less_memory_is_smaller_chunks():
    run = run_of(changed(people=100_000, days=56), PLAN)
    small, large = chunk_size(run, 1.1e9), chunk_size(run, 2e9)
    assert 16 <= small < large <= run.persons


MEMORY = """
    import resource, sys
    sys.path.insert(0, {tests!r})
    from pathlib import Path
    from samples import PLAN, SPEC
    from somnesium.questions.population import population, run_of
    from somnesium.population.spec import PopulationSpec
    spec = PopulationSpec(**dict(SPEC.model_dump(exclude_unset=True), people=int(sys.argv[2])))
    population(run_of(spec, PLAN, persons=32), Path(sys.argv[1]), chunk=16)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_people(tmp_path):
    peaks = []
    for people in (64, 512):
        script = textwrap.dedent(MEMORY).format(tests=str(ROOT / "tests" / "population"))
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / str(people)), str(people)],
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            check=True,
            text=True,
        )
        peaks.append(int(done.stdout) * 1024)
    assert peaks[1] - peaks[0] < 30e6
