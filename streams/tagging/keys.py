"""Keys of words and of names of several words: 64-bit hashes over code points, by which tables are looked up.

Two words share a key with a probability of 2**-64; whoever must be certain compares the words.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.ahead import fetch
from streams.code_points import codes_of
from streams.compiled import compiled, inlined

NO_KEY = np.uint64(0)
"""Before the first word of a name; no word has it."""
BEGUN = np.uint64(0xCBF29CE484222325)
"""The key of a word to be, before its first code point."""
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_PRIME_64 = np.uint64(0xC4CEB9FE1A85EC53)
_GROW = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


@inlined
def word_key(codes: NDArray[np.uint32], start: int, end: int) -> np.uint64:
    """The key of codes[start:end]: FNV-1a by code points, its bits mixed as MurmurHash3 ends."""
    key = BEGUN
    for i in range(start, end):
        key = lengthened(key, codes[i])
    return ended(key)


@inlined
def lengthened(key: np.uint64, code: np.uint32) -> np.uint64:
    """What becomes of a word's key, BEGUN before its first code point, with one code point more."""
    return (key ^ np.uint64(code)) * _PRIME


@inlined
def ended(key: np.uint64) -> np.uint64:
    """The key of a word that has all its code points."""
    key = (key ^ (key >> np.uint64(33))) * _MIX
    key ^= key >> np.uint64(29)
    return key if key != NO_KEY else _GROW


@inlined
def longer(name: np.uint64, word: np.uint64) -> np.uint64:
    """The key of a name that has one word more; NO_KEY is the name without words.

    Both may be small numbers: the first is spread before the second comes in.
    """
    key = ((name + _GROW) * _PRIME_64) ^ word
    key = (key ^ (key >> np.uint64(31))) * _MIX
    key ^= key >> np.uint64(29)
    return key if key != NO_KEY else _GROW


def keys_of_words(words: Iterable[str]) -> NDArray[np.uint64]:
    """The keys of many words, in their order. Words hold no line breaks."""
    codes = codes_of("\n".join(words) + "\n")
    return _keys_of_lines(codes) if len(codes) > 1 else np.empty(0, np.uint64)


def sorted_keys(words: Iterable[str]) -> NDArray[np.uint64]:
    """The keys of some words, for `holds`."""
    return np.sort(keys_of_words(words))


@inlined
def holds(keys: NDArray[np.uint64], key: np.uint64) -> bool:
    """Whether a key is one of these, which are sorted."""
    return place_of(keys, key) >= 0


@inlined
def place_of(keys: NDArray[np.uint64], key: np.uint64) -> int:
    """Where a key stands among these, which are sorted; -1 where it is none of them."""
    return place_among(keys, key, _HALF)


@inlined
def place_among(keys: NDArray[Any], key: Any, shift: np.uint64) -> int:
    """The same of keys of any width: shifted so, all of them are of 32 bits.

    Keys are spread evenly, so a key's size tells nearly where it is: 30 ns, where bisecting takes 90.
    """
    last = len(keys) - 1
    if last < 0:
        return -1
    size = np.int64(np.uint64(key) >> shift)
    place: Any = _first_guess(keys, key, shift)
    place += (size - np.int64(np.uint64(keys[place]) >> shift)) * (last + 1) >> 32
    place = min(max(place, 0), last)
    while place > 0 and keys[place] > key:
        place -= 1
    while place < last and keys[place] < key:
        place += 1
    return place if keys[place] == key else -1


@inlined
def fetch_place_among(keys: NDArray[Any], key: Any, shift: np.uint64) -> None:
    """Asks for what `place_among` reads first."""
    fetch(keys, _first_guess(keys, key, shift), 0)


@inlined
def _first_guess(keys: NDArray[Any], key: Any, shift: np.uint64) -> int:
    """About where a key is, by its size."""
    return np.int64(np.uint64(key) >> shift) * len(keys) >> 32  # type: ignore[return-value]


@compiled
def _keys_of_lines(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    keys = np.empty(np.count_nonzero(codes == np.uint32(10)), np.uint64)
    start, count = 0, 0
    for i in range(len(codes)):
        if codes[i] == np.uint32(10):
            keys[count] = word_key(codes, start, i)
            start, count = i + 1, count + 1
    return keys
