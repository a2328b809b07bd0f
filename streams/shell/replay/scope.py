"""Which raw records the range of a plan holds, and which came after it."""

from array import array
from typing import Any

import numpy as np
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.contract import RAW
from streams.dedup import place_at
from streams.dedup.fingerprint import milliseconds
from streams.pipeline import CLEAN
from streams.shell import clients, headers
from streams.shell.headers import received_at
from streams.shell.replay.plan import Plan
from streams.shell.settings import Settings
from streams.shell.stretches import last_record, stretch, up_to
from streams.shell.topics import present_partitions, topic_name

FOREVER = 2**62
_DIGITS = 15  # 48 bits of an offset (streams/dedup/rows.py)


class Scope:
    """A plan's range by the places of raw records; of a later stage's topic by their source headers."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self._plan = plan
        self._raw = topic_name(settings, RAW)
        self._sources = np.empty(0, np.uint64)  # sorted places of raw records
        # What was received before the first is not late, what was received since the second is.
        self._first_ms, self._surely_ms = FOREVER, 0
        self.spans: dict[int, tuple[int, int]] = {}
        """When the first record of a partition's range was written, and the last that the run reads there, in
        ms; the first is FOREVER where the partition is read in silence alone."""

    async def read(self, settings: Settings) -> None:
        """When the range ends, in time; and the sources of a range that is not one of raw records."""
        if self._plan.first == CLEAN.name:
            for tp in await present_partitions(settings, topic_name(settings, self._plan.source)):
                await self._read_end(settings, tp)
            return
        name, newest, places = topic_name(settings, self._plan.source), 0, array("Q")
        for partition, one in self._plan.ranges.items():
            async for record in stretch(settings, TopicPartition(name, partition), one.start, one.end):
                source = dict(record.headers).get(headers.SOURCE) or b""
                if (place := self._place(source.decode(errors="replace"))) is not None:
                    places.append(place_at(*place))
                newest = max(newest, _received_ms(record))
        self._sources = np.unique(np.frombuffer(places, np.uint64))
        self._first_ms = self._surely_ms = newest + 1

    def holds(self, source: str) -> bool:
        """Whether a raw record is in the range."""
        place = self._place(source)
        if place is None:
            return False
        if self._plan.first != CLEAN.name:
            packed = place_at(*place)
            at = int(np.searchsorted(self._sources, np.uint64(packed)))
            return at < len(self._sources) and int(self._sources[at]) == packed
        partition, offset = place
        one = self._plan.ranges.get(partition)
        return one is not None and one.start <= offset < one.end

    def holds_letter(self, source: str, received_ms: int) -> bool:
        """Whether what a redrive has written at that raw record is a record of the range, by when that was
        received: a letter keeps its key, so it lies in the partition where it was first.
        """
        place = self._place(source)
        if place is None or place[0] not in self.spans:
            return False
        first_ms, last_ms = self.spans[place[0]]
        return first_ms <= received_ms <= last_ms

    def later(self, source: str, received_ms: int, *, sent_back: bool = False) -> bool:
        """Whether it came after the range, as the run read it: partitions that the range does not name
        included. What was `sent_back` the run may have read where it was first.
        """
        if self._plan.first != CLEAN.name:
            return not self.holds(source) and self.late_by_time(received_ms)
        place = self._place(source)
        if place is None:
            return True
        end = self._plan.end_of(place[0])
        if end is None:
            return not self._plan.cold or self.late_by_time(received_ms)
        if sent_back and place[0] in self.spans:
            return received_ms > self.spans[place[0]][1]
        return place[1] >= end

    def doubtful(self, received_ms: int) -> bool:
        """Whether the time alone does not tell if it came after the range: partitions end at other times."""
        return self._first_ms <= received_ms < self._surely_ms

    def late_by_time(self, received_ms: int) -> bool:
        return received_ms >= self._first_ms

    async def _read_end(self, settings: Settings, tp: TopicPartition) -> None:
        """When the last record before a partition's end was written, and the first behind it."""
        end = self._plan.end_of(tp.partition)
        if end is None:
            if self._plan.cold or not self._plan.decides:
                return
            end = 0  # a partition that was added since the plan
        async with clients.reading(settings, [tp]) as consumer:
            begin, there = (
                (await consumer.beginning_offsets([tp]))[tp],
                (await consumer.end_offsets([tp]))[tp],
            )
            last = await last_record(consumer, tp, end) if begin < end else None
            if last is not None:
                self._surely_ms = max(self._surely_ms, int(last.timestamp) + 1)
                self.spans[tp.partition] = await self._first_of_range(consumer, tp), int(last.timestamp)
            consumer.seek(tp, max(begin, end))
            async for record in up_to(consumer, {tp: there}):
                self._first_ms = min(self._first_ms, int(record.timestamp))
                break

    async def _first_of_range(self, consumer: AIOKafkaConsumer, tp: TopicPartition) -> int:
        """When the first record of a partition's range was written; FOREVER where it has none."""
        own = self._plan.ranges.get(tp.partition)
        if not own:
            return FOREVER
        consumer.seek(tp, own.start)
        async for record in up_to(consumer, {tp: own.end}):
            return int(record.timestamp)
        return FOREVER

    def _place(self, source: str) -> tuple[int, int] | None:
        """(partition, offset) of a raw record; None of what is no place there."""
        topic, _, place = source.partition("/")
        partition, _, offset = place.partition("/")
        if topic != self._raw or not (partition.isdecimal() and offset.isdecimal()):
            return None
        return (int(partition), int(offset)) if len(partition) < _DIGITS and len(offset) < _DIGITS else None


def _received_ms(record: Any) -> int:
    try:
        return milliseconds(received_at(record))
    except ValueError:
        return int(record.timestamp)
