"""What is installed is declared, and what the core does not bring it does not import."""

import ast
import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "somnesium"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {
    k: v for k, v in PROJECT["optional-dependencies"].items() if not k.startswith(("dev", "bench"))
}
MODULES = packages_distributions()
DROPPED = {"SALib", "matplotlib", "polars"}
"""What the core once brought and must not bring again."""
LATE = {
    "sqlalchemy",
    "alembic",
    "cryptography",
    "icalendar",
    "altair",
    "vl_convert",
    "emcee",
    "defusedxml",
    "pandas",
}
"""What the core brings and a forecast does not load."""


def distributions(requirements: list[str]) -> set[str]:
    """Normal names of the packages of a list of requirements."""
    names = {re.match(r"[\w.-]+", line)[0] for line in requirements}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names} - {"somnesium"}


CORE = distributions(PROJECT["dependencies"])
OPTIONAL = set().union(*map(distributions, EXTRAS.values())) - CORE


def installed_with(packages: set[str]) -> set[str]:
    """These packages and all that they require, extras apart."""
    known, waiting = set(), set(packages)
    while waiting:
        known.add(name := waiting.pop())
        with suppress(PackageNotFoundError):
            lines = [line for line in requires(name) or () if "extra ==" not in line]
            waiting |= distributions(lines) - known
    return known


def owners(module: str) -> set[str]:
    """The packages that bring a module."""
    return {re.sub(r"[-_.]+", "-", name).lower() for name in MODULES.get(module, [module])}


def imported(text: str) -> set[str]:
    """The modules that a file imports, by their first part."""
    found = set(re.findall(r'MissingPart\.load\(\s*"(\w+)', text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"somnesium"}


def loaded(code: str) -> set[str]:
    """The modules, by their first part, that a process of this code has loaded in the end."""
    code += (
        "\nprint(*{name.partition('.')[0] for name in __import__('sys').modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stderr.splitlines()[-1].split())


def test_every_import_is_of_a_declared_package():
    """A package that only comes along with another may go with its next version."""
    files = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    stray = {
        (name, module)
        for name, path in files.items()
        for module in imported(path.read_text(encoding="utf-8"))
        if not owners(module) & (CORE | OPTIONAL)
    }
    assert stray == set()


def test_every_declared_package_is_imported():
    """Beside data (tzdata) and what SQLAlchemy loads by name (psycopg), and what runs a server."""
    modules = set().union(*(imported(p.read_text(encoding="utf-8")) for p in PACKAGE.rglob("*.py")))
    used = set().union(*map(owners, modules))
    silent = {"tzdata", "psycopg", "numba-cuda"}
    assert used | silent >= CORE | OPTIONAL


def test_nothing_dropped_is_brought_or_imported():
    gone = {name.lower() for name in DROPPED}
    assert not gone & (CORE | OPTIONAL)
    files = PACKAGE.rglob("*.py")
    assert not any(imported(path.read_text(encoding="utf-8")) & DROPPED for path in files)


def test_the_core_imports_without_any_extra():
    """Every module but those of the web app, in a process that finds no package of an extra."""
    core = installed_with(CORE)
    absent = {name for name in MODULES if not owners(name) & core} - {"somnesium"}
    absent |= DROPPED  # not every one of them is installed where tests run
    assert {"pyarrow", "fastapi", "typst", "libsbml", "sympy", "distributed"} <= absent
    names = [
        "somnesium." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.stem not in ("__main__", "__init__") and "web" not in path.parts
    ]
    code = f"""
import sys
from importlib import import_module
sys.modules |= dict.fromkeys({sorted(absent)!r})
for name in {names!r}:
    import_module(name)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stderr == ""


@pytest.mark.parametrize("code", ["import sys, somnesium", "import sys, somnesium.errors"])
def test_importing_the_package_loads_the_standard_library_alone(code):
    assert not {"numpy", "numba", "scipy", "pydantic", "typer"} & loaded(code)


def test_help_loads_no_numbers():
    code = """
import sys
from somnesium.surfaces.command.main import main
sys.argv = ["somnesium", "--help"]
try:
    main()
except SystemExit:
    pass
"""
    assert not {"numpy", "numba", "scipy", "pydantic", "altair", "sqlalchemy"} & loaded(code)


def test_a_forecast_loads_no_store_no_figures_and_no_extra():
    code = """
import sys
from somnesium import forecast, read_request
forecast(read_request("examples/stressed_45.toml").model_copy(update={"days": 7, "people": 8}))
"""
    found = loaded(code)
    assert "numba" in found
    assert not found & (LATE | DROPPED | {m for m in MODULES if owners(m) <= OPTIONAL})
