"""The cache of compiled code is kept by all the files that compiled code is made from."""

import ast
import shutil
from pathlib import Path

import pytest

import somnesium
from somnesium.engine import compiled

PACKAGE = Path(somnesium.__file__).parent
GROUND = ("literals", "maths")
PLAIN = ("errors", "quantity", "say", "engine.compiled")
"""Imported by the kernel and not compiled: refusals and their words, units, and the cache."""


def imports(name):
    """Modules of the package that a module (`engine.tiles`) imports when it is loaded."""
    tree = ast.parse((PACKAGE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("somnesium."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("somnesium"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = (PACKAGE.parent / f"{inner.replace('.', '/')}.py").is_file()
                yield inner if is_module else node.module


def closure(name):
    """A module and everything of the package that it is made from."""
    found, ahead = set(), [name]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += [inner.removeprefix("somnesium.") for inner in imports(here)]
    return found


def test_the_kernel_is_all_that_the_engine_imports():
    """A file missing here would leave stale code in the cache after it is changed."""
    found = closure("engine.tiles")
    beside = {name for name in found if not name.startswith(("engine.", "body."))}
    assert beside == {*GROUND, "errors", "quantity", "say"}
    kernel = {name.removeprefix("engine.") for name in found if name.startswith("engine.")}
    assert kernel - {"compiled"} <= set(compiled.KERNEL)
    assert {"tiles", "steps", "lanes", "tally", "chain"} <= kernel


def test_what_is_in_the_kernel_exists_and_is_named_once():
    assert len(set(compiled.KERNEL)) == len(compiled.KERNEL)
    for name in compiled.KERNEL:
        assert (PACKAGE / "engine" / f"{name}.py").is_file()


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the package's files, of which the fingerprint is taken."""
    shutil.copytree(PACKAGE, tmp_path / "somnesium", ignore=shutil.ignore_patterns("data"))
    monkeypatch.setattr(
        compiled, "__file__", str(tmp_path / "somnesium" / "engine" / "compiled.py")
    )
    return tmp_path / "somnesium"


def test_a_changed_file_is_another_cache(copied):
    before = compiled.cache_folder()
    seen = {before}
    for name in sorted(closure("engine.tiles") - {*PLAIN}):
        path = copied / f"{name.replace('.', '/')}.py"
        path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
        seen.add(compiled.cache_folder())
    assert len(seen) == len(closure("engine.tiles")) - len(PLAIN) + 1


def test_a_changed_surface_is_the_same_cache(copied):
    before = compiled.cache_folder()
    for name in ("surfaces/command/main", "simulation/worlds", "answers/effect"):
        (copied / f"{name}.py").write_text("")
    assert compiled.cache_folder() == before
