"""What a run would change: its last event of each article beside production's. Reads only."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import errors

from streams.shell import clients
from streams.shell.access import Needs, check_access
from streams.shell.exits import Exit, Fatal
from streams.shell.progress import Progress
from streams.shell.read_back import ReadBack
from streams.shell.replay import progress_log
from streams.shell.replay.as_of import Received, links_without_later
from streams.shell.replay.kept import refuse_expired
from streams.shell.replay.plan import Plan, refuse_foreign, run_settings
from streams.shell.replay.progress_log import Known
from streams.shell.replay.run_topics import cluster_id
from streams.shell.replay.scope import Scope
from streams.shell.replay.sheet import THEIRS, Sheet
from streams.shell.replay.sides import Side, side_of
from streams.shell.replay.verdicts import CLASSES, judged
from streams.shell.settings import Settings
from streams.shell.stretches import offsets_at, stretch
from streams.shell.topics import present_partitions, topic_name


@dataclass(frozen=True, slots=True)
class Example:
    """An article that differs: its class, the fields that changed, and the records of production and of the
    run; None where there is none.
    """

    identity: str
    kind: str
    fields: list[str]
    records: tuple[Any, Any]


@dataclass(slots=True)
class Diff:
    """How many articles are of each class, and how often each field changed."""

    plan: Plan
    counts: Counter[str] = field(default_factory=Counter)
    field_counts: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    """The ids of the articles that promotion would change."""
    examples: list[Example] = field(default_factory=list)
    """The first of each class that differs, by id."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """An example before its records are read: where they lie, production's first."""

    identity: str
    kind: str
    fields: list[str]
    places: tuple[int | None, int | None]


def diff(settings: Settings, plan: Plan, examples: int) -> Diff:
    """Compares a run that is done; with the records of so many articles of each class that differs.

    Raises Fatal: SETTINGS where the run is not done or the plan is another Kafka's, NO_RIGHT.
    """
    return asyncio.run(compare(settings, plan, examples))


async def compare(settings: Settings, plan: Plan, examples: int = 0) -> Diff:
    await finished(settings, plan)
    of_run, target = run_settings(settings, plan), plan.targets[-1]
    live, own = topic_name(settings, target), topic_name(of_run, target)
    await check_access(settings, Needs(reads=(live, own), writes=()))
    scope = Scope(settings, plan)
    await scope.read(settings)
    with Sheet() as sheet:
        async for side, identity in _events(settings, own, 0):
            sheet.keep("run", identity, side)
        lacking = set[Received]()
        async for side, identity in _events(settings, live, plan.removals_since):
            keep_live(sheet, scope, identity, side)
            if lacks(sheet, scope, identity, side):
                lacking.add((identity, side.received_ms))
        whole = True
        if sheet.links_differ():
            whole = await links_without_later(settings, scope, plan.removals_since, sheet.tell, lacking)
        found, shown = judge_all(plan, sheet, whole, examples)
    found.examples = await _examples(settings, shown, live, own)
    return found


def keep_live(sheet: Sheet, scope: Scope, identity: str, side: Side) -> None:
    """Takes note of an event of production, if it is of an article of the run or of the range."""
    ours_ms = sheet.received("run", identity)
    known = ours_ms is not None or any(sheet.received(name, identity) is not None for name in THEIRS)
    in_range = scope.holds(side.source) or _letter_of_range(scope, side)
    if not known and not in_range:
        return
    # A later text that the run has seen in silence replaces the article of the range as one of after it does.
    beside = ours_ms is not None and side.received_ms > ours_ms and not in_range
    late = beside or scope.later(side.source, side.received_ms, sent_back=side.sent_back)
    sheet.keep("later" if late else "within", identity, side)


def lacks(sheet: Sheet, scope: Scope, identity: str, side: Side) -> bool:
    """Whether it is a letter of the range, sent back after it, that has failed in the run once more."""
    if not _letter_of_range(scope, side) or scope.holds(side.source):
        return False
    ours_ms = sheet.received("run", identity)
    return ours_ms is None or ours_ms < side.received_ms


def _letter_of_range(scope: Scope, side: Side) -> bool:
    return side.sent_back and scope.holds_letter(side.source, side.received_ms)


def judge_all(plan: Plan, sheet: Sheet, whole: bool, examples: int) -> tuple[Diff, list[_Shown]]:
    """The classes of all articles, and where the first of each that differs lie."""
    found, shown, of_kind = Diff(plan), list[_Shown](), Counter[str]()
    our_links, their_links = sheet.our_links(), sheet.their_links()
    for identity, ours, within, later in sheet.articles():
        theirs = within
        if later is not None and (within is None or later.received_ms >= within.received_ms):
            theirs = later
        kind, names = judged(identity, ours, theirs, within, our_links, their_links, whole=whole)
        if kind is None:
            continue
        found.counts[kind] += 1
        found.field_counts.update(names)
        if kind in ("changed", "added"):
            found.differing.append(identity)
        if kind != "same" and of_kind[kind] < examples:
            of_kind[kind] += 1
            live = within if kind == "changed" and within is not None else theirs
            places = (live.place if live else None), (ours.place if ours else None)
            shown.append(_Shown(identity, kind, names, places))
    return found, shown


async def finished(settings: Settings, plan: Plan) -> Known:
    """The run of a plan. Raises Fatal: SETTINGS where it has not come to its end, or there is none, NO_INPUT
    where retention has deleted records of it.
    """
    admin = await clients.started(clients.admin(settings), settings)
    try:
        refuse_foreign(settings, plan, await cluster_id(admin))
        known = (await progress_log.load(settings, admin)).get(plan.run)
        if known is not None:
            await refuse_expired(admin, settings, known.head.plan)
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(admin)
    if known is None:
        raise Fatal(Exit.SETTINGS, f"run {plan.run} has not begun, or was aborted: `copydesk replay run`")
    if known.head.plan != plan:
        raise Fatal(Exit.SETTINGS, f"this is not the plan that run {plan.run} began with")
    if known.head.state != "done":
        share = known.done / max(1, known.total)
        failed = f" and has failed ({known.head.why})" if known.head.why else ""
        goes_on = "`copydesk replay run` goes on with it"
        raise Fatal(Exit.SETTINGS, f"run {plan.run} is at {share:.0%}{failed}: {goes_on}")
    return known


async def _events(settings: Settings, name: str, since_ms: int) -> AsyncGenerator[tuple[Side, str], None]:
    """(side, id) of the events of a topic written since, in the order of each partition."""
    parts = await present_partitions(settings, name)
    async with clients.reading(settings, parts) as consumer:
        ends = await consumer.end_offsets(parts)
        starts = await offsets_at(consumer, ends, since_ms)
    total, read = sum(ends[tp] - start for tp, start in starts.items()), 0
    with Progress(f"reading {name}", total, of="events") as progress:
        for tp, start in starts.items():
            async for record in stretch(settings, tp, start, ends[tp]):
                read += 1
                progress.advance(read, read)
                side = side_of(record)
                if side is not None and record.key is not None:
                    yield side, record.key.decode(errors="replace")


async def _examples(settings: Settings, shown: Iterable[_Shown], live: str, own: str) -> list[Example]:
    """The records of these articles, by class and id."""
    ordered = sorted(shown, key=lambda one: (list(CLASSES).index(one.kind), one.identity))
    theirs = await _read(settings, live, [one.places[0] for one in ordered])
    ours = await _read(settings, own, [one.places[1] for one in ordered])
    return [
        Example(one.identity, one.kind, one.fields, (theirs.get(one.places[0]), ours.get(one.places[1])))
        for one in ordered
    ]


async def _read(settings: Settings, name: str, places: Collection[int | None]) -> dict[int | None, Any]:
    wanted = [place for place in places if place is not None]
    if not wanted:
        return {}
    reader = ReadBack(settings, name)
    try:
        return dict[int | None, Any]((await reader.records_at(wanted)).items())
    finally:
        await reader.close()
