"""`copydesk replay promote`: a run's tagged articles to the live articles.tagged, to be decided again.

The dedup agent stays the only writer of articles.enriched. It emits a forced article with decision + 1, once
a run and article (streams/dedup/forced.py); and here what was sent and how far it came are one transaction,
so a promotion that was killed goes on and sends nothing twice.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer, TopicPartition

from streams.contract import TAGGED
from streams.dedup import Arrival
from streams.pipeline import DEDUP
from streams.shell import clients, groups, headers
from streams.shell.access import Needs, check_access
from streams.shell.arrivals import arrival_of, language_of
from streams.shell.deliveries import Message
from streams.shell.exits import Exit, Fatal
from streams.shell.progress import Progress
from streams.shell.replay.diff import compare, refuse_unfinished
from streams.shell.replay.plan import Plan, producer_id, progress_topic, run_settings
from streams.shell.replay.progress_log import latest
from streams.shell.replay.promotable import Place, last_of_each, records_of, remembered
from streams.shell.replay.writing import run_producer, transact
from streams.shell.settings import Settings, domain_count, domains
from streams.shell.topics import domains_of, topic_name

# Records of one transaction, and bytes: what a dedup worker takes in hand at once.
BATCH_RECORDS = 500
BATCH_BYTES = 4 << 20


@dataclass(slots=True)
class Promoted:
    """`chosen`: articles that differ, or all; of these `sent` now, `before` by an earlier call, `old`: left
    out, because they have left the memory of de-duplication.
    """

    chosen: int = 0
    sent: int = 0
    before: int = 0
    old: int = 0
    written: dict[TopicPartition, int] = field(default_factory=dict)


def promote(
    settings: Settings, plan: Plan, *, everything: bool, dry: bool, patience: float | None
) -> Promoted:
    """Sends what the diff calls changed or added, or with `everything` all articles of the run.

    With `patience` it waits so many seconds until de-duplication has decided all of it.
    Raises Fatal: SETTINGS where the run is not done or has no tagged articles, NO_RIGHT, RETRY.
    """
    return asyncio.run(_promote(settings, plan, everything, dry, patience))


async def _promote(
    settings: Settings, plan: Plan, everything: bool, dry: bool, patience: float | None
) -> Promoted:
    if TAGGED not in plan.targets:
        raise Fatal(Exit.SETTINGS, f"run {plan.run} ends with {plan.last}: only tagged articles are promoted")
    await refuse_unfinished(settings, plan)
    target, own = topic_name(settings, TAGGED), topic_name(run_settings(settings, plan), TAGGED)
    identity = producer_id(settings, plan.run)
    await check_access(
        settings,
        Needs(
            reads=(target, own),
            writes=() if dry else (target, progress_topic(settings)),
            transactional_ids=() if dry else (identity,),
            at_least={target: domain_count(settings)},
        ),
    )
    chosen = None if everything else set((await compare(settings, plan)).differing)
    oldest = await remembered(settings)
    kept = await last_of_each(settings, own, chosen)
    done = Promoted(chosen=len(kept))
    places = {one.place for one in kept.values() if one.received_ms >= oldest}
    done.old = len(kept) - len(places)
    producer = run_producer(settings, plan.run)
    try:
        if not dry:
            await clients.started(producer, settings)
        await _Sending(settings, plan, None if dry else producer, everything, done).go(own, places)
    finally:
        await clients.stopped(producer)
    if patience is not None:
        await groups.passed(settings, DEDUP, done.written, patience)
    return done


class _Sending:
    """Sends records in transactions; without a producer it counts them."""

    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        producer: AIOKafkaProducer | None,
        everything: bool,
        done: Promoted,
    ) -> None:
        self._settings, self._plan, self._producer, self._done = settings, plan, producer, done
        self._table = domains(settings)
        self._target = topic_name(settings, TAGGED)
        self._key = f"{plan.run}/promote{'-all' if everything else ''}/"

    async def go(self, own: str, places: Collection[Place]) -> None:
        positions = await self._positions()
        with Progress("promoting", len(places), of="articles") as progress:
            messages: list[Message] = []
            size = 0
            last: Place | None = None
            async for record in records_of(self._settings, own):
                place = record.partition, record.offset
                if place not in places:
                    continue
                if record.offset < positions.get(record.partition, 0):
                    self._done.before += 1
                    continue
                if (
                    messages
                    and last is not None
                    and (last[0] != record.partition or len(messages) >= BATCH_RECORDS or size >= BATCH_BYTES)
                ):
                    await self._send(messages, last)
                    messages, size = [], 0
                messages.append(self._forced(record))
                size += len(record.value or b"")
                last = place
                progress.advance(self._done.sent + len(messages), self._done.sent + len(messages))
            if messages and last is not None:
                await self._send(messages, last)

    async def _positions(self) -> dict[int, int]:
        """Partition of the run's tagged articles -> the offset to go on from."""
        admin = await clients.started(clients.admin(self._settings), self._settings)
        try:
            found = await latest(self._settings, admin)
        finally:
            await clients.stopped(admin)
        own = {key.decode(errors="replace"): value for key, (value, _at) in found.items()}
        return {
            int(key.removeprefix(self._key)): int(orjson.loads(value)["promoted"])
            for key, value in own.items()
            if key.startswith(self._key)
        }

    def _forced(self, record: Any) -> Message:
        arrival = arrival_of(record)
        language = language_of(record, arrival) if isinstance(arrival, Arrival) else ""
        kept = [(name, value) for name, value in record.headers if name != headers.FORCE]
        kept.append((headers.FORCE, self._plan.run.encode()))
        [partition] = domains_of(self._table, language)
        return Message(self._target, record.key, record.value, kept, partition)

    async def _send(self, messages: list[Message], last: Place) -> None:
        self._done.sent += len(messages)
        if self._producer is None:
            return
        run, (partition, offset) = self._plan.run, last
        value = orjson.dumps({"run": run, "partition": partition, "promoted": offset + 1})
        told = Message(progress_topic(self._settings), f"{self._key}{partition}".encode(), value, [], 0)
        for place in (await transact(self._producer, self._settings, run, [*messages, told]))[:-1]:
            self._done.written[TopicPartition(place.topic, place.partition)] = place.offset
