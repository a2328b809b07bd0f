"""The features of a token beyond its own word: its neighbours, the document, the gazetteer.

emissions.py adds up their weights without listing them; training/expansion.py lists them one by one.
A test holds the two to each other.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined, uncounted
from streams.tagging.cut import ALL_LOWER, CAPITAL, Tokens
from streams.tagging.keys import NO_KEY, longer
from streams.tagging.wordforms import TEMPLATES

BIGRAM_BEFORE, BIGRAM_AFTER, SHAPES, DOCUMENT, SPAN = range(TEMPLATES, TEMPLATES + 5)
SEEN_LOWER, SEEN_INSIDE, SENTENCE_FIRST = range(3)
"""What a document says of a capitalised word: it occurs in lower case, or behind a lower-case word; and
that it opens its sentence."""
BOUNDARY = np.uint64(2)
"""Stands for the word beyond the ends of a sentence."""


@inlined
def feature_id(template: int, offset: int, value: np.uint64) -> np.uint64:
    """The key of a feature: a template, the distance of the token it is about, and what it has there."""
    return longer(np.uint64(template * 8 + offset + 4), value)


@compiled
def document_flags(tokens: Tokens, opens: NDArray[np.bool_], secret: np.uint64) -> NDArray[np.uint8]:
    """A bit for each of SEEN_LOWER, SEEN_INSIDE and SENTENCE_FIRST that is true of a capitalised token.

    `secret`: an odd number that whoever wrote the text does not know, so that its words crowd nowhere.
    """
    tokens, opens = uncounted(tokens), uncounted(opens)
    size = len(tokens.keys)
    capitals, count = np.empty(size, np.int32), 0
    for i in range(size):
        capitals[count] = i
        count += tokens.marks[i] & CAPITAL != 0
    capitals = capitals[:count]
    bits = 4
    while 1 << bits < 4 * count:
        bits += 1
    lowers, inside = np.zeros(1 << bits, np.uint64), np.zeros(1 << bits, np.uint64)
    for capital in capitals:
        lowers[_slot(lowers, bits, tokens.lowers[capital], secret)] = tokens.lowers[capital]
        if not opens[capital] and tokens.marks[capital - 1] & ALL_LOWER:
            inside[_slot(inside, bits, tokens.keys[capital], secret)] = tokens.keys[capital]
    seen = np.zeros(1 << bits, np.bool_)
    for i in range(size):
        if tokens.marks[i] & ALL_LOWER:
            slot = _slot(lowers, bits, tokens.keys[i], secret)
            seen[slot] |= lowers[slot] == tokens.keys[i]
    flags = np.zeros(size, np.uint8)
    for capital in capitals:
        within = inside[_slot(inside, bits, tokens.keys[capital], secret)] == tokens.keys[capital]
        flags[capital] = seen[_slot(lowers, bits, tokens.lowers[capital], secret)] << SEEN_LOWER
        flags[capital] |= within << SEEN_INSIDE | opens[capital] << SENTENCE_FIRST
    return flags


@inlined
def _slot(table: NDArray[np.uint64], bits: int, key: np.uint64, secret: np.uint64) -> int:
    """Where a key stands or would stand in a table of 2**bits places, a quarter of them taken at most."""
    slot = np.int64((key * secret) >> np.uint64(64 - bits))
    while table[slot] != NO_KEY and table[slot] != key:
        slot = (slot + 1) & (len(table) - 1)
    return slot  # type: ignore[return-value]


@inlined
def bigram(template: int, word: np.uint64, neighbour: np.uint64) -> np.uint64:
    return feature_id(template, 0, longer(word, neighbour))


@inlined
def shape_triple(before: np.uint64, shape: np.uint64, after: np.uint64) -> np.uint64:
    """BOUNDARY stands for a neighbour beyond the sentence."""
    return feature_id(SHAPES, 0, longer(longer(before, shape), after))
