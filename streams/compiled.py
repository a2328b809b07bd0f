"""How kernels are compiled: once for each machine and version of our sources, kept beside them.

numba's own cache looks at the file of a kernel alone: constants and kernels that it imports could change
under it. Ours looks at all sources of the packages that have kernels (written against numba 0.68).
"""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache, IndexDataCacheFile

_PACKAGES = ("cleaning", "dedup", "tagging")
_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """numba's njit with a cache, typed: mypy would otherwise lose every kernel's signature."""
    kernel: Any = njit(function)
    kernel._cache = _Cache(function)
    return cast(Callable[_P, _R], kernel)


class _CacheFile(IndexDataCacheFile):
    """An index that older sources have written may name what is not there any more: then it is stale."""

    def _load_index(self) -> Any:
        try:
            return super()._load_index()  # type: ignore[no-untyped-call]
        except (AttributeError, ImportError):
            return {}


class _Cache(FunctionCache):
    """A kernel's cache, stale when any source of the stages has changed."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._cache_file = _CacheFile(  # type: ignore[no-untyped-call]
            cache_path=self._cache_path,
            filename_base=self._impl.filename_base,
            source_stamp=(self._impl.locator.get_source_stamp(), _sources()),
        )


@cache
def _sources() -> str:
    """A hash of the sources of the packages that have kernels: 5 ms."""
    digest = blake2b(digest_size=16)
    root = Path(__file__).parent
    for path in sorted(path for package in _PACKAGES for path in (root / package).rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
