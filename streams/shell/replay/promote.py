"""`copydesk replay promote`: a run's tagged articles to the live articles.tagged, so that they are decided again.

The dedup agent stays the only writer of articles.enriched. It emits a forced article with decision + 1, once a
run and article (streams/dedup/forced.py); and here what was sent and how far it came are one transaction, so
a promotion that was killed goes on and sends nothing twice.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer, TopicPartition, errors

from streams.contract import TAGGED, rfc3339
from streams.dedup import Arrival, FingerprintKind
from streams.dedup.fold import KEEP_MS
from streams.pipeline import DEDUP
from streams.shell import clients, groups, headers
from streams.shell.access import Needs, check_access
from streams.shell.arrivals import arrival_of, language_of
from streams.shell.exits import Exit, Fatal
from streams.shell.output import Message
from streams.shell.progress import Progress
from streams.shell.rebuild_sources import stretch
from streams.shell.replay.diff import compare, differing, refuse_unfinished
from streams.shell.replay.plan import Plan, producer_id, progress_topic, run_settings
from streams.shell.replay.progress_log import latest
from streams.shell.settings import Settings, domain_count, domains
from streams.shell.state_log import last_record
from streams.shell.topics import domains_of, partitions_of, topic_name

# Records of one transaction, and bytes: what a dedup worker takes in hand at once.
BATCH_RECORDS = 500
BATCH_BYTES = 4 << 20

_Place = tuple[int, int]


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


@dataclass(frozen=True, slots=True)
class _Kept:
    """The last tagged record of an article in the run, when its article was received, and whether it is one."""

    place: _Place
    received_ms: int
    article: bool


def promote(
    settings: Settings, plan: Plan, *, everything: bool, dry: bool, patience: float | None
) -> Promoted:
    """Sends what the diff calls changed or added, or with `everything` all articles of the run.

    With `patience` it waits so many seconds until de-duplication has decided all of it.
    Raises Fatal: SETTINGS where the run is not done or has no tagged articles, NO_RIGHT, RETRY.
    """
    return asyncio.run(_promote(settings, plan, everything, dry, patience))


def refuse_old(settings: Settings, plan: Plan) -> None:
    """Raises Fatal(SETTINGS) where a plan begins before what de-duplication remembers: what is sent again of
    that would be judged without the articles that it may be a copy of.
    """
    since = plan.removals_since + KEEP_MS
    oldest = asyncio.run(_remembered(settings))
    if since < oldest:
        raise Fatal(
            Exit.SETTINGS,
            f"the range begins at {rfc3339(since)}, and de-duplication remembers what was received since "
            f"{rfc3339(oldest)} ({KEEP_MS // 3_600_000} h): older articles would be judged originals. Plan "
            "a later range, or run and diff it without promoting what is older",
        )


async def _promote(
    settings: Settings, plan: Plan, everything: bool, dry: bool, patience: float | None
) -> Promoted:
    if TAGGED not in plan.targets:
        raise Fatal(Exit.SETTINGS, f"run {plan.run} ends with {plan.last}: only tagged articles are promoted")
    await refuse_unfinished(settings, plan)
    target, own = topic_name(settings, TAGGED), topic_name(run_settings(settings, plan), TAGGED)
    identity = f"{producer_id(settings, plan.run)}.promote"
    await check_access(
        settings,
        Needs(
            reads=(target, own),
            writes=() if dry else (target, progress_topic(settings)),
            transactional_ids=() if dry else (identity,),
            at_least={target: domain_count(settings)},
        ),
    )
    chosen = None if everything else set(differing(await compare(settings, plan)))
    oldest = await _remembered(settings)
    kept = await _last_of_each(settings, own, chosen)
    done = Promoted(chosen=len(kept))
    places = {one.place for one in kept.values() if one.received_ms >= oldest}
    done.old = len(kept) - len(places)
    producer = clients.producer(
        settings,
        transactional_id=identity,
        transaction_timeout_ms=int(settings.transaction_seconds * 1000),
    )
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

    async def go(self, own: str, places: Collection[_Place]) -> None:
        positions = await self._positions()
        with Progress("promoting", len(places), of="articles") as progress:
            messages: list[Message] = []
            size = 0
            last: _Place | None = None
            async for record in _records(self._settings, own):
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

    async def _send(self, messages: list[Message], last: _Place) -> None:
        self._done.sent += len(messages)
        if self._producer is None:
            return
        run, (partition, offset) = self._plan.run, last
        value = orjson.dumps({"run": run, "partition": partition, "promoted": offset + 1})
        told = Message(progress_topic(self._settings), f"{self._key}{partition}".encode(), value, [], 0)
        try:
            async with self._producer.transaction():
                sent = [
                    await self._producer.send(m.topic, m.value, m.key, m.partition, headers=m.headers)
                    for m in (*messages, told)
                ]
                for place in (await asyncio.gather(*sent))[:-1]:
                    self._done.written[TopicPartition(place.topic, place.partition)] = place.offset
        except errors.ProducerFenced as error:
            raise Fatal(Exit.RETRY, f"run {run} is being promoted elsewhere; this one ends") from error
        except errors.KafkaError as error:
            raise clients.explained(error, self._settings) from error


async def _last_of_each(settings: Settings, own: str, chosen: Collection[str] | None) -> dict[str, _Kept]:
    """The last tagged record of each article in the run; without those that end as withdrawn."""
    found: dict[str, _Kept] = {}
    async for record in _records(settings, own):
        identity = (record.key or b"").decode(errors="replace")
        arrival = arrival_of(record)
        if isinstance(arrival, Arrival) and (chosen is None or identity in chosen):
            fingerprint = arrival.fingerprint
            known = found.get(identity)
            if known is None or fingerprint.received_ms >= known.received_ms:
                article = fingerprint.kind is FingerprintKind.ARTICLE
                found[identity] = _Kept((record.partition, record.offset), fingerprint.received_ms, article)
    return {identity: one for identity, one in found.items() if one.article}


async def _records(settings: Settings, name: str) -> AsyncGenerator[Any, None]:
    """The records of a topic, partition by partition."""
    parts = await _partitions(settings, name)
    async with clients.reading(settings, parts) as consumer:
        begins, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
    for tp in parts:
        async for record in stretch(settings, tp, begins[tp], ends[tp]):
            yield record


async def _remembered(settings: Settings) -> int:
    """What was received since then, in ms, every domain still knows."""
    parts = await _partitions(settings, topic_name(settings, TAGGED))
    newest = 0
    async with clients.reading(settings, parts) as consumer:
        for tp, end in (await consumer.end_offsets(parts)).items():
            last = await last_record(consumer, tp, end)
            arrival = arrival_of(last) if last is not None else None
            if isinstance(arrival, Arrival):
                newest = max(newest, arrival.fingerprint.received_ms)
    return newest - KEEP_MS


async def _partitions(settings: Settings, name: str) -> list[TopicPartition]:
    admin = await clients.started(clients.admin(settings), settings)
    try:
        return await partitions_of(admin, name)
    finally:
        await clients.stopped(admin)
