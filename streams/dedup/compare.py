"""The rule: when one text is a copy of another, judged from their sketches alone.

The design's, measured on 640 real wire stories: precision .991, recall .903, F1 .945 (MinHash-LSH 42x3 .826,
SimHash .665, sentence embeddings .450). Better than it by two measurements on 3,742 articles with copies and
1,370 unrelated newswire items (of 1,500; the others are rejected by cleaning):

- Texts count as long from 120 shingles, not from 160: no unrelated pair of 110 to 160 has a Jaccard over .17
  or a containment over .52, while a third of the real copies of that length stayed below .5. Pairs' F1 .958
  -> .972.
- Templates have the same length, parts have not. Of the unrelated pairs of which one is short and the other
  1.5 times as long, none shares 40 shingles and a containment over .52: there a part is believed from .6 on.
  F1 .972 -> .979, better in each of five folds of stories, with no link more among the items. Constants
  chosen on four folds and judged on the fifth give .979 as well, datasketch's MinHashLSH .975. F1 stays over
  .978 from 1.2 to 2 times the length, from .55 to .65, from 35 to 45 shingles.

Shares are integers in ten-thousandths, so that what is logged is what is compared.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.dedup.sketch import SKETCH_WIDTH

# Raise it with any change to what is a copy of what: the thresholds and shares below, which parent is the
# best, the routing keys and stop phrases, the windows. A log made by another rule is then refused.
RULE_VERSION = 2

WHOLE = 10_000  # ten-thousandths: a share of 1, and the score of an exact copy
BEST_NEAR = WHOLE - 1  # texts that differ never score like an exact copy, whatever their sketches say

EQUAL_ONLY_BELOW = 25  # shingles: shorter texts are copies only when they are equal
LONG = 120  # shingles: both texts at least this long are judged by the milder thresholds

# Long texts. The 60 shared shingles keep apart what has only a long quotation in common.
LONG_JACCARD = 2_500
LONG_CONTAINMENT = 6_000
LONG_SHARED = 60  # estimated shingles

# Short texts are mostly templates ("X sets quarterly"): 3 links among 1,370 of them.
SHORT_JACCARD = 5_000
SHORT_CONTAINMENT = 8_000
SHORT_SHARED = 30  # estimated shingles

# Short parts of longer texts: teasers, first paragraphs. A quotation of 30 words is no part.
PART_LENGTHS = (3, 2)  # the other has at least 3/2 times as many shingles
PART_CONTAINMENT = 6_000
PART_SHARED = 40  # estimated shingles

# From fewer common values nothing is extrapolated: 5 of 7 of a text of 87 shingles were in one of 4,047 by
# chance.
FEWEST_SEEN = 8


@compiled
def resemblance(
    left: NDArray[np.uint32], left_shingles: int, right: NDArray[np.uint32], right_shingles: int
) -> tuple[int, int, int]:
    """(Jaccard, containment of the smaller text, estimated number of shared shingles) of two sketches; the
    number of those seen where they are fewer than FEWEST_SEEN.

    Only values up to the end of the shorter-reaching sketch are compared: below it both sketches are
    complete. The containment is the share of the smaller text's values there that the other has, which is
    exact for a true part.
    """
    i = 0
    j = 0
    shared = 0
    while i < left.shape[0] and j < right.shape[0]:
        # Without a branch, which would be guessed wrongly every other time: .6 us instead of 1.2.
        one, other = left[i], right[j]
        shared += int(one == other)
        i += int(one <= other)
        j += int(other <= one)
    # a sketch that ended without being full holds its whole text: the rest of the other one counts too
    if i == left.shape[0] and left_shingles <= SKETCH_WIDTH:
        j = right.shape[0]
    if j == right.shape[0] and right_shingles <= SKETCH_WIDTH:
        i = left.shape[0]
    smaller_shingles = min(left_shingles, right_shingles)
    smaller = i if left_shingles < right_shingles else j
    if left_shingles == right_shingles:
        smaller = max(i, j)  # the same whichever text is named first
    if shared == 0 or smaller == 0:
        return 0, 0, 0
    jaccard = shared * WHOLE // (i + j - shared)
    containment = shared * WHOLE // smaller
    if shared < FEWEST_SEEN:
        return jaccard, containment, shared
    return jaccard, containment, shared * smaller_shingles // smaller


@compiled
def is_copy(jaccard: int, containment: int, shared: int, left_shingles: int, right_shingles: int) -> bool:
    """The rule for two texts that are not equal."""
    shorter, longer = min(left_shingles, right_shingles), max(left_shingles, right_shingles)
    if shorter < EQUAL_ONLY_BELOW:
        return False
    if shorter >= LONG:
        return jaccard >= LONG_JACCARD or (containment >= LONG_CONTAINMENT and shared >= LONG_SHARED)
    if jaccard >= SHORT_JACCARD or (containment >= SHORT_CONTAINMENT and shared >= SHORT_SHARED):
        return True
    return may_be_part(shorter, longer) and containment >= PART_CONTAINMENT and shared >= PART_SHARED


@compiled
def may_be_part(shorter: int, longer: int) -> bool:
    """Whether texts of so many shingles differ enough in length to be no two fillings of a template."""
    return longer * PART_LENGTHS[1] >= shorter * PART_LENGTHS[0]


@compiled
def near_score(jaccard: int, containment: int) -> int:
    """How good a parent is: by it the best one is chosen."""
    return min(max(jaccard, containment), BEST_NEAR)
