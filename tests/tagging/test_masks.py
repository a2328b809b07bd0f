"""Many code points looked at together: what a loop over them gives."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.code_points import codes_of
from streams.compiled import compiled
from streams.tagging.masks import SPAN, lowest, mask_of
from streams.tagging.values.runs import is_digit, is_letter

TEXTS = st.text(st.sampled_from("aZmz@[`{09/:. é\U00020000"), max_size=3 * SPAN) | st.text(max_size=3 * SPAN)


def bits(flags: list[bool]) -> int:
    return sum(flag << place for place, flag in enumerate(flags))


@compiled
def lowest_of(mask: np.uint64) -> int:
    return lowest(mask)  # type: ignore[no-any-return]


@given(TEXTS, st.integers(0, 3 * SPAN))
def test_letters_and_digits_are_those_of_the_loop(text: str, at: int) -> None:
    codes = codes_of(text)
    at = min(at, len(codes))
    span = codes[at : at + SPAN]
    letters = mask_of(codes, at, np.uint32(ord("a")), np.uint32(26), np.uint32(32))
    digits = mask_of(codes, at, np.uint32(ord("0")), np.uint32(10), np.uint32(0))
    assert int(letters) == bits([is_letter(code) for code in span])
    assert int(digits) == bits([is_digit(code) for code in span])


@given(st.integers(0, 2**64 - 1))
def test_the_lowest_bit_is_found(mask: int) -> None:
    assert lowest_of(np.uint64(mask)) == (f"{mask:064b}"[::-1].find("1") if mask else SPAN)
