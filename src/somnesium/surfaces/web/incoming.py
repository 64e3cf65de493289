"""Files sent to this server: streamed into a private folder, bounded, and gone whatever happens.

Every server has a folder of its own that it holds locked while it lives. One that is no longer
locked is that of a dead server and is removed when the next one starts.
"""

import os
import re
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from somnesium.errors import InvalidInput

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_PREFIX = "somnesium-incoming-"
_MOST_FIELD, _MOST_PARTS, _MOST_HEADER = 10_000, 30, 10_000
"""Bytes of a field of a form, its fields and files, bytes of the head of one."""
_WRITTEN = 1 << 20
_LONGEST_NAME = 120
_BOUNDARY = re.compile(rb"^[\x20-\x7e]{1,70}$")


def clean_name(name: str) -> str:
    """A file's name without folders and without letters that no honest name holds.

    The ending stays: it is part of what the ledger and the store tell.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > _LONGEST_NAME:
        kept = stem[: _LONGEST_NAME - 12] + dot + ending[-10:]
    while len(kept.encode("utf-8", "replace")) > 2 * _LONGEST_NAME:
        kept = kept[1:]
    return kept.encode("utf-8", "replace").decode() or "export"


# --- folders ---------------------------------------------------------------------------------


def _locked(folder: Path) -> int | None:
    """Hold a folder as long as this process lives; None if another does, or it is gone."""
    try:
        import fcntl
    except ImportError:  # Windows: what another process has open cannot be removed there
        return None
    held = None
    try:
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if held is not None:
            os.close(held)
        return None
    return held


def clear_dead() -> int:
    """Remove what dead servers left, and tell how many folders those were."""
    gone = 0
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        with suppress(OSError):
            own = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
            held = _locked(folder) if own and not folder.is_symlink() else None
            if held is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)
                gone += 1
    return gone


def _released(folder: Path, held: int | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if held is not None:
        os.close(held)


class Incoming:
    """The folder of one server, made when first needed; only its owner can look into it."""

    def __init__(self) -> None:
        """No folder yet."""
        self._lock = Lock()
        self._folder: Path | None = None
        self._end: weakref.finalize | None = None

    def folder(self) -> Path:
        """A new folder for one request."""
        with self._lock:
            if self._folder is None or not self._folder.is_dir():
                self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
                held = _locked(self._folder)
                self._end = weakref.finalize(self, _released, self._folder, held)
            return Path(tempfile.mkdtemp(dir=self._folder))

    def close(self) -> None:
        """Everything gone."""
        if self._end is not None:
            self._end()


# --- forms -----------------------------------------------------------------------------------


class Received(NamedTuple):
    """A form: texts by field, and where the files are by field."""

    fields: dict[str, str]
    files: dict[str, Path]

    @classmethod
    async def of(cls, request: Request, folder: Path, files: tuple[str, ...]) -> "Received":
        """A form with `files`, streamed into a folder: each below a folder of its field's name.

        Raises `InvalidInput` for what is no such form, or is cut off.
        """
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not _BOUNDARY.match(boundary):
            fix = 'send it as a form: curl -F "file=@export.zip"'
            raise _wrong(kind.decode("latin-1")[:60], fix)
        form = _Form(folder, files)
        parser = MultipartParser(boundary, form.callbacks)
        try:
            async for chunk in request.stream():
                if chunk:
                    parser.write(chunk)
                if form.full:
                    await run_in_threadpool(form.write)
            await run_in_threadpool(form.write)
        except FormParserError:
            raise _wrong("a form that cannot be read", "send it again") from None
        if not form.whole:
            raise _wrong("a form that is cut off", "send it again")
        return cls(form.fields, form.files)


class _Form:
    """A form as it comes in, part by part; files are written as they come."""

    def __init__(self, folder: Path, files: tuple[str, ...]) -> None:
        self._folder, self._known = folder, files
        self.fields: dict[str, str] = {}
        self.files: dict[str, Path] = {}
        self.whole = False
        self._parts, self._size = 0, 0
        self._pending: list[tuple[Path, bytes]] = []
        self._name = ""
        self._path: Path | None = None
        self._text, self._head = bytearray(), [b"", b""]
        self._disposition = b""

    def begin(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise _wrong(f"over {_MOST_PARTS} parts", "send one file")
        self._text, self._path, self._disposition = bytearray(), None, b""

    def head_name(self, data: bytes, start: int, end: int) -> None:
        self._head[0] += data[start:end]
        self._not_too_long()

    def head_value(self, data: bytes, start: int, end: int) -> None:
        self._head[1] += data[start:end]
        self._not_too_long()

    def _not_too_long(self) -> None:
        if sum(map(len, self._head)) > _MOST_HEADER:
            raise _wrong("a head too long", "send one file")

    def head_end(self) -> None:
        if self._head[0].lower() == b"content-disposition":
            self._disposition = self._head[1]
        self._head = [b"", b""]

    def heads_done(self) -> None:
        """A field, or a file whose name is told: an empty name is a chooser left empty."""
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options or not options[b"filename"]:
            return
        if self._name not in self._known or self._name in self.files:
            allowed = "one file each as " + ", ".join(self._known)
            raise InvalidInput.field(self._name or "form", "a file", allowed)
        place = self._folder / self._name
        place.mkdir(mode=0o700)
        self._path = place / clean_name(options[b"filename"].decode("utf-8", "replace"))
        self.files[self._name] = self._path
        self._pending.append((self._path, b""))

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._path is not None:
            self._pending.append((self._path, data[start:end]))
            self._size += end - start
            return
        self._text += data[start:end]
        if len(self._text) > _MOST_FIELD:
            raise InvalidInput.field(self._name, "a long text", f"at most {_MOST_FIELD} bytes")

    def end(self) -> None:
        if self._path is None and self._name not in self._known:
            self.fields[self._name] = self._text.decode("utf-8", "replace")

    def finish(self) -> None:
        self.whole = True

    @property
    def full(self) -> bool:
        return self._size > _WRITTEN

    def write(self) -> None:
        """What has come in, to the disk."""
        for path, data in self._pending:
            try:
                with path.open("ab") as file:
                    file.write(data)
            except OSError as error:
                fix, allowed = error.strerror or "it cannot be written", "a file there is room for"
                raise InvalidInput.field("file", path.name, allowed, fix) from None
        self._pending, self._size = [], 0

    @property
    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls as it goes."""
        return {
            "on_part_begin": self.begin,
            "on_header_field": self.head_name,
            "on_header_value": self.head_value,
            "on_header_end": self.head_end,
            "on_headers_finished": self.heads_done,
            "on_part_data": self.data,
            "on_part_end": self.end,
            "on_end": self.finish,
        }


def _wrong(given: str, fix: str) -> InvalidInput:
    return InvalidInput.field("form", given, "multipart/form-data with a file", fix)
