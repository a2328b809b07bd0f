"""The features of every token of a document: what its words say, its neighbours, the document, the gazetteer.

`expand` lists them one by one, which training needs; at run time emissions.py adds up the same features'
weights without listing them. A test holds the two to each other.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import ALL_LOWER, CAPITAL, NEWLINE, Tokens
from streams.tagging.keys import NO_KEY, longer
from streams.tagging.letters import Letters
from streams.tagging.wordforms import (
    MOST_VALUES,
    REACH,
    REACHES,
    SHORT_SHAPE,
    TEMPLATES,
    WORD,
    Lexicons,
    shape_key,
    word_values,
)

BIGRAM_BEFORE, BIGRAM_AFTER, SHAPES, DOCUMENT, SPAN = range(TEMPLATES, TEMPLATES + 5)
MOST_FEATURES = 160
"""Of one token: at most 48 of its own, 4 neighbours with those that reach, and 8 of its context."""
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
def short_shapes(codes: NDArray[np.uint32], tokens: Tokens, letters: Letters) -> NDArray[np.uint64]:
    """Each token's shape, of four symbols at most."""
    shapes = np.empty(len(tokens.keys), np.uint64)
    for i in range(len(tokens.keys)):
        shapes[i] = shape_key(codes, tokens.starts[i], tokens.ends[i], letters, SHORT_SHAPE)
    return shapes


@compiled
def bigram(template: int, word: np.uint64, neighbour: np.uint64) -> np.uint64:
    return feature_id(template, 0, longer(word, neighbour))


@compiled
def shape_triple(before: np.uint64, shape: np.uint64, after: np.uint64) -> np.uint64:
    """BOUNDARY stands for a neighbour beyond the sentence."""
    return feature_id(SHAPES, 0, longer(longer(before, shape), after))


@compiled
def expand(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    spans: NDArray[np.uint8],
    letters: Letters,
    lexicons: Lexicons,
) -> NDArray[np.uint64]:
    """Feature keys of every token, shape (tokens, MOST_FEATURES), filled up with NO_KEY.

    `spans`: a token's place in a name of the gazetteer, 0 outside.
    """
    size = len(tokens.keys)
    templates = np.zeros((size, MOST_VALUES), np.int64)
    values = np.zeros((size, MOST_VALUES), np.uint64)
    counts = np.zeros(size, np.int64)
    for i in range(size):
        counts[i] = word_values(
            codes,
            tokens.starts[i],
            tokens.ends[i],
            tokens.keys[i],
            tokens.lowers[i],
            int(tokens.marks[i]),
            letters,
            lexicons,
            templates[i],
            values[i],
        )
    flags = document_flags(tokens)
    shapes = short_shapes(codes, tokens, letters)
    found = np.full((size, MOST_FEATURES), NO_KEY)
    for i in range(size):
        count = 0
        for offset in range(-REACH, REACH + 1):
            if not inside(tokens, i, offset) and offset != 0:
                found[i, count] = feature_id(WORD, offset, BOUNDARY)
                count += 1
                continue
            for j in range(counts[i + offset]):
                template = templates[i + offset, j]
                if REACHES[template] >= abs(offset) and count < MOST_FEATURES:
                    found[i, count] = feature_id(template, offset, values[i + offset, j])
                    count += 1
        context = np.zeros(8, np.uint64)
        if inside(tokens, i, -1):
            context[0] = bigram(BIGRAM_BEFORE, tokens.lowers[i], tokens.lowers[i - 1])
        if inside(tokens, i, 1):
            context[1] = bigram(BIGRAM_AFTER, tokens.lowers[i], tokens.lowers[i + 1])
        before = shapes[i - 1] if inside(tokens, i, -1) else BOUNDARY
        after = shapes[i + 1] if inside(tokens, i, 1) else BOUNDARY
        context[2] = shape_triple(before, shapes[i], after)
        for flag in range(3):
            if flags[i] >> flag & 1:
                context[3 + flag] = feature_id(DOCUMENT, 0, np.uint64(flag))
        if spans[i]:
            context[6] = feature_id(SPAN, 0, np.uint64(spans[i]))
        for key in context:
            if key != NO_KEY and count < MOST_FEATURES:
                found[i, count] = key
                count += 1
    return found
