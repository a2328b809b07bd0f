"""Sixty-four code points at a time, for kernels: which of them are in a range, as the bits of one number.

A loop that asks code point by code point guesses the end of every word wrong. Written against numba 0.68.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from streams.compiled import inlined

SPAN = 64
"""Code points of a mask; the lowest bit is the first."""
_CODE, _MASK = ir.IntType(32), ir.IntType(SPAN)
_CODES = ir.VectorType(_CODE, SPAN)
_in_line: Any = intrinsic  # whose types take the typing context for an argument of the caller


@inlined
def mask_of(
    codes: NDArray[np.uint32], at: int, first: np.uint32, count: np.uint32, also: np.uint32
) -> np.uint64:
    """Which of the SPAN code points from codes[at] on are, with the bits of `also` set, one of `count` from
    `first` on; behind the end none is."""
    if at + SPAN <= len(codes):
        return _in_span(codes, at, first, count, also)  # type: ignore[no-any-return]
    mask = np.uint64(0)
    for i in range(len(codes) - at):
        if (codes[at + i] | also) - first < count:
            mask |= np.uint64(1) << np.uint64(i)
    return mask


@_in_line
def lowest(_typing: Any, _mask: Any) -> Any:
    """The place of the lowest bit; SPAN where none is set."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.intp(types.uint64), code


@_in_line
def _in_span(_typing: Any, codes: Any, _at: Any, _first: Any, _count: Any, _also: Any) -> Any:
    """`mask_of` where the array, contiguous, reaches so far: nobody looks."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), _CODES.as_pointer())
        span = builder.load(place, align=4)
        first, count, also = (_in_all(builder, number) for number in arguments[2:])
        marks = builder.icmp_unsigned("<", builder.sub(builder.or_(span, also), first), count)
        return builder.bitcast(marks, _MASK)

    return types.uint64(codes, types.intp, types.uint32, types.uint32, types.uint32), code


def _in_all(builder: Any, number: Any) -> Any:
    anything = ir.Constant(_CODES, ir.Undefined)
    one = builder.insert_element(anything, number, ir.Constant(_CODE, 0))
    return builder.shuffle_vector(one, anything, ir.Constant(_CODES, [0] * SPAN))
