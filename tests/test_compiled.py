"""The cache of compiled kernels."""

import errno
import importlib.util
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import njit
from numba.core.caching import IndexDataCacheFile, InTreeCacheLocator, UserWideCacheLocator
from numpy.typing import NDArray

from streams import compiled, kernel_cache


@pytest.fixture
def function(tmp_path: Path) -> Callable[[int], int]:
    """A function with a file of its own, beside which its cache lies."""
    path = tmp_path / "kernel.py"
    path.write_text("def twice(x):\n    return 2 * x\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("kernel", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.twice  # type: ignore[no-any-return]


def hits(function: Callable[[int], int]) -> int:
    """How often a newly made kernel was found in the cache."""
    kernel: Any = compiled.compiled(function)
    assert kernel(21) == 42
    return sum(kernel.stats.cache_hits.values())


def test_a_kernel_is_compiled_once_for_unchanged_sources(function: Callable[[int], int]) -> None:
    assert (hits(function), hits(function)) == (0, 1)


def test_a_kernel_is_compiled_anew_when_another_source_changes(
    function: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """numba itself looks at the kernel's own file alone."""
    hits(function)
    monkeypatch.setattr(kernel_cache, "sources", lambda: "another version")
    assert (hits(function), hits(function)) == (0, 1)


SHARED = ("ahead.py", "compiled.py", "kernel_cache.py")


@pytest.mark.parametrize("source", ["dedup/a.py", *SHARED])
def test_the_stamp_covers_the_packages_with_kernels_and_how_these_are_compiled(
    source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for package in ("cleaning", "dedup"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "a.py").write_text("A = 1", encoding="utf-8")
    for module in SHARED:
        (tmp_path / module).write_text("A = 1", encoding="utf-8")
    monkeypatch.setattr(kernel_cache, "__file__", str(tmp_path / "kernel_cache.py"))
    stamps = []
    for text in ("A = 1", "A = 2", "A = 1"):
        (tmp_path / source).write_text(text, encoding="utf-8")
        stamps.append(kernel_cache.sources.__wrapped__())
    assert stamps[0] == stamps[2] != stamps[1]


def test_what_the_installation_compiled_is_used_where_it_cannot_write(
    function: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image with a read-only root has no other place, or an empty one."""
    assert hits(function) == 0
    monkeypatch.setattr(InTreeCacheLocator, "ensure_cache_path", _no_room)
    assert hits(function) == 1


def test_a_kernel_works_where_no_cache_can_be_written_at_all(
    function: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for locator in (InTreeCacheLocator, UserWideCacheLocator):
        monkeypatch.setattr(locator, "ensure_cache_path", _no_room)
    monkeypatch.setattr(IndexDataCacheFile, "save", _no_room)
    assert (hits(function), hits(function)) == (0, 0)


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "no space left on device")


KERNELS = """
import sys
import numpy as np
from numba import njit
from streams.compiled import compiled


@compiled
def smallest(a):
    if a.size == 0:
        raise ValueError("none")
    return np.sort(a)[0]


@compiled
def twice(a):
    return 2 * smallest(a)
"""
AND_OTHERS = """
assert smallest(np.arange(3, 9)) == 3
print("scipy.linalg" in sys.modules)
from scipy import linalg
print(njit(lambda a: a @ a)(np.eye(2))[0, 0], linalg.inv(np.eye(2))[0, 0])
"""
FROM_THE_CACHE = """
assert {function}(np.arange(3, 9)) == {least}
try:
    {function}(np.arange(0))
except ValueError as error:
    print(error, sum({function}.stats.cache_hits.values()), end=" ")
print("numba.np.arrayobj" in sys.modules, "numba.misc.quicksort" in sys.modules)
"""


def told(folder: Path, code: str) -> str:
    """What a process of its own prints, whose kernels have a cache in the folder."""
    path = folder / "kernels.py"
    path.write_text(KERNELS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", f"from kernels import *\n{code}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), *sys.path))},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_linear_algebra_is_loaded_by_whoever_wants_it_and_not_with_kernels(tmp_path: Path) -> None:
    assert told(tmp_path, AND_OTHERS) == "False\n1.0 1.0\n"


def test_a_kernel_from_the_cache_works_without_what_numba_compiles_with(tmp_path: Path) -> None:
    """Also one that was compiled where the functions that it calls had come from the cache."""
    smallest = FROM_THE_CACHE.format(function="smallest", least=3)
    twice = FROM_THE_CACHE.format(function="twice", least=6)
    assert told(tmp_path, smallest) == "none 0 True True\n"
    assert told(tmp_path, smallest) == "none 1 False False\n"
    assert told(tmp_path, smallest + twice) == "none 1 False False\nnone 0 True True\n"
    assert told(tmp_path, twice) == "none 1 False False\n"


CALLED_AND_CALLER = "def called(x):\n    return x + 1\n\n\ndef caller(x):\n    return called(x)\n"


def test_a_kernel_from_the_cache_is_part_of_one_that_is_compiled_now(tmp_path: Path) -> None:
    """Its intermediate form is kept packed, and that is what the other one is linked with."""
    path = tmp_path / "kernels.py"
    path.write_text(CALLED_AND_CALLER, encoding="utf-8")
    for found in (0, 1):
        spec = importlib.util.spec_from_file_location("kernels", path)
        assert spec is not None
        assert spec.loader is not None
        module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        kernel: Any = compiled.compiled(module.called)
        assert kernel(1) == 2
        assert sum(kernel.stats.cache_hits.values()) == found
        module.called = kernel
        caller: Any = njit(module.caller)
        assert caller(41) == 42
    [library] = [one.library for one in kernel.overloads.values()]
    assert zlib.decompress(library.packed()).startswith(b"BC")  # LLVM's bitcode


def test_numba_is_the_one_whose_inner_parts_were_read() -> None:
    """streams/kernel_cache.py extends parts of it that are not public: read them again when it changes."""
    assert version("numba").startswith("0.68.")


class Inner(NamedTuple):
    one: NDArray[np.int64]


class Outer(NamedTuple):
    inner: Inner
    two: NDArray[np.float32]


def _added(tables: Outer) -> float:
    same = compiled.uncounted(tables)
    return float(same.inner.one.sum() + same.two.sum())


def test_arrays_of_named_tuples_are_read_without_counting_references() -> None:
    tables = Outer(Inner(np.arange(4)), np.ones(3, np.float32))
    before = sys.getrefcount(tables.inner.one), sys.getrefcount(tables.two)
    kernel: Any = njit(_added)
    assert kernel(tables) == 9
    assert (sys.getrefcount(tables.inner.one), sys.getrefcount(tables.two)) == before
