"""The bytes of articles decided before: there, deleted, another's, or late."""

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import TopicPartition, errors
from aiokafka.admin import NewTopic, RecordsToDelete
from aiokafka.consumer.fetcher import PartitionRecords

from streams.dedup import Emission, place_at
from streams.shell import clients, read_back
from streams.shell.read_back import ReadBack
from streams.shell.settings import Settings
from streams.vocabulary import Relation, Status

Steps = Callable[[ReadBack, Any], Awaitable[dict[int, Any]]]


def emission(number: int, offset: int) -> Emission:
    identity = number.to_bytes(16, "big")
    return Emission(
        id=identity,
        place=place_at(0, offset),
        status=Status.USABLE,
        version=1,
        first_received_ms=0,
        previous_hash=None,
        decision=2,
        relation=Relation.ORIGINAL,
        of=None,
        group=identity,
        jaccard=None,
        containment=None,
        score=None,
    )


def asked(settings: Settings, emissions: list[Emission], deleted: int = 0) -> set[int]:
    """Offsets of the records that were found of four, keyed 0 to 3; those before `deleted` are deleted."""
    topic = f"{settings.topic_prefix}articles.tagged"

    async def go() -> set[int]:
        admin = await clients.started(clients.admin(settings), settings)
        await admin.create_topics([NewTopic(topic, 1, 1)])
        producer = await clients.started(clients.producer(settings), settings)
        for number in range(4):
            key = number.to_bytes(16, "big").hex().encode()
            await producer.send_and_wait(topic, b"{}", key, partition=0)
        if deleted:
            await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=deleted)})
        await clients.stopped(producer)
        await clients.stopped(admin)
        reader = ReadBack(settings, topic)
        try:
            return {record.offset for record in (await reader.records_of(emissions)).values()}
        finally:
            await reader.close()

    return asyncio.run(go())


def test_records_are_found_by_their_places(settings: Settings) -> None:
    assert asked(settings, [emission(3, 3), emission(1, 1)]) == {1, 3}


def test_another_articles_record_is_not_taken_for_it(settings: Settings) -> None:
    assert asked(settings, [emission(7, 1), emission(2, 2)]) == {2}


def test_what_retention_has_deleted_is_left_out(settings: Settings) -> None:
    assert asked(settings, [emission(0, 0), emission(3, 3)], deleted=2) == {3}


def test_nothing_is_fetched_ahead(settings: Settings) -> None:
    """aiokafka leaves what a seek throws away to the collector: 100 MB in half an hour of news."""
    topic, reads = f"{settings.topic_prefix}articles.tagged", 16

    async def go() -> int:
        admin = await clients.started(clients.admin(settings), settings)
        await admin.create_topics([NewTopic(topic, 1, 1)])
        await clients.stopped(admin)
        producer = await clients.started(clients.producer(settings), settings)
        for _ in range(8):  # more than one fetch takes
            await producer.send_and_wait(topic, os.urandom(100_000), partition=0)
        await clients.stopped(producer)
        reader = ReadBack(settings, topic)
        gc.collect()
        gc.disable()
        try:
            for _ in range(reads):
                assert len(await reader.records_at([place_at(0, 0)])) == 1
                await asyncio.sleep(0.02)  # meanwhile the consumer fetches what comes next
            return sum(isinstance(one, PartitionRecords) for one in gc.get_objects())
        finally:
            gc.enable()
            await reader.close()

    assert asyncio.run(go()) <= 1


def test_a_record_that_does_not_come_in_time_is_not_taken_for_deleted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its decision would be logged and never sent."""
    monkeypatch.setattr(read_back, "READ_BACK_SECONDS", 0.5)
    with pytest.raises(errors.KafkaTimeoutError):
        asked(settings, [emission(4, 4)])  # where the next record will be: nothing comes
