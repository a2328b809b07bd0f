"""The bytes of articles that were decided before: their tagged records, read again by their places."""

from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition, errors

from streams.dedup import Emission, partition_and_offset, place_at
from streams.shell import clients
from streams.shell.logs import log
from streams.shell.settings import Settings

# A record that is read by its offset is there at once, or has been deleted.
READ_BACK_SECONDS = 10.0


class ReadBack:
    """Reads records of a topic by place, with a consumer a partition that starts with the first of them."""

    def __init__(self, settings: Settings, topic: str) -> None:
        self._settings, self._topic = settings, topic
        self._consumers: dict[int, AIOKafkaConsumer] = {}

    async def records_of(self, emissions: Iterable[Emission]) -> dict[int, Any]:
        """place -> the record that holds the article of a later decision; without those that are gone.

        Before a rebuild an article may have been of another domain: then it lies in that one's partition.
        Raises KafkaError when the broker cannot be read from, or does not answer in time.
        """
        wanted = {emission.place: emission for emission in emissions}
        found = await self.records_at(wanted)
        for place, emission in wanted.items():
            if place in found and found[place].key != emission.id.hex().encode():
                del found[place]
            if place not in found:
                tell_gone(place)
        return found

    async def records_at(self, places: Iterable[int]) -> dict[int, Any]:
        """place -> its record, without those that are gone; raises KafkaError as records_of does."""
        wanted: dict[int, list[int]] = {}
        for place in places:
            partition, offset = partition_and_offset(place)
            wanted.setdefault(partition, []).append(offset)
        found: dict[int, Any] = {}
        for partition, offsets in wanted.items():
            for offset, record in (await self._read(partition, sorted(offsets))).items():
                found[place_at(partition, offset)] = record
        return found

    async def close(self) -> None:
        for consumer in self._consumers.values():
            await clients.stopped(consumer)

    async def _read(self, partition: int, offsets: list[int]) -> dict[int, Any]:
        """Neighbours are read together: a later decision seldom comes alone."""
        consumer, tp = await self._started(partition), TopicPartition(self._topic, partition)
        found: dict[int, Any] = {}
        wanted = set(offsets)
        reached: int | None = None  # the last offset that was read
        for offset in offsets:
            while reached is None or reached < offset:
                if reached is None or offset - reached > clients.NEAR_RECORDS:
                    consumer.seek(tp, offset)
                records = await _some(consumer, tp)
                found |= {record.offset: record for record in records if record.offset in wanted}
                reached = records[-1].offset if records else None
                if not records:
                    break
        return found

    async def _started(self, partition: int) -> AIOKafkaConsumer:
        if partition not in self._consumers:
            consumer = clients.reader(self._settings, max_partition_fetch_bytes=clients.FEW_BYTES)
            self._consumers[partition] = await clients.started(consumer, self._settings)
            consumer.assign([TopicPartition(self._topic, partition)])
        return self._consumers[partition]


def tell_gone(place: int) -> None:
    """Logs that an article gets no event of its new decision."""
    partition, offset = partition_and_offset(place)
    log().warning("a relinked article's bytes are gone", partition=partition, offset=offset)


async def _some(consumer: AIOKafkaConsumer, tp: TopicPartition) -> list[Any]:
    """What comes from the consumer's position on; nothing where it is deleted. A broker that is slow deletes
    nothing: that ends the transaction, or the decision about the record would be logged and never sent.

    The consumer fetches nothing in between. What it had fetched ahead, each seek threw away, in a cycle that
    aiokafka (0.14) leaves to Python's collector, which counts objects: 100 MB in half an hour of news.
    """
    consumer.resume(tp)
    try:
        read = await consumer.getmany(tp, timeout_ms=int(READ_BACK_SECONDS * 1000))
    except errors.OffsetOutOfRangeError:
        return []
    finally:
        consumer.pause(tp)
    if tp not in read:
        raise errors.KafkaTimeoutError(f"{tp.topic}/{tp.partition}: nothing within {READ_BACK_SECONDS:g} s")
    return list(read[tp])
