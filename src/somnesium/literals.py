"""One source, two precisions: numbers written in an equation take the precision of its arguments.

A compiler reads `1.0` as float64, so one literal would lift a whole float32 formula to float64.
Where an equation is called with float32, it is compiled from a copy in which the numbers written
in it are float32; called with float64, from itself.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
from numba.core import types


def holds_float32(of: Any) -> bool:  # noqa: ANN401 - a compiler's type
    """Whether a type is, or holds, float32."""
    parts: Any = of if isinstance(of, types.BaseTuple) else ()
    return of == types.float32 or any(holds_float32(part) for part in parts)


def _narrow(value: Any) -> Any:  # noqa: ANN401
    return np.float32(value) if type(value) is float else value


def narrowed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy of a function in which every number written is float32."""
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r} is not a plain function")
    code = function.__code__
    made = FunctionType(
        code.replace(co_consts=tuple(map(_narrow, code.co_consts))),
        {name: _narrow(value) for name, value in function.__globals__.items()},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    made.__module__, made.__qualname__ = function.__module__, function.__qualname__
    return made
