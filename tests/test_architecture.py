"""Invariants 1, 5 and 7: layers, folders, what may do what, and what every name says of itself."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "somnesium"
FILES = sorted(PACKAGE.rglob("*.py"))
TEXTS = {p.relative_to(PACKAGE).as_posix(): p.read_text(encoding="utf-8") for p in FILES}
TREES = {name: ast.parse(text) for name, text in TEXTS.items()}
MOST_LINES, MOST_FUNCTION_LINES = 400, 60
LONG_FILES: tuple[str, ...] = ()
LONG_FUNCTIONS: tuple[str, ...] = ()

below_surfaces = pytest.mark.parametrize(
    "name", [name for name in TREES if not name.startswith(("surfaces/", "__main__"))]
)
every_file = pytest.mark.parametrize("name", TREES)


def module_name(name: str) -> str:
    """`body/gut.py` to `somnesium.body.gut`."""
    parts = ("somnesium", *Path(name).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


def test_the_table_of_invariants_names_tests_that_exist():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/.]*)`", text))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_arrows_point_down_only(monkeypatch):
    from importlinter import cli

    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT / "src"))
    assert cli.lint_imports(no_cache=True) == cli.EXIT_STATUS_SUCCESS


def test_every_organ_is_held_to_the_contract_of_independence():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    together = {"__init__", "assembly", "readouts"}
    organs = {p.stem for p in (PACKAGE / "body").glob("*.py")} - together
    named = set(re.findall(r'"somnesium\.body\.(\w+)"', text))
    assert named == organs


def test_files_are_short():
    lengths = {name: len(text.splitlines()) for name, text in TEXTS.items()}
    long = {name: n for name, n in lengths.items() if n > MOST_LINES and name not in LONG_FILES}
    assert long == {}


def test_functions_are_short():
    long = {}
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                where = f"{name}:{node.name}"
                if lines > MOST_FUNCTION_LINES and where not in LONG_FUNCTIONS:
                    long[where] = lines
    assert long == {}


def test_no_file_is_named_for_nothing():
    empty = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core"}
    assert [name for name in TREES if Path(name).stem in empty] == []


_FORBIDDEN_IMPORTS = {"socket", "ssl", "http", "urllib", "requests", "time", "smtplib", "asyncio"}
_CLOCKS = {"now", "today", "utcnow", "time_ns", "perf_counter", "monotonic"}


@below_surfaces
def test_only_surfaces_print_read_the_clock_or_open_sockets(name):
    found = []
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in _FORBIDDEN_IMPORTS]
        elif isinstance(node, ast.ImportFrom):
            head = (node.module or "").split(".")[0]
            found += [node.module] if head in _FORBIDDEN_IMPORTS else []
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in ("print", "input"):
                found.append(called.id)
            if isinstance(called, ast.Attribute) and called.attr in _CLOCKS:
                found.append(called.attr)
        elif isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "stdin"):
            found.append(node.attr)
    assert found == []


def test_only_sources_reads_packaged_data():
    pattern = re.compile(
        r'importlib\.resources|pkgutil|files\("somnesium"\)'
        r'|(?:parent|PACKAGE|__file__)[^\n]*/ *"(?:data|examples)"'
    )
    found = [n for n, text in TEXTS.items() if n != "sources.py" and pattern.search(text)]
    assert found == []


def test_only_the_store_has_sql():
    """Files outside `store/` import neither SQLAlchemy nor Alembic."""
    pattern = re.compile(r"^\s*(?:from|import) (?:sqlalchemy|alembic)\b", re.MULTILINE)
    found = [name for name, text in TEXTS.items() if pattern.search(text)]
    assert found
    assert [name for name in found if not name.startswith("store/")] == []


_FLOAT_SPEC = re.compile(r"[-+ ]?\d*[,_]?(?:\.(?:\d+|\{\}))?[eEfFgG%]|,|[-+ ,]*\.?(?:\d+|\{\})?n")


def number_specs(tree: ast.Module) -> list[int]:
    """Lines on which an f-string, `format` or `%` writes a number with decimals of its own."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            parts = node.format_spec.values
            spec = "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
            lines += [node.lineno] if _FLOAT_SPEC.fullmatch(spec) or "f" in spec[-1:] else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            lines += [node.lineno] if node.func.id == "format" else []
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            lines += [node.lineno] if re.search(r"%[-+ ]?\d*\.\d+[efgEFG]", node.value) else []
    return lines


def test_only_say_puts_numbers_into_words():
    """No format of a number, no true minus put in by hand, and no `|format` in a page."""
    found = {name: number_specs(tree) for name, tree in TREES.items() if name != "say.py"}
    assert {name: lines for name, lines in found.items() if lines} == {}
    minus = [n for n, text in TEXTS.items() if n != "say.py" and '"-", "−"' in text]
    assert minus == []
    pages = sorted((PACKAGE / "surfaces/web/templates").glob("*.html"))
    assert pages
    by_hand = re.compile(r"%[.\d]*[efg]\W")
    assert [page.name for page in pages if by_hand.search(page.read_text("utf-8"))] == []


def test_the_rule_on_numbers_sees_every_way_to_write_one():
    ways = ('f"{x:.1f}"', 'f"{x:+.2e}"', 'f"{x:,}"', 'f"{x:.{n}f}"', 'f"{x:g}"', 'f"{x:.0%}"')
    for way in (*ways, 'format(x, ".1f")', '"%.2f" % x'):
        assert number_specs(ast.parse(way)), way
    assert number_specs(ast.parse('f"{name:<12}{minute:02d}{moment:%H:%M}{plain}"')) == []


# --- no module-level mutable state -----------------------------------------------------------

_MAKERS = {"list", "dict", "set", "defaultdict", "Counter", "deque", "OrderedDict", "bytearray"}
_CHANGING = {
    "append",
    "extend",
    "insert",
    "add",
    "update",
    "setdefault",
    "pop",
    "popitem",
    "remove",
    "discard",
    "clear",
    "sort",
    "reverse",
}


def is_mutable(value: ast.expr | None) -> bool:
    """Whether an expression makes a list, dict, set or the like."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _MAKERS
    kinds = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    return isinstance(value, kinds)


def mutables(tree: ast.Module) -> set[str]:
    """Names of mutable values at the top of a module."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_mutable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {t.id for t in targets if isinstance(t, ast.Name)}
    return found


def changed_name(node: ast.AST) -> str | None:
    """The name whose content a statement changes, if it does."""
    target = None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        target = node.value
    elif isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        target = node.func.value if node.func.attr in _CHANGING else None
    return target.id if isinstance(target, ast.Name) else None


@every_file
def test_no_module_level_mutable_state(name):
    tree = TREES[name]
    held = mutables(tree)
    small = {n for n in held if n.strip("_") != n.strip("_").upper()}
    assert small == set(), "tables at the top of a module are constants: name them in capitals"
    for function in ast.walk(tree):
        if isinstance(function, ast.Global):
            pytest.fail(f"global {', '.join(function.names)}")
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        inside = list(ast.walk(function))
        own = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        own |= {a.arg for a in inside if isinstance(a, ast.arg)}
        changed = {changed_name(node) for node in inside} & (held - own)
        assert changed == set(), "a function changes a constant of its module"


# --- public names ----------------------------------------------------------------------------


def documented(tree: ast.Module) -> set[str]:
    """Names of a module that say what they are: by a docstring, or by a string on the next line."""
    found = set()
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        if isinstance(node, defined) and ast.get_docstring(node):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            wrapped = (
                isinstance(node.value, ast.Call)
                and len(node.value.args) == 1
                and isinstance(node.value.args[0], ast.Name)
                and node.value.args[0].id in found
            )
            found |= names if said or wrapped else set()
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def public(tree: ast.Module) -> list[str]:
    """Functions and classes of a module whose names do not begin with an underscore."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [
        node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")
    ]


@every_file
def test_every_module_says_what_it_is_for(name):
    assert ast.get_docstring(TREES[name])


@pytest.mark.parametrize("name", [n for n in TREES if n != "__init__.py"])
def test_every_public_name_is_documented(name):
    listed = public(TREES[name])
    assert sorted(set(listed) - documented(TREES[name])) == []


def test_the_public_names_of_the_package_are_all_of_them():
    import somnesium

    assert somnesium.__all__ == sorted(somnesium._HOMES)
    assert dir(somnesium) == somnesium.__all__
    assert all(getattr(somnesium, name).__doc__ for name in somnesium.__all__)
