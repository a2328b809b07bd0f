"""`copydesk replay status` and `abort`: what runs there are, and taking one back."""

import asyncio
import time
from typing import Any

import orjson

from streams.contract import rfc3339
from streams.dedup.fingerprint import milliseconds
from streams.shell import clients
from streams.shell.access import Needs, check_access
from streams.shell.exits import Exit, Fatal
from streams.shell.progress import time_left
from streams.shell.replay import progress_log
from streams.shell.replay.plan import RUN_ID, producer_id, progress_topic
from streams.shell.replay.progress_log import Known, tombstones
from streams.shell.replay.run_topics import delete_all, has_progress
from streams.shell.replay.writing import run_producer, transact
from streams.shell.settings import Settings
from streams.shell.topics import DAY_MS


def runs(settings: Settings, only: str | None) -> list[Known]:
    """Every run that has begun and was not aborted, the oldest first. Raises Fatal where `only` is none."""
    known = asyncio.run(_runs(settings))
    if only is not None and only not in known:
        raise Fatal(Exit.NO_INPUT, f"there is no run {only}: it never began, or was aborted")
    return [known[run] for run in sorted(known) if only in (None, run)]


def as_json(known: Known) -> str:
    """One object a line, for scripts."""
    head = known.head
    told: dict[str, Any] = {
        "run": head.plan.run,
        "state": _state(known),
        "why": head.why,
        "stages": f"{head.plan.first}..{head.plan.last}",
        "from": head.plan.given_from,
        "to": head.plan.given_to,
        "began_at": head.began_at,
        "seconds_since_progress": round(_since(known.at_ms), 1),
        "seconds_since_sign": round(_since(known.alive_ms), 1),
        "kept_until": rfc3339(_kept_until(known)),
        "done": known.done,
        "total": known.total,
        "counts": known.counts.as_dict(),
        "partitions": {
            str(p): {"begin": one.begin, "position": one.position, "end": one.end}
            for p, one in sorted(known.positions.items())
        },
    }
    return orjson.dumps(told).decode()


def as_text(known: Known) -> str:
    """The same for a person."""
    plan, share = known.head.plan, known.done / max(1, known.total)
    stretch = f"{plan.first}..{plan.last}  from {plan.given_from} to {plan.given_to or 'the end of then'}"
    lines = [
        f"{plan.run}  {_state(known)}  {share:.0%}  {stretch}",
        f"  {known.done:,} of {known.total:,} offsets; last progress {time_left(_since(known.at_ms))} ago",
    ]
    if _state(known) == "silent":
        lines.append(
            f"  no sign of it for {time_left(_since(known.alive_ms))}: it was killed, or has lost Kafka. "
            "`copydesk replay run` with its plan goes on"
        )
    if known.head.why:
        lines.append(f"  failed: {known.head.why}")
    counts = ", ".join(f"{n:,} {name}" for name, n in known.counts.as_dict().items() if n)
    if counts:
        lines.append(f"  {counts}")
    kept = _kept_until(known)
    if _since(kept) == 0:
        lines.append(f"  what it has written is kept until {rfc3339(kept)}")
    else:
        lines.append(
            f"  what it has written was kept until {rfc3339(kept)} and may have expired: then diff and "
            f"promote refuse it. `copydesk replay abort {plan.run}` deletes the rest, `copydesk replay run` "
            "with its plan begins it anew"
        )
    lines += [f"  the memory is not whole: {line}" for line in plan.missing]
    return "\n".join(lines)


def abort(settings: Settings, run: str) -> list[str]:
    """Ends a run wherever it works, deletes its topics and its progress; gives what was deleted.

    A second time there is nothing to do. Raises Fatal(USAGE) where `run` cannot be a run at all.
    """
    if not RUN_ID.fullmatch(run):
        raise Fatal(Exit.USAGE, f"{run} is no run: `copydesk replay status` lists them")
    return asyncio.run(_abort(settings, run))


async def _runs(settings: Settings) -> dict[str, Known]:
    admin = await clients.started(clients.admin(settings), settings)
    try:
        await _check(settings, admin, writes=False)
        return await progress_log.load(settings, admin)
    finally:
        await clients.stopped(admin)


async def _abort(settings: Settings, run: str) -> list[str]:
    admin = await clients.started(clients.admin(settings), settings)
    producer = run_producer(settings, run)
    try:
        await _check(settings, admin, writes=True)
        await check_access(settings, Needs((), (), transactional_ids=(producer_id(settings, run),)))
        await clients.started(producer, settings)  # a process that still works on it can commit nothing more
        deleted = await delete_all(admin, settings, run)
        # Progress goes last: until then `status` shows what is left of an abort that was killed.
        keys = await progress_log.keys_of(settings, admin, run)
        if keys:
            await transact(producer, settings, run, tombstones(settings, keys))
            deleted.append(f"its progress on {progress_topic(settings)}")
        return deleted
    finally:
        await clients.stopped(producer)
        await clients.stopped(admin)


async def _check(settings: Settings, admin: Any, *, writes: bool) -> None:
    """The rights to the topic of progress, where it is there at all."""
    name = progress_topic(settings)
    if await has_progress(admin, settings):
        await check_access(settings, Needs(reads=(name,), writes=(name,) if writes else ()))


def _state(known: Known) -> str:
    """What it has said of itself; "silent" where that it runs was said too long ago."""
    return "silent" if known.silent(int(time.time() * 1000)) else known.head.state


def _kept_until(known: Known) -> int:
    """When retention may delete the first of its records, in ms since 1970."""
    return milliseconds(known.head.began_at) + int(known.head.plan.keep_days * DAY_MS)


def _since(at_ms: int) -> float:
    return max(0.0, time.time() - at_ms / 1000)
