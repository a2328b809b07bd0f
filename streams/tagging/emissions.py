"""What the model holds of every token, from weights added up without listing the features.

Features of a word alone are the same wherever it stands: their weights are summed once a word and distance
and remembered (a row of 5 distances by 7 labels), which leaves three look-ups and five additions a token.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import Tokens, sentence_end
from streams.tagging.features import (
    BIGRAM_AFTER,
    BIGRAM_BEFORE,
    BOUNDARY,
    DOCUMENT,
    SPAN,
    bigram,
    document_flags,
    feature_id,
    numbered,
    shape_triple,
)
from streams.tagging.letters import Letters
from streams.tagging.wordforms import (
    MOST_VALUES,
    REACH,
    REACHES,
    SHORT_SHAPE,
    WORD,
    Lexicons,
    shape_key,
    word_values,
)

LABELS = 7
"""O, then begin and inside of person, organisation and place."""
DISTANCES = 2 * REACH + 1
SPAN_KINDS = 16


class Weights(NamedTuple):
    """`slots`: open addressing over the upper halves of feature keys, a power of two long, 0 where free;
    `rows[slot]`: the row of `table`, shape (features, LABELS)."""

    slots: NDArray[np.uint32]
    rows: NDArray[np.int32]
    table: NDArray[np.float32]


class Memory(NamedTuple):
    """Words met before: `keys` with open addressing, a power of two long, 0 where free, and of each the row
    of its summed weights, in the order in which words came: what no word has taken yet takes no memory.

    `counts[0]`: words held. When it is full it is emptied; results never depend on what it holds.
    """

    keys: NDArray[np.uint64]
    rows: NDArray[np.int32]
    sums: NDArray[np.float32]
    shapes: NDArray[np.uint64]
    counts: NDArray[np.int64]


def fresh_memory(bits: int = 16) -> Memory:
    """Room for 2**bits * 0.7 words, 148 bytes each and 17 for a place: 7.6 MB. With 15 bits instead of 16
    tagging takes 2% longer, with 14 10%, with 12 37% (4,000 articles of news).
    """
    size = 1 << bits
    words = size * 7 // 10
    return Memory(
        np.zeros(size, np.uint64),
        np.zeros(size, np.int32),
        np.zeros((words, DISTANCES, LABELS), np.float32),
        np.zeros(words, np.uint64),
        np.zeros(1, np.int64),
    )


def weights_of(keys: NDArray[np.uint32], table: NDArray[np.float32]) -> Weights:
    """The look-up of a model's feature keys (distinct, not 0)."""
    bits = max(int(2 * len(keys)).bit_length(), 4)
    slots, rows = np.zeros(1 << bits, np.uint32), np.zeros(1 << bits, np.int32)
    _fill(keys, slots, rows)
    return Weights(slots, rows, table)


@compiled
def _fill(keys: NDArray[np.uint32], slots: NDArray[np.uint32], rows: NDArray[np.int32]) -> None:
    mask = np.int64(len(slots) - 1)
    for row in range(len(keys)):
        slot = np.int64(keys[row]) & mask
        while slots[slot]:
            slot = (slot + 1) & mask
        slots[slot] = keys[row]
        rows[slot] = row


@compiled
def row_of(weights: Weights, key: np.uint64) -> int:
    """The row of a feature's weights, -1 for a feature without."""
    short = np.uint32(key >> np.uint64(32))
    mask = np.int64(len(weights.slots) - 1)
    slot = np.int64(short) & mask
    while weights.slots[slot]:
        if weights.slots[slot] == short:
            return np.int64(weights.rows[slot])  # type: ignore[return-value]
        slot = (slot + 1) & mask
    return -1


@compiled
def _add(weights: Weights, key: np.uint64, scores: NDArray[np.float32]) -> None:
    row = row_of(weights, key)
    if row >= 0:
        for label in range(LABELS):
            scores[label] += weights.table[row, label]


@compiled
def emissions(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    spans: NDArray[np.uint8],
    letters: Letters,
    lexicons: Lexicons,
    weights: Weights,
    memory: Memory,
) -> NDArray[np.float32]:
    """Scores of every token, shape (tokens, LABELS): the sums of the weights of its features."""
    size = len(tokens.keys)
    words, sums, forms = _word_sums(codes, tokens, letters, lexicons, weights, memory)
    flags = document_flags(tokens)
    edges = np.zeros((DISTANCES, LABELS), np.float32)
    for distance in range(DISTANCES):
        _add(weights, feature_id(WORD, distance - REACH, BOUNDARY), edges[distance])
    flagged = np.zeros((8, LABELS), np.float32)
    for bits in range(8):
        for flag in range(3):
            if bits >> flag & 1:
                _add(weights, feature_id(DOCUMENT, 0, np.uint64(flag)), flagged[bits])
    known = np.zeros((SPAN_KINDS, LABELS), np.float32)
    for kind in range(1, SPAN_KINDS):
        _add(weights, feature_id(SPAN, 0, np.uint64(kind)), known[kind])
    scores = np.zeros((size, LABELS), np.float32)
    sentences = _sentence_bounds(tokens)
    rows = _context_rows(tokens.lowers, words, forms, sentences, weights)
    for i in range(size):
        first, end = sentences[i, 0], sentences[i, 1]
        for label in range(LABELS):
            scores[i, label] = flagged[flags[i], label] + known[spans[i], label]
        for distance in range(DISTANCES):
            at = i + distance - REACH
            if first <= at < end or at == i:
                word = words[at]
                for label in range(LABELS):
                    scores[i, label] += sums[word, distance, label]
            else:
                for label in range(LABELS):
                    scores[i, label] += edges[distance, label]
        for row in rows[i]:
            if row >= 0:
                for label in range(LABELS):
                    scores[i, label] += weights.table[row, label]
    return scores


@compiled
def _context_rows(
    lowers: NDArray[np.uint64],
    words: NDArray[np.int32],
    forms: NDArray[np.uint64],
    sentences: NDArray[np.int32],
    weights: Weights,
) -> NDArray[np.int32]:
    """The rows of the features about a token and its neighbours, shape (tokens, 3), -1 where there is none.

    Apart from the additions: most look-ups miss the processor's caches, and here they wait together.
    """
    rows = np.full((len(words), 3), -1, np.int32)
    for i in range(len(words)):
        first, end = sentences[i, 0], sentences[i, 1]
        before, after = BOUNDARY, BOUNDARY
        if i > first:
            before = forms[words[i - 1]]
            rows[i, 0] = row_of(weights, bigram(BIGRAM_BEFORE, lowers[i], lowers[i - 1]))
        if i + 1 < end:
            after = forms[words[i + 1]]
            rows[i, 1] = row_of(weights, bigram(BIGRAM_AFTER, lowers[i], lowers[i + 1]))
        rows[i, 2] = row_of(weights, shape_triple(before, forms[words[i]], after))
    return rows


@compiled
def _word_sums(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    letters: Letters,
    lexicons: Lexicons,
    weights: Weights,
    memory: Memory,
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.uint64]]:
    """Each token's word by number, and each word's summed weights and short shape."""
    words, count = numbered(tokens.keys)
    sums = np.zeros((count, DISTANCES, LABELS), np.float32)
    forms = np.empty(count, np.uint64)
    templates, values = np.empty(MOST_VALUES, np.int64), np.empty(MOST_VALUES, np.uint64)
    mask = np.int64(len(memory.keys) - 1)
    next_word = 0
    for i in range(len(tokens.keys)):
        if words[i] != next_word:
            continue
        word = next_word
        next_word += 1
        key = tokens.keys[i]
        slot = np.int64(key >> np.uint64(1)) & mask
        while memory.keys[slot] and memory.keys[slot] != key:
            slot = (slot + 1) & mask
        if memory.keys[slot] == key:
            sums[word] = memory.sums[memory.rows[slot]]
            forms[word] = memory.shapes[memory.rows[slot]]
            continue
        forms[word] = shape_key(codes, tokens.starts[i], tokens.ends[i], letters, SHORT_SHAPE)
        found = word_values(
            codes,
            tokens.starts[i],
            tokens.ends[i],
            key,
            tokens.lowers[i],
            int(tokens.marks[i]),
            letters,
            lexicons,
            templates,
            values,
        )
        for j in range(found):
            template = templates[j]
            reach = REACHES[template]
            for offset in range(-reach, reach + 1):
                _add(weights, feature_id(template, offset, values[j]), sums[word, offset + REACH])
        if memory.counts[0] == len(memory.sums):
            memory.keys[:] = np.uint64(0)
            memory.counts[0] = 0
            slot = np.int64(key >> np.uint64(1)) & mask
        row = memory.counts[0]
        memory.keys[slot], memory.rows[slot] = key, row
        memory.sums[row], memory.shapes[row] = sums[word], forms[word]
        memory.counts[0] += 1
    return words, sums, forms


@compiled
def _sentence_bounds(tokens: Tokens) -> NDArray[np.int32]:
    """First and end token of each token's sentence, shape (tokens, 2); a line break is alone."""
    bounds = np.empty((len(tokens.keys), 2), np.int32)
    first = 0
    while first < len(bounds):
        end = max(sentence_end(tokens, first), first + 1)
        for i in range(first, end):
            bounds[i, 0], bounds[i, 1] = first, end
        first = end
    return bounds
