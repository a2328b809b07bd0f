"""Memory asked for before it is needed, for kernels: what lies in none of the processor's caches takes it
80 ns, and a text's words are all over tables of megabytes. A loop over the text asks, the next one reads: so
where other work has filled the caches the finder of names takes a seventh less, the language a third.

Written against numba 0.68.
"""

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

LINE = 64
"""Bytes that come at once."""
_INT = ir.IntType(32)
_POINTER = ir.IntType(8).as_pointer()
_READ, _KEEP, _DATA = (ir.Constant(_INT, number) for number in (0, 3, 1))
_in_line: Any = intrinsic  # whose types take the typing context for an argument of the caller


@_in_line
def fetch(_typing: Any, array: Any, _row: Any, _byte: Any) -> Any:
    """fetch(array, row, byte): the cache line of this byte of a row; it need not be there."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = context.make_array(signature.args[0])(context, builder, arguments[0])
        stride = builder.extract_value(found.strides, 0)
        place = builder.add(builder.mul(arguments[1], stride), arguments[2])
        address = builder.gep(builder.bitcast(found.data, _POINTER), [place])
        kind = ir.FunctionType(ir.VoidType(), [_POINTER, _INT, _INT, _INT])
        name = "llvm.prefetch.p0"
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        builder.call(function, [address, _READ, _KEEP, _DATA])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), code
