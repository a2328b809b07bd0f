"""The topics: what each is for, how it should be, creating them and saying what differs."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aiokafka import TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.contract import CLEANED, DEADLETTER, ENRICHED, INDEX, RAW, REJECTED, TAGGED
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings, domain_count

# Above a producer's largest request (clients.MAX_REQUEST_BYTES) with a margin: the limit counts the batch.
MAX_MESSAGE_BYTES = 8_000_000
DAY_MS = 24 * 3600 * 1000
POLL_SECONDS = 0.2
# Their partition is a de-duplication domain.
_OF_DOMAINS = re.compile(rf"{re.escape(TAGGED)}$|{re.escape(INDEX)}\.e\d+$")


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it should be; `configs` are Kafka's own names."""

    name: str
    partitions: int
    replication: int
    configs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it should be with a topic; `repair` is what `copydesk topics --create` would do."""

    topic: str
    what: str
    repair: Literal["create", "add partitions", "none"]


def topic_name(settings: Settings, name: str) -> str:
    return settings.topic_prefix + name


def index_name(settings: Settings) -> str:
    """The log of the current epoch, without the prefix."""
    return f"{INDEX}.e{settings.dedup_epoch}"


def domains_of(table: Mapping[str, int], language: str | None) -> list[int]:
    """The de-duplication domains that a record goes to: its language's; every one for a withdrawal or an
    erasure, which have none (None), since any of them may know the article.
    """
    return sorted(set(table.values())) if language is None else [table.get(language, table["*"])]


def wanted(settings: Settings) -> list[Topic]:
    """Every topic of the design's table, with the numbers of the settings."""
    tagged = domain_count(settings)

    def topic(name: str, partitions: int, days: float | None) -> Topic:
        configs = {
            # With the producers' own times an old record would fall under retention at once.
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "min.insync.replicas": str(settings.min_insync),
            "cleanup.policy": "compact" if days is None else "delete",
        }
        if days is not None:
            configs["retention.ms"] = str(int(days * DAY_MS))
        else:
            # Kafka compacts by itself when half of a topic is old: what is erased could stay for years.
            configs["max.compaction.lag.ms"] = str(int(settings.compaction_days * DAY_MS))
        return Topic(topic_name(settings, name), partitions, settings.replication, configs)

    return [
        topic(RAW, settings.partitions, settings.retention_raw_days),
        topic(CLEANED, settings.partitions, settings.retention_cleaned_days),
        topic(TAGGED, tagged, settings.retention_tagged_days),
        topic(index_name(settings), tagged, settings.retention_tagged_days),
        topic(ENRICHED, settings.partitions, None),
        topic(REJECTED, settings.partitions, settings.retention_rejected_days),
        topic(DEADLETTER, settings.partitions, settings.retention_deadletter_days),
    ]


def retention_seconds(settings: Settings, name: str) -> float:
    """How long a topic of ours that is not compacted keeps its records, as the settings want it."""
    full = topic_name(settings, name)
    return next(float(t.configs["retention.ms"]) / 1000 for t in wanted(settings) if t.name == full)


def check(settings: Settings, *, create: bool) -> tuple[list[str], list[Difference]]:
    """What was done (with `create`) and what still differs. Raises Fatal where Kafka cannot be asked."""
    return asyncio.run(_check(settings, create))


async def _check(settings: Settings, create: bool) -> tuple[list[str], list[Difference]]:
    admin = await clients.started(clients.admin(settings), settings)
    try:
        done = await _create(admin, settings) if create else []
        found = await differences(admin, settings)
        deadline = time.monotonic() + settings.request_seconds
        # A broker that is asked may hear of a new topic later than the one that made it.
        while done and any(d.repair != "none" for d in found) and time.monotonic() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            found = await differences(admin, settings)
        return done, found
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(admin)


async def differences(admin: AIOKafkaAdminClient, settings: Settings) -> list[Difference]:
    """What of the topics is missing or not as the settings want it."""
    found = []
    present = {t["topic"]: t for t in await admin.describe_topics([t.name for t in wanted(settings)])}
    for topic in wanted(settings):
        state = present[topic.name]
        code = state["error_code"]
        if code == errors.UnknownTopicOrPartitionError.errno:
            found.append(Difference(topic.name, "is missing", "create"))
        elif code:
            found.append(Difference(topic.name, f"{errors.for_code(code).__name__}", "none"))
        else:
            found += _partition_differences(topic, state["partitions"])
            found += await _config_differences(admin, topic)
    return found


async def _create(admin: AIOKafkaAdminClient, settings: Settings) -> list[str]:
    """Creates missing topics and adds missing partitions; says what it did. Changes nothing else.

    articles.tagged and its log are never given more partitions: their partition is the de-duplication
    domain, whose memory would not move with it. `copydesk dedup rebuild` moves it.
    """
    done, topics = [], {topic.name: topic for topic in wanted(settings)}
    for difference in await differences(admin, settings):
        topic = topics[difference.topic]
        if difference.repair == "create":
            await make(admin, settings, topic)
            done.append(f"{topic.name}: created with {topic.partitions} partitions")
        elif difference.repair == "add partitions":
            await widen(admin, settings, topic.name, topic.partitions)
            done.append(f"{topic.name}: now {topic.partitions} partitions")
    return done


async def make(admin: AIOKafkaAdminClient, settings: Settings, topic: Topic) -> None:
    """Creates a topic; one that is there already stays as it is."""
    new = NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=topic.configs)
    _raise_errors(await admin.create_topics([new]), topic.name, settings)


async def partitions_of(admin: AIOKafkaAdminClient, name: str) -> list[TopicPartition]:
    """The partitions of a topic in order; none where it is missing."""
    described = (await admin.describe_topics([name]))[0]
    kind = errors.for_code(described["error_code"])
    if kind in (errors.UnknownTopicOrPartitionError, errors.InvalidTopicError):
        return []
    if kind is not errors.NoError:
        raise kind(name)
    return [TopicPartition(name, p) for p in sorted(p["partition"] for p in described["partitions"])]


async def present_partitions(settings: Settings, name: str) -> list[TopicPartition]:
    """The same by a connection of its own. Raises Fatal where the topic is missing or denied."""
    admin = await clients.started(clients.admin(settings), settings)
    try:
        found = await partitions_of(admin, name)
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(admin)
    if not found:
        raise Fatal(Exit.SETTINGS, f"Kafka at {settings.brokers} has no topic {name}")
    return found


async def widen(admin: AIOKafkaAdminClient, settings: Settings, name: str, partitions: int) -> None:
    """Gives a topic more partitions."""
    _raise_errors(await admin.create_partitions({name: NewPartitions(partitions)}), name, settings)


def _partition_differences(topic: Topic, partitions: list[dict[str, object]]) -> list[Difference]:
    found, there = [], len(partitions)
    domain = _OF_DOMAINS.search(topic.name) is not None
    if there < topic.partitions:
        repair: Literal["add partitions", "none"] = "none" if domain else "add partitions"
        what = f"has {there} partitions, wants {topic.partitions}"
        if domain:
            what += "; `copydesk dedup rebuild` makes more domains"
        found.append(Difference(topic.name, what, repair))
    elif there > topic.partitions and domain:
        found.append(Difference(topic.name, f"has {there} partitions, wants {topic.partitions}", "none"))
    replicas = {len(p["replicas"]) for p in partitions if isinstance(p["replicas"], list)}
    if replicas and min(replicas) < topic.replication:
        found.append(
            Difference(topic.name, f"has {min(replicas)} replicas, wants {topic.replication}", "none")
        )
    return found


async def _config_differences(admin: AIOKafkaAdminClient, topic: Topic) -> list[Difference]:
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    values: dict[str, str] = {}
    for answer in answers:
        for error_code, message, _kind, name, entries in answer.resources:
            if error_code:
                return [Difference(name, f"its configuration cannot be read: {message}", "none")]
            values |= {entry[0]: entry[1] for entry in entries}
    return [
        Difference(topic.name, f"has {name}={values.get(name)}, wants {value}", "none")
        for name, value in topic.configs.items()
        if values.get(name) != value
    ]


def _raise_errors(answer: object, name: str, settings: Settings) -> None:
    # create_topics does not raise: the errors are in the answer.
    rows = getattr(answer, "topic_errors", None) or getattr(answer, "topic_error_codes", None) or []
    for _topic, code, *rest in rows:
        kind = errors.for_code(code)
        if code and kind is not errors.TopicAlreadyExistsError:
            message = next((text for text in rest if text), kind.__name__)
            if kind in clients.AUTHORIZATION:
                raise clients.explained(kind(f"creating {name}: {message}"), settings)
            raise Fatal(Exit.SETTINGS, f"{name} cannot be created: {message}")
