"""What of a run can be promoted: its articles, each as it was at last, and not those that are too old."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition

from streams.contract import TAGGED, rfc3339
from streams.dedup import REMOVALS, Arrival
from streams.dedup.fold import KEEP_MS
from streams.shell import clients, headers
from streams.shell.arrivals import arrival_of
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.plan import Plan
from streams.shell.settings import Settings
from streams.shell.stretches import last_records, offsets_at, stretch
from streams.shell.topics import present_partitions, topic_name

Place = tuple[int, int]  # partition and offset of the run's tagged articles


@dataclass(frozen=True, slots=True)
class Kept:
    """The last record of an article, when that was received, and whether it is a removal."""

    place: Place
    received_ms: int
    removal: bool


def refuse_old(settings: Settings, plan: Plan) -> None:
    """Raises Fatal(SETTINGS) where a plan begins before what de-duplication remembers: what is sent again of
    that would be judged without the articles that it may be a copy of.
    """
    since = plan.removals_since + KEEP_MS
    oldest = asyncio.run(remembered(settings))
    if since < oldest:
        raise Fatal(
            Exit.SETTINGS,
            f"the range begins at {rfc3339(since)}, and de-duplication remembers what was received since "
            f"{rfc3339(oldest)} ({KEEP_MS // 3_600_000} h): older articles would be judged originals. Plan "
            "a later range, or run and diff it without promoting what is older",
        )


async def last_of_each(settings: Settings, own: str, chosen: Collection[str] | None) -> dict[str, Kept]:
    """The last tagged record of each article in the run; without those that end as withdrawn."""
    found: dict[str, Kept] = {}
    async for record in records_of(settings, own):
        identity = (record.key or b"").decode(errors="replace")
        arrival = arrival_of(record)
        if isinstance(arrival, Arrival) and (chosen is None or identity in chosen):
            fingerprint = arrival.fingerprint
            known = found.get(identity)
            if known is None or fingerprint.received_ms >= known.received_ms:
                removal = fingerprint.kind in REMOVALS
                found[identity] = Kept((record.partition, record.offset), fingerprint.received_ms, removal)
    return {identity: one for identity, one in found.items() if not one.removal}


async def promoted_before(
    settings: Settings, force: bytes, since_ms: int
) -> tuple[set[str], dict[TopicPartition, int]]:
    """The articles that this beginning of a run has sent to articles.tagged since it began, and the offset of
    the last of each partition.
    """
    found, last = set[str](), dict[TopicPartition, int]()
    async for record in records_of(settings, topic_name(settings, TAGGED), since_ms):
        if (headers.FORCE, force) in record.headers:
            found.add((record.key or b"").decode(errors="replace"))
            last[TopicPartition(record.topic, record.partition)] = record.offset
    return found, last


async def records_of(settings: Settings, name: str, since_ms: int = 0) -> AsyncGenerator[Any, None]:
    """The records of a topic written since a time, partition by partition."""
    parts = await present_partitions(settings, name)
    async with clients.reading(settings, parts) as consumer:
        ends = await consumer.end_offsets(parts)
        starts = await offsets_at(consumer, ends, since_ms)
    for tp in parts:
        async for record in stretch(settings, tp, starts[tp], ends[tp]):
            yield record


async def remembered(settings: Settings) -> int:
    """What was received since then, in ms, every domain still knows."""
    parts = await present_partitions(settings, topic_name(settings, TAGGED))
    newest = 0
    async with clients.reading(settings, parts) as consumer:
        begins = await consumer.beginning_offsets(parts)
        for tp, end in (await consumer.end_offsets(parts)).items():
            for last in await last_records(consumer, tp, begins[tp], end, 1, _is_live):
                arrival = arrival_of(last)
                if isinstance(arrival, Arrival):
                    newest = max(newest, arrival.fingerprint.received_ms)
    return newest - KEEP_MS


def _is_live(record: Any) -> bool:
    """Not sent by a promotion or a redrive: such records are as old as what they repeat."""
    return not {headers.FORCE, headers.ATTEMPTS} & {name for name, _ in record.headers}
