"""The links of production as they were at the end of a replay's range: what dedup.index tells of them.

An article that came after the range may have taken in articles of the range; a replay of it cannot know. But
withdrawals and erasures win over a replay whenever they came, so the decisions that they caused count.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from streams.contract import INDEX, TAGGED
from streams.dedup.compare import WHOLE
from streams.dedup.rows import RelationCode, RowKind
from streams.shell import clients, headers
from streams.shell.progress import Progress
from streams.shell.read_back import ReadBack
from streams.shell.replay.sides import Link
from streams.shell.settings import Settings
from streams.shell.state_log import logged
from streams.shell.tail import partitions_of
from streams.shell.topics import topic_name
from streams.vocabulary import Relation

Later = Callable[[str, int], bool]
"""later(source, received_ms): whether a record came after the range."""
_REMOVED = (RowKind.WITHDRAWN, RowKind.ERASED)
_RELATIONS: dict[int, Relation] = {
    RelationCode.ORIGINAL: Relation.ORIGINAL,
    RelationCode.EXACT: Relation.EXACT,
    RelationCode.NEAR: Relation.NEAR,
}


@dataclass(frozen=True, slots=True)
class _Decision:
    """A link, and the arrival that caused it."""

    link: Link
    cause: int
    removal: bool


@dataclass(slots=True)
class AsOf:
    """What may be compared: `link` of the end of the range, None where the log does not tell it any more.

    `possible`: where removals came between later articles, all links since; any of them may be that of the
    range with the removals and without the later articles.
    """

    link: Link | None = None
    possible: list[Link] = field(default_factory=list)


async def links_as_of(settings: Settings, ids: Iterable[str], later: Later) -> dict[str, AsOf]:
    """By id, of those ids that the log knows."""
    decisions: dict[str, list[_Decision]] = {identity: [] for identity in ids}
    wanted = {bytes.fromhex(identity): identity for identity in decisions}
    logs = await partitions_of(settings, INDEX)
    with Progress("reading decisions", None, of="rows") as progress:
        rows = 0
        for tp in logs:
            async with clients.reading(settings, [tp]) as consumer:
                async for _record, _applied, batch, _phase in logged(settings, consumer, tp):
                    rows += len(batch)
                    progress.advance(rows, rows)
                    cause = None
                    for row in batch.rows:
                        if row["kind"] != RowKind.LINK:
                            cause = row
                        identity = wanted.get(row["id"].tobytes())
                        if identity is not None and cause is not None:
                            _enter(decisions[identity], row, cause)
    causes = {d.cause for found in decisions.values() for d in found if not d.removal}
    reader = ReadBack(settings, topic_name(settings, TAGGED))
    try:
        tagged = await reader.records_at(causes)
    finally:
        await reader.close()
    late = {place for place in causes if _is_late(tagged.get(place), later)}
    return {identity: _as_of(found, late) for identity, found in decisions.items() if found}


def _as_of(found: list[_Decision], late: set[int]) -> AsOf:
    told, mixed = AsOf(), False
    for decision in found:
        if decision.removal or decision.cause not in late:
            mixed = mixed or bool(told.possible and decision.removal)
            told.link = decision.link
            told.possible = [*told.possible, decision.link] if mixed else []
        else:
            told.possible.append(decision.link)
    if not mixed:
        told.possible = []
    return told


def _is_late(record: Any, later: Later) -> bool:
    """A record that is gone was there long before: only the oldest are deleted."""
    if record is None:
        return False
    given = dict(record.headers)
    source = (given.get(headers.SOURCE) or b"").decode(errors="replace")
    return later(source, record.timestamp)


def _enter(decisions: list[_Decision], row: Any, cause: Any) -> None:
    kind = RowKind(int(row["kind"]))
    if kind not in (RowKind.VERSION, RowKind.LINK):
        return
    relation = _RELATIONS.get(int(row["relation"]))
    if relation is None:
        return
    linked = relation is not Relation.ORIGINAL
    shares = tuple(int(row[n]) / WHOLE if linked else None for n in ("jaccard", "containment", "score"))
    of = row["parent"].tobytes().hex() if linked else None
    link = Link(relation.value, of, row["group"].tobytes().hex(), shares)
    decisions.append(_Decision(link, int(cause["place"]), int(cause["kind"]) in _REMOVED))
