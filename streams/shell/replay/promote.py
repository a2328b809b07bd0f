"""`copydesk replay promote`: a run's tagged articles to the live articles.tagged, to be decided again.

The dedup agent stays the only writer of articles.enriched. It emits a forced article with decision + 1, once
a beginning of a run and article (streams/dedup/forced.py). What was sent stands on articles.tagged itself, in
whole transactions: so a promotion that was killed goes on there and sends nothing twice.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition

from streams.contract import TAGGED
from streams.dedup import Arrival
from streams.dedup.fingerprint import milliseconds
from streams.pipeline import DEDUP
from streams.shell import clients, groups, headers
from streams.shell.access import Needs, check_access
from streams.shell.arrivals import arrival_of, language_of
from streams.shell.deliveries import Message
from streams.shell.exits import Exit, Fatal
from streams.shell.progress import Progress
from streams.shell.replay.diff import compare, finished
from streams.shell.replay.plan import Plan, producer_id, run_settings
from streams.shell.replay.promotable import Kept, Place, last_of_each, promoted_before, records_of, remembered
from streams.shell.replay.removals import load_removals
from streams.shell.replay.writing import run_producer, transact
from streams.shell.settings import Settings, domain_count, domains
from streams.shell.topics import domains_of, topic_name

# Records of one transaction, and bytes: what a dedup worker takes in hand at once.
BATCH_RECORDS = 500
BATCH_BYTES = 4 << 20
# A run's beginning is told by the clock of its machine, what was sent since by the broker's.
CLOCKS_MS = 3_600_000


@dataclass(slots=True)
class Promoted:
    """`chosen`: articles that differ, or all. Of these `sent` now, `before` by an earlier call, `removed`:
    left out, because they were withdrawn or erased since they were received, `old`: left out, because they
    have left the memory of de-duplication. `written`: the last offset of each partition, an earlier call's
    included.
    """

    chosen: int = 0
    sent: int = 0
    before: int = 0
    removed: int = 0
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
    known = await finished(settings, plan)
    target, own = topic_name(settings, TAGGED), topic_name(run_settings(settings, plan), TAGGED)
    identity = producer_id(settings, plan.run)
    await check_access(
        settings,
        Needs(
            reads=(target, own),
            writes=() if dry else (target,),
            transactional_ids=() if dry else (identity,),
            at_least={target: domain_count(settings)},
        ),
    )
    producer = run_producer(settings, plan.run)
    try:
        if not dry:
            await clients.started(producer, settings)  # whoever promotes the run elsewhere sends nothing more
        chosen = None if everything else set((await compare(settings, plan)).differing)
        kept = await last_of_each(settings, own, chosen)
        began_at = known.head.began_at
        force = headers.force(plan.run, began_at)
        before, written = await promoted_before(settings, force, milliseconds(began_at) - CLOCKS_MS)
        done = Promoted(chosen=len(kept), written=written)
        places = await _to_send(settings, plan, kept, before, done)
        await _Sending(settings, plan, force, None if dry else producer, done).go(own, places)
    finally:
        await clients.stopped(producer)
    if patience is not None:
        await groups.passed(settings, DEDUP, done.written, patience)
    return done


async def _to_send(
    settings: Settings, plan: Plan, kept: dict[str, Kept], before: Collection[str], done: Promoted
) -> set[Place]:
    """The places of what is to be sent; of the rest `done` counts why it is not.

    Removals are read last of all. One that comes later still lies on articles.tagged before or behind what
    is sent, and de-duplication, which takes both in their order, lets it win either way.
    """
    oldest = await remembered(settings)
    removals = await load_removals(settings, plan.removals_since)
    places = set()
    for identity, one in kept.items():
        if removals.of(bytes.fromhex(identity), one.received_ms) is not None:
            done.removed += 1
        elif one.received_ms < oldest:
            done.old += 1
        elif identity in before:
            done.before += 1
        else:
            places.add(one.place)
    return places


class _Sending:
    """Sends records in transactions; without a producer it counts them."""

    def __init__(
        self, settings: Settings, plan: Plan, force: bytes, producer: AIOKafkaProducer | None, done: Promoted
    ) -> None:
        self._settings, self._plan, self._producer, self._done = settings, plan, producer, done
        self._force, self._table = force, domains(settings)
        self._target = topic_name(settings, TAGGED)

    async def go(self, own: str, places: Collection[Place]) -> None:
        with Progress("promoting", len(places), of="articles") as progress:
            messages: list[Message] = []
            size = 0
            async for record in records_of(self._settings, own):
                if (record.partition, record.offset) not in places:
                    continue
                messages.append(self._forced(record))
                size += len(record.value or b"")
                if len(messages) >= BATCH_RECORDS or size >= BATCH_BYTES:
                    await self._send(messages)
                    messages, size = [], 0
                    progress.advance(self._done.sent, self._done.sent)
            if messages:
                await self._send(messages)

    def _forced(self, record: Any) -> Message:
        arrival = arrival_of(record)
        language = language_of(record, arrival) if isinstance(arrival, Arrival) else ""
        kept = [(name, value) for name, value in record.headers if name != headers.FORCE]
        kept.append((headers.FORCE, self._force))
        [partition] = domains_of(self._table, language)
        return Message(self._target, record.key, record.value, kept, partition)

    async def _send(self, messages: list[Message]) -> None:
        self._done.sent += len(messages)
        if self._producer is None:
            return
        for place in await transact(self._producer, self._settings, self._plan.run, messages):
            self._done.written[TopicPartition(place.topic, place.partition)] = place.offset
