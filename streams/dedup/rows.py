"""The packed records: an article's fingerprint (a Kafka header) and the rows of the state log dedup.index.e*.

Little-endian throughout. The log is the memory of de-duplication: folding its rows in order gives the state.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from streams.dedup.epoch import LOG_FORMAT, Epoch, Phase
from streams.dedup.sketch import SKETCH_VERSION, SKETCH_WIDTH, Sketch, is_ascending

RECORD_LIMIT = 900_000  # bytes of a packed log record: Kafka's default record limit is 1 MiB
NO_HASH = bytes(16)
_OFFSET_BITS = 48
ANY_EPOCH = Epoch()  # of files and tests, which keep no log


class FingerprintKind(IntEnum):
    ARTICLE = 1
    WITHDRAWAL = 2  # the publisher took the article back
    ERASURE = 3  # nothing of it may stay; the record beside it has no value


# What takes an article away. These records stand in articles.tagged as long as that topic is kept: whatever
# reads a stretch again has to know of them first, and they win over what it reads.
REMOVALS = frozenset({FingerprintKind.WITHDRAWAL, FingerprintKind.ERASURE})


class RowKind(IntEnum):
    """What a row of the log says about an input record, or for LINK about an earlier article."""

    VERSION = 1  # a new text of an id; its sketch is in the log
    LINK = 2  # an earlier article has another parent, or none any more
    UNCHANGED = 3  # nothing new about the id
    REJECTED = 4  # the input had no sound fingerprint
    WITHDRAWN = 5  # the id has no text any more
    ERASED = 6  # the same, and its events are to be forgotten


class RelationCode(IntEnum):
    NONE = 0  # withdrawn
    ORIGINAL = 1
    EXACT = 2
    NEAR = 3
    ERASED = 4


def place_at(partition: int, offset: int) -> int:
    """Where a record of articles.tagged lies, in one number: 48 bits of offset, above them its partition.

    After a rebuild with another domain table an article's bytes may lie in another domain's partition.
    """
    return partition << _OFFSET_BITS | offset


def partition_and_offset(place: int) -> tuple[int, int]:
    """The inverse of place_at."""
    return place >> _OFFSET_BITS, place & (1 << _OFFSET_BITS) - 1


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """All that de-duplication knows of an article: times in ms since 1970, the hash of its text, its sketch.

    A withdrawal or an erasure has NO_HASH and an empty sketch.
    """

    kind: FingerprintKind
    content_hash: bytes
    order_ms: int
    received_ms: int
    sketch: Sketch

    def pack(self) -> bytes:
        """The header `copydesk-fp`: 38 bytes, then 4 for each value of the sketch."""
        values = self.sketch.values.astype("<u4", copy=False).tobytes()
        shingles = self.sketch.shingles
        times = self.order_ms, self.received_ms
        return _FINGERPRINT.pack(SKETCH_VERSION, self.kind, self.content_hash, *times, shingles) + values

    @staticmethod
    def unpack(packed: bytes) -> "Fingerprint":
        """The inverse of pack; ValueError on anything that pack does not write."""
        if len(packed) < _FINGERPRINT.size:
            raise ValueError(f"fingerprint: {len(packed)} bytes, at least {_FINGERPRINT.size} expected")
        version, kind, content_hash, order_ms, received_ms, shingles = _FINGERPRINT.unpack_from(packed)
        if version != SKETCH_VERSION:
            raise ValueError(f"fingerprint: sketch version {version}, {SKETCH_VERSION} expected")
        kind = FingerprintKind(kind)
        if not all(_EARLIEST_MS <= time <= _LATEST_MS for time in (order_ms, received_ms)):
            raise ValueError("fingerprint: a time outside the years 1 to 9999")
        width = min(shingles, SKETCH_WIDTH)
        if len(packed) != _FINGERPRINT.size + 4 * width:
            raise ValueError(f"fingerprint: {len(packed)} bytes for {shingles} shingles")
        values = np.frombuffer(packed, "<u4", offset=_FINGERPRINT.size).astype(np.uint32, copy=False)
        values.flags.writeable = False
        if not is_ascending(values):
            raise ValueError("fingerprint: the sketch is not ascending")
        if kind in REMOVALS and (shingles or content_hash != NO_HASH):
            raise ValueError("fingerprint: a withdrawal or an erasure with a text")
        return Fingerprint(kind, content_hash, order_ms, received_ms, Sketch(shingles, values))


ROW = np.dtype(
    [
        ("kind", "u1"),
        ("relation", "u1"),
        ("score", "<u2"),  # ten-thousandths, as the two below
        ("jaccard", "<u2"),
        ("containment", "<u2"),
        ("place", "<i8"),  # of the tagged record that holds the article's bytes: place_at
        ("id", "<u8", 2),  # 16 bytes read as two numbers, as all ids and hashes
        ("hash", "<u8", 2),
        ("previous", "<u8", 2),  # hash of the version before, NO_HASH if there was none
        ("order", "<i8"),  # ms, as the three times below
        ("received", "<i8"),
        ("first_received", "<i8"),
        ("parent_order", "<i8"),
        ("parent", "<u8", 2),  # of an UNCHANGED row: the replay that forces what follows from it, or 0
        ("group", "<u8", 2),
        ("version", "<u4"),
        ("decision", "<u4"),
        ("shingles", "<u4"),
    ]
)


@dataclass(frozen=True, slots=True)
class LogRows:
    """`rows`: ROW[n]; `sketches`: uint32[number of VERSION rows, SKETCH_WIDTH] in the same order, zeros
    after the end."""

    rows: NDArray[Any]
    sketches: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.rows)


def pack_batch(
    applied: int, batch: Sequence[LogRows], epoch: Epoch = ANY_EPOCH, phase: Phase = Phase.LIVE
) -> list[bytes]:
    """The log records of one transaction, none over RECORD_LIMIT bytes.

    `applied` is the offset of the last input record decided in it; every record carries it, and the epoch.
    """
    if not batch:
        return [_pack(applied, _NO_ROWS, epoch, phase)]
    # By their bytes: np.concatenate unites the types of structured arrays, field by field, 9 us a row.
    joined = np.frombuffer(b"".join([b.rows.tobytes() for b in batch]), ROW)
    rows = LogRows(joined, np.concatenate([b.sketches for b in batch]))
    sketched = rows.rows["kind"] == RowKind.VERSION
    before = np.cumsum(sketched) - sketched  # sketches in front of each row
    ends = np.cumsum(ROW.itemsize + 4 * SKETCH_WIDTH * sketched)
    room = RECORD_LIMIT - _BATCH.size
    records = []
    start, used = 0, 0
    while start < len(rows):
        stop = int(np.searchsorted(ends, used + room, side="right"))
        last = before[stop] if stop < len(rows) else len(rows.sketches)
        part = LogRows(rows.rows[start:stop], rows.sketches[before[start] : last])
        records.append(_pack(applied, part, epoch, phase))
        start, used = stop, int(ends[stop - 1])
    return records or [_pack(applied, _NO_ROWS, epoch, phase)]


def epoch_of(packed: bytes) -> tuple[Epoch, Phase]:
    """What a log record was written under, whatever its format; ValueError when it is damaged."""
    if len(packed) < _PREFACE.size:
        raise ValueError(f"index record: {len(packed)} bytes, at least {_PREFACE.size} expected")
    magic, log_format, sketch_version, rule, phase, checksum, domains, number = _PREFACE.unpack_from(packed)
    if magic != _MAGIC or _checksum(packed) != checksum:
        raise ValueError("index record: it does not begin as one, or has a wrong checksum")
    return Epoch(number, domains, log_format, sketch_version, rule), Phase(phase)


def unpack_batch(packed: bytes) -> tuple[int, LogRows]:
    """(applied, rows) of one log record; ValueError when it is damaged or of another format.

    Whether its sketches and decisions are those of this code, `epoch_of` says.
    """
    epoch, _phase = epoch_of(packed)
    if epoch.log_format != LOG_FORMAT:
        raise ValueError(f"index record: log format {epoch.log_format}, {LOG_FORMAT} expected")
    if len(packed) < _BATCH.size:
        raise ValueError(f"index record: {len(packed)} bytes, at least {_BATCH.size} expected")
    count, sketches, applied = _BATCH.unpack_from(packed)[-3:]
    middle = _BATCH.size + count * ROW.itemsize
    if len(packed) != middle + sketches * 4 * SKETCH_WIDTH:
        raise ValueError(f"index record: {len(packed)} bytes for {count} rows and {sketches} sketches")
    rows = np.frombuffer(packed, ROW, count, _BATCH.size).copy()
    values = np.frombuffer(packed, "<u4", offset=middle).astype(np.uint32).reshape(sketches, SKETCH_WIDTH)
    if np.count_nonzero(rows["kind"] == RowKind.VERSION) != sketches or np.any(rows["kind"] > max(RowKind)):
        raise ValueError("index record: rows of an unknown kind, or without their sketch")
    return applied, LogRows(rows, values)


def forced_by(rows: LogRows) -> Iterator[bytes]:
    """The id and the replay, 32 bytes, of each row that says a decision was forced (forced.py)."""
    marked = (rows.rows["kind"] == RowKind.UNCHANGED) & rows.rows["parent"].any(axis=1)
    for row in rows.rows[marked]:
        yield row["id"].tobytes() + row["parent"].tobytes()


_EARLIEST_MS = -62_135_596_800_000  # 0001-01-01
_LATEST_MS = 253_402_300_799_999  # 9999-12-31
_FINGERPRINT = struct.Struct(
    "<BB16sqqI"
)  # sketch version, kind, content hash, order ms, received ms, shingles

_MAGIC = b"CDIX"
# Of every format from 2 on: magic, format, sketch version, rule version, phase, checksum, domains, epoch.
_PREFACE = struct.Struct("<4sBBBBQ8sI")
_BATCH = struct.Struct(_PREFACE.format + "IIq")  # and rows, sketches, applied
_CHECKSUM = slice(8, 16)
_NO_ROWS = LogRows(np.zeros(0, ROW), np.zeros((0, SKETCH_WIDTH), np.uint32))


def _pack(applied: int, rows: LogRows, epoch: Epoch, phase: Phase) -> bytes:
    versions = epoch.log_format, epoch.sketch, epoch.rule
    counts = len(rows), len(rows.sketches)
    head = _BATCH.pack(_MAGIC, *versions, phase, 0, epoch.domains, epoch.number, *counts, applied)
    body = rows.rows.tobytes() + rows.sketches.astype("<u4", copy=False).tobytes()
    checksum = struct.pack("<Q", _checksum(head + body))
    return head[: _CHECKSUM.start] + checksum + head[_CHECKSUM.stop :] + body


def _checksum(packed: bytes) -> int:
    """Of all but the checksum itself."""
    return xxhash.xxh3_64_intdigest(packed[: _CHECKSUM.start] + packed[_CHECKSUM.stop :])
