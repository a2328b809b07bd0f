"""Sixteen numbers at once, for kernels: what LLVM makes of a loop over so few costs more than the work."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 16

_FLOATS, _WORDS = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(ir.IntType(32), LANES)


def _mask_above(
    _context: Any, bits: Any, _at: Any, values: Any, _place: Any, _threshold: Any, _mask: Any
) -> Any:
    """bits[at + i] &= mask for each i of LANES where values[place + i] is above the threshold or no number.

    `bits` and `mask` are uint32, `values` and `threshold` float32; both arrays have to be contiguous and to
    reach so far: nobody looks.
    """
    signature = types.void(bits, types.intp, values, types.intp, types.float32, types.uint32)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        written, read = (
            builder.bitcast(
                builder.gep(
                    context.make_array(signature.args[i])(context, builder, arguments[i]).data, [first]
                ),
                kind.as_pointer(),
            )
            for i, first, kind in ((0, arguments[1], _WORDS), (2, arguments[3], _FLOATS))
        )
        # of single numbers, that is: slices begin anywhere
        found, before = builder.load(read, align=4), builder.load(written, align=4)
        below = builder.fcmp_ordered("<=", found, _in_all(builder, arguments[4], _FLOATS))
        kept = builder.select(
            below, ir.Constant(_WORDS, [-1] * LANES), _in_all(builder, arguments[5], _WORDS)
        )
        builder.store(builder.and_(before, kept), written, align=4)
        return context.get_dummy_value()

    return signature, code


mask_above: Any = intrinsic(_mask_above)


def _in_all(builder: Any, number: Any, kind: Any) -> Any:
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), ir.Constant(_WORDS, [0] * LANES))
