"""What was freed goes back to the system: malloc keeps pages between those in use, 10 MB after a burst."""

import ctypes
import time

# Between two times, each of which takes .5 to 3 ms.
PAUSE_SECONDS = 5.0

_libc = ctypes.CDLL(None)


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
