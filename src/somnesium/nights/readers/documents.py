"""JSON of an export: parsed whole within a bound, and its objects with their places."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, NoReturn

from somnesium.errors import InvalidInput
from somnesium.nights.readers.opening import Part

_MOST_BYTES = 128 << 20
"""A sleep export of decades stays below this (definition#import-limits)."""


class Item(NamedTuple):
    """An object of a JSON file, and where it stands."""

    where: str
    table: Mapping[str, object]


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def loaded(part: Part) -> object:
    """What a JSON file holds, or `InvalidInput`."""
    with part.open() as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        limit = f"at most {_MOST_BYTES >> 20} MB of JSON"
        raise InvalidInput.field("file", part.name, limit, "export a shorter time")
    try:
        return json.loads(data, parse_constant=_no_number)
    except RecursionError:
        reason = "nested too deeply"
    except ValueError as error:
        reason = str(error)[:120]
    raise InvalidInput.field("file", part.name, "readable JSON", f"{reason}; export it again")


def items(part: Part, found: object, *within: str) -> Iterator[Item]:
    """The objects of a list, or of the list under one of the names `within`; else the object."""
    if isinstance(found, dict):
        lists = [found[name] for name in within if isinstance(found.get(name), list)]
        found = lists[0] if lists else [found]
    if not isinstance(found, list):
        return
    yield from _objects(part.name, found)


def _objects(name: str, found: Iterable[object]) -> Iterator[Item]:
    for count, table in enumerate(found, 1):
        yield Item(f"{name} entry {count}", table if isinstance(table, dict) else {})
