"""Figures laid out for a phone: no wider than it, with the same marks, words and numbers."""

import copy
import json
import re

import altair as alt
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from somnesium.questions.evidence.evidence import evidence
from somnesium.surfaces.figures.charts import styled
from somnesium.surfaces.figures.evidence import forest, funnel
from somnesium.surfaces.web.drawings import svg
from somnesium.surfaces.web.narrow import PLOT, narrow

PHONE = 360


@pytest.fixture(scope="module")
def pooled():
    """Every endpoint of the packaged trials that could be pooled."""
    answer = evidence()
    return [one for one in answer.endpoints if one.synthesis is not None], answer.model_version


def size(spec):
    """Width and height of a drawing, pixels."""
    text = vl_convert.vegalite_to_svg(spec)
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', text)
    return int(found.group(1)), int(found.group(2)), text


def words(text):
    """Every word written in a drawing, in no order."""
    return sorted(" ".join(re.findall(r">([^<]+)<", text)).split())


def two_panels():
    rows = [{"x": k, "y": k * k, "w": w} for w in ("with", "without") for k in range(5)]
    one = alt.Chart(alt.Data(values=rows)).mark_line().encode(x="x:Q", y="y:Q", color="w:N")
    sides = alt.hconcat(one.properties(width=300, title="left"), one.properties(width=300))
    area = one.encode(color=alt.Color("w:N", legend=alt.Legend(orient="right")))
    whole = alt.vconcat(sides, area.properties(width=600)).resolve_scale(color="independent")
    title = "A title that is much too long to stand in one line on the screen of a phone"
    return styled(whole, title, "a subtitle of many words that goes on and on and on", "foot", 640)


def test_every_forest_and_funnel_fits_a_phone_and_says_the_same(pooled):
    found, version = pooled
    assert len(found) > 5
    for one in found:
        for draw in (forest, funnel):
            wide = draw(one.synthesis, version, one.meaning, one.unit).to_dict(validate=False)
            before = copy.deepcopy(wide)
            width, _, text = size(narrow(wide))
            assert wide == before
            assert width <= PHONE, (one.meaning, draw.__name__)
            shown, asked = set(words(text)), set(words(size(wide)[2]))
            names = {one.study for one in one.synthesis.studies} if draw is forest else set()
            assert {word for name in names for word in name.split()} & asked <= shown


def test_panels_stand_below_one_another_and_keep_their_own_colours():
    wide = two_panels().to_dict(validate=False)
    found = narrow(wide)
    assert [one.get("width") for one in found["vconcat"]] == [PLOT, PLOT, PLOT, PLOT]
    assert found["resolve"] == {"scale": {"color": "independent"}}
    assert "hconcat" not in json.dumps(found)
    width, height, text = size(found)
    assert width <= PHONE < size(wide)[0]
    assert height > size(wide)[1]
    assert text.count('aria-roledescription="line mark container"') == 6
    assert words(text).count("title") == 1
    assert {"A", "phone", "subtitle", "foot", "without"} <= set(words(text))


@given(
    st.lists(
        st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12),
        min_size=1,
        max_size=30,
    )
)
def test_a_title_of_any_words_keeps_them_in_their_order(spoken):
    found = narrow({"mark": "point", "title": {"text": " ".join(spoken), "fontSize": 17}})
    lines = found["title"]["text"]
    assert " ".join(lines).split() == " ".join(spoken).split()
    assert max(map(len, lines)) <= 33


def test_a_drawing_for_both_screens_holds_each_once_and_names_differ():
    both = svg(two_panels(), "pair", "A <title>")
    assert re.findall(r'class="marks ([\w -]+)"', both) == ["wide on-wide", "narrow on-narrow"]
    assert both.count('aria-label="A &lt;title&gt;"') == 2
    ids = re.findall(r'\bid="([^"]+)"', both)
    assert len(ids) == len(set(ids))
    assert svg(two_panels(), "pair", "t", "narrow").count("<svg") == 1
