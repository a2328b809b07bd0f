"""What each code point is to a tokenizer: letter, capital, digit, space; and its lower-case form."""

import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import inlined
from streams.kept import kept

LETTER, UPPER, LOWER, DIGIT, OTHER_ALNUM, SPACE, MARK = (1 << bit for bit in range(7))
WORD = LETTER | DIGIT | OTHER_ALNUM | MARK
"""What goes on with a word that has begun; a combining mark does not begin one."""
KNOWN = 0x20000
"""Code points below are looked up; above it lie ideographs, which are letters without case."""


class Letters(NamedTuple):
    """`kinds[c]`: bits of code point c; `lower[c]`: its lower case where that is one code point, else c."""

    kinds: NDArray[np.uint8]
    lower: NDArray[np.uint32]


@kept(Letters)
def letters() -> Letters:
    """The tables of this Python's Unicode version."""
    characters = [chr(code) for code in range(KNOWN)]
    kinds = np.zeros(KNOWN, np.uint8)
    lower = np.arange(KNOWN, dtype=np.uint32)
    for code, character in enumerate(characters):
        if character.isalpha():
            kinds[code] = LETTER | UPPER * character.isupper() | LOWER * character.islower()
            plain = character.lower()
            if plain != character and len(plain) == 1:
                lower[code] = ord(plain)
        elif character.isdecimal():
            kinds[code] = DIGIT
        elif character.isalnum():
            kinds[code] = OTHER_ALNUM
        elif character.isspace():
            kinds[code] = SPACE
        elif unicodedata.category(character)[0] == "M":
            kinds[code] = MARK
    return Letters(kinds, lower)


@inlined
def kind_of(code: np.uint32, letters: Letters) -> int:
    """The bits of any code point."""
    if code < KNOWN:
        return np.int64(letters.kinds[code])  # type: ignore[return-value]
    return LETTER


@inlined
def lower_of(code: np.uint32, letters: Letters) -> np.uint32:
    """The lower case of any code point."""
    if code < KNOWN:
        return letters.lower[code]  # type: ignore[no-any-return]
    return code
