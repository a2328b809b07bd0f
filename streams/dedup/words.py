"""text -> the hashes of its words, in text order: tokens are found and hashed in one pass over the UTF-8.

So every word stands behind its own hash, without a Python object: 20 of the 27 us that the sketch of a text
of 600 words takes. A regular expression and a memory of known words took 120 of 165, and 15 MB a process.
"""

import functools
import unicodedata

import numpy as np
import xxhash
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.compiled import compiled, inlined
from streams.dedup.xxh3 import LONGEST, xxh3

# Scripts written without spaces between words: each character counts as a word (Thai, Lao, Myanmar, Khmer,
# kana, han).
UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_OTHER, _LETTER, _ALONE = range(3)  # what a code point is: between words, of a word, a word by itself
_LISTED = UNSPACED[-1][0]  # code points that are looked up; of those beyond none is a letter
_APOSTROPHE, _SPACE = 0x27, 0x20
_EN_DASH, _QUOTE, _ELLIPSIS = 0x2013, 0x2019, 0x2026  # no letter is among them, and none is part of one


def word_hashes(text: str) -> NDArray[np.uint64]:
    """uint64 for each word, casefolded and compatibility-normalised (NFKC); "don't" is one word.

    A word is a run of letters and digits, or two with an apostrophe between; or one character of UNSPACED.
    """
    data = _plain(codes_of(text))
    if not len(data):
        plain = unicodedata.normalize("NFKC", text).replace("\u2019", "'").casefold()
        # With an end that is no word, so that nothing is read past it.
        data = np.frombuffer(plain.encode("utf-8", "surrogatepass") + b" ", np.uint8)
    hashes, long = _hashes(data, _kinds())
    for number, start, stop in long:
        hashes[number] = xxhash.xxh3_64_intdigest(data[start:stop].tobytes())
    return hashes


@compiled
def _plain(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """A text of ASCII and the quotes and dashes of print, as words are looked for in; empty for any other.

    Most of English news: normalising and casefolding 6 kB by Python's functions takes 43 us, this 16.
    """
    data = np.empty(len(codes) + 1, np.uint8)
    for i in range(len(codes)):
        code = codes[i]
        if code < 0x80:
            data[i] = code + 32 if 65 <= code <= 90 else code
        elif _EN_DASH <= code <= _ELLIPSIS:
            data[i] = _APOSTROPHE if code == _QUOTE else _SPACE
        else:
            return data[:0]
    data[-1] = _SPACE
    return data


@functools.cache
def _kinds() -> NDArray[np.uint8]:
    """What each listed code point is: 10 ms, once."""
    kinds = np.zeros(_LISTED, np.uint8)
    kinds[[point for point in range(_LISTED) if chr(point).isalnum()]] = _LETTER
    for first, last in UNSPACED:
        kinds[first : last + 1] = _ALONE
    return kinds


@compiled
def _hashes(
    data: NDArray[np.uint8], kinds: NDArray[np.uint8]
) -> tuple[NDArray[np.uint64], list[tuple[int, int, int]]]:
    """The hashes of the words of UTF-8 bytes, and (number, start, stop) of those too long for xxh3()."""
    hashes = np.empty(data.shape[0], np.uint64)
    long = [(0, 0, 0) for _ in range(0)]
    count = 0
    place = 0
    while place < data.shape[0]:
        start = place
        kind, place = _next(data, kinds, place)
        if kind == _OTHER:
            continue
        if kind == _LETTER:
            place = _run(data, kinds, place)
            if data[place] == _APOSTROPHE:
                kind, following = _next(data, kinds, place + 1)
                if kind == _LETTER:
                    place = _run(data, kinds, following)
        if place - start > LONGEST:
            long.append((count, start, place))
        else:
            hashes[count] = xxh3(data, start, place - start)
        count += 1
    return hashes[:count].copy(), long


@inlined
def _run(data: NDArray[np.uint8], kinds: NDArray[np.uint8], place: int) -> int:
    """Where a run of letters ends; the last byte is none."""
    while True:
        kind, following = _next(data, kinds, place)
        if kind != _LETTER:
            return place
        place = following


@inlined
def _next(data: NDArray[np.uint8], kinds: NDArray[np.uint8], place: int) -> tuple[int, int]:
    """(what the code point at a place is, the place after it)."""
    first = np.int64(data[place])
    if first < 0x80:
        return np.int64(kinds[first]), place + 1  # type: ignore[return-value]
    if first < 0xE0:
        point = (first & 0x1F) << 6 | np.int64(data[place + 1]) & 0x3F
        return np.int64(kinds[point]), place + 2  # type: ignore[return-value]
    point = (np.int64(data[place + 1]) & 0x3F) << 6 | np.int64(data[place + 2]) & 0x3F
    if first < 0xF0:
        return np.int64(kinds[(first & 0x0F) << 12 | point]), place + 3  # type: ignore[return-value]
    point = (first & 0x07) << 18 | point << 6 | np.int64(data[place + 3]) & 0x3F
    if point < _LISTED:
        return np.int64(kinds[point]), place + 4  # type: ignore[return-value]
    return _ALONE if point <= _LAST_ALONE else _OTHER, place + 4


_LAST_ALONE = UNSPACED[-1][1]
