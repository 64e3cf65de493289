"""The errors a person can meet, each with an exit code and an HTTP status.

::

    SomnesiumError                 something we can explain
    ├── InvalidInput               exit 2, status 422: a value, document or file is wrong
    ├── UnsafePlan                 exit 3, status 409: the plan is refused; the answer says why
    ├── NotConverged               exit 4, status 500: the body left the range it is defined on
    └── MissingPart                exit 5, status 501: an optional package is not installed

Every message names the field, the value given, what is allowed, and what to do next.
Science raises them; only surfaces catch them.
"""

from importlib import import_module
from types import ModuleType


class SomnesiumError(Exception):
    """Something went wrong that we can explain; `exit_code` and `http_status` say how to report."""

    exit_code = 1
    http_status = 500


class InvalidInput(SomnesiumError):
    """A value, document or file is wrong. Build the message with `InvalidInput.field`."""

    exit_code = 2
    http_status = 422

    @classmethod
    def field(cls, field: str, given: object, allowed: str, fix: str = "") -> "InvalidInput":
        """One line: field, value given, what is allowed, what to do."""
        shown = repr(given)
        if len(shown) > 60:
            shown = shown[:57] + "..."
        line = f"{field}: got {shown}; allowed: {allowed}"
        return cls(" ".join((line + (f"; {fix}" if fix else "")).split()))


class UnsafePlan(SomnesiumError):
    """The plan is refused for safety. `refusals` holds the reasons."""

    exit_code = 3
    http_status = 409

    def __init__(self, refusals: tuple[str, ...]) -> None:
        """Keep the reasons; the message joins them."""
        self.refusals = refusals
        super().__init__("refused for safety: " + " | ".join(refusals))


class NotConverged(SomnesiumError):
    """A state left the range on which the body is defined. The message says which and when."""

    exit_code = 4
    http_status = 500


class MissingPart(SomnesiumError):
    """An optional package is not installed. The message says which extra brings it."""

    exit_code = 5
    http_status = 501

    @classmethod
    def load(cls, module: str, extra: str, need: str) -> ModuleType:
        """An optional module, imported; or raise, saying the `need` and the `extra` that meets it.

        `need` is such as "SBML needs python-libsbml".
        """
        try:
            return import_module(module)
        except ImportError:
            raise cls(f"{need}: pip install 'somnesium[{extra}]'") from None
