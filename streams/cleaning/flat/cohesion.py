"""Which lines of a page speak of the same things: the words they share, in any language.

A teaser, a cookie notice or a menu may look like a paragraph, but its words are not the article's.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.shapes import FNV_OFFSET, FNV_PRIME, LAST_IN_TABLE, QUOTE, RUN_ON, kinds
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


def words_of(text: str, shapes: NDArray[np.void]) -> Words:
    """The words of a normalised text's lines. Linear."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    size = 1 << max(4, len(codes).bit_length())  # more places than there can be words
    line, word = np.empty(len(codes), np.int32), np.empty(len(codes), np.int32)
    starts, ends = np.ascontiguousarray(shapes["start"]), np.ascontiguousarray(shapes["end"])
    entries, different = _words(codes, starts, ends, kinds(), _lower(), np.zeros(size, np.uint64), line, word)
    return Words(line[:entries], word[:entries], different)


def cohesion(words: Words, p: NDArray[np.float64]) -> NDArray[np.float32]:
    """(lines, COLUMNS): of each line's words the share that stand in other lines, the share that stand in
    lines likely (`p`) body, and how likely the other lines are in which they stand, rare words for more.
    """
    out = np.zeros((len(p), len(COLUMNS)), np.float32)
    if len(p):
        _cohesion(words.line, words.word, words.different, p, out)
    return out


@cache
def _lower() -> NDArray[np.uint32]:
    """The lower case of every character that kinds() knows, where it is one character."""
    small = (chr(code).lower() for code in range(LAST_IN_TABLE + 1))
    return np.array([ord(low) if len(low) == 1 else code for code, low in enumerate(small)], np.uint32)


@compiled
def _words(
    codes: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    lower: NDArray[np.uint32],
    table: NDArray[np.uint64],
    line: NDArray[np.int32],
    word: NDArray[np.int32],
) -> tuple[int, int]:
    number = np.zeros(len(table), np.int32)  # of the word in a place of the table
    last = np.full(len(codes) + 1, -1, np.int32)  # line in which a word was met last
    entries = different = 0
    mask = np.uint64(len(table) - 1)
    for i in range(len(starts)):
        letters = 0
        hashed = np.uint64(FNV_OFFSET)
        for k in range(starts[i], ends[i] + 1):
            code = codes[k] if k < ends[i] else np.uint32(0)
            kind = kinds[code] % QUOTE if code <= LAST_IN_TABLE else RUN_ON
            if k < ends[i] and kind <= RUN_ON:
                small = lower[code] if code <= LAST_IN_TABLE else code
                hashed = (hashed ^ np.uint64(small)) * np.uint64(FNV_PRIME)
                letters += 1
                if kind != RUN_ON or letters < PAIR:
                    continue
            if letters >= MIN_LETTERS or (kind == RUN_ON and letters >= PAIR):
                place = (hashed ^ (hashed >> np.uint64(32))) & mask
                while table[place] != 0 and table[place] != hashed:
                    place = (place + np.uint64(1)) & mask
                if table[place] == 0:
                    table[place] = hashed
                    number[place] = different
                    different += 1
                which = number[place]
                if last[which] != i:
                    last[which] = i
                    line[entries], word[entries] = i, which
                    entries += 1
            letters = 0
            hashed = np.uint64(FNV_OFFSET)
            if k < ends[i] and kind == RUN_ON:  # pairs overlap
                small = lower[code] if code <= LAST_IN_TABLE else code
                hashed = (hashed ^ np.uint64(small)) * np.uint64(FNV_PRIME)
                letters = 1
    return entries, different


@compiled
def _cohesion(
    line: NDArray[np.int32],
    word: NDArray[np.int32],
    different: int,
    p: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    lines_with = np.zeros(different)
    body_with = np.zeros(different)
    for k in range(len(line)):
        lines_with[word[k]] += 1
        body_with[word[k]] += p[line[k]]
    mean = p.mean()
    counted = np.zeros(len(p))
    weights = np.zeros(len(p))
    for k in range(len(line)):
        i = line[k]
        others, body = lines_with[word[k]] - 1, body_with[word[k]] - p[i]
        rarity = 1 / lines_with[word[k]]
        counted[i] += 1
        out[i, 0] += others > 0
        out[i, 1] += body >= FOUND
        out[i, 2] += rarity * (body + PRIOR * mean) / (others + PRIOR)
        weights[i] += rarity
    for i in range(len(p)):
        if counted[i]:
            out[i, 0] /= counted[i]
            out[i, 1] /= counted[i]
            out[i, 2] /= weights[i]
        else:
            out[i, 2] = mean
