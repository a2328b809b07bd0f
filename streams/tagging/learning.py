"""Each token's word, found in the memory or learnt: what its features weigh is added up, once."""

import numpy as np
from numpy.typing import NDArray

from streams.ahead import LINE, fetch
from streams.compiled import compiled, inlined, uncounted
from streams.tagging.cut import Tokens
from streams.tagging.features import feature_id
from streams.tagging.lanes import LANES, lanes, plus, put
from streams.tagging.letters import Letters
from streams.tagging.memory import DISTANCES, KEY, SEAL, SHAPE, Memory, ask_for_words, row_of_word, slot_of
from streams.tagging.weights import Weights, fetch_row_of, may_have, row_of
from streams.tagging.wordforms import (
    MOST_VALUES,
    REACH,
    REACHES,
    SHORT_SHAPE,
    Lexicons,
    fetch_word,
    shape_key,
    word_values,
)

_LINES = DISTANCES * LANES * 4 // LINE + 1
"""Of the processor's caches, that a word's sums take."""


@compiled
def places_of(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    seals: NDArray[np.uint64],
    letters: Letters,
    lexicons: Lexicons,
    weights: Weights,
    memory: Memory,
) -> NDArray[np.int32]:
    """Each token's place in the memory; what was not there is learnt. `seals`: of `seals_of`.

    A loop finds the new words and asks for what the next one looks up. That takes no memory: a word which is
    in the table is known.
    """
    codes, tokens, seals, letters = uncounted(codes), uncounted(tokens), uncounted(seals), uncounted(letters)
    lexicons, weights, memory = uncounted(lexicons), uncounted(weights), uncounted(memory)
    size = len(tokens.keys)
    places, new, count = np.empty(size, np.int32), np.empty(size, np.int32), 0
    templates, values = np.empty(MOST_VALUES, np.int64), np.empty(MOST_VALUES, np.uint64)
    likely = np.empty((MOST_VALUES * DISTANCES, 2), np.uint64)
    ask_for_words(memory, seals)
    for i in range(size):
        key = tokens.keys[i]
        slot = slot_of(memory, key, seals[i])
        if memory.slots[slot] == 0:
            place = memory.counts[0]
            memory.words[place, KEY], memory.words[place, SEAL] = key, seals[i]
            memory.slots[slot] = place + 1
            memory.counts[0] += 1
            fetch_word(key, tokens.lowers[i], lexicons)
            new[count] = i
            count += 1
        places[i] = np.int64(memory.slots[slot]) - 1
        for line in range(_LINES):
            fetch(memory.sums, row_of_word(int(places[i]), 0), line * LINE)
    for number in range(count):
        i = int(new[number])
        start, end, place = tokens.starts[i], tokens.ends[i], int(places[i])
        memory.words[place, SHAPE] = shape_key(codes, start, end, letters, SHORT_SHAPE)
        found = word_values(
            codes,
            start,
            end,
            tokens.keys[i],
            tokens.lowers[i],
            int(tokens.marks[i]),
            letters,
            lexicons,
            templates,
            values,
        )
        _add_up(weights, templates[:found], values[:found], memory.sums, row_of_word(place, 0), likely)
    return places


@inlined
def _add_up(
    weights: Weights,
    templates: NDArray[np.int64],
    values: NDArray[np.uint64],
    sums: NDArray[np.float32],
    first: int,
    likely: NDArray[np.uint64],
) -> None:
    """Adds up the weights of a word's features in the rows of its distances, from `first` on.

    `likely`: room for keys and rows. One loop asks for what the next one reads.
    """
    sums[first : first + DISTANCES] = 0
    count = 0
    for i in range(len(templates)):
        reach = REACHES[templates[i]]
        for offset in range(-reach, reach + 1):
            key = feature_id(templates[i], offset, values[i])
            if may_have(weights, key):
                likely[count, 0], likely[count, 1] = key, np.uint64(first + REACH + offset)
                fetch_row_of(weights, key)
                count += 1
    for i in range(count):
        row = row_of(weights, likely[i, 0])
        likely[i, 0] = np.uint64(row)
        fetch(weights.table, row, 0)
    for i in range(count):
        total = np.int64(likely[i, 1])
        put(sums, total, plus(lanes(sums, total), lanes(weights.table, np.int64(likely[i, 0]))))
