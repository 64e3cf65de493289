"""Opening what came from outside: a file, a folder or a zip, never trusted.

A zip that is a bomb, that leaves its folder, or that holds links or locked files is refused.
Nothing is unpacked to disk by its name.
"""

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from somnesium.errors import InvalidInput
from somnesium.progress import Progress, nothing

HEAD = 65_536
"""Bytes at the start of a file by which its format is told."""

_ENDINGS = (".xml", ".json", ".csv", ".txt", ".tsv", ".db", ".sqlite", ".sqlite3")
_MOST_FILES = 100_000
_MOST_BYTES = 8 << 30
"""Largest file read, unpacked (definition#import-limits)."""
_MOST_RATIO = 300
"""An export packs 10 to 60 times; a bomb a thousand times (judgement#sleep-import)."""
_FREE_BYTES = 16 << 20
"""Up to this size a file may be packed as tightly as it likes."""
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

_Watch = Callable[[int], None]
"""Told how many more packed bytes were read."""


class Part(NamedTuple):
    """One file of an export: its name, its first bytes, and how to open it from the start."""

    name: str
    head: bytes
    open: Callable[[], BinaryIO]


class _Guarded(io.RawIOBase):
    """A stream that is counted, bounded, and tells its errors in our words."""

    def __init__(self, raw: BinaryIO, name: str, packed: int, size: int, watch: _Watch) -> None:
        self._raw, self._name, self._watch = raw, name, watch
        self._packed, self._share = packed, packed / max(size, 1)
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        try:
            data = self._raw.read(len(buffer))
        except _ZIP_ERRORS as error:
            raise _wrong(self._name, f"damaged: {error}; export it again") from None
        except OSError as error:
            raise _wrong(self._name, error.strerror or str(error)) from None
        count = len(data)
        buffer[:count] = data
        self._read += count
        if self._read > min(_MOST_BYTES, max(_FREE_BYTES, _MOST_RATIO * max(self._packed, 1))):
            raise _wrong(self._name, "it unpacks to far more than an export would")
        self._watch(round(count * self._share))
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _wrong(name: str, fix: str) -> InvalidInput:
    return InvalidInput.field("file", name, "a sleep export that can be read", fix)


def _stream(
    opener: Callable[[], BinaryIO], name: str, packed: int, size: int, watch: _Watch
) -> BinaryIO:
    try:
        raw = opener()
    except _ZIP_ERRORS as error:
        raise _wrong(name, f"damaged or locked: {error}") from None
    except OSError as error:
        raise _wrong(name, error.strerror or str(error)) from None
    return io.BufferedReader(_Guarded(raw, name, packed, size, watch), HEAD)  # type: ignore[return-value]


def _part(name: str, opener: Callable[[], BinaryIO], packed: int, size: int, watch: _Watch) -> Part:
    with _stream(opener, name, packed, size, lambda _count: None) as stream:
        head = stream.read(HEAD)
    return Part(name, head, partial(_stream, opener, name, packed, size, watch))


# --- where the files are ---------------------------------------------------------------------


@contextmanager
def opened(path: Path, progress: Progress = nothing) -> Iterator[tuple[Part, ...]]:
    """The files of an export that could hold sleep: the file itself, or those of a folder or zip.

    `progress` is told the bytes read so far, of how many (a folder: 0), and the file's name.
    Raises `InvalidInput` for what is not there, cannot be read, or is not safe to read.
    """
    done = total = 0

    def watch(count: int) -> None:
        nonlocal done
        done = min(done + count, total) if total else done + count
        progress(done, total, path.name)

    with ExitStack() as stack:
        try:
            total = path.stat().st_size if path.is_file() else 0
            parts = _parts(path, stack, watch)
        except (OSError, ValueError) as error:
            raise _wrong(str(path), getattr(error, "strerror", None) or str(error)) from None
        yield parts


def _parts(path: Path, stack: ExitStack, watch: _Watch) -> tuple[Part, ...]:
    state = path.stat()
    if stat.S_ISDIR(state.st_mode):
        return tuple(_of_folder(path, watch))
    if not stat.S_ISREG(state.st_mode):
        raise _wrong(str(path), "it is no ordinary file")
    archive = _archive(path, stack)
    if archive is not None:
        return tuple(_of_zip(archive, watch))
    return (_part(path.name, partial(path.open, "rb"), state.st_size, state.st_size, watch),)


def _archive(path: Path, stack: ExitStack) -> zipfile.ZipFile | None:
    """The zip a file is; None if it is none."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return None
    try:
        return stack.enter_context(zipfile.ZipFile(path))
    except _ZIP_ERRORS as error:
        raise _wrong(path.name, f"a damaged zip: {error}; export it again") from None


def _of_folder(folder: Path, watch: _Watch) -> Iterator[Part]:
    """Ordinary files below a folder, links left alone."""
    count = 0
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            count += 1
            if count > _MOST_FILES:
                raise _wrong(str(folder), f"it holds over {_MOST_FILES} files")
            path = Path(place) / name
            if path.suffix.lower() in _ENDINGS and not path.is_symlink() and path.is_file():
                size = path.stat().st_size
                yield _part(name, partial(path.open, "rb"), size, size, watch)


def _of_zip(archive: zipfile.ZipFile, watch: _Watch) -> Iterator[Part]:
    """Files of a zip, in the order of their names; everything is looked at before one is read."""
    members = archive.infolist()
    if len(members) > _MOST_FILES:
        raise _wrong(str(archive.filename), f"it holds over {_MOST_FILES} files")
    for info in members:
        _refuse_unsafe(info)
    for info in sorted(members, key=lambda one: one.filename):
        # The suffix comes first: is_dir fails on the empty name that a damaged zip may hold.
        if PurePosixPath(info.filename).suffix.lower() in _ENDINGS and not info.is_dir():
            opener: Callable[[], BinaryIO] = partial(archive.open, info)  # type: ignore[assignment]
            name = PurePosixPath(info.filename).name
            yield _part(name, opener, info.compress_size, info.file_size, watch)


def _refuse_unsafe(info: zipfile.ZipInfo) -> None:
    """Refuse names that lead outside, links, and locked files."""
    name = info.filename.replace("\\", "/")
    steps = PurePosixPath(name).parts
    if name.startswith("/") or ".." in steps or (steps and steps[0].endswith(":")):
        raise _wrong(info.filename, "it leads out of its folder: no honest export does")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _wrong(info.filename, "it is a link: no honest export holds one")
    if info.flag_bits & 0x1:
        raise _wrong(info.filename, "it is locked with a password: unlock it first")
