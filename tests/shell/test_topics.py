"""The topics as they should be, and what differs on a real broker."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.contract import CLEANED, ENRICHED, RAW, TAGGED
from streams.shell import clients, topics
from streams.shell.exits import Fatal
from streams.shell.settings import Settings
from streams.shell.topics import Difference, Topic, index_name, wanted

LOG = index_name(Settings())


def differing(name: str, there: int, wants: int, replicas: int = 1, replication: int = 1) -> list[Difference]:
    partitions: list[dict[str, object]] = [{"replicas": list(range(replicas))} for _ in range(there)]
    return topics._partition_differences(Topic(name, wants, replication, {}), partitions)


def test_a_topic_that_is_as_it_should_be_does_not_differ() -> None:
    assert differing("articles.raw", 4, 4) == []


def test_missing_partitions_are_added_but_never_to_a_domains_topics() -> None:
    """Their partition is the de-duplication domain, and its memory would not move with it."""
    assert [d.repair for d in differing("articles.raw", 2, 4)] == ["add partitions"]
    assert [d.repair for d in differing("staging.articles.tagged", 1, 2)] == ["none"]
    assert [d.repair for d in differing("dedup.index.e3", 1, 2)] == ["none"]


def test_more_partitions_than_wanted_matter_only_to_a_domain() -> None:
    assert differing("articles.raw", 8, 4) == []
    assert [d.what for d in differing("articles.tagged", 8, 1)] == ["has 8 partitions, wants 1"]


def test_too_few_replicas_are_said_and_more_are_welcome() -> None:
    assert [d.what for d in differing("articles.raw", 4, 4, 1, 3)] == ["has 1 replicas, wants 3"]
    assert differing("articles.raw", 4, 4, 3, 1) == []


def test_each_topic_has_the_partitions_and_the_retention_of_its_purpose() -> None:
    table = {t.name: t for t in wanted(Settings(partitions=6, dedup_domains="en=0,fr=1,*=2"))}
    assert {name: table[name].partitions for name in (RAW, CLEANED, ENRICHED)} == dict.fromkeys(
        (RAW, CLEANED, ENRICHED), 6
    )
    assert table[TAGGED].partitions == table[LOG].partitions == 3
    assert table[TAGGED].configs["retention.ms"] == table[LOG].configs["retention.ms"]
    assert table[ENRICHED].configs["cleanup.policy"] == "compact"
    assert "retention.ms" not in table[ENRICHED].configs
    assert table[ENRICHED].configs["max.compaction.lag.ms"] == str(7 * 24 * 3600 * 1000)
    assert table[RAW].configs["retention.ms"] == str(7 * 24 * 3600 * 1000)
    assert {t.configs["message.timestamp.type"] for t in table.values()} == {"LogAppendTime"}


def test_a_prefix_begins_every_name() -> None:
    assert all(t.name.startswith("staging.") for t in wanted(Settings(topic_prefix="staging.")))


def test_creating_makes_what_is_missing_once(settings: Settings) -> None:
    done, left = topics.check(settings, create=True)
    assert (len(done), left) == (7, [])
    assert topics.check(settings, create=True) == ([], [])


def test_checking_changes_nothing(settings: Settings) -> None:
    for _ in range(2):
        done, left = topics.check(settings, create=False)
        assert done == []
        assert {difference.what for difference in left} == {"is missing"}


def test_partitions_are_added_where_that_is_safe(settings: Settings) -> None:
    topics.check(settings, create=True)
    more = replace(settings, partitions=3, dedup_domains="en=0,*=1")
    done, left = topics.check(more, create=True)
    assert len(done) == 5
    said = "has 1 partitions, wants 2; `copydesk dedup rebuild` makes more domains"
    assert {d.topic.removeprefix(settings.topic_prefix): d.what for d in left} == {TAGGED: said, LOG: said}


def test_a_configuration_that_differs_is_said_and_left_alone(settings: Settings) -> None:
    raw = f"{settings.topic_prefix}{RAW}"

    async def make(admin: AIOKafkaAdminClient) -> Any:
        return await admin.create_topics([NewTopic(raw, 2, 1, topic_configs={"retention.ms": "60000"})])

    asyncio.run(_with_admin(settings, make))
    _, left = topics.check(settings, create=True)
    said = {difference.what for difference in left if difference.topic == raw}
    assert "has retention.ms=60000, wants 604800000" in said
    assert "has message.timestamp.type=CreateTime, wants LogAppendTime" in said
    assert {difference.repair for difference in left} == {"none"}


def test_a_topic_that_cannot_be_made_is_said_with_kafkas_reason(settings: Settings) -> None:
    with pytest.raises(Fatal, match=r"cannot be created: .*replication"):
        topics.check(replace(settings, replication=3), create=True)


async def _with_admin(settings: Settings, work: Any) -> None:
    admin = await clients.started(clients.admin(settings), settings)
    try:
        await work(admin)
    finally:
        await clients.stopped(admin)
