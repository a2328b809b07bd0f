"""What a document speaks of besides a name: which of an entry's `about` words and names occur in it.

Case does not count. Words and names of up to ABOUT_WORDS words have 32-bit keys here: a document of 1,000
words and an entry of 10 meet by accident once in 100,000 times, and one such clue decides little.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.keys import NO_KEY, longer
from streams.tagging.phrasebook import word_keys, words_of
from streams.tagging.tokens import Document

ABOUT_WORDS = 4
_FREE = np.uint32(0)
_ONE = np.uint32(1)  # stands for the key that would be _FREE


def lowered(text: str) -> str:
    """In lower case, with as many code points: "İ" stays."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := one.lower()) == 1 else one for one in text)


def about_keys(phrases: list[str]) -> NDArray[np.uint32]:
    """The key of each of these words and names."""
    words = words_of(phrases, lowered)
    return _keys_of_names(words.keys, words.ends)


def context_of(documents: Sequence[Document], names: list[str]) -> NDArray[np.uint32]:
    """The set of keys of all that stands in these documents, and of `names` that are meant in them."""
    sequences = [word_keys(document, lowered) for document in documents]
    more = about_keys(names)
    room = sum(map(len, sequences)) * ABOUT_WORDS + len(more)
    table = np.zeros(1 << (2 * room + 1).bit_length(), np.uint32)
    for keys in sequences:
        _add_sequences(table, keys)
    for key in more:
        _add(table, key)
    return table


@compiled
def clues(
    table: NDArray[np.uint32],
    about_ends: NDArray[np.uint32],
    about: NDArray[np.uint32],
    rows: NDArray[np.int64],
) -> NDArray[np.int64]:
    """How many of each entry's `about` keys are in the set."""
    counts = np.zeros(rows.shape[0], np.int64)
    for i in range(rows.shape[0]):
        start = about_ends[rows[i] - 1] if rows[i] > 0 else np.uint32(0)
        for at in range(start, about_ends[rows[i]]):
            counts[i] += table[_slot(table, about[at])] != _FREE
    return counts


@compiled
def _keys_of_names(keys: NDArray[np.uint64], ends: NDArray[np.int64]) -> NDArray[np.uint32]:
    out = np.empty(ends.shape[0], np.uint32)
    at = 0
    for i in range(ends.shape[0]):
        key = NO_KEY
        while at < ends[i]:
            key = longer(key, keys[at])
            at += 1
        out[i] = max(np.uint32(key & np.uint64(0xFFFFFFFF)), _ONE)
    return out


@compiled
def _add_sequences(table: NDArray[np.uint32], keys: NDArray[np.uint64]) -> None:
    """Every sequence of up to ABOUT_WORDS words."""
    for first in range(keys.shape[0]):
        key = NO_KEY
        for word in range(first, min(first + ABOUT_WORDS, keys.shape[0])):
            key = longer(key, keys[word])
            _add(table, max(np.uint32(key & np.uint64(0xFFFFFFFF)), _ONE))


@compiled
def _add(table: NDArray[np.uint32], key: np.uint32) -> None:
    table[_slot(table, key)] = key


@compiled
def _slot(table: NDArray[np.uint32], key: np.uint32) -> int:
    """Where a key stands or would stand. The table, of a power of two, is at most half full."""
    mask = table.shape[0] - 1
    place = np.int64(key) & mask
    while table[place] != _FREE and table[place] != key:
        place = (place + 1) & mask
    return place  # type: ignore[no-any-return]
