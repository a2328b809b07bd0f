"""How kernels are compiled, once for each version of our sources (kernel_cache.py).

Written against numba 0.68.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from streams.kernel_cache import KernelCache

_KERNELS: list[Any] = []
_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """numba's njit with a cache, typed: mypy would otherwise lose every kernel's signature."""
    return _kernel(function)


def inlined(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same, as a part of whatever kernel calls it: for what is asked for each character or look-up.

    LLVM does so for few of numba's functions by itself, and each array that a call hands on costs: cutting
    a text of 6 kB takes 76 us with calls and 55 without.
    """
    return _kernel(function, forceinline=True)


def _kernel(function: Callable[_P, _R], **options: bool) -> Callable[_P, _R]:
    jit: Any = njit
    kernel = jit(function, **options)
    kernel._cache = KernelCache(function)
    _KERNELS.append(kernel)
    return cast(Callable[_P, _R], kernel)


def record(**tables: Any) -> Any:
    """Tables for kernels as one record: each field an array, or a record again.

    numba counts the references to every array of a tuple whenever one kernel calls another, but not those to
    a record's arrays: the guard took 650 us a page, and 200 so. A record's memory is the caller's to keep.
    """
    kind = np.dtype([(name, table.dtype, table.shape) for name, table in tables.items()], align=True)
    rows = np.zeros(1, kind).view(np.recarray)
    for name, table in tables.items():
        rows[name][0] = table
    return rows[0]


def _uncounted(_context: Any, kind: Any) -> Any:
    """Within a kernel, an array without the count of its references: two locked additions for each call that
    it is given to, and for some loops' rounds. Its memory is kept by what it is made of: an argument, or what
    is used behind all calls. Of a named tuple, all its arrays.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _without_count(context, builder, signature.args[0], arguments[0])

    return kind(kind), code


def _without_count(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    if isinstance(kind, types.BaseTuple):
        fields: Any = kind
        made = [
            _without_count(context, builder, field, builder.extract_value(value, number))
            for number, field in enumerate(fields)
        ]
        return context.make_tuple(builder, kind, made)
    found = context.make_array(kind)(context, builder, value)
    found.meminfo = found.meminfo.type(None)
    found.parent = found.parent.type(None)
    return found._getvalue()


uncounted: Any = intrinsic(_uncounted)


def kernels_to_compile() -> int:
    """How many of our kernels imported so far have no compiled code of these sources; training has others."""
    ours = (kernel for kernel in _KERNELS if kernel.__module__.startswith("streams."))
    return sum(not kernel._cache.compiled_before for kernel in ours)
