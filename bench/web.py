"""`python -m bench.web`: how long the web app lets people wait, on loopback, and what pages weigh.

A server of its own with an empty store is started as a newcomer would start it; the engine should
be compiled (open the page once before). Fifty readers are threads of this process, so they take
their share of the same cores. Prints medians, the 95th percentile, the worst, and the processor's
time the server needed for each: what one core would take, whoever else is on the machine.
"""

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

ANSWERS = {"age": "45", "sex": "male", "bedtime": "23:30", "rise": "06:45"}
READERS = 50
"""Visitors who read at once."""
FOODS = ("almond", "oats", "spinach", "milk", "bread whole", "beans black", "chocolate dark")


class Page(NamedTuple):
    """An answer: its status, body and cookie, and the seconds it took."""

    status: int
    body: bytes
    cookie: str
    seconds: float


class Browser:
    """One connection that keeps the cookie and the token of its visit, as a browser does."""

    def __init__(self, place: str) -> None:
        """Connect to `host:port`."""
        self._line = http.client.HTTPConnection(place, timeout=300)
        self._cookie, self._token = "", ""

    def ask(self, path: str, fields: dict[str, str] | None = None, live: bool = False) -> Page:
        """Read a page, or send a form; `live` asks for a part of a page as htmx does."""
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if live:
            headers["HX-Request"] = "true"
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**fields, "token": self._token})
        begin = time.perf_counter()
        self._line.request("GET" if fields is None else "POST", path, body, headers)
        answer = self._line.getresponse()
        read = answer.read()
        took = time.perf_counter() - begin
        kept = answer.headers.get("set-cookie", "").partition(";")[0]
        self._cookie = kept or self._cookie
        token = re.search(rb'name="token" value="(\w+)"', read)
        self._token = token.group(1).decode() if token else self._token
        return Page(answer.status, read, kept, took)

    def introduced(self) -> "Browser":
        """The three questions answered."""
        self.ask("/")
        if self.ask("/start", ANSWERS).status != 303:
            raise SystemExit("the three answers were not taken")
        return self


def worked(server: int) -> float:
    """Seconds of processor a server has used; in steps of a hundredth."""
    fields = Path(f"/proc/{server}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(name: str, server: int, ask: Callable[[], list[float]]) -> str:
    """A line: how often, median, 95th percentile and worst in milliseconds, and the processor's."""
    begin = worked(server)
    ordered = sorted(ask())
    each = (worked(server) - begin) / len(ordered)
    late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return (
        f"{name:<36}{len(ordered):>4} × median {1e3 * statistics.median(ordered):5.0f} ms, "
        f"95 % {1e3 * late:5.0f} ms, worst {1e3 * ordered[-1]:5.0f} ms, "
        f"processor {1e3 * each:5.0f} ms"
    )


def times(ask: Callable[[int], Page], repeats: int) -> list[float]:
    """Seconds of asking again and again; an answer that failed ends it."""
    found = []
    for number in range(repeats):
        page = ask(number)
        if page.status != 200:
            raise SystemExit(f"status {page.status}: {page.body[:200]!r}")
        found.append(page.seconds)
    return found


def _slid(browser: Browser, path: str, number: int) -> Page:
    fields = {"dose": str(10 + 10 * number), "form": "citrate", "time": "21:00"}
    return browser.ask(path, fields, live=True)


def sliders(browser: Browser, server: int, repeats: int) -> list[str]:
    """A moved slider: its quick look, the whole forecast in words, and one figure of it."""
    lines = []
    for path, name in (
        ("/forecast/quick", "slider to quick look"),
        ("/forecast/whole", "slider to whole forecast in words"),
        ("/forecast/figure/day_and_night", "its figure of a day and a night"),
    ):
        asked = partial(_slid, browser, path)
        lines.append(told(name, server, partial(times, asked, repeats)))
    return lines


def foods(browser: Browser, server: int, repeats: int) -> str:
    """What is typed on the page Food, letter by letter."""
    typed = [food[:k] for food in FOODS for k in range(2, len(food) + 1)]

    def ask(number: int) -> Page:
        text = urlencode({"text": typed[number % len(typed)]})
        return browser.ask(f"/food/search?{text}", live=True)

    return told("food search, as one types", server, partial(times, ask, 4 * repeats))


def readers(place: str, server: int, paths: list[str], rounds: int) -> str:
    """Fifty visitors who each read every page, one after the other, all at once."""

    def read(number: int) -> list[float]:
        browser = Browser(place).introduced()
        turned = paths[number % len(paths) :] + paths[: number % len(paths)]
        return [
            took
            for _ in range(rounds)
            for took in times(lambda k: browser.ask(turned[k]), len(turned))
        ]

    def all_at_once() -> list[float]:
        with ThreadPoolExecutor(READERS) as pool:
            return [took for one in pool.map(read, range(READERS)) for took in one]

    return told(f"a page, {READERS} readers at once", server, all_at_once)


def weights(browser: Browser, paths: list[str]) -> list[str]:
    """Bytes of every page without its figures, and of what all pages share."""
    lines, shared = [], set[str]()
    for path in paths:
        body = browser.ask(path).body
        shared |= set(re.findall(r'(?:src|href)="(/static/[^"]+)"', body.decode()))
        bare = re.sub(rb'<svg role="img".*?</svg>', b"", body, flags=re.DOTALL)
        lines.append(f"{path:<44} {len(bare) / 1e3:7.1f} kB")
    common = sum(len(browser.ask(path).body) for path in shared)
    return [*lines, f"{'style, scripts and icon of all pages':<44} {common / 1e3:7.1f} kB"]


def started(folder: Path) -> tuple["subprocess.Popen[str]", str, float]:
    """A server, its place, and the seconds from the command to the first page."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "somnesium",
            "serve",
            "--port",
            "0",
            "--store",
            str(folder / "store.sqlite3"),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    said = process.stderr.readline() if process.stderr else ""
    place = said.partition("http://")[2].split(" ")[0]
    if not place:
        raise SystemExit(f"the server did not start: {said}")
    Browser(place).ask("/")
    return process, place, time.perf_counter() - begin


def main() -> None:
    """Measure and tell."""
    from somnesium.surfaces.web.desk import PAGES

    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    parser.add_argument("--repeats", type=int, default=15, help="times a slider is moved")
    parser.add_argument("--rounds", type=int, default=2, help="times every reader reads all pages")
    asked = parser.parse_args()
    paths = [path for path, _ in PAGES]
    with tempfile.TemporaryDirectory() as folder:
        process, place, first = started(Path(folder))
        try:
            print(f"{'from the command to the first page':<44} {first:13.2f} s")
            browser = Browser(place).introduced()
            begin = time.perf_counter()
            times(lambda _: browser.ask("/forecast/quick", {"dose": "300"}, live=True), 1)
            picture = first + time.perf_counter() - begin
            print(f"{'and to the first picture, typing left out':<44} {picture:13.2f} s")
            for line in sliders(browser, process.pid, asked.repeats):
                print(line)
            print(foods(browser, process.pid, asked.repeats))
            print(readers(place, process.pid, paths, asked.rounds))
            print("\n".join(weights(browser, paths)))
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main()
