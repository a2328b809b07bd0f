"""How fast a replay may go: slower while the live workers fall behind, faster again while they do not.

Additive increase, multiplicative decrease, as TCP does (Chiu and Jain 1989): of several replays beside one
stream each comes to its share. Until the first decrease the rate doubles.
"""

import asyncio
import math
import time
from collections.abc import Callable, Mapping

FIRST_RATE = 200.0  # records/s
LEAST_RATE = 10.0
STEP = 50.0  # records/s more for each second without lag
BACK = 0.5
# Falling behind: more than so many seconds of a stage's own input, and more than two chunks of the pool.
LAG_SECONDS = 1.0
LAG_RECORDS = 32
# The rate must not run away from what is achieved, or the first decrease would decrease nothing.
ABOVE_ACHIEVED = 2.0
SLICE_SECONDS = 0.2
BATCH_SECONDS = 0.5  # of the rate: a slow replay must not come in bursts
LEAST_BATCH = 16


class Throttle:
    """Hands out records at a rate, records/s; `cap` bounds it whatever the lag."""

    def __init__(self, cap: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._cap, self._clock = cap or math.inf, clock
        self.rate = min(FIRST_RATE, self._cap)
        self.behind = self._backed = False
        self._taken, self._owed = 0, 0.0
        self._observed = self._paid = clock()

    def batch(self, most: int) -> int:
        """How many records to take at once, at most so many."""
        return int(min(most, max(LEAST_BATCH, self.rate * BATCH_SECONDS)))

    async def take(self, records: int) -> None:
        """Waits until what was taken before has had its time at the present rate."""
        while (wait := self.wait()) > 0:
            await asyncio.sleep(min(wait, SLICE_SECONDS))
        self._owed += records
        self._taken += records

    def wait(self) -> float:
        """The seconds until the next records may be taken."""
        now = self._clock()
        if now > self._paid:
            self._owed = max(0.0, self._owed - self.rate * (now - self._paid))
        self._paid = now
        return self._owed / self.rate

    def observe(self, lags: Mapping[str, tuple[int, float]]) -> None:
        """Takes note of the live stages that run: name -> (lag in records, its input in records/s)."""
        now = self._clock()
        elapsed, self._observed = max(now - self._observed, 1e-3), now
        achieved, self._taken = self._taken / elapsed, 0
        self.behind = any(lag > LAG_RECORDS + LAG_SECONDS * rate for lag, rate in lags.values())
        if not lags:
            self.rate = self._cap
        elif self.behind:
            self._backed = True
            self.rate = max(LEAST_RATE, min(self.rate, max(achieved, LEAST_RATE)) * BACK)
        elif math.isinf(self.rate):
            self.rate = max(achieved, FIRST_RATE)
        elif achieved * ABOVE_ACHIEVED >= self.rate:
            self.rate = self.rate + STEP * elapsed if self._backed else self.rate * 2
        self.rate = min(self.rate, self._cap)
