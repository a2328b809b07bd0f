"""What the kernel of the anchors looks up: words by exact keys, and the ends of the signs of money."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.compiled import compiled

READ, STEP, COUNT, SCALE, HALF, STEPPED, MONTH, FOLLOWS, LINKS = (1 << bit for bit in range(9))
"""What a word is. READ begins a value; STEP ("last") before a STEPPED word ("week"); COUNT ("two") before
what may follow a number; SCALE ("million") as well, behind "a"; HALF before "a" and a hyphen. MONTH follows a
day; FOLLOWS, in any case, a number; LINKS ("to") lead to a range's other end."""
OPENS = READ | STEP | COUNT | SCALE | HALF
_SLOT_BITS = 11
"""Twice the 735 words and more."""
_SLOTS = 1 << _SLOT_BITS
_SHIFT = np.uint64(64 - _SLOT_BITS)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_LETTER_BITS = np.uint64(6)
_NO_WORD = np.uint64(0)
_OUTLINES = 1 << 14
_ASCII = 128


class Tables(NamedTuple):
    """`words`: a hash table of keys, each with the bits of its word. `outlines`: of the words that begin a
    value, so that few others are looked up. `signs[a, b]`: the ASCII characters a, b may end a sign of money.
    One array for each thing asked: a kernel pays for every array that it hands on."""

    words: NDArray[np.uint64]
    outlines: NDArray[np.bool_]
    signs: NDArray[np.bool_]


def tables(words: dict[str, int], signs: set[str]) -> Tables:
    """The kernel's tables of words with their bits, and of the signs of money."""
    table = np.zeros((_SLOTS, 2), np.uint64)
    outlines = np.zeros(_OUTLINES, np.bool_)
    for word, what in words.items():
        _enter(codes_of(word), np.uint64(what), table)
        if what & OPENS:
            outlines[outline_of(codes_of(word), 0, len(word))] = True
    ends = np.zeros((_ASCII, _ASCII), np.bool_)
    for sign in signs:
        last = ord(sign[-1])
        if last < _ASCII:
            ends[ord(sign[-2]) if len(sign) > 1 else slice(None), last] = True
    return Tables(table, outlines, ends)


@compiled
def _enter(codes: NDArray[np.uint32], what: np.uint64, words: NDArray[np.uint64]) -> None:
    key = _key(codes, 0, len(codes), False)
    slot = _slot(key, words)
    words[slot, 0], words[slot, 1] = key, what


@compiled
def _slot(key: np.uint64, words: NDArray[np.uint64]) -> int:
    """Where a key stands, or would."""
    slot = np.int64((key * _SPREAD) >> _SHIFT)
    while words[slot, 0] != key and words[slot, 0] != _NO_WORD:
        slot = (slot + 1) % _SLOTS
    return slot  # type: ignore[return-value]


@compiled
def outline_of(codes: NDArray[np.uint32], start: int, end: int) -> int:
    """A small number of a word: its length, its first letter without case and its last."""
    first, last = np.int64(codes[start]) & 31, np.int64(codes[end - 1]) & 31
    return (((end - start) & 15) << 10) | (first << 5) | last  # type: ignore[return-value]


@compiled
def _key(codes: NDArray[np.uint32], start: int, end: int, lower: bool) -> np.uint64:
    """Six bits for each ASCII letter: words of up to ten letters have one of their own."""
    key = np.uint64(0)
    for i in range(start, end):
        code = codes[i] | np.uint32(32) if lower else codes[i]
        key = (key << _LETTER_BITS) | np.uint64(code - np.uint32(64))
    return key


@compiled
def bits_of(codes: NDArray[np.uint32], start: int, end: int, lower: bool, words: NDArray[np.uint64]) -> int:
    """What the ASCII letters codes[start:end] are, as they stand or in lower case; 0 for no word."""
    return np.int64(words[_slot(_key(codes, start, end, lower), words), 1])  # type: ignore[return-value]
