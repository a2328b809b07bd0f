"""`copydesk tail`: the records of a topic, readable or as JSON."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams import contract
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.printed import as_json, as_text
from streams.shell.settings import Settings
from streams.shell.stretches import POLL_MS, Offsets, Window, last_records, merged, offsets_at
from streams.shell.terminal import json_line
from streams.shell.topics import index_name, present_partitions, topic_name
from streams.shell.where import EVERYTHING, Where

TOPICS = (
    contract.RAW,
    contract.CLEANED,
    contract.TAGGED,
    contract.ENRICHED,
    contract.REJECTED,
    contract.DEADLETTER,
    contract.INDEX,
)
LAST = 10


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which records. They start at an offset of each partition, a time or the beginning, and end before
    another time; times in ms since 1970. Of those that `where` means, the `last` so many, or all (None).
    """

    last: int | None = None
    offset: int | None = None
    partition: int | None = None
    since: int | None = None
    until: int | None = None
    follow: bool = False
    where: Where = EVERYTHING


async def records(settings: Settings, topic: str, stretch: Stretch) -> AsyncGenerator[Any, None]:
    """The records by (Kafka timestamp, partition, offset); what is followed as it comes.

    Ends with what was there at the start unless followed.

    Raises Fatal where the topic is missing, denied, or Kafka cannot be reached.
    """
    partitions = await _partitions(settings, topic, stretch.partition)
    async with clients.reading(settings, partitions) as consumer:
        there = await consumer.end_offsets(partitions)
        window = await _window(consumer, there, stretch)
    if stretch.last is None:
        async with aclosing(merged(settings, window)) as found:
            async for record in found:
                if stretch.where.holds(record):
                    yield record
    else:
        for record in await _last(settings, window, stretch.last, stretch.where):
            yield record
    if not stretch.follow:
        return
    async with clients.reading(settings, partitions) as consumer:
        for tp, end in there.items():
            consumer.seek(tp, end)
        while True:
            for batch in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                for record in batch:
                    if stretch.where.holds(record):
                        yield record


async def _partitions(settings: Settings, topic: str, only: int | None) -> list[TopicPartition]:
    """Of a topic of ours, or of a full name; raises Fatal where it is missing or denied."""
    ours = index_name(settings) if topic == contract.INDEX else topic
    name = topic_name(settings, ours) if topic in TOPICS else topic
    found = await present_partitions(settings, name)
    if only is not None and TopicPartition(name, only) not in found:
        last = found[-1].partition
        raise Fatal(Exit.USAGE, f"{name} has the partitions {found[0].partition} to {last}, not {only}")
    return [tp for tp in found if only in (None, tp.partition)]


async def _window(consumer: AIOKafkaConsumer, there: Offsets, stretch: Stretch) -> Window:
    begins: Offsets = await consumer.beginning_offsets(list(there))
    starts, ends = dict(begins), dict(there)
    if stretch.since is not None:
        starts = await offsets_at(consumer, there, stretch.since)
    elif stretch.offset is not None:
        for tp, begin in begins.items():
            if not begin <= stretch.offset <= there[tp]:
                where = f"{tp.topic}/{tp.partition}"
                raise Fatal(
                    Exit.USAGE, f"{where} holds the offsets {begin} to {there[tp]}, not {stretch.offset}"
                )
            starts[tp] = stretch.offset
    if stretch.until is not None:
        ends = await offsets_at(consumer, there, stretch.until)
    return Window(stretch.since or 0, starts, ends)


async def _last(settings: Settings, window: Window, count: int, where: Where) -> list[Any]:
    """The last of all partitions are among the last of each."""
    found = []
    for tp, start in window.starts.items():
        if start == window.ends[tp]:
            continue
        async with clients.reading(settings, [tp]) as consumer:
            found += await last_records(consumer, tp, start, window.ends[tp], count, where.holds)
    found.sort(key=lambda record: (record.timestamp, record.partition, record.offset))
    return found[-count:]


def show(
    settings: Settings, topic: str, stretch: Stretch, echo: Callable[[str], None], *, json: bool
) -> None:
    """Hands the records to `echo`, one after another, until there are no more or Ctrl-C."""

    async def go() -> None:
        async with aclosing(records(settings, topic, stretch)) as found:
            async for record in found:
                echo(json_line(as_json(record)).decode() if json else as_text(record))

    asyncio.run(go())
