"""The features of a token beyond its own word: its neighbours, the document, the gazetteer.

emissions.py adds up their weights without listing them; training/expansion.py lists them one by one.
A test holds the two to each other.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined
from streams.tagging.cut import ALL_LOWER, CAPITAL, Tokens
from streams.tagging.keys import longer
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
def document_flags(
    tokens: Tokens,
    opens: NDArray[np.bool_],
    words: NDArray[np.int32],
    lower_cases: NDArray[np.int32],
    count: int,
) -> NDArray[np.uint8]:
    """A bit for each of SEEN_LOWER, SEEN_INSIDE and SENTENCE_FIRST that is true of a capitalised token.

    `words`, `lower_cases`: a number below `count` for each token's word, and for the word in lower case.
    """
    seen = np.zeros(count, np.uint8)
    for i in range(len(words)):
        if tokens.marks[i] & ALL_LOWER:
            seen[words[i]] |= 1 << SEEN_LOWER
        elif tokens.marks[i] & CAPITAL and not opens[i] and tokens.marks[i - 1] & ALL_LOWER:
            seen[words[i]] |= 1 << SEEN_INSIDE
    flags = np.zeros(len(words), np.uint8)
    for i in range(len(words)):
        if tokens.marks[i] & CAPITAL:
            flags[i] = seen[lower_cases[i]] & (1 << SEEN_LOWER) | seen[words[i]] & (1 << SEEN_INSIDE)
            flags[i] |= opens[i] << SENTENCE_FIRST
    return flags


@inlined
def bigram(template: int, word: np.uint64, neighbour: np.uint64) -> np.uint64:
    return feature_id(template, 0, longer(word, neighbour))


@inlined
def shape_triple(before: np.uint64, shape: np.uint64, after: np.uint64) -> np.uint64:
    """BOUNDARY stands for a neighbour beyond the sentence."""
    return feature_id(SHAPES, 0, longer(longer(before, shape), after))
