"""What the model holds of every token, from weights added up without listing the features.

Features of a word alone are the same wherever it stands: their weights are summed once a word and distance
and remembered (memory.py), which leaves three look-ups and nine additions of a row a token.
"""

import numpy as np
from numpy.typing import NDArray

from streams.ahead import fetch
from streams.compiled import compiled
from streams.tagging.cut import Tokens
from streams.tagging.features import (
    BIGRAM_AFTER,
    BIGRAM_BEFORE,
    DOCUMENT,
    SPAN,
    bigram,
    document_flags,
    feature_id,
)
from streams.tagging.lanes import LANES, lanes, plus, put
from streams.tagging.letters import Letters
from streams.tagging.memory import (
    DISTANCES,
    Memory,
    beyond,
    lower_places,
    places_of,
    seals_of,
    shape_rows,
    with_room,
)
from streams.tagging.weights import Weights, add, fetch_row_of, may_have, nothing, row_of
from streams.tagging.wordforms import Lexicons

SPAN_KINDS = 16
_FLAGS = 3


@compiled
def emissions(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    opens: NDArray[np.bool_],
    spans: NDArray[np.uint8],
    letters: Letters,
    lexicons: Lexicons,
    weights: Weights,
    memory: Memory,
) -> NDArray[np.float32]:
    """Scores of every token, shape (tokens, LANES), LABELS of them used: the sums of its features' weights.

    `opens`: of `sentence_starts`. `spans`: of `model.known`.
    """
    seals = seals_of(codes, tokens, memory)
    memory = with_room(memory, seals)
    words = places_of(codes, tokens, seals, letters, lexicons, weights, memory)
    neighbours = _neighbour_rows(tokens.lowers, opens, weights)
    shapes = shape_rows(words, opens, weights, memory)
    lowers = lower_places(codes, tokens, words, letters, memory)
    flags = document_flags(tokens, opens, words, lowers, beyond(memory) + 1)
    flagged = np.zeros((1 << _FLAGS, LANES), np.float32)
    for bits in range(1 << _FLAGS):
        for flag in range(_FLAGS):
            if bits >> flag & 1:
                add(weights, feature_id(DOCUMENT, 0, np.uint64(flag)), flagged, bits)
    known = np.zeros((SPAN_KINDS, LANES), np.float32)
    for kind in range(1, SPAN_KINDS):
        add(weights, feature_id(SPAN, 0, np.uint64(kind)), known, kind)
    scores = np.empty((len(words), LANES), np.float32)
    sums, table, edge = memory.sums, weights.table, beyond(memory)
    for i in range(len(words)):
        second_before, before, after, second_after = edge, edge, edge, edge
        if not opens[i]:
            before = words[i - 1]
            if not opens[i - 1]:
                second_before = words[i - 2]
        if not opens[i + 1]:
            after = words[i + 1]
            if not opens[i + 2]:
                second_after = words[i + 2]
        score = plus(lanes(flagged, flags[i]), lanes(known, spans[i]))
        score = plus(score, lanes(sums, second_before * DISTANCES))
        score = plus(score, lanes(sums, before * DISTANCES + 1))
        score = plus(score, lanes(sums, words[i] * DISTANCES + 2))
        score = plus(score, lanes(sums, after * DISTANCES + 3))
        score = plus(score, lanes(sums, second_after * DISTANCES + 4))
        score = plus(score, lanes(table, neighbours[i, 0]))
        score = plus(score, lanes(table, neighbours[i, 1]))
        put(scores, i, plus(score, lanes(table, shapes[i])))
    return scores


@compiled
def _neighbour_rows(
    lowers: NDArray[np.uint64], opens: NDArray[np.bool_], weights: Weights
) -> NDArray[np.int32]:
    """The rows of the features about a token and the one before it, and the one after, shape (tokens, 2).

    Apart from the additions: look-ups that miss the processor's caches wait together.
    """
    rows = np.full((len(lowers), 2), nothing(weights), np.int32)
    likely, count = np.empty((2 * len(lowers), 2), np.uint64), 0
    for i in range(len(lowers)):
        for side in range(2):
            if opens[i + side]:
                continue
            if side:
                key = bigram(BIGRAM_AFTER, lowers[i], lowers[i + 1])
            else:
                key = bigram(BIGRAM_BEFORE, lowers[i], lowers[i - 1])
            if may_have(weights, key):
                likely[count, 0], likely[count, 1] = key, np.uint64(2 * i + side)
                fetch_row_of(weights, key)
                count += 1
    for i in range(count):
        place = likely[i, 1]
        row = row_of(weights, likely[i, 0])
        fetch(weights.table, row, 0)
        rows[place >> np.uint64(1), place & np.uint64(1)] = row
    return rows
