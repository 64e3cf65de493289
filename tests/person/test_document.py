import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from somnesium.errors import InvalidInput
from somnesium.person.document import (
    MAX_BYTES,
    Document,
    Flag,
    Number,
    Whole,
    near_miss,
    read_document,
    refuse_as,
)


class Part(Document):
    """A part."""

    amount: Number = Field(ge=0, le=10, description="amount in mg")
    kind: str = "plain"


class Box(Document):
    """A document of parts."""

    parts: tuple[Part, ...] = Field(min_length=1)
    count: Whole = 1
    open: Flag = False


GOOD = {"parts": [{"amount": 1.5}], "count": 2}


def message(source, model=Box) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_document(source, model)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.__cause__ is None
    return line


@pytest.mark.parametrize("suffix", [".toml", ".json", ".txt"])
def test_a_file_and_its_text_read_the_same(tmp_path, suffix):
    texts = {".toml": "count = 2\n[[parts]]\namount = 1.5\n", ".json": json.dumps(GOOD)}
    text = texts.get(suffix, texts[".toml"])
    path = tmp_path / f"document{suffix}"
    path.write_text(text, encoding="utf-8")
    expected = Box(**GOOD)
    for source in (path, str(path), text, text.encode(), GOOD, expected):
        assert read_document(source, Box) == expected


def test_sniffing_tells_toml_from_json_and_bears_a_byte_order_mark():
    expected = Box(**GOOD)
    assert read_document("[[parts]]\namount = 1.5\n", Box).count == 1
    assert read_document(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), Box) == expected
    assert read_document("# note\ncount = 2\n[[parts]]\namount = 1.5", Box) == expected


def test_a_document_is_frozen_and_pickles():
    document = Box(**GOOD)
    with pytest.raises(Exception, match="frozen"):
        document.count = 3  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(document)) == document


def test_building_in_python_raises_the_same_line_as_a_file():
    bad = {"parts": [{"amount": -1.0}]}
    with pytest.raises(InvalidInput) as caught:
        Box(**bad)
    assert str(caught.value) == message(bad) == message(json.dumps(bad))
    assert str(caught.value) == (
        "parts[0].amount: got -1.0; allowed: a number from 0 to 10 (amount in mg)"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            {**GOOD, "cuont": 1},
            ['cuont: unknown field; allowed: parts, count, open; did you mean "count"?'],
        ),
        ({**GOOD, "zzzzz": 1}, ["zzzzz: unknown field", "remove it"]),
        ({**GOOD, "a\nb": 1}, ["unknown field"]),
        ({"parts": [{"amout": 1}]}, ["parts[0].amout: unknown", '"amount"?', "(and 1 more error)"]),
        ({"parts": [{}]}, ["parts[0].amount: missing; allowed: a number from 0 to 10"]),
        ({}, ["parts: missing; allowed: a list of 1 or more, each: Part"]),
        ({"parts": []}, ["parts: got []; allowed: a list of 1 or more"]),
        ({"parts": [{"amount": float("nan")}]}, ["got nan", "NaN and infinity are not numbers"]),
        ({"parts": [{"amount": float("inf")}]}, ["got inf"]),
        ('{"parts": [{"amount": NaN}]}', ["got nan"]),
        ("[[parts]]\namount = inf", ["got inf"]),
        ({"parts": [{"amount": 10**500}]}, ["parts[0].amount", "a number from 0 to 10"]),
        ("[[parts]]\namount = 0x" + "f" * 5000, ["bits"]),
        ({"parts": [{"amount": "1"}]}, ["got '1'"]),
        ({"parts": [{"amount": True}]}, ["got True"]),
        ({"parts": [{"amount": 1}], "count": 1.5}, ["count: got 1.5; allowed: a whole number"]),
        ({"parts": [{"amount": 1}], "open": 1}, ["open: got 1; allowed: true or false"]),
        ({"parts": "text"}, ["parts: got 'text'; allowed: a list"]),
        ({"parts": [3]}, ["parts[0]: got 3; allowed: a table with amount, kind"]),
        (
            {"parts": [{"amount": -1}, {"amount": 99}, {"amount": 77}]},
            ["got -1", "(and 2 more errors)"],
        ),
        ("", ["document: empty"]),
        (b"  \n", ["document: empty"]),
        (b"\xff\xfea", ["not UTF-8 text (byte 0)", "save the file as UTF-8"]),
        ("count = 2\n[[parts]]\namou", ["not readable as TOML", "cut off"]),
        ('{"parts": [{"amount": 1', ["not readable as JSON", "cut off"]),
        ('{"count": 1, "count": 2}', ["field count is given twice"]),
        ("[1, 2]", ["not a table"]),
        ('{"a":' * 100_000, ["nested too deeply"]),
        ("a = " + "[" * 100_000, ["nested too deeply"]),
        ('{"count": ' + "9" * 5000 + "}", ["not readable as JSON"]),
        (b"#" * (MAX_BYTES + 1), ["too large; allowed: at most 5 MB"]),
        (3, ["a path, a text or a table"]),
        ("no\0thing", ["a readable .toml or .json file"]),
        ("nowhere/at-all.toml", ["no such file"]),
    ],
)
def test_every_failure_is_one_line_that_says_what_to_do(source, words):
    line = message(source)
    for word in words:
        assert word in line
    assert len(line) < 2000


def test_files_that_are_no_documents(tmp_path):
    assert "this is a folder" in message(tmp_path)
    big = tmp_path / "big.json"
    big.write_bytes(b" " * (MAX_BYTES + 1))
    assert "too large" in message(big)
    assert "big.json" in message(tmp_path / "bgi.json")
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "Zoë"'.encode("latin-1"))
    assert ": not UTF-8" in message(latin)


def test_near_miss_needs_to_be_near():
    assert near_miss("sleep apnea", ["sleep_apnoea", "addison"]) == 'did you mean "sleep_apnoea"?'
    assert near_miss("restless legs", ["restless_legs"]) == 'did you mean "restless_legs"?'
    assert near_miss("xyz", ["sleep_apnoea"]) == ""


def test_an_inner_error_can_be_carried_with_another_field():
    inner = InvalidInput.field("portion of milk", "jug", "cup")
    assert refuse_as(inner, "portion").message() == "portion: got 'jug'; allowed: cup"
    assert refuse_as(inner).message() == str(inner)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t + "\n"))
def test_arbitrary_bytes_never_escape_as_another_error(source):
    with pytest.raises(InvalidInput):
        read_document(source, Box)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(["parts", "count", "open", "x"]), json_values))
def test_arbitrary_tables_never_escape_as_another_error(table):
    line = ""
    try:
        read_document(table, Box)
    except InvalidInput as error:
        line = str(error)
    assert "\n" not in line
