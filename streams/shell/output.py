"""The one producer of a clean or tag worker: every record delivered, or the reason why it cannot be.

aiokafka 0.14 keeps the sequence number of a batch that the broker refused for good (too large, a right
revoked); every later send to that partition then fails with OutOfOrderSequenceNumber, though the cause be
mended. So a producer is spent after such a refusal: it is stopped, and a new one sends what was not
confirmed. That may repeat a record, never lose one; a repeated output is the same byte for byte.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer, errors

from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.logs import log
from streams.shell.settings import Settings

BACKOFF_SECONDS = 0.2
BACKOFF_MOST_SECONDS = 5.0
# A spent producer has so long to hand over what it still holds.
STOP_SECONDS = 3.0
TOO_LARGE = (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError)


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


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """A message on its way, with the generation of the producer that has it."""

    message: Message
    generation: int
    future: asyncio.Future[Any]


class Output:
    """Writes messages; `oversized` makes the message that takes the place of one that is too large."""

    def __init__(self, settings: Settings, oversized: Callable[[Message], Message]) -> None:
        self._settings, self._oversized = settings, oversized
        self._producer: AIOKafkaProducer | None = None
        self._generation = 0
        self._replacing = asyncio.Lock()
        self.failing = False
        self.last_delivery = time.monotonic()

    async def start(self) -> None:
        self._producer = await clients.started(clients.producer(self._settings), self._settings)

    async def stop(self) -> None:
        if self._producer is not None:
            await _stop(self._producer)

    async def enqueue(self, messages: Sequence[Message]) -> list[Sent]:
        """Hands messages to the producer in their order; waits while its buffer is full."""
        return [await self._send(message) for message in messages]

    async def settle(self, sent: list[Sent]) -> None:
        """Waits until every message is delivered, sending again what failed.

        Raises Fatal when Kafka denies the right to write.
        """
        pause = BACKOFF_SECONDS
        while sent:
            results = await asyncio.gather(*(s.future for s in sent), return_exceptions=True)
            failed = [(s, e) for s, e in zip(sent, results, strict=True) if isinstance(e, BaseException)]
            if len(failed) < len(sent):
                self.last_delivery = time.monotonic()
            if not failed:
                break
            self.failing = True
            sent = await self._again(failed)
            await asyncio.sleep(pause)
            pause = min(2 * pause, BACKOFF_MOST_SECONDS)
        self.failing = False

    async def deliver(self, messages: Sequence[Message]) -> None:
        await self.settle(await self.enqueue(messages))

    async def _send(self, message: Message) -> Sent:
        generation, producer = self._generation, self._producer
        future: asyncio.Future[Any]
        try:
            if producer is None:
                raise errors.KafkaConnectionError("no producer yet")
            # A record with neither key nor value is legal, but aiokafka's send() asserts against it.
            value = b"" if message.value is None and message.key is None else message.value
            future = await producer.send(
                message.topic, value, message.key, message.partition, headers=message.headers
            )
        except Exception as error:
            future = asyncio.get_running_loop().create_future()
            future.set_exception(error)
        return Sent(message, generation, future)

    async def _again(self, failed: list[tuple[Sent, BaseException]]) -> list[Sent]:
        for sent, error in failed:
            if isinstance(error, clients.AUTHORIZATION) or not isinstance(error, Exception):
                raise clients.explained(error, self._settings) from error
            if not isinstance(error, (errors.KafkaError, OSError, TimeoutError)):
                topic = sent.message.topic
                raise Fatal(Exit.INTERNAL, f"writing to {topic}: {clients.describe(error)}") from error
        first, cause = failed[0]
        log().warning(
            "sending again", records=len(failed), topic=first.message.topic, cause=clients.describe(cause)
        )
        for sent, error in failed:
            if not getattr(error, "retriable", False):
                await self._replace(sent.generation)
        again = []
        for sent, error in failed:
            if isinstance(error, TOO_LARGE):
                again.append(await self._alone(sent.message))
            else:
                again.append(await self._send(sent.message))
        return again

    async def _alone(self, message: Message) -> Sent:
        """The limit counts the batch, so a refused record is tried by itself before it is given up."""
        sent = await self._send(message)
        try:
            await sent.future
        except TOO_LARGE as error:
            await self._replace(sent.generation)
            instead = self._oversized(message)
            log().warning(
                "too large for its topic",
                topic=message.topic,
                bytes=len(message.value or b""),
                instead=instead.topic,
                cause=clients.describe(error),
            )
            return await self._send(instead)
        except Exception:
            log().debug("sending singly failed", topic=message.topic)
        return sent

    async def _replace(self, generation: int) -> None:
        async with self._replacing:
            if generation != self._generation:
                return
            spent, self._producer = self._producer, None
            self._generation += 1
            if spent is not None:
                await _stop(spent)
            self._producer = await self._fresh()

    async def _fresh(self) -> AIOKafkaProducer:
        pause = BACKOFF_SECONDS
        while True:
            producer = clients.producer(self._settings)
            try:
                await producer.start()
            except Exception as error:
                await clients.stopped(producer)
                if isinstance(error, clients.AUTHENTICATION + clients.AUTHORIZATION):
                    raise clients.explained(error, self._settings) from error
                log().warning("no new producer yet", cause=clients.describe(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, BACKOFF_MOST_SECONDS)
            else:
                return producer


async def _stop(producer: AIOKafkaProducer) -> None:
    with suppress(Exception):
        await asyncio.wait_for(producer.stop(), STOP_SECONDS)
