"""Two events of an article, as a diff compares them: what each field holds, and where it stands. Pure."""

from dataclasses import dataclass, fields
from typing import Any, Protocol

import orjson
import xxhash

from streams.dedup import place_at
from streams.dedup.fingerprint import milliseconds
from streams.events import EnrichedArticle
from streams.shell import headers
from streams.shell.headers import received_at
from streams.structuring import WIRE_NAMES
from streams.vocabulary import Status

# A replay's own numbers: they differ though the article does not. Links are compared by themselves.
LEFT_OUT = frozenset({"decision", "provenance", "duplicate"})
_NAMES = tuple(
    name for f in fields(EnrichedArticle) if (name := WIRE_NAMES.get(f.name, f.name)) not in LEFT_OUT
)
OTHERS = "other fields"
ERASED = "erased"
LINK = "duplicate"
_HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Link:
    """`duplicate` of an event; shares in the form of the event."""

    relation: str
    of: str | None
    group: str
    shares: tuple[float | None, ...]

    @property
    def bare(self) -> tuple[object, ...]:
        """All but the pointer: which ancestor it names depends on the order in which articles came."""
        return self.relation, self.of, self.shares


class Links(Protocol):
    """The link of an article by its id, None where there is none: a dict is such."""

    def get(self, identity: str, /) -> Link | None: ...


@dataclass(frozen=True, slots=True)
class Side:
    """An event: its place (rows.place_at), a hash of each of _NAMES, and what de-duplication said of it."""

    place: int
    status: str
    hashes: bytes
    link: Link | None
    source: str
    received_ms: int
    replay: str = ""  # the run that made it
    sent_back: bool = False  # by a redrive: its source lies behind where it was first

    @property
    def removed(self) -> bool:
        return self.status != Status.USABLE


def side_of(record: Any) -> Side | None:
    """A record as a side; None where it is no event of ours."""
    place = place_at(record.partition, record.offset)
    given = dict(record.headers)
    source, replay = (
        (given.get(n) or b"").decode(errors="replace") for n in (headers.SOURCE, headers.REPLAY)
    )
    sent_back = headers.ATTEMPTS in given
    try:
        received_ms = milliseconds(received_at(record))
        if record.value is None:
            return Side(place, ERASED, b"", None, source, received_ms, replay, sent_back)
        event = orjson.loads(record.value)
        link = _link(event.get("duplicate"))
        status = str(event.get("status", Status.USABLE))
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
    return Side(place, status, b"".join(_hashes(event)), link, source, received_ms, replay, sent_back)


def changed_fields(before: Side, after: Side) -> list[str]:
    """The names of the fields that two sides have otherwise, but for the link.

    An event that a promotion of the same run made is one version further.
    """
    if before.status != after.status:
        return ["status"]
    pairs = zip(_each(before.hashes), _each(after.hashes), (*_NAMES, OTHERS), strict=False)
    promoted = bool(before.replay) and before.replay == after.replay
    return [name for old, new, name in pairs if old != new and not (promoted and name == "version")]


def family(identity: str, links: Links) -> str:
    """Where the parents of an article end, as far as they are known."""
    seen = {identity}
    while (link := links.get(identity)) is not None and link.of is not None and link.of not in seen:
        identity = link.of
        seen.add(identity)
    return identity


def same_link(
    identity: str,
    ours: Link | None,
    theirs: Link | None,
    our_links: Links,
    their_links: Links,
) -> bool:
    """Whether two links say the same: the same parent, and pointers that lead to the same original."""
    if ours is None or theirs is None:
        return ours is theirs
    if ours.bare != theirs.bare:
        return False
    if ours.group == theirs.group:
        return True
    ends = family(ours.group, our_links), family(theirs.group, their_links)
    return ends[0] == ends[1] or family(identity, our_links) == family(identity, their_links)


def _link(duplicate: Any) -> Link | None:
    if duplicate is None:
        return None
    given = (duplicate.get(name) for name in ("jaccard", "containment", "score"))
    shares = tuple(None if share is None else float(share) for share in given)
    of = duplicate.get("of")
    return Link(str(duplicate["relation"]), None if of is None else str(of), str(duplicate["group"]), shares)


def _hashes(event: dict[str, Any]) -> list[bytes]:
    found = [_hash(event.get(name)) for name in _NAMES]
    others = {name: value for name, value in event.items() if name not in _NAMES and name not in LEFT_OUT}
    return [*found, _hash(others or None)]


def _hash(value: Any) -> bytes:
    if value is None:
        return bytes(_HASH_BYTES)
    return xxhash.xxh3_64_digest(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def _each(hashes: bytes) -> list[bytes]:
    return [hashes[i : i + _HASH_BYTES] for i in range(0, len(hashes), _HASH_BYTES)]
