"""Withdrawals and erasures: loaded before a replay, they win over every record that it reads."""

from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition

from streams.contract import TAGGED, rfc3339
from streams.dedup import REMOVALS, Arrival, Fingerprint, FingerprintKind
from streams.shell import clients, headers
from streams.shell.arrivals import arrival_of
from streams.shell.exits import Exit, Fatal
from streams.shell.progress import Progress
from streams.shell.replay.plan import Plan
from streams.shell.settings import Settings
from streams.shell.stretches import offsets_at, stretch
from streams.shell.topics import retention_seconds, topic_name

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


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back articles.tagged tells of removals: its first offset, and from when on (ms) none is
    missing; 0 where none was ever deleted.
    """

    begin: int
    since_ms: int


async def reach(settings: Settings, now_ms: int) -> Reach:
    """How far back erasures are known. No other topic tells for longer: articles.enriched drops a null a day
    after it is compacted, and dedup.index is kept as articles.tagged is.
    """
    tp = _first(settings)
    async with clients.reading(settings, [tp]) as consumer:
        begin = (await consumer.beginning_offsets([tp]))[tp]
        found = (await consumer.offsets_for_times({tp: 0}))[tp]
    if begin == 0:
        return Reach(0, 0)
    kept_ms = now_ms - int(retention_seconds(settings, TAGGED) * 1000)
    return Reach(begin, min(int(found.timestamp), kept_ms) if found is not None else kept_ms)


async def refuse_unknown(settings: Settings, plan: Plan, now_ms: int) -> None:
    """Raises Fatal(NO_INPUT) where erasures that a plan relied on were deleted since."""
    known = await reach(settings, now_ms)
    if known.begin > plan.removals_begin and known.since_ms > plan.read_since:
        raise Fatal(
            Exit.NO_INPUT,
            f"{topic_name(settings, TAGGED)} tells of erasures since {rfc3339(known.since_ms)} only, and run "
            f"{plan.run} reads what was received since {rfc3339(plan.read_since)}: plan a later start",
        )


async def load_removals(settings: Settings, since_ms: int) -> Removals:
    """All that articles.tagged holds from a time on. Each stands in every partition: the first is enough."""
    removals, tp = Removals(), _first(settings)
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


def _first(settings: Settings) -> TopicPartition:
    return TopicPartition(topic_name(settings, TAGGED), 0)
