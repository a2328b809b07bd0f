"""The log of a domain folded from a real topic: all of it, or what retention has left, never nothing."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete

from streams.contract import ENRICHED, TAGGED
from streams.dedup import Arrival, DedupIndex, Epoch, Fingerprint, Phase, decide, pack_batch
from streams.pipeline import DEDUP
from streams.shell import clients, epochs, topics
from streams.shell.exits import Exit, Fatal
from streams.shell.names import group
from streams.shell.settings import Settings
from streams.shell.state_log import NOTHING_APPLIED, check, load
from streams.shell.topics import index_name, topic_name
from tests.dedup.newsroom import article, name, words

RECORDS, CUT = 10, 6  # of so many records retention deletes so many


def text(number: int) -> Fingerprint:
    return article(" ".join(words(40, number)))


OURS = epochs.current(Settings())


def batches(count: int, epoch: Epoch = OURS, phase: Phase = Phase.LIVE) -> list[bytes]:
    """The log of articles that came one by one."""
    index, packed = DedupIndex(), []
    for offset in range(count):
        effects = decide(index, Arrival(offset, name(offset), text(offset)))
        index.apply(effects.rows)
        packed += pack_batch(offset, [effects.rows], epoch, phase)
    return packed


async def written(settings: Settings, values: list[bytes]) -> None:
    topic = topic_name(settings, index_name(settings))
    admin = await clients.started(clients.admin(settings), settings)
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await clients.stopped(admin)
    producer = await clients.started(clients.producer(settings), settings)
    for value in values:
        await producer.send_and_wait(topic, value, partition=0)
    await clients.stopped(producer)


async def cut(settings: Settings, before: int) -> None:
    admin = await clients.started(clients.admin(settings), settings)
    await admin.delete_records(
        {TopicPartition(topic_name(settings, index_name(settings)), 0): RecordsToDelete(before)}
    )
    await clients.stopped(admin)


def loaded(settings: Settings, values: list[bytes], deleted: int = 0) -> tuple[DedupIndex, int]:
    """Writes a log, lets retention delete its first records, loads it."""

    async def scenario() -> tuple[DedupIndex, int]:
        await written(settings, values)
        if deleted:
            await cut(settings, deleted)
        return await load(settings, 0)

    return asyncio.run(scenario())


@pytest.fixture
def overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first load seeks a beginning that retention has cut off before the first fetch."""
    real, stale = AIOKafkaConsumer.seek_to_beginning, [0]

    async def seek_to_beginning(self: Any, *partitions: TopicPartition) -> Any:
        if not stale:
            return await real(self, *partitions)
        for partition in partitions:
            self.seek(partition, stale.pop())
        return True

    monkeypatch.setattr(AIOKafkaConsumer, "seek_to_beginning", seek_to_beginning)


def known(index: DedupIndex) -> list[int]:
    """The numbers of the articles that a memory knows: the same text again has no effect."""
    again = [decide(index, Arrival(RECORDS, name(n), text(n))) for n in range(RECORDS)]
    return [number for number, effects in enumerate(again) if not effects.emissions]


def test_the_whole_log_is_folded(settings: Settings) -> None:
    index, applied = loaded(settings, batches(RECORDS))
    assert (known(index), applied) == (list(range(RECORDS)), RECORDS - 1)


def test_every_record_of_the_log_is_progress(settings: Settings) -> None:
    grown: list[None] = []

    async def scenario() -> None:
        await written(settings, batches(RECORDS))
        await load(settings, 0, lambda: grown.append(None))

    asyncio.run(scenario())
    assert len(grown) == RECORDS


def test_an_empty_log_is_an_empty_memory(settings: Settings) -> None:
    index, applied = loaded(settings, [])
    assert (len(index), applied) == (0, NOTHING_APPLIED)


@pytest.mark.usefixtures("overtaken")
def test_a_log_that_retention_cuts_while_it_is_read_gives_all_that_is_left(
    settings: Settings,
) -> None:
    index, applied = loaded(settings, batches(RECORDS), CUT)
    assert (known(index), applied) == (list(range(CUT, RECORDS)), RECORDS - 1)


@pytest.mark.usefixtures("overtaken")
def test_a_log_that_retention_empties_while_it_is_read_is_an_empty_memory(
    settings: Settings,
) -> None:
    index, applied = loaded(settings, batches(RECORDS), RECORDS)
    assert (len(index), applied) == (0, NOTHING_APPLIED)


def test_a_damaged_record_of_the_log_is_named(settings: Settings) -> None:
    with pytest.raises(Fatal, match=r"dedup.index.e0/0/2 is damaged") as caught:
        loaded(settings, [*batches(2), b"damaged"])
    assert caught.value.code is Exit.INTERNAL


# ---- logs that a worker must not go on with


OTHERS = {
    "format": (replace(OURS, log_format=9), "log format 9"),
    "sketch": (replace(OURS, sketch=9), "sketch version 9"),
    "rule": (replace(OURS, rule=9), "rule version 9"),
    "table": (replace(OURS, domains=bytes(8)), "domain table 0000000000000000"),
    "number": (replace(OURS, number=9), "epoch 9"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_log_of_another_epoch_is_refused_with_what_differs_and_what_to_do(
    settings: Settings, what: str
) -> None:
    epoch, said = OTHERS[what]
    with pytest.raises(Fatal) as caught:
        loaded(settings, batches(2, epoch))
    assert caught.value.code is Exit.SETTINGS
    for part in (f"log says {said}", "copydesk dedup rebuild", "COPYDESK_DEDUP_EPOCH=1"):
        assert part in str(caught.value)


def test_a_damaged_record_of_another_epoch_is_damaged(settings: Settings) -> None:
    [record] = batches(1, OTHERS["rule"][0])
    with pytest.raises(Fatal, match="is damaged") as caught:
        loaded(settings, [record[:-1] + bytes([record[-1] ^ 1])])
    assert caught.value.code is Exit.INTERNAL


def test_a_snapshot_without_its_end_is_refused(settings: Settings) -> None:
    with pytest.raises(Fatal, match="rebuild of epoch 0 did not end"):
        loaded(settings, batches(3, phase=Phase.BUILDING))


def test_a_snapshot_with_its_end_is_folded(settings: Settings) -> None:
    end = pack_batch(7, [], OURS)
    index, applied = loaded(settings, [*batches(RECORDS, phase=Phase.BUILDING), *end])
    assert (known(index), applied) == (list(range(RECORDS)), 7)


def test_a_closed_log_is_refused_and_names_its_successor(settings: Settings) -> None:
    end = pack_batch(2, [], replace(OURS, number=4, rule=9), Phase.CLOSED)
    with pytest.raises(Fatal, match="epoch 4 has taken over: set COPYDESK_DEDUP_EPOCH=4"):
        loaded(settings, [*batches(3), *end])


def checked(settings: Settings, values: list[bytes], committed: int = 0, decisions: int = 0) -> None:
    """All topics; a log of these records, a group that has committed, articles.enriched with decisions."""
    topics.check(settings, create=True)

    async def scenario() -> None:
        tagged = TopicPartition(topic_name(settings, TAGGED), 0)
        if committed:
            consumer = clients.reader(settings, group_id=group(settings, DEDUP))
            await clients.started(consumer, settings)
            consumer.assign([tagged])
            await consumer.commit({tagged: committed})
            await clients.stopped(consumer)
        producer = await clients.started(clients.producer(settings), settings)
        for value in values:
            await producer.send_and_wait(topic_name(settings, index_name(settings)), value, partition=0)
        for _ in range(decisions):
            await producer.send_and_wait(topic_name(settings, ENRICHED), b"{}", b"id")
        await clients.stopped(producer)
        await check(settings)

    asyncio.run(scenario())


def own_group(settings: Settings, **more: Any) -> Settings:
    """Groups are not prefixed as topics are."""
    return replace(settings, prefix=settings.topic_prefix.rstrip("."), **more)


def test_a_fresh_installation_starts(settings: Settings) -> None:
    checked(own_group(settings), [])


def test_a_log_of_ours_starts(settings: Settings) -> None:
    checked(own_group(settings), batches(3), committed=3, decisions=3)


def test_only_the_last_record_is_looked_at_before_the_start(settings: Settings) -> None:
    with pytest.raises(Fatal, match="rule version 9"):
        checked(own_group(settings), [*batches(1), *batches(1, OTHERS["rule"][0])])
    with pytest.raises(Fatal, match="did not end"):
        checked(
            own_group(replace(settings, topic_prefix="b." + settings.topic_prefix)),
            batches(2, phase=Phase.BUILDING),
        )


@pytest.mark.parametrize(("committed", "decisions"), [(5, 0), (0, 1)], ids=["committed", "decided"])
def test_an_epoch_that_was_never_built_is_refused(settings: Settings, committed: int, decisions: int) -> None:
    with pytest.raises(Fatal, match="epoch 3 was never built") as caught:
        checked(own_group(settings, dedup_epoch=3), [], committed, decisions)
    assert caught.value.code is Exit.SETTINGS


def test_an_expired_log_is_no_reason_to_refuse(settings: Settings) -> None:
    ours = own_group(settings)
    checked(ours, batches(RECORDS), committed=RECORDS)
    asyncio.run(cut(ours, RECORDS))
    asyncio.run(check(ours))


def test_a_domain_without_a_partition_is_refused(settings: Settings) -> None:
    ours = own_group(settings)
    checked(ours, [])
    with pytest.raises(Fatal, match="COPYDESK_DEDUP_DOMAINS wants 2: `copydesk dedup rebuild`"):
        asyncio.run(check(replace(ours, dedup_domains="en=0,*=1")))
