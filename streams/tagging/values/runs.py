"""Runs of ASCII digits and letters, for the kernel of the anchors."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined
from streams.tagging.masks import mask_of

_SEPARATORS = tuple(map(ord, ",."))
_ZERO, _DIGITS = np.uint32(48), np.uint32(10)
_LOWER_A, _LETTERS, _CASE = np.uint32(97), np.uint32(26), np.uint32(32)


@inlined
def letters_mask(codes: NDArray[np.uint32], at: int) -> np.uint64:
    """Which of the code points from `at` on, as many as a mask has bits, are letters."""
    return mask_of(codes, at, _LOWER_A, _LETTERS, _CASE)


@inlined
def digits_mask(codes: NDArray[np.uint32], at: int) -> np.uint64:
    return mask_of(codes, at, _ZERO, _DIGITS, np.uint32(0))


@compiled
def is_digit(code: np.uint32) -> bool:
    return bool(48 <= code <= 57)


@compiled
def is_letter(code: np.uint32) -> bool:
    return bool(97 <= (code | np.uint32(32)) <= 122 and code < 128)


@compiled
def letters_end(codes: NDArray[np.uint32], at: int) -> int:
    while at < len(codes) and is_letter(codes[at]):
        at += 1
    return at


@compiled
def run_end(codes: NDArray[np.uint32], at: int) -> int:
    """Where digits, with the separators between them, end: nothing within them begins a number."""
    at += 1
    while at < len(codes):
        if is_digit(codes[at]):
            at += 1
        elif codes[at] in _SEPARATORS and at + 1 < len(codes) and is_digit(codes[at + 1]):
            at += 2
        else:
            break
    return at
