"""Withdrawals and erasures: loaded before a replay, they win over every record that it reads."""

from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition

from streams.contract import TAGGED
from streams.dedup import REMOVALS, Arrival, Fingerprint, FingerprintKind
from streams.shell import clients, headers
from streams.shell.arrivals import arrival_of
from streams.shell.progress import Progress
from streams.shell.settings import Settings
from streams.shell.stretches import offsets_at, stretch
from streams.shell.topics import topic_name

# Behind the version of the sketch: the kind, as Fingerprint.pack writes it.
_KINDS = frozenset(REMOVALS)


@dataclass(frozen=True, slots=True)
class Removal:
    """What takes an article away: its fingerprint, and its record of articles.tagged."""

    fingerprint: Fingerprint
    record: Any

    @property
    def erases(self) -> bool:
        return self.fingerprint.kind is FingerprintKind.ERASURE


class Removals:
    """The removals of ids (16 bytes), by the time that they were received."""

    def __init__(self) -> None:
        self._by_id: dict[bytes, list[Removal]] = {}
        self.count = 0

    def add(self, record: Any) -> None:
        """Takes note of a tagged record, if it is a removal."""
        packed = next((value for name, value in record.headers if name == headers.FINGERPRINT), None)
        if packed is None or len(packed) < 2 or packed[1] not in _KINDS:
            return
        arrival = arrival_of(record)
        if isinstance(arrival, Arrival):
            self._by_id.setdefault(arrival.id, []).append(Removal(arrival.fingerprint, record))
            self.count += 1

    def of(self, identity: bytes, received_ms: int) -> Removal | None:
        """What took away an article that was received then; an erasure before a withdrawal."""
        later = [r for r in self._by_id.get(identity, ()) if r.fingerprint.received_ms >= received_ms]
        return next((r for r in later if r.erases), later[0] if later else None)


async def load_removals(settings: Settings, since_ms: int) -> Removals:
    """All that articles.tagged holds from a time on. Each stands in every partition: the first is enough."""
    removals, tp = Removals(), TopicPartition(topic_name(settings, TAGGED), 0)
    async with clients.reading(settings, [tp]) as consumer:
        ends = await consumer.end_offsets([tp])
        starts = await offsets_at(consumer, ends, since_ms)
    read = 0
    with Progress("looking for withdrawals", ends[tp] - starts[tp], of="records") as progress:
        async for record in stretch(settings, tp, starts[tp], ends[tp]):
            removals.add(record)
            read += 1
            progress.advance(record.offset - starts[tp], read)
    return removals
