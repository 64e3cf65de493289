"""A user's table of studies: what is read, and how what is wrong is said."""

import pytest

from somnesium.answers.evidence.studies import MOST_STUDIES, read_studies, studies_of
from somnesium.errors import InvalidInput


def written(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_columns_in_any_order_beside_others_with_a_mark_and_blanks(tmp_path):
    text = '\ufeffvi, yi ,note,study\n 0.5,-1.5,x,Smith\n\n2,3e-1,,"Jones, J"\n'
    found = read_studies(written(tmp_path, text))
    assert found.names == ("Smith", "Jones, J")
    assert found.yi.tolist() == [-1.5, 0.3]
    assert found.vi.tolist() == [0.5, 2.0]


def test_the_same_name_twice_is_two_studies(tmp_path):
    found = read_studies(written(tmp_path, "study,yi,vi\nA,1,1\nA,2,1\n"))
    assert found.k == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("study,yi,vi\nA,1,1\nB,two,1\n", r"row 2, yi: got 'two'"),
        ('study,yi,vi\nA,1,1\nB,"1,5",1\n', r"row 2, yi: got '1,5'"),
        ("study,yi,vi\nA,1,0\n", r"row 1, vi: got 0.0; allowed: .*above 0"),
        ("study,yi,vi\nA,1,-2\n", r"row 1, vi: got -2.0"),
        ("study,yi,vi\nA,1,1\nB,1,1e-9\n", r"row 2, vi: got 1e-09; .*one unit"),
        ("study,yi,vi\nA,nan,1\n", r"row 1, yi: got nan"),
        ("study,yi,vi\nA,inf,1\n", r"row 1, yi: got inf"),
        ("study,yi,vi\nA,1,\n", r"row 1, vi: got ''"),
        ("study,yi,vi\nA,1\n", r"row 1, vi: got ''"),
        ("study,yi,vi\n,1,1\n", r"row 1, study"),
        ("name,yi,vi\nA,1,1\n", r"columns: got 'name, yi, vi'.*add study"),
        ("study,yi,vi\n", r"no rows"),
        ("", r"no rows"),
        (b"study,yi,vi\n\xff,1,1\n", r"save it as UTF-8"),
    ],
)
def test_a_bad_row_is_named_with_field_and_value(tmp_path, text, said):
    with pytest.raises(InvalidInput, match=said):
        read_studies(written(tmp_path, text))


def test_a_missing_file_and_too_many_studies(tmp_path):
    with pytest.raises(InvalidInput, match="No such file"):
        read_studies(tmp_path / "none.csv")
    many = MOST_STUDIES + 1
    with pytest.raises(InvalidInput, match=f"at most {MOST_STUDIES}"):
        studies_of(["a"] * many, [0.0] * many, [1.0] * many)
    with pytest.raises(InvalidInput, match="one study or more"):
        studies_of([], [], [])
