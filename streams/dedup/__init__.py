"""Exact copies, near copies and versions: a pure core of fingerprints, a memory and decisions.

fingerprint_of(event) is made in the tag step; decide(index, arrival) gives the effects, whose rows are
logged and folded by index.apply. Folding the log from its start gives the same memory again.
"""

from streams.dedup.check import self_test
from streams.dedup.decide import decide
from streams.dedup.effects import Arrival, Effects, Emission, rejected
from streams.dedup.epoch import Epoch, Phase, digest_of
from streams.dedup.fingerprint import fingerprint_of, removal
from streams.dedup.index import DedupIndex, IndexStats
from streams.dedup.rows import (
    REMOVALS,
    Fingerprint,
    FingerprintKind,
    LogRows,
    epoch_of,
    pack_batch,
    partition_and_offset,
    place_at,
    unpack_batch,
)
from streams.dedup.sketch import SKETCH_VERSION

__all__ = [
    "REMOVALS",
    "SKETCH_VERSION",
    "Arrival",
    "DedupIndex",
    "Effects",
    "Emission",
    "Epoch",
    "Fingerprint",
    "FingerprintKind",
    "IndexStats",
    "LogRows",
    "Phase",
    "decide",
    "digest_of",
    "epoch_of",
    "fingerprint_of",
    "pack_batch",
    "partition_and_offset",
    "place_at",
    "rejected",
    "removal",
    "self_test",
    "unpack_batch",
]
