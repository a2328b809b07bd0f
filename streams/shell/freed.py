"""What was freed goes back to the system: malloc keeps pages between those in use, 10 MB after a burst."""

import ctypes
import time

# Between two times, each of which takes .5 to 3 ms.
PAUSE_SECONDS = 5.0
# Of glibc's malloc: how much may lie free at the end of its heap, and from what size a block has a mapping of
# its own. With 1 MB and 128 kB a hop over a backlog (bench/hop.py) takes 14 to 20% more CPU.
TRIM_BYTES = 4 << 20
MAPPED_BYTES = 4 << 20

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_libc = ctypes.CDLL(None)


def keep_little() -> None:
    """Makes malloc keep little of what is freed, in this process and what is forked from it. Called before it
    has threads.

    Else the largest block that was ever freed says from what size blocks are mapped and how much stays, and
    each thread has a heap. For a loop, whose blocks are batches: a stage's are pages, many of just that size.
    """
    for parameter, value in (
        (_M_TRIM_THRESHOLD, TRIM_BYTES),
        (_M_MMAP_THRESHOLD, MAPPED_BYTES),
        (_M_ARENA_MAX, 1),
    ):
        _libc.mallopt(parameter, value)


class Freed:
    """Gives back what this process has freed, now and then."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    @property
    def due(self) -> bool:
        return time.monotonic() >= self._last + PAUSE_SECONDS

    def give_back(self) -> None:
        _libc.malloc_trim(0)
        self._last = time.monotonic()
