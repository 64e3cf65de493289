"""The report says the same numbers as the command line, for every example, and text is text."""

import json

import pytest
from reported import EXAMPLES, answer_of, pdf_of, text_of, told

pytest.importorskip("typst")
pytest.importorskip("pypdf")


def signed(value, digits):
    text = f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")
    return "0" if not text.strip("+−0.") else text


def in_100(share):
    return "under 1" if share < 0.005 else "over 99" if share > 0.995 else f"{100 * share:.0f}"


def check_intake(text, found):
    low, high = found["total_interval90"]
    assert f"All of it {found['total_mg']:.0f} {low:.0f} to {high:.0f}" in text
    low, high = found["usual"]["interval90"]
    assert f"Usual intake* {found['usual']['mg']:.0f} {low:.0f} to {high:.0f}" in text
    parts = [f"{found[name]:.0f}" for name in ("food_mg", "water_mg", "supplement_mg")]
    assert "Food {}, water {}, supplements {} mg".format(*parts) in text
    asked = next(one for one in found["adequacy"] if one["authority"] == found["authority"])
    assert f"average requirement {asked['average_mg']:g} mg" in text


def check_risk(text, found):
    for one in found["status"]:
        for probability in (one["before"], one["probability"], one["on_plan"]):
            if probability is not None:
                low, high = map(in_100, probability["interval90"])
                assert f"{in_100(probability['mean'])} ({low} to {high})" in text
    low, high = found["serum"]["interval90"]
    assert f"{found['serum']['mean']:.2f} ({low:.2f} to {high:.2f}) mmol/L" in text
    for one in found["laboratory"]:
        assert f"{one['value']:.3g} {one['unit']}" in text


def check_safety(text, found):
    for one in (*found["refusals"], *found["cautions"]):
        assert f"rule {one['key']};" in text
        assert " ".join(one["clinician"].replace(">=", "≥").split())[:60] in text


def check_forecast(text, found):
    for name in ("duration", "latency", "awake_after_onset", "slow_wave", "isi"):
        one = found["effects"][name]
        digits = 1 if name == "isi" else 0
        low, high = (signed(value, digits) for value in one["interval90"])
        shown = (
            f"{one['without']:.{digits}f} {one['with_plan']:.{digits}f} "
            f"{signed(one['mean'], digits)} {low} to {high}"
        )
        assert shown in text
    for one in found["side_effects"]:
        assert one["text"] in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_page_and_command_line_tell_the_same(path, tmp_path):
    text, answer = text_of(pdf_of(path)), json.loads(answer_of(path).model_dump_json())
    checks = {"intake": check_intake, "risk": check_risk, "check": check_safety}
    if answer["forecast"] is not None:
        checks["forecast"] = check_forecast
    for command, check in checks.items():
        found = told(path, tmp_path / "document.json", command)
        assert answer[command] == found
        check(text, found)
    assert ("The rules refuse this plan" in text) == bool(answer["check"]["refusals"])
