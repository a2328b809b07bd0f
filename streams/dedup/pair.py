"""Two texts beside each other, and the rule in words: for people who ask why one is a copy of the other.

What is judged here is judged by the functions of compare.py; only the words are made here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.dedup.compare import (
    EQUAL_ONLY_BELOW,
    LONG,
    LONG_CONTAINMENT,
    LONG_JACCARD,
    LONG_SHARED,
    PART_CONTAINMENT,
    PART_SHARED,
    SHORT_CONTAINMENT,
    SHORT_JACCARD,
    SHORT_SHARED,
    WHOLE,
    is_copy,
    may_be_part,
    near_score,
    resemblance,
)
from streams.dedup.sketch import routing_keys, stop_keys


@dataclass(frozen=True, slots=True)
class Text:
    """What the memory knows of a text: the hash of all of it, its number of shingles, its sketch."""

    content_hash: bytes
    shingles: int
    values: NDArray[np.uint32]  # [min(shingles, SKETCH_WIDTH)]


@dataclass(frozen=True, slots=True)
class Pair:
    """How two texts compare. Shares in ten-thousandths; `shared`: estimated number of common shingles."""

    equal: bool
    jaccard: int
    containment: int
    shared: int
    shingles: int
    other_shingles: int
    keys: int  # routing keys in common, by which a text is found unless it is equal
    copy: bool
    score: int  # 0 where it is no copy

    @property
    def why(self) -> str:
        """Which threshold was reached, or all that were not."""
        if self.equal:
            return "the same text to the byte"
        shorter, longer = sorted((self.shingles, self.other_shingles))
        if shorter < EQUAL_ONLY_BELOW:
            return f"{shorter} shingles: under {EQUAL_ONLY_BELOW} only equal texts are copies"
        least_jaccard, least_containment, least_shared = SHORT_JACCARD, SHORT_CONTAINMENT, SHORT_SHARED
        whose = f"a text has under {LONG} shingles"
        if shorter >= LONG:
            least_jaccard, least_containment, least_shared = LONG_JACCARD, LONG_CONTAINMENT, LONG_SHARED
            whose = f"both texts have at least {LONG} shingles"
        elif may_be_part(shorter, longer) and not self._reaches(SHORT_CONTAINMENT, SHORT_SHARED):
            least_containment, least_shared = PART_CONTAINMENT, PART_SHARED
            whose += f", the other {longer / shorter:.1f} times as many"
        jaccard = f"J {share(self.jaccard)} {_sign(self.jaccard, least_jaccard)} {share(least_jaccard)}"
        if self.jaccard >= least_jaccard:
            return f"{jaccard} ({whose})"
        contained = (
            f"C {share(self.containment)} {_sign(self.containment, least_containment)} "
            f"{share(least_containment)}"
        )
        common = f"{self.shared} {_sign(self.shared, least_shared)} {least_shared} shared shingles"
        if self.copy:
            return f"{contained} and {common} ({whose})"
        failed = [
            words
            for words, value, least in (
                (contained, self.containment, least_containment),
                (common, self.shared, least_shared),
            )
            if value < least
        ]
        return f"{jaccard}, and {' and '.join(failed)} ({whose})"

    def _reaches(self, containment: int, shared: int) -> bool:
        return self.containment >= containment and self.shared >= shared


def compared(own: Text, other: Text) -> Pair:
    """Two texts judged by the rule, whether or not a search would find one by the other."""
    sizes = own.shingles, other.shingles
    keys = 0
    if min(sizes) >= EQUAL_ONLY_BELOW:
        keys = len(np.intersect1d(_keys(own), _keys(other)))
    if own.content_hash == other.content_hash:
        return Pair(True, WHOLE, WHOLE, own.shingles, *sizes, keys, copy=True, score=WHOLE)
    jaccard, containment, shared = resemblance(own.values, sizes[0], other.values, sizes[1])
    copy = is_copy(jaccard, containment, shared, *sizes)
    score = near_score(jaccard, containment) if copy else 0
    return Pair(False, jaccard, containment, shared, *sizes, keys, copy=copy, score=score)


def share(ten_thousandths: int) -> str:
    """A share with three places, cut and not rounded: what fails a threshold never looks as if it did not."""
    return f"{ten_thousandths // 10 / 1000:.3f}"


def _keys(text: Text) -> NDArray[np.uint32]:
    return routing_keys(text.values, stop_keys())


def _sign(value: int, least: int) -> str:
    return ">=" if value >= least else "<"
