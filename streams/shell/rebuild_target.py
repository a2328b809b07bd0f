"""What a rebuild writes: the topic of the next epoch, in transactions of the domains' own producers.

First every partition gets a record that says BUILDING, then come the snapshots, and one last transaction says
LIVE in every partition of the new log and CLOSED in every one of the old. Whatever ends a rebuild before
that leaves the old epoch as it was and a new one that every worker refuses.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from aiokafka import AIOKafkaProducer, TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.contract import TAGGED
from streams.dedup import Phase, epoch_of, pack_batch
from streams.dedup.snapshot import Snapshot
from streams.shell import clients, epochs
from streams.shell.exits import Exit, Fatal
from streams.shell.names import transactional_id
from streams.shell.progress import Progress
from streams.shell.rebuild_sources import Before, Say
from streams.shell.settings import Settings
from streams.shell.state_log import NOTHING_APPLIED
from streams.shell.stretches import last_record
from streams.shell.topics import index_name, make, partitions_of, topic_name, wanted, widen

# Rows of one transaction: 6 MB, written well within transaction_seconds.
CHUNK_ROWS = 5_000
POLL_SECONDS = 0.2


class NewEpoch:
    """The log to be. `settings` are those of its workers, with its number; `partitions` are as many as
    articles.tagged has, or will have.
    """

    def __init__(self, settings: Settings, partitions: int) -> None:
        self._settings, self.partitions = settings, partitions
        self.name = topic_name(settings, index_name(settings))
        self._epoch = epochs.current(settings)
        self._producers: list[AIOKafkaProducer] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "NewEpoch":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    async def fence(self) -> None:
        """Starts the producer of every domain: a worker that was forgotten can commit nothing any more, and
        what it left open is settled.
        """
        for partition in range(self.partitions):
            producer = clients.transactional(
                self._settings,
                transactional_id(self._settings, partition),
            )
            self._stack.push_async_callback(clients.stopped, producer)
            self._producers.append(await clients.started(producer, self._settings))

    async def refuse_present(self, admin: AIOKafkaAdminClient, *, overwrite: bool) -> bool:
        """Whether the topic is there and must go. Raises Fatal(SETTINGS) where it holds what must stay."""
        there = await partitions_of(admin, self.name)
        if not there:
            return False
        async with clients.reading(self._settings, there) as consumer:
            ends = await consumer.end_offsets(there)
            last = [await last_record(consumer, tp, end) for tp, end in ends.items()]
        written = any(ends.values())
        if not written and len(there) == self.partitions:
            return False
        if any(record is not None and _is_whole(record.value) for record in last):
            number = self._settings.dedup_epoch
            raise Fatal(
                Exit.SETTINGS,
                f"{self.name} is whole: COPYDESK_DEDUP_EPOCH={number} uses it, or a later one that "
                "took over; rebuild then makes the next",
            )
        if not overwrite:
            what = "holds records" if written else f"has {len(there)} partitions, not {self.partitions}"
            raise Fatal(
                Exit.SETTINGS,
                f"{self.name} {what}: a rebuild that did not end? --overwrite deletes it and begins anew",
            )
        return True

    async def begin(
        self, admin: AIOKafkaAdminClient, applied: Mapping[int, int], say: Say, *, anew: bool
    ) -> None:
        """Makes the topic, after deleting it where it must begin anew, and says BUILDING in it."""
        if anew:
            await admin.delete_topics([self.name])
            await self._until(admin, self.name, 0)
            say(f"{self.name}: deleted")
        if not await partitions_of(admin, self.name):
            [topic] = [topic for topic in wanted(self._settings) if topic.name == self.name]
            await make(admin, self._settings, replace(topic, partitions=self.partitions))
            await self._until(admin, self.name, self.partitions)
            say(f"{self.name}: created with {self.partitions} partitions")
        opening = [self._packed(tp, applied, Phase.BUILDING) for tp in self._logs()]
        await self._transaction(self._producers[0], opening)

    async def write(self, snapshots: Sequence[Snapshot], applied: Mapping[int, int]) -> None:
        """The snapshot of each domain, in its partition. Raises Fatal where a transaction fails."""
        total, written = sum(map(len, snapshots)), 0
        with Progress(f"writing {self.name}", total) as progress:
            for partition, snapshot in enumerate(snapshots):
                tp = TopicPartition(self.name, partition)
                for chunk in snapshot.chunks(CHUNK_ROWS):
                    packed = pack_batch(
                        applied.get(partition, NOTHING_APPLIED), [chunk], self._epoch, Phase.BUILDING
                    )
                    await self._transaction(self._producers[partition], [(tp, one) for one in packed])
                    written += len(chunk)
                    progress.advance(written, written)

    async def widen_tagged(self, admin: AIOKafkaAdminClient, say: Say) -> None:
        """Gives articles.tagged the partitions that the domain table wants: late, because workers of the old
        epoch have no log for them.
        """
        name = topic_name(self._settings, TAGGED)
        if len(await partitions_of(admin, name)) < self.partitions:
            await widen(admin, self._settings, name, self.partitions)
            await self._until(admin, name, self.partitions)
            say(f"{name}: now {self.partitions} partitions")

    async def close(self, before: Before) -> None:
        """Declares the new log whole and the old one closed, in one transaction."""
        records = [self._packed(tp, before.applied, Phase.LIVE) for tp in self._logs()]
        records += [self._packed(tp, before.applied, Phase.CLOSED) for tp in before.ends]
        await self._transaction(self._producers[0], records)

    def _packed(
        self, tp: TopicPartition, applied: Mapping[int, int], phase: Phase
    ) -> tuple[TopicPartition, bytes]:
        [packed] = pack_batch(applied.get(tp.partition, NOTHING_APPLIED), [], self._epoch, phase)
        return tp, packed

    def _logs(self) -> list[TopicPartition]:
        return [TopicPartition(self.name, partition) for partition in range(self.partitions)]

    async def _transaction(
        self, producer: AIOKafkaProducer, records: Sequence[tuple[TopicPartition, bytes]]
    ) -> None:
        try:
            async with producer.transaction():
                sent = [await producer.send(tp.topic, packed, None, tp.partition) for tp, packed in records]
                await asyncio.gather(*sent)
        except errors.ProducerFenced as error:
            raise Fatal(
                Exit.RETRY,
                f"a dedup worker or another rebuild was started meanwhile; {self.name} is not whole. Stop "
                "it, then rebuild with --overwrite",
            ) from error

    async def _until(self, admin: AIOKafkaAdminClient, name: str, partitions: int) -> None:
        """Waits until a topic has so many partitions; brokers hear of it a moment later."""
        deadline = time.monotonic() + self._settings.request_seconds
        while len(await partitions_of(admin, name)) != partitions:
            if time.monotonic() > deadline:
                raise Fatal(Exit.UNAVAILABLE, f"{name}: Kafka does not make it {partitions} partitions")
            await asyncio.sleep(POLL_SECONDS)


def _is_whole(packed: bytes) -> bool:
    try:
        return epoch_of(packed)[1] is not Phase.BUILDING  # a closed one was whole: a later epoch lives
    except ValueError:
        return False  # damaged: no worker can use it
