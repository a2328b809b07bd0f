"""streams.reader as a consumer uses it: docs/examples/reader.py, killed and run again beside the stages."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from streams.reader import Article, Event, Gap, Malformed, Reader, Settings
from tests.system import consumers
from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Desk
from tests.system.generated import article, text, url
from tests.system.kafka import REPOSITORY, Broker, Kafka, Sent, wait_for

pytestmark = pytest.mark.replay
EXAMPLE = REPOSITORY / "docs" / "examples" / "reader.py"
ENRICHED = "articles.enriched"
EVENT: dict[str, Any] = json.loads(
    (REPOSITORY / "schemas/examples/article.enriched.v1/valid/original.json").read_bytes()
)
IDENTITY: str = EVENT["id"]
SENT = Sent(json.dumps(EVENT).encode(), IDENTITY.encode())


class Table:
    """The example with its database."""

    def __init__(self, desk: Desk, file: Path) -> None:
        self._desk, self._file = desk, file

    def start(self, *options: str) -> subprocess.Popen[str]:
        environment = self._desk.environment() | {"PYTHONPATH": str(REPOSITORY)}
        command = [sys.executable, str(EXAMPLE), str(self._file), *options]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def once(self) -> str:
        with self.start("--once") as process:
            told = process.communicate(timeout=START_SECONDS)[1]
            assert process.returncode == 0, told
            return told

    def rows(self) -> dict[str, tuple[Any, ...]]:
        if not self._file.exists():
            return {}
        with closing(sqlite3.connect(self._file)) as db:
            try:
                return {
                    row[0]: row[1:] for row in db.execute("SELECT id, decision, status, text FROM article")
                }
            except sqlite3.OperationalError:  # its tables are not made yet
                return {}


def folded(desk: Desk) -> dict[str, tuple[Any, ...]]:
    """What the topic says last of each article."""
    found: dict[str, tuple[Any, ...]] = {}
    for record in desk.read(ENRICHED):
        identity = (record.key or b"").decode()
        if record.value is None:
            decision = int(str(record.header("ce_id")).split(":")[2])
            found[identity] = (decision, "erased", None)
        else:
            event = record.event
            found[identity] = (event["decision"], event["status"], event.get("text"))
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """The command of the consumer in a language."""
    folder = tmp_path_factory.mktemp("consumers")
    return cache(lambda language: consumers.BUILD[language](folder))


def read(desk: Desk, position: dict[str, Any] | None = None, **options: Any) -> tuple[list[Event], Any]:
    async def go() -> tuple[list[Event], Any]:
        settings = Settings(brokers=desk.kafka.address, topic_prefix=f"{desk.name}.")
        async with Reader(position, settings=settings, follow=False, **options) as reader:
            return [event async for event in reader], reader.position

    return asyncio.run(go())


def test_a_consumer_that_is_killed_and_run_again_has_the_fold_of_the_topic(
    desk: Desk, kafka: Kafka, tmp_path: Path, built: Callable[[str], list[str]]
) -> None:
    """With copies, a late original, a revision, a withdrawal and an erasure."""
    desk.running(*STAGES)
    table, raw = Table(desk, tmp_path / "articles.db"), desk.topic("articles.raw")
    process = table.start()
    try:
        kafka.send(raw, [article(n, published_at="2026-11-20T10:00:00Z") for n in range(30)])
        kafka.send(
            raw, [article(100 + n, content=text(n), published_at="2026-11-21T10:00:00Z") for n in range(9)]
        )
        wait_for("rows", START_SECONDS, lambda: len(table.rows()) >= 5)
    finally:
        process.kill()
        process.communicate()
    kafka.send(raw, [article(200, content=text(1), published_at="2026-11-19T10:00:00Z")])
    kafka.send(raw, [article(3, content=text(300))])
    desk.settle()
    assert desk.run("withdraw", url(4)).returncode == 0
    assert desk.run("forget", "--yes", "--wait", url(5)).returncode == 0
    desk.settle()

    table.once()
    wanted = folded(desk)
    assert table.rows() == wanted
    statuses = [row[1] for row in wanted.values()]
    assert (statuses.count("withdrawn"), statuses.count("erased"), len(statuses)) == (1, 1, 40)
    assert max(row[0] for row in wanted.values()) >= 2

    kafka.send(desk.topic(ENRICHED), [Sent(b"{", b"no event")], partition=0)
    for language in consumers.BUILD:
        rows, complaint = consumers.printed(built(language), kafka.address, desk.topic(ENRICHED))
        assert {identity: row[:2] for identity, row in rows.items()} == {
            identity: row[:2] for identity, row in wanted.items()
        }
        assert complaint.count(f"{desk.topic(ENRICHED)}/0/") == complaint.count("is no event") == 1

    events, position = read(desk)
    assert read(desk, json.loads(json.dumps(position)))[0] == []
    assert sum(isinstance(event, Article) for event in events) >= 38


def test_what_is_no_event_is_given_as_such_and_ends_nothing(desk: Desk, kafka: Kafka) -> None:
    event = EVENT | {"of_the_future": 1, "flags": ["of_the_future"]}
    good = Sent(json.dumps(event).encode(), IDENTITY.encode())
    kafka.send(desk.topic(ENRICHED), [Sent(b"{", b"k"), good, good], partition=0)
    events, position = read(desk)
    assert [type(event) for event in events] == [Malformed, Article], "the same decision is given once"
    assert isinstance(events[0], Malformed)
    assert events[0].place == f"{desk.topic(ENRICHED)}/0/0"
    assert position["offsets"]["0"] == 3


def test_what_has_expired_is_named_and_passed_over_only_when_told_so(desk: Desk, kafka: Kafka) -> None:
    kafka.configure(desk.topic(ENRICHED), {"cleanup.policy": "delete"})
    topic = desk.topic(ENRICHED)
    kafka.send(topic, [Sent(b"{", b"%d" % n) for n in range(10)], partition=0)
    position = read(desk)[1] | {"offsets": {"0": 2}}
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for done in admin.delete_records([TopicPartition(topic, 0, 6)]).values():
        done.result(START_SECONDS)
    with pytest.raises(Gap, match=f"{topic}/0: the offsets 2 to 5 are gone; it begins at 6"):
        read(desk, position)
    assert len(read(desk, position, on_gap="continue")[0]) == 4

    with pytest.raises(Gap, match="erasures since then may be gone"):
        read(desk, position | {"read_until": "2026-01-01T00:00:00Z", "offsets": {"0": 10}})


@pytest.mark.parametrize("language", ["python", *consumers.BUILD])
def test_an_emptied_partition_holds_no_consumer_up(
    desk: Desk, kafka: Kafka, tmp_path: Path, built: Callable[[str], list[str]], language: str
) -> None:
    topic = desk.topic(ENRICHED)
    kafka.configure(topic, {"cleanup.policy": "delete"})
    kafka.send(topic, [SENT, SENT], partition=0)
    kafka.send(topic, [SENT], partition=1)
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for done in admin.delete_records([TopicPartition(topic, 0, 2)]).values():
        done.result(START_SECONDS)
    if language == "python":
        table = Table(desk, tmp_path / "articles.db")
        assert table.once() == ""
        assert list(table.rows()) == [IDENTITY]
    else:
        rows, complaint = consumers.printed(built(language), kafka.address, topic)
        assert (list(rows), "is no event" in complaint) == ([IDENTITY], False)


def test_the_reader_waits_for_a_broker_that_restarts(open_desk: MakeDesk, tmp_path: Path) -> None:
    broker = Broker(tmp_path / "kafka")
    try:
        kafka = Kafka(broker.start())
        desk = open_desk(kafka, "restart")
        topic = desk.topic(ENRICHED)
        kafka.send(topic, [Sent(b"{", b"1")], partition=0)

        async def go() -> list[str]:
            settings = Settings(brokers=kafka.address, topic_prefix="restart.")
            async with Reader(settings=settings) as reader:
                events = aiter(reader)
                first = await anext(events)
                await asyncio.to_thread(broker.run, "stop")
                await asyncio.to_thread(broker.start)
                await asyncio.to_thread(kafka.send, topic, [Sent(b"{", b"2")], 0)
                return [first.place, (await asyncio.wait_for(anext(events), START_SECONDS)).place]

        assert asyncio.run(go()) == [f"{topic}/0/0", f"{topic}/0/1"]
    finally:
        broker.run("wipe")
