"""The features of a token beyond its own word: its neighbours, the document, the gazetteer.

emissions.py adds up their weights without listing them; training/expansion.py lists them one by one.
A test holds the two to each other.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import ALL_LOWER, CAPITAL, NEWLINE, Tokens
from streams.tagging.keys import longer
from streams.tagging.wordforms import TEMPLATES

BIGRAM_BEFORE, BIGRAM_AFTER, SHAPES, DOCUMENT, SPAN = range(TEMPLATES, TEMPLATES + 5)
SEEN_LOWER, SEEN_INSIDE, SENTENCE_FIRST = range(3)
"""What a document says of a capitalised word: it occurs in lower case, or behind a lower-case word; and
that it opens its sentence."""
BOUNDARY = np.uint64(2)
"""Stands for the word beyond the ends of a sentence."""


@compiled
def feature_id(template: int, offset: int, value: np.uint64) -> np.uint64:
    """The key of a feature: a template, the distance of the token it is about, and what it has there."""
    return longer(np.uint64(template * 8 + offset + 4), value)


@compiled
def numbered(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], int]:
    """Each key's number in the order of first appearance, and how many there are."""
    bits = 4
    while (1 << bits) < 2 * len(keys):
        bits += 1
    mask = np.uint64((1 << bits) - 1)
    slots = np.zeros(1 << bits, np.int32)
    numbers = np.empty(len(keys), np.int32)
    first = np.empty(len(keys), np.uint64)
    count = 0
    for i in range(len(keys)):
        key = keys[i]
        slot = key & mask
        while slots[slot] and first[slots[slot] - 1] != key:
            slot = (slot + np.uint64(1)) & mask
        if not slots[slot]:
            first[count] = key
            count += 1
            slots[slot] = count
        numbers[i] = slots[slot] - 1
    return numbers, count


@compiled
def inside(tokens: Tokens, token: int, offset: int) -> bool:
    """token + offset is a word of the token's sentence."""
    other = token + offset
    if other < 0 or other >= len(tokens.keys):
        return False
    return tokens.sentences[other] == tokens.sentences[token] and not tokens.marks[other] & NEWLINE


@compiled
def document_flags(tokens: Tokens) -> NDArray[np.uint8]:
    """A bit for each of SEEN_LOWER, SEEN_INSIDE and SENTENCE_FIRST that is true of a capitalised token."""
    size = len(tokens.keys)
    plain, plain_count = numbered(tokens.lowers)
    exact, exact_count = numbered(tokens.keys)
    lower = np.zeros(plain_count, np.bool_)
    within = np.zeros(exact_count, np.bool_)
    for i in range(size):
        if tokens.marks[i] & ALL_LOWER:
            lower[plain[i]] = True
        elif tokens.marks[i] & CAPITAL and inside(tokens, i, -1) and tokens.marks[i - 1] & ALL_LOWER:
            within[exact[i]] = True
    flags = np.zeros(size, np.uint8)
    for i in range(size):
        if tokens.marks[i] & CAPITAL:
            flags[i] |= lower[plain[i]] << SEEN_LOWER
            flags[i] |= within[exact[i]] << SEEN_INSIDE
            flags[i] |= (not inside(tokens, i, -1)) << SENTENCE_FIRST
    return flags


@compiled
def bigram(template: int, word: np.uint64, neighbour: np.uint64) -> np.uint64:
    return feature_id(template, 0, longer(word, neighbour))


@compiled
def shape_triple(before: np.uint64, shape: np.uint64, after: np.uint64) -> np.uint64:
    """BOUNDARY stands for a neighbour beyond the sentence."""
    return feature_id(SHAPES, 0, longer(longer(before, shape), after))
