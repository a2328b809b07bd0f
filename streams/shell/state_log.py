"""Reading dedup.index: the log whose fold is the memory of a de-duplication domain."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition, errors

from streams.contract import INDEX
from streams.dedup import DedupIndex, LogRows, unpack_batch
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.logs import log
from streams.shell.settings import Settings
from streams.shell.topics import topic_name

POLL_MS = 500
NOTHING_APPLIED = -1


async def load(
    settings: Settings, partition: int, loading: Callable[[], None] = lambda: None
) -> tuple[DedupIndex, int]:
    """Folds dedup.index[partition] from its beginning; gives the memory and the last input offset applied.
    Calls `loading` for each record that it has folded.

    Call it only after the partition's transactional producer has started: that settles whatever the last
    owner left open, so that the log's end cannot move any more.
    Raises Fatal(INTERNAL) where a record of the log is damaged.
    """
    tp = TopicPartition(topic_name(settings, INDEX), partition)
    consumer = await clients.started(clients.reader(settings), settings)
    try:
        while True:
            try:
                return await _fold(consumer, tp, loading)
            except errors.OffsetOutOfRangeError:
                log().warning(
                    "retention cut the log while it was read: reading it again", partition=partition
                )
    finally:
        await clients.stopped(consumer)


async def _fold(
    consumer: AIOKafkaConsumer, tp: TopicPartition, loading: Callable[[], None]
) -> tuple[DedupIndex, int]:
    index, applied, records, began = DedupIndex(), NOTHING_APPLIED, 0, time.perf_counter()
    consumer.assign([tp])
    async for _record, last, rows in logged(consumer, tp):
        index.apply(rows)
        applied = last
        records += 1
        loading()
    log().info(
        "state loaded",
        partition=tp.partition,
        records=records,
        articles=len(index),
        applied=applied,
        seconds=round(time.perf_counter() - began, 2),
    )
    return index, applied


async def logged(consumer: AIOKafkaConsumer, tp: TopicPartition) -> AsyncIterator[tuple[Any, int, LogRows]]:
    """The records of an assigned log from its beginning to its present end: each with `applied` and its rows.

    Raises Fatal(INTERNAL) where one is damaged, OffsetOutOfRangeError where retention cuts it meanwhile.
    """
    await consumer.seek_to_beginning(tp)
    end = (await consumer.end_offsets([tp]))[tp]
    # Aborted transactions and markers count as read: the position passes them, the records do not show them.
    while await consumer.position(tp) < end:
        for record in (await consumer.getmany(tp, timeout_ms=POLL_MS)).get(tp, ()):
            try:
                applied, rows = unpack_batch(record.value)
            except ValueError as error:
                raise Fatal(
                    Exit.INTERNAL, f"{tp.topic}/{tp.partition}/{record.offset} is damaged: {error}"
                ) from None
            yield record, applied, rows
        await asyncio.sleep(0)
