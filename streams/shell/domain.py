"""One de-duplication domain (a partition of articles.tagged) and the transactions of its only writer.

A batch: decide all, then one transaction of the outputs, the record of the log and the input's offset. Any
error of a transaction ends the process: memory must never go on ahead of the log.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition, errors

from streams.dedup import (
    DedupIndex,
    Effects,
    Emission,
    IndexStats,
    LogRows,
    decide,
    pack_batch,
    place_at,
    rejected,
)
from streams.events import Failed
from streams.pipeline import Step
from streams.shell import clients, counting, epochs, metrics, state_log
from streams.shell.arrivals import arrival_of
from streams.shell.deadletters import FailureLimits, failure_of, refusal
from streams.shell.deliveries import Message
from streams.shell.exits import Exit, Fatal
from streams.shell.headers import received_at
from streams.shell.names import group, transactional_id
from streams.shell.outgoing import decided_message
from streams.shell.read_back import ReadBack
from streams.shell.settings import Settings, domains
from streams.shell.topics import index_name, topic_name
from streams.vocabulary import FailureReason


@dataclass(slots=True)
class _Batch:
    """What the transaction of a batch will write."""

    rows: list[LogRows] = field(default_factory=list)
    emissions: list[Emission] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    received: list[float] = field(default_factory=list)
    unchanged: int = 0
    repeated: int = 0
    relinks: int = 0
    failed: Counter[FailureReason] = field(default_factory=Counter)


class Domain:
    """One partition of articles.tagged: its memory, its transactional producer, what it has applied."""

    def __init__(
        self,
        settings: Settings,
        step: Step,
        partition: int,
        limits: FailureLimits,
        producer: AIOKafkaProducer,
        index: DedupIndex,
        applied: int,
    ) -> None:
        self._settings, self._step, self._limits = settings, step, limits
        self._source = TopicPartition(topic_name(settings, step.source), partition)
        self._log = topic_name(settings, index_name(settings))
        self._epoch = epochs.current(settings)
        self._producer, self._index, self._applied = producer, index, applied
        self._reader = ReadBack(settings, self._source.topic)
        self._last_resort = partition == domains(settings)["*"]
        self._counted = index.stats()

    @classmethod
    async def open(
        cls,
        settings: Settings,
        step: Step,
        partition: int,
        limits: FailureLimits,
        loading: Callable[[], None],
    ) -> "Domain":
        """Takes the domain. The producer first: starting it fences and settles the last owner. `loading` is
        called whenever the memory has grown.
        """
        producer = clients.transactional(settings, transactional_id(settings, partition), linger_ms=0)
        await clients.started(producer, settings)
        try:
            index, applied = await state_log.load(settings, partition, loading)
        except BaseException:
            await clients.stopped(producer)
            raise
        return cls(settings, step, partition, limits, producer, index, applied)

    async def close(self) -> None:
        await clients.stopped(self._producer)
        await self._reader.close()

    async def decide(self, records: Sequence[Any]) -> None:
        """Decides a batch and commits it. Raises Fatal when the transaction fails."""
        batch = _Batch()
        for record in records:
            self._decide_one(record, batch)
        if batch.repeated == len(records):
            await self._commit_offset(records[-1].offset + 1)
        else:
            await self._write(batch, records)
            self._applied = records[-1].offset
        self._count(batch)

    def _decide_one(self, record: Any, batch: _Batch) -> None:
        if record.offset <= self._applied:
            batch.repeated += 1
            return
        effects = self._effects(record)
        if isinstance(effects, Failed):
            self._limits.count(failure_of(record, effects))
            batch.failed[effects.reason] += 1
            batch.rows.append(rejected(place_at(record.partition, record.offset)))
            batch.messages.append(refusal(self._settings, self._step.name, record, effects))
            return
        self._limits.count(None)
        self._index.apply(effects.rows)
        # Of an id without a text in the memory the domain of "*" alone tells that it is withdrawn or erased.
        emissions = [e for e in effects.emissions if e.version > 0 or self._last_resort]
        batch.rows.append(effects.rows)
        batch.emissions += emissions
        batch.unchanged += not emissions
        batch.relinks += max(0, len(emissions) - 1)

    def _effects(self, record: Any) -> Effects | Failed:
        """What follows from a record. decide() is pure: what it did not foresee costs this record alone."""
        arrival = arrival_of(record)
        if isinstance(arrival, Failed):
            return arrival
        try:
            return decide(self._index, arrival)
        except Exception as error:
            return Failed(FailureReason.INTERNAL, clients.describe(error))

    async def _write(self, batch: _Batch, records: Sequence[Any]) -> None:
        at_hand = {place_at(record.partition, record.offset): record for record in records}
        applied = records[-1].offset
        try:
            at_hand |= await self._reader.records_of(e for e in batch.emissions if e.place not in at_hand)
        except errors.KafkaError as error:
            raise self._broken(error) from error
        for emission in batch.emissions:
            record = at_hand.get(emission.place)
            if record is not None:
                batch.messages.append(decided_message(self._settings, record, emission))
                batch.received.append(datetime.fromisoformat(received_at(record)).timestamp())
        partition = self._source.partition
        logged = [
            Message(self._log, None, packed, [], partition)
            for packed in pack_batch(applied, batch.rows, self._epoch)
        ]
        began = time.perf_counter()
        try:
            async with self._producer.transaction():
                sent = [
                    await self._producer.send(m.topic, m.value, m.key, m.partition, headers=m.headers)
                    for m in (*batch.messages, *logged)
                ]
                # Before the offsets: while a group joins, the coordinator cannot say whether a partition has.
                # The broker would refuse the batch (KIP-890), and aiokafka wait 100 ms.
                await asyncio.gather(*sent)
                await self._producer.send_offsets_to_transaction(
                    {self._source: applied + 1}, group(self._settings, self._step)
                )
        except errors.KafkaError as error:
            raise self._broken(error) from error
        metrics.TRANSACTION.observe(time.perf_counter() - began)

    async def _commit_offset(self, offset: int) -> None:
        """Moves the group's offset past records that are applied already; the hint catches up."""
        try:
            async with self._producer.transaction():
                await self._producer.send_offsets_to_transaction(
                    {self._source: offset}, group(self._settings, self._step)
                )
        except errors.KafkaError as error:
            raise self._broken(error) from error

    def _broken(self, error: errors.KafkaError) -> Fatal:
        where = f"{self._source.topic}/{self._source.partition}"
        if isinstance(error, clients.AUTHORIZATION):
            return clients.explained(error, self._settings)
        if isinstance(error, errors.ProducerFenced):
            return Fatal(Exit.RETRY, f"another worker has taken {where}; it goes on from the log")
        return Fatal(Exit.RETRY, f"the transaction of {where} failed: {clients.describe(error)}")

    @property
    def stats(self) -> IndexStats:
        return self._index.stats()

    def _count(self, batch: _Batch) -> None:
        outcomes = Counter(
            unchanged=batch.unchanged,
            repeated=batch.repeated,
            failed=batch.failed.total(),
            output=len(batch.emissions) - batch.relinks,
        )
        failed = Counter({reason.value: count for reason, count in batch.failed.items()})
        counting.count_decided(self._step.name, outcomes, failed, batch.received, batch.emissions)
        metrics.RELINKS.inc(batch.relinks)
        stats = self.stats
        counting.count_index(self._counted, stats)
        self._counted = stats
