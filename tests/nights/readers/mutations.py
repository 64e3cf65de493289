"""Examples of every format, broken in many ways: what a reader must survive."""

import io
import random
import re
import zipfile
from pathlib import Path

from somnesium.nights.readers.opening import HEAD, Part

EXPORTS = Path(__file__).parents[2] / "data" / "exports"
EXAMPLES = tuple(
    path
    for path in sorted(EXPORTS.rglob("*"))
    if path.is_file() and path.suffix in (".xml", ".json", ".csv", ".db")
)
DATA_OF = {path: path.read_bytes() for path in EXAMPLES}
TOKENS = (
    b"",
    b"0",
    b"-1",
    b"NaN",
    b"Infinity",
    b"-0.0",
    b"1e308",
    b"1e999",
    b"9" * 400,
    b"0x10",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'""',
    b"N/A",
    b"-1.0",
    b"1,024",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\r",
    b"\n",
    b"\r\n",
    b'"',
    b"'",
    b";",
    b",",
    b"\t",
    b"=cmd()",
    b"9999-12-31 23:59:59 +0100",
    b"0001-01-01T00:00:00Z",
    b"2025-03-30T02:30:00.000",
    b"2025-10-26T02:30:00.000",
    b"2025-02-30",
    b"24:00",
    b"UTC+99:99",
    b"+23:59",
    b"Europe",
    b"../etc",
    b"Etc/GMT+12",
    b"253402300800000",
    b"-62135596800001",
    b"9223372036854775808",
    b"<!ENTITY a 'b'>",
    b"<!DOCTYPE x>",
    b"&a;",
    b"<Record>",
    b"</Record>",
    b"<![CDATA[",
    b"-->",
    b"AsleepREM",
    b"40001",
    b"deep",
    b"wake",
    b"1-2|3-4",
    b"%n%n",
    b"\\u0000",
    b"\xd0\xbf",
)
_VALUE = re.compile(rb'[0-9][0-9T:.+\-Z ]*|"[^"]{0,80}"|[A-Za-z_]{2,}')


def part_of(name: str, data: bytes) -> Part:
    """Bytes as a file of an export."""
    return Part(name, data[:HEAD], lambda: io.BytesIO(data))


def zipped(files: dict[str, bytes]) -> bytes:
    """Files packed into a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _flip(data: bytearray, draw: random.Random) -> None:
    for _ in range(draw.randint(1, 8)):
        data[draw.randrange(len(data))] = draw.randrange(256)


def _cut(data: bytearray, draw: random.Random) -> None:
    begin = draw.randrange(len(data))
    del data[begin : begin + draw.choice((1, 2, 10, 100, len(data)))]


def _double(data: bytearray, draw: random.Random) -> None:
    begin = draw.randrange(len(data))
    piece = bytes(data[begin : begin + draw.choice((1, 10, 100, 1000))])
    data[begin:begin] = piece * draw.choice((1, 2, 30))


def _token(data: bytearray, draw: random.Random) -> None:
    begin = draw.randrange(len(data))
    data[begin:begin] = draw.choice(TOKENS)


def _value(data: bytearray, draw: random.Random) -> None:
    found = list(_VALUE.finditer(bytes(data[:20_000])))
    if found:
        spot = draw.choice(found)
        quoted = spot[0].startswith(b'"') and draw.random() < 0.7
        token = draw.choice(TOKENS)
        data[spot.start() : spot.end()] = b'"' + token + b'"' if quoted else token


def _lines(data: bytearray, draw: random.Random) -> None:
    lines = bytes(data).split(b"\n")
    spot, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    if draw.random() < 0.5:
        lines[spot], lines[other] = lines[other], lines[spot]
    else:
        lines.insert(spot, lines[other])
    data[:] = b"\n".join(lines)


def _digits(data: bytearray, draw: random.Random) -> None:
    spots = [k for k, byte in enumerate(data[:20_000]) if 48 <= byte <= 57]
    for _ in range(min(draw.randint(1, 6), len(spots))):
        data[draw.choice(spots)] = draw.randrange(48, 58)


_WAYS = (_flip, _cut, _double, _token, _value, _value, _value, _lines, _digits, _digits)


def mutant(data: bytes, draw: random.Random) -> bytes:
    """The data changed in one to four ways."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        if changed:
            draw.choice(_WAYS)(changed, draw)
    return bytes(changed[:200_000])
