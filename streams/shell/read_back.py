"""The bytes of an article that was decided before: its tagged record, read again by its place."""

import asyncio
from typing import Any

from aiokafka import TopicPartition, errors

from streams.dedup import Emission, partition_and_offset
from streams.shell import clients
from streams.shell.logs import log
from streams.shell.settings import Settings

# A record that is read by its offset is there at once, or has been deleted.
READ_BACK_SECONDS = 10.0


class ReadBack:
    """Reads single records of articles.tagged, with a consumer for each partition that is asked for: aiokafka
    0.14 may hang in a stop soon after a second assignment (clients.reading).
    """

    def __init__(self, settings: Settings, topic: str) -> None:
        self._settings, self._topic = settings, topic
        self._consumers: dict[int, Any] = {}

    async def record_of(self, emission: Emission) -> Any:
        """The record that holds the article of a later decision, or None where it is gone.

        Before a rebuild the article may have been of another domain: then it lies in that one's partition.
        """
        partition, offset = partition_and_offset(emission.place)
        tp = TopicPartition(self._topic, partition)
        if partition not in self._consumers:
            started = await clients.started(clients.reader(self._settings), self._settings)
            started.assign([tp])
            self._consumers[partition] = started
        consumer = self._consumers[partition]
        consumer.seek(tp, offset)
        try:
            record = await asyncio.wait_for(consumer.getone(tp), READ_BACK_SECONDS)
        except (TimeoutError, errors.OffsetOutOfRangeError):
            record = None
        if record is None or record.offset != offset or record.key != emission.id.hex().encode():
            log().warning("a relinked article's bytes are gone", partition=partition, offset=offset)
            return None
        return record

    async def close(self) -> None:
        for consumer in self._consumers.values():
            await clients.stopped(consumer)
