"""Texts as arrays of code points."""

from hypothesis import given
from hypothesis import strategies as st
from numba import typeof

from streams.code_points import codes_of

CHARACTERS = st.characters() | st.characters(categories=["Cs"]) | st.just("\0")


@given(st.text(CHARACTERS))
def test_a_text_is_its_code_points_lone_surrogates_and_zeros_included(text: str) -> None:
    assert codes_of(text).tolist() == [ord(character) for character in text]


def test_all_texts_are_one_kind_of_array_for_kernels() -> None:
    """Else each of them would be compiled twice."""
    kinds = {str(typeof(codes_of(text))) for text in ("", "a", "é", "\ud800", "😀")}  # type: ignore[no-untyped-call]
    assert len(kinds) == 1
    assert not codes_of("").flags.writeable
