"""How long a stage process may take: by its own CPU, since on a busy machine it may hardly have had any.

By the clock alone an article of two words timed out after 3 s, at sixteen busy processes on two cores
(docs/fault-run.md has the faults), and so did what waited in a worker that was stopped and went on (SIGSTOP,
a paused machine): its time was over at the moment in which it could have read the answer.
"""

import asyncio
import time
from contextlib import suppress

# Looks at a process while its time passes once; a worker that was stopped meanwhile looks once and goes on.
LOOKS = 4
# So often its time passes by the clock until a process hangs that uses no CPU: no stage waits for anything.
PATIENCE = 5
# A process that works all the time uses a little less than passes: it reads its chunk first.
NEARLY = 0.95


class Watch:
    """Ends `limit` when process `pid` has used so many seconds of CPU since now, or PATIENCE times as many
    have passed. Without `seconds`: never.
    """

    def __init__(self, seconds: float | None, pid: int | None, limit: asyncio.Timeout) -> None:
        self._timer: asyncio.TimerHandle | None = None
        if seconds is None or pid is None:
            return
        self._limit, self._every, self._left = limit, seconds / LOOKS, LOOKS * PATIENCE
        self._clock = _cpu_clock(pid)
        self._end = _used(self._clock) + NEARLY * seconds
        self._later()

    def end(self) -> None:
        """Looks no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._every, self._look)

    def _look(self) -> None:
        self._left -= 1
        if self._left and _used(self._clock) < self._end:
            self._later()
        else:
            self._limit.reschedule(asyncio.get_running_loop().time())


def _cpu_clock(pid: int) -> int:
    """Linux's number for the CPU clock of a process, all its threads together: clock_getcpuclockid(3)."""
    return ~pid << 3 | 2


def _used(clock: int) -> float:
    """Seconds; none of a process that is gone, whose pipe says so."""
    with suppress(OSError):
        return time.clock_gettime(clock)
    return 0.0
