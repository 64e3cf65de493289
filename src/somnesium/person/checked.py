"""A plan that the safety gate has let through: the only kind that is simulated or handed on.

Only `answers/safety/gate.py` makes one. It cannot be built, changed, or copied with a change, and
one that is sent to another process is checked there anew.
"""

from collections.abc import Callable
from typing import Generic, NoReturn, cast

from typing_extensions import TypeVar

from somnesium.person.cautions import Caution
from somnesium.person.medicines import Medicine
from somnesium.person.regimen import Regimen
from somnesium.person.request import Request
from somnesium.person.taken import Taken

R_co = TypeVar("R_co", bound=Request, default=Request, covariant=True)


class CheckedPlan(Generic[R_co]):
    """A person's request whose plan nothing refuses.

    `medicines` are those recognised in it, `taken` the doses of its regimen, `cautions` what must
    be said with every answer; `serum_high` is the serum magnesium [mmol/L] that one in twenty
    people like this one would exceed on it, None where the body did not have to be run.
    """

    __slots__ = ("__weakref__", "_gate", "cautions", "medicines", "request", "serum_high", "taken")

    request: R_co
    medicines: tuple[Medicine, ...]
    taken: Taken
    cautions: tuple[Caution, ...]
    serum_high: float | None
    _gate: object

    def __new__(cls) -> NoReturn:
        """Refuse: only the gate makes a checked plan."""
        raise TypeError("a checked plan is made by the safety gate: checked_plan(request)")

    def __init_subclass__(cls) -> None:
        """Refuse: nothing else passes for a checked plan."""
        raise TypeError("a checked plan has no subclasses")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a checked plan does not change."""
        raise AttributeError(f"{name}: a checked plan does not change; check another request")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: a checked plan does not change."""
        raise AttributeError(f"{name}: a checked plan does not change; check another request")

    def __copy__(self) -> "CheckedPlan[R_co]":
        """Itself: it never changes."""
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "CheckedPlan[R_co]":
        """Itself: it never changes."""
        return self

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Request]]:
        """Its request, to be checked again where it is unpickled."""
        return cast("Callable[..., object]", self._gate), (self.request,)

    @property
    def regimen(self) -> Regimen:
        """What is taken, as it was written."""
        return self.request.regimen


def let_through(
    gate: Callable[[R_co], CheckedPlan[R_co]],
    request: R_co,
    medicines: tuple[Medicine, ...],
    taken: Taken,
    cautions: tuple[Caution, ...],
    serum_high: float | None,
) -> CheckedPlan[R_co]:
    """Make a checked plan; a test holds that the safety gate alone calls this."""
    plan = cast("CheckedPlan[R_co]", object.__new__(CheckedPlan))
    fields = {"_gate": gate, "request": request, "medicines": medicines, "taken": taken}
    for name, value in (fields | {"cautions": cautions, "serum_high": serum_high}).items():
        object.__setattr__(plan, name, value)
    return plan
