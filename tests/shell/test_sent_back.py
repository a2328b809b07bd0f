"""What a raw record must be to count as received when another was, and how that one is looked up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete
from confluent_kafka import TopicPartition as Deleted
from confluent_kafka.admin import AdminClient
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Failed
from streams.shell import clients, sent_back
from streams.shell.exits import Exit, Fatal
from streams.shell.sent_back import (
    First,
    Found,
    SentBack,
    claims_first,
    first_of,
    first_place,
    firsts,
    place_of,
    repeats,
)
from streams.shell.settings import Settings
from streams.vocabulary import FailureReason
from tests.system.kafka import Broker

SETTINGS = Settings(topic_prefix="here.")
RAW = "here.articles.raw"


def record(at: int, value: bytes | None = b"{}", key: bytes | None = b"k") -> Any:
    return SimpleNamespace(timestamp=at, value=value, key=key, headers=())


def test_only_an_earlier_record_of_the_same_key_and_value_is_repeated() -> None:
    assert repeats(record(5), first_of(record(4)))
    assert not repeats(record(5), first_of(record(6))), "a later one"
    assert not repeats(record(5), first_of(record(4, b"{ }"))), "another value"
    assert not repeats(record(5), first_of(record(4, key=b"other")))
    assert not repeats(record(5, b"b", b"a"), first_of(record(4, b"", b"ab"))), "key and value are two"
    assert not repeats(record(5, key=b""), first_of(record(4, key=None)))
    assert not repeats(record(5), None), "it is gone, or never was"
    assert repeats(record(5, b"", None), first_of(record(4, None, None))), (
        "of nothing an empty value comes back"
    )


@pytest.mark.parametrize(
    "named",
    [
        "",
        "here.articles.raw",
        f"{RAW}/1",
        f"{RAW}/1/-2",
        f"{RAW}/1/2/3",
        f"{RAW}/\u00b9/2",
        f"{RAW}/1/{'9' * 19}",
        "there.articles.raw/1/2",
        "here.articles.cleaned/1/2",
    ],
)
def test_what_is_no_place_of_the_raw_articles_names_none(named: str) -> None:
    assert place_of(named, RAW) is None


def test_the_last_header_counts_since_a_redrive_puts_its_own_behind_the_producers() -> None:
    listed = [("copydesk-first", b"here.articles.raw/0/7"), ("copydesk-first", b"here.articles.raw/1/2")]
    assert first_place(SETTINGS, listed) == (1, 2)
    assert first_place(SETTINGS, []) is None
    assert claims_first(SimpleNamespace(headers=listed))
    assert not claims_first(record(1))


@given(st.binary(max_size=60))
def test_no_header_is_too_odd(given_: bytes) -> None:
    first_place(SETTINGS, [("copydesk-first", given_)])


def in_topic(settings: Settings, count: int, then: Callable[[], Awaitable[Any]], deleted: int = 0) -> Any:
    """What comes of `then` where articles.raw has so many records in partition 0, numbered by their values,
    and those before offset `deleted` have expired.
    """

    async def go() -> Any:
        topic = f"{settings.topic_prefix}articles.raw"
        admin = await clients.started(clients.admin(settings), settings)
        await admin.create_topics([NewTopic(topic, 2, 1)])
        producer = await clients.started(clients.producer(settings), settings)
        for number in range(count):
            await producer.send_and_wait(topic, b"%d" % number, b"k", partition=0, timestamp_ms=1000 + number)
        if deleted:
            await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=deleted)})
        await clients.stopped(producer)
        await clients.stopped(admin)
        return await then()

    return asyncio.run(go())


def again(settings: Settings, number: int, partition: int, offset: int) -> Any:
    """Record `number`, which says that it was first at this place."""
    named = f"{settings.topic_prefix}articles.raw/{partition}/{offset}".encode()
    value = b"%d" % number
    return SimpleNamespace(timestamp=9000, value=value, key=b"k", headers=[("copydesk-first", named)])


def test_what_repeats_an_expired_record_has_no_time_and_what_never_was_gives_none(settings: Settings) -> None:
    told = "do this"
    records = [
        again(settings, 0, 0, 0),
        again(settings, 2, 0, 2),
        again(settings, 2, 0, 3),
        again(settings, 2, 0, 4),
        again(settings, 2, 1, 0),
        again(settings, 2, 7, 0),
    ]
    [expired, *others] = in_topic(settings, 4, lambda: SentBack(settings, told).received(records), deleted=2)
    assert isinstance(expired, Failed)
    assert expired.reason is FailureReason.UNDATED
    assert f"{settings.topic_prefix}articles.raw/0/0," in expired.detail
    assert expired.detail.endswith(told)
    assert others == [1002, 9000, 9000, 9000, 9000], "another value, the end, an empty partition, none"


def test_places_far_apart_are_read_by_one_reader_and_no_value_is_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    reading = clients.reading

    def counted(*given_: Any, **more: Any) -> AbstractAsyncContextManager[Any]:
        begun.append(given_)
        return reading(*given_, **more)

    monkeypatch.setattr(clients, "NEAR_RECORDS", 0)
    monkeypatch.setattr(clients, "reading", counted)
    found: Found = in_topic(settings, 5, lambda: firsts(settings, [(0, 0), (0, 2), (0, 4)]))
    assert len(begun) == 1
    assert found == {(0, n): First(1000 + n, first_of(record(0, b"%d" % n)).digest) for n in (0, 2, 4)}


def test_what_expires_while_it_is_looked_for_has_expired_and_what_follows_is_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "NEAR_RECORDS", 0)
    admin = AdminClient({"bootstrap.servers": settings.brokers})
    gone = Deleted(f"{settings.topic_prefix}articles.raw", 0, 4)

    def came() -> None:
        for deleted in admin.delete_records([gone]).values():
            deleted.result(30)

    places = [(0, 0), (0, 2), (0, 4)]
    found: Found = in_topic(settings, 5, lambda: firsts(settings, places, came))
    assert {place: first and first.timestamp for place, first in found.items()} == {
        (0, 0): 1000,
        (0, 2): None,
        (0, 4): 1004,
    }


def test_look_ups_go_one_after_another_whatever_batches_are_judged_side_by_side(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most = 0, 0
    reading = clients.reading

    @asynccontextmanager
    async def counted(*given_: Any, **more: Any) -> AsyncIterator[Any]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            async with reading(*given_, **more) as consumer:
                yield consumer
        finally:
            at_once -= 1

    monkeypatch.setattr(clients, "reading", counted)
    looking = SentBack(settings, "")

    async def batches() -> list[list[int | Failed]]:
        return await asyncio.gather(*(looking.received([again(settings, n, 0, n)]) for n in range(3)))

    assert in_topic(settings, 3, batches) == [[1000], [1001], [1002]]
    assert most == 1


def test_an_outage_is_waited_for_as_long_as_other_work_waits(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = Broker(tmp_path / "kafka")
    failed = asyncio.Event()

    async def told(*given_: Any) -> Found:
        try:
            return await firsts(*given_)
        except Fatal:
            failed.set()
            raise

    async def through_an_outage() -> list[int | Failed]:
        assert broker.run("kill").returncode == 0
        impatient = SentBack(replace(own, stall_seconds=1), "")
        with pytest.raises(Fatal, match=r"articles\.raw .* within 1 s") as fatal:
            await impatient.received([again(own, 0, 0, 0)])
        assert fatal.value.code is Exit.RETRY
        failed.clear()
        patient = asyncio.create_task(SentBack(own, "").received([again(own, 0, 0, 0)]))
        await asyncio.wait_for(failed.wait(), 60)
        await asyncio.to_thread(broker.start)
        return await asyncio.wait_for(patient, 60)

    try:
        own = replace(settings, brokers=broker.start())
        monkeypatch.setattr(sent_back, "firsts", told)
        assert in_topic(own, 1, through_an_outage) == [1000]
    finally:
        broker.run("wipe")
