"""What the model holds of every token, from weights added up without listing the features.

Features of a word alone are the same wherever it stands: their weights are summed once a word and distance
and remembered (memory.py), which leaves three look-ups and nine additions of a row a token.
"""

import numpy as np
from numpy.typing import NDArray

from streams.ahead import fetch
from streams.compiled import compiled, uncounted
from streams.tagging.cut import Tokens
from streams.tagging.features import (
    BIGRAM_AFTER,
    BIGRAM_BEFORE,
    BOUNDARY,
    DOCUMENT,
    SPAN,
    bigram,
    document_flags,
    feature_id,
)
from streams.tagging.lanes import LANES, lanes, plus, put
from streams.tagging.learning import places_of
from streams.tagging.letters import Letters
from streams.tagging.memory import (
    DISTANCES,
    Memory,
    beyond,
    extra_row,
    row_of_word,
    seals_of,
    shape_rows,
    with_room,
)
from streams.tagging.weights import Weights, add, fetch_row_of, may_have, nothing, row_of
from streams.tagging.wordforms import REACH, WORD, Lexicons

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
    if memory.counts[0] == 0:
        _learn_constants(weights, memory)
    words = places_of(codes, tokens, seals, letters, lexicons, weights, memory)
    neighbours = _neighbour_rows(tokens.lowers, opens, weights)
    shapes = shape_rows(words, opens, weights, memory)
    flags = document_flags(tokens, opens, memory.secret[0])
    flagged, known = extra_row(memory, 0), extra_row(memory, 1 << _FLAGS)
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
        score = plus(lanes(sums, flagged + flags[i]), lanes(sums, known + spans[i]))
        score = plus(score, lanes(sums, row_of_word(second_before, 0)))
        score = plus(score, lanes(sums, row_of_word(before, 1)))
        score = plus(score, lanes(sums, row_of_word(words[i], 2)))
        score = plus(score, lanes(sums, row_of_word(after, 3)))
        score = plus(score, lanes(sums, row_of_word(second_after, 4)))
        score = plus(score, lanes(table, neighbours[i, 0]))
        score = plus(score, lanes(table, neighbours[i, 1]))
        put(scores, i, plus(score, lanes(table, shapes[i])))
    return scores


@compiled
def _learn_constants(weights: Weights, memory: Memory) -> None:
    """Puts into a memory what words beyond a sentence's ends, the document and known names add to scores."""
    sums = memory.sums
    edge, flagged, known = (
        row_of_word(beyond(memory), 0),
        extra_row(memory, 0),
        extra_row(memory, 1 << _FLAGS),
    )
    sums[edge:] = 0
    for distance in range(DISTANCES):
        add(weights, feature_id(WORD, distance - REACH, BOUNDARY), sums, edge + distance)
    for bits in range(1 << _FLAGS):
        for flag in range(_FLAGS):
            if bits >> flag & 1:
                add(weights, feature_id(DOCUMENT, 0, np.uint64(flag)), sums, flagged + bits)
    for kind in range(1, SPAN_KINDS):
        add(weights, feature_id(SPAN, 0, np.uint64(kind)), sums, known + kind)


@compiled
def _neighbour_rows(
    lowers: NDArray[np.uint64], opens: NDArray[np.bool_], weights: Weights
) -> NDArray[np.int32]:
    """The rows of the features about a token and the one before it, and the one after, shape (tokens, 2).

    Apart from the additions: look-ups that miss the processor's caches wait together.
    """
    lowers, opens, weights = uncounted(lowers), uncounted(opens), uncounted(weights)
    size = len(lowers)
    before, after = np.empty(size, np.uint64), np.empty(size, np.uint64)
    for i in range(1, size):  # by itself, it is done for several tokens at once
        before[i] = bigram(BIGRAM_BEFORE, lowers[i], lowers[i - 1])
    for i in range(size - 1):
        after[i] = bigram(BIGRAM_AFTER, lowers[i], lowers[i + 1])
    rows = np.full((size, 2), nothing(weights), np.int32)
    likely, count = np.empty((2 * size, 2), np.uint64), 0
    for i in range(size):
        for side in range(2):
            if opens[i + side]:
                continue
            key = after[i] if side else before[i]
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
