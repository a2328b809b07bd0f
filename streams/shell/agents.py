"""The loop of the clean and the tag worker: batches of records in; outputs, refusals and offsets out.

batch -> stage pool -> for each record an output, a rejection or a dead letter -> delivered -> committed
from the head of its lane. Faust hands the batches in; bytes, offsets and sends are ours (design: delivery).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from streams.contract import DEADLETTER, REJECTED, rfc3339
from streams.events import Failed, FailureReason, Rejected
from streams.pipeline import TAG, Outcome, Record, Step
from streams.shell import headers, metrics
from streams.shell.clients import MAX_REQUEST_BYTES, RECORD_OVERHEAD_BYTES
from streams.shell.deadletters import FailureLimits
from streams.shell.exits import Exit, Fatal
from streams.shell.lanes import Batch, Budget, Lane
from streams.shell.logs import log
from streams.shell.output import Message, Output
from streams.shell.pool import Judged, StagePool, chunks
from streams.shell.settings import Settings, domains
from streams.shell.topics import topic_name

# Of a record that no topic of ours can carry whole, the dead letter keeps so much.
TRUNCATED_BYTES = 1_000_000

Commit = Callable[[str, int, int, int], Awaitable[None]]
"""commit(topic, partition, generation, offset): does nothing where the partition is no longer ours."""


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
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._domains = domains(settings)
        metrics.INFLIGHT.set_function(lambda: float(self._budget.used))

    @property
    def healthy(self) -> bool:
        """Whether what we send arrives."""
        return not self._output.failing

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

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
            lane.broken = True
            self._fail(fatal)
        except Exception as error:
            lane.broken = True
            log().exception("unexpected", topic=lane.topic, partition=lane.partition)
            self._fail(Fatal(Exit.INTERNAL, f"unexpected {type(error).__name__}: {error}"))
        finally:
            batch.sent.set()
            self._budget.give_back(batch.size)

    async def _work(self, lane: Lane, batch: Batch, before: Batch | None) -> None:
        judged = await self._judge(batch.records)
        if before is not None:
            await before.sent.wait()
        if lane.broken or self._lanes.get((lane.topic, lane.partition)) is not lane:
            # Lost meanwhile: the next owner begins at the committed offset.
            metrics.OUTCOMES.labels(stage=self._step.name, outcome="abandoned").inc(len(batch.records))
            return
        for record, one in zip(batch.records, judged, strict=True):
            self._limits.count(_failure(record, one.outcome))
        messages = [self._message(r, j.outcome) for r, j in zip(batch.records, judged, strict=True)]
        began = time.perf_counter()
        sent = await self._output.enqueue(messages)
        batch.sent.set()
        await self._output.settle(sent)
        metrics.DELIVERY.observe(time.perf_counter() - began)
        self._count(judged)
        offset = lane.finish(batch)
        if offset is not None:
            await self._commit(lane.topic, lane.partition, lane.generation, offset)

    async def _judge(self, records: Sequence[Any]) -> list[Judged]:
        inputs = [
            Record(record.value, rfc3339(record.timestamp), validate=self._settings.validate_raw)
            for record in records
        ]
        cut = chunks([len(record.value or b"") for record in records], self._settings)
        parts = await asyncio.gather(*(self._pool.judge(inputs[part]) for part in cut))
        return [judged for part in parts for judged in part]

    def _message(self, record: Any, outcome: Outcome) -> Message:
        if isinstance(outcome, (Rejected, Failed)):
            return self._refusal(record, outcome)
        place = f"{record.topic}/{record.partition}/{record.offset}"
        raw = self._step.source == "articles.raw"
        carried = headers.carry(record.headers, place, raw=raw)
        if outcome.fingerprint is not None:
            carried.append((headers.FINGERPRINT, outcome.fingerprint))
        listed = headers.event_headers(
            prefix=self._settings.prefix,
            topic=self._step.target,
            ce_id=f"{outcome.id}:{outcome.content_hash}",
            subject=outcome.id,
            received_at=outcome.received_at,
            carried=carried,
        )
        partition = None
        if self._step is TAG:
            partition = self._domains.get(outcome.language, self._domains["*"])
        target = topic_name(self._settings, self._step.target)
        return Message(target, outcome.id.encode(), outcome.value, [*listed], partition, origin=record)

    def _refusal(self, record: Any, refused: Rejected | Failed) -> Message:
        return refusal(self._settings, self._step.name, record, refused)

    def _oversized(self, message: Message) -> Message:
        """A record too large for its topic becomes a dead letter; one that is that already loses its end."""
        too_large = Failed(FailureReason.TOO_LARGE, f"{len(message.value or b'')} bytes for {message.topic}")
        if message.topic != topic_name(self._settings, DEADLETTER):
            metrics.DEAD_LETTERS.labels(stage=self._step.name, reason=too_large.reason.value).inc()
            return self._refusal(message.origin, too_large)
        return truncated(message, TRUNCATED_BYTES)

    def _count(self, judged: list[Judged]) -> None:
        stage, now = self._step.name, time.time()
        for one in judged:
            if one.seconds:
                metrics.STAGE_SECONDS.labels(stage=stage).observe(one.seconds[-1])
            count_outcome(stage, one.outcome)
            if not isinstance(one.outcome, (Rejected, Failed)):
                received = datetime.fromisoformat(one.outcome.received_at).timestamp()
                metrics.FRESHNESS.labels(stage=stage).observe(max(0.0, now - received))


def count_outcome(stage: str, outcome: Outcome) -> None:
    """Counts one record's end in the stage's metrics."""
    kind = "output"
    if isinstance(outcome, Rejected):
        kind = "rejected"
        metrics.REJECTED.labels(stage=stage, reason=outcome.reason.value).inc()
    elif isinstance(outcome, Failed):
        kind = "failed"
        metrics.DEAD_LETTERS.labels(stage=stage, reason=outcome.reason.value).inc()
    metrics.OUTCOMES.labels(stage=stage, outcome=kind).inc()


def refusal(settings: Settings, stage: str, record: Any, refused: Rejected | Failed) -> Message:
    """The rejected record or dead letter: original bytes, key and headers, and why."""
    topic = topic_name(settings, REJECTED if isinstance(refused, Rejected) else DEADLETTER)
    listed = headers.refusal_headers(
        record.headers,
        stage,
        refused,
        record.topic,
        record.partition,
        record.offset,
        int(time.time() * 1000),
    )
    message = Message(topic, record.key, record.value, listed, origin=record)
    if len(record.value or b"") > MAX_REQUEST_BYTES - RECORD_OVERHEAD_BYTES:
        return truncated(message, TRUNCATED_BYTES)
    return message


def truncated(message: Message, size: int) -> Message:
    """The message with the first `size` bytes of its value, and a header that says how long it was."""
    value = message.value or b""
    cut = (headers.TRUNCATED, str(len(value)).encode())
    return Message(message.topic, message.key, value[:size], [*message.headers, cut], origin=message.origin)


def _failure(record: Any, outcome: Outcome) -> str | None:
    if not isinstance(outcome, Failed):
        return None
    where = f"{record.topic}/{record.partition}/{record.offset}"
    return f"{where}: {outcome.reason.value}, {outcome.detail}"
