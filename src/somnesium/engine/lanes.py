# pyright: basic
"""Tuples of numbers in the columns of an array: how a body sits in the lanes of the engine.

An array of shape (leaves, persons) holds one NamedTuple per column, its leaves in declaration
order. `gather` and `scatter` move one column in and out in compiled code, so that no equation and
no caller ever writes a numeric index; `advance` adds h times a derivative to a state.
"""

from functools import cache
from typing import Any, TypeVar, get_type_hints

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.target_extension import GPU, get_local_target
from numba.extending import intrinsic, overload

from somnesium.maths import COMPILE, FASTMATH

Kind = TypeVar("Kind", bound=tuple)


@cache
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


_FLAGS = tuple(sorted(FASTMATH))


def _is_tuple(of: Any) -> bool:
    """Whether a compiled type is a tuple of parts."""
    return isinstance(of, types.BaseTuple)


def _like(of: Any, dtype: Any) -> Any:
    """A tuple type with every leaf of one number type."""
    if not _is_tuple(of):
        return dtype
    return types.BaseTuple.from_types([_like(part, dtype) for part in of], of.instance_class)


def _lanes(tile: Any) -> int:
    """Lanes of a tile on a processor: one vector of 512 bits."""
    return 16 if tile.dtype == types.float32 else 8


def _width(typing: Any, tile: Any) -> int:
    """Lanes of a tile: one on a GPU."""
    return 1 if issubclass(get_local_target(typing), GPU) else _lanes(tile)


def _columns(context, builder, of, value, wide: int):
    """Pointer to the numbers of an array or tile, and the distance between its rows."""
    if isinstance(of, types.CPointer):
        return value, ir.Constant(ir.IntType(64), wide)
    array = context.make_array(of)(context, builder, value)
    return array.data, cgutils.unpack_tuple(builder, array.shape)[1]


def _at(builder, columns, first, row: int, lane):
    """Pointer to element (first + row, lane).

    The width of a tile is a constant: only so can the compiler prove rows apart and fill the
    vector units.
    """
    data, stride = columns
    start = builder.mul(builder.add(first, ir.Constant(ir.IntType(64), row)), stride)
    return builder.gep(data, [builder.add(start, lane)], inbounds=True)


def _gather(typing, like, array, first, lane):
    """The NamedTuple (of the shape of `like`) in column `lane` of `array`, from row `first` on."""
    kind = _like(like, array.dtype)
    wide = _width(typing, array)

    def build(context, builder, signature, args):
        columns = _columns(context, builder, signature.args[1], args[1], wide)
        row = 0

        def read(of: Any):
            nonlocal row
            if _is_tuple(of):
                return context.make_tuple(builder, of, [read(part) for part in of])
            value = builder.load(_at(builder, columns, args[2], row, args[3]))
            row += 1
            return value

        return read(kind)

    return kind(like, array, types.int64, types.int64), build


def _scatter(typing, value, array, first, lane):
    """Write a NamedTuple into column `lane` of `array`, from row `first` on."""
    wide = _width(typing, array)

    def build(context, builder, signature, args):
        kind, of_array = signature.args[:2]
        columns = _columns(context, builder, of_array, args[1], wide)
        row = 0

        def write(of: Any, item) -> None:
            nonlocal row
            if _is_tuple(of):
                for k, part in enumerate(of):
                    write(part, builder.extract_value(item, k))
                return
            number = context.cast(builder, item, of, of_array.dtype)
            builder.store(number, _at(builder, columns, args[2], row, args[3]))
            row += 1

        write(kind, args[0])
        return context.get_dummy_value()

    return types.none(value, array, types.int64, types.int64), build


def _put(typing, value, array, start, stride):
    """Write a NamedTuple to elements start, start + stride, … of a pointer."""

    def build(context, builder, signature, args):
        kind, of_array = signature.args[:2]
        at = args[2]

        def write(of: Any, item) -> None:
            nonlocal at
            if _is_tuple(of):
                for k, part in enumerate(of):
                    write(part, builder.extract_value(item, k))
                return
            number = context.cast(builder, item, of, of_array.dtype)
            builder.store(number, builder.gep(args[1], [at], inbounds=True))
            at = builder.add(at, args[3])

        write(kind, args[0])
        return context.get_dummy_value()

    return types.none(value, array, types.int64, types.int64), build


def _advance(typing, state, step, derivative):
    """`state` + `step` · `derivative`, leaf by leaf, of one NamedTuple type."""

    def build(context, builder, signature, args):
        kind = signature.args[0]

        def add(of: Any, x, d):
            if _is_tuple(of):
                parts = [
                    add(part, builder.extract_value(x, k), builder.extract_value(d, k))
                    for k, part in enumerate(of)
                ]
                return context.make_tuple(builder, of, parts)
            return builder.fadd(x, builder.fmul(args[1], d, flags=_FLAGS), flags=_FLAGS)

        return add(kind, args[0], args[2])

    return state(state, step, derivative), build


def _pointer(typing, array):
    """Where the numbers of an array lie: an array that is not counted, so costs nothing to pass.

    The array itself must stay alive: mention it after the last use of the pointer.
    """

    def build(context, builder, signature, args):
        return context.make_array(signature.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), build


def width(tile: np.ndarray) -> int:
    """Lanes of a tile; in plain Python one."""
    return 1


def gather(like, array, first, lane):
    """The NamedTuple (of the shape of `like`) in column `lane` of an array, from row `first` on.

    The array is two-dimensional, or a tile: a pointer, or in plain Python one-dimensional.
    """
    rows = array.reshape(-1, width(array)) if array.ndim == 1 else array
    return column(rows[first:], type(like), lane)


def scatter(value, array, first, lane):
    """Write a NamedTuple into column `lane` of such an array, from row `first` on."""
    rows = array.reshape(-1, width(array)) if array.ndim == 1 else array
    numbers = _flatten(value, [])
    rows[first : first + len(numbers), lane] = numbers


def put(value, array, start, stride):
    """Write a NamedTuple to elements start, start + stride, … of a pointer."""
    for k, number in enumerate(_flatten(value, [])):
        array[start + k * stride] = number


def advance(state, step, derivative):
    """`state` + `step` · `derivative`, leaf by leaf, of one NamedTuple type."""
    pairs = zip(state, derivative, strict=True)
    return type(state)(
        *(advance(x, step, d) if isinstance(x, tuple) else x + step * d for x, d in pairs)
    )


def pointer(array):
    """Where the numbers of an array lie: an array that is not counted, so costs nothing to pass.

    The array itself must stay alive: mention it after the last use of the pointer.
    """
    return array.reshape(-1)


@overload(width, target="cpu")
def _width_on_a_processor(tile):
    lanes = _lanes(tile)
    return lambda tile: lanes


@overload(width, target="cuda")
def _width_on_a_gpu(tile):
    return lambda tile: 1


_gather_in: Any = intrinsic(_gather)
_scatter_in: Any = intrinsic(_scatter)
_put_in: Any = intrinsic(_put)
_advance_in: Any = intrinsic(_advance)
_pointer_in: Any = intrinsic(_pointer)


@overload(gather, jit_options=COMPILE)
def _gather_of(like, array, first, lane):
    return lambda like, array, first, lane: _gather_in(like, array, first, lane)


@overload(scatter, jit_options=COMPILE)
def _scatter_of(value, array, first, lane):
    return lambda value, array, first, lane: _scatter_in(value, array, first, lane)


@overload(put, jit_options=COMPILE)
def _put_of(value, array, start, stride):
    return lambda value, array, start, stride: _put_in(value, array, start, stride)


@overload(advance, jit_options=COMPILE)
def _advance_of(state, step, derivative):
    return lambda state, step, derivative: _advance_in(state, step, derivative)


@overload(pointer, jit_options=COMPILE)
def _pointer_of(array):
    return lambda array: _pointer_in(array)
