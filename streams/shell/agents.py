"""The loop of the clean and the tag worker: batches of records in; outputs, refusals and offsets out.

batch -> stage pool -> for each record an output, a rejection or a dead letter -> delivered -> committed
from the head of its lane. Faust hands the batches in; bytes, offsets and sends are ours (design: delivery).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import accumulate
from typing import Any

from streams.contract import DEADLETTER, rfc3339
from streams.events import Failed, Rejected
from streams.pipeline import CLEAN, Outcome, Record, Step
from streams.shell import counting, metrics
from streams.shell.deadletters import TRUNCATED_BYTES, FailureLimits, failure_of, refusal, truncated
from streams.shell.deliveries import Delivery, Message
from streams.shell.exits import Exit, Fatal
from streams.shell.judging import Judged
from streams.shell.lanes import Batch, Budget, Lane
from streams.shell.logs import log
from streams.shell.outgoing import stage_messages
from streams.shell.output import Output
from streams.shell.pool import StagePool, chunks
from streams.shell.sent_back import SentBack
from streams.shell.settings import Settings, domains
from streams.shell.topics import topic_name
from streams.vocabulary import FailureReason

Commit = Callable[[str, int, int, int], Awaitable[None]]
"""commit(topic, partition, generation, offset): does nothing where the partition is no longer ours."""


UNDATED_REMEDY = "`copydesk redrive --reason undated --forgotten` sends it as received now"


class StageLoop:
    """Takes batches through one step. `fail` is called once with what must end the process."""

    def __init__(
        self,
        step: Step,
        settings: Settings,
        pool: StagePool,
        limits: FailureLimits,
        commit: Commit,
        fail: Callable[[Fatal], None],
    ) -> None:
        self._step, self._settings, self._pool = step, settings, pool
        self._limits, self._commit, self._fail = limits, commit, fail
        self._output = Output(settings, self._oversized)
        self._budget = Budget(settings.inflight_bytes)
        self._sent_back = SentBack(settings, UNDATED_REMEDY)
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = False
        self._domains = domains(settings)
        metrics.INFLIGHT.set_function(lambda: float(self._budget.used))

    @property
    def healthy(self) -> bool:
        """Whether what we send arrives."""
        return not self._output.failing

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    @property
    def last_result(self) -> float:
        return self._pool.last_result

    async def start(self) -> None:
        await self._output.start()

    async def take(self, topic: str, partition: int, generation: int) -> None:
        """A partition became ours."""
        self._lanes[topic, partition] = Lane(topic, partition, generation)

    async def accept(self, topic: str, partition: int, generation: int, records: list[Any]) -> None:
        """Takes a batch in hand; waits while too many bytes are in flight."""
        size = sum(len(record.value or b"") for record in records)
        await self._budget.take(size)
        lane = self._lanes.get((topic, partition))
        if lane is None or lane.generation != generation:
            self._budget.give_back(size)
            return  # read before a rebalance: whoever owns it now reads it again
        batch = Batch(records, size)
        before = lane.add(batch)
        metrics.CONSUMED.labels(stage=self._step.name).inc(len(records))
        task = asyncio.create_task(self._guarded(lane, batch, before))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def release(self, seconds: float) -> None:
        """The partitions go: finishes what is in hand, for so long; the rest the next owner does again."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        self._lanes.clear()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._output.stop()

    async def _guarded(self, lane: Lane, batch: Batch, before: Batch | None) -> None:
        try:
            await self._work(lane, batch, before)
        except Fatal as fatal:
            self._end(fatal)
        except Exception as error:
            log().exception("unexpected", topic=lane.topic, partition=lane.partition)
            self._end(Fatal(Exit.INTERNAL, f"unexpected {type(error).__name__}: {error}"))
        finally:
            batch.sent.set()
            self._budget.give_back(batch.size)

    def _end(self, fatal: Fatal) -> None:
        """Nothing more is begun; what is already on its way is waited for in `release`."""
        self._ending = True
        self._fail(fatal)

    async def _work(self, lane: Lane, batch: Batch, before: Batch | None) -> None:
        judged = await self._judge(batch.records)
        for record, one in zip(batch.records, judged, strict=True):
            self._limits.count(failure_of(record, one.outcome))
        await self._limits.held()
        if before is not None:
            await before.sent.wait()
        if self._ending or self._lanes.get((lane.topic, lane.partition)) is not lane:
            # The process ends, or the partition is lost: its next owner begins at the committed offset.
            metrics.OUTCOMES.labels(stage=self._step.name, outcome="abandoned").inc(len(batch.records))
            return
        messages = [self._messages(r, j.outcome) for r, j in zip(batch.records, judged, strict=True)]
        began = time.perf_counter()
        delivery = await self._output.enqueue([one for several in messages for one in several])
        batch.sent.set()
        await self._settle(delivery, lane)
        metrics.DELIVERY.observe(time.perf_counter() - began)
        firsts = accumulate(map(len, messages[:-1]), initial=0)
        outcomes = [
            self._outcome(delivery.sent[i].message, j.outcome) for i, j in zip(firsts, judged, strict=True)
        ]
        counting.count_judged(self._step.name, [one.seconds[-1] for one in judged if one.seconds], outcomes)
        offset = lane.finish(batch)
        if offset is not None:
            await self._commit(lane.topic, lane.partition, lane.generation, offset)

    async def _settle(self, delivery: Delivery, lane: Lane) -> None:
        """Awaits the deliveries, by our own clock: during an outage aiokafka's sends simply wait."""
        try:
            await asyncio.wait_for(self._output.settle(delivery), self._settings.stall_seconds)
        except TimeoutError:
            where = f"{lane.topic}/{lane.partition}"
            limit = f"{self._settings.stall_seconds:g} s"
            raise Fatal(Exit.RETRY, f"what came of {where} was not delivered within {limit}") from None

    async def _judge(self, records: Sequence[Any]) -> list[Judged]:
        moments: list[int | Failed] = [record.timestamp for record in records]
        if self._step is CLEAN:
            moments = await self._sent_back.received(records)
        undated = {
            n: Judged(one, self._step.name, ()) for n, one in enumerate(moments) if isinstance(one, Failed)
        }
        # The broker stamps a batch of a producer's with one time.
        times = {moment: rfc3339(moment) for moment in {*moments} if isinstance(moment, int)}
        inputs = [
            Record(record.value, times[moment], validate=self._settings.validate_raw)
            for record, moment in zip(records, moments, strict=True)
            if isinstance(moment, int)
        ]
        cut = chunks([len(one.value or b"") for one in inputs], self._settings, self._pool.processes)
        parts = await asyncio.gather(*(self._pool.judge(inputs[part]) for part in cut))
        judged = (one for part in parts for one in part)
        return [undated[n] if n in undated else next(judged) for n in range(len(records))]

    def _messages(self, record: Any, outcome: Outcome) -> list[Message]:
        """What a record becomes: one message, but a withdrawal one for each domain."""
        if isinstance(outcome, (Rejected, Failed)):
            return [refusal(self._settings, self._step.name, record, outcome)]
        raw = self._step is CLEAN
        return stage_messages(self._settings, self._step, record, outcome, self._domains, raw=raw)

    def _oversized(self, message: Message) -> Message:
        """A record too large for its topic becomes a dead letter; one that is that already loses its end."""
        if message.topic == topic_name(self._settings, DEADLETTER):
            return truncated(message, TRUNCATED_BYTES)
        too_large = Failed(FailureReason.TOO_LARGE, f"{len(message.value or b'')} bytes for {message.topic}")
        self._limits.count(failure_of(message.origin, too_large))
        return refusal(self._settings, self._step.name, message.origin, too_large)

    def _outcome(self, delivered: Message, outcome: Outcome) -> Outcome:
        """What became of a record after all: its output may have been too large for the topic."""
        if isinstance(outcome, Failed) or delivered.topic != topic_name(self._settings, DEADLETTER):
            return outcome
        return Failed(FailureReason.TOO_LARGE)
