"""The page and the document say what was measured, and name what was not."""

import json
import math

import pytest
from bench.candidates import Missing, Rated
from bench.matched import Setting, Wrong
from bench.report import Measured, document, fastest_peer, page, table
from bench.roofline import Roof
from bench.timing import Begun


def rated(name, many, one, good=True):
    met = Setting(f"rtol of {name}", {"rtol": 1e-3}, Wrong(0.2, 1e-4), 1.0) if good else None
    return Rated(name, f"Label of {name}", "1.2", met, many, one)


MEASURED = Measured(
    machine="A processor, 2 cores.",
    people=8,
    nights=32.0,
    ours={"float64": rated("f64", 100_000.0, 9000.0), "float32": rated("f32", 200_000.0, 9000.0)},
    peers=(
        rated("quick", 2000.0, 1500.0),
        rated("lonely", 1000.0, 1800.0),
        rated("wild", 9e9, 9e9, good=False),
    ),
    missing=(Missing("absent", "not installed (absent)"),),
    begun={"ours": Begun(0.4, 0.2, 3 * 10**8), "broken": None},
    roofs={"float64": Roof(2e5, 5e10), "float32": Roof(1e5, 1e11)},
    in_step={"float64": 0.45, "float32": 0.3},
    by_people={1: 9000.0, 1024: 100_000.0},
    by_days={1: 0.01},
    by_cores={1: 100_000.0, 2: 190_000.0},
    seconds=60.0,
)


def test_the_fastest_peer_is_one_that_was_good_enough():
    assert fastest_peer(MEASURED.peers).name == "quick"
    assert fastest_peer(MEASURED.peers, one=True).name == "lonely"
    assert fastest_peer(()) is None


def test_the_document_begins_with_what_is_asked_most():
    said = json.loads(json.dumps(document(MEASURED)))
    assert said["ratio_to_fastest_peer"] == 50.0
    assert said["ratio_to_fastest_peer_float32"] == 100.0
    assert said["fastest_peer"] == "Label of quick"
    assert said["fraction_of_peak"] == pytest.approx(2e5 * 1e5 / 5e10)
    assert said["fraction_of_peak_in_step"] == 0.45
    assert said["ratio_alone"] == 5.0
    assert math.isclose(said["two_cores_over_one"], 1.9)
    assert said["missing"] == {"absent": "not installed (absent)"}


def test_without_peers_there_is_no_ratio():
    said = document(MEASURED._replace(peers=(), by_cores={1: 1.0}))
    assert said["ratio_to_fastest_peer"] is None
    assert said["fastest_peer"] is None
    assert said["two_cores_over_one"] is None
    assert "Not run" in page(MEASURED._replace(peers=()))


def test_the_page_names_everyone():
    text = page(MEASURED)
    assert "Label of quick 1.2" in text
    assert "never good enough" in text
    assert "absent: not installed (absent)" in text
    assert "| 1,024  | 100,000" in text
    assert "broken" not in text
    assert "40 %" in text  # 2e5 · 1e5 of 5e10


def test_columns_line_up():
    lines = table(("a", "bb"), [("ccc", "d")]).splitlines()
    assert lines == ["| a   | bb |", "|-----|----|", "| ccc | d  |"]
