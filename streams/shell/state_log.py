"""Reading dedup.index.e<epoch>: the log whose fold is the memory of a de-duplication domain."""

import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition, errors

from streams.contract import ENRICHED, TAGGED
from streams.dedup import DedupIndex, LogRows, Phase, epoch_of, unpack_batch
from streams.pipeline import DEDUP
from streams.shell import clients, epochs, groups
from streams.shell.exits import Exit, Fatal
from streams.shell.headers import place_of
from streams.shell.logs import log
from streams.shell.names import group
from streams.shell.settings import Settings, domain_count
from streams.shell.stretches import last_record, up_to
from streams.shell.topics import index_name, partitions_of, topic_name

NOTHING_APPLIED = -1


async def load(
    settings: Settings, partition: int, loading: Callable[[], None] = lambda: None
) -> tuple[DedupIndex, int]:
    """Folds the log of a partition from its beginning; gives the memory and the last input offset applied.
    Calls `loading` for each record that it has folded.

    Call it only after the partition's transactional producer has started: that settles whatever the last
    owner left open, so that the log's end cannot move any more.
    Raises Fatal(INTERNAL) where a record of the log is damaged, Fatal(SETTINGS) where it is of another
    epoch than ours, closed or not whole.
    """
    tp = TopicPartition(topic_name(settings, index_name(settings)), partition)
    consumer = await clients.started(clients.reader(settings), settings)
    try:
        while True:
            try:
                return await _fold(settings, consumer, tp, loading)
            except errors.OffsetOutOfRangeError:
                log().warning(
                    "retention cut the log while it was read: reading it again", partition=partition
                )
    finally:
        await clients.stopped(consumer)


async def check(settings: Settings) -> None:
    """Looks at the end of every log before a worker joins its group: one that must not go on would take
    partitions from those that may.

    Raises Fatal as `load` does, and where a log was never written although there were decisions. An expired
    log, which begins where it ends, is none of these.
    """
    admin = await clients.started(clients.admin(settings), settings)
    consumer = await clients.started(clients.reader(settings), settings)
    try:
        index, tagged = topic_name(settings, index_name(settings)), topic_name(settings, TAGGED)
        logs = await partitions_of(admin, index)
        consumer.assign(logs)
        ends = await consumer.end_offsets(logs)
        committed = await groups.committed(admin, settings, group(settings, DEDUP), tagged)
        for tp in logs:
            if not ends[tp] and committed.get(tp.partition):
                why = f"{group(settings, DEDUP)} has committed offset {committed[tp.partition]} of {tagged}"
                raise epochs.never_built(f"{index}/{tp.partition}", settings.dedup_epoch, why)
            last = await last_record(consumer, tp, ends[tp])
            if last is not None and unpacked(settings, last)[2] is Phase.BUILDING:
                raise epochs.unfinished(f"{index}/{tp.partition}", settings.dedup_epoch)
        wide, wants = len(await partitions_of(admin, tagged)), domain_count(settings)
        if len(logs) < wide or wide < wants:
            what = (
                f"{index} has {len(logs)} partitions, {tagged} {wide}, COPYDESK_DEDUP_DOMAINS wants {wants}"
            )
            raise Fatal(Exit.SETTINGS, f"{what}: `copydesk dedup rebuild` makes them fit")
        if not any(ends.values()):
            enriched = await partitions_of(admin, topic_name(settings, ENRICHED))
            if any((await consumer.end_offsets(enriched)).values()):
                raise epochs.never_built(index, settings.dedup_epoch, f"{enriched[0].topic} holds decisions")
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(consumer)
        await clients.stopped(admin)


def unpacked(settings: Settings, record: Any) -> tuple[int, LogRows, Phase]:
    """(applied, rows, phase) of a record of our epoch's log. Raises Fatal as `load` does."""
    try:
        epoch, phase = epoch_of(record.value)
        epochs.refuse_other(settings, place_of(record), epoch, phase)
        return *unpack_batch(record.value), phase
    except ValueError as error:
        raise Fatal(Exit.INTERNAL, f"{place_of(record)} is damaged: {error}") from None


async def _fold(
    settings: Settings, consumer: AIOKafkaConsumer, tp: TopicPartition, loading: Callable[[], None]
) -> tuple[DedupIndex, int]:
    index, applied, folded, began = DedupIndex(), NOTHING_APPLIED, 0, time.perf_counter()
    phase = Phase.LIVE
    consumer.assign([tp])
    async for _record, applied, rows, phase in logged(settings, consumer, tp):  # noqa: B007 - the last count
        index.apply(rows)
        folded += 1
        loading()
    if phase is Phase.BUILDING:
        raise epochs.unfinished(f"{tp.topic}/{tp.partition}", settings.dedup_epoch)
    log().info(
        "state loaded",
        partition=tp.partition,
        records=folded,
        articles=len(index),
        applied=applied,
        seconds=round(time.perf_counter() - began, 2),
    )
    return index, applied


async def logged(
    settings: Settings, consumer: AIOKafkaConsumer, tp: TopicPartition
) -> AsyncGenerator[tuple[Any, int, LogRows, Phase], None]:
    """The records of an assigned log from its beginning to its present end, each with what `unpacked` gives.

    Raises Fatal as `load` does, OffsetOutOfRangeError where retention cuts it meanwhile.
    """
    await consumer.seek_to_beginning(tp)
    async for record in up_to(consumer, await consumer.end_offsets([tp])):
        yield record, *unpacked(settings, record)
