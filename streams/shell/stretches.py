"""Reading stretches of partitions up to frozen ends: as they come, one alone, or merged by time."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.shell import clients
from streams.shell.settings import Settings

POLL_MS = 500
LOOK_BACK = 10  # times as many offsets, when the last ones hold too few records

Offsets = dict[TopicPartition, int]
Wanted = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of partitions, [start, end); `since`: ms since 1970."""

    since: int
    starts: Offsets
    ends: Offsets

    def __len__(self) -> int:
        return sum(self.ends[tp] - start for tp, start in self.starts.items())


async def up_to(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> AsyncGenerator[Any, None]:
    """What assigned partitions hold from the consumer's positions up to their ends, as it comes."""
    # Aborted transactions and markers count as read: the position passes them, the records do not show them.
    open_ = set(ends)
    while open_ := {tp for tp in open_ if await consumer.position(tp) < ends[tp]}:
        for tp, batch in (await consumer.getmany(*open_, timeout_ms=POLL_MS)).items():
            for record in batch:
                if record.offset < ends[tp]:
                    yield record
        await asyncio.sleep(0)


async def stretch(settings: Settings, tp: TopicPartition, start: int, end: int) -> AsyncGenerator[Any, None]:
    """The records of a partition in [start, end), with a reader of its own."""
    if start < end:
        async with clients.reading(settings, [tp]) as consumer:
            consumer.seek(tp, start)
            async for record in up_to(consumer, {tp: end}):
                yield record


async def merged(settings: Settings, window: Window) -> AsyncGenerator[Any, None]:
    """The window's records by (Kafka timestamp, partition, offset).

    A consumer for each partition: aiokafka 0.14 fetches nothing from a broker for 100 ms while records of
    another partition of it wait to be taken.
    """
    heap: list[tuple[int, int, int, Any, AsyncGenerator[Any, None]]] = []

    async def push(stream: AsyncGenerator[Any, None]) -> None:
        record = await anext(stream, None)
        if record is not None:
            heappush(heap, (record.timestamp, record.partition, record.offset, record, stream))

    async with AsyncExitStack() as stack:
        for tp, start in window.starts.items():
            stream = stretch(settings, tp, start, window.ends[tp])
            await push(await stack.enter_async_context(aclosing(stream)))
        while heap:
            *_place, record, stream = heappop(heap)
            yield record
            await push(stream)


async def offsets_at(consumer: AIOKafkaConsumer, ends: Offsets, since: int) -> Offsets:
    """The first offset of each partition written at this time (ms) or later; its end where none was."""
    found = await consumer.offsets_for_times(dict.fromkeys(ends, max(0, since)))
    return {tp: min(end, found[tp].offset) if found[tp] else end for tp, end in ends.items()}


async def last_records(
    consumer: AIOKafkaConsumer,
    tp: TopicPartition,
    begin: int,
    end: int,
    count: int,
    wanted: Wanted = lambda _record: True,
) -> list[Any]:
    """The last `count` wanted records of an assigned partition in [begin, end), in order: fewer where there
    are fewer. What is looked through grows until it holds enough.
    """
    found: deque[Any] = deque()
    back = 2 * count  # a marker ends a transaction
    while begin < end and len(found) < count:
        start = max(begin, end - back)
        consumer.seek(tp, start)
        newer = count - len(found)
        before: deque[Any] = deque(maxlen=newer)
        async for record in up_to(consumer, {tp: end}):
            if wanted(record):
                before.append(record)
        found.extendleft(reversed(before))
        end, back = start, back * LOOK_BACK
    return list(found)


async def last_record(consumer: AIOKafkaConsumer, tp: TopicPartition, end: int) -> Any:
    """The last record of an assigned partition before an end offset, or None where there is none."""
    begin = (await consumer.beginning_offsets([tp]))[tp]
    return next(iter(await last_records(consumer, tp, begin, end, 1)), None)
