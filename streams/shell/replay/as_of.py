"""The links that production would have without the articles that came after a replay's range.

Those may have taken in articles of the range, which a replay of it cannot know. But withdrawals and erasures
win over a replay whenever they came. So the arrivals that dedup.index tells of are decided once more: those
of the range and of what was remembered then, and every removal.
"""

from collections.abc import AsyncGenerator, Callable, Container
from dataclasses import replace
from typing import Any

from streams.contract import TAGGED
from streams.dedup import (
    Arrival,
    DedupIndex,
    Effects,
    Fingerprint,
    FingerprintKind,
    decide,
    removal,
    self_test,
)
from streams.dedup.effects import halves
from streams.dedup.kernels import NOWHERE
from streams.dedup.rows import LogRows, RowKind
from streams.dedup.sketch import SKETCH_WIDTH, Sketch
from streams.shell import clients, headers
from streams.shell.progress import Progress
from streams.shell.read_back import ReadBack
from streams.shell.replay.scope import Scope
from streams.shell.replay.sides import Link
from streams.shell.settings import Settings
from streams.shell.state_log import logged
from streams.shell.topics import index_name, present_partitions, topic_name

_REMOVALS = {RowKind.WITHDRAWN: FingerprintKind.WITHDRAWAL, RowKind.ERASED: FingerprintKind.ERASURE}

Received = tuple[str, int]
"""A text of an article: its id, and when it was received, in ms."""


async def links_without_later(
    settings: Settings,
    scope: Scope,
    since_ms: int,
    tell: Callable[[str, Link], None],
    lacking: Container[Received] = (),
) -> bool:
    """Tells the links of all that was received since, the last of an id last, without texts that the run is
    `lacking` though they were received in time; gives whether the log has kept all of what was remembered at
    the range's start. Raises Fatal where it cannot be read.
    """
    self_test()
    whole = True
    reader = ReadBack(settings, topic_name(settings, TAGGED))
    try:
        with Progress("deciding again what production knew", None, of="arrivals") as progress:
            read = 0
            for tp in await present_partitions(settings, topic_name(settings, index_name(settings))):
                index, first = DedupIndex(), True
                async with clients.reading(settings, [tp]) as consumer:
                    async for record, _applied, rows, _phase in logged(settings, consumer, tp):
                        if first and record.offset > 0 and record.timestamp > since_ms:
                            whole = False
                        first = False
                        async for arrival in _arrivals(rows, scope, since_ms, reader, lacking):
                            _tell(_decided(index, arrival), tell)
                            read += 1
                        progress.advance(read, read)
    finally:
        await reader.close()
    return whole


async def _arrivals(
    rows: LogRows, scope: Scope, since_ms: int, reader: ReadBack, lacking: Container[Received]
) -> AsyncGenerator[Arrival, None]:
    """The arrivals of one record of the log that count, in order."""
    own = [row for row in rows.rows if row["kind"] in (RowKind.VERSION, *_REMOVALS)]
    doubtful = [r for r in own if r["kind"] == RowKind.VERSION and scope.doubtful(int(r["received"]))]
    tagged = await reader.records_at([int(row["place"]) for row in doubtful]) if doubtful else {}
    sketched = 0
    for row in own:
        kind, received_ms, place = RowKind(int(row["kind"])), int(row["received"]), int(row["place"])
        if kind is not RowKind.VERSION:
            yield Arrival(place, row["id"].tobytes(), removal(_REMOVALS[kind], received_ms))
            continue
        values = rows.sketches[sketched, : min(row["shingles"], SKETCH_WIDTH)].copy()
        values.flags.writeable = False  # as a fingerprint's: one compiled search serves both
        sketched += 1
        if received_ms < since_ms or _is_late(scope, received_ms, tagged.get(place)):
            continue
        if (row["id"].tobytes().hex(), received_ms) in lacking:
            continue
        sketch = Sketch(int(row["shingles"]), values)
        hash_, order_ms = row["hash"].tobytes(), int(row["order"])
        fingerprint = Fingerprint(FingerprintKind.ARTICLE, hash_, order_ms, received_ms, sketch)
        # It was decided as a new version, so it was no repeat.
        yield Arrival(place, row["id"].tobytes(), fingerprint, repeatable=False)


def _is_late(scope: Scope, received_ms: int, tagged: Any) -> bool:
    """Where the time does not tell, the tagged record says from which raw record it comes."""
    if tagged is None:
        return scope.late_by_time(received_ms)
    given = dict(tagged.headers)
    source = (given.get(headers.SOURCE) or b"").decode(errors="replace")
    return scope.later(source, received_ms, sent_back=headers.ATTEMPTS in given)


def _decided(index: DedupIndex, arrival: Arrival) -> Effects:
    """A removal takes the article away at the article's own time: its own, days later, would let the whole
    memory expire.
    """
    if arrival.fingerprint.kind is not FingerprintKind.ARTICLE:
        at = index.find(*halves(arrival.id))
        if at != NOWHERE:
            received = int(index.state.articles[at]["received"])
            at_once = replace(arrival.fingerprint, order_ms=received, received_ms=received)
            arrival = replace(arrival, fingerprint=at_once)
        else:
            arrival = replace(arrival, fingerprint=removal(arrival.fingerprint.kind, 0))
    effects = decide(index, arrival)
    index.apply(effects.rows)
    return effects


def _tell(effects: Effects, tell: Callable[[str, Link], None]) -> None:
    for emission in effects.emissions:
        if emission.relation is not None and emission.group is not None:
            of = emission.of.hex() if emission.of else None
            shares = emission.jaccard, emission.containment, emission.score
            tell(emission.id.hex(), Link(emission.relation.value, of, emission.group.hex(), shares))
