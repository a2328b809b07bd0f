"""`copydesk dedup rebuild`: the dedup memory made anew under this code's rule and the settings' domain table,
as the next epoch of its log.

The last days of articles.tagged that the epoch before has decided are decided again in silence; what comes
behind them is left to the worker. Versions and decisions of an id go on from what was emitted.
"""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.contract import TAGGED, rfc3339
from streams.dedup import DedupIndex, decide, self_test
from streams.dedup.snapshot import Changes, Snapshot
from streams.events import Failed
from streams.pipeline import DEDUP, TAG, Step
from streams.shell import clients, epochs, groups
from streams.shell.access import Needs, check_access
from streams.shell.arrivals import arrival_of, language_of, with_our_sketch
from streams.shell.exits import Exit, Fatal
from streams.shell.names import group, transactional_id
from streams.shell.progress import Progress
from streams.shell.rebuild_sources import (
    Before,
    Say,
    emitted_since,
    epoch_before,
    refuse_fresh,
    undecided,
    window_of,
)
from streams.shell.rebuild_target import NewEpoch
from streams.shell.settings import Settings, domain_count, domains
from streams.shell.stretches import Window, merged
from streams.shell.topics import domains_of, partitions_of, topic_name


@dataclass(frozen=True, slots=True)
class Summary:
    """What a rebuild has made, or would make. `compared`: whether the links of before are known."""

    epoch: int
    records: int
    domains: tuple[Changes, ...]
    compared: bool
    seconds: float

    def __str__(self) -> str:
        total = [sum(getattr(d, name) for d in self.domains) for name in ("articles", "links")]
        text = f"epoch {self.epoch}: {self.records:,} records read, {total[0]:,} articles, {total[1]:,} links"
        if self.compared:
            changed, left = (sum(getattr(d, name) for d in self.domains) for name in ("changed", "left"))
            text += (
                f" ({changed:,} not as they were emitted; of {left:,} articles the parent is too old by now)"
            )
        if len(self.domains) > 1:
            text += "; articles by partition: " + ", ".join(f"{d.articles:,}" for d in self.domains)
        return f"{text}; {self.seconds:.1f} s"


def rebuild(settings: Settings, number: int, say: Say, *, overwrite: bool, dry_run: bool) -> Summary:
    """Builds epoch `number` from the one of the settings. Raises Fatal where that cannot or must not be."""
    if number <= settings.dedup_epoch:
        raise Fatal(
            Exit.SETTINGS,
            f"--epoch {number}: epochs only rise, and COPYDESK_DEDUP_EPOCH={settings.dedup_epoch} is there",
        )
    self_test()
    return asyncio.run(_rebuild(settings, number, say, overwrite=overwrite, dry_run=dry_run))


async def _rebuild(settings: Settings, number: int, say: Say, *, overwrite: bool, dry_run: bool) -> Summary:
    began = time.monotonic()
    await check_access(settings, _needs(settings))
    admin = await clients.started(clients.admin(settings), settings)
    try:
        tagged = await partitions_of(admin, topic_name(settings, TAGGED))
        partitions = max(len(tagged), domain_count(settings))
        async with NewEpoch(replace(settings, dedup_epoch=number), partitions) as new:
            if not dry_run:
                await _refuse_members(admin, settings, DEDUP)
                await new.fence()
                anew = await new.refuse_present(admin, overwrite=overwrite)
            before = await epoch_before(settings, admin, say)
            refuse_fresh(before, topic_name(settings, TAGGED))
            if not dry_run:
                if _moves(settings, before, partitions):
                    await _refuse_misplacing(admin, settings, before)
                await new.begin(admin, before.applied, say, anew=anew)
            window = await window_of(settings, admin, before, say)
            say(f"{len(window):,} records of {TAGGED} since {rfc3339(window.since)} to be decided again")
            memories = await _decided_again(settings, window, partitions)
            known = before.emitted or await emitted_since(settings, admin, window.since)
            snapshots = [Snapshot(index, known) for index in memories]
            if not dry_run:
                await new.write(snapshots, before.applied)
                await new.widen_tagged(admin, say)
                await _refuse_members(admin, settings, DEDUP)
                await _refuse_moved(settings, before)
                await new.close(before)
        changes = tuple(snapshot.changes for snapshot in snapshots)
        compared = before.emitted is not None
        return Summary(number, len(window), changes, compared, time.monotonic() - began)
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(admin)


def _needs(settings: Settings) -> Needs:
    """What can be asked before it is known which logs there are."""
    return Needs(
        reads=(topic_name(settings, TAGGED),),
        writes=(),
        transactional_ids=tuple(transactional_id(settings, p) for p in range(domain_count(settings))),
    )


async def _refuse_members(admin: AIOKafkaAdminClient, settings: Settings, step: Step) -> None:
    found = await groups.members(admin, settings, group(settings, step))
    if found:
        raise Fatal(
            Exit.SETTINGS,
            f"{group(settings, step)} has members: {', '.join(found)}. Stop every {step.name} worker first "
            "(one that was killed leaves after COPYDESK_SESSION_SECONDS)",
        )


def _moves(settings: Settings, before: Before, partitions: int) -> bool:
    """Whether records that wait to be decided would lie in a wrong partition, or carry another sketch."""
    if before.epoch is None:
        return partitions > 1
    ours = epochs.current(settings)
    return (before.epoch.domains, before.epoch.sketch) != (ours.domains, ours.sketch)


async def _refuse_misplacing(admin: AIOKafkaAdminClient, settings: Settings, before: Before) -> None:
    """Another domain table or sketch: what was tagged under the old one must have been decided under it."""
    await _refuse_members(admin, settings, TAG)
    tagged = await partitions_of(admin, topic_name(settings, TAGGED))
    waiting = await undecided(settings, before, tagged)
    if waiting:
        raise Fatal(
            Exit.SETTINGS,
            f"{waiting:,} records of {tagged[0].topic} wait to be decided, and were tagged under another "
            "domain table or sketch: let dedup decide them on the epoch of before, while no tag worker runs",
        )


async def _refuse_moved(settings: Settings, before: Before) -> None:
    """Raises Fatal(RETRY) where somebody has written the old log since it was read."""
    logs = list(before.ends)
    if logs:
        async with clients.reading(settings, logs) as consumer:
            ends = await consumer.end_offsets(logs)
        if ends != before.ends:
            raise Fatal(
                Exit.RETRY,
                f"{logs[0].topic} was written while its epoch was rebuilt: stop every dedup worker, then "
                "rebuild with --overwrite",
            )


async def _decided_again(settings: Settings, window: Window, partitions: int) -> list[DedupIndex]:
    again = _Again(domains(settings), partitions)
    read = 0
    with Progress("deciding again", len(window), of="records") as progress:
        async for record in merged(settings, window):
            again.take(record)
            read += 1
            progress.advance(read, read)
    return again.memories


class _Again:
    """The memory of every domain, as this code's rule and a domain table make it of records."""

    def __init__(self, table: dict[str, int], partitions: int) -> None:
        self._table = table
        self.memories = [DedupIndex() for _ in range(partitions)]

    def take(self, record: Any) -> None:
        """Decides a record in its domain. What cannot be decided became a dead letter, and does not count."""
        record = with_our_sketch(record)
        arrival = arrival_of(record)
        if isinstance(arrival, Failed):
            return
        for place in domains_of(self._table, language_of(record, arrival)):
            try:
                effects = decide(self.memories[place], arrival)
            except Exception:  # noqa: S112 - as in the worker, where this record alone was a dead letter
                continue
            self.memories[place].apply(effects.rows)
