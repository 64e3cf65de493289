"""The event table: what NONMEM writes is read, what a body cannot do is refused by row."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.regimen import SUBSTANCES, Dose
from somnesium.person.supplements import forms
from somnesium.simulation.events import (
    COMPARTMENTS,
    EventRow,
    doses_of_events,
    events_of_doses,
    read_events,
    write_events,
)

HEADER = "ID,TIME,AMT,EVID,CMT,II,ADDL,SS,RATE,FORM,FOOD\n"


@st.composite
def rows(draw):
    kind = draw(st.sampled_from([0, 1, 2]))
    amount = draw(st.floats(0, 100)) if kind == 1 else 0.0
    compartment = draw(st.sampled_from(COMPARTMENTS))
    return EventRow(
        ID=draw(st.integers(0, 3)),
        TIME=draw(st.sampled_from([0.0, 21.5, 22.0]) | st.floats(0, 2000)),
        AMT=amount + 0.0,
        EVID=kind,
        CMT=compartment,
        RATE=draw(st.sampled_from([0.0, 2.5])) if amount > 0 else 0.0,
        FORM=draw(st.sampled_from(["", *forms()])) if compartment == "gut" else "",
        FOOD=draw(st.booleans()),
    )


def test_a_hand_written_table():
    text = "id,time,amt,evid,cmt,form,food\n1,21.5,10.3,1,gut,glycinate,1\n1,30,.,0,.,.,.\n"
    first, second = read_events(text)
    assert first == EventRow(1, 21.5, 10.3, 1, "gut", FORM="bisglycinate", FOOD=True)
    assert second == EventRow(1, 30.0, 0.0, 0, "gut")


def test_file_and_byte_order_mark(tmp_path):
    path = tmp_path / "doses, mine.csv"
    path.write_text("ID,TIME,AMT,DV,MDV\r\n1,0,5,.,1\r\n\r\n2,0,4,3.5,0\r\n", encoding="utf-8-sig")
    assert read_events(path) == read_events(str(path))
    assert [row.AMT for row in read_events(path)] == [5.0, 4.0]
    assert all(row.EVID == 1 for row in read_events(path))


def test_further_doses_are_written_out():
    found = read_events(HEADER + "1,21,10,1,1,24,6,0,.,.,.\n1,22,.,0,.,.,.,.,.,.,.\n")
    doses = [row for row in found if row.EVID == 1]
    assert [row.TIME for row in doses] == [21.0 + 24 * day for day in range(7)]
    assert all(row.II == 0 and row.ADDL == 0 for row in found)
    assert [row.TIME for row in found] == sorted(row.TIME for row in found)


def test_infusion_and_numbered_compartment_are_kept():
    (row,) = read_events("ID,TIME,AMT,CMT,RATE\n1,0,8,2,4\n")
    assert row.CMT == "plasma"
    assert row.RATE == 4.0


@given(st.lists(rows(), max_size=30))
def test_round_trip(given_rows):
    assert read_events(write_events(given_rows)) == tuple(sorted(given_rows))


@given(st.lists(rows(), min_size=1, max_size=20), st.integers(0, 2**32))
def test_simultaneous_rows_may_stand_in_any_order(given_rows, seed):
    together = [row._replace(ID=1, TIME=21.5) for row in given_rows]
    shuffled = random.Random(seed).sample(together, len(together))
    lines = [write_events([row]).splitlines()[1] for row in together]
    mixed = [write_events([row]).splitlines()[1] for row in shuffled]
    ordered = read_events(HEADER + "\n".join(lines))
    assert ordered == read_events(HEADER + "\n".join(mixed))
    assert write_events(together) == write_events(shuffled)


def test_interleaved_ids_are_ordered_each():
    found = read_events("ID,TIME,AMT\n1,5,1\n2,0,1\n1,6,1\n")
    assert [(row.ID, row.TIME) for row in found] == [(1, 5.0), (1, 6.0), (2, 0.0)]


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("1,0,-5,1,gut,.,.,.,.,.,.", "AMT", "from 0"),
        ("1,0,nan,1,gut,.,.,.,.,.,.", "AMT", "from 0"),
        ("1,0,1e400,1,gut,.,.,.,.,.,.", "AMT", "from 0"),
        ("1,0,1_0,1,gut,.,.,.,.,.,.", "AMT", "from 0"),
        ("1,-1,5,1,gut,.,.,.,.,.,.", "TIME", "hours"),
        ("1,22:30,5,1,gut,.,.,.,.,.,.", "TIME", "hours"),
        ("1,.,5,1,gut,.,.,.,.,.,.", "TIME", "a number"),
        (".,0,5,1,gut,.,.,.,.,.,.", "ID", "a number"),
        ("1.5,0,5,1,gut,.,.,.,.,.,.", "ID", "whole"),
        ("1,0,5,3,gut,.,.,.,.,.,.", "EVID", "new ID"),
        ("1,0,5,4,gut,.,.,.,.,.,.", "EVID", "new ID"),
        ("1,0,5,5,gut,.,.,.,.,.,.", "EVID", "from 0 to 4"),
        ("1,0,5,0,gut,.,.,.,.,.,.", "AMT", "EVID is 0"),
        ("1,0,5,1,stomach,.,.,.,.,.,.", "CMT", "melatonin_gut"),
        ("1,0,5,1,plasm,.,.,.,.,.,.", "CMT", "did you mean plasma"),
        ("1,0,5,1,99,.,.,.,.,.,.", "CMT", "1 to"),
        ("1,0,5,1,gut,0,3,.,.,.,.", "II", "more than 0"),
        ("1,0,5,1,gut,24,2.5,.,.,.,.", "ADDL", "whole"),
        ("1,0,5,1,gut,24,1000001,.,.,.,.", "ADDL", "from 0"),
        ("1,0,5,1,gut,24,900000,.,.,.,.", "ADDL", "100 years"),
        ("1,0,5,1,gut,24,.,1,.,.,.", "SS", "lead in"),
        ("1,0,5,1,gut,.,.,.,-2,.,.", "RATE", "negative RATE"),
        ("1,0,0,1,gut,.,.,.,2,.,.", "RATE", "AMT is 0"),
        ("1,0,5,1,gut,.,.,.,.,nitrate,.", "FORM", "citrate"),
        ("1,0,5,1,plasma,.,.,.,.,citrate,.", "FORM", "CMT is gut"),
        ("1,0,5,1,gut,.,.,.,.,.,2", "FOOD", "from 0 to 1"),
    ],
)
def test_refusals_name_row_and_column(line, column, says):
    with pytest.raises(InvalidInput) as error:
        read_events(HEADER + line + "\n")
    assert f"row 2, {column}" in str(error.value)
    assert says in str(error.value)


def test_falling_time_is_refused():
    with pytest.raises(InvalidInput, match=r"row 3, TIME.*ID 1"):
        read_events("ID,TIME,AMT\n1,5,1\n1,4,1\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ID,TIME,AMTT\n1,0,5\n", "did you mean AMT"),
        ("ID,AMT\n1,5\n", "TIME exactly once"),
        ("ID,TIME,time\n1,0,0\n", "exactly once"),
        ("ID,TIME,AMT\n1,0\n", "3 cells"),
        ('ID,TIME,AMT\n1,0,"5\n', "cut short"),
        ("ID,TIME,AMT\n1,0,\x00\n", "NUL"),
        ("\n\n", "a header"),
    ],
)
def test_broken_tables(text, says):
    with pytest.raises(InvalidInput, match=says):
        read_events(text)


def test_unreadable_files(tmp_path):
    bad = tmp_path / "latin.csv"
    bad.write_bytes(b"ID,TIME,AMT\n1,0,\xff\n")
    for path in (bad, tmp_path / "none.csv", tmp_path):
        with pytest.raises(InvalidInput, match="events: got"):
            read_events(path)


def test_header_alone_is_no_events():
    assert read_events("ID,TIME,AMT\n") == ()


def test_doses_to_events_by_hand():
    dose = Dose(2, 21.5, "magnesium", 243.05, "citrate", True)
    (row,) = events_of_doses([dose])
    amount = row.AMT
    assert amount == pytest.approx(10.0)
    assert row == EventRow(1, 69.5, amount, 1, "gut", FORM="citrate", FOOD=True)
    (other,) = events_of_doses([Dose(0, 22.0, "melatonin", 0.5, None, False)], person=7)
    assert other == EventRow(7, 22.0, 0.5, 1, "melatonin_gut")


@given(
    st.lists(
        st.builds(
            Dose,
            st.integers(0, 365),
            st.sampled_from([0.0, 7.5, 21.75]),
            st.sampled_from(SUBSTANCES),
            st.floats(0.1, 2000),
            st.none(),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_doses_round_trip(doses):
    back = doses_of_events(read_events(write_events(events_of_doses(doses))))
    assert sorted(d[:3] for d in back) == sorted(d[:3] for d in doses)
    assert sorted(d[3] for d in back) == pytest.approx(sorted(d[3] for d in doses), rel=1e-12)


def test_what_no_regimen_says():
    for row in (EventRow(1, 0, 5, CMT="plasma"), EventRow(1, 0, 5, RATE=1.0)):
        with pytest.raises(InvalidInput, match="swallowed at once"):
            doses_of_events([row])
    with pytest.raises(InvalidInput, match="one person"):
        doses_of_events([EventRow(1, 0, 5), EventRow(2, 0, 5)])
    with pytest.raises(InvalidInput, match="substance"):
        events_of_doses([Dose(0, 1.0, "lead", 1.0, None, False)])
    assert len(doses_of_events([EventRow(1, 0, 5, II=24, ADDL=2), EventRow(1, 1, EVID=0)])) == 3
