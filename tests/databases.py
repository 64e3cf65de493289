"""The same tests on SQLite and on a PostgreSQL server of their own, where its programs exist."""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from somnesium.store.open import opened


def _programs() -> Path | None:
    """The folder of `initdb`: on the path, or Debian's."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return places[-1] if places and (places[-1] / "initdb").exists() else None


def _user() -> str | None:
    """Somebody to run the server as: it refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    names = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="session")
def server():
    """A private PostgreSQL server that listens on a socket in a temporary folder only."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed (Debian: apt install postgresql)")
    folder, user = Path(tempfile.mkdtemp(prefix="somnesium-pg-")), _user()
    if user is not None:
        shutil.chown(folder, user)

    def run(name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(programs / name), *arguments],
            user=user,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )
        assert done.returncode == 0, done.stdout + done.stderr

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield folder
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


_NUMBERS = itertools.count(1)


@pytest.fixture
def database(server):
    """The URL of a new, empty database."""
    import psycopg

    name = f"t{next(_NUMBERS)}"
    with psycopg.connect(f"host={server} user=tester dbname=postgres", autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
    return f"postgresql://tester@/{name}?host={server}"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where a new store is to be."""
    if request.param == "sqlite":
        return str(tmp_path / "kept" / "store.sqlite3")
    return request.getfixturevalue("database")


@pytest.fixture
def store(place):
    """An open, empty store."""
    with opened(place) as one:
        yield one
