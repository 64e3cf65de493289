"""Sizes, ceilings, names and layout of the source. Each rule lists all who break it."""

import ast
import io
import re
import subprocess
import sys
import tokenize

from package_trees import FUNCTION, PACKAGE, ROOT, TEXTS, TREES, imports

MOST_LINES, MOST_FUNCTION_LINES = 400, 60
# What there is today; a ceiling is lowered when there is less, and never raised.
MOST_IMPORTS_IN_FUNCTIONS = 392  # the goal: 60, each for the start-up time of a heavy package
MOST_ANY = 442  # the goal: 200
"""How often the word `Any` stands in the source, its imports included."""


def test_files_are_short():
    lengths = {name: len(text.splitlines()) for name, text in TEXTS.items()}
    long = [f"{name}: {lines}" for name, lines in lengths.items() if lines > MOST_LINES]
    assert long == [], "\n".join(long)


def test_functions_are_short():
    long = []
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, FUNCTION):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    long.append(f"{name}:{node.name}: {lines}")
    assert long == [], "\n".join(long)


def test_few_imports_stand_inside_functions():
    inside = {name: sum(within for _, within in imports(tree)) for name, tree in TREES.items()}
    most = sorted(inside.items(), key=lambda pair: -pair[1])[:20]
    assert sum(inside.values()) <= MOST_IMPORTS_IN_FUNCTIONS, most


def test_few_things_are_any():
    counts = {name: len(re.findall(r"\bAny\b", text)) for name, text in TEXTS.items()}
    most = sorted(counts.items(), key=lambda pair: -pair[1])[:20]
    assert sum(counts.values()) <= MOST_ANY, most


# --- the formatter -------------------------------------------------------------------------------


def test_the_formatter_has_nothing_to_change():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def switches(text: str) -> list[tuple[int, str]]:
    """Line and text of the comments that switch the formatter off."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [
        (token.start[0], token.string)
        for token in tokens
        if token.type == tokenize.COMMENT and re.search(r"fmt: ?(skip|off)|yapf", token.string)
    ]


def is_number_table(tree: ast.Module, line: int) -> bool:
    """Whether the statement that ends in a line holds ten numbers or more, and no text."""
    (statement,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) and node.end_lineno == line
    ] or [None]
    constants = [node.value for node in ast.walk(statement) if isinstance(node, ast.Constant)]
    numbers = [value for value in constants if isinstance(value, int | float)]
    return len(numbers) >= 10 and len(numbers) == len(constants)


def test_only_tables_of_numbers_are_laid_out_by_hand():
    broken = []
    for top in ("src", "tests", "docs", "bench"):
        for path in sorted((ROOT / top).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            where = path.relative_to(ROOT)
            for line, comment in switches(text):
                if "off" in comment or not is_number_table(ast.parse(text), line):
                    broken.append(f"{where}:{line}: {comment}")
    assert broken == [], "\n".join(broken)


def test_what_a_table_of_numbers_is():
    assert is_number_table(ast.parse("A = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)"), 1)
    assert not is_number_table(ast.parse("A = (0, 1, 2, 3, 4, 5, 6, 7, 8, 'nine', 10)"), 1)
    assert not is_number_table(ast.parse("A = (0, 1, 2)"), 1)
    assert switches("x = '# fmt: skip'\ny = 1  # fmt: skip\n") == [(2, "# fmt: skip")]


# --- names ---------------------------------------------------------------------------------------


def test_no_file_is_named_for_nothing():
    empty = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core"}
    assert [name for name in TREES if name.rpartition("/")[2].removesuffix(".py") in empty] == []


def test_public_names_are_listed_nowhere_twice():
    """A public name is one without an underscore, so no module needs `__all__`."""
    listed = [
        name
        for name, tree in TREES.items()
        if any(
            isinstance(node, ast.Name) and node.id == "__all__" and isinstance(node.ctx, ast.Store)
            for node in ast.walk(tree)
        )
    ]
    assert listed == [], "\n".join(listed)


def test_every_module_says_what_it_is_for():
    assert [name for name, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_every_public_name_is_documented():
    bare = [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in TREES.items()
        for node in tree.body
        if isinstance(node, FUNCTION | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert bare == [], "\n".join(bare)


def test_the_public_names_of_the_package_are_documented():
    import somnesium

    assert list(somnesium.__path__) == [str(PACKAGE)]
    names = [name for name in dir(somnesium) if not name.startswith("_")]
    assert len(names) >= 18
    assert [name for name in names if not getattr(somnesium, name).__doc__] == []
