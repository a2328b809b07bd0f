"""Times and offsets frozen into ranges of the live topic, and what of them is gone already."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.contract import rfc3339
from streams.dedup.fold import KEEP_MS
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.bounds import Bound
from streams.shell.replay.plan import Range
from streams.shell.stretches import Offsets, last_records, offsets_at, up_to


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a plan reads; `since` is the time of the first record, in ms since 1970."""

    ranges: dict[int, Range]
    warm_up: dict[int, Range]
    missing: tuple[str, ...]
    since: int


@dataclass(frozen=True, slots=True)
class _Topic:
    """What a topic holds: offsets, and when the earliest record there was written (absent without one)."""

    begins: Offsets
    ends: Offsets
    earliest: Mapping[TopicPartition, int]


async def freeze(
    consumer: AIOKafkaConsumer,
    partitions: list[TopicPartition],
    start: Bound,
    end: Bound | None,
    *,
    warm: bool,
    kept_since: int,
    erasures_since: int,
) -> Frozen:
    """The ranges between two bounds, and with `warm` those of the KEEP_MS before them, and beside them of the
    partitions that the bounds do not name: what came there meanwhile was in the memory, too.

    `kept_since`: what was written after it cannot have been deleted by its age. What came before
    `erasures_since` may have been erased without our knowing: it is no warm-up. The consumer is assigned to
    all partitions. Raises Fatal: USAGE where an offset or a partition is not there, NO_INPUT where the start
    is gone or the ranges hold nothing.
    """
    topic = await _look(consumer, partitions)
    starts = await _starts(consumer, topic, start, end, kept_since)
    ends = await _ends(consumer, topic, starts, end)
    ranges = {tp.partition: Range(starts[tp], max(starts[tp], ends[tp])) for tp in starts}
    name = partitions[0].topic
    if not any(map(len, ranges.values())):
        until = "its present end" if end is None else end.given
        raise Fatal(Exit.NO_INPUT, f"{name} holds no record from {start.given} to {until}")
    since = start.at_ms
    if since is None:
        since = await earliest_of(consumer, {tp: Range(s, ends[tp]) for tp, s in starts.items()})
    if not warm:
        return Frozen(ranges, {}, (), since)
    if end is not None and end.at_ms is not None:
        over_ms = end.at_ms
    else:
        over_ms = await _latest_of(consumer, topic, ranges, since)
    warm_up, missing = await _warm_up(
        consumer, topic, starts, (max(since - KEEP_MS, erasures_since), since, over_ms), kept_since
    )
    if erasures_since > since - KEEP_MS:
        missing += (f"of what came before {rfc3339(erasures_since)} nobody knows any more what was erased",)
    return Frozen(ranges, warm_up, missing, since)


async def _look(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> _Topic:
    begins, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, 0))
    earliest = {tp: one.timestamp for tp, one in found.items() if one is not None and begins[tp] < ends[tp]}
    return _Topic(begins, ends, earliest)


async def _starts(
    consumer: AIOKafkaConsumer, topic: _Topic, start: Bound, end: Bound | None, kept_since: int
) -> Offsets:
    if start.at_ms is not None:
        chosen = topic.ends
        if end is not None and end.offsets is not None:
            chosen = {_place(topic, "--to", p): topic.ends[_place(topic, "--to", p)] for p in end.offsets}
        gone = [line for tp in chosen if (line := _gone(topic, tp, start.at_ms, kept_since))]
        if gone:
            newest = max((topic.earliest[tp] for tp in chosen if tp in topic.earliest), default=None)
            hint = (
                "" if newest is None else f". The earliest that all partitions hold: --from {rfc3339(newest)}"
            )
            raise Fatal(Exit.NO_INPUT, f"{'; '.join(gone)}{hint}")
        return await offsets_at(consumer, chosen, start.at_ms)
    starts = {}
    for partition, offset in (start.offsets or {}).items():
        tp = _place(topic, "--from", partition)
        begin, last = topic.begins[tp], topic.ends[tp]
        if offset < begin:
            raise Fatal(
                Exit.NO_INPUT,
                f"{tp.topic}/{partition}: offsets {offset} to {begin - 1} are gone, the earliest is {begin}",
            )
        if offset > last:
            raise Fatal(
                Exit.USAGE, f"{tp.topic}/{partition} ends at offset {last}: --from {offset} is not there"
            )
        starts[tp] = offset
    return starts


async def _ends(consumer: AIOKafkaConsumer, topic: _Topic, starts: Offsets, end: Bound | None) -> Offsets:
    there = {tp: topic.ends[tp] for tp in starts}
    if end is None:
        return there
    if end.at_ms is not None:
        return await offsets_at(consumer, there, end.at_ms)
    wanted = {_place(topic, "--to", p): offset for p, offset in (end.offsets or {}).items()}
    for tp, offset in wanted.items():
        if offset > there[tp]:
            raise Fatal(
                Exit.USAGE,
                f"{tp.topic}/{tp.partition} ends at offset {there[tp]}: --to {offset} is not there",
            )
        if offset < starts[tp]:
            raise Fatal(
                Exit.USAGE,
                f"{tp.topic}/{tp.partition}: --from is offset {starts[tp]}, not before --to {offset}",
            )
    return wanted


async def _warm_up(
    consumer: AIOKafkaConsumer, topic: _Topic, starts: Offsets, times: tuple[int, int, int], kept_since: int
) -> tuple[dict[int, Range], tuple[str, ...]]:
    """Of every partition; of one that no range names until what the ranges hold is over. `times`: of the
    beginning, and of what the ranges hold, in ms.
    """
    begin_ms, since, over_ms = times
    begins = await offsets_at(consumer, topic.ends, begin_ms)
    ends = await offsets_at(consumer, topic.ends, over_ms) | starts
    missing = [_gone(topic, tp, since - KEEP_MS, kept_since) for tp in topic.ends]
    warm_up = {tp.partition: Range(min(begin, ends[tp]), ends[tp]) for tp, begin in begins.items()}
    return warm_up, tuple(line for line in missing if line is not None)


def _gone(topic: _Topic, tp: TopicPartition, at_ms: int, kept_since: int) -> str | None:
    """What a partition does not hold any more of what was written from a time on; None where it holds all.

    A partition that begins at offset 0 has lost nothing. Else only a record before that time shows that
    nothing in between is gone, or that the retention does not reach so far.
    """
    begin, earliest = topic.begins[tp], topic.earliest.get(tp)
    if begin == 0 or (earliest is not None and earliest <= at_ms):
        return None
    if earliest is None and at_ms >= kept_since:
        return None
    until = "now" if earliest is None else rfc3339(earliest)
    lost = f"what was written from {rfc3339(at_ms)} to {until} is gone"
    return f"{tp.topic}/{tp.partition} begins at offset {begin}: {lost}"


def _place(topic: _Topic, option: str, partition: int) -> TopicPartition:
    for tp in topic.ends:
        if tp.partition == partition:
            return tp
    name = next(iter(topic.ends)).topic
    raise Fatal(Exit.USAGE, f"{option}: {name} has {len(topic.ends)} partitions, {partition} is none of them")


async def earliest_of(consumer: AIOKafkaConsumer, ranges: Mapping[TopicPartition, Range]) -> int:
    """When the first record of the ranges was written, in ms; they hold one, or only gaps."""
    found = []
    for tp, one in ranges.items():
        consumer.seek(tp, one.start)
        async with aclosing(up_to(consumer, {tp: one.end})) as records:
            first = await anext(records, None)
        if first is not None:
            found.append(int(first.timestamp))
    if not found:
        raise Fatal(Exit.NO_INPUT, f"{next(iter(ranges)).topic} holds no record in these ranges, only gaps")
    return min(found)


async def _latest_of(
    consumer: AIOKafkaConsumer, topic: _Topic, ranges: Mapping[int, Range], since: int
) -> int:
    """When the last record of the ranges was written, in ms; where they name every partition nobody asks."""
    if len(ranges) == len(topic.ends):
        return since
    last = [
        record
        for tp in topic.ends
        if (one := ranges.get(tp.partition)) is not None
        for record in await last_records(consumer, tp, one.start, one.end, 1)
    ]
    return max([since, *(int(record.timestamp) for record in last)])
