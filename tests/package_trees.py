"""The package's files, their text and their syntax trees, for the tests that read the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "somnesium"
TEXTS = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}
TREES = {name: ast.parse(text) for name, text in TEXTS.items()}

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
IMPORT = ast.Import | ast.ImportFrom


def module_name(name: str) -> str:
    """`body/gut.py` to `somnesium.body.gut`."""
    parts = ("somnesium", *Path(name).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


MODULES = {module_name(name): tree for name, tree in TREES.items()}


def imports(tree: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import of a module, and whether it stands inside a function."""

    def below(node: ast.AST, inside: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, IMPORT):
                yield child, inside
            yield from below(child, inside or isinstance(child, FUNCTION | ast.Lambda))

    return below(tree, False)


def imported_modules(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The modules of the package that an import names: `from a import b` is `a.b` if it is one."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & set(MODULES)
    home = node.module or ""
    names = {f"{home}.{alias.name}" for alias in node.names}
    return (names & set(MODULES)) | ({home} & set(MODULES) if names - set(MODULES) else set())
