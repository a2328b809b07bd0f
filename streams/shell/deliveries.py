"""What is handed to the producer together: messages, those on their way, and the batches they go in."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer, errors
from aiokafka.producer.message_accumulator import BatchBuilder

from streams.shell.clients import MAX_REQUEST_BYTES
from streams.shell.exits import Fatal
from streams.shell.partitions import partitions_of


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A record to be written; without `partition` the key decides, as in Java's client.

    `origin` is the input record that it comes from.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    partition: int | None = None
    origin: Any = None


async def in_one_transaction(producer: AIOKafkaProducer, messages: Sequence[Message]) -> list[Any]:
    """Writes messages in one transaction; gives where each lies, in their order. Raises KafkaError."""
    async with producer.transaction():
        sent = [
            await producer.send(m.topic, m.value, m.key, m.partition, headers=m.headers) for m in messages
        ]
        return list(await asyncio.gather(*sent))


@dataclass(slots=True, eq=False)
class Sent:
    """A message on its way. `turn` tells its last attempt from earlier ones."""

    message: Message
    awaited: "Awaited"
    turn: int = 0
    attempt: asyncio.Future[Any] | None = None
    error: BaseException | None = None


class Awaited:
    """Counts the messages of a delivery that are still on their way; `done` when there is none.

    It does not lead back to them: their bytes would lie in a cycle until Python's collector comes by.
    """

    def __init__(self, count: int) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._open = count
        self.arrived(0)

    def arrived(self, count: int) -> None:
        self._open -= count
        if not self._open and not self.done.done():
            self.done.set_result(None)

    def fail(self, fatal: Fatal) -> None:
        if not self.done.done():
            self.done.set_exception(fatal)
            self.done.exception()  # whoever waits is told; nobody else need be


class Delivery:
    """Messages handed over together, in their order; `done` when every one of them has arrived."""

    def __init__(self, messages: Sequence[Message]) -> None:
        awaited = Awaited(len(messages))
        self.done = awaited.done
        self.sent = [Sent(message, awaited) for message in messages]


def by_partition(
    sent: Sequence[Sent], partitions: Mapping[str, list[int]]
) -> dict[tuple[str, int | None], list[Sent]]:
    """Messages by topic and partition, in order; the partition is None where a topic's are unknown."""
    by_topic: dict[str, list[Sent]] = {}
    for one in sent:
        by_topic.setdefault(one.message.topic, []).append(one)
    found: dict[tuple[str, int | None], list[Sent]] = {}
    for topic, several in by_topic.items():
        ours = partitions.get(topic)
        chosen: Sequence[int | None] = [None] * len(several)
        if ours:
            chosen = _chosen([one.message for one in several], ours)
        for one, partition in zip(several, chosen, strict=True):
            found.setdefault((topic, partition), []).append(one)
    return found


def _chosen(messages: Sequence[Message], partitions: list[int]) -> list[int]:
    """The partition of each message: its own, else its key's; those without a key stay together."""
    keys = [message.key for message in messages if message.partition is None and message.key is not None]
    of_keys = iter(partitions_of(keys, partitions))
    of_others = random.choice(partitions)  # noqa: S311 - nobody gains by guessing it
    chosen = []
    for message in messages:
        if message.partition is not None:
            chosen.append(message.partition)
        else:
            chosen.append(of_others if message.key is None else next(of_keys))
    return chosen


def added(batch: BatchBuilder, message: Message) -> bool:
    """Whether the message still had room in the batch; the first always has.

    Raises MessageSizeTooLargeError where no request could carry it.
    """
    if len(message.value or b"") + len(message.key or b"") > MAX_REQUEST_BYTES:
        raise errors.MessageSizeTooLargeError
    taken = batch.append(timestamp=None, key=message.key, value=message.value, headers=message.headers)
    return taken is not None


def failure(error: Exception) -> asyncio.Future[Any]:
    """An attempt that has failed already."""
    attempt: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    attempt.set_exception(error)
    return attempt
