"""What a consumer of articles.enriched is given, and which of two events about an article counts. Pure."""

from dataclasses import dataclass
from typing import Any

from streams import contract, events
from streams.contract import milliseconds
from streams.events import EnrichedArticle, Failed
from streams.shell.headers import TIME, decided, place_of

# An id that comes again after so long is a new article, whose decisions begin with 1 (streams/dedup/fold.py).
LIFE_MS = 96 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """`decision` and `received_at` are kept by the consumer, for `replaces`; `place`: topic/partition/offset.

    Both are None only in a record that Copydesk did not write.
    """

    id: str
    decision: int | None
    received_at: str | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(_Decided):
    """A usable article. A value that a closed list of ours has not yet equals its text, and its name is
    UNKNOWN: `entity.type == "ship"`.
    """

    article: EnrichedArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(_Decided):
    """The publisher took the article back."""

    url: str
    canonical_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(_Decided):
    """Nothing of the article may be kept but its id, decision and received_at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A record that is no event of ours."""

    why: str
    place: str
    key: bytes | None
    value: bytes | None


Event = Article | Withdrawn | Erased | Malformed


def replaces(
    decision: int | None, received_at: str | None, old_decision: int | None, old_received_at: str | None
) -> bool:
    """Whether an event takes the place of an earlier one about the same article, in whatever order they come.

    The higher decision counts. But decisions begin anew with 1 for an article that comes again after 96 h,
    and for the removal of one that is older than that: so a first decision counts where it was received
    later, and of two events more than 96 h apart the one received later. A removal without a number counts.
    """
    if decision is None or received_at is None or old_decision is None or old_received_at is None:
        return True
    later = milliseconds(received_at) - milliseconds(old_received_at)
    if abs(later) > LIFE_MS:
        return later > 0
    return decision > old_decision or (decision == 1 and later > 0)


def event_of(record: Any) -> Event:
    """A record as an event; Malformed where it is none of ours."""
    place, told = place_of(record), decided(record.headers)
    value = contract.decode_enriched(record.value)
    if isinstance(value, Failed):
        return Malformed(
            why=f"{value.reason}: {value.detail}", place=place, key=record.key, value=record.value
        )
    if isinstance(value, EnrichedArticle):
        return Article(
            id=value.id, decision=value.decision, received_at=value.received_at, place=place, article=value
        )
    if isinstance(value, events.Withdrawn):
        return Withdrawn(
            id=value.id,
            decision=value.decision,
            received_at=value.received_at,
            place=place,
            url=value.url,
            canonical_url=value.canonical_url,
        )
    if record.key is None:
        return Malformed(why="neither key nor value", place=place, key=None, value=None)
    received = (dict(record.headers).get(TIME) or b"").decode(errors="replace")
    return Erased(
        id=record.key.decode(errors="replace"),
        decision=told.decision if told else None,
        received_at=contract.utc(received),
        place=place,
    )
