"""The cache of compiled kernels."""

import errno
import importlib.util
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from numba.core.caching import IndexDataCacheFile, InTreeCacheLocator, UserWideCacheLocator

from streams import compiled


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
    monkeypatch.setattr(compiled, "sources", lambda: "another version")
    assert (hits(function), hits(function)) == (0, 1)


@pytest.mark.parametrize("source", ["dedup/a.py", "compiled.py"])
def test_the_stamp_covers_the_packages_with_kernels_and_how_these_are_compiled(
    source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for package in ("cleaning", "dedup"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "a.py").write_text("A = 1", encoding="utf-8")
    (tmp_path / "compiled.py").write_text("A = 1", encoding="utf-8")
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "compiled.py"))
    stamps = []
    for text in ("A = 1", "A = 2", "A = 1"):
        (tmp_path / source).write_text(text, encoding="utf-8")
        stamps.append(compiled.sources.__wrapped__())
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


def test_numba_is_the_one_whose_inner_parts_were_read() -> None:
    """streams/compiled.py extends parts of it that are not public: read them again when it changes."""
    assert version("numba").startswith("0.68.")
