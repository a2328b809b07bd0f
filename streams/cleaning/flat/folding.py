"""Folding a whole text by one kernel: lower case, plain quotes and dashes, every number 0."""

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.shapes import LAST_IN_TABLE
from streams.cleaning.flat.sought import Searcher
from streams.compiled import compiled

PLAIN = dict(zip("‘’“”–—…‐‑", ("'", "'", '"', '"', "-", "-", "...", "-", "-"), strict=True))
_ELLIPSIS, _NOT_ONE = 0x110000, 0x110001  # no characters: three dots, and what is folded to several otherwise
_LAST_ASCII, _ZERO, _DOT = 127, ord("0"), ord(".")


def fold_all(text: str, codes: NDArray[np.uint32], searcher: Searcher) -> tuple[str, int] | None:
    """The folded text and the bits of the words that it holds; None where a character is not folded to one,
    as "ß" is not. `codes`: the text's code points.
    """
    dots = text.count("…") if "…" in text else 0  # to find none takes a tenth of counting them
    wide = np.empty(len(codes) + 2 * dots, np.uint32)
    narrow = np.empty(len(wide), np.uint8)
    length, ascii_, found = _fold(codes, _folded(), searcher, wide, narrow)
    if length < 0:
        return None
    out = str(narrow[:length].data, "ascii") if ascii_ else str(wide[:length].data, "utf-32-le")
    return out, found


@cache
def _folded() -> NDArray[np.uint32]:
    """What every character up to LAST_IN_TABLE is folded to; digits of all scripts are 0."""
    table = np.full(LAST_IN_TABLE + 1, _NOT_ONE, np.uint32)
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
    wide: NDArray[np.uint32],
    narrow: NDArray[np.uint8],
) -> tuple[int, bool, int]:
    """Writes the folded text, its ASCII characters into `narrow` as well; its length (-1: a character is not
    folded to one), whether all of it is ASCII, and the words in it.
    """
    columns, moves, all_found, shift = searcher
    place, bits = np.uint64(0), np.int64(0)
    length, highest, before = 0, np.uint32(0), np.uint32(0)
    for code in codes:
        if code > LAST_IN_TABLE:
            return -1, False, 0
        small = folded[code]
        if small >= _ELLIPSIS:
            if small == _NOT_ONE:
                return -1, False, 0
            small = np.uint32(_DOT)
            for _ in range(2):
                wide[length] = narrow[length] = small
                length += 1
                place = np.uint64(moves[place + np.uint64(columns[small])])
                bits |= all_found[place >> np.uint64(shift)]
        if small == _ZERO and before == _ZERO:
            continue
        wide[length], narrow[length] = small, small
        length += 1
        highest |= small
        before = small
        column = columns[small] if small <= _LAST_ASCII else np.uint8(0)
        place = np.uint64(moves[place + np.uint64(column)])
        bits |= all_found[place >> np.uint64(shift)]
    return length, bool(highest <= _LAST_ASCII), int(bits)
