"""Words met before, with their features' weights added up: those are the same wherever a word stands."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined
from streams.tagging.cut import Tokens
from streams.tagging.features import BOUNDARY, feature_id, shape_triple
from streams.tagging.lanes import LANES
from streams.tagging.letters import Letters
from streams.tagging.weights import Weights, add, row_of
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

DISTANCES = 2 * REACH + 1
NO_WORD = np.uint64(0)
_KEY, _SHAPE = 0, 1
_BITS = 16
_TRIPLE_BITS = 10
"""Shape triples kept: a text has some hundred, 88% of them with weights."""
_LAST_TRIPLE = np.uint64((1 << _TRIPLE_BITS) - 1)
_ONE = np.uint64(1)


class Memory(NamedTuple):
    """Open addressing, a power of two long: `words[place]` is a word's key and its short shape's.

    `sums[DISTANCES * place + distance]`: what the word adds to the scores of a token that far from it; behind
    the last place those of the word beyond a sentence's ends. `triples`: shapes of three words and the row of
    their weights. `counts[0]`: words held. Results never depend on what it holds.
    """

    words: NDArray[np.uint64]
    sums: NDArray[np.float32]
    triples: NDArray[np.uint64]
    counts: NDArray[np.int64]


@compiled
def fresh_memory(bits: int = _BITS) -> Memory:
    """Room for the words of a text of 2**bits * 0.7 tokens, 176 bytes each."""
    size = 1 << bits
    return Memory(
        np.zeros((size, 2), np.uint64),
        np.zeros(((size + 1) * DISTANCES, LANES), np.float32),
        np.zeros((1 << _TRIPLE_BITS, 4), np.uint64),
        np.zeros(1, np.int64),
    )


@compiled
def with_room(memory: Memory, tokens: int) -> Memory:
    """A memory whose words will not be forgotten before so many tokens are done: this one, emptied when it
    is full, or for a very long text one of its own."""
    most = len(memory.words) * 7 // 10
    if memory.counts[0] + tokens > most:
        if tokens > most:
            bits = _BITS
            while (1 << bits) * 7 // 10 < tokens:
                bits += 1
            return fresh_memory(bits)
        memory.words[:] = NO_WORD
        memory.counts[0] = 0
    return memory


@inlined
def beyond(memory: Memory) -> int:
    """The place of the word beyond the ends of a sentence."""
    return len(memory.words)


@inlined
def place_of(memory: Memory, key: np.uint64) -> int:
    """Where a word is, or would be: the key there is NO_WORD then."""
    mask = np.int64(len(memory.words) - 1)
    place = np.int64(key >> _ONE) & mask
    while memory.words[place, _KEY] != key and memory.words[place, _KEY] != NO_WORD:
        place = (place + 1) & mask
    return place  # type: ignore[return-value]


@compiled
def places_of(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    letters: Letters,
    lexicons: Lexicons,
    weights: Weights,
    memory: Memory,
) -> NDArray[np.int32]:
    """Each token's place in the memory; what was not there is learnt."""
    places = np.empty(len(tokens.keys), np.int32)
    templates, values = np.empty(MOST_VALUES, np.int64), np.empty(MOST_VALUES, np.uint64)
    edge = beyond(memory) * DISTANCES
    memory.sums[edge : edge + DISTANCES] = 0
    for distance in range(DISTANCES):
        add(weights, feature_id(WORD, distance - REACH, BOUNDARY), memory.sums, edge + distance)
    for i in range(len(places)):
        key = tokens.keys[i]
        place = place_of(memory, key)
        places[i] = place
        if memory.words[place, _KEY] == key:
            continue
        memory.counts[0] += 1
        memory.words[place, _KEY] = key
        memory.words[place, _SHAPE] = shape_key(codes, tokens.starts[i], tokens.ends[i], letters, SHORT_SHAPE)
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
        row = place * DISTANCES
        memory.sums[row : row + DISTANCES] = 0
        for j in range(found):
            reach = REACHES[templates[j]]
            for offset in range(-reach, reach + 1):
                key = feature_id(templates[j], offset, values[j])
                add(weights, key, memory.sums, row + offset + REACH)
    return places


@compiled
def shape_rows(
    words: NDArray[np.int32], opens: NDArray[np.bool_], weights: Weights, memory: Memory
) -> NDArray[np.int32]:
    """The row of the weights of the shapes of each token and its neighbours; `words`: of `places_of`."""
    rows = np.empty(len(words), np.int32)
    shapes, triples = memory.words, memory.triples
    for i in range(len(words)):
        before, here, after = BOUNDARY, shapes[words[i], _SHAPE], BOUNDARY
        if not opens[i]:  # places chosen by a condition, and then looked up, take four times as long
            before = shapes[words[i - 1], _SHAPE]
        if not opens[i + 1]:
            after = shapes[words[i + 1], _SHAPE]
        at = (before >> np.uint64(10) ^ here >> np.uint64(20) ^ after >> np.uint64(30)) & _LAST_TRIPLE
        if triples[at, 0] != before or triples[at, 1] != here or triples[at, 2] != after:
            triples[at, 0], triples[at, 1], triples[at, 2] = before, here, after
            triples[at, 3] = row_of(weights, shape_triple(before, here, after))
        rows[i] = triples[at, 3]
    return rows
