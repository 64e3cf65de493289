"""Are the claims of the two founding articles true? Engine, trials, and a computed verdict each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from pydantic import Field

from somnesium import say
from somnesium.answers.claims import crowd, eating, gummies, harm, living, mechanism, taking
from somnesium.answers.claims.claim import (
    Article,
    Claim,
    ClaimFacts,
    Fact,
    Picture,
    VerdictWord,
    claims,
)
from somnesium.answers.claims.verdicts import filled_in, verdict_of
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Whole, read_document
from somnesium.questions.forecast.answer import Answer, cited
from somnesium.questions.version import model_version
from somnesium.sources import packaged_text

KEPT = "claims_answered.json"
"""The packaged answers to all claims, written by `python -m docs.generate --measured`."""

Report = Callable[[int, int, str], None]
"""Told how many claims are answered, of how many, and which comes next ("" at the end)."""

_MOST_SEED = 2**32 - 1


class ClaimAnswer(Document):
    """One claim: what the engine gives, what trials give, and the verdict that follows.

    `because` says why, `rule` how the verdict is computed; the facts behind every sentence are in
    `engine_facts` and `trial_facts`. `command` gives all of it again.
    """

    key: str
    articles: tuple[Article, ...]
    claim: str
    verdict: VerdictWord
    because: str
    engine: str
    trial: str
    shown_true_by: str
    rule: str
    engine_facts: tuple[Fact, ...]
    trial_facts: tuple[Fact, ...]
    picture_title: str
    picture: Picture
    pages: tuple[str, ...]
    sources: tuple[str, ...]
    command: str


class ClaimsAnswer(Answer):
    """The claims asked about, in order, and how many have each verdict."""

    seed: Whole
    claims: tuple[ClaimAnswer, ...]
    verdicts: dict[VerdictWord, Whole] = Field(description="claims with each verdict")
    command: str


ANSWERS: Mapping[str, Callable[[int], ClaimFacts]] = MappingProxyType(
    {
        "C01": living.bad_sleepers,
        "C02": eating.without_any,
        "C03": eating.foods_named,
        "C04": eating.mixed_menu,
        "C05": eating.food_or_supplement,
        "C06": harm.reasons_to_ask,
        "C07": mechanism.heart_rate,
        "C08": mechanism.gaba,
        "C09": mechanism.melatonin,
        "C10": mechanism.stress,
        "C11": mechanism.part_of_magnesium,
        "C12": taking.forms,
        "C13": taking.doses_compared,
        "C14": eating.advised_roughly,
        "C15": harm.stomach,
        "C16": taking.clock_times,
        "C17": living.signs,
        "C18": living.noticing,
        "C19": mechanism.tone_over_a_day,
        "C20": mechanism.habits_or_magnesium,
        "C21": harm.diabetes,
        "C22": harm.kidneys_keep,
        "C23": living.risks,
        "C24": living.poor_diet,
        "C25": crowd.lack_by_definition,
        "C26": eating.advised_by_age,
        "C27": taking.large_dose,
        "C28": harm.stool,
        "C29": harm.too_much,
        "C30": crowd.normal_but_short,
        "C31": gummies.gummies,
        "C32": living.lessons,
    }
)
"""How each claim is answered, from a seed of the random numbers."""


def _answer(claim: Claim, seed: int) -> ClaimAnswer:
    """A claim with its verdict, from what the engine and trials give."""
    engine, trials, points = ANSWERS[claim.key](seed)
    facts = (*engine, *trials)
    case = verdict_of(claim, facts)
    keys = [key for fact in facts for key in fact.sources]
    return ClaimAnswer(
        key=claim.key,
        articles=claim.articles,
        claim=claim.claim,
        verdict=case.verdict,
        because=filled_in(case.because, facts),
        engine=filled_in(claim.engine, facts),
        trial=filled_in(claim.trial, facts),
        shown_true_by=claim.shown_true_by,
        rule=claim.rule,
        engine_facts=engine,
        trial_facts=trials,
        picture_title=claim.picture,
        picture=claim.axes.model_copy(update={"points": points}),
        pages=claim.pages,
        sources=tuple(dict.fromkeys((*claim.sources, *keys))),
        command=f"somnesium claims {claim.key} --seed {seed}",
    )


def _chosen(keys: Sequence[str]) -> tuple[str, ...]:
    """The claims named by number, in order, or all of them."""
    for key in keys:
        if key.upper() not in claims():
            raise InvalidInput.field("claim", key, "C01 to C32")
    return tuple(dict.fromkeys(key.upper() for key in keys)) or tuple(claims())


def answer_claims(
    keys: Sequence[str] = (), seed: int = 1, report: Report = lambda _done, _of, _key: None
) -> ClaimsAnswer:
    """Answer claims by number (`C16`), all of them if none is named.

    The same seed gives the same numbers. Raises `InvalidInput`.
    """
    if not 0 <= seed <= _MOST_SEED:
        raise InvalidInput.field(
            "seed", seed, f"0 to {say.count(_MOST_SEED)}", "choose a number between"
        )
    chosen, answers = _chosen(keys), []
    for done, key in enumerate(chosen):
        report(done, len(chosen), key)
        answers.append(_answer(claims()[key], seed))
    report(len(chosen), len(chosen), "")
    named = " ".join(chosen) if keys else ""
    return ClaimsAnswer(
        cautions=(),
        sources=cited(key for answer in answers for key in answer.sources),
        model_version=model_version(),
        seed=seed,
        claims=tuple(answers),
        verdicts=dict(Counter(answer.verdict for answer in answers)),
        command=" ".join(f"somnesium claims {named} --seed {seed}".split()),
    )


def kept_claims() -> ClaimsAnswer:
    """All claims as they were answered when this version was made; `model_version` says by which.

    Nothing is simulated: `answer_claims(seed=kept_claims().seed)` gives the same again.
    """
    return read_document(packaged_text(KEPT), ClaimsAnswer)
