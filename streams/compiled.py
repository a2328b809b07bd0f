"""How kernels are compiled: once for each machine, kept beside the sources."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """numba's njit with its cache, typed: mypy would otherwise lose every kernel's signature."""
    return cast(Callable[_P, _R], njit(cache=True)(function))
