"""What one word says by itself: the features that need nothing but the word, computed from its code points.

The templates are those of named-entity CRFs (word, affixes, shape, gazetteers) and clusters of word vectors
(Turian et al. 2010: unsupervised word classes help where the training corpus is small).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import inlined
from streams.tagging.cut import ALL_CAPS, DIGITS, NEWLINE, lower_key
from streams.tagging.keys import (
    BEGUN,
    NO_KEY,
    ended,
    fetch_place_among,
    lengthened,
    longer,
    place_among,
    place_of,
)
from streams.tagging.letters import DIGIT, LOWER, UPPER, Letters, kind_of, lower_of

WORD, SHAPE, PREFIX_3, PREFIX_2, SUFFIX_2, SUFFIX_3, SUFFIX_4, CAPS_LENGTH, HYPHEN, CLASS = range(10)
ROW, CLUSTER, LOWER_CLUSTER = 10, 16, 24
"""Templates. The two of clusters are the first of eight, one a granularity."""
TEMPLATES = 32
REACH = 2
"""Tokens to each side whose own features speak for a token."""
REACHES = np.zeros(TEMPLATES, np.int64)
"""Template to the distance up to which it counts."""
REACHES[[WORD, SHAPE, CLASS]] = 2
REACHES[CLUSTER : CLUSTER + 8] = 2
REACHES[[SUFFIX_3, ROW]] = 1
REACHES[LOWER_CLUSTER : LOWER_CLUSTER + 8] = 1
MOST_VALUES = 48
"""Features of one word: 9 of its form, 20 classes, 8 of clusters, and room."""
EXACT, FOLDED = 0xFFFF, 0xFFFF0000
"""Bits of word lists that are asked for the word as it stands, and for its lower case."""
LONGEST_SHAPE = 12
"""Characters of a word that its shape is made of."""
SHORT_SHAPE = 4
"""Characters of the shape that shape triples use."""
_HYPHEN = 45
_HALF = np.uint64(32)


class Lexicons(NamedTuple):
    """Sorted keys of words, each with what belongs to it.

    `vector_rows`: the row of a word's vector; `clusters[g, row]`: its cluster at granularity g.
    `class_bits`: the bits of the gazetteers and word lists that have the word (wordlists.py).
    """

    vector_keys: NDArray[np.uint32]
    vector_rows: NDArray[np.uint16]
    clusters: NDArray[np.uint16]
    class_keys: NDArray[np.uint64]
    class_bits: NDArray[np.uint32]


@inlined
def word_values(
    codes: NDArray[np.uint32],
    start: int,
    end: int,
    key: np.uint64,
    lower: np.uint64,
    marks: int,
    letters: Letters,
    lexicons: Lexicons,
    templates: NDArray[np.int64],
    values: NDArray[np.uint64],
) -> int:
    """Writes a word's features as (template, value) and gives how many there are."""
    count, size = 0, end - start
    count = _put(templates, values, count, WORD, np.uint64(1) if marks & DIGITS else lower)
    count = _put(templates, values, count, SHAPE, shape_key(codes, start, end, letters, LONGEST_SHAPE))
    if marks & NEWLINE:
        return count
    for template, most in ((PREFIX_3, 3), (PREFIX_2, 2)):
        part = lower_key(codes, start, min(start + most, end), letters)
        count = _put(templates, values, count, template, part)
    for template, most in ((SUFFIX_2, 2), (SUFFIX_3, 3), (SUFFIX_4, 4)):
        part = lower_key(codes, max(end - most, start), end, letters)
        count = _put(templates, values, count, template, part)
    if marks & ALL_CAPS and size > 1:
        count = _put(templates, values, count, CAPS_LENGTH, np.uint64(min(size, 6)))
    for i in range(start, end):
        if codes[i] == _HYPHEN:
            count = _put(templates, values, count, HYPHEN, np.uint64(1))
            break
    bits = (classes_of(key, lexicons) & EXACT) | (classes_of(lower, lexicons) & FOLDED)
    for bit in range(32):
        if bits >> bit & 1:
            count = _put(templates, values, count, CLASS, np.uint64(bit))
    plain = _row(lower, lexicons)
    row = _row(key, lexicons)
    if row < 0:
        row = plain
    if row < 0 and marks & ALL_CAPS:
        row = _row(_capitalised_key(codes, start, end, letters), lexicons)
    for granularity in range(len(lexicons.clusters)):
        value = np.uint64(lexicons.clusters[granularity, row] + 1) if row >= 0 else np.uint64(0)
        count = _put(templates, values, count, CLUSTER + granularity, value)
        value = np.uint64(lexicons.clusters[granularity, plain] + 1) if plain >= 0 else np.uint64(0)
        count = _put(templates, values, count, LOWER_CLUSTER + granularity, value)
    if row >= 0:
        count = _put(templates, values, count, ROW, np.uint64(row))
    return count


@inlined
def shape_key(codes: NDArray[np.uint32], start: int, end: int, letters: Letters, most: int) -> np.uint64:
    """The key of "Xxx", "dd", "X.X.": a run of one kind counts twice at most."""
    shape = NO_KEY
    last, length, written = 0, 0, 0
    for i in range(start, min(end, start + LONGEST_SHAPE)):
        kind = kind_of(codes[i], letters)
        if kind & UPPER:
            symbol = 88
        elif kind & LOWER:
            symbol = 120
        elif kind & DIGIT:
            symbol = 100
        else:
            symbol = np.int64(codes[i])  # type: ignore[assignment]  # int() is slower
        length = length + 1 if symbol == last else 1
        last = symbol
        if length <= 2:
            if written == most:
                break
            shape = longer(shape, np.uint64(symbol))
            written += 1
    return shape


@inlined
def fetch_word(key: np.uint64, lower: np.uint64, lexicons: Lexicons) -> None:
    """Asks for what `word_values` looks up first."""
    for asked in (key, lower):
        fetch_place_among(lexicons.class_keys, asked, _HALF)
        fetch_place_among(lexicons.vector_keys, asked >> _HALF, np.uint64(0))


@inlined
def _capitalised_key(codes: NDArray[np.uint32], start: int, end: int, letters: Letters) -> np.uint64:
    """The key of a word in lower case but for its first letter."""
    key = lengthened(BEGUN, codes[start])
    for i in range(start + 1, end):
        key = lengthened(key, lower_of(codes[i], letters))
    return ended(key)


@inlined
def classes_of(key: np.uint64, lexicons: Lexicons) -> int:
    """The bits of the word lists that have a word."""
    place = place_of(lexicons.class_keys, key)
    return np.int64(lexicons.class_bits[place]) if place >= 0 else 0  # type: ignore[return-value]


@inlined
def _row(key: np.uint64, lexicons: Lexicons) -> int:
    """The row of a word's vector, -1 where it has none."""
    place = place_among(lexicons.vector_keys, np.uint32(key >> _HALF), np.uint64(0))
    return np.int64(lexicons.vector_rows[place]) if place >= 0 else -1  # type: ignore[return-value]


@inlined
def _put(
    templates: NDArray[np.int64], values: NDArray[np.uint64], count: int, template: int, value: np.uint64
) -> int:
    if count < len(templates):
        templates[count] = template
        values[count] = value
        return count + 1
    return count
