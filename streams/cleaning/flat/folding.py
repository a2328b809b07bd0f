"""Folding a whole text by one kernel: lower case, plain quotes and dashes, every number 0."""

import unicodedata
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.shapes import LAST_IN_TABLE
from streams.cleaning.flat.sought import Searcher, words_in
from streams.compiled import compiled, uncounted

PLAIN = dict(zip("‘’“”–—…‐‑", ("'", "'", '"', '"', "-", "-", "...", "-", "-"), strict=True))
_ELLIPSIS, _NOT_ONE = 0x110000, 0x110001  # no characters: three dots, and what is folded to several otherwise
_ZERO, _DOT = ord("0"), ord(".")
# What a folded text is written as: most in ASCII, others when a first try has met a character beyond.
_KINDS: tuple[tuple[type[np.generic], int, str], ...] = (
    (np.uint8, 127, "ascii"),
    (np.uint32, LAST_IN_TABLE, "utf-32-le"),
)


def fold_all(text: str, codes: NDArray[np.uint32], searcher: Searcher) -> tuple[str, int] | None:
    """The folded text and the bits of the words that it holds; None where a character is not folded to one,
    as "ß" is not. `codes`: the text's code points.
    """
    dots = text.count("…") if "…" in text else 0  # to find none takes a tenth of counting them
    for kind, last, encoding in _KINDS:
        out = np.empty(len(codes) + 2 * dots, kind)
        length, found = _fold(codes, _folded(), searcher, out, last)
        if length >= 0:
            return str(out[:length].data, encoding), found
    return None


@cache
def _folded() -> NDArray[np.uint32]:
    """What every character up to LAST_IN_TABLE is folded to, and all above; digits of all scripts are 0."""
    table = np.full(LAST_IN_TABLE + 2, _NOT_ONE, np.uint32)
    for code in range(LAST_IN_TABLE + 1):
        folded = PLAIN.get(chr(code), chr(code)).casefold()
        if folded == "...":
            table[code] = _ELLIPSIS
        elif len(folded) == 1 and unicodedata.category(folded) != "Cs":
            table[code] = _ZERO if folded.isdecimal() else ord(folded)
    return table


@compiled
def _fold(
    codes: NDArray[np.uint32],
    folded: NDArray[np.uint32],
    searcher: Searcher,
    out: NDArray[Any],
    last: int,
) -> tuple[int, int]:
    """Writes the folded text: its length, -1 where a character is not folded to one up to `last`, and the
    words in it.
    """
    codes, folded, written = uncounted(codes), uncounted(folded), uncounted(out)
    length, before = 0, np.uint32(0)
    for code in codes:
        small = folded[min(code, np.uint32(LAST_IN_TABLE + 1))]
        if small > last:
            if small != _ELLIPSIS:
                return -1, 0
            small = np.uint32(_DOT)
            for _ in range(2):
                written[length] = small
                length += 1
        if small == _ZERO and before == _ZERO:
            continue
        written[length] = small
        length += 1
        before = small
    return length, words_in(out[:length], searcher)
