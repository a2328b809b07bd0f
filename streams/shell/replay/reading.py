"""The source of a run: its partitions merged into batches, and why it cannot be read any more."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from aiokafka import TopicPartition, errors

from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.plan import Plan
from streams.shell.replay.progress_log import Position
from streams.shell.replay.throttle import Throttle
from streams.shell.settings import Settings
from streams.shell.stretches import Window, merged
from streams.shell.topics import topic_name

# Records and bytes of a transaction: its cost of 31 to 49 ms is then below .1 ms a record.
BATCH_RECORDS = 500
BATCH_BYTES = 4 << 20


async def batches(
    settings: Settings, plan: Plan, positions: Mapping[int, Position], throttle: Throttle
) -> AsyncGenerator[list[Any], None]:
    """The records behind the positions by (Kafka timestamp, partition, offset), as fast as `throttle` lets.

    Raises Fatal: NO_INPUT where records of the run are gone, else as `clients.explained` says.
    """
    name = topic_name(settings, plan.source)
    starts = {TopicPartition(name, p): one.position for p, one in positions.items()}
    ends = {TopicPartition(name, p): one.end for p, one in positions.items()}
    batch: list[Any] = []
    size, most = 0, throttle.batch(BATCH_RECORDS)
    try:
        async with aclosing(merged(settings, Window(0, starts, ends))) as records:
            async for record in records:
                batch.append(record)
                size += len(record.value or b"")
                if len(batch) >= most or size >= BATCH_BYTES:
                    await throttle.take(len(batch))
                    yield batch
                    batch, size, most = [], 0, throttle.batch(BATCH_RECORDS)
    except Fatal as fatal:
        if isinstance(fatal.__cause__, errors.OffsetOutOfRangeError):
            raise expired(plan, fatal.__cause__) from fatal
        raise
    if batch:
        await throttle.take(len(batch))
        yield batch


def expired(plan: Plan, error: errors.OffsetOutOfRangeError) -> Fatal:
    where = ", ".join(
        f"{tp.topic}/{tp.partition} from offset {offset} on" for tp, offset in error.args[0].items()
    )
    return _gone(plan, where)


async def check_there(settings: Settings, plan: Plan, positions: Mapping[int, Position]) -> None:
    """Raises Fatal(NO_INPUT) where the topic does not hold what is left to be read."""
    name = topic_name(settings, plan.source)
    left = {TopicPartition(name, p): one for p, one in positions.items() if one.position < one.end}
    if not left:
        return
    async with clients.reading(settings, list(left)) as consumer:
        begins, ends = await consumer.beginning_offsets(left), await consumer.end_offsets(left)
    gone = [
        f"{tp.topic}/{tp.partition} from offset {one.position} to {min(begins[tp], one.end) - 1}"
        for tp, one in left.items()
        if begins[tp] > one.position
    ]
    if gone:
        raise _gone(plan, ", ".join(gone))
    for tp, one in left.items():
        if ends[tp] < one.end:
            raise Fatal(
                Exit.NO_INPUT,
                f"{tp.topic}/{tp.partition} ends at offset {ends[tp]}, run {plan.run} at {one.end}: it is "
                "not the topic that was planned for. Plan anew",
            )


def _gone(plan: Plan, where: str) -> Fatal:
    return Fatal(
        Exit.NO_INPUT,
        f"records of run {plan.run} are gone: {where}. Retention has deleted them since it was planned: "
        f"`copydesk replay abort {plan.run}`, then plan a later start",
    )
