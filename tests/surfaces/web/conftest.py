"""A web app of its own for every test, asked in process: no socket, no background thread."""

import re
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from somnesium.surfaces.web.app import create_app
from somnesium.surfaces.web.security import Settings

EXAMPLES = sorted(
    path
    for path in (Path(__file__).parents[3] / "examples").glob("*.toml")
    if not path.stem.startswith("trial")
)
BASE = "http://127.0.0.1:8400"


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request):
    """Every example of one person, by its path."""
    return request.param


class Browser(TestClient):
    """A client that knows the token of the last page, as a browser's form does."""

    def token(self):
        return re.search(r'name="token" value="(\w+)"', self.get("/").text).group(1)

    def tell(self, path, live=False, **fields):
        headers = {"hx-request": "true"} if live else {}
        data = {"token": self.token(), **fields}
        return self.post(path, data=data, headers=headers, follow_redirects=False)


@pytest.fixture
def browser(tmp_path):
    """Someone who opens the app for the first time; nights are kept in a store of the test's."""
    with_secret = Settings(secret=b"a secret for tests", store=str(tmp_path / "store.sqlite3"))
    found = Browser(create_app(with_secret), base_url=BASE)
    yield found
    found.app.state.jobs.close()


@pytest.fixture
def known(browser):
    """Someone who has answered the three questions."""
    answers = {"age": "45", "sex": "male", "bedtime": "23:30", "rise": "06:45"}
    assert browser.tell("/start", **answers).status_code == 303
    return browser
