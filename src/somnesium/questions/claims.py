"""Are the claims of the two founding articles true? Engine, trials, and a computed verdict each."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import Field

from somnesium import say
from somnesium.answers.claims import crowd, eating, gummies, harm, living, mechanism, taking
from somnesium.answers.claims.claim import Article, Claim, Fact, Found, Picture, VerdictWord, claims
from somnesium.answers.claims.lives import Ask
from somnesium.answers.claims.verdicts import said, verdict_of
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Whole, read_document
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite, packaged_text

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


def _answers() -> Mapping[str, Callable[[Ask], Found]]:
    """How each claim is answered."""
    found: dict[str, Callable[[Ask], Found]] = {}
    for part in (eating, mechanism, taking, gummies, harm, living, crowd):
        found.update(part.CLAIMS)
    return found


def answered(claim: Claim, found: Found, seed: int) -> ClaimAnswer:
    """A claim with its verdict, from what was found."""
    facts = (*found.engine, *found.trials)
    case = verdict_of(claim, facts)
    keys = [key for fact in facts for key in fact.sources]
    return ClaimAnswer(
        key=claim.key,
        articles=claim.articles,
        claim=claim.claim,
        verdict=case.verdict,
        because=said(case.because, facts),
        engine=said(claim.engine, facts),
        trial=said(claim.trial, facts),
        shown_true_by=claim.shown_true_by,
        rule=claim.rule,
        engine_facts=found.engine,
        trial_facts=found.trials,
        picture_title=claim.picture,
        picture=found.picture,
        pages=claim.pages,
        sources=tuple(dict.fromkeys((*claim.sources, *keys))),
        command=f"somnesium claims {claim.key} --seed {seed}",
    )


def _asked(keys: Sequence[str]) -> tuple[str, ...]:
    """The claims asked about by number, in order, or all of them."""
    known = claims()
    chosen = []
    for given in keys:
        key = given.upper()
        if key not in known:
            raise InvalidInput.field("claim", given, "C01 to C32")
        chosen.append(key)
    return tuple(dict.fromkeys(chosen)) or tuple(known)


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
    chosen, how, told = _asked(keys), _answers(), []
    for done, key in enumerate(chosen):
        report(done, len(chosen), key)
        told.append(answered(claims()[key], how[key](Ask(seed)), seed))
    report(len(chosen), len(chosen), "")
    counts: dict[VerdictWord, int] = {}
    for one in told:
        counts[one.verdict] = counts.get(one.verdict, 0) + 1
    sources = dict.fromkeys(key for one in told for key in one.sources)
    named = " ".join(chosen) if keys else ""
    return ClaimsAnswer(
        cautions=(),
        sources=tuple(Source(**cite(key)) for key in sources),
        model_version=model_version(),
        seed=seed,
        claims=tuple(told),
        verdicts=counts,
        command=" ".join(f"somnesium claims {named} --seed {seed}".split()),
    )


def kept_claims() -> ClaimsAnswer:
    """All claims as they were answered when this version was made; `model_version` says by which.

    Nothing is simulated: `answer_claims(seed=kept_claims().seed)` gives the same again.
    """
    return read_document(packaged_text(KEPT), ClaimsAnswer)
