"""Many numbers at once, for kernels: what LLVM makes of a loop over so few costs more than the work, and a
loop that may end anywhere it leaves as it is.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from streams.compiled import inlined

LANES = 16  # rows that an ensemble judges at once
SPAN = 32  # code points or bytes that are looked through at once

# A float16's bits, moved, are a float32 that is 2**112 times smaller: 127 - 15, the zeros of their exponents.
_MAGNITUDE, _SIGN, _SHIFT, _SIGN_SHIFT = 0x7FFF, 0x8000, 13, 16
_HALVES, _DOUBLES = ir.VectorType(ir.IntType(16), LANES), ir.VectorType(ir.DoubleType(), LANES)
_FLOATS, _WORDS = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(ir.IntType(32), LANES)


def _leaves_left(
    _context: Any,
    left: Any,
    _at: Any,
    values: Any,
    _place: Any,
    _step: Any,
    columns: Any,
    thresholds: Any,
    masks: Any,
    _first: Any,
    _end: Any,
) -> Any:
    """left[at + i], for each i of LANES: all masks of the nodes first to end together ("and") but those where
    values[column * step + place + i] is at most the node's threshold.

    `left` and the masks are uint32, values and thresholds float32, columns int32; all arrays have to be
    contiguous and to reach so far: nobody looks.
    """
    places = (types.intp,) * 2
    signature = types.void(left, types.intp, values, *places, columns, thresholds, masks, *places)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        written, read, column_of, threshold_of, mask_of = (
            context.make_array(signature.args[i])(context, builder, arguments[i]).data
            for i in (0, 2, 5, 6, 7)
        )
        at, place, step, first, end = (arguments[i] for i in (1, 3, 4, 8, 9))
        ones = ir.Constant(_WORDS, [-1] * LANES)
        found = cgutils.alloca_once_value(builder, ones)  # type: ignore[no-untyped-call]
        with cgutils.for_range_slice(builder, first, end, ir.Constant(end.type, 1), end.type) as (node, _):
            column = builder.sext(builder.load(builder.gep(column_of, [node])), step.type)
            value = _loaded(builder, read, builder.add(builder.mul(column, step), place), _FLOATS, 4)
            threshold = _in_all(builder, builder.load(builder.gep(threshold_of, [node])), _FLOATS)
            mask = _in_all(builder, builder.load(builder.gep(mask_of, [node])), _WORDS)
            below = builder.fcmp_ordered("<=", value, threshold)
            builder.store(builder.and_(builder.load(found), builder.select(below, ones, mask)), found)
        to = builder.bitcast(builder.gep(written, [at]), _WORDS.as_pointer())
        builder.store(builder.load(found), to, align=4)
        return context.get_dummy_value()

    return signature, code


leaves_left: Any = intrinsic(_leaves_left)


def _add_halves(
    _context: Any, sums: Any, _times: Any, halves: Any, _place: Any, less: Any, _size: Any
) -> Any:
    """sums[c] += times * (halves[place + c] - less[c]) for each c below `size`, a multiple of LANES.

    `sums` and `times` are float64, `halves` the bits of float16, `less` float32; all arrays have to be
    contiguous and to reach so far: nobody looks.
    """
    signature = types.void(sums, types.float64, halves, types.intp, less, types.intp)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        written, read, subtracted = (
            context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 2, 4)
        )
        times, place, size = (arguments[i] for i in (1, 3, 5))
        step = ir.Constant(size.type, LANES)
        with cgutils.for_range_slice(builder, ir.Constant(size.type, 0), size, step, size.type) as (c, _):
            bits = builder.zext(_loaded(builder, read, builder.add(place, c), _HALVES, 2), _WORDS)
            number = builder.bitcast(
                builder.or_(
                    builder.shl(builder.and_(bits, _in_each(_MAGNITUDE)), _in_each(_SHIFT)),
                    builder.shl(builder.and_(bits, _in_each(_SIGN)), _in_each(_SIGN_SHIFT)),
                ),
                _FLOATS,
            )
            number = builder.fmul(number, ir.Constant(_FLOATS, [2.0**112] * LANES))
            number = builder.fsub(number, _loaded(builder, subtracted, c, _FLOATS, 4))
            product = builder.fmul(_in_all(builder, times, _DOUBLES), builder.fpext(number, _DOUBLES))
            sum_ = builder.fadd(_loaded(builder, written, c, _DOUBLES, 8), product)
            to = builder.bitcast(builder.gep(written, [c]), _DOUBLES.as_pointer())
            builder.store(sum_, to, align=8)
        return context.get_dummy_value()

    return signature, code


add_halves: Any = intrinsic(_add_halves)


def _loaded(builder: Any, data: Any, at: Any, kind: Any, size: int) -> Any:
    """A vector of numbers of so many bytes; slices begin anywhere."""
    return builder.load(builder.bitcast(builder.gep(data, [at]), kind.as_pointer()), align=size)


def _in_each(number: int) -> Any:
    return ir.Constant(_WORDS, [number] * LANES)


def _in_all(builder: Any, number: Any, kind: Any) -> Any:
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    first = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), first)


def _first_in_span(_context: Any, codes: Any, _at: Any, _one: Any, _other: Any) -> Any:
    """How many of the SPAN numbers from codes[at] on stand before the first that is one of two; SPAN
    where none is. `codes` is an array of integers, contiguous and reaching so far: nobody looks.
    """
    signature = types.intp(codes, types.intp, codes.dtype, codes.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.VectorType(ir.IntType(codes.dtype.bitwidth), SPAN)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), kind.as_pointer())
        span = builder.load(place, align=codes.dtype.bitwidth // 8)
        marks = builder.or_(
            *(builder.icmp_unsigned("==", span, _in_all(builder, wanted, kind)) for wanted in arguments[2:])
        )
        bits = builder.bitcast(marks, ir.IntType(SPAN))
        return builder.zext(builder.cttz(bits, ir.Constant(ir.IntType(1), 0)), ir.IntType(64))

    return signature, code


first_in_span: Any = intrinsic(_first_in_span)


@inlined
def next_of(codes: NDArray[Any], position: int, one: Any, other: Any) -> int:
    """The first place from `position` on where one of two numbers stands; the array's length where none does.
    Both are of the array's type.
    """
    while position + SPAN <= len(codes):
        before = first_in_span(codes, position, one, other)
        if before < SPAN:
            return position + int(before)
        position += SPAN
    while position < len(codes) and codes[position] != one and codes[position] != other:
        position += 1
    return position
