"""What a rebuild reads: the log of the epoch before, what was emitted, the last days of articles.tagged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.contract import ENRICHED, TAGGED
from streams.dedup import Epoch, Phase, epoch_of, unpack_batch
from streams.dedup.fingerprint import milliseconds
from streams.dedup.fold import KEEP_MS
from streams.dedup.snapshot import EMITTED, Emitted, emitted_by
from streams.pipeline import DEDUP
from streams.shell import clients, epochs, groups
from streams.shell.access import Needs, check_access
from streams.shell.exits import Exit, Fatal
from streams.shell.headers import decided, place_of, received_at
from streams.shell.names import group
from streams.shell.progress import Progress
from streams.shell.settings import Settings
from streams.shell.state_log import NOTHING_APPLIED
from streams.shell.stretches import Offsets, Window, last_record, offsets_at, stretch
from streams.shell.topics import index_name, partitions_of, topic_name

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Before:
    """The epoch before. `applied`: for each partition of articles.tagged the last offset decided; `ends`: of
    its log; `epoch` and `emitted` are None where its log does not tell.
    """

    applied: dict[int, int]
    ends: Offsets
    epoch: Epoch | None
    emitted: Emitted | None


class _Unreadable(Exception):  # noqa: N818 - the way to the other source
    def __init__(self, why: str, epoch: Epoch | None) -> None:
        super().__init__(why)
        self.epoch = epoch


async def epoch_before(settings: Settings, admin: AIOKafkaAdminClient, say: Say) -> Before:
    """Reads the log of the current epoch. Where it cannot be read, the group's offsets say what is decided.

    Raises Fatal(SETTINGS) where it is closed already, or only half built itself.
    """
    tagged = await partitions_of(admin, topic_name(settings, TAGGED))
    committed = await groups.committed(admin, settings, group(settings, DEDUP), topic_name(settings, TAGGED))
    by_group = {tp.partition: committed.get(tp.partition, NOTHING_APPLIED + 1) - 1 for tp in tagged}
    name = topic_name(settings, index_name(settings))
    logs = await partitions_of(admin, name)
    ends: Offsets = {}
    try:
        if not logs:
            raise _Unreadable(f"there is no topic {name}", None)
        await check_access(settings, Needs(reads=(name,), writes=(name,)))
        async with clients.reading(settings, logs) as consumer:
            ends = await consumer.end_offsets(logs)
            begins = await consumer.beginning_offsets(logs)
        for tp in logs:
            if not ends[tp] and committed.get(tp.partition):
                raise _Unreadable(f"{name}/{tp.partition} was never written", None)
        return await _read_logs(settings, begins, ends, by_group, say)
    except _Unreadable as error:
        say(f"{error}: going by the offsets that {group(settings, DEDUP)} has committed and by {ENRICHED}")
        return Before(by_group, ends, error.epoch, None)


async def _read_logs(
    settings: Settings,
    begins: Offsets,
    ends: Offsets,
    by_group: Mapping[int, int],
    say: Say,
) -> Before:
    applied, epoch, parts = dict(by_group), None, []
    total, passed, read = sum(ends.values()) - sum(begins.values()), 0, 0
    with Progress("reading the log of before", total, of="records") as progress:
        for tp, begin in begins.items():
            if begin == ends[tp]:
                if begin:
                    say(f"{tp.topic}/{tp.partition} has expired: going by the group's offset")
                continue
            phase = Phase.LIVE
            async for record in stretch(settings, tp, begin, ends[tp]):
                try:
                    epoch, phase = epoch_of(record.value)
                    if phase is Phase.CLOSED:
                        epochs.refuse_other(settings, place_of(record), epoch, phase)
                    applied[tp.partition], rows = unpack_batch(record.value)
                except ValueError as error:
                    raise _Unreadable(f"{place_of(record)}: {error}", epoch) from None
                parts.append(emitted_by(rows.rows))
                read += 1
                progress.advance(passed + record.offset + 1 - begin, read)
            passed += ends[tp] - begin
            if phase is Phase.BUILDING:
                raise epochs.unfinished(f"{tp.topic}/{tp.partition}", settings.dedup_epoch)
    return Before(applied, ends, epoch, Emitted.of(parts))


async def emitted_since(settings: Settings, admin: AIOKafkaAdminClient, since: int) -> Emitted:
    """What articles.enriched tells: the header ce_id of each event is <id>:<version>:<decision>.

    `since` in ms. An article of the window may have been emitted before it and only repeated in it, but
    not longer ago than the memory then reached.
    """
    name = topic_name(settings, ENRICHED)
    await check_access(settings, Needs(reads=(name,), writes=()))
    partitions = await partitions_of(admin, name)
    async with clients.reading(settings, partitions) as consumer:
        ends = await consumer.end_offsets(partitions)
        starts = await offsets_at(consumer, ends, since - KEEP_MS)
    found, read = [], 0
    total = sum(ends[tp] - start for tp, start in starts.items())
    with Progress(f"reading {ENRICHED}", total, of="events") as progress:
        for tp, start in starts.items():
            async for record in stretch(settings, tp, start, ends[tp]):
                read += 1
                progress.advance(read, read)
                told = decided(record.headers)
                if told is not None:
                    found.append((bytes.fromhex(told.id), told.version, told.decision, 0, (0, 0)))
    return Emitted.of([np.array(found, EMITTED)])


async def window_of(settings: Settings, admin: AIOKafkaAdminClient, before: Before, say: Say) -> Window:
    """The last KEEP_MS that were decided, in every partition of articles.tagged."""
    partitions = await partitions_of(admin, topic_name(settings, TAGGED))
    async with clients.reading(settings, partitions) as consumer:
        there = await consumer.end_offsets(partitions)
        ends = {tp: min(before.applied[tp.partition] + 1, there[tp]) for tp in partitions}
        newest = []
        for tp in partitions:
            last = await last_record(consumer, tp, ends[tp])
            if last is not None:
                newest.append(min(last.timestamp, _received_ms(last)))
        since = max(0, min(newest, default=0) - KEEP_MS)
        starts = await offsets_at(consumer, ends, since)
        begins = await consumer.beginning_offsets(partitions)
    for tp, begin in begins.items():
        if 0 < begin == starts[tp] < ends[tp]:
            say(
                f"{tp.topic}/{tp.partition} begins within these {KEEP_MS // 3_600_000} h: older ones are gone"
            )
    return Window(since, starts, ends)


def _received_ms(record: Any) -> int:
    try:
        return milliseconds(received_at(record))
    except ValueError:
        return int(record.timestamp)


async def undecided(settings: Settings, before: Before, partitions: list[TopicPartition]) -> int:
    """How many offsets of articles.tagged lie behind the last decision and hold a record."""
    behind = 0
    async with clients.reading(settings, partitions) as consumer:
        for tp, end in (await consumer.end_offsets(partitions)).items():
            last = await last_record(consumer, tp, end)
            if last is not None:
                behind += max(0, last.offset - before.applied[tp.partition])
    return behind


def refuse_fresh(before: Before, name: str) -> None:
    """Raises Fatal(SETTINGS) where nothing was ever decided: there is nothing to rebuild."""
    if all(offset == NOTHING_APPLIED for offset in before.applied.values()):
        raise Fatal(Exit.SETTINGS, f"nothing has been decided yet on {name}: there is nothing to rebuild")
