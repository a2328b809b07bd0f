"""What a worker must not take for a standstill, and what it must not begin again at each start."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk, Worker
from tests.system.generated import articles
from tests.system.kafka import Kafka, Record, Sent, wait_for
from tests.system.plug import sitecustomize as plug

PLUG = Path(plug.__file__).parent
STALL_SECONDS = 5  # the least
# The watchdog looks every five seconds: one that would end the worker has done so by then.
NOTICED_SECONDS = 3 * STALL_SECONDS + 2
COMMITTED, DELETED, ABORTED, BOTH = range(4)  # the partitions of a quiet topic


def outlives(worker: Worker, seconds: float) -> None:
    """Fails where the worker ends or is not ready within so many seconds."""
    until = time.monotonic() + seconds
    wait_for("the end of the watch", seconds + 30, lambda: worker.ready() and time.monotonic() > until)


def sources(records: list[Record]) -> list[str]:
    return sorted(str(record.header("copydesk-source")) for record in records)


# ---- records that hang, one after another


def hanging(number: int) -> Sent:
    event = {"url": f"https://gazette.example/hangs/{number}", "content": plug.HANGS.decode()}
    return Sent(json.dumps(event).encode(), b"hangs")


def test_pages_that_hang_longer_than_a_stall_altogether_are_dead_letters_and_no_stall(desk: Desk) -> None:
    worker = desk.worker("clean", plug=PLUG, stage_seconds=2, stall_seconds=STALL_SECONDS)
    good = articles(0, 7)
    batch = [r for i, neighbour in enumerate(good[1:]) for r in (neighbour, hanging(i))]
    desk.kafka.send(desk.topic("articles.raw"), [*batch, good[0]], partition=0)
    wait_for("all is committed", START_SECONDS, lambda: worker.ready() and desk.behind("clean") == 0)
    dead = desk.read("articles.deadletter")
    assert [record.header("reason") for record in dead] == ["timeout"] * 6
    assert [record.header("offset") for record in dead] == [str(offset) for offset in range(1, 12, 2)]
    raw = desk.topic("articles.raw")
    assert sources(desk.read("articles.cleaned")) == sorted(f"{raw}/0/{offset}" for offset in range(0, 13, 2))


# ---- offsets that are no records


def transaction(kafka: Kafka, topic: str, partition: int, records: list[Sent], *, commit: bool) -> None:
    asyncio.run(_transaction(kafka, topic, partition, records, commit))


async def _transaction(kafka: Kafka, topic: str, partition: int, records: list[Sent], commit: bool) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.address, transactional_id=f"{topic}.{partition}")
    await producer.start()
    try:
        await producer.begin_transaction()
        for record in records:
            await producer.send_and_wait(topic, record.value, record.key, partition)
        await (producer.commit_transaction() if commit else producer.abort_transaction())
    finally:
        await producer.stop()


def delete(kafka: Kafka, topic: str, partition: int, before: int) -> None:
    """Deletes the records of a partition before an offset, as retention does."""
    asyncio.run(_delete(kafka, TopicPartition(topic, partition), before))


async def _delete(kafka: Kafka, partition: TopicPartition, before: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        await admin.delete_records({partition: RecordsToDelete(before)})
    finally:
        await admin.close()


@pytest.fixture(scope="module")
def quiet(kafka: Kafka, open_desk: MakeDesk) -> Iterator[Desk]:
    """A desk whose raw topic ends in markers, or in nothing; its new group has read what there is."""
    desk = open_desk(kafka, "quiet", stall_seconds=STALL_SECONDS)
    raw = desk.topic("articles.raw")
    transaction(kafka, raw, COMMITTED, articles(0, 5), commit=True)
    kafka.send(raw, articles(10, 5), partition=DELETED)
    delete(kafka, raw, DELETED, 5)
    transaction(kafka, raw, ABORTED, articles(20, 5), commit=False)
    transaction(kafka, raw, BOTH, articles(30, 5), commit=False)
    transaction(kafka, raw, BOTH, articles(40, 5), commit=True)
    desk.running("clean")
    wait_for("the ten are out", START_SECONDS, lambda: len(desk.read("articles.cleaned")) >= 10)
    yield desk
    desk.close()


def test_an_idle_worker_behind_markers_and_deleted_records_lives_on_and_has_no_lag(quiet: Desk) -> None:
    [worker] = quiet.workers
    outlives(worker, NOTICED_SECONDS)
    lags = {name[1:]: value for name, value in worker.metrics().items() if name[0] == "copydesk_consumer_lag"}
    assert list(lags.values()) == [0] * 4


def test_what_a_producer_has_aborted_is_no_article(quiet: Desk) -> None:
    raw = quiet.topic("articles.raw")
    places = [*((COMMITTED, offset) for offset in range(5)), *((BOTH, offset) for offset in range(6, 11))]
    committed = sorted(f"{raw}/{partition}/{offset}" for partition, offset in places)
    assert sources(quiet.read("articles.cleaned")) == committed
    assert not quiet.read("articles.deadletter")


def test_a_transaction_that_stays_open_is_told_until_it_ends(quiet: Desk) -> None:
    [worker] = quiet.workers
    raw = quiet.topic("articles.raw")

    def open_seconds() -> float:
        return worker.metrics()["copydesk_open_transaction_seconds", raw]

    async def leave_open() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=quiet.kafka.address, transactional_id=f"{raw}.open")
        await producer.start()
        try:
            await producer.begin_transaction()
            await producer.send_and_wait(raw, articles(50, 1)[0].value, b"key", COMMITTED)
            await asyncio.to_thread(wait_for, "it is told", 40, lambda: open_seconds() > 4)
            await producer.abort_transaction()
        finally:
            await producer.stop()

    assert open_seconds() == 0
    asyncio.run(leave_open())
    wait_for("it has ended", 40, lambda: open_seconds() == 0)


# ---- memory that takes long to load


def test_loading_longer_than_a_rebalance_waits_ends_no_worker_and_decides_all_once(
    kafka: Kafka, open_desk: MakeDesk, tagged: list[Sent]
) -> None:
    desk = open_desk(kafka, "slowload", dedup_domains="en=0,*=1", drain_seconds=1, session_seconds=6)
    for domain in (0, 1):
        desk.kafka.send(desk.topic("articles.tagged"), tagged[domain::2], partition=domain)
    first = desk.worker("dedup", plug=PLUG / "slow_load")
    wait_for("the first loads", START_SECONDS, lambda: first.logged("partitions assigned"))
    second = desk.worker("dedup", plug=PLUG / "slow_load")
    wait_for("they share the domains", START_SECONDS, lambda: second.logged("partitions assigned"))
    events = [line["event"] for line in first.log()]
    before = events[: events.index("partitions revoked")]
    assert "state loaded" not in before, "it was done already: the plug must make it slower"
    desk.settle("dedup")
    for worker in (first, second):
        wait_for(f"{worker.log_file.name} is ready", START_SECONDS, worker.ready)
    decided = [(record.event["id"], record.event["decision"]) for record in desk.read("articles.enriched")]
    assert sorted(decided) == sorted(((sent.key or b"").decode(), 1) for sent in tagged)
    assert [worker.terminate() for worker in (first, second)] == [0, 0]


# ---- failures in a row, in batches that are each too small to show it


def test_starts_after_too_many_failures_repeat_no_dead_letter(desk: Desk) -> None:
    good, broken = 3, 120
    raw = desk.topic("articles.raw")
    failing = [Sent(b"<no event %d>" % i, b"key") for i in range(broken)]
    desk.kafka.send(raw, [*articles(0, good), *failing], partition=0)
    for _start in range(3):
        assert desk.worker("clean", poll_records=10).wait() == 78
        dead = [int(record.header("offset") or -1) for record in desk.read("articles.deadletter")]
        assert len(set(dead)) == len(dead), "written again"
        done = [*range(good), *sorted(dead)] if desk.read("articles.cleaned") else dead
        assert done == list(range(desk.kafka.committed(f"{desk.name}.clean").get((raw, 0), 0)))
    assert len(dead) < broken
    assert len(desk.read("articles.cleaned")) in (0, good)
