"""Files, folders and zips: opened only when that is safe, and nothing unpacked by its name."""

import os
import zipfile

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.opening import opened

from .mutations import EXPORTS, zipped


def names(path):
    with opened(path) as parts:
        return [part.name for part in parts]


def read(path):
    with opened(path) as parts:
        return [part.open().read() for part in parts]


def test_a_file_a_folder_and_a_zip(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"one")
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "b.json").write_bytes(b"two")
    (tmp_path / "picture.png").write_bytes(b"no")
    archive = tmp_path / "in" / "c.zip"
    archive.write_bytes(zipped({"x/d.xml": b"three", "readme.md": b"no"}))
    assert read(tmp_path / "a.csv") == [b"one"]
    assert names(tmp_path) == ["a.csv", "b.json"]
    assert read(archive) == [b"three"]


def test_packed_bytes_are_told_as_they_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 300_000)
    news = []
    with opened(path, lambda *said: news.append(said)) as parts:
        parts[0].open().read()
    assert [done for done, _, _ in news] == sorted(done for done, _, _ in news)
    assert news[-1] == (300_000, 300_000, "a.csv")


def test_a_bomb_is_refused_before_it_bursts(tmp_path):
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bomb.csv", "w", force_zip64=True) as out,
    ):
        for _ in range(64):
            out.write(bytes(1 << 20))
    with opened(path) as parts:
        stream = parts[0].open()
        assert len(stream.read(8 << 20)) == 8 << 20  # what a small file may hold is read
        with pytest.raises(InvalidInput, match="far more"):
            stream.read(16 << 20)


def test_a_size_that_lies_does_not_help_a_bomb(tmp_path):
    data = bytearray(zipped({"bomb.csv": bytes(32 << 20)}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    path = tmp_path / "liar.zip"
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidInput, match="damaged"):
        read(path)


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:/evil.csv", "..\\evil.csv"]
)
def test_names_that_lead_outside_are_refused(tmp_path, name):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"a,b\n")
    with pytest.raises(InvalidInput, match="out of its folder"):
        names(path)


def test_links_and_locked_files_in_a_zip_are_refused(tmp_path):
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, b"/etc/passwd")
    with pytest.raises(InvalidInput, match="link"):
        names(path)
    data = bytearray(zipped({"a.csv": b"x"}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidInput, match="password"):
        names(path)


def test_links_in_a_folder_are_left_alone(tmp_path):
    (tmp_path / "outside.csv").write_bytes(b"secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.csv").symlink_to(tmp_path / "outside.csv")
    (inside / "round").symlink_to(tmp_path, target_is_directory=True)
    (inside / "own.csv").write_bytes(b"mine")
    assert names(inside) == ["own.csv"]


def test_what_is_not_there_or_no_file_is_told_in_one_line(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("missing.csv", "pipe.csv", "a\x00b"):
        with pytest.raises(InvalidInput) as told:
            names(tmp_path / name)
        assert "\n" not in str(told.value)


def test_a_damaged_zip_is_refused_whole(tmp_path):
    data = bytearray(zipped({"a.csv": os.urandom(5000)}))
    data[2000] ^= 0xFF
    path = tmp_path / "damaged.zip"
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidInput, match="damaged"):
        read(path)
    path.write_bytes(bytes(data[:3000]))
    with pytest.raises(InvalidInput, match="damaged"):
        read(path)


def test_every_example_can_be_opened():
    assert len(names(EXPORTS)) >= 20


def test_a_file_without_a_name_is_passed_by(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"nobody's")
        archive.writestr("a.csv", b"one")
    assert read(path) == [b"one"]
