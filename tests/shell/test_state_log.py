"""The log of a domain folded from a real topic: all of it, or what retention has left, never nothing."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete

from streams.contract import INDEX
from streams.dedup import Arrival, DedupIndex, Fingerprint, decide, pack_batch
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings
from streams.shell.state_log import NOTHING_APPLIED, load
from streams.shell.topics import topic_name
from tests.dedup.newsroom import article, name, words

RECORDS, CUT = 10, 6  # of so many records retention deletes so many


def text(number: int) -> Fingerprint:
    return article(" ".join(words(40, number)))


def batches(count: int) -> list[bytes]:
    """The log of articles that came one by one."""
    index, packed = DedupIndex(), []
    for offset in range(count):
        effects = decide(index, Arrival(offset, name(offset), text(offset)))
        index.apply(effects.rows)
        packed += pack_batch(offset, [effects.rows])
    return packed


async def written(settings: Settings, values: list[bytes]) -> None:
    topic = topic_name(settings, INDEX)
    admin = await clients.started(clients.admin(settings), settings)
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await clients.stopped(admin)
    producer = await clients.started(clients.producer(settings), settings)
    for value in values:
        await producer.send_and_wait(topic, value, partition=0)
    await clients.stopped(producer)


async def cut(settings: Settings, before: int) -> None:
    admin = await clients.started(clients.admin(settings), settings)
    await admin.delete_records({TopicPartition(topic_name(settings, INDEX), 0): RecordsToDelete(before)})
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
    with pytest.raises(Fatal, match=rf"{INDEX}/0/2 is damaged") as caught:
        loaded(settings, [*batches(2), b"damaged"])
    assert caught.value.code is Exit.INTERNAL
