"""The worker of a stage: Faust's, with our loop in it, and an end in time.

Faust supplies the app, membership of the group, assignment, fetching, flow control and signals.
"""

import asyncio
import gc
import os
import threading
import time
from typing import Any, Protocol

import faust
from faust.types import TP

from streams.pipeline import DEDUP, TAG, Step
from streams.shell import clients, health, metrics
from streams.shell.access import check_access
from streams.shell.agents import StageLoop
from streams.shell.app import build_app, needs, source_of
from streams.shell.compiling import cold_start
from streams.shell.deadletters import FailureLimits
from streams.shell.exits import Exit, Fatal
from streams.shell.freed import Freed
from streams.shell.loading import has_loaded, keep_what_is_loaded
from streams.shell.logs import log, unexpected
from streams.shell.pool import StagePool
from streams.shell.position import Position
from streams.shell.settings import Settings
from streams.shell.topics import retention_seconds, topic_name
from streams.shell.transport import Polled
from streams.shell.watchdog import Watchdog, Work

TICK_SECONDS = 1.0


class Loop(Work, Protocol):
    """What a stage's loop is to its worker."""

    @property
    def healthy(self) -> bool: ...
    @property
    def room(self) -> asyncio.Event: ...
    async def start(self) -> None: ...
    async def take(self, topic: str, partition: int, generation: int) -> None: ...
    async def accept(self, topic: str, partition: int, generation: int, records: Polled) -> None: ...
    async def release(self, seconds: float) -> None: ...
    async def stop(self) -> None: ...


class StageWorker(faust.Worker):
    """Faust's worker for one stage."""

    def __init__(
        self,
        settings: Settings,
        step: Step,
        pool: StagePool | None,
        state: health.Health,
        accept_failures: int,
    ) -> None:
        self._settings, self._step, self._pool, self._state = settings, step, pool, state
        self._looking: asyncio.Task[None] | None = None
        self._freed, self._worked = Freed(), False
        self.fatal: Fatal | None = None
        self._deadline: threading.Timer | None = None
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        # Any: what we take of the consumer (_commit, _committed_offset) is not in Faust's published types.
        app: Any = build_app(settings, step)
        app.on_partitions_revoked.connect(self._revoked)
        app.on_partitions_assigned.connect(self._assigned)
        app.on_before_shutdown.connect(self._before_shutdown)
        app.agent(source_of(app, settings, step), name=step.name, concurrency=1)(self._process)
        super().__init__(app, loop=loop, redirect_stdouts=False, quiet=True)
        self.spinner = None
        limits = FailureLimits(settings, f"copydesk worker {step.name}", accept_failures)
        self._work: Loop
        if pool is not None:
            self._work = StageLoop(step, settings, pool, limits, self._commit, self.failed)
        else:
            from streams.shell.dedup_agent import DedupLoop

            self._work = DedupLoop(step, settings, limits, self.committed, self.failed)
        app.transport.room = self._work.room
        self._position = Position(topic_name(settings, step.source), retention_seconds(settings, step.source))
        self._watchdog = Watchdog(
            settings, lambda: self._consumer, self._work, self._position, state, self.failed
        )
        state.delivering = lambda: self._work.healthy

    def failed(self, fatal: Fatal) -> None:
        """Ends the process with one clear line, the first time it is called."""
        if self.fatal is None:
            self.fatal = fatal
            log().error("stopping", reason=str(fatal), code=int(fatal.code))
            self._begin_end()
            if not self.loop.is_closed():
                self.loop.call_soon_threadsafe(super()._on_sigterm)

    async def prepare(self) -> None:
        """Everything of ours that can fail before Faust begins. Raises Fatal."""
        if self._pool is not None:
            await self._pool.ready()
        elif not has_loaded(TAG) and (line := cold_start("dedup")) is not None:
            log().info(line)
        await self._work.start()
        keep_what_is_loaded()

    async def start(self) -> None:
        """Faust's start; what fails in it, a broker gone just then, ends the process as later on."""
        try:
            await super().start()
        except Exception as error:
            self.failed(clients.explained(error, self._settings))
            raise

    async def on_first_start(self) -> None:
        self.add_future(self._tick())
        self.add_future(self._watchdog.run(lambda: bool(self.should_stop)))
        await super().on_first_start()

    def _crash(self, reason: BaseException) -> None:
        """Faust's own failures end the process as ours do: one line, our exit code, a deadline."""
        super()._crash(reason)
        self.failed(clients.explained(reason, self._settings))

    def _setup_logging(self) -> None:
        """Logging is configured already, and not Faust's way."""

    def _on_sigterm(self) -> None:
        log().info("SIGTERM: finishing what is in hand")
        self._begin_end()
        super()._on_sigterm()

    def _on_sigint(self) -> None:
        self._begin_end()
        super()._on_sigterm()

    def _begin_end(self) -> None:
        """From here the process has so long; Faust can hang in its stop for ever (a right revoked)."""
        self._state.stopping = True
        if self._deadline is None:
            self._deadline = threading.Timer(self._settings.stop_seconds, self._end_hard)
            self._deadline.daemon = True
            self._deadline.start()

    def _end_hard(self) -> None:
        code = self.fatal.code if self.fatal else Exit.RETRY
        log().error("did not stop in time", seconds=self._settings.stop_seconds, code=int(code))
        os._exit(int(code))

    async def _process(self, stream: Any) -> None:
        """The agent. Nothing leaves it: Faust would restart it, and the next commit pass what it lost."""
        async for event in stream.events():
            if self.fatal is not None:
                continue
            message = event.message
            self._watchdog.progress()
            try:
                await self._work.accept(
                    message.topic, message.partition, message.generation_id, message.value
                )
            except Fatal as fatal:
                self.failed(fatal)
            except Exception as error:
                self.failed(unexpected(error, topic=message.topic, partition=message.partition))

    async def _commit(self, generation: int, offsets: dict[TP, int]) -> None:
        ours = self._consumer.assignment()
        found = {tp: offset for tp, offset in offsets.items() if tp in ours}
        # Faust's _commit with a partition that is gone commits {} and dies with ValueError({}).
        if not found or generation != self.app.consumer_generation_id:
            return
        if await self._consumer._commit(found):
            for tp, offset in found.items():
                self.committed(tp.topic, tp.partition, offset)

    def committed(self, topic: str, partition: int, offset: int) -> None:
        self._consumer._committed_offset[TP(topic, partition)] = offset
        self._worked = True
        self._watchdog.progress()
        metrics.PROGRESS.set_to_current_time()

    async def _revoked(self, _app: Any, revoked: set[TP], **_: Any) -> None:
        if revoked:
            log().info("partitions revoked", partitions=_listed(revoked))
        self._state.assigned = False
        await self._work.release(self._settings.drain_seconds)

    async def _assigned(self, _app: Any, assigned: set[TP], **_: Any) -> None:
        metrics.REBALANCES.inc()
        self._position.forget(self._consumer)
        log().info("partitions assigned", partitions=_listed(assigned))
        generation = self.app.consumer_generation_id
        # What a worker that stops would begin could not end in time, and its exit code would be 75.
        for tp in () if self._state.stopping else assigned:
            await self._work.take(tp.topic, tp.partition, generation)
        self._watchdog.progress()
        self._state.assigned = self._state.started = True
        if not assigned:
            self._looking = asyncio.create_task(self._look_at_rights())

    async def _look_at_rights(self) -> None:
        """A worker that may not see its topic any more is given no partition, as one that stands by is."""
        try:
            await check_access(self._settings, needs(self._settings, self._step))
        except Fatal as fatal:
            if fatal.code is Exit.NO_RIGHT:
                self.failed(fatal)

    async def _before_shutdown(self, _app: Any, **_: Any) -> None:
        self._state.stopping = True
        # After too many failures what was sent before them still counts: else each start would repeat it.
        finish = self.fatal is None or self.fatal.code is Exit.SETTINGS
        await self._work.release(self._settings.drain_seconds if finish else 0)
        await self._work.stop()

    @property
    def _consumer(self) -> Any:
        return self.app.consumer

    async def _tick(self) -> None:
        while not self.should_stop:
            began = self._state.tick = time.monotonic()
            await asyncio.sleep(TICK_SECONDS)
            metrics.LOOP_LAG.observe(max(0.0, time.monotonic() - began - TICK_SECONDS))
            if self._worked and self._freed.due:
                self._worked = False
                gc.collect()  # aiokafka 0.14 leaves what it has fetched and nobody reads on in a cycle
                self._freed.give_back()


def rehearse(settings: Settings) -> None:
    """Makes a worker and throws it away: what Faust imports and looks up for its first one is there then."""
    worker = StageWorker(settings, DEDUP, None, health.Health(), 0)
    worker.app.finalize()
    worker.loop.close()
    "a.invalid".encode("idna")  # as a broker's name is, which loads the tables
    for shown in (metrics.OLDEST, metrics.HEADROOM, metrics.OPEN_TRANSACTION):
        shown.clear()  # else every stage would show this one's topic
    asyncio.set_event_loop(None)


def _listed(partitions: set[TP]) -> str:
    return " ".join(f"{tp.topic}/{tp.partition}" for tp in sorted(partitions))
