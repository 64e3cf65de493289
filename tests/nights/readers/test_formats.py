"""Every example is known by its content, and by one reader alone."""

import pytest

from somnesium.nights.readers.formats import READERS

from .mutations import DATA_OF, EXAMPLES, part_of

UNKNOWN = {"journal_entries.csv", "nights.csv"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_example_is_known_by_its_content_and_by_one_reader(path):
    part = part_of("nameless", DATA_OF[path])
    found = [reader.name for reader in READERS if reader.recognise(part.head)]
    assert len(found) == (0 if path.name in UNKNOWN else 1), found


def test_every_reader_has_an_example():
    known = {r.name for r in READERS for data in DATA_OF.values() if r.recognise(data[:65_536])}
    assert known == {reader.name for reader in READERS}
    assert len({reader.name for reader in READERS}) == len(READERS)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_beginning_of_any_length_can_be_looked_at(reader):
    for data in DATA_OF.values():
        for length in (0, 1, 3, 17, 100, 999):
            assert reader.recognise(data[:length]) in (True, False)
