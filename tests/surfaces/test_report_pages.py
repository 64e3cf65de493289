"""The PDF itself: two pages whatever is told, tagged, the same bytes, and never read as markup."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from long_document import ODD, URGENT, longest
from reported import EXAMPLES, answer_of, answered, pdf_of, reader, text_of

from somnesium.person.request import read_request
from somnesium.surfaces.paper.letters import clipped, printable
from somnesium.surfaces.paper.pdf import report_pdf

pytest.importorskip("typst")
pytest.importorskip("pypdf")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_two_tagged_pages(path):
    found = reader(pdf_of(path))
    assert len(found.pages) == 2
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en"
    assert "doctor or pharmacist" in found.metadata.title
    headings = [one.title for one in found.outline[1] if not isinstance(one, list)]
    assert headings[0] == "What is asked of you"
    assert "Sources" in headings
    assert "pdfuaid" in found.xmp_metadata.stream.get_data().decode()


def test_the_same_day_gives_the_same_bytes_and_only_embedded_fonts():
    path = EXAMPLES[0]
    again = report_pdf(answer_of(path))
    assert again == pdf_of(path)
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in reader(again).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all(name.startswith(("LibertinusSerif", "DejaVuSansMono")) for name in fonts)


@pytest.mark.parametrize(
    ("refused", "person"),
    [
        (True, {}),
        (False, {}),
        (
            True,
            {
                "conditions": ["heart_block", "myasthenia_gravis", "bowel_obstruction"],
                "symptoms": sorted(URGENT),
                "laboratory": {"urine_mmol_day": 30.0},
            },
        ),
    ],
    ids=["all at once", "not refused", "all that is urgent"],
)
def test_the_longest_document_has_two_pages_and_says_what_was_cut(refused, person):
    answer = answered(read_request(longest(refused, **person)))
    assert bool(answer.check.refusals) == refused
    content = report_pdf(answer)
    assert len(reader(content).pages) == 2
    text = text_of(content)
    assert "more in the app" in text
    for one in answer.asked:
        assert one.text[:50] in text
    stops = sum(one.kind in ("now", "refused") for one in answer.asked)
    for one in answer.asked[:stops]:
        assert all(f"rule {reason.rule};" in text for reason in one.reasons[:2])


def test_what_people_write_is_never_markup():
    path = EXAMPLES[0]
    answer = answer_of(path)
    person = answer.request.person.model_copy(update={"name": ODD})
    changed = answer.model_copy(
        update={"request": answer.request.model_copy(update={"person": person})}
    )
    text = text_of(report_pdf(changed))
    assert '#import "/etc/passwd" ] $x$ `a` <b> \\ *b* _i_ @k □' in text


def test_every_character_that_is_kept_can_be_set():
    kept = [chr(code) for code in range(0x20, 0x2600) if printable(f"a{chr(code)}a")[1:2] != "□"]
    letters = "".join(one for one in kept if len(printable(one)) == 1 and one != "□")
    assert len(letters) > 2000
    assert all(one in letters for one in "−≥≤µ×°²½–…äßЖΩשم→")
    parts = [letters[start : start + 55] for start in range(0, len(letters), 55)]
    answer = answer_of(EXAMPLES[0])
    for start in range(0, len(parts), 15):
        medicines = tuple(parts[start : start + 15])
        person = answer.request.person.model_copy(update={"medicines": medicines})
        told = answer.request.model_copy(update={"person": person})
        found = reader(report_pdf(answer.model_copy(update={"request": told})))
        assert "more in the app" not in found.pages[0].extract_text()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.text(max_size=80))
def test_any_text_becomes_one_line_of_known_characters(text):
    found = clipped(text, 30)
    assert len(found) <= 30
    assert found == printable(found)
    assert not any(unicodedata.category(one).startswith("C") for one in found)
