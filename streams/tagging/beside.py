"""What stands beside a place's name: which of the expressions of qualifiers.py are worth trying there.

An expression is worth it where one of the words that begin the names of larger places stands in its reach.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined, uncounted
from streams.tagging.keys import BEGUN, ended, lengthened, word_key
from streams.tagging.letters import DIGIT, KNOWN, LETTER, OTHER_ALNUM
from streams.tagging.located import Words, lists_of

TYPE, AFTER, POSSESSIVE, DEMONYM = (1 << bit for bit in range(4))
"""What a place is ("state"); what opens "Paris, Texas"; an apostrophe; a capital."""
OF_TYPE, LAST, JOINING, AREA = (1 << bit for bit in range(4))
"""Lists of words: what says the type of a place; what stands between it and a demonym ("the French port city
of Calais"); what is in lower case before and within the names of areas; how these begin, up to the first
sign."""
REACH = 60
"""Characters looked at on each side of a name."""
_SPACE, _COMMA, _BRACKET, _I, _N, _HYPHEN, _UNDERSCORE = 32, 44, 40, 105, 110, 45, 95
_APOSTROPHES = (39, 0x2019)
_SIGNS = (_HYPHEN, 46, *_APOSTROPHES)
"""Within words."""
_POSSESSIVE_WORDS, _WORDS = 3, 5
"""Before the name, in which an apostrophe, an area's name has to be."""
_OTHERS = 3
"""Words between a demonym and the name, where the last one is in LAST."""


@compiled
def beside(
    codes: NDArray[np.uint32], bounds: NDArray[np.int32], kinds: NDArray[np.uint8], words: Words
) -> NDArray[np.uint8]:
    """For each span the expressions that may match.

    `bounds`: the spans' first characters, then their ends. `kinds`: bits of code points (letters.py).
    """
    codes, kinds, words = uncounted(codes), uncounted(kinds), uncounted(words)
    spans = len(bounds) // 2
    found = np.zeros(spans, np.uint8)
    for i in range(spans):
        start, end = bounds[i], bounds[spans + i]
        found[i] = _after(codes, end, kinds, words)
        if start > 0 and codes[start - 1] == _SPACE:
            found[i] |= _before(codes, start, kinds, words)
    return found


@inlined
def _after(codes: NDArray[np.uint32], end: int, kinds: NDArray[np.uint8], words: Words) -> int:
    size, at, signs = len(codes), end + 1, 0
    if at >= size:
        return 0
    if codes[end] == _SPACE:
        if lists_of(words, _key(codes, at, size, kinds)) & OF_TYPE:
            signs = TYPE
        if codes[at] == _BRACKET:
            at += 1
        elif codes[at] == _I and at + 1 < size and codes[at + 1] == _N:
            at += 2
        else:
            return signs
    elif codes[end] != _COMMA:
        return 0
    return signs | AFTER if _area_follows(codes, at, min(end + REACH, size), kinds, words) else signs


@inlined
def _area_follows(
    codes: NDArray[np.uint32], begin: int, limit: int, kinds: NDArray[np.uint8], words: Words
) -> bool:
    """Whether the words from here on, with single spaces and but one in lower case, hold how an area begins.
    It may begin inside a word: "inTexas"."""
    lower = 0
    for at in range(begin, limit):
        code, begins = codes[at], at == begin or codes[at - 1] == _SPACE
        if code == _SPACE:
            if at > begin and begins:
                return False
        elif 97 <= code <= 122:
            if begins and not lists_of(words, _key(codes, at, limit, kinds)) & JOINING:
                lower += 1
                if lower > 1:
                    return False
        elif _is_word(code, kinds):
            if lists_of(words, _key(codes, at, limit, kinds)) & AREA:
                return True
        elif code not in _SIGNS:
            return False
    return False


@inlined
def _before(codes: NDArray[np.uint32], start: int, kinds: NDArray[np.uint8], words: Words) -> int:
    """A space stands before the name."""
    signs, spaces, last, area = 0, 0, max(start - REACH, 0), False
    for at in range(start - 2, last - 1, -1):
        code = codes[at]
        if code == _SPACE:
            spaces += 1
            if spaces == 1:
                last = at + 1
            elif spaces == _WORDS:
                break
        elif code in _APOSTROPHES:
            if spaces < _POSSESSIVE_WORDS:
                signs |= POSSESSIVE
        elif _is_capital(code) and not area:
            area = lists_of(words, _key(codes, at, start - 1, kinds)) & AREA != 0
    if not area:
        return 0
    return signs | DEMONYM if _demonym_stands(codes, start, last, kinds, words) else signs


@inlined
def _demonym_stands(
    codes: NDArray[np.uint32], start: int, last: int, kinds: NDArray[np.uint8], words: Words
) -> bool:
    """Whether one of the two last words with capitals before the name, of which up to three others are after
    them, may begin an area's name. `last`: where the last word begins."""
    spaces, capital = 0, -1
    most = _OTHERS if lists_of(words, word_key(codes, last, start - 1)) & LAST else 1
    for at in range(start - 2, max(start - REACH, 0) - 1, -1):
        code = codes[at]
        if code == _SPACE:
            spaces += 1
            if spaces > (most if capital < 0 else capital + 1):
                return False
        elif _is_capital(code):
            capital = spaces if capital < 0 else capital
            if lists_of(words, _key(codes, at, start - 1, kinds)) & AREA:
                return True
        elif code != _HYPHEN and not 97 <= code <= 122:
            if code < KNOWN and not _is_word(code, kinds):
                return False
            capital = spaces if capital < 0 else capital
    return False


@inlined
def _is_capital(code: np.uint32) -> bool:
    return bool(65 <= code <= 90 or 0xC0 <= code <= 0xDE)


@inlined
def _key(codes: NDArray[np.uint32], at: int, limit: int, kinds: NDArray[np.uint8]) -> np.uint64:
    """Of the letters and digits from here on."""
    key = BEGUN
    while at < limit and _is_word(codes[at], kinds):
        key = lengthened(key, codes[at])
        at += 1
    return ended(key)


@inlined
def _is_word(code: np.uint32, kinds: NDArray[np.uint8]) -> bool:
    """As expressions have it, but for ideographs that no area's name has."""
    if code >= KNOWN:
        return False
    return kinds[code] & (LETTER | DIGIT | OTHER_ALNUM) != 0 or code == _UNDERSCORE  # type: ignore[no-any-return]
