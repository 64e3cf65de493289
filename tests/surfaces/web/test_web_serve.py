"""`somnesium serve`: a real process on a real port, and what it refuses."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from somnesium.errors import InvalidInput, MissingPart
from somnesium.surfaces.command import serve as module
from somnesium.surfaces.command.serve import serve

ROOT = Path(__file__).parents[3]
RUN = "import typer; from somnesium.surfaces.command.serve import serve; typer.run(serve)"


def test_the_first_page_comes_over_a_real_socket_and_the_server_ends_when_told(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "--port", "0", "--store", str(tmp_path / "store.sqlite3")],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    with process:
        try:
            address = re.search(r"http://\S+", process.stderr.readline()).group(0)
            assert address.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(address, timeout=60) as page:
                assert b"Three questions" in page.read()
            refused = urllib.request.Request(address, headers={"Host": "evil.example"})
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(refused, timeout=60)
            assert error.value.code == 421
            error.value.close()
        finally:
            process.kill()


def test_another_address_needs_a_password(monkeypatch):
    monkeypatch.setenv("SOMNESIUM_PASSWORD", "short")
    with pytest.raises(InvalidInput, match="10 characters or more"):
        serve(port=0, host="0.0.0.0")


def test_a_port_that_is_taken_or_none_is_explained():
    with pytest.raises(InvalidInput, match="--port"):
        serve(port=70_000)
    taken = module._listening("127.0.0.1", 0)
    try:
        with pytest.raises(InvalidInput, match="free address"):
            module._listening("127.0.0.1", taken.getsockname()[1])
    finally:
        taken.close()


def test_without_the_extra_the_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(module, "_PACKAGES", ("no_such_package",))
    with pytest.raises(MissingPart, match=r"no_such_package.*somnesium\[web\]"):
        serve()


def test_the_secret_outlasts_a_restart_and_only_its_owner_can_read_it(tmp_path):
    store = str(tmp_path / "new" / "store.sqlite3")
    first = module._secret(store)
    assert len(first) == 32
    assert module._secret(store) == first
    path = tmp_path / "new" / "web.key"
    assert path.stat().st_mode & 0o077 == 0
    assert module._secret(str(tmp_path / "other" / "store.sqlite3")) != first


def test_a_secret_that_is_broken_or_cannot_be_kept_is_new(tmp_path):
    (tmp_path / "web.key").write_bytes(b"short")
    assert len(module._secret(str(tmp_path / "store.sqlite3"))) == 32
    nowhere = str(tmp_path / "web.key" / "store.sqlite3")
    assert module._secret(nowhere) != module._secret(nowhere)
