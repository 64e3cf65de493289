"""The pages of the claims, written from one run of `somnesium claims` by `docs/generate.py`."""

from pathlib import Path

from somnesium.answers.claims.crowd import crowd
from somnesium.questions.claims import KEPT, ClaimAnswer, ClaimsAnswer, answer_claims
from somnesium.sources import cite
from somnesium.surfaces.command.claims import fact_rows

_HEAD = (
    "<!-- Written by `python -m docs.generate --measured`: change the source, not this page. -->"
)
_ARTICLES = {"A": "Alaska Sleep Education Center", "B": "The Betterment Project"}
_INTRODUCTION = """\
Two articles made us build Somnesium: *The Role of Magnesium in Sleep Regulation and Relaxation* \
(A, Alaska Sleep Education Center) and *Magnesium For Sleep* (B, The Betterment Project). Together \
they say thirty-two things. Here each is told in our own words and answered three times: by the \
engine, by trials, and by a verdict.

A verdict is computed, never written by hand. Its rule stands in `data/claims.toml`, with its \
limits; what the engine and trials give goes in, and a word comes out: *supported*, *qualified* \
(true in part), *unsupported* (nothing shows it), *contradicted*, or *cannot tell*. Other numbers \
give other verdicts, and a new trial in the evidence table may change one.

`somnesium claims` gives the table below, and `somnesium claims C16 --seed 1` one claim with every \
number. Numbers of the engine are simulated, not measured, mostly in 640 women of 55 with mild \
insomnia on a diet low in magnesium (40 people under each of 16 draws of what we do not know), or \
in virtual adults of the United States. Two limits matter. The effects of magnesium in the model \
rest on few trials, so that the model agrees with them because it learnt from them. And virtual \
adults have {serum:.2f} mmol/L of magnesium in blood on average, against about 0.85 in surveys, so \
that a lack looks more common than it is (C17, C25, C30)."""


def _cell(text: str) -> str:
    return text.replace("|", "/")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(_cell, row)) + " |" for row in rows])


def claims_page(answer: ClaimsAnswer) -> str:
    """The page of all claims."""
    counts = ", ".join(f"{count} {word}" for word, count in sorted(answer.verdicts.items()))
    rows = [
        (
            f"[{one.key}](claims/{one.key}.md)",
            " ".join(one.articles),
            one.claim,
            f"**{one.verdict}**",
            one.because,
        )
        for one in answer.claims
    ]
    head = ("", "article", "claim", "verdict", "because")
    serum = crowd(answer.seed)["serum_magnesium_without"].mean()
    told = _INTRODUCTION.format(serum=serum)
    parts = [
        _HEAD,
        "# The claims of two articles",
        told,
        f"Of 32 claims: {counts}.",
        _table(head, rows),
        f"Model {answer.model_version}; again by `{answer.command}`.",
    ]
    return "\n\n".join(parts) + "\n"


def claim_page(one: ClaimAnswer, version: str) -> str:
    """The page of one claim: answers, rule, figure, every number, sources."""
    by = " and ".join(_ARTICLES[article] for article in one.articles)
    pages = ", ".join(
        f"[{page}](../{page.removeprefix('docs/')})" if "/" in page else f"`somnesium {page}`"
        for page in one.pages
    )
    head = ("number", "value", "interval", "which holds", "sources")
    facts = fact_rows((*one.engine_facts, *one.trial_facts))
    parts = [
        _HEAD,
        f"# {one.key}: {one.claim}",
        f"Said by: {by}.",
        f"**{one.verdict.capitalize()}.** {one.because}",
        f"![{one.picture_title}]({one.key}.svg)",
        f"**Engine.** {one.engine}",
        f"**Trials.** {one.trial}",
        f"**What would show it true.** {one.shown_true_by}",
        f"**Rule.** {one.rule}",
        "## Every number",
        _table(head, facts),
        f"Again: `{one.command}` (model {version}). See also {pages}.",
        "## Sources",
        "\n".join(_sources(one.sources)),
        "[All claims](../claims.md)",
    ]
    return "\n\n".join(parts) + "\n"


def _sources(keys: tuple[str, ...]) -> list[str]:
    """A line for every source."""
    lines = []
    for key in keys:
        entry = cite(key)
        doi = f" doi:{entry['doi']}" if entry["doi"] else ""
        note = f" ({entry['note'].replace('-', ' ')})" if entry["note"] else ""
        lines.append(f"- **{key}**: {entry['citation']}{doi}{note}")
    return lines


def write_claims(docs: Path) -> None:
    """Answer every claim; write `claims.md`, a page and a figure each, and the packaged answers."""
    import vl_convert

    from somnesium.surfaces.figures.claims import claim_chart

    answer, folder = answer_claims(), docs / "claims"
    kept = docs.parent / "src" / "somnesium" / "data" / KEPT
    kept.write_text(answer.model_dump_json(indent=1) + "\n", encoding="utf-8")
    folder.mkdir(exist_ok=True)
    (docs / "claims.md").write_text(claims_page(answer), encoding="utf-8")
    for one in answer.claims:
        page = claim_page(one, answer.model_version)
        (folder / f"{one.key}.md").write_text(page, encoding="utf-8")
        chart = claim_chart(one, answer.model_version)
        svg = vl_convert.vegalite_to_svg(chart.to_json())
        (folder / f"{one.key}.svg").write_text(svg, encoding="utf-8")
