"""Many numbers at once."""

from typing import Any

import numpy as np
import pytest

from streams.cleaning.lanes import SPAN, next_of
from streams.compiled import compiled


@compiled
def sought(codes: Any, position: int, one: Any, other: Any) -> int:
    return next_of(codes, position, one, other)


@pytest.mark.parametrize("kind", [np.uint8, np.uint32])
def test_the_next_of_two_is_found_wherever_it_stands(kind: type[np.unsignedinteger[Any]]) -> None:
    for size in range(2 * SPAN + 3):
        codes = np.full(size, 7, kind)
        for place in range(size):
            codes[place] = kind(60 + place % 2)
            for position in (0, place // 2, place, place + 1, size):
                expected = place if position <= place else size
                assert sought(codes, position, kind(60), kind(61)) == expected
            codes[place] = 7


def test_none_is_found_behind_the_end() -> None:
    assert sought(np.zeros(3, np.uint8), 5, np.uint8(0), np.uint8(0)) == 5
