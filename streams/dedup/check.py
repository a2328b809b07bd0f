"""self_test: compiles every kernel, and compares what they give on this machine with what they must give.

The log outlives releases and machines: a kernel that differs, be it by a compiler or by a stale cache of
compiled code, would fill it with sketches that match nothing.
"""

import numpy as np
import xxhash

from streams.dedup.decide import decide
from streams.dedup.effects import Arrival
from streams.dedup.index import DedupIndex
from streams.dedup.kernels import refill
from streams.dedup.rows import NO_HASH, Fingerprint, FingerprintKind, LogRows, pack_batch, unpack_batch
from streams.dedup.sketch import STOP_PHRASES, routing_keys, sketch, stop_keys
from streams.vocabulary import Relation, Status

_SENTENCES = (
    "The harbour master of Vellmouth said on Tuesday that the ferry would not sail before the weekend,",
    "because divers had found a crack as long as a man's arm in the hull, just under the waterline.",
    "Four hundred passengers who had booked for the island's fair were told to come back on Saturday.",
    "A second ship, lent by the neighbouring county, is expected to take over the morning crossing.",
)
_FOOTED = " ".join(_SENTENCES) + f" {STOP_PHRASES[0]}"  # has boilerplate among its smallest hashes
# Two texts longer than their sketches, which share 150 words of 300.
_LONG = [" ".join(str(n * n) for n in range(first, first + 300)) for first in (0, 150)]
_GOLDEN_KEYS = (45116879, 89626552, 136823250, 164909155, 233672526, 290034634, 454524511, 457116620)
_GOLDEN_NEAR = (0.7575, 1.0)  # Jaccard and containment of the whole and its first three sentences
_GOLDEN_LONG = (0.3421, 0.5078)  # truly 147 of 447, and of 297
_GOLDEN_HEADERS = 0x676B8204C605D111  # xxh3 of the packed fingerprints of the story below
_GOLDEN_ROWS = 0xFC75C8E1AAAB4E99  # xxh3 of the rows and sketches that it is logged as


def self_test() -> None:
    """RuntimeError if a kernel or codec gives anything but the golden values; afterwards the first record is
    quick.
    """
    whole, part = sketch(" ".join(_SENTENCES)), sketch(" ".join(_SENTENCES[:3]))
    for text in (whole, sketch(_FOOTED)):
        keys = tuple(int(key) for key in routing_keys(text.values, stop_keys()))
        if keys != _GOLDEN_KEYS:
            raise RuntimeError(f"the sketch kernel is not the one the log was written with: {keys}")
    story = (
        (0, Fingerprint(FingerprintKind.ARTICLE, b"a" * 16, 1_000, 1_000, whole)),
        (1, Fingerprint(FingerprintKind.ARTICLE, b"b" * 16, 2_000, 2_000, part)),
        (2, Fingerprint(FingerprintKind.ARTICLE, b"a" * 16, 500, 3_000, whole)),  # an older one, late
        (0, Fingerprint(FingerprintKind.WITHDRAWAL, NO_HASH, 4_000, 4_000, sketch(""))),
        (2, Fingerprint(FingerprintKind.WITHDRAWAL, NO_HASH, 5_000, 5_000, sketch(""))),
        (3, Fingerprint(FingerprintKind.ARTICLE, b"c" * 16, 6_000, 6_000, sketch(_LONG[0]))),
        (4, Fingerprint(FingerprintKind.ARTICLE, b"d" * 16, 7_000, 7_000, sketch(_LONG[1]))),
    )
    _check_digest("a header", b"".join(fingerprint.pack() for _, fingerprint in story), _GOLDEN_HEADERS)
    index, log = DedupIndex(), list[LogRows]()
    for table in (index.state.by_id, index.state.by_key):
        refill(table, table.copy())  # nothing yet: it is compiled before a table has to grow
    outcome = []
    for offset, (name, fingerprint) in enumerate(story):
        effects = decide(index, Arrival(offset, bytes([name]) * 16, Fingerprint.unpack(fingerprint.pack())))
        index.apply(effects.rows)
        log.append(effects.rows)
        outcome.append(
            [(e.id[0], e.relation or e.status, e.jaccard, e.containment) for e in effects.emissions]
        )
    near = (1, Relation.NEAR, *_GOLDEN_NEAR)
    expected = [
        [(0, Relation.ORIGINAL, None, None)],
        [near],
        [(2, Relation.ORIGINAL, None, None), (0, Relation.EXACT, 1.0, 1.0), near],
        [(0, Status.WITHDRAWN, None, None)],
        [(2, Status.WITHDRAWN, None, None), (1, Relation.ORIGINAL, None, None)],
        [(3, Relation.ORIGINAL, None, None)],
        [(4, Relation.NEAR, *_GOLDEN_LONG)],
    ]
    if outcome != expected:
        raise RuntimeError(f"the decision kernels are not those the log was written with: {outcome}")
    written = b"".join(rows.rows.tobytes() + rows.sketches.astype("<u4").tobytes() for rows in log)
    _check_digest("a row of the log", written, _GOLDEN_ROWS)
    copy = DedupIndex()
    for record in pack_batch(len(story) - 1, log):
        trail.fold(unpack_batch(record)[1])
    if not all(map(np.array_equal, index.state, trail.index.state)):
        raise RuntimeError("the memory is not the fold of the log")


def _check_digest(what: str, packed: bytes, golden: int) -> None:
    digest = xxhash.xxh3_64_intdigest(packed)
    if digest != golden:
        raise RuntimeError(f"{what} is not packed as it was: {digest:#x}")
