"""What the kernels know of a character: its kind and its lower case, for the first 65,536 code points."""

import unicodedata
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from streams.compiled import record

SPACE, UPPER, LOWER, LETTER, ENDS, JOINED, DIVIDES, OF_ADDRESS = (1 << bit for bit in range(8))
"""Bits of a kind. LETTER: letter, digit or underscore; ENDS: ends a sentence, closing quotes and brackets
included; JOINED: of a script that puts no spaces between words; DIVIDES: stands between a menu's entries;
OF_ADDRESS: of an e-mail's or a page's."""

PLANE = 65_536  # code points that the tables hold; what lies above is looked up at its end
_ENDS = ".!?…\"”’')»。！？।؟۔」』;॥:"
_DIVIDES, _OF_ADDRESS = "|»›•·", "@/"
_JOINED_RANGES = (
    *((0x0E00, 0x0F00), (0x1000, 0x10A0), (0x1780, 0x1800)),  # Thai and Lao, Burmese, Khmer
    *((0x3040, 0x3100), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00)),  # kana, Chinese characters
)


class Characters(Protocol):
    """A record. kinds: uint8, lower: uint32, for each code point; the last entry stands for all above."""

    kinds: NDArray[np.uint8]
    lower: NDArray[np.uint32]


def text_of(codes: NDArray[np.uint32]) -> str:
    """The text of code points."""
    return codes.tobytes().decode("utf-32-le", "replace")


def _build() -> Characters:
    kinds = np.zeros(PLANE + 1, np.uint8)
    lower = np.arange(PLANE + 1, dtype=np.uint32)
    for code in range(PLANE):
        character = chr(code)
        if character.isalnum() or character == "_":
            kinds[code] = (
                LETTER | (UPPER if character.isupper() else 0) | (LOWER if character.islower() else 0)
            )
            small = character.lower()
            if len(small) == 1:
                lower[code] = ord(small)
        elif unicodedata.category(character)[0] == "M":
            kinds[code] = LETTER  # vowel signs and accents belong to the word they stand in
        elif character.isspace():
            kinds[code] = SPACE
    for bit, characters in ((ENDS, _ENDS), (DIVIDES, _DIVIDES), (OF_ADDRESS, _OF_ADDRESS)):
        for character in characters:
            kinds[ord(character)] |= bit
    for start, stop in _JOINED_RANGES:
        kinds[start:stop] |= JOINED
    kinds[PLANE] = LETTER | JOINED  # rare Chinese characters, and emoji, which no feature needs
    return cast(Characters, record(kinds=kinds, lower=lower))


CHARACTERS = _build()
