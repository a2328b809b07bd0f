"""What Kafka knows of a consumer group: its members, and what it has committed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient

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
