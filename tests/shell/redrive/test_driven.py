"""Which offsets are done, kind by kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.shell.redrive.driven import Driven, unpack

KINDS = st.sampled_from(["clean/schema", "tag/timeout"])
STEPS = st.lists(st.tuples(st.sets(KINDS), st.integers(0, 30), st.integers(0, 12)), max_size=12)


@given(STEPS, st.integers(0, 20))
def test_it_knows_what_was_done_and_no_more_through_its_packed_form(
    steps: list[tuple[set[str], int, int]], begin: int
) -> None:
    driven, model = Driven(), set()
    for kinds, start, length in steps:
        driven.add(kinds, start, start + length)
        model |= {(kind, offset) for kind in kinds for offset in range(start, start + length)}
    again = unpack(driven.pack())
    again.trim(begin)
    for kind in ("clean/schema", "tag/timeout"):
        for offset in range(45):
            assert driven.covers(kind, offset) == ((kind, offset) in model)
            assert again.covers(kind, offset) == ((kind, offset) in model and offset >= begin)
    assert driven.end == max((offset + 1 for _, offset in model), default=0)


def test_neighbours_become_one() -> None:
    driven = Driven()
    driven.add(["a"], 0, 5)
    driven.add(["a"], 5, 9)
    assert driven.pack() == b'{"driven":{"a":[[0,9]]}}'


def test_letters_that_were_left_are_not_done() -> None:
    driven = Driven()
    driven.add(["a"], 0, 5, left=[0, 2, 3])
    assert [driven.covers("a", offset) for offset in range(6)] == [False, True, False, False, True, False]


@pytest.mark.parametrize("packed", [b"", b"[]", b"{}", b'{"driven": 3}', b'{"driven": {"a": [1]}}', b"\xff"])
def test_damage_is_an_error(packed: bytes) -> None:
    with pytest.raises(ValueError, match="how far letters were sent back"):
        unpack(packed)
