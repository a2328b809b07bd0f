"""What was freed goes back to the system now and then: malloc keeps pages between those in use, 10 MB after a
burst. A worker's loop has them kept until then: given back at once, as malloc does with a free end of its
heap, they are taken anew for the next answer of Kafka's, page by page, for a quarter of what reading costs.
"""

import ctypes
import time

# Between two times, each of which takes .5 to 3 ms.
PAUSE_SECONDS = 5.0

# mallopt(3): what malloc keeps at the end of a heap, and from which size on a block has pages of its own.
_M_TRIM_THRESHOLD, KEPT_BYTES = -1, 64 << 20
_M_MMAP_THRESHOLD, OWN_PAGES_BYTES = -3, 32 << 20

_libc = ctypes.CDLL(None)


def keep_freed() -> None:
    """For the time between two `Freed.give_back`, in all threads of this process."""
    _libc.mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
    _libc.mallopt(_M_MMAP_THRESHOLD, OWN_PAGES_BYTES)


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
