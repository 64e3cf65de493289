"""Summaries put together: what is shared, what is read, what is refused."""

import json

import pytest

from reading import grade
from somnesium.errors import InvalidInput
from somnesium.questions.experiment.analyse import analyse
from somnesium.questions.experiment.pooling import TrialSummary, pool, read_summaries, summary_of
from somnesium.questions.experiment.table import example_ran


def test_a_summary_shares_the_effect_and_nothing_that_names_anybody():
    answer = analyse(example_ran())
    shared = summary_of(answer)
    alone = answer.beliefs[0]
    assert shared.effect == alone.mean
    assert shared.error == pytest.approx((alone.interval95[1] - alone.interval95[0]) / 3.92, 1e-3)
    told = shared.model_dump_json()
    assert answer.name not in told
    assert "2026" not in told


def test_files_of_all_kinds_are_put_together(tmp_path):
    one = TrialSummary(measure="latency", effect=-10.0, error=3.0, blinding="capsules")
    (tmp_path / "a.json").write_text(one.model_dump_json())
    (tmp_path / "b.json").write_text(json.dumps([json.loads(one.model_dump_json())] * 2))
    table = "measure,effect,error,nights\nlatency,-4,2.5,50\nlatency,0,5,\n"
    (tmp_path / "c.csv").write_text(table)
    answer = pool(read_summaries(tmp_path / name for name in ("a.json", "b.json", "c.csv")))
    assert (answer.people, answer.open_label) == (5, 2)
    assert -10 < answer.mean < 0
    low, high = answer.prediction95
    assert low < answer.interval95[0] < answer.mean < answer.interval95[1] < high
    assert answer.better > 0.5  # less time to fall asleep is better
    assert abs(answer.persons[4].mean - answer.mean) < abs(0 - answer.mean)
    assert grade(" ".join(answer.summary)) <= 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"measure": "latency", "effect": 1.0, "error": 0.0}]', "error"),
        ('[{"measure": "latency", "effect": 1.0, "error": 1.0, "name": "Anna"}]', "name"),
        ('[{"measure": "latency", "effect": 1.0, "error": 1.0}]', "two persons"),
        ("[1, 2]", "one summary, or a list"),
        ("{", "readable JSON"),
        ("measure,effect,error\nlatency,much,1\n", "table of numbers"),
        ("measure,effect,error\nlatency,1,1\nduration,1,1\n", "one measure"),
    ],
)
def test_what_is_no_summary_is_named(tmp_path, text, said):
    file = tmp_path / "told"
    file.write_text(text)
    with pytest.raises(InvalidInput, match=said):
        pool(read_summaries([file]))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"no\.csv"):
        read_summaries([tmp_path / "no.csv"])
