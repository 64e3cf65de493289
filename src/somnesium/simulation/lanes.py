"""Tuples of numbers in the columns of an array: how a body sits in the lanes of the engine.

An array of shape (leaves, persons) holds one NamedTuple per column, its leaves in declaration
order. `gather` and `scatter` move one column in and out in compiled code, so that no equation and
no caller ever writes a numeric index; `advance` adds h times a derivative to a state.
"""

from typing import Any, TypeVar, get_type_hints

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from somnesium.maths import FASTMATH

Kind = TypeVar("Kind", bound=tuple)

__all__ = [
    "TILE",
    "advance",
    "column",
    "gather",
    "leaf_index",
    "leaf_names",
    "pack",
    "scatter",
    "template",
]


def leaf_names(kind: type, prefix: str = "") -> tuple[str, ...]:
    """Dotted names of the leaves of a NamedTuple class, in order: `stores.plasma`, …"""
    names: list[str] = []
    hints = get_type_hints(kind)
    for field in kind._fields:  # type: ignore[attr-defined]
        hint = hints[field]
        if isinstance(hint, type) and issubclass(hint, tuple):
            names.extend(leaf_names(hint, f"{prefix}{field}."))
        else:
            names.append(prefix + field)
    return tuple(names)


def leaf_index(kind: type, name: str) -> int:
    """Row of one leaf, by its dotted name."""
    return leaf_names(kind).index(name)


def _flatten(value: Any, out: list[float]) -> list[float]:
    for item in value:
        if isinstance(item, tuple):
            _flatten(item, out)
        else:
            out.append(float(item))
    return out


def pack(values: list[Any], kind: type) -> np.ndarray:
    """One column per NamedTuple in `values`: float64 array (leaves, len(values))."""
    array = np.empty((len(leaf_names(kind)), len(values)))
    for k, value in enumerate(values):
        array[:, k] = _flatten(value, [])
    return array


def column(array: np.ndarray, kind: type[Kind], k: int) -> Kind:
    """The NamedTuple in column `k`."""
    numbers = iter(array[:, k])

    def build(of: type) -> Any:
        hints = get_type_hints(of)
        parts = {}
        for field in of._fields:  # type: ignore[attr-defined]
            hint = hints[field]
            nested = isinstance(hint, type) and issubclass(hint, tuple)
            parts[field] = build(hint) if nested else float(next(numbers))
        return of(**parts)

    return build(kind)


def template(kind: type[Kind]) -> Kind:
    """A NamedTuple of zeros, for its type."""
    return column(np.zeros((len(leaf_names(kind)), 1)), kind, 0)


TILE = 16
"""Persons in a tile: two 512-bit vectors of float64."""

_FLAGS = tuple(sorted(FASTMATH))


def _is_tuple(of: Any) -> bool:
    """Whether a compiled type is a tuple of parts."""
    return isinstance(of, types.BaseTuple)


def _address(builder, array, dimensions, row: int, lane):
    """Pointer to element (row, lane) of a C-contiguous array.

    A one-dimensional array is a tile: its width is the constant `TILE`. Only with that constant
    can the compiler prove rows apart and fill the vector units.
    """
    row_value = ir.Constant(ir.IntType(64), row)
    if dimensions == 1:
        start = ir.Constant(ir.IntType(64), row * TILE)
    else:
        start = builder.mul(row_value, cgutils.unpack_tuple(builder, array.shape)[1])
    return builder.gep(array.data, [builder.add(start, lane)], inbounds=True)


def _gather(_context, like, array, lane):
    """The NamedTuple (of the type of `like`) in column `lane` of `array`."""

    def build(context, builder, signature, args):
        kind, array_type, _ = signature.args
        source = context.make_array(array_type)(context, builder, args[1])
        row = 0

        def read(of: Any):
            nonlocal row
            if _is_tuple(of):
                return context.make_tuple(builder, of, [read(part) for part in of])
            value = builder.load(_address(builder, source, array_type.ndim, row, args[2]))
            row += 1
            return context.cast(builder, value, array_type.dtype, of)

        return read(kind)

    return like(like, array, lane), build


def _scatter(_context, value, array, lane):
    """Write a NamedTuple into column `lane` of `array`."""

    def build(context, builder, signature, args):
        kind, array_type, _ = signature.args
        target = context.make_array(array_type)(context, builder, args[1])
        row = 0

        def write(of: Any, item) -> None:
            nonlocal row
            if _is_tuple(of):
                for k, part in enumerate(of):
                    write(part, builder.extract_value(item, k))
                return
            number = context.cast(builder, item, of, array_type.dtype)
            builder.store(number, _address(builder, target, array_type.ndim, row, args[2]))
            row += 1

        write(kind, args[0])
        return context.get_dummy_value()

    return types.none(value, array, lane), build


def _advance(_context, state, step, derivative):
    """`state` + `step` · `derivative`, leaf by leaf, of one NamedTuple type."""

    def build(context, builder, signature, args):
        kind, step_type, _ = signature.args
        step_value = context.cast(builder, args[1], step_type, types.float64)

        def add(of: Any, x, d):
            if _is_tuple(of):
                parts = [
                    add(part, builder.extract_value(x, k), builder.extract_value(d, k))
                    for k, part in enumerate(of)
                ]
                return context.make_tuple(builder, of, parts)
            return builder.fadd(x, builder.fmul(step_value, d, flags=_FLAGS), flags=_FLAGS)

        return add(kind, args[0], args[2])

    return state(state, step, derivative), build


gather: Any = intrinsic(_gather)
scatter: Any = intrinsic(_scatter)
advance: Any = intrinsic(_advance)
