"""Pages of files that a process has read and does not need while it waits: given back, found again when read.

A process that has loaded libraries keeps the pages of their code that it has run, 60 MB of LLVM's for kernels
that are loaded once; what it forks begins without them.
"""

import ctypes
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_MADV_DONTNEED = 4
_SMAPS = Path("/proc/self/smaps")
# Pages of a mapping that hold what is not in its file: what was written to before it was made read-only.
_OWN = ("Anonymous:", "Swap:")


def give_back_files() -> None:
    """Gives back the pages of files that are mapped and cannot be written to.

    The caller has no thread of its own but the main one: nothing may be mapped meanwhile. Where the system
    does not tell of its mappings, or will not take them, they stay.
    """
    with suppress(OSError, ValueError):
        advise = ctypes.CDLL(None).madvise
        advise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
        # Lines end as the kernel ends them: a file's name may hold what Python also takes for an end.
        with _SMAPS.open("rb") as smaps:
            for start, end in unwritten(map(os.fsdecode, smaps)):
                advise(start, end - start, _MADV_DONTNEED)


def unwritten(smaps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """From where to where files are mapped, of mappings that nobody writes to and nobody has written to.

    `smaps`: lines of /proc/<pid>/smaps.
    """
    place, own = None, list[str]()
    for line in smaps:
        name, *rest = line.split()
        if not name.endswith(":"):  # a mapping: addresses, rights, offset, device, inode, path
            place = _place(name, rest)
            own = []
        elif name in _OWN:
            own += rest[:1]
        elif name == "VmFlags:" and place and own == ["0"] * len(_OWN) and "ht" not in rest:
            yield place


def _place(addresses: str, rest: list[str]) -> tuple[int, int] | None:
    """Where a file's read-only mapping is."""
    if "w" in rest[0] or len(rest) < 5 or not rest[4].startswith("/"):
        return None
    start, end = addresses.split("-")
    return int(start, 16), int(end, 16)
