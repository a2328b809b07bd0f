"""Measures how far a worker is behind, and ends one that has work and makes no progress (aiokafka #1154)."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

from aiokafka.errors import KafkaError
from faust.exceptions import FaustError
from faust.types import TP

from streams.shell import metrics
from streams.shell.exits import Exit, Fatal
from streams.shell.health import Health
from streams.shell.settings import Settings

WATCH_SECONDS = 5.0


class Work(Protocol):
    @property
    def busy(self) -> bool:
        """Whether records are in hand."""

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
        state: Health,
        fail: Callable[[Fatal], None],
    ) -> None:
        self._settings, self._consumer, self._work = settings, consumer, work
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
            if silent > self._settings.stall_seconds and not ended():
                what = "records wait" if self._state.assigned else "the group has not let us in"
                self._fail(Fatal(Exit.RETRY, f"no progress for {silent:.0f} s although {what}"))

    async def _behind(self) -> int | None:
        """Records behind over all our partitions; None while the broker does not say."""
        try:
            behind = await asyncio.wait_for(self._measure(), self._settings.request_seconds)
        except (KafkaError, TimeoutError, OSError, FaustError):
            self._state.broker = False
            return None
        self._state.broker = True
        return behind

    async def _measure(self) -> int:
        consumer = self._consumer()
        assigned = consumer.assignment()
        if not assigned:
            return 0
        ends, begins = await consumer.highwaters(*assigned), await consumer.earliest_offsets(*assigned)
        total = 0
        for tp, end in ends.items():
            # Transaction markers and deleted records have offsets and are no work: the position passes them.
            read = not self._work.busy and (await consumer.position(tp) or 0) >= end
            committed = consumer._committed_offset[TP(tp.topic, tp.partition)] or 0
            behind = 0 if read else max(0, end - max(committed, begins[tp]))
            metrics.LAG.labels(topic=tp.topic, partition=str(tp.partition)).set(behind)
            total += behind
        return total
