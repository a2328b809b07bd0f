"""A second decoder of dedup.index, written from the layout: the auditor believes no code of the product.

A record: "CDIX", four bytes of versions and phase, a checksum of 8, the domain table's hash (8), the epoch
(u32), the number of rows and of sketches (u32 each), `applied` (i64); then the rows of 140 bytes each, then
the sketches. Little-endian. test_index_rows.py holds it to streams/dedup/rows.py.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

MAGIC = b"CDIX"
HEAD = struct.Struct("<4s4xQ8sIIIq")
# kind, relation, three shares, place, id, hash and previous hash, four times, parent, group, then version,
# decision, shingles
ROW = struct.Struct("<BB6xq16s16x16x32x16s16sII4x")
OFFSET_BITS = 48


class Kind(IntEnum):
    VERSION = 1
    LINK = 2
    UNCHANGED = 3
    REJECTED = 4
    WITHDRAWN = 5
    ERASED = 6


EMITS = frozenset({Kind.VERSION, Kind.LINK, Kind.WITHDRAWN, Kind.ERASED})


@dataclass(frozen=True, slots=True)
class Row:
    """What the log says: of the input at partition/offset, or with LINK of an earlier article whose bytes
    lie there.
    """

    kind: Kind
    partition: int
    offset: int
    id: str
    version: int
    decision: int

    @property
    def decided(self) -> str:
        """The ce_id of the event that goes with it."""
        return f"{self.id}:{self.version}:{self.decision}"


def applied_of(packed: bytes) -> int:
    """The last input offset that a record of the log covers."""
    applied: int = HEAD.unpack_from(packed)[-1]
    return applied


def rows_of(packed: bytes) -> Iterator[Row]:
    """The rows of one record. Raises ValueError where it is none."""
    magic, _checksum, _domains, _epoch, count, sketches, _applied = HEAD.unpack_from(packed)
    if magic != MAGIC or (len(packed) - HEAD.size - count * ROW.size) % max(1, sketches):
        raise ValueError("no record of dedup.index")
    for at in range(HEAD.size, HEAD.size + count * ROW.size, ROW.size):
        kind, _relation, place, own, _parent, _group, version, decision = ROW.unpack_from(packed, at)
        offset = place & ((1 << OFFSET_BITS) - 1)
        yield Row(Kind(kind), place >> OFFSET_BITS, offset, own.hex(), version, decision)
