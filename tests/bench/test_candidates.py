"""A peer that is not installed is skipped, and the line says what brings it."""

import sys
import tomllib
from pathlib import Path

import pytest
from bench.candidates import COMPILED, PACKAGES, Missing, rate_peer

EXTRAS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]["optional-dependencies"]


@pytest.mark.parametrize(
    ("name", "extra"), [("numbalsoda", "bench-compiled"), ("diffrax", "bench")]
)
def test_a_peer_that_is_not_installed_is_skipped_with_the_extra_that_brings_it(
    monkeypatch, name, extra
):
    monkeypatch.delitem(sys.modules, f"bench.peers.{name}", raising=False)
    monkeypatch.setitem(sys.modules, name, None)
    missing = rate_peer(name, problem=None, repeats=1)
    assert missing == Missing(name, f"{name} is not installed: pip install -e '.[{extra}]'")


@pytest.mark.parametrize("name", [peer for peer in PACKAGES if peer != "scipy"])
def test_the_extra_of_every_peer_lists_its_package(name):
    extra = EXTRAS["bench-compiled" if name in COMPILED else "bench"]
    assert any(requirement.startswith(PACKAGES[name]) for requirement in extra)
    assert (name in COMPILED) != any(r.startswith(PACKAGES[name]) for r in EXTRAS["bench"])
