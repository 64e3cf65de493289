"""Facts that the rules and sentences of a claim name."""

import re

_FACT = re.compile(r"([a-z0-9_]+)\.(?:value|low|high|least|most)")
_PLACE = re.compile(r"\{([a-z0-9_]+)(?:\.plain)?\}")


def facts_named(claim):
    """Keys of the facts that a claim's rule and sentences name."""
    cases = (*claim.cases, claim.otherwise)
    conditions = [condition for case in cases for condition in case.when]
    texts = (claim.engine, claim.trial, *(case.because for case in cases))
    named = [key for condition in conditions for key in _FACT.findall(condition)]
    return {*named, *(key for text in texts for key in _PLACE.findall(text))}
