"""Withdrawals and erasures as a person orders them: `copydesk withdraw` and `copydesk forget`.

A withdrawal is a raw event and goes through the stages, as a producer's own does. An erasure has nothing to
clean or tag: it is written to every partition of articles.tagged, since any of them may know the article, and
a second time does no harm.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition, errors

from streams import contract
from streams.cleaning import clean
from streams.dedup import FingerprintKind, removal
from streams.events import CleanedArticle, Failed, RawArticle, Rejected, Withdrawal
from streams.pipeline import DEDUP
from streams.shell import clients, groups, headers
from streams.shell.access import Needs, check_access
from streams.shell.deliveries import Message
from streams.shell.replay.plan import REPLAY
from streams.shell.settings import Settings, domain_count
from streams.shell.stretches import up_to
from streams.shell.topics import index_name, topic_name
from streams.vocabulary import FailureReason, Status

# Deliveries awaited at once.
WINDOW = 500
# Stands for the hash of a text in an erasure's CloudEvents id.
ERASED = "erased"

# Where an erased article's bytes stay, since no single record can be deleted there, and the setting that says
# for how long. dedup.index holds the hash and the sketch of the text.
KEPT = {
    contract.RAW: "retention_raw_days",
    contract.CLEANED: "retention_cleaned_days",
    contract.TAGGED: "retention_tagged_days",
    contract.INDEX: "retention_tagged_days",
    contract.REJECTED: "retention_rejected_days",
    contract.DEADLETTER: "retention_deadletter_days",
}


def withdrawal_of(url: str) -> tuple[bytes, Withdrawal] | Rejected | Failed:
    """The raw event that withdraws a URL, and what cleaning makes of it; or why it is none."""
    try:
        value = orjson.dumps({"url": url, "status": Status.WITHDRAWN})
    except orjson.JSONEncodeError as error:
        return Failed(FailureReason.ENCODING, str(error))
    article = contract.decode_raw(value, contract.rfc3339(int(time.time() * 1000)))
    cleaned = clean(article) if isinstance(article, RawArticle) else article
    if isinstance(cleaned, CleanedArticle):
        return Failed(FailureReason.INTERNAL, "a withdrawal came out as an article")
    return (value, cleaned) if isinstance(cleaned, Withdrawal) else cleaned


def withdraw(settings: Settings, events: Sequence[tuple[bytes, Withdrawal]]) -> None:
    """Sends withdrawals to articles.raw, keyed by their URLs as articles are, and awaits every delivery.

    Raises Fatal when Kafka cannot be reached or denies it.
    """
    topic = topic_name(settings, contract.RAW)
    messages = [Message(topic, event.url.encode(), value, []) for value, event in events]

    async def go() -> None:
        await check_access(settings, Needs(reads=(), writes=(topic,)))
        producer = await clients.started(clients.producer(settings), settings)
        try:
            await _deliver(settings, producer, messages)
        finally:
            await clients.stopped(producer)

    asyncio.run(go())


def forget(settings: Settings, ids: Sequence[str], patience: float | None) -> set[str] | None:
    """Orders the erasure of articles by their ids; awaits that the orders are delivered.

    With `patience` (seconds) it waits until de-duplication has carried them out as well, and gives the ids
    whose null came onto articles.enriched; the others were erased before.
    Raises Fatal when Kafka cannot be reached or denies it, and Fatal(RETRY) where patience ends first.
    """
    return asyncio.run(_forget(settings, ids, patience))


def remains(settings: Settings) -> list[str]:
    """What an erasure does not reach, and until when, for a person to know before."""
    lines = ["Not erased one by one: what these topics hold stays until their retention ends."]
    for topic, setting in KEPT.items():
        days = getattr(settings, setting)
        name = topic_name(settings, index_name(settings) if topic == contract.INDEX else topic)
        lines.append(f"  {name:<30} {days:g} days  COPYDESK_{setting.upper()}")
    lag = f"{settings.compaction_days:g} days  COPYDESK_COMPACTION_DAYS"
    lines.append(
        f"On {topic_name(settings, contract.ENRICHED)} compaction removes the earlier events: {lag}."
    )
    replays = topic_name(settings, REPLAY)
    lines.append(f"{replays}<run>.* is kept as its plan says; `copydesk replay status` shows until when.")
    lines.append("Kafka deletes and compacts whole segments, which may take longer.")
    return lines


async def _forget(settings: Settings, ids: Sequence[str], patience: float | None) -> set[str] | None:
    tagged, target = topic_name(settings, DEDUP.source), topic_name(settings, DEDUP.target)
    reads = (target,) if patience is not None else ()
    least = {tagged: domain_count(settings)}
    await check_access(settings, Needs(reads=reads, writes=(tagged,), at_least=least))
    producer = await clients.started(clients.producer(settings), settings)
    reader = clients.reader(settings)
    try:
        if patience is not None:
            await clients.started(reader, settings)
            reader.assign([TopicPartition(target, p) for p in await producer.partitions_for(target)])
            for tp, end in (await reader.end_offsets(reader.assignment())).items():
                reader.seek(tp, end)
        partitions = sorted(await producer.partitions_for(tagged))
        written = await _deliver(settings, producer, [*_erasures(settings, tagged, partitions, ids)])
        if patience is None:
            return None
        orders = {TopicPartition(tagged, p): o for p, o in written.items()}
        await groups.passed(settings, DEDUP, orders, patience)
        return {identity async for identity in _nulls(settings, reader)} & set(ids)
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(producer)
        await clients.stopped(reader)


def _erasures(
    settings: Settings, topic: str, partitions: Iterable[int], ids: Sequence[str]
) -> Iterator[Message]:
    now = int(time.time() * 1000)
    packed = removal(FingerprintKind.ERASURE, now).pack()
    for identity in ids:
        carried = headers.carry([], f"{identity}/{now}", raw=False)
        listed = headers.event_headers(
            prefix=settings.prefix,
            topic=DEDUP.source,
            ce_id=f"{identity}:{ERASED}",
            subject=identity,
            received_at=None,
            carried=[*carried, (headers.FINGERPRINT, packed)],
            erasure=True,
        )
        for partition in partitions:
            yield Message(topic, identity.encode(), None, [*listed], partition)


async def _deliver(
    settings: Settings, producer: AIOKafkaProducer, messages: Sequence[Message]
) -> dict[int, int]:
    """Awaits every delivery; gives the last offset written in each partition."""
    last: dict[int, int] = {}
    try:
        for first in range(0, len(messages), WINDOW):
            sent = [
                await producer.send(m.topic, m.value, m.key, m.partition, headers=m.headers)
                for m in messages[first : first + WINDOW]
            ]
            last |= {done.partition: done.offset for done in await asyncio.gather(*sent)}
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    return last


async def _nulls(settings: Settings, reader: AIOKafkaConsumer) -> AsyncIterator[str]:
    """The keys of the null values from the reader's positions to the end of its partitions."""
    # The ends of what is written, not of what is committed: the last markers may be on their way.
    writing = await clients.started(clients.reader(settings, committed=False), settings)
    try:
        ends = await writing.end_offsets(reader.assignment())
    finally:
        await clients.stopped(writing)
    async for record in up_to(reader, ends):
        if record.value is None and record.key is not None:
            yield record.key.decode(errors="replace")
