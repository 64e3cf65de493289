"""One server and one Chromium for all tests of this folder, and visitors who are watched."""

import shutil
import tempfile
from pathlib import Path

import pytest
from visiting import DESKTOP, FLAGS, REQUIRED, Visitor, missing, open_example, serving


def pytest_collection_modifyitems(items):
    """Whatever needs a browser says so and is skipped without one, but fails where one must be."""
    if missing() is None or REQUIRED:
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=missing()))


@pytest.fixture(scope="session")
def address():
    """The server that most tests share."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as found:
        yield found


# Ended with each module: while playwright is there, no other test can run asyncio's own loop.
@pytest.fixture(scope="module")
def chromium():
    """Debian's own browser."""
    assert missing() is None, missing()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS])
        yield found
        found.close()


@pytest.fixture
def visit(chromium, address):
    """Open pages as a new visitor: `visit(width, …)`; each is looked after at the end."""
    opened = []

    def visitor(width=DESKTOP, **more):
        opened.append(Visitor(chromium, address, width, **more))
        return opened[-1]

    yield visitor
    for one in opened:
        one.close()


@pytest.fixture(scope="module")
def told(chromium, address):
    """What a browser keeps of someone who looks at the example of a stressed person."""
    visitor = Visitor(chromium, address)
    open_example(visitor.page)
    kept = visitor.context.storage_state()
    visitor.close()
    return kept
