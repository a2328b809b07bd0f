"""Finding an article's records where only their key is known: Kafka has no index of keys.

An event and the row of the log that it follows from are of one transaction, so the row's time says where
to look. Without a row the partition of the key is read whole.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from streams import contract
from streams.dedup.trail import Entry
from streams.shell import clients, headers
from streams.shell.evidence import ERASED, Event
from streams.shell.progress import Progress
from streams.shell.settings import Settings
from streams.shell.stretches import up_to
from streams.shell.topics import present_partitions, topic_name

MOST = 20  # the last decisions whose events are looked for: each search reads some seconds of the topic


async def events_of(settings: Settings, identity: bytes, entries: Iterable[Entry]) -> dict[int, Event]:
    """The article's events by decision, as far as compaction has left them."""
    key = identity.hex().encode()
    tp = partition_of_key(await present_partitions(settings, topic_name(settings, contract.ENRICHED)), key)
    wanted = {entry.decision: entry.place.at_ms for entry in entries if entry.decision and entry.place}
    found: dict[int, Event] = {}
    slack_ms = int(settings.transaction_seconds * 1000)
    async with clients.reading(settings, [tp]) as consumer:
        for decision, at_ms in sorted(wanted.items())[-MOST:]:
            if decision in found:
                continue
            async for record in _between(consumer, tp, at_ms - slack_ms, at_ms + slack_ms):
                if record.key == key:
                    event = event_of(record)
                    found[event.decision or 0] = event
                    if event.decision == decision:
                        break
    return found


def partition_of_key(partitions: list[TopicPartition], key: bytes) -> TopicPartition:
    """Where our producers, and most others, put a key; before partitions were added it was another."""
    chosen: TopicPartition = DefaultPartitioner()(key, partitions, partitions)
    return chosen


def event_of(record: Any) -> Event:
    """An enriched record: version and decision from its header, the status from its value."""
    told = headers.decided(record.headers)
    version, decision = (told.version, told.decision) if told else (None, None)
    value = orjson.loads(record.value) if record.value is not None else {"status": ERASED}
    return Event(headers.place_of(record), version, decision, value.get("status"))


async def scan(settings: Settings, tp: TopicPartition, keys: set[bytes]) -> list[Any]:
    """The records of a partition with one of the keys: reads all of it, with its progress told."""
    found, read = [], 0
    async with clients.reading(settings, [tp]) as consumer:
        begins, ends = await consumer.beginning_offsets([tp]), await consumer.end_offsets([tp])
        begin, end = begins[tp], ends[tp]
        with Progress(f"reading {tp.topic}/{tp.partition}", end - begin, "records") as progress:
            consumer.seek(tp, begin)
            async for record in up_to(consumer, {tp: end}):
                read += 1
                progress.advance(record.offset - begin, read)
                if record.key in keys:
                    found.append(record)
    return found


async def _between(
    consumer: AIOKafkaConsumer, tp: TopicPartition, first_ms: int, last_ms: int
) -> AsyncIterator[Any]:
    """The records that Kafka took between two times; a broker's times rise along a partition."""
    start = (await consumer.offsets_for_times({tp: max(0, first_ms)}))[tp]
    if start is None:
        return
    end = (await consumer.end_offsets([tp]))[tp]
    consumer.seek(tp, start.offset)
    async for record in up_to(consumer, {tp: end}):
        if record.timestamp > last_ms:
            return
        yield record
