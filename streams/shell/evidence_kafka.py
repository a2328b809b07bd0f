"""Evidence from Kafka: dedup.index folded once more, then the few records that its rows point to."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition, errors

from streams import contract
from streams.dedup import self_test
from streams.dedup.trail import LogPlace, Trail
from streams.shell import clients, headers, state_log
from streams.shell.enriched_events import events_of
from streams.shell.evidence import Evidence, Facts, Tagged, entry_of, facts_of, tagged_records
from streams.shell.progress import Progress
from streams.shell.read_back import READ_BACK_SECONDS
from streams.shell.settings import Settings
from streams.shell.topics import index_name, present_partitions, topic_name


def evidence(settings: Settings, ids: Sequence[bytes], decision: int | None, shown: int) -> Evidence:
    """What the log says of the ids; and, unless one of them is not in it, what the topics say of the first
    one's decision and of so many of its neighbours.

    Raises Fatal where a topic cannot be read, or the log has not that decision.
    """
    self_test()
    return asyncio.run(_evidence(settings, tuple(ids), decision, shown))


async def _evidence(settings: Settings, ids: tuple[bytes, ...], decision: int | None, shown: int) -> Evidence:
    names = topic_name(settings, contract.TAGGED), topic_name(settings, index_name(settings))
    found = Evidence(ids, {identity: [] for identity in ids}, *names)
    await _read_logs(settings, found)
    if all(found.entries.values()):
        wanted = tagged_records(found, entry_of(found.entries[ids[0]], decision), shown)
        found.facts = await _facts(settings, names[0], sorted(wanted))
        found.events = await events_of(settings, ids[0], found.entries[ids[0]])
    return found


async def _read_logs(settings: Settings, found: Evidence) -> None:
    """Folds one domain after the other, so that there is one memory at a time."""
    logs = await present_partitions(settings, topic_name(settings, index_name(settings)))
    async with clients.reading(settings, logs) as consumer:
        begins, ends = await consumer.beginning_offsets(logs), await consumer.end_offsets(logs)
    total = sum(ends.values()) - sum(begins.values())
    with Progress(f"reading {found.log}", total, "rows") as progress:
        done, rows = 0, 0
        for tp in logs:
            trail: Trail | None = None
            async with clients.reading(settings, [tp]) as consumer:
                while trail is None:
                    try:
                        trail, rows = await _followed(
                            settings, consumer, tp, found.ids, progress, done - begins[tp], rows
                        )
                    except errors.OffsetOutOfRangeError:
                        continue  # retention cut the log while it was read: once more
            done += ends[tp] - begins[tp]
            found.now[tp.partition] = trail.now(found.ids[0])
            for identity, entries in trail.entries.items():
                found.entries[identity] += entries
    for entries in found.entries.values():
        entries.sort(key=lambda entry: entry.place.at_ms if entry.place else 0)


async def _followed(
    settings: Settings,
    consumer: AIOKafkaConsumer,
    tp: TopicPartition,
    ids: tuple[bytes, ...],
    progress: Progress,
    done: int,
    rows: int,
) -> tuple[Trail, int]:
    trail = Trail(ids)
    async for record, _applied, logged, _phase in state_log.logged(settings, consumer, tp):
        trail.fold(logged, LogPlace(tp.partition, record.offset, record.timestamp))
        rows += len(logged)
        progress.advance(done + record.offset, rows)
    return trail, rows


async def _facts(settings: Settings, topic: str, wanted: Sequence[Tagged]) -> dict[Tagged, Facts]:
    """What the tagged records say; those that retention has deleted are left out."""
    parts = [TopicPartition(topic, partition) for partition in sorted({tagged[0] for tagged in wanted})]
    found = {}
    async with clients.reading(settings, parts) as consumer:
        begins, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
        for partition, offset in wanted:
            tp = TopicPartition(topic, partition)
            record = await _at(consumer, tp, offset) if begins[tp] <= offset < ends[tp] else None
            if record is not None:
                given = dict(record.headers)
                source, force = (given.get(name) for name in (headers.SOURCE, headers.FORCE))
                found[partition, offset] = facts_of(
                    record.value,
                    source.decode() if source else None,
                    headers.forcing_run(force) if force else None,
                )
    return found


async def _at(consumer: AIOKafkaConsumer, tp: TopicPartition, offset: int) -> Any:
    consumer.seek(tp, offset)
    try:
        record = await asyncio.wait_for(consumer.getone(tp), READ_BACK_SECONDS)
    except (TimeoutError, errors.OffsetOutOfRangeError):
        return None
    return record if record.offset == offset else None
