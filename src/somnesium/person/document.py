"""Documents: read TOML or JSON, validate, and explain what is wrong in one line."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict, ValidationError
from pydantic_core import PydanticCustomError

from somnesium import say
from somnesium.errors import InvalidInput

MAX_BYTES = 5_000_000
"""Largest document read, bytes."""

Number = Annotated[float, Strict()]
"""A finite number; text and true/false are refused, not guessed at."""

Whole = Annotated[int, Strict()]
"""A whole number; 3.0, text and true/false are refused."""

Flag = Annotated[bool, Strict()]
"""true or false."""


class Document(BaseModel):
    """A frozen, validated document: unknown fields, NaN and infinity are refused.

    Building one with wrong values raises `InvalidInput` with a one-line message.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        populate_by_name=True,
        serialize_by_alias=True,
        str_max_length=10_000,
    )

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401
        """Validate the fields, or raise `InvalidInput`."""
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise _explain(error, type(self)) from None

    # Nested documents are built by pydantic itself, so that paths stay whole (as RootModel does).
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


Kind = TypeVar("Kind", bound=Document)


def refuse(allowed: str, fix: str = "", at: str = "", given: object = None) -> PydanticCustomError:
    """The error a validator raises: what is allowed, what to do, at which field below.

    `given` is shown instead of the value validated.
    """
    context = {"allowed": allowed, "fix": fix, "at": at, "shown": given is not None, "given": given}
    return PydanticCustomError("refused", "{allowed}", context)


def _date(value: object) -> object:
    """A date, or its ISO text; numbers are not taken for time stamps."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise refuse('a date such as "2026-01-05"', "write year, month, day")
    if not 1970 <= value.year <= 2100:
        raise refuse("a date from 1970 to 2100", given=value.isoformat())
    return value


StartDate = Annotated[date, BeforeValidator(_date)]
"""A date from 1970 to 2100, or its ISO text."""


def refuse_as(error: InvalidInput, field: str = "") -> PydanticCustomError:
    """Carry an `InvalidInput` through a validator; `field` replaces the field it names."""
    _, _, rest = str(error).partition(": ")
    line = f"{field}: {rest}" if field and rest else str(error)
    return PydanticCustomError("explained", "{line}", {"line": line})


def near_miss(given: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` for the nearest of `known`, or an empty string."""
    import difflib

    choices = {str(name).casefold(): str(name) for name in known}
    text = str(given).casefold().strip()[:80]
    text = {c.replace("_", " "): c for c in choices}.get(text.replace("-", " "), text)
    found = difflib.get_close_matches(text, choices, n=1, cutoff=0.6)
    return f'did you mean "{choices[found[0]]}"?' if found else ""


def read_document(source: Path | str | bytes | Mapping[str, Any], model: type[Kind]) -> Kind:
    """Read and validate a document, or raise `InvalidInput` with one line that says what to do.

    `source` is a path to a `.toml` or `.json` file, the text of a document (what came on
    standard input, say), or an already parsed table. Text is told from a path by a line break,
    a brace or an equals sign. Files over `MAX_BYTES` are refused.
    """
    if isinstance(source, model):
        return source
    if isinstance(source, Mapping):
        table: object = dict(source)
    else:
        name, data, suffix = _bytes_of(source)
        table = _parse(name, data, suffix)
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise _explain(error, model) from None


def _bytes_of(source: object) -> tuple[str, bytes, str]:
    """Name, content and suffix of a source: read from the file system if it is a path."""
    if isinstance(source, bytes):
        return "document", source, ""
    if isinstance(source, str):
        suffix = Path(source.strip()).suffix.lower() if len(source) < 4096 else ""
        one_line = "\n" not in source and "\r" not in source
        is_path = one_line and (suffix in (".toml", ".json") or not any(c in source for c in "{=["))
        if not source.strip() or not is_path:
            return "document", source.encode("utf-8", "surrogatepass"), ""
    if not isinstance(source, str | Path):
        raise InvalidInput.field("document", source, "a path, a text or a table")
    path = Path(source)
    return _shown(str(path)), _read_file(path), path.suffix.lower()


def _read_file(path: Path) -> bytes:
    """At most `MAX_BYTES` + 1 bytes of a file, or `InvalidInput`."""
    allowed = "a readable .toml or .json file"
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        fix = "there is no such file: check the name and the folder"
        siblings = path.parent.glob("*.*") if path.parent.is_dir() else ()
        near = near_miss(path.name, (p.name for p, _ in zip(siblings, range(500), strict=False)))
        raise InvalidInput.field("document", str(path), allowed, near or fix) from None
    except IsADirectoryError:
        fix = "this is a folder: name a file in it"
        raise InvalidInput.field("document", str(path), allowed, fix) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput.field("document", str(path), allowed, reason) from None


def _parse(name: str, data: bytes, suffix: str) -> dict[str, Any]:
    """The table a TOML or JSON document holds, or `InvalidInput`."""
    if len(data) > MAX_BYTES:
        limit = f"at most {MAX_BYTES // 1_000_000} MB"
        raise InvalidInput(f"{name}: too large; allowed: {limit}; give one person's document")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{name}: not UTF-8 text (byte {error.start}); allowed: TOML or JSON in UTF-8; "
            "save the file as UTF-8"
        ) from None
    if not text.strip():
        raise InvalidInput(f"{name}: empty; allowed: a TOML or JSON document; see examples/")
    as_json = suffix == ".json" or (suffix != ".toml" and text.lstrip()[0] in "{[")
    if as_json and suffix != ".json" and not text.lstrip().startswith("{"):
        as_json = not _is_toml_header(text)
    table = _load(name, text, as_json)
    if not isinstance(table, dict):
        raise InvalidInput(f"{name}: the document is not a table; allowed: {{...}} at the top")
    return cast("dict[str, Any]", table)


def _is_toml_header(text: str) -> bool:
    """Whether the first line that opens with a bracket is a TOML `[table]` header."""
    line = text.lstrip().splitlines()[0].split("#")[0].strip()
    return line.endswith("]") and any(c.isalpha() for c in line) and '"' not in line


def _load(name: str, text: str, as_json: bool) -> object:
    """Parse, turning every failure into one line."""
    kind = "JSON" if as_json else "TOML"
    try:
        if as_json:
            return json.loads(text, object_pairs_hook=_unique)
        return tomllib.loads(text)
    except RecursionError:
        reason = "nested too deeply"
    except ValueError as error:
        reason = " ".join(str(error).split())[:200]
    raise InvalidInput(
        f"{name}: not readable as {kind}: {reason}; the file may be cut off or mistyped: "
        "correct that place"
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys are all different."""
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"field {_shown(twice)} is given twice")
    return table


def _explain(error: ValidationError, model: type[BaseModel]) -> InvalidInput:
    """The first thing wrong in one line, and how many more there are.

    Unknown fields come first: a mistyped name also shows as a missing field.
    """
    found = error.errors(include_url=False)
    deeper = {e["loc"][:depth] for e in found for depth in range(len(e["loc"]))}
    found = [e for e in found if e["type"] != "too_short" or e["loc"] not in deeper]
    found.sort(key=lambda e: e["type"] != "extra_forbidden")
    line = str(_line(dict(found[0]), model.model_json_schema()))
    more = len(found) - 1
    if more:
        line += f" (and {more} more error{'s' if more > 1 else ''})"
    return InvalidInput(" ".join(line.split()))


def _line(error: dict[str, Any], schema: dict[str, Any]) -> InvalidInput:
    """One validation error in words."""
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    path = _path(place)
    if kind == "explained":
        parent = _path(place)
        return InvalidInput(f"{parent}.{context['line']}" if parent else context["line"])
    if kind == "refused":
        at = ".".join(part for part in (path, context["at"]) if part)
        given = context["given"] if context["shown"] else error["input"]
        return InvalidInput.field(at or "document", given, context["allowed"], context["fix"])
    node = _node(schema, place[:-1] if kind == "extra_forbidden" else place)
    if kind == "extra_forbidden":
        known = [str(name) for name in node.get("properties", {})]
        fix = near_miss(str(place[-1]), known) or "remove it"
        return InvalidInput(f"{path}: unknown field; allowed: {', '.join(known)}; {fix}")
    allowed = _allowed(node, schema) or error["msg"]
    if kind == "missing":
        return InvalidInput(f"{path}: missing; allowed: {allowed}; add it")
    fix = near_miss(error["input"], node.get("enum", ())) if isinstance(error["input"], str) else ""
    if kind == "finite_number":
        fix = "NaN and infinity are not numbers here"
    given = error["input"]
    if isinstance(given, int) and given.bit_length() > 256:
        given = f"a whole number of {given.bit_length()} bits"
    return InvalidInput.field(path or "document", given, allowed, fix)


def _shown(name: object) -> str:
    """A name for a message: short, printable, on one line."""
    text = str(name)
    if not text.isprintable():
        text = repr(text)
    return text if len(text) <= 80 else text[:77] + "..."


def _path(place: tuple[int | str, ...]) -> str:
    """`("regimen", "intakes", 0, "form")` to `regimen.intakes[0].form`."""
    path = ""
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{_shown(part)}"
    return path.lstrip(".")


def _node(schema: dict[str, Any], place: tuple[int | str, ...]) -> dict[str, Any]:
    """The part of a JSON Schema that describes a place in the document."""
    node = _resolved(schema, schema)
    for part in place:
        below: dict[str, Any] | bool | None
        if isinstance(part, int):
            below = node.get("items")
        else:
            below = node.get("properties", {}).get(part) or node.get("additionalProperties")
        node = _resolved(below if isinstance(below, dict) else {}, schema)
    return node


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow `$ref` and leave `null` out of `anyOf`, keeping the description."""
    outer = {key: node[key] for key in ("description",) if key in node}
    while True:
        if "$ref" in node:
            node = schema.get("$defs", {}).get(node["$ref"].rsplit("/", 1)[-1], {})
        elif "anyOf" in node:
            options = [option for option in node["anyOf"] if option.get("type") != "null"]
            if any(option.get("type") == "string" for option in options[1:]):
                outer["also"] = ", or text"
            node = options[0]
        else:
            return {**node, **outer}


def _allowed(node: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a place in the document may hold, in words."""
    about = f" ({node['description']})" if "description" in node else ""
    kind = node.get("type")
    if "enum" in node:
        return ", ".join(str(value) for value in node["enum"])
    if kind in ("number", "integer"):
        words = "a whole number" if kind == "integer" else "a number"
        low = node.get("minimum", node.get("exclusiveMinimum"))
        high = node.get("maximum", node.get("exclusiveMaximum"))
        if low is not None and high is not None:
            words += f" from {say.typed(low)} to {say.typed(high)}"
        return words + about
    if kind == "array":
        inner = _resolved(node.get("items", {}), schema)
        what = inner.get("title", "value") if "properties" in inner else _allowed(inner, schema)
        size = f" of {least} or more" if (least := node.get("minItems")) else ""
        return f"a list{size}, each: {what}" + about
    if "properties" in node:
        return "a table with " + ", ".join(node["properties"]) + node.get("also", "")
    words = {"string": "text", "boolean": "true or false", "object": "a table"}
    plain = (
        'a date such as "2026-01-05"' if node.get("format") == "date" else words.get(str(kind), "")
    )
    return plain + about
