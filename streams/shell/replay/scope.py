"""Which raw records the range of a plan holds, and which came after it."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.contract import RAW
from streams.dedup.fingerprint import milliseconds
from streams.pipeline import CLEAN
from streams.shell import clients, headers
from streams.shell.arrivals import received_at
from streams.shell.replay.plan import Plan
from streams.shell.settings import Settings
from streams.shell.stretches import stretch, up_to
from streams.shell.topics import topic_name

_FOREVER = 2**62


class Scope:
    """A plan's range by the places of raw records; of a later stage's topic by their source headers."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self._plan = plan
        self._raw = topic_name(settings, RAW)
        self._sources: set[str] = set()
        # What was received before the first is not late, what was received since the second is.
        self._first_ms, self._surely_ms = _FOREVER, 0

    async def read(self, settings: Settings) -> None:
        """When the range ends, in time; and the sources of a range that is not one of raw records."""
        name = topic_name(settings, self._plan.source)
        if self._plan.first == CLEAN.name:
            parts = [TopicPartition(name, partition) for partition in self._plan.ranges]
            async with clients.reading(settings, parts) as consumer:
                ends = await consumer.end_offsets(parts)
            for tp, end in ends.items():
                at_ms = await _time_after(settings, tp, self._plan.ranges[tp.partition].end, end)
                self._first_ms = min(self._first_ms, at_ms)
                self._surely_ms = max(self._surely_ms, at_ms + 1)
            return
        newest = 0
        for partition, one in self._plan.ranges.items():
            async for record in stretch(settings, TopicPartition(name, partition), one.start, one.end):
                source = dict(record.headers).get(headers.SOURCE) or b""
                self._sources.add(source.decode(errors="replace"))
                newest = max(newest, _received_ms(record))
        self._first_ms = self._surely_ms = newest + 1

    def holds(self, source: str) -> bool:
        """Whether a raw record is in the range."""
        if self._plan.first != CLEAN.name:
            return source in self._sources
        found = self._offset(source)
        return found is not None and found[0] <= found[1] < found[2]

    def later(self, source: str, received_ms: int) -> bool:
        """Whether it came after the range."""
        if self._plan.first != CLEAN.name:
            return source not in self._sources and self.late_by_time(received_ms)
        found = self._offset(source)
        return found is None or found[1] >= found[2]

    def doubtful(self, received_ms: int) -> bool:
        """Whether the time alone does not tell if it came after the range: partitions end at other times."""
        return self._first_ms <= received_ms < self._surely_ms

    def late_by_time(self, received_ms: int) -> bool:
        return received_ms >= self._first_ms

    def _offset(self, source: str) -> tuple[int, int, int] | None:
        """(start of the range, offset, end); None of a partition that the range does not have."""
        topic, _, place = source.partition("/")
        partition, _, offset = place.partition("/")
        if topic != self._raw or not (partition.isdecimal() and offset.isdecimal()):
            return None
        one = self._plan.ranges.get(int(partition))
        return (one.start, int(offset), one.end) if one else None


async def _time_after(settings: Settings, tp: TopicPartition, start: int, end: int) -> int:
    """When the first record at or behind an offset was written; for ever where there is none."""
    async with clients.reading(settings, [tp]) as consumer:
        begin = (await consumer.beginning_offsets([tp]))[tp]
        return await _first_time(consumer, tp, max(start, begin), end)


async def _first_time(consumer: AIOKafkaConsumer, tp: TopicPartition, start: int, end: int) -> int:
    if start < end:
        consumer.seek(tp, start)
        async for record in up_to(consumer, {tp: end}):
            return int(record.timestamp)
    return _FOREVER


def _received_ms(record: Any) -> int:
    try:
        return milliseconds(received_at(record))
    except ValueError:
        return int(record.timestamp)
