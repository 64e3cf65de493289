"""What safety has to say of a plan: cautions, and refusals, for a person and for a professional."""

from typing import Literal

from somnesium.person.document import Document, Number

Action = Literal["separate", "avoid", "monitor", "test", "ask"]
"""What a caution asks for; `ask` where it is not about a medicine."""


class Caution(Document):
    """Something to know before following the plan; `subject` is the medicine, if it is about one.

    `text` is for the person, `clinician` for a professional. The medicine is to be taken at
    least `hours_before` hours before, or `hours_after` hours after, the supplement; in the plan
    they are `hours_apart`, if the medicine's times are known.
    """

    key: str
    severity: Literal["caution"] = "caution"
    text: str
    clinician: str
    sources: tuple[str, ...]
    subject: str = ""
    action: Action = "ask"
    hours_before: Number | None = None
    hours_after: Number | None = None
    hours_apart: Number | None = None


class Refusal(Document):
    """Why the plan is refused; `subject` is the medicine, if it is about one."""

    key: str
    severity: Literal["refusal"] = "refusal"
    text: str
    clinician: str
    sources: tuple[str, ...]
    subject: str = ""
