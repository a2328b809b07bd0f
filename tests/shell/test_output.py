"""What the producer does when Kafka refuses: on a real broker, whose refusals are the real ones."""

import asyncio
import gc
import os
import weakref
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aiokafka import TopicPartition, errors
from aiokafka.admin import NewTopic

from streams.shell import clients
from streams.shell.deliveries import Message
from streams.shell.exits import Exit, Fatal
from streams.shell.output import Output
from streams.shell.settings import Settings

LIMIT = 100_000  # bytes of a batch that the topics of these tests take
DEADLINE = 30.0


def message(topic: str, key: bytes, value: bytes) -> Message:
    return Message(topic, key, value, [("name", b"header")], partition=0)


def random_bytes(size: int) -> bytes:
    """What no codec makes smaller."""
    return os.urandom(size)


async def create(settings: Settings, topic: str) -> None:
    admin = await clients.started(clients.admin(settings), settings)
    try:
        await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={"max.message.bytes": str(LIMIT)})])
    finally:
        await clients.stopped(admin)


async def read(settings: Settings, topic: str) -> list[tuple[bytes | None, bytes | None]]:
    """(key, value) of every record of the topic."""
    consumer = await clients.started(clients.reader(settings), settings)
    try:
        tp = TopicPartition(topic, 0)
        consumer.assign([tp])
        await consumer.seek_to_beginning(tp)
        end, found = (await consumer.end_offsets([tp]))[tp], []
        while await consumer.position(tp) < end:
            found += [(r.key, r.value) for r in (await consumer.getmany(tp, timeout_ms=500)).get(tp, ())]
        return found
    finally:
        await clients.stopped(consumer)


def with_output(settings: Settings, scenario: Callable[[Output, str], Awaitable[None]]) -> None:
    """Runs a scenario with an output and a topic; what is too large goes to <topic>.dead, by its size."""
    topic = f"{settings.topic_prefix}out"

    def oversized(large: Message) -> Message:
        size = b"%d bytes" % len(large.value or b"")
        return Message(f"{topic}.dead", large.key, size, large.headers, partition=0)

    async def whole() -> None:
        await create(settings, topic)
        await create(settings, f"{topic}.dead")
        output = Output(settings, oversized)
        await output.start()
        try:
            await asyncio.wait_for(scenario(output, topic), DEADLINE)
        finally:
            await output.stop()

    asyncio.run(whole())


def test_what_is_delivered_is_there_whole(settings: Settings) -> None:
    async def scenario(output: Output, topic: str) -> None:
        await output.deliver([message(topic, b"k", b"v"), Message(topic, b"erased", None, [], partition=0)])
        assert await read(settings, topic) == [(b"k", b"v"), (b"erased", None)]
        assert not output.failing

    with_output(settings, scenario)


class Origin:
    """What a message comes from."""


def test_what_is_delivered_does_not_wait_for_the_collector(settings: Settings) -> None:
    """It counts objects, and a record of 6 MB is one: what lay in cycles filled memory."""

    async def scenario(output: Output, topic: str) -> None:
        origins = [Origin() for _ in range(3)]
        messages = [Message(topic, b"k", b"v", [], partition=0, origin=origin) for origin in origins]
        left = weakref.WeakSet(origins)
        delivery = await output.enqueue(messages)
        await output.settle(delivery)
        del origins, messages, delivery
        assert len(left) == 0

    gc.disable()
    try:
        with_output(settings, scenario)
    finally:
        gc.enable()


def test_after_a_refusal_a_new_producer_serves_the_same_partition(settings: Settings) -> None:
    async def scenario(output: Output, topic: str) -> None:
        await output.deliver([message(topic, b"before", b"1")])
        spent = output._producer
        await output.deliver([message(topic, b"large", random_bytes(2 * LIMIT))])
        assert output._producer is not spent
        for n in range(3):
            await output.deliver([message(topic, b"after", b"%d" % n)])
        keys = [key for key, _ in await read(settings, topic)]
        assert keys == [b"before", b"after", b"after", b"after"]

    with_output(settings, scenario)


def test_an_idempotent_producer_is_spent_after_a_refusal(settings: Settings) -> None:
    """Why it is replaced. Once aiokafka mends this (0.14 has not), the replacing can go."""

    async def scenario(_output: Output, topic: str) -> None:
        producer = await clients.started(clients.producer(settings), settings)
        try:
            await producer.send_and_wait(topic, b"small", partition=0)
            with pytest.raises(errors.MessageSizeTooLargeError):
                await producer.send_and_wait(topic, random_bytes(2 * LIMIT), partition=0)
            with pytest.raises(errors.OutOfOrderSequenceNumber):
                await producer.send_and_wait(topic, b"small", partition=0)
        finally:
            await clients.stopped(producer)

    with_output(settings, scenario)


def test_what_is_too_large_for_its_topic_becomes_a_dead_letter_and_its_neighbours_do_not(
    settings: Settings,
) -> None:
    async def scenario(output: Output, topic: str) -> None:
        large = message(topic, b"large", random_bytes(2 * LIMIT))
        await output.deliver([message(topic, b"a", b"1"), large, message(topic, b"b", b"2")])
        assert {key for key, _ in await read(settings, topic)} == {b"a", b"b"}
        assert await read(settings, f"{topic}.dead") == [(b"large", b"200000 bytes")]

    with_output(settings, scenario)


def test_records_that_are_too_large_only_together_are_delivered_one_by_one(settings: Settings) -> None:
    """The topic's limit counts the batch, not the record."""

    async def scenario(output: Output, topic: str) -> None:
        messages = [message(topic, b"%d" % n, random_bytes(6 * LIMIT // 10)) for n in range(3)]
        await output.deliver(messages)
        found = await read(settings, topic)
        assert {key for key, _ in found} == {b"0", b"1", b"2"}
        assert {value for _, value in found} == {m.value for m in messages}
        assert await read(settings, f"{topic}.dead") == []

    with_output(settings, scenario)


def test_what_waits_for_a_topic_is_delivered_when_the_topic_is_made(settings: Settings) -> None:
    impatient = Settings(brokers=settings.brokers, topic_prefix=settings.topic_prefix, request_seconds=1)

    async def scenario(output: Output, topic: str) -> None:
        waiting = asyncio.create_task(output.deliver([message(f"{topic}.late", b"k", b"v")]))
        while not output.failing:
            assert not waiting.done()
            await asyncio.sleep(0.05)
        await create(settings, f"{topic}.late")
        await waiting
        while output.failing:
            await asyncio.sleep(0)
        assert await read(settings, f"{topic}.late") == [(b"k", b"v")]

    with_output(impatient, scenario)


@pytest.mark.parametrize("cut", range(5))
def test_two_texts_of_one_key_keep_their_order_whatever_is_refused_beside_them(
    settings: Settings, cut: int
) -> None:
    """In one batch or in two that are in flight together; repeats are allowed, the last must be the last."""
    large = random_bytes(2 * LIMIT)

    async def scenario(output: Output, topic: str) -> None:
        messages = [
            message(topic, b"large", large),
            message(topic, b"k", b"1"),
            message(topic, b"large", large),
            message(topic, b"k", b"2"),
        ]
        await deliver_together(output, [messages[:cut], messages[cut:]])
        texts = [value for key, value in await read(settings, topic) if key == b"k"]
        assert set(texts) == {b"1", b"2"}
        assert texts[-1] == b"2"
        assert {key for key, _ in await read(settings, f"{topic}.dead")} == {b"large"}

    with_output(settings, scenario)


def test_many_batches_in_flight_survive_refusals_whole_and_in_order(settings: Settings) -> None:
    """Two of eight batches hold a record that is too large: all others arrive, none is given up."""
    large = random_bytes(2 * LIMIT)

    async def scenario(output: Output, topic: str) -> None:
        batches = [
            [message(topic, b"%d" % (n % 7), b"%d" % (20 * batch + n)) for n in range(20)]
            for batch in range(8)
        ]
        for batch in (1, 5):
            batches[batch].insert(7, message(topic, b"large", large))
        await deliver_together(output, batches)
        last: dict[bytes | None, int] = {}
        found = await read(settings, topic)
        assert {int(value or b"") for _, value in found} == set(range(160))
        for key, value in found:
            last[key] = int(value or b"")
        assert last == {m.key: int(m.value or b"") for batch in batches for m in batch if m.key != b"large"}
        assert [key for key, _ in await read(settings, f"{topic}.dead")].count(b"large") >= 2

    with_output(settings, scenario)


async def deliver_together(output: Output, batches: Sequence[Sequence[Message]]) -> None:
    """As a lane does: handed over in order, settled side by side."""
    sent = [await output.enqueue(batch) for batch in batches]
    await asyncio.gather(*(output.settle(one) for one in sent))


def test_a_fault_of_ours_ends_the_worker_instead_of_being_sent_for_ever(settings: Settings) -> None:
    """A value that the client cannot write is nothing that sending again would mend."""

    async def scenario(output: Output, topic: str) -> None:
        wrong = Message(topic, b"k", "no bytes", [], partition=0)  # type: ignore[arg-type]
        with pytest.raises(Fatal, match=f"writing to {topic}: ") as ended:
            await output.deliver([message(topic, b"k", b"v"), wrong])
        assert ended.value.code is Exit.INTERNAL

    with_output(settings, scenario)


def test_an_unreachable_kafka_is_said_at_the_start() -> None:
    output = Output(Settings(brokers="127.0.0.1:1", request_seconds=1), lambda large: large)
    with pytest.raises(Fatal) as unreachable:
        asyncio.run(output.start())
    assert unreachable.value.code is Exit.UNAVAILABLE
