"""Measures how far a worker is behind, and ends one that has work and makes no progress (aiokafka #1154)."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

from aiokafka.errors import KafkaError
from faust.exceptions import FaustError

from streams.shell.exits import Exit, Fatal
from streams.shell.health import Health
from streams.shell.position import Position
from streams.shell.settings import Settings
from streams.shell.stage_watch import PATIENCE

WATCH_SECONDS = 5.0
UNREADY_SHARE = 0.5  # of the time without progress that ends a worker: from then on it is unready


class Work(Protocol):
    @property
    def busy(self) -> bool:
        """Whether records are in hand."""

    @property
    def judging(self) -> bool:
        """Whether a stage process has records: it may take PATIENCE times its seconds, and then ends."""

    @property
    def last_result(self) -> float:
        """When a stage last gave a result, by time.monotonic()."""


class Watchdog:
    """`progress()` says that something moved; `run()` looks every few seconds whether anything does."""

    def __init__(
        self,
        settings: Settings,
        consumer: Callable[[], Any],
        work: Work,
        position: Position,
        state: Health,
        fail: Callable[[Fatal], None],
    ) -> None:
        self._settings, self._consumer, self._work = settings, consumer, work
        self._position = position
        self._state, self._fail = state, fail
        self._active = time.monotonic()

    def progress(self) -> None:
        self._active = time.monotonic()

    async def run(self, ended: Callable[[], bool]) -> None:
        while not ended():
            await asyncio.sleep(WATCH_SECONDS)
            behind = await self._behind()
            if behind == 0 and not self._work.busy and self._state.assigned:
                self.progress()
            # A few pages that hang take minutes, one after another: each of them ends, so that is progress.
            silent = time.monotonic() - max(self._active, self._work.last_result)
            # One slow page is no stall.
            slowest = PATIENCE * self._settings.stage_seconds if self._work.judging else 0.0
            self._state.stalled = silent > max(self._settings.stall_seconds * UNREADY_SHARE, slowest)
            # By then the pool has ended it.
            limit = max(self._settings.stall_seconds, slowest + 2 * WATCH_SECONDS if slowest else 0.0)
            if silent > limit and not ended():
                what = "records wait" if self._state.assigned else "the group has not let us in"
                self._fail(Fatal(Exit.RETRY, f"no progress for {silent:.0f} s although {what}"))

    async def _behind(self) -> int | None:
        """Records behind over all our partitions; None while the broker does not say."""
        try:
            async with asyncio.timeout(self._settings.request_seconds):
                behind = await self._position.look(self._consumer(), busy=self._work.busy)
        except (KafkaError, TimeoutError, OSError, FaustError):
            self._state.broker = False
            return None
        self._state.broker = True
        return behind
