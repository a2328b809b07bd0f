"""Exact copies, near copies and versions: a pure core of fingerprints, a memory and decisions.

fingerprint_of(event) is made in the tag step; decide(index, arrival) gives the effects, whose rows are
logged and folded by index.apply. Folding the log from its start gives the same memory again.
"""

from streams.dedup.check import self_test
from streams.dedup.decide import decide
from streams.dedup.effects import Arrival, Effects, Emission, rejected
from streams.dedup.fingerprint import fingerprint_of, removal
from streams.dedup.index import DedupIndex, IndexStats
from streams.dedup.rows import REMOVALS, Fingerprint, FingerprintKind, LogRows, pack_batch, unpack_batch
from streams.dedup.sketch import SKETCH_VERSION

__all__ = [
    "REMOVALS",
    "SKETCH_VERSION",
    "Arrival",
    "DedupIndex",
    "Effects",
    "Emission",
    "Fingerprint",
    "FingerprintKind",
    "IndexStats",
    "LogRows",
    "decide",
    "fingerprint_of",
    "pack_batch",
    "rejected",
    "removal",
    "self_test",
    "unpack_batch",
]
