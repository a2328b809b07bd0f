"""Words met before, with their features' weights added up: those are the same wherever a word stands.

A memory outlives its article, and who writes articles can make a word with the key of another one (lattice
reduction takes .1 s for FNV-1a). So a word is known by a second hash too, under a secret of the process: no
article changes what another one's words weigh, nor can it crowd its own into one place.
"""

from os import urandom
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.ahead import fetch
from streams.compiled import compiled, inlined, uncounted
from streams.tagging.cut import Tokens
from streams.tagging.features import BOUNDARY, shape_triple
from streams.tagging.lanes import LANES
from streams.tagging.weights import Weights, row_of
from streams.tagging.wordforms import REACH

DISTANCES = 2 * REACH + 1
EXTRA_ROWS = 32
"""Behind the words', for sums that are the same wherever they are added."""
KEY, SEAL, SHAPE = 0, 1, 2
_BITS = 16
_TRIPLE_BITS = 10
"""Shape triples kept: a text has some hundred, 88% of them with weights."""
_LAST_TRIPLE = np.uint64((1 << _TRIPLE_BITS) - 1)
_ONE, _HALF = np.uint64(1), np.uint64(32)


class Memory(NamedTuple):
    """`words[place]` is a word's key, its seal, and its short shape's, in the order in which words were met:
    pages of memory that no word has come to yet are not taken.

    `slots`: open addressing, a power of two long; one more than a word's place, or 0.
    `sums[row_of_word(place, distance)]`: what the word adds to the scores of a token that far from it; behind
    the last place those of the word beyond a sentence's ends, then EXTRA_ROWS. `triples`: shapes of three
    words and the row of their weights. `counts[0]`: words held. `secret[0]`: an odd number. Results never
    depend on what it holds, nor on the secret.
    """

    slots: NDArray[np.uint32]
    words: NDArray[np.uint64]
    sums: NDArray[np.float32]
    triples: NDArray[np.uint64]
    counts: NDArray[np.int64]
    secret: NDArray[np.uint64]


def fresh_memory(bits: int = _BITS) -> Memory:
    """Room for 2**bits * 0.7 words, 184 bytes each, under a secret of its own."""
    return _memory_of(bits, np.frombuffer(urandom(8), np.uint64) | _ONE)


@compiled
def _memory_of(bits: int, secret: NDArray[np.uint64]) -> Memory:
    size = 1 << bits
    most = size * 7 // 10
    return Memory(
        np.zeros(size, np.uint32),
        np.empty((most, 3), np.uint64),  # a row is written before it is read
        np.empty(((most + 1) * DISTANCES + EXTRA_ROWS, LANES), np.float32),
        np.zeros((1 << _TRIPLE_BITS, 4), np.uint64),
        np.zeros(1, np.int64),
        secret,
    )


@compiled
def with_room(memory: Memory, seals: NDArray[np.uint64]) -> Memory:
    """A memory whose words will not be forgotten before all tokens of these seals are done: this one, emptied
    when it is full, or one of its own for a text of more different words than fit into it.

    That is the text's while it is tagged: 70 MB for 250,000 words, as many as 500,000 characters may hold.
    """
    most = len(memory.words)
    if memory.counts[0] + len(seals) > most:
        different = len(seals) if len(seals) <= most else _different(seals)
        if different > most:
            bits = _BITS
            while (1 << bits) * 7 // 10 < different:
                bits += 1
            return _memory_of(bits, memory.secret)
        memory.slots[:] = 0
        memory.counts[0] = 0
    return memory


@compiled
def _different(seals: NDArray[np.uint64]) -> int:
    ordered = np.sort(seals)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))


@compiled
def seals_of(codes: NDArray[np.uint32], tokens: Tokens, memory: Memory) -> NDArray[np.uint64]:
    """A hash of each token's code points that nobody can foresee who does not know the memory's secret."""
    codes, tokens, memory = uncounted(codes), uncounted(tokens), uncounted(memory)
    seals = np.empty(len(tokens.keys), np.uint64)
    secret = memory.secret[0]
    for i in range(len(seals)):
        seal = secret
        for at in range(tokens.starts[i], tokens.ends[i]):
            seal = _sealed(seal, codes[at], secret)
        seals[i] = seal
        fetch(memory.slots, _home(memory, seal), 0)
    return seals


@inlined
def _sealed(seal: np.uint64, code: np.uint32, secret: np.uint64) -> np.uint64:
    """Multiplied by an odd number, and its upper half brought to where the next code point comes in."""
    seal = (seal ^ np.uint64(code)) * secret
    return seal ^ (seal >> _HALF)


@inlined
def beyond(memory: Memory) -> int:
    """The place of the word beyond the ends of a sentence."""
    return len(memory.words)


@inlined
def row_of_word(place: int, distance: int) -> int:
    """The row of a word's sums at a distance, counted from 0."""
    return place * DISTANCES + distance


@inlined
def extra_row(memory: Memory, number: int) -> int:
    """One of the rows of EXTRA_ROWS."""
    return (len(memory.words) + 1) * DISTANCES + number


@inlined
def _home(memory: Memory, seal: np.uint64) -> int:
    """The slot where the search for a word begins."""
    return np.int64(seal >> _ONE) & np.int64(len(memory.slots) - 1)  # type: ignore[return-value]


@inlined
def slot_of(memory: Memory, key: np.uint64, seal: np.uint64) -> int:
    """Where a word is looked up: what stands there is one more than its place, or 0 where it is not known.

    With a `break` the loop takes twenty times as long: numba counts the array's references then.
    """
    mask = len(memory.slots) - 1
    slot = _home(memory, seal)
    while memory.slots[slot] != 0 and (
        memory.words[np.int64(memory.slots[slot]) - 1, KEY] != key
        or memory.words[np.int64(memory.slots[slot]) - 1, SEAL] != seal
    ):
        slot = (slot + 1) & mask
    return slot


@inlined
def ask_for_words(memory: Memory, seals: NDArray[np.uint64]) -> None:
    """Asks for the words that stand where the search for each begins; for nothing where the slot is empty."""
    for i in range(len(seals)):
        fetch(memory.words, np.int64(memory.slots[_home(memory, seals[i])]) - 1, 0)


@compiled
def shape_rows(
    words: NDArray[np.int32], opens: NDArray[np.bool_], weights: Weights, memory: Memory
) -> NDArray[np.int32]:
    """The row of the weights of the shapes of each token and its neighbours; `words`: of `places_of`."""
    weights, memory = uncounted(weights), uncounted(memory)
    rows = np.empty(len(words), np.int32)
    shapes, triples = memory.words, memory.triples
    for i in range(len(words)):
        before, here, after = BOUNDARY, shapes[words[i], SHAPE], BOUNDARY
        if not opens[i]:  # places chosen by a condition, and then looked up, take four times as long
            before = shapes[words[i - 1], SHAPE]
        if not opens[i + 1]:
            after = shapes[words[i + 1], SHAPE]
        at = (before >> np.uint64(10) ^ here >> np.uint64(20) ^ after >> np.uint64(30)) & _LAST_TRIPLE
        if triples[at, 0] != before or triples[at, 1] != here or triples[at, 2] != after:
            triples[at, 0], triples[at, 1], triples[at, 2] = before, here, after
            triples[at, 3] = row_of(weights, shape_triple(before, here, after))
        rows[i] = triples[at, 3]
    return rows
