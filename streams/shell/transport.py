"""How Faust reads: one message a partition and poll, whose value is the list of records.

Faust's own path costs 203 us a record before any work is done; this one 10 us (measured, design of the
delivery). It depends on internals of faust-streaming 0.15.3: tests/shell/test_transport.py pins them.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Any, cast

import faust
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

# Between two polls that bring something: each goes through two threads and a stream of Faust's, however few
# records it brings. What comes after a pause is handed on at once.
POLL_SECONDS = 0.005
# Between two looks whether the consumer is to stop, while there is no room.
ROOM_SECONDS = 0.2


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Reads what is committed: what a producer of raw articles has aborted is no article.

    Faust itself does so only together with its own transactions.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer

    async def seek_to_committed(self) -> Any:
        """Also where nothing was ever committed: to the beginning.

        A fetch that waits while partitions are handed out gives records of the new assignment into the flow
        that is suspended; they are dropped, and read again after this seek. aiokafka 0.14 leaves a partition
        without a committed offset where it is: its first records would be passed over.
        """
        committed = await super().seek_to_committed()
        fresh = [tp for tp, offset in committed.items() if not offset]
        with suppress(IllegalStateError):  # no longer ours: with the next assignment we are here again
            if fresh:
                await self.seek_to_beginning(*fresh)
        return committed


class Polled(list[Any]):
    """The records of one partition; `more`: of other partitions, the same poll has some that come next."""

    def __init__(self, records: Iterable[Any], *, more: bool) -> None:
        super().__init__(records)
        self.more = more


class BatchConsumer(driver.Consumer):
    """Faust's consumer, but that a poll gives each partition's records together.

    `waiting`: of each batch that was handed out, the offset behind it and its first record's time in ms.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.waiting: defaultdict[TP, deque[tuple[int, int]]] = defaultdict(deque)
        self._polled_at = -POLL_SECONDS

    def oldest(self, tp: TP, committed: int) -> float | None:
        """When the first record that was handed out and is not committed came to Kafka, in seconds."""
        waiting = self.waiting[tp]
        while waiting and waiting[0][0] <= committed:
            waiting.popleft()
        return waiting[0][1] / 1000 if waiting else None

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        if (early := self._polled_at + POLL_SECONDS - time.monotonic()) > 0:
            await asyncio.sleep(early)
        room = cast(BatchTransport, self.transport).room
        if not room.is_set():
            with suppress(TimeoutError):
                # Not wait_for, which before Python 3.12 loses a cancellation that comes together with the
                # room: Faust, as it stops, would wait for a poll that waits for its flow to go on.
                async with asyncio.timeout(ROOM_SECONDS):
                    await room.wait()
            if not room.is_set():
                return
        records, active = await self._wait_next_records(timeout)
        if records:
            self._polled_at = time.monotonic()
        generation = self.app.consumer_generation_id
        if not records or self.should_stop:
            return
        if not self.flow_active:
            await self.perform_seek()
            return
        *_, last = records
        for tp, batch in records.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if active is None or tp in active or tp in self._buffered_partitions:
                self.waiting[tp].append((batch[-1].offset + 1, batch[0].timestamp))
                yield tp, _message(tp, Polled(batch, more=tp is not last), generation)


class BatchTransport(driver.Transport):
    """Set as `app.transport`; everything but the consumer is Faust's.

    `room`: nothing is polled while it is not set; what aiokafka has fetched waits in its buffer. Faust's own
    pause, for streams that are full, lasts until the poll of the other partitions ends: up to a second.
    """

    Consumer = BatchConsumer

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.room = asyncio.Event()
        self.room.set()


class RecordBatch(faust.Schema[Any, Any]):
    """Hands the list of records through as the event's value."""

    async def decode(self, app: Any, message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG002
        return app.create_event(None, message.value, headers=None, message=message)


def _message(tp: TP, batch: Any, generation: int) -> Any:
    last = batch[-1]
    return ConsumerMessage(
        topic=tp.topic,
        partition=tp.partition,
        offset=last.offset,
        timestamp=last.timestamp / 1000,
        timestamp_type=last.timestamp_type,
        headers=[],
        key=None,
        value=batch,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        tp=tp,
        generation_id=generation,
    )
