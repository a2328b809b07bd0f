"""`copydesk replay plan`: looks at what is there, freezes it and writes the plan; runs nothing."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition, errors

from streams.contract import TAGGED, rfc3339
from streams.dedup.fold import KEEP_MS
from streams.pipeline import CLEAN, DEDUP, TAG, Step
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.pool import pool_size
from streams.shell.progress import time_left
from streams.shell.replay.bounds import Bound, check_order
from streams.shell.replay.plan import Plan, Range
from streams.shell.replay.ranges import Frozen, earliest_of, freeze
from streams.shell.replay.removals import reach
from streams.shell.replay.rights import check_rights
from streams.shell.replay.run_topics import cluster_id
from streams.shell.replay.versions import versions_now
from streams.shell.settings import Settings
from streams.shell.topics import DAY_MS, partitions_of, retention_seconds, topic_name

# CPU on 6.8 kB of text (bench/replay.py, shares: 1.06, with tag 3.36, with all 3.60; in another hour, beside
# other work on the machine, all took 6.2 to 7.8). Pages take more.
MS_A_RECORD = {CLEAN: 1.1, TAG: 2.3, DEDUP: 0.3}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for."""

    start: Bound
    end: Bound | None
    first: str
    last: str
    cold: bool
    keep_days: float
    unknown_erasures: bool = False
    """To read also what was received so long ago that nobody knows any more what of it was erased."""


def make_plan(settings: Settings, wish: Wish) -> Plan:
    """The plan of a wish. Raises Fatal where it cannot be run, or we have no right to."""
    return asyncio.run(_plan(settings, wish))


async def _plan(settings: Settings, wish: Wish) -> Plan:
    now = int(time.time() * 1000)
    check_order(wish.start, wish.end, now)
    versions = versions_now(settings)
    admin = await clients.started(clients.admin(settings), settings)
    try:
        plan = Plan(
            run=run_id(now),
            created_at=rfc3339(now),
            cluster=await cluster_id(admin),
            prefix=settings.prefix,
            topic_prefix=settings.topic_prefix,
            first=wish.first,
            last=wish.last,
            given_from=wish.start.given,
            given_to=wish.end.given if wish.end else "",
            ranges={0: Range(0, 0)},
            cold=wish.cold,
            keep_days=wish.keep_days,
            removals_since=0,
            versions=versions,
            records=0,
            estimate_seconds=0.0,
        )
        await check_rights(admin, settings, plan)
        name = topic_name(settings, plan.source)
        partitions = await partitions_of(admin, name)
        kept_since = now - int(retention_seconds(settings, plan.source) * 1000)
        async with clients.reading(settings, partitions) as consumer:
            known = await reach(settings, now)
            frozen = await freeze(
                consumer,
                partitions,
                wish.start,
                wish.end,
                warm=plan.decides and not wish.cold,
                kept_since=kept_since,
                erasures_since=0 if wish.unknown_erasures else known.since_ms,
            )
            if not wish.unknown_erasures:
                await _refuse_unknown_erasures(settings, consumer, frozen, name, known.since_ms)
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(admin)
    records, warm = (sum(map(len, r.values())) for r in (frozen.ranges, frozen.warm_up))
    return replace(
        plan,
        ranges=frozen.ranges,
        warm_up=frozen.warm_up,
        missing=frozen.missing,
        removals_since=max(0, frozen.since - KEEP_MS),
        removals_begin=known.begin,
        erasures_since=now if wish.unknown_erasures else known.since_ms,
        records=records,
        warm_up_records=warm,
        estimate_seconds=estimate(records + warm, plan.steps, settings),
    )


async def _refuse_unknown_erasures(
    settings: Settings, consumer: AIOKafkaConsumer, frozen: Frozen, name: str, known_ms: int
) -> None:
    """Raises Fatal(NO_INPUT) where an article of the range may have been erased without our knowing."""
    if frozen.since >= known_ms:
        return
    ranges = {TopicPartition(name, p): one for p, one in frozen.ranges.items() if len(one)}
    first_ms = await earliest_of(consumer, ranges)
    if first_ms < known_ms:
        raise Fatal(
            Exit.NO_INPUT,
            f"{topic_name(settings, TAGGED)} tells of erasures since {rfc3339(known_ms)} only, and the range "
            f"begins at {rfc3339(first_ms)}: what was erased before would come back. Plan it --from "
            f"{rfc3339(known_ms)}, or, where nothing was erased, with --unknown-erasures",
        )


def run_id(now_ms: int) -> str:
    """One that sorts by time and that nobody else has: 20261122-100000-3f2a."""
    moment = datetime.fromtimestamp(now_ms / 1000, UTC)
    return f"{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def estimate(records: int, steps: Sequence[Step], settings: Settings) -> float:
    """Seconds that so many records take here through these stages, with nothing else to do: a guess, since
    articles differ.
    """
    return records * sum(MS_A_RECORD[step] for step in steps) / pool_size(settings) / 1000


def told(plan: Plan, settings: Settings) -> list[str]:
    """What the plan would do, in lines for a person."""
    name = topic_name(settings, plan.source)
    lines = [f"run {plan.run}: {plan.records:,} records of {name} through {plan.first}..{plan.last}"]
    lines += [
        f"  partition {p}: offsets {one.start:,} to {one.end - 1:,}"
        if len(one)
        else f"  partition {p}: nothing"
        for p, one in sorted(plan.ranges.items())
    ]
    if plan.cold:
        lines.append("cold: copies of what came before the range are judged originals")
    elif plan.decides:
        beside = "" if plan.warm_up.keys() == plan.ranges.keys() else " and beside it"
        silent = f"before it{beside} {plan.warm_up_records:,} records in silence"
        lines.append(f"{silent}, as memory of the last 96 h")
    lines += [f"the memory is not whole: {line}" for line in plan.missing]
    lines.append(f"about {time_left(plan.estimate_seconds)} on this machine, with nothing else to do")
    kept = f"what it writes is kept {plan.keep_days:g} days (--keep): diff, promote or abort it before"
    if plan.estimate_seconds >= plan.keep_days * DAY_MS / 1000:
        kept = f"{kept}. It may take longer than that, and would expire before it is done"
    lines.append(kept)
    return lines
