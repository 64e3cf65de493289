"""Is this plan safe for this person? What the gate says, and times at which it could be taken."""

from somnesium.answers.safety.evaluate import SafetyAnswer
from somnesium.answers.safety.gate import judge
from somnesium.person.request import Request


def check(request: Request) -> SafetyAnswer:
    """Is this plan safe for this person? Refusals and cautions, with sources.

    Raises `InvalidInput`.
    """
    return judge(request).answer
