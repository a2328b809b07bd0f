"""`copydesk replay run`: a plan's records through the stages, into topics of the run's own."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient

from streams.dedup import DedupIndex, self_test
from streams.shell import clients, health, state_log
from streams.shell.deadletters import FailureLimits
from streams.shell.exits import Exit, Fatal
from streams.shell.output import STOP_SECONDS
from streams.shell.read_back import ReadBack
from streams.shell.replay import progress_log
from streams.shell.replay.beginning import Say, begin
from streams.shell.replay.deciding import Deciding
from streams.shell.replay.plan import Plan, refuse_foreign, run_settings
from streams.shell.replay.progress_log import Known
from streams.shell.replay.reading import batches
from streams.shell.replay.removals import load_removals, refuse_unknown
from streams.shell.replay.run_topics import cluster_id
from streams.shell.replay.shown import Shown, told_at_end, what_next
from streams.shell.replay.stages import Event, Refused, Stages
from streams.shell.replay.throttle import Throttle
from streams.shell.replay.versions import Versions, versions_now
from streams.shell.replay.watch import Watch
from streams.shell.replay.writing import Writing, limits_of, run_producer
from streams.shell.settings import Settings, domain_count
from streams.shell.topics import topic_name

Batch = tuple[list[Any], "asyncio.Task[list[Event | Refused]]"]
# Batches in the pool or waiting for their transaction; each is at most reading.BATCH_BYTES.
AHEAD = 3
# Beside live workers on one machine these come first; alone it changes nothing.
NICE = 19
METRICS_PORT = "COPYDESK_METRICS_PORT"


def run_plan(
    settings: Settings,
    plan: Plan,
    path: Path,
    say: Say,
    line: Say | None = None,
    *,
    rate: float | None = None,
    command: str = "run",
    accept: int = 0,
) -> Exit:
    """Runs a plan to its end, or goes on with it. `line` takes JSON lines, `rate` bounds it in records/s.
    So many failures more than usual are accepted (`accept`); `command` is what goes on.

    Gives OK when it is done, RETRY when Ctrl-C or SIGTERM has stopped it. Raises Fatal.
    """
    now = versions_now(settings)
    for difference in plan.versions.differences(now):
        say(f"since it was planned: {difference}")
    if plan.decides:
        self_test()
    os.nice(NICE)
    stages, throttle = Stages(settings, plan), Throttle(rate)
    limits = limits_of(settings, plan, path, command, accept)
    try:
        return asyncio.run(_Run(settings, plan, path, stages, say, line, throttle, limits).go(now))
    finally:
        stages.close()


def _end_hard(fatal: Fatal, say: Say) -> None:
    say(f"copydesk: {fatal}")
    os._exit(fatal.code)


class _Run:
    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        path: Path,
        stages: Stages,
        say: Say,
        line: Say | None,
        throttle: Throttle,
        limits: FailureLimits,
    ) -> None:
        self._settings, self._plan, self._path = settings, plan, path
        self._stages, self._say, self._line, self._throttle = stages, say, line, throttle
        self._limits = limits
        self._of_run = run_settings(settings, plan)
        self._stop = asyncio.Event()
        self._reader = ReadBack(settings, topic_name(settings, plan.source))
        self._writing: Writing | None = None

    async def go(self, now: Versions) -> Exit:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)
        admin = await clients.started(clients.admin(self._settings), self._settings)
        producer = run_producer(self._settings, self._plan.run)
        try:
            refuse_foreign(self._settings, self._plan, await cluster_id(admin))
            known = await begin(admin, self._settings, self._plan, self._path, now, self._say)
            if known.head.state == "done":
                self._say(
                    f"run {self._plan.run} is done already{what_next(self._plan, self._path, self._of_run)}"
                )
                return Exit.OK
            if METRICS_PORT in os.environ:
                address = health.serve(self._settings, "replay", health.Health(started=True, assigned=True))
                self._say(f"metrics on {address}")
            await self._stages.ready()
            await clients.started(producer, self._settings)
            memories = await self._memories()
            # Read again behind the fence: another process may have gone on until now.
            known = (await progress_log.load(self._settings, admin)).get(self._plan.run, known)
            await refuse_unknown(self._settings, self._plan, int(time.time() * 1000))
            removals = await load_removals(self._settings, self._plan.removals_since)
            if removals.count:
                self._say(f"{removals.count:,} withdrawals and erasures win over what is read")
            deciding = None
            if memories:
                deciding = Deciding(self._of_run, self._plan, memories, removals, self._again)
            self._writing = Writing(
                self._settings, self._plan, producer, self._stages, deciding, removals, known, self._limits
            )
            return await self._work(admin, self._writing)
        except Fatal as fatal:
            # aiokafka 0.14 waits without end for records of a producer that was fenced, or of a topic that
            # is gone, in its stop and in the transaction's end.
            hard = threading.Timer(self._settings.stop_seconds, _end_hard, (fatal, self._say))
            hard.daemon = True
            hard.start()
            await self._tell_failed(str(fatal))
            raise
        except Exception as error:
            await self._tell_failed(clients.describe(error))
            raise
        finally:
            await self._reader.close()
            await clients.stopped(producer, STOP_SECONDS)
            await clients.stopped(admin)

    async def _tell_failed(self, why: str) -> None:
        """For `status`. Kafka takes it from nobody who was fenced: others go on with the run, or ended it."""
        if self._writing is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._writing.tell("failed", why), STOP_SECONDS)

    def _on_signal(self) -> None:
        self._stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):  # a second one ends it as it stands
            asyncio.get_running_loop().remove_signal_handler(number)

    async def _memories(self) -> list[DedupIndex]:
        """What the domains knew at the end of the last batch: the fold of the run's own log."""
        if not self._plan.decides:
            return []
        places = range(domain_count(self._settings))
        return [(await state_log.load(self._of_run, place))[0] for place in places]

    async def _work(self, admin: AIOKafkaAdminClient, writing: Writing) -> Exit:
        await writing.tell("running")
        queue: asyncio.Queue[Batch | None] = asyncio.Queue(AHEAD)
        with Shown(writing.known, self._throttle, self._line) as shown:
            watch = Watch(self._settings, self._plan, self._throttle, self._say)
            reading = asyncio.create_task(self._read(queue, writing.known))
            working = asyncio.create_task(self._write(queue, writing, shown))
            stopping = asyncio.create_task(self._stop.wait())
            tasks: set[asyncio.Task[Any]] = {
                reading,
                working,
                stopping,
                asyncio.create_task(watch.run(admin)),
                asyncio.create_task(writing.tell_alive()),
            }
            try:
                pending = tasks
                while not (working.done() or stopping.done()):
                    done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
                # What is decided but not committed is done again from the last transaction on.
                async with writing.transacting:
                    await _ended(tasks)
            finally:
                await _ended(tasks)
            finished = ended_well(working)
            state: progress_log.State = "done" if finished else "stopped"
            await writing.tell(state)
            shown.advance(writing.known, state)
        for told in told_at_end(writing.known, self._path, state, self._of_run):
            self._say(told)
        return Exit.OK if finished else Exit.RETRY

    async def _read(self, queue: "asyncio.Queue[Batch | None]", known: Known) -> None:
        source = batches(self._settings, self._plan, known.positions, self._throttle)
        async with aclosing(source) as found:
            async for records in found:
                await queue.put((records, asyncio.create_task(self._stages.take(records))))
        await queue.put(None)

    async def _write(self, queue: "asyncio.Queue[Batch | None]", writing: Writing, shown: Shown) -> None:
        while (batch := await queue.get()) is not None:
            records, taken = batch
            await writing.write(records, await taken)
            shown.advance(writing.known)

    async def _again(self, places: Iterable[int]) -> dict[int, Any]:
        """The events of earlier records, made again: a run keeps no copy of its warm-up."""
        found = await self._reader.records_at(places)
        taken = await self._stages.take(list(found.values()))
        return {place: one for place, one in zip(found, taken, strict=True) if isinstance(one, Event)}


def ended_well(working: "asyncio.Task[Any]") -> bool:
    """Whether all was written. Raises what ended the writing, also where a stop came at the same moment."""
    if not working.done() or working.cancelled():
        return False
    working.result()
    return True


async def _ended(tasks: set["asyncio.Task[Any]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=STOP_SECONDS)
