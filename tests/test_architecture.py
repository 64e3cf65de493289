"""Invariants 1, 5 and 7: layers, folders and what may do what. Each rule lists all who break it."""

import ast
import re

from package_trees import FUNCTION, MODULES, PACKAGE, ROOT, TEXTS, TREES, imported_modules, imports


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


def in_circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of names that lead back to themselves."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [*arrows[start]]
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += arrows.get(name, ())
        return seen

    reach = {name: reached(name) for name in arrows}
    groups = {
        tuple(sorted(other for other in reach[name] if name in reach.get(other, ())))
        for name in arrows
        if name in reach[name]
    }
    return [list(group) for group in sorted(groups)]


# Circles there still are; a line is only ever taken away.
_CIRCLES = {
    "somnesium.questions.attribution.attribution, somnesium.questions.attribution.words",
    "somnesium.questions.experiment.design, somnesium.questions.experiment.preregistration",
    "somnesium.questions.risk.risk, somnesium.questions.risk.words",
}


def test_modules_import_each_other_in_no_circle():
    """Imports for the type checker alone and inside functions included."""
    assert in_circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]
    arrows = {
        module: {
            target for node, _ in imports(tree) for target in imported_modules(node) - {module}
        }
        for module, tree in MODULES.items()
    }
    circles = {", ".join(group) for group in in_circles(arrows)}
    assert circles <= _CIRCLES, "\n".join(sorted(circles - _CIRCLES))
    assert circles >= _CIRCLES, f"gone, take it off the list: {_CIRCLES - circles}"


_FORBIDDEN_IMPORTS = {"socket", "ssl", "http", "urllib", "requests", "time", "smtplib", "asyncio"}
_CLOCKS = {"now", "today", "utcnow", "time_ns", "perf_counter", "monotonic"}


def reaching_out(node: ast.AST) -> list[str]:
    """What a node imports or calls that prints, reads the clock or opens a socket."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        sources = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names = sources or [alias.name for alias in node.names]
        return [name for name in names if name.split(".")[0] in _FORBIDDEN_IMPORTS]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return [node.func.id] if node.func.id in ("print", "input") else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return [node.func.attr] if node.func.attr in _CLOCKS else []
    if isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "stdin"):
        return [node.attr]
    return []


def test_only_surfaces_print_read_the_clock_or_open_sockets():
    below = {n: t for n, t in TREES.items() if not n.startswith(("surfaces/", "__main__"))}
    broken = [
        f"{name}:{node.lineno}: {what}"
        for name, tree in below.items()
        for node in ast.walk(tree)
        for what in reaching_out(node)
    ]
    assert broken == [], "\n".join(broken)


def test_only_sources_reads_packaged_data():
    pattern = re.compile(
        r'importlib\.resources|pkgutil|files\("somnesium"\)'
        r'|(?:parent|PACKAGE|__file__)[^\n]*/ *"(?:data|examples)"'
    )
    broken = [n for n, text in TEXTS.items() if n != "sources.py" and pattern.search(text)]
    assert broken == [], "\n".join(broken)


def test_only_the_store_has_sql():
    """Files outside `store/` import neither SQLAlchemy nor Alembic."""
    pattern = re.compile(r"^\s*(?:from|import) (?:sqlalchemy|alembic)\b", re.MULTILINE)
    with_sql = [name for name, text in TEXTS.items() if pattern.search(text)]
    assert with_sql
    broken = [name for name in with_sql if not name.startswith("store/")]
    assert broken == [], "\n".join(broken)


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


def test_tables_at_the_top_of_a_module_are_named_in_capitals():
    small = [
        f"{name}: {held}"
        for name, tree in TREES.items()
        for held in sorted(mutables(tree))
        if held != "__all__" and held.strip("_") != held.strip("_").upper()
    ]
    assert small == [], "\n".join(small)


def changes(tree: ast.Module) -> list[str]:
    """Constants of a module that one of its functions changes, and what it declares global."""
    held, broken = mutables(tree), []
    for function in ast.walk(tree):
        if isinstance(function, ast.Global):
            broken.append(f"global {', '.join(function.names)}")
        if not isinstance(function, FUNCTION | ast.Lambda):
            continue
        inside = list(ast.walk(function))
        local = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        local |= {a.arg for a in inside if isinstance(a, ast.arg)}
        broken += sorted({changed_name(node) or "" for node in inside} & (held - local))
    return broken


def test_no_function_changes_a_constant_of_its_module():
    broken = [f"{name}: {what}" for name, tree in TREES.items() for what in changes(tree)]
    assert broken == [], "\n".join(broken)
