"""A backup that nobody reads without the passphrase: all of a store, compressed, then sealed.

The key is drawn from the passphrase by scrypt (RFC 7914) with a salt of its own; the content is
sealed with AES-256 in Galois/counter mode, which also shows any change of a byte, the header's
included. Backups go from SQLite to PostgreSQL and back. A lost passphrase cannot be replaced.
"""

import json
import os
import zlib
from pathlib import Path
from typing import NamedTuple

from somnesium.errors import InvalidInput
from somnesium.store.copies import everything, put_back, write_private
from somnesium.store.open import Store

LEAST_PASSPHRASE = 8
"""Fewest characters of a passphrase (judgement#passphrase)."""

_NAME = b"SOMNBAK1"
_LENGTHS = (len(_NAME), 3, 16, 12)
"""Bytes of the name, the cost of the key, its salt, and the number used once."""
_COST = (17, 8, 1)
"""scrypt's log2 N, r and p: 128 MiB and about half a second (judgement#passphrase-cost)."""
_MOST = 512_000_000
"""Bytes of a backup, and of what it holds."""


class _Header(NamedTuple):
    name: bytes
    cost: bytes
    salt: bytes
    once: bytes


def _key(passphrase: str, salt: bytes, cost: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    power, r, p = cost
    return Scrypt(salt=salt, length=32, n=1 << power, r=r, p=p).derive(passphrase.encode())


def backup(store: Store, to: Path, passphrase: str) -> dict[str, int]:
    """Write all of a store to a new file, sealed; tells the rows of each table."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(passphrase) < LEAST_PASSPHRASE:
        allowed = f"{LEAST_PASSPHRASE} characters or more"
        raise InvalidInput.field("passphrase", f"{len(passphrase)} characters", allowed)
    contents = everything(store)
    packed = zlib.compress(json.dumps(contents).encode(), 6)
    header = _Header(_NAME, bytes(_COST), os.urandom(_LENGTHS[2]), os.urandom(_LENGTHS[3]))
    key = _key(passphrase, header.salt, header.cost)
    front = b"".join(header)
    write_private(to, front + AESGCM(key).encrypt(header.once, packed, front))
    return {name: len(rows) for name, rows in contents["tables"].items()}


def restore(store: Store, source: Path, passphrase: str) -> dict[str, int]:
    """Put a backup into an empty store, all or none; tells the rows of each table.

    Raises `InvalidInput` for a wrong passphrase, a changed or foreign file, or a store that
    already holds something.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header, front, sealed = _parts(_read(source))
    try:
        packed = AESGCM(_key(passphrase, header.salt, header.cost)).decrypt(
            header.once, sealed, front
        )
    except InvalidTag:
        allowed, fix = "the one it was sealed with", "or the file was changed or cut off"
        raise InvalidInput.field("passphrase", "another", allowed, fix) from None
    opener = zlib.decompressobj()
    content = opener.decompress(packed, _MOST)
    if opener.unconsumed_tail:
        raise InvalidInput.field("backup", source.name, f"at most {_MOST // 1_000_000} MB inside")
    return put_back(store, json.loads(content))


def _read(source: Path) -> bytes:
    allowed = "a backup that Somnesium wrote"
    try:
        with source.open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError as error:
        raise InvalidInput.field("backup", str(source), allowed, error.strerror or "") from None
    if len(content) > _MOST or not content.startswith(_NAME):
        raise InvalidInput.field("backup", str(source), allowed, "this file is none")
    return content


def _parts(content: bytes) -> tuple[_Header, bytes, bytes]:
    """Header, its bytes, and what is sealed; a cost that would stop the machine is refused."""
    parts, at = [], 0
    for length in _LENGTHS:
        parts.append(content[at : at + length])
        at += length
    header = _Header(*parts)
    if len(content) < at + 16 or header.cost != bytes(_COST):
        allowed = "a backup that Somnesium wrote"
        raise InvalidInput.field("backup", "a damaged file", allowed, "take another copy")
    return header, content[:at], content[at:]
