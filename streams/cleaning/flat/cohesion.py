"""Which lines of a page speak of the same things: the words they share, in any language.

A teaser, a cookie notice or a menu may look like a paragraph, but its words are not the article's.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.shapes import FNV_OFFSET, FNV_PRIME, LAST_IN_TABLE, QUOTE, RUN_ON
from streams.compiled import compiled

MIN_LETTERS = 4  # of a word; shorter ones are mostly articles and prepositions
PAIR = 2  # letters of scripts without spaces that are taken for a word
PRIOR = 1.0  # lines: with so many of the page's mean a word begins
FOUND = 0.5  # lines that are body, from which a word is the article's

COLUMNS = ("shared", "found", "likely")


class Words(NamedTuple):
    """The different words of each line: entry k says that word `word[k]`, a number, is in line `line[k]`."""

    line: NDArray[np.int32]
    word: NDArray[np.int32]
    different: int


@cache
def lower() -> NDArray[np.uint32]:
    """The lower case of every character that kinds() knows, where it is one character."""
    small = (chr(code).lower() for code in range(LAST_IN_TABLE + 1))
    return np.array([ord(low) if len(low) == 1 else code for code, low in enumerate(small)], np.uint32)


@compiled
def words_of(
    codes: NDArray[np.uint32],
    shapes: NDArray[np.void],
    kinds: NDArray[np.uint8],
    lower: NDArray[np.uint32],
) -> Words:
    """The words of the lines of a normalised text, from its code points. Linear. The last two arguments are
    the tables of these names.
    """
    most = len(codes) // (MIN_LETTERS + 1) + 1  # words
    for i in range(len(shapes)):
        most += shapes[i].run_on
    line, word = np.empty(most, np.int32), np.empty(most, np.int32)
    places = 16
    while places < most:  # more than there are: most words are shorter, or repeated
        places *= 2
    table = np.full(places, -1, np.int32)  # of hashes: the number of a word
    hashes, last = np.empty(most, np.uint64), np.empty(most, np.int32)  # last: line in which it was met last
    entries = different = 0
    mask = np.uint64(places - 1)
    for i in range(len(shapes)):
        start, end = shapes[i].start, shapes[i].end
        letters = 0
        hashed = np.uint64(FNV_OFFSET)
        for k in range(start, end + 1):
            code = codes[k] if k < end else np.uint32(0)
            kind = kinds[code] % QUOTE if code <= LAST_IN_TABLE else RUN_ON
            if k < end and kind <= RUN_ON:
                small = lower[code] if code <= LAST_IN_TABLE else code
                hashed = (hashed ^ np.uint64(small)) * np.uint64(FNV_PRIME)
                letters += 1
                if kind != RUN_ON or letters < PAIR:
                    continue
            if letters >= MIN_LETTERS or (kind == RUN_ON and letters >= PAIR):
                place = (hashed ^ (hashed >> np.uint64(32))) & mask
                while table[place] >= 0 and hashes[table[place]] != hashed:
                    place = (place + np.uint64(1)) & mask
                which = table[place]
                if which < 0:
                    which = table[place] = np.int32(different)
                    hashes[which], last[which] = hashed, -1
                    different += 1
                if last[which] != i:
                    last[which] = i
                    line[entries], word[entries] = i, which
                    entries += 1
            letters = 0
            hashed = np.uint64(FNV_OFFSET)
            if k < end and kind == RUN_ON:  # pairs overlap
                small = lower[code] if code <= LAST_IN_TABLE else code
                hashed = (hashed ^ np.uint64(small)) * np.uint64(FNV_PRIME)
                letters = 1
    return Words(line[:entries], word[:entries], different)


@compiled
def fill_cohesion(words: Words, p: NDArray[np.float64], out: NDArray[np.float32], column: int) -> None:
    """Fills COLUMNS from `column` on: of each line's words the share that stand in other lines, the share
    that stand in lines likely (`p`) body, and how likely the other lines are in which they stand, rare words
    for more.
    """
    line, word, different = words
    lines_with = np.zeros(different)
    body_with = np.zeros(different)
    for k in range(len(line)):
        lines_with[word[k]] += 1
        body_with[word[k]] += p[line[k]]
    mean = p.mean()
    counted = np.zeros(len(p))
    weights = np.zeros(len(p))
    shared, found, likely = column, column + 1, column + 2
    out[:, shared : likely + 1] = 0
    for k in range(len(line)):
        i = line[k]
        others, body = lines_with[word[k]] - 1, body_with[word[k]] - p[i]
        rarity = 1 / lines_with[word[k]]
        counted[i] += 1
        out[i, shared] += others > 0
        out[i, found] += body >= FOUND
        out[i, likely] += rarity * (body + PRIOR * mean) / (others + PRIOR)
        weights[i] += rarity
    for i in range(len(p)):
        if counted[i]:
            out[i, shared] /= counted[i]
            out[i, found] /= counted[i]
            out[i, likely] /= weights[i]
        else:
            out[i, likely] = mean
