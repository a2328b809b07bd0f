"""Tables that take long to make: made once for a machine and version of their sources, then mapped.

The files lie beside the compiled kernels and are made when those are, by `copydesk compile` or the first
start. Processes that map a table share its pages, and what nobody reads of it takes no memory. Where nothing
can be written a process makes its own.
"""

import os
import sys
import unicodedata
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from streams.kernel_cache import folder_of, sources

_T = TypeVar("_T", bound=tuple[Any, ...])


class _Kept(NamedTuple):
    """Where a table is, and the start of the names that its older versions have."""

    path: Path
    start: str


def kept(kind: type[_T], *files: Path) -> Callable[[Callable[[], _T]], Callable[[], _T]]:
    """A decorator for a function that makes a named tuple of arrays, `kind`, from `files` and code alone.

    The function is called once for all processes, and again when the content of the files or any source of
    the stages changes. The arrays are read-only, mapped or not, so kernels are compiled for one kind of
    array.
    """

    def decorate(make: Callable[[], _T]) -> Callable[[], _T]:
        @cache
        @wraps(make)
        def tables() -> _T:
            place = _place(make, files)
            with suppress(OSError, ValueError, EOFError, TypeError):  # none yet, broken off, or no table
                return _mapped(place.path, kind)
            made = make()
            with suppress(OSError):
                _keep(place, made)
                return _mapped(place.path, kind)
            for array in made:
                array.flags.writeable = False
            return made

        return tables

    return decorate


def _place(make: Callable[..., Any], files: tuple[Path, ...]) -> _Kept:
    """Named by content, not by times: a layer of an image keeps whole seconds of them."""
    stamp = blake2b(sources().encode(), digest_size=8)
    stamp.update(unicodedata.unidata_version.encode())  # what a letter is
    stamp.update(Path(__file__).read_bytes())
    for file in files:
        stamp.update(blake2b(file.read_bytes()).digest())
    digest = stamp.hexdigest()
    start = f"{make.__module__}.{make.__qualname__}.{sys.implementation.cache_tag}."
    return _Kept(folder_of(make) / f"{start}{digest}.npy", start)


def _mapped(path: Path, kind: type[_T]) -> _T:
    row = np.load(path, mmap_mode="r")
    # A plain array: kernels and users have no need of memmap, a class that every slice pays for.
    return kind(*(np.asarray(row[name][0]) for name in row.dtype.names))


def _keep(place: _Kept, made: Any) -> None:
    """One record with an array in each field, so one file that numpy itself maps; whole or not there."""
    kind = np.dtype([(name, a.dtype, a.shape) for name, a in made._asdict().items()], align=True)
    row = np.zeros(1, kind)
    for name, array in made._asdict().items():
        row[name][0] = array
    part = place.path.with_name(f"{place.path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            np.save(file, row)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place.path)
    finally:
        part.unlink(missing_ok=True)
    for older in place.path.parent.glob(f"{place.start}*.npy"):
        if older != place.path:
            with suppress(OSError):
                older.unlink()
