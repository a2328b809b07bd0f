"""The one producer of a clean or tag worker: every record delivered in its order, or the reason why not.

aiokafka 0.14 keeps the sequence number of a batch that the broker refused for good (too large, a right
revoked); every later send to that partition then fails with OutOfOrderSequenceNumber, though the cause be
mended. So a producer is spent after such a refusal: it is stopped, and a new one sends all that was not
confirmed, in the order it was handed over, before anything else is sent. That may repeat a record, never
lose one; a repeated output is the same byte for byte.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from aiokafka import AIOKafkaProducer, errors

from streams.shell import clients
from streams.shell.deliveries import Delivery, Message, Sent, added, by_partition, failure
from streams.shell.exits import Exit, Fatal
from streams.shell.logs import log
from streams.shell.settings import Settings

BACKOFF_SECONDS = 0.2
BACKOFF_MOST_SECONDS = 5.0
# A spent producer has so long to hand over what it still holds.
STOP_SECONDS = 3.0
TOO_LARGE = (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError)


class Output:
    """Writes messages; `oversized` makes the message that takes the place of one that is too large."""

    def __init__(self, settings: Settings, oversized: Callable[[Message], Message]) -> None:
        self._settings, self._oversized = settings, oversized
        self._producer: AIOKafkaProducer | None = None
        self._open: dict[Sent, Delivery] = {}  # what is not confirmed, in the order it was handed over
        self._sound = asyncio.Event()
        self._sound.set()
        self._mending: asyncio.Task[None] | None = None

    @property
    def failing(self) -> bool:
        return not self._sound.is_set()

    async def start(self) -> None:
        self._producer = await clients.started(clients.producer(self._settings), self._settings)

    async def stop(self) -> None:
        if self._mending is not None:
            self._mending.cancel()
        if self._producer is not None:
            await clients.stopped(self._producer, STOP_SECONDS)

    async def enqueue(self, messages: Sequence[Message]) -> Delivery:
        """Hands messages to the producer; those of one partition keep their order.

        Waits while the producer's buffer is full or it is replaced.
        """
        delivery = Delivery(messages)
        partitions = await self._partitions({message.topic for message in messages})
        for (topic, partition), sent in by_partition(delivery.sent, partitions).items():
            while self.failing:
                await self._sound.wait()
            if partition is not None and len(sent) > 1:
                self._open |= dict.fromkeys(sent, delivery)
                await self._attempt_together(topic, partition, sent)
                continue
            for one in sent:
                while self.failing:
                    await self._sound.wait()
                self._open[one] = delivery
                await self._attempt(one)
        return delivery

    async def settle(self, delivery: Delivery) -> None:
        """Waits until every message is delivered, however often it must be sent.

        Raises Fatal when Kafka denies the right to write.
        """
        await delivery.done

    async def deliver(self, messages: Sequence[Message]) -> None:
        await self.settle(await self.enqueue(messages))

    async def _partitions(self, topics: set[str]) -> dict[str, list[int]]:
        """The partitions of each topic that answers; sending will meet, and handle, what keeps one silent."""
        found: dict[str, list[int]] = {}
        for topic in topics:
            with suppress(Exception):
                if self._producer is not None:
                    found[topic] = sorted(await self._producer.partitions_for(topic))
        return found

    async def _attempt_together(self, topic: str, partition: int, sent: list[Sent]) -> None:
        """Sends messages as batches that we build ourselves: one future each, not one a record."""
        producer, at = self._producer, 0
        for one in sent:
            one.turn += 1
        turn = sent[0].turn
        try:
            if producer is None:
                raise errors.KafkaConnectionError("no producer")
            while at < len(sent):
                batch, end = producer.create_batch(), at
                while end < len(sent) and added(batch, sent[end].message):
                    end += 1
                batch.close()
                attempt = await producer.send_batch(batch, topic, partition=partition)
                self._follow(sent[at:end], turn, attempt)
                at = end
        except Exception as error:
            self._follow(sent[at:], turn, failure(error))

    async def _attempt(self, sent: Sent) -> None:
        sent.turn += 1
        sent.attempt = sent.error = None
        turn, message = sent.turn, sent.message
        try:
            if self._producer is None:
                raise errors.KafkaConnectionError("no producer")
            attempt = await self._producer.send(
                message.topic, message.value, message.key, message.partition, headers=message.headers
            )
        except Exception as error:
            attempt = failure(error)
        self._follow([sent], turn, attempt)

    def _follow(self, sent: list[Sent], turn: int, attempt: asyncio.Future[Any]) -> None:
        for one in sent:
            if turn == one.turn:
                one.attempt = attempt
        attempt.add_done_callback(partial(self._ended, sent, turn))

    def _ended(self, sent: list[Sent], turn: int, attempt: asyncio.Future[Any]) -> None:
        error = errors.ProducerClosed() if attempt.cancelled() else attempt.exception()
        current = [one for one in sent if one.turn == turn]
        if error is None:
            for one in current:
                if (delivery := self._open.pop(one, None)) is not None:
                    delivery.arrived(1)
            return
        for one in current:
            one.error = error
        if current:
            if not getattr(error, "retriable", False):
                # What comes after a refused batch may still be written, before it: it will be sent once more.
                for one in self._open:
                    one.turn += 1
            self._sound.clear()
            self._mending = self._mending or asyncio.create_task(self._mend())

    async def _mend(self) -> None:
        pause = BACKOFF_SECONDS
        try:
            while failed := [sent for sent in self._open if sent.error is not None]:
                self._explain(failed)
                if all(getattr(sent.error, "retriable", False) for sent in failed):
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, BACKOFF_MOST_SECONDS)
                else:
                    await self._replace()
                    failed = list(self._open)
                await self._again(failed)
        except Exception as error:
            fatal = clients.explained(error, self._settings)
            for delivery in {*self._open.values()}:
                delivery.fail(fatal)
        finally:
            self._mending = None
            self._sound.set()

    def _explain(self, failed: list[Sent]) -> None:
        for sent in failed:
            if isinstance(sent.error, clients.AUTHORIZATION):
                raise clients.explained(sent.error, self._settings)
            if sent.error and not isinstance(sent.error, (errors.KafkaError, OSError, TimeoutError)):
                where, what = sent.message.topic, clients.describe(sent.error)
                raise Fatal(Exit.INTERNAL, f"writing to {where}: {what}") from sent.error
        first = failed[0]
        cause = clients.describe(first.error) if first.error else ""
        log().warning("sending again", records=len(failed), topic=first.message.topic, cause=cause)

    async def _again(self, failed: list[Sent]) -> None:
        """Sends in order; returns at the first new failure, from which the next round goes on.

        The topic's limit counts the batch: what was refused as too large is tried with nothing beside it.
        """
        on_their_way: list[Sent] = []
        for sent in failed:
            alone = isinstance(sent.error, TOO_LARGE)
            if alone and not await self._arrived(on_their_way):
                return
            await self._attempt(sent)
            on_their_way.append(sent)
            if alone and not await self._arrived([sent]):
                if isinstance(sent.error, TOO_LARGE):
                    self._give_up(sent)
                return
        await self._arrived(on_their_way)

    async def _arrived(self, sent: list[Sent]) -> bool:
        attempts = [one.attempt for one in sent if one.attempt is not None]
        await asyncio.gather(*attempts, return_exceptions=True)
        await asyncio.sleep(0)  # the attempts' callbacks have their turn
        return not any(one.error for one in sent)

    def _give_up(self, sent: Sent) -> None:
        """Something else goes in the place of a record that its topic does not take even alone."""
        instead = self._oversized(sent.message)
        log().warning(
            "too large for its topic",
            topic=sent.message.topic,
            bytes=len(sent.message.value or b""),
            instead=instead.topic,
        )
        sent.message = instead
        sent.error = errors.OutOfOrderSequenceNumber()  # what its spent producer would say next

    async def _replace(self) -> None:
        spent, self._producer = self._producer, None
        if spent is not None:
            await clients.stopped(spent, STOP_SECONDS)
        for sent in self._open:
            sent.turn += 1
            sent.error = sent.error or errors.KafkaConnectionError("its producer was replaced")
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
