"""Rows of eight floats that a kernel handles at once: a label each of seven, and room.

numba's compiler finds no such instructions by itself where rows are short and may overlap: adding up scores
takes 24 us of an article of 1,200 tokens without them and 16 with, Viterbi 30 and 15. LLVM makes of them
whatever the processor has. Written against numba 0.68.
"""

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, models, register_model

LANES = 8
_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_ANY = ir.Constant(_VECTOR, ir.Undefined)
_INT = ir.IntType(32)
_FLOAT_BYTES = 4
_in_line: Any = intrinsic  # whose types take the typing context for an argument of the caller


class _Lanes(types.Type):
    """Eight floats in a register."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


LANES_TYPE = _Lanes()


@register_model(_Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)  # type: ignore[no-untyped-call]


@_in_line
def lanes(_typing: Any, table: Any, _row: Any) -> Any:
    """lanes(table, row): a row of a table of floats, shape (rows, LANES), contiguous; it must be there."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_address(context, builder, signature, arguments), align=_FLOAT_BYTES)

    return LANES_TYPE(table, types.intp), code


@_in_line
def put(_typing: Any, table: Any, _row: Any, _value: Any) -> Any:
    """put(table, row, value): writes a row."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        where = _address(context, builder, signature, arguments)
        builder.store(arguments[2], where, align=_FLOAT_BYTES)
        return context.get_dummy_value()

    return types.void(table, types.intp, LANES_TYPE), code


@_in_line
def spread(_typing: Any, _number: Any) -> Any:
    """spread(number): the same number in every lane."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        first = builder.insert_element(_ANY, arguments[0], ir.Constant(_INT, 0))
        return builder.shuffle_vector(first, _ANY, ir.Constant(ir.VectorType(_INT, LANES), [0] * LANES))

    return LANES_TYPE(types.float32), code


@_in_line
def plus(_typing: Any, _one: Any, _other: Any) -> Any:
    """plus(one, other): their sums, lane by lane."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments)

    return LANES_TYPE(LANES_TYPE, LANES_TYPE), code


@_in_line
def larger(_typing: Any, _one: Any, _other: Any) -> Any:
    """larger(one, other): the larger of each lane; neither holds NaN."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *arguments), *arguments)

    return LANES_TYPE(LANES_TYPE, LANES_TYPE), code


def _address(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    place = builder.mul(arguments[1], ir.Constant(arguments[1].type, LANES))
    return builder.bitcast(builder.gep(array.data, [place]), _VECTOR.as_pointer())
