"""The topics of a run: made when it begins, deleted by `copydesk replay abort`; and the one of progress."""

import asyncio
import time
from dataclasses import replace

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.contract import DEADLETTER, REJECTED
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.plan import REPLAY, Plan, progress_topic, run_settings
from streams.shell.settings import Settings
from streams.shell.topics import (
    DAY_MS,
    POLL_SECONDS,
    Topic,
    index_name,
    make,
    partitions_of,
    topic_name,
    wanted,
)


def topics_of(settings: Settings, plan: Plan) -> list[Topic]:
    """What a run writes, as the live topics are, but all of it is kept for the time of the plan."""
    of_run = run_settings(settings, plan)
    names = {*plan.targets, REJECTED, DEADLETTER, *([index_name(settings)] if plan.decides else [])}
    full = {topic_name(of_run, name) for name in names}
    return [_kept(topic, plan.keep_days) for topic in wanted(of_run) if topic.name in full]


def _kept(topic: Topic, days: float) -> Topic:
    """Deleted by age and not compacted: so that an erased text goes, and what is gone is seen."""
    configs = {name: value for name, value in topic.configs.items() if name != "max.compaction.lag.ms"}
    age = {"cleanup.policy": "delete", "retention.ms": str(int(days * DAY_MS))}
    return replace(topic, configs=configs | age)


def progress_as_wanted(settings: Settings) -> Topic:
    """replay.progress: one partition, compacted."""
    configs = {
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": wanted(settings)[0].configs["max.message.bytes"],
        "min.insync.replicas": str(settings.min_insync),
        "cleanup.policy": "compact",
    }
    return Topic(progress_topic(settings), 1, settings.replication, configs)


async def has_progress(admin: AIOKafkaAdminClient, settings: Settings) -> bool:
    """Whether there is a topic of progress; true where we may not see it: the rights are named then."""
    try:
        return bool(await partitions_of(admin, progress_topic(settings)))
    except clients.AUTHORIZATION:
        return True


async def lacking_to_create(admin: AIOKafkaAdminClient, topics: list[Topic]) -> list[str]:
    """The topics of these that we may not create; asked without creating any."""
    new = [NewTopic(t.name, t.partitions, t.replication, topic_configs=t.configs) for t in topics]
    answer = await admin.create_topics(new, validate_only=True)
    denied = {error.errno for error in clients.AUTHORIZATION}
    return sorted(name for name, code, *_ in answer.topic_errors if code in denied)


async def make_all(admin: AIOKafkaAdminClient, settings: Settings, topics: list[Topic]) -> None:
    """Creates what is missing, and waits until the broker knows it."""
    for topic in topics:
        await make(admin, settings, topic)
    deadline = time.monotonic() + settings.request_seconds
    for topic in topics:
        while len(await partitions_of(admin, topic.name)) < topic.partitions:
            if time.monotonic() > deadline:
                raise Fatal(Exit.UNAVAILABLE, f"{topic.name}: Kafka does not make it")
            await asyncio.sleep(POLL_SECONDS)


async def present(admin: AIOKafkaAdminClient, settings: Settings, run: str) -> list[str]:
    """The names of the topics that a run has, whatever its plan was."""
    begin = f"{topic_name(settings, REPLAY)}{run}."
    return sorted(name for name in await admin.list_topics() if name.startswith(begin))


async def written_to(admin: AIOKafkaAdminClient, settings: Settings, run: str) -> list[str]:
    """The names of a run's topics that have ever had a record."""
    found = []
    for name in await present(admin, settings, run):
        parts = await partitions_of(admin, name)
        async with clients.reading(settings, parts) as consumer:
            if any((await consumer.end_offsets(parts)).values()):
                found.append(name)
    return found


async def delete_all(admin: AIOKafkaAdminClient, settings: Settings, run: str) -> list[str]:
    """Deletes a run's topics, waits until they are gone, gives their names. Raises Fatal if Kafka denies."""
    names = await present(admin, settings, run)
    if not names:
        return []
    for name, code, *_ in (await admin.delete_topics(names)).topic_error_codes:
        kind = errors.for_code(code)
        if kind in clients.AUTHORIZATION:
            raise clients.explained(kind(f"deleting {name}"), settings)
        if code and kind is not errors.UnknownTopicOrPartitionError:
            raise Fatal(Exit.UNAVAILABLE, f"{name} cannot be deleted: {kind.__name__}")
    deadline = time.monotonic() + settings.request_seconds
    while await present(admin, settings, run):
        if time.monotonic() > deadline:
            raise Fatal(Exit.UNAVAILABLE, f"Kafka does not delete the topics of run {run}; abort it again")
        await asyncio.sleep(POLL_SECONDS)
    return names


async def cluster_id(admin: AIOKafkaAdminClient) -> str:
    """What Kafka calls this cluster."""
    return str((await admin.describe_cluster())["cluster_id"])
