"""The features of every token of a document, one by one, as training needs them.

At run time streams/tagging/emissions.py adds up the same features' weights without listing them.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import NEWLINE, Tokens
from streams.tagging.features import (
    BIGRAM_AFTER,
    BIGRAM_BEFORE,
    BOUNDARY,
    DOCUMENT,
    SPAN,
    bigram,
    document_flags,
    feature_id,
    shape_triple,
)
from streams.tagging.keys import NO_KEY
from streams.tagging.letters import Letters
from streams.tagging.sentences import sentence_starts
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

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""For `document_flags`: nobody attacks a training."""
MOST_FEATURES = 160
"""Of one token: at most 48 of its own, 4 neighbours with those that reach, and 8 of its context."""


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
    flags = document_flags(tokens, sentence_starts(tokens), _ODD)
    shapes = _short_shapes(codes, tokens, letters)
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


@compiled
def inside(tokens: Tokens, token: int, offset: int) -> bool:
    """token + offset is a word of the token's sentence."""
    other = token + offset
    if other < 0 or other >= len(tokens.keys):
        return False
    return tokens.sentences[other] == tokens.sentences[token] and not tokens.marks[other] & NEWLINE


@compiled
def _short_shapes(codes: NDArray[np.uint32], tokens: Tokens, letters: Letters) -> NDArray[np.uint64]:
    """Each token's shape, of four symbols at most."""
    shapes = np.empty(len(tokens.keys), np.uint64)
    for i in range(len(tokens.keys)):
        shapes[i] = shape_key(codes, tokens.starts[i], tokens.ends[i], letters, SHORT_SHAPE)
    return shapes
