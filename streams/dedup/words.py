"""text -> the hashes of its words, in text order: words are found, folded and hashed in one pass.

So every word stands behind its own hash, without a Python object. A regular expression and a memory of known
words took 120 us for a text of 600 words, and 15 MB a process.
"""

import unicodedata
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.compiled import compiled, inlined, uncounted
from streams.dedup.xxh3 import LONGEST, xxh3
from streams.kept import kept

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
# What a code point is: of a word, between words, a word by itself; one that its neighbours may change.
_LETTER, _OTHER, _ALONE, _UNSETTLED = (kind << 24 for kind in range(4))
_POINT = 0xFFFFFF
_PLANE = 0x10000
_APOSTROPHE = ord("'")
_JOINS = _OTHER | _APOSTROPHE
_ASCII = 0x80
_KOREAN_LETTERS = range(0x1100, 0x1200)  # NFKC joins them, as it does marks


class Forms(NamedTuple):
    """What code points become and are: one of the kinds, with the code point of the folded form below it. The
    last entry is for all above.

    `folded`: in any text. `own`: in one that is normalised and casefolded, where each is its own form.
    """

    folded: NDArray[np.uint32]
    own: NDArray[np.uint32]


def word_hashes(text: str) -> NDArray[np.uint64]:
    """uint64 for each word, casefolded and compatibility-normalised (NFKC); "don't" is one word.

    A word is a run of letters and digits, or two with an apostrophe between; or one character of UNSPACED.
    """
    forms = _forms()
    hashes, long, data = _hashes(codes_of(text), forms.folded)
    if not len(data):  # few texts: Python's functions take 40 us for 6 kB, and 130 where it is not ASCII
        hashes, long, data = _hashes(codes_of(_folded(text)), forms.own)
    for number, start, stop in long:
        hashes[number] = xxhash.xxh3_64_intdigest(data[start:stop].tobytes())
    return hashes


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u2019", "'").casefold()


@kept(Forms)
def _forms() -> Forms:
    last = UNSPACED[-1][1] + 1
    own = np.array([_kind(point) | point for point in range(last + 1)], np.uint32)
    folded = np.array([_form(chr(point)) for point in range(_PLANE)], np.uint32)
    folded[-1] = _UNSETTLED
    return Forms(folded, own)


def _kind(point: int) -> int:
    if any(first <= point <= last for first, last in UNSPACED):
        return _ALONE
    return _LETTER if chr(point).isalnum() else _OTHER


def _form(character: str) -> int:
    """As `_folded` makes it whatever stands beside it, where that is one code point or only parts words."""
    for part in unicodedata.normalize("NFKC", character):
        if unicodedata.category(part)[0] == "M" or ord(part) in _KOREAN_LETTERS:
            return _UNSETTLED
    points = list(map(ord, _folded(character)))
    kinds = list(map(_kind, points))
    if len(points) == 1:
        return kinds[0] | points[0] if points[0] < _PLANE else _UNSETTLED
    return _OTHER if set(kinds) == {_OTHER} and _APOSTROPHE not in points else _UNSETTLED


@compiled
def _hashes(
    codes: NDArray[np.uint32], forms: NDArray[np.uint32]
) -> tuple[NDArray[np.uint64], list[tuple[int, int, int]], NDArray[np.uint8]]:
    """The hashes of the words, (number, start, stop) of those too long for xxh3(), and the UTF-8 of all words
    that these are places in; nothing at all where a code point is not settled.
    """
    codes, forms, size = uncounted(codes), uncounted(forms), len(codes)
    last = np.uint32(len(forms) - 1)
    hashes, data = np.empty(size, np.uint64), np.empty(4 * size + 1, np.uint8)
    long = [(0, 0, 0) for _ in range(0)]
    count = at = stop = 0
    while at < size:
        form = _form_at(codes, at, forms, last)
        at += 1
        if _OTHER <= form < _ALONE:
            continue
        if form >= _UNSETTLED:
            return hashes[:0], long, data[:0]
        start = stop
        stop = _put(data, stop, form & _POINT)
        if form < _OTHER:
            at, stop = _run(codes, at, forms, last, data, stop)
            if at + 1 < size and _form_at(codes, at, forms, last) == _JOINS:
                form = _form_at(codes, at + 1, forms, last)
                if form < _OTHER:
                    stop = _put(data, _put(data, stop, np.uint32(_APOSTROPHE)), form)
                    at, stop = _run(codes, at + 2, forms, last, data, stop)
        if stop - start > LONGEST:
            long.append((count, start, stop))
        else:
            hashes[count] = xxh3(data, start, stop - start)
        count += 1
    return hashes[:count].copy(), long, data


@inlined
def _form_at(codes: NDArray[np.uint32], at: int, forms: NDArray[np.uint32], last: np.uint32) -> np.uint32:
    return forms[min(codes[np.uint64(at)], last)]  # type: ignore[no-any-return]


@inlined
def _run(
    codes: NDArray[np.uint32],
    at: int,
    forms: NDArray[np.uint32],
    last: np.uint32,
    data: NDArray[np.uint8],
    stop: int,
) -> tuple[int, int]:
    """Writes a run of letters: where it ends in the text, and in the data."""
    while at < len(codes):
        form = _form_at(codes, at, forms, last)
        if form >= _OTHER:
            break
        stop = _put(data, stop, form)
        at += 1
    return at, stop


@inlined
def _put(data: NDArray[np.uint8], stop: int, point: np.uint32) -> int:
    """Writes a code point in UTF-8 at `stop`: the place after it."""
    place = np.uint64(stop)
    if point < _ASCII:
        data[place] = point
        return stop + 1
    low = 0x80 | point & 0x3F
    if point < 0x800:
        data[place], data[place + np.uint64(1)] = 0xC0 | point >> 6, low
        return stop + 2
    middle = 0x80 | point >> 6 & 0x3F
    if point < _PLANE:
        data[place], data[place + np.uint64(1)] = 0xE0 | point >> 12, middle
        data[place + np.uint64(2)] = low
        return stop + 3
    data[place], data[place + np.uint64(1)] = 0xF0 | point >> 18, 0x80 | point >> 12 & 0x3F
    data[place + np.uint64(2)], data[place + np.uint64(3)] = middle, low
    return stop + 4
