"""JSON of an export: parsed whole within a bound, and its objects with their places."""

import json
from collections.abc import Callable, Iterator, Mapping
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


def _loaded(part: Part) -> object:
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


def items(*within: str) -> Callable[[Part], Iterator[Item]]:
    """What reads a file's objects: those of its list, or of the list under one of the names.

    A file without a list is one object.
    """

    def objects(part: Part) -> Iterator[Item]:
        content = _loaded(part)
        if isinstance(content, dict):
            lists = [content[name] for name in within if isinstance(content.get(name), list)]
            content = lists[0] if lists else [content]
        for count, table in enumerate(content if isinstance(content, list) else [], 1):
            yield Item(f"{part.name} entry {count}", table if isinstance(table, dict) else {})

    return objects


def is_json(head: bytes, *names: str) -> bool:
    """Whether a file begins as JSON does and holds all of some names early on."""
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    return begins and all(f'"{name}"'.encode() in head for name in names)
