"""The only reader of packaged tables, and the citations of every number.

A source key is `author` + `year` (`boulos2019`), optionally with a place after `#`
(`boulos2019#table2`). Two kinds of key name no paper: `judgement#…` (our own, said so) and
`fitted#…` (found by us so that the benchmark named after `#` is met).
"""

import gzip
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from somnesium.errors import SomnesiumError

_OWN = ("judgement", "fitted", "definition")


def packaged_path(name: str) -> Path:
    """Path of a file in the package's `data` folder."""
    path = Path(str(files("somnesium") / "data" / name))
    if not path.is_file():
        raise SomnesiumError(f"packaged table {name!r} is missing: reinstall somnesium")
    return path


def packaged_text(name: str) -> str:
    """Text of a packaged file (UTF-8), unpacked if its name ends in `.gz`."""
    path = packaged_path(name)
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode()
    return path.read_text(encoding="utf-8")


@cache
def packaged_toml(name: str) -> dict[str, Any]:
    """Content of a packaged TOML table."""
    return tomllib.loads(packaged_text(name))


def exists(key: str) -> bool:
    """Whether `key` names a source we hold, or one of our own kinds."""
    head = key.split("#", maxsplit=1)[0]
    return head in _OWN or head in packaged_toml("references.toml")


def cite(key: str) -> dict[str, str]:
    """`{key, citation, doi, note}` of a source key; the place after `#` is kept in `note`."""
    head, _, place = key.partition("#")
    if head in _OWN:
        words = {
            "judgement": "Our judgement, not a published figure",
            "fitted": "Fitted by us to the benchmark named",
            "definition": "By definition",
        }
        return {"key": key, "citation": words[head], "doi": "", "note": place}
    entry = packaged_toml("references.toml").get(head)
    if entry is None:
        raise SomnesiumError(f"source {head!r} is not in references.toml")
    return {
        "key": key,
        "citation": entry["citation"],
        "doi": entry.get("doi", ""),
        "note": place or entry.get("note", ""),
    }


def example_path(name: str) -> Path | None:
    """Path of a bundled example by its name, such as `stressed_45`; None if there is none."""
    stem = name.removesuffix(".toml")
    if not stem.replace("_", "").isalnum():
        return None
    package = Path(str(files("somnesium")))
    for folder in (package / "data" / "examples", package.parent.parent / "examples"):
        for path in (folder / f"{stem}.toml", folder / "trials" / f"{stem}.toml"):
            if path.is_file():
                return path
    return None
