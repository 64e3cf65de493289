"""What a browser keeps for a person: their document, signed, in one cookie; no server keeps it.

The document is the request of the library as far as it is filled in. The day being put together
on the page about food is kept beside it until the person says it is a usual day.
"""

import base64
import json
import secrets
import zlib
from typing import Any

from pydantic import Field

from somnesium.errors import InvalidInput
from somnesium.person.diet import FoodItem
from somnesium.person.document import Document, read_document
from somnesium.person.request import Request
from somnesium.surfaces.web.security import signature, signed_text, unsigned

COOKIE = "somnesium_document"
"""The cookie's name."""
_MOST_COOKIE = 3900
_MOST_TEXT = 200_000


class Visit(Document):
    """A browser's visit: an unguessable `id`, the `request` so far, foods of the `day`, `look`."""

    id: str = Field(min_length=16, max_length=64)
    request: dict[str, Any] | None = None
    day: tuple[FoodItem, ...] = Field(default=(), max_length=60)
    look: str = Field(default="auto", pattern="^(auto|light|dark|evening)$")


def new_visit() -> Visit:
    """A visit that holds nothing yet."""
    return Visit(id=secrets.token_hex(16))


def token(secret: bytes, visit: Visit) -> str:
    """What our own forms carry, and no other site can know."""
    return signature(secret, "form", visit.id)


def sealed(secret: bytes, visit: Visit) -> str:
    """The cookie's value, or `InvalidInput` if the document is too long for a cookie."""
    text = visit.model_dump_json(exclude_defaults=True)
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()
    value = signed_text(secret, "visit", packed)
    if len(value) > _MOST_COOKIE:
        allowed = "what fits into a cookie of 4 kB"
        fix = "list fewer foods or medicines, or use the command line, which has no such limit"
        raise InvalidInput.field("document", f"{len(value)} bytes", allowed, fix)
    return value


def opened(secret: bytes, cookie: str) -> Visit:
    """The visit in a cookie; a new one if there is none, or it is not ours or no longer valid."""
    packed = unsigned(secret, "visit", cookie)
    if packed is None:
        return new_visit()
    try:
        raw = zlib.decompressobj().decompress(base64.urlsafe_b64decode(packed), _MOST_TEXT)
        visit = read_document(json.loads(raw), Visit)
        if visit.request is not None:
            read_document(visit.request, Request)
    except (ValueError, zlib.error, InvalidInput):
        return new_visit()
    return visit
