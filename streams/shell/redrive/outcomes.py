"""What came of the letters that were sent back: waits for the stages, then looks who names them as source."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.contract import DEADLETTER, ENRICHED, REJECTED
from streams.pipeline import STEPS
from streams.shell import clients, groups, headers
from streams.shell.deliveries import Message
from streams.shell.settings import Settings
from streams.shell.stretches import last_record, up_to
from streams.shell.topics import partitions_of, topic_name

FATES = {ENRICHED: "enriched", REJECTED: "rejected", DEADLETTER: "dead letters again"}

Offsets = dict[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many letters ended as each of FATES; `nothing_new`: repeats of what was known already."""

    fates: Counter[str]
    reasons: Counter[str]  # of those refused again: "stage/reason"
    nothing_new: int


class Watch:
    """Notes where letters went, and the ends of the topics in which something of them will show."""

    def __init__(self, settings: Settings, ends: Offsets) -> None:
        self._settings, self._ends = settings, ends
        self._written: Offsets = {}
        self._sources: dict[str, str] = {}  # what outputs will name -> the place it was written to

    @classmethod
    async def begin(cls, settings: Settings, admin: AIOKafkaAdminClient) -> "Watch":
        parts = [tp for name in FATES for tp in await partitions_of(admin, topic_name(settings, name))]
        return cls(settings, await _ends(settings, parts))

    def add(self, messages: Sequence[Message], sent: Sequence[Any]) -> None:
        """Messages of letters and, in the same order, what Kafka said of them; more of it may follow."""
        for message, place in zip(messages, sent, strict=False):
            tp = TopicPartition(place.topic, place.partition)
            self._written[tp] = max(place.offset, self._written.get(tp, -1))
            where = f"{place.topic}/{place.partition}/{place.offset}"
            self._sources[where] = where
            # A cleaned or tagged record tells from which raw record it comes; so will all that follows.
            source = next((value for name, value in message.headers if name == headers.SOURCE), None)
            if source and message.topic != topic_name(self._settings, STEPS[0].source):
                self._sources[source.decode(errors="replace")] = where

    async def outcomes(self, admin: AIOKafkaAdminClient, patience: float) -> Outcomes:
        """Waits, stage after stage, until all that was sent is decided, then counts.

        Raises Fatal(RETRY) where a stage does not come to it within `patience` seconds.
        """
        behind = dict(self._written)
        for step in STEPS:
            source = topic_name(self._settings, step.source)
            own = {tp: offset for tp, offset in behind.items() if tp.topic == source}
            if own:
                await groups.passed(self._settings, step, own, patience)
                following = await partitions_of(admin, topic_name(self._settings, step.target))
                for tp, offset in (await _last(self._settings, following)).items():
                    behind[tp] = max(offset, behind.get(tp, -1))
        return await self._count()

    async def _count(self) -> Outcomes:
        fates: dict[str, str] = {}
        reasons: Counter[str] = Counter()
        names = {topic_name(self._settings, name): fate for name, fate in FATES.items()}
        for tp, start in self._ends.items():
            async with clients.reading(self._settings, [tp]) as consumer:
                end = (await consumer.end_offsets([tp]))[tp]
                consumer.seek(tp, start)
                async for record in up_to(consumer, {tp: end}):
                    for name in _named(record):
                        where = self._sources.get(name)
                        if where is not None and where not in fates:
                            fates[where] = names[tp.topic]
                            found = headers.original_headers(record.headers)
                            if found is not None:
                                reasons[f"{found[1]['stage']}/{found[1]['reason']}"] += 1
        return Outcomes(Counter(fates.values()), reasons, len({*self._sources.values()}) - len(fates))


def _named(record: Any) -> Iterable[str]:
    """The places that a record says it comes from."""
    found = headers.original_headers(record.headers)
    if found is not None:
        yield "/".join(found[1][name] for name in ("topic", "partition", "offset"))
    for name, value in record.headers:
        if name == headers.SOURCE and value:
            yield value.decode(errors="replace")


async def _ends(settings: Settings, parts: list[TopicPartition]) -> Offsets:
    async with clients.reading(settings, parts) as consumer:
        return dict(await consumer.end_offsets(parts))


async def _last(settings: Settings, parts: list[TopicPartition]) -> Offsets:
    """The offset of the last record of each partition that has one: behind it there may be markers."""
    found = {}
    async with clients.reading(settings, parts) as consumer:
        for tp, end in (await consumer.end_offsets(parts)).items():
            last = await last_record(consumer, tp, end)
            if last is not None:
                found[tp] = last.offset
    return found
