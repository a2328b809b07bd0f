"""What stands beside a place's name: which of the expressions of qualifiers.py are worth trying there."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.keys import holds, word_key

TYPE, AFTER, POSSESSIVE, DEMONYM = (1 << bit for bit in range(4))
"""A word that begins as "state" does; what opens "Paris, Texas"; an apostrophe; a capital."""
REACH = 60
"""Characters looked at on each side of a name."""
_SPACE, _COMMA, _BRACKET, _I, _N, _APOSTROPHE, _CURLY = 32, 44, 40, 105, 110, 39, 0x2019
_POSSESSIVE_WORDS, _DEMONYM_WORDS = 3, 2
"""Before the name, in which an apostrophe or a capital has to be."""


@compiled
def beside(
    codes: NDArray[np.uint32],
    bounds: NDArray[np.int32],
    types: NDArray[np.uint32],
    last_words: NDArray[np.uint64],
) -> NDArray[np.uint8]:
    """For each span the expressions that may match.

    `bounds`: the spans' first characters, then their ends. `types`: how words begin that say what a place
    is. `last_words`: sorted keys of the words between which and the name's demonym others may stand ("the
    French port city of Calais").
    """
    spans = len(bounds) // 2
    found = np.zeros(spans, np.uint8)
    for i in range(spans):
        start, end = bounds[i], bounds[spans + i]
        found[i] = _after(codes, end, types)
        if start > 0 and codes[start - 1] == _SPACE:
            found[i] |= _before(codes, start, last_words)
    return found


@compiled
def _after(codes: NDArray[np.uint32], end: int, types: NDArray[np.uint32]) -> int:
    size = len(codes)
    if end < size and codes[end] == _COMMA:
        return AFTER
    if end + 1 >= size or codes[end] != _SPACE:
        return 0
    code, signs = codes[end + 1], 0
    for begin in types:
        if code == begin:
            signs = TYPE
    if code == _BRACKET or (code == _I and end + 2 < size and codes[end + 2] == _N):
        signs |= AFTER
    return signs


@compiled
def _before(codes: NDArray[np.uint32], start: int, last_words: NDArray[np.uint64]) -> int:
    """A space stands before the name."""
    signs, spaces, last = 0, 0, max(start - REACH, 0)
    for at in range(start - 2, last - 1, -1):
        code = codes[at]
        if code == _SPACE:
            spaces += 1
            if spaces == 1:
                last = at + 1
            elif spaces == _POSSESSIVE_WORDS:
                break
        elif code in (_APOSTROPHE, _CURLY):
            signs |= POSSESSIVE
        elif spaces < _DEMONYM_WORDS and (65 <= code <= 90 or 0xC0 <= code <= 0xDE):
            signs |= DEMONYM
    if holds(last_words, word_key(codes, last, start - 1)):
        signs |= DEMONYM
    return signs
