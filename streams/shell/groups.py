"""What Kafka knows of a consumer group: its members, and what it has committed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from aiokafka import TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.pipeline import Step
from streams.shell import clients, names
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings

RETRY_SECONDS = 0.2
T = TypeVar("T")


async def committed(admin: AIOKafkaAdminClient, settings: Settings, group: str, topic: str) -> dict[int, int]:
    """The offset that a group has committed in each partition of a topic, where it has."""
    # aiokafka 0.14 reads the answer to one who may not see the group as if nothing had been committed.
    await members(admin, settings, group)
    offsets = await answered(lambda: admin.list_consumer_group_offsets(group), settings.request_seconds)
    return {tp.partition: o.offset for tp, o in offsets.items() if tp.topic == topic and o.offset >= 0}


async def members(admin: AIOKafkaAdminClient, settings: Settings, group: str) -> list[str]:
    """Every member of a group as client@host."""

    async def ask() -> list[str]:
        [answer] = (await admin.describe_consumer_groups([group]))[0].groups
        code, listed = answer[0], answer[5]
        if code:  # aiokafka 0.14 does not look at it
            raise errors.for_code(code)(group)
        return sorted(f"{client}@{host.lstrip('/')}" for _id, client, host, *_ in listed)

    return await answered(ask, settings.request_seconds)


async def passed(
    settings: Settings, step: Step, written: Mapping[TopicPartition, int], patience: float
) -> None:
    """Waits until a stage has committed all these offsets, which it does with what follows from them.

    Raises Fatal(RETRY) naming a partition that it has not come to within `patience` seconds.
    """
    group, deadline = names.group(settings, step), time.monotonic() + patience
    admin = await clients.started(clients.admin(settings), settings)
    try:
        behind = dict(written)
        while behind:
            try:
                found = await admin.list_consumer_group_offsets(group, partitions=list(behind))
                behind = {tp: offset for tp, offset in behind.items() if found[tp].offset <= offset}
            except errors.KafkaError as error:
                if not error.retriable:
                    raise
            if behind and time.monotonic() > deadline:
                tp, offset = next(iter(behind.items()))
                raise Fatal(
                    Exit.RETRY,
                    f"within {patience:g} s the group {group} has not come to {tp.topic}/{tp.partition}/"
                    f"{offset}: is a {step.name} worker running? What is written there will be carried out",
                )
            await asyncio.sleep(RETRY_SECONDS if behind else 0)
    finally:
        await clients.stopped(admin)


async def answered(ask: Callable[[], Awaitable[T]], patience: float) -> T:
    """Asks a coordinator again while it makes or loads its state: a new Kafka, or one that has moved."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return await ask()
        except errors.KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
            await asyncio.sleep(RETRY_SECONDS)
