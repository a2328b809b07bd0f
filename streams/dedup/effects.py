"""What follows from an arrival: rows for the log, and events to emit."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.dedup.compare import WHOLE
from streams.dedup.rows import NO_HASH, ROW, Fingerprint, LogRows, RelationCode, RowKind
from streams.dedup.sketch import SKETCH_WIDTH
from streams.vocabulary import Relation, Status

Row = NDArray[Any]  # ROW[1]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record of articles.tagged: its place (rows.place_at), its id (16 bytes) and its fingerprint.

    `force`: 16 bytes that name the replay whose promotion wants a new decision about the id (forced.py).
    `repeatable`: may it have come before, as a record may after a kill? A line of a file may not.
    """

    place: int
    id: bytes
    fingerprint: Fingerprint
    force: bytes | None = None
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Emission:
    """One event for articles.enriched; the article's bytes are those of the tagged record at `place`.

    `status` is absent when erased: the event is a null value then. `relation` and `group` are absent when
    withdrawn or erased; `of` and the shares also for an original. `version` 0 is the withdrawal or erasure of
    an id whose text was never seen.
    """

    id: bytes
    place: int
    status: Status | None
    version: int
    first_received_ms: int
    previous_hash: bytes | None
    decision: int
    relation: Relation | None
    of: bytes | None
    group: bytes | None
    jaccard: float | None
    containment: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Effects:
    """The rows to log and fold, and the events to emit: the arrival's, then those of earlier articles."""

    rows: LogRows
    emissions: tuple[Emission, ...]


def effects(rows: Sequence[Row], values: NDArray[np.uint32] | None = None) -> Effects:
    """Rows, the arrival's first, and what they emit. `values` is the first row's sketch, when it is a
    VERSION."""
    sketches = _NO_SKETCHES
    if values is not None:
        sketches = np.zeros((1, SKETCH_WIDTH), np.uint32)
        sketches[0, : len(values)] = values
    packed = rows[0] if len(rows) == 1 else np.frombuffer(bytearray().join([row.data for row in rows]), ROW)
    emissions = (_emission(*fields) for fields in _FIELDS.iter_unpack(packed.data.cast("B")))
    return Effects(LogRows(packed, sketches), tuple(e for e in emissions if e is not None))


def rejected(place: int) -> LogRows:
    """The row for an input record without a sound fingerprint."""
    row = np.zeros(1, ROW)
    row["kind"], row["place"] = RowKind.REJECTED, place
    return LogRows(row, _NO_SKETCHES)


def arrived(kind: RowKind, arrival: Arrival, known: Any = None) -> Row:
    """The arrival's own row, as an original. An id keeps the order key of its first version."""
    fingerprint = arrival.fingerprint
    own_hash, previous = fingerprint.content_hash, NO_HASH
    order_ms = first_received_ms = fingerprint.received_ms
    if kind is RowKind.VERSION:
        order_ms = fingerprint.order_ms
    version = decision = 0
    if known is not None:
        version, decision, previous = int(known["version"]), int(known["decision"]), known["hash"].tobytes()
        if version:
            order_ms, first_received_ms = int(known["order"]), int(known["first_received"])
        if kind is not RowKind.VERSION:
            own_hash, previous = previous, known["previous"].tobytes()
    if kind is RowKind.VERSION:
        version += 1
        if known is not None and known["relation"] == RelationCode.ERASED:
            previous = NO_HASH  # of what was erased nothing is told again
    fields = _FIELDS.pack(
        kind,
        _ARRIVES_AS.get(kind, RelationCode.NONE),
        *_NO_SHARES,
        arrival.place,
        arrival.id,
        own_hash,
        previous,
        order_ms,
        fingerprint.received_ms,
        first_received_ms,
        *_NO_PARENT,
        arrival.id,
        version,
        decision + 1,
        fingerprint.sketch.shingles,
    )
    return np.frombuffer(bytearray(fields), ROW)


def again(article: Any) -> Row:
    """A row for a new decision about an article in memory, so far as it was."""
    row = np.zeros(1, ROW)
    for name in _KEPT:
        row[name] = article[name]
    row["kind"] = RowKind.LINK
    row["decision"] = article["decision"] + 1
    return row


def make_original(row: Row) -> None:
    """Takes the parent away."""
    row["relation"] = RelationCode.ORIGINAL
    row["score"], row["jaccard"], row["containment"] = _NO_SHARES
    row["parent_order"], row["parent"] = 0, 0
    row["group"] = row["id"]


def halves(identifier: bytes) -> tuple[int, int]:
    """16 bytes as the two numbers the tables hold."""
    first, second = _TWO_NUMBERS.unpack(identifier)
    return first, second


_TWO_NUMBERS = struct.Struct("<QQ")
# A row's fields as struct has them, ids and hashes as bytes: 1 us, where numpy takes 4.
_CODES = {"u1": "B", "u2": "H", "u4": "I", "i8": "q", "V16": "16s"}
_FIELDS = struct.Struct("<" + "".join(_CODES[ROW[n].str[1:]] for n in ROW.names or ()))
_NO_SKETCHES = np.zeros((0, SKETCH_WIDTH), np.uint32)
_NO_SHARES = (0, 0, 0)
_NO_PARENT = (0, NO_HASH)
_KEPT = tuple(name for name in ROW.names or () if name not in ("kind", "decision"))
_ARRIVES_AS = {RowKind.VERSION: RelationCode.ORIGINAL, RowKind.ERASED: RelationCode.ERASED}
_STATUS: dict[int, Status | None] = {RowKind.WITHDRAWN: Status.WITHDRAWN, RowKind.ERASED: None}
_RELATIONS: dict[int, Relation] = {
    RelationCode.ORIGINAL: Relation.ORIGINAL,
    RelationCode.EXACT: Relation.EXACT,
    RelationCode.NEAR: Relation.NEAR,
}


def _emission(
    kind: int,
    relation_code: int,
    score: int,
    jaccard: int,
    containment: int,
    place: int,
    own_id: bytes,
    _own_hash: bytes,
    previous: bytes,
    _order_ms: int,
    _received_ms: int,
    first_received_ms: int,
    _parent_order_ms: int,
    parent: bytes,
    group: bytes,
    version: int,
    decision: int,
    _shingles: int,
) -> Emission | None:
    """What a row of these fields (ROW) emits."""
    if kind == RowKind.UNCHANGED:
        return None
    relation = _RELATIONS.get(relation_code)
    linked = relation is not None and relation is not Relation.ORIGINAL
    return Emission(
        id=own_id,
        place=place,
        status=_STATUS.get(kind, Status.USABLE),
        version=version,
        first_received_ms=first_received_ms,
        previous_hash=None if previous == NO_HASH else previous,
        decision=decision,
        relation=relation,
        of=parent if linked else None,
        group=group if relation else None,
        jaccard=jaccard / WHOLE if linked else None,
        containment=containment / WHOLE if linked else None,
        score=score / WHOLE if linked else None,
    )
