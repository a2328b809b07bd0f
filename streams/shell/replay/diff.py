"""What a run would change: its last event of each article beside production's. Reads only."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiokafka import errors

from streams.shell import clients
from streams.shell.access import Needs, check_access
from streams.shell.exits import Exit, Fatal
from streams.shell.progress import Progress
from streams.shell.read_back import ReadBack
from streams.shell.replay import progress_log
from streams.shell.replay.as_of import AsOf, links_without_later
from streams.shell.replay.kept import refuse_expired
from streams.shell.replay.plan import Plan, refuse_foreign, run_settings
from streams.shell.replay.progress_log import Known
from streams.shell.replay.run_topics import cluster_id
from streams.shell.replay.scope import Scope
from streams.shell.replay.sides import Side, side_of
from streams.shell.replay.verdicts import CLASSES, judged
from streams.shell.settings import Settings
from streams.shell.stretches import offsets_at, stretch
from streams.shell.topics import present_partitions, topic_name

Sides = dict[str, Side]


@dataclass(slots=True)
class Diff:
    """Each article's class, and of the changed ones the fields. `production` and `run` hold both sides."""

    plan: Plan
    classes: dict[str, str] = field(default_factory=dict)
    fields: dict[str, list[str]] = field(default_factory=dict)
    production: Sides = field(default_factory=dict)
    run: Sides = field(default_factory=dict)
    values: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Of the examples: the records of both sides, production's first; None where there is none."""

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.classes.values())

    @property
    def field_counts(self) -> Counter[str]:
        return Counter(name for names in self.fields.values() for name in names)

    def ids(self, kind: str) -> list[str]:
        return sorted(identity for identity, found in self.classes.items() if found == kind)


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
    found, scope = Diff(plan), Scope(settings, plan)
    await scope.read(settings)
    async for side, identity in _events(settings, own, 0):
        _keep(found.run, identity, side)
    within: Sides = {}
    async for side, identity in _events(settings, live, plan.removals_since):
        if identity in found.run or identity in found.production or scope.holds(side.source):
            _keep(found.production, identity, side)
            if not scope.later(side.source, side.received_ms):
                _keep(within, identity, side)
    our_links = {identity: side.link for identity, side in found.run.items()}
    their_links = {identity: side.link for identity, side in within.items()}
    told = AsOf()
    if any(side.link and our_links.get(i, side.link) != side.link for i, side in within.items()):
        told = await links_without_later(settings, scope, plan.removals_since)
    their_links |= told.links
    both = {**their_links, **our_links}
    for identity in {*found.run, *found.production}:
        ours, theirs = found.run.get(identity), found.production.get(identity)
        kind, names = judged(identity, ours, theirs, within.get(identity), told, both, their_links)
        if kind is not None:
            found.classes[identity] = kind
            if names:
                found.fields[identity] = names
            if kind == "changed" and identity in within:
                found.production[identity] = within[identity]
    await _examples(settings, found, live, own, examples)
    return found


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


def _keep(sides: Sides, identity: str, side: Side) -> None:
    """The last of an article: by time, since on articles.tagged its texts may lie in several partitions."""
    known = sides.get(identity)
    if known is None or side.received_ms >= known.received_ms:
        sides[identity] = side


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


async def _examples(settings: Settings, found: Diff, live: str, own: str, examples: int) -> None:
    """Reads the records of the first articles of each class that differs."""
    shown = [i for kind in CLASSES if kind != "same" for i in found.ids(kind)[:examples]]
    sides = [
        await _read(settings, live, shown, found.production),
        await _read(settings, own, shown, found.run),
    ]
    found.values = {identity: (sides[0].get(identity), sides[1].get(identity)) for identity in shown}


async def _read(settings: Settings, name: str, ids: list[str], sides: Sides) -> dict[str, Any]:
    places = {sides[identity].place: identity for identity in ids if identity in sides}
    if not places:
        return {}
    reader = ReadBack(settings, name)
    try:
        records = await reader.records_at(places)
    finally:
        await reader.close()
    return {places[place]: record for place, record in records.items()}


def differing(found: Diff) -> Iterator[str]:
    """The articles that promotion would change."""
    for identity, kind in sorted(found.classes.items()):
        if kind in ("changed", "added"):
            yield identity
