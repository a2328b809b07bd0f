"""What `copydesk explain` reads from a real Kafka when the topics hold less than the log."""

import asyncio
from typing import Any

import pytest
from aiokafka.admin import NewTopic

from streams.contract import DEADLETTER, ENRICHED, REJECTED, TAGGED
from streams.dedup import pack_batch
from streams.dedup.rows import RowKind
from streams.shell import clients
from streams.shell.absence import looked_for
from streams.shell.epochs import current
from streams.shell.evidence_kafka import evidence
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings
from streams.shell.topics import index_name, topic_name
from tests.dedup.newsroom import Desk, article, name, words
from tests.dedup.test_laws import Stream

TEXT = " ".join(words(400, seed=1))
EPOCH = current(Settings())
STREAM: Stream = [(1, article(TEXT, order=1)), (2, article(TEXT, order=2)), (1, article(TEXT, order=1))]


async def written(settings: Settings, log: dict[int, list[bytes]], events: list[dict[str, Any]]) -> None:
    """Makes the topics and fills a log of two domains and the topic of the events."""
    admin = await clients.started(clients.admin(settings), settings)
    ours = (index_name(settings), TAGGED, ENRICHED, REJECTED, DEADLETTER)
    names = [topic_name(settings, topic) for topic in ours]
    await admin.create_topics([NewTopic(topic, 2, 1) for topic in names])
    await clients.stopped(admin)
    producer = await clients.started(clients.producer(settings), settings)
    for partition, values in log.items():
        for value in values:
            await producer.send_and_wait(names[0], value, partition=partition)
    for event in events:
        await producer.send_and_wait(names[2], **event)
    await clients.stopped(producer)


def packed(stream: Stream) -> list[bytes]:
    effects = Desk().take_all(stream).effects
    return [record for at, e in enumerate(effects) for record in pack_batch(at, [e.rows], EPOCH)]


def test_where_retention_has_deleted_the_texts_the_log_alone_tells(settings: Settings) -> None:
    asyncio.run(written(settings, {0: [], 1: packed(STREAM)}, []))
    found = evidence(settings, [name(2)], None, 5)
    (entry,) = found.entries[name(2)]
    assert (entry.parent, entry.around.parent, entry.decision) == (name(1), name(1), 1)
    assert entry.place is not None
    assert (entry.place.partition, entry.place.offset) == (1, 1)
    assert (found.facts, found.events) == ({}, {})


def test_the_entries_of_all_domains_are_read(settings: Settings) -> None:
    asyncio.run(written(settings, {0: packed(STREAM[:1]), 1: packed(STREAM[1:2])}, []))
    found = evidence(settings, [name(1), name(2)], None, 5)
    places = [entries[0].place for entries in found.entries.values()]
    assert [place.partition for place in places if place] == [0, 1]


def test_an_id_of_which_only_repeats_are_left_is_one_line(settings: Settings) -> None:
    asyncio.run(written(settings, {0: packed(STREAM)[2:]}, []))
    with pytest.raises(Fatal) as raised:
        evidence(settings, [name(1)], None, 5)
    assert raised.value.code is Exit.REFUSED
    assert "retention has deleted every decision" in str(raised.value)


def test_a_damaged_record_of_the_log_is_named(settings: Settings) -> None:
    asyncio.run(written(settings, {0: [b"no rows"]}, []))
    with pytest.raises(Fatal) as raised:
        evidence(settings, [name(1)], None, 5)
    assert raised.value.code is Exit.INTERNAL
    assert "dedup.index.e0/0/0 is damaged" in str(raised.value)


def test_events_are_found_by_decision_and_an_erased_one_is_told(settings: Settings) -> None:
    key = name(1).hex().encode()
    numbers = [("ce_id", key + b":1:1")]
    events = [
        {"value": b'{"status":"usable"}', "key": key, "headers": numbers},
        {"value": b'{"status":"usable"}', "key": b"another", "headers": [("ce_id", b"another:1:1")]},
    ]
    asyncio.run(written(settings, {0: packed(STREAM)}, events))
    found = evidence(settings, [name(1)], None, 5)
    assert [entry.kind for entry in found.entries[name(1)]] == [RowKind.VERSION, RowKind.UNCHANGED]
    event = found.events[1]
    assert (event.version, event.decision, event.status) == (1, 1, "usable")
    assert event.place.startswith(topic_name(settings, ENRICHED))


def test_an_article_older_than_the_log_is_found_among_the_events(settings: Settings) -> None:
    key = name(7).hex().encode()
    events: list[dict[str, Any]] = [
        {"value": b'{"status":"usable"}', "key": key, "headers": [("ce_id", key + b":2:3")]},
        {"value": None, "key": key, "headers": []},
    ]
    asyncio.run(written(settings, {}, events))
    absent = looked_for(settings, name(7), "https://wire.example/quay")
    first, second = absent.found
    assert first.endswith(": version 2, decision 3, usable")
    assert second.endswith(": version None, decision None, erased")
    assert len(absent.searched) >= 3
