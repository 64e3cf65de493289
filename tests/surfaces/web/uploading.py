"""What tests of uploads share: examples of every format, sent by the page and by REST."""

import html
import io
import json
import re
import time
import zipfile
from pathlib import Path

import typer
from typer.testing import CliRunner

from somnesium.store.nights import imports, nights
from somnesium.store.open import opened
from somnesium.surfaces.command.imports import import_

EXPORTS = Path(__file__).parents[2] / "data" / "exports"
BERLIN = {"zone": "Europe/Berlin"}
COMMAND = typer.Typer()
COMMAND.command("import")(import_)


def packed(folder):
    """A folder as a zip, as exports come."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()


def sent(browser, name, data, map=None, **options):
    """Send an export by the page, and wait until it is read; the job."""
    files = {"file": (name, data)} | ({"map": ("map.toml", map)} if map else {})
    form = {"token": browser.token(), **options}
    found = browser.post("/nights/import", data=form, files=files, follow_redirects=False)
    assert found.status_code == 303, alert(found)
    return waited(browser, found.headers["location"].rpartition("/")[2])


def waited(browser, id):
    """A job once it is over."""
    for _ in range(1200):
        job = browser.app.state.jobs.find(id)
        if job.over:
            return job
        time.sleep(0.05)
    raise AssertionError("the import did not end")


def by_command(path, store, *options):
    """The answer of `somnesium import --json`."""
    given = [str(path), "--json", "--store", str(store), *map(str, options)]
    done = CliRunner().invoke(COMMAND, given)
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def held(store):
    """How many imports and nights a store holds; it is opened as after a crash."""
    with opened(store) as one:
        return len(imports(one)), len(nights(one))


def alert(response):
    found = re.search(r'role="alert"[^>]*>(.*?)</div>', response.text, re.DOTALL)
    return html.unescape(found.group(1)) if found else ""


def apple(count):
    """An Apple export of so many nights."""
    row = (
        ' <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" '
        'creationDate="{day} 08:00:00 +0100" startDate="{day} {begin}:00 +0100" '
        'endDate="{day} {end}:00 +0100" value="HKCategoryValueSleepAnalysisAsleepCore"/>\n'
    )
    days = [f"{2015 + k // 336}-{1 + k % 336 // 28:02d}-{1 + k % 28:02d}" for k in range(count)]
    rows = "".join(
        row.format(day=day, begin=begin, end=end)
        for day in days
        for begin, end in (("01:00", "04:00"), ("04:10", "07:00"))
    )
    return f'<?xml version="1.0"?>\n<HealthData locale="en_GB">\n{rows}</HealthData>\n'.encode()


__all__ = ["BERLIN", "EXPORTS", "alert", "apple", "by_command", "held", "packed", "sent", "waited"]
