"""A whole text folded by one kernel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.flat.folding import fold_all
from streams.cleaning.flat.lexicon import fold, fold_lines
from streams.cleaning.flat.sought import searcher
from streams.code_points import codes_of

WORDS = searcher(["newsletter", "...", "x0"])


@given(st.text() | st.text(st.sampled_from("aÀß İ…’0١1٢ .\n😀ſ")))
def test_lines_are_folded_in_one_pass_as_each_is_alone(text: str) -> None:
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    assert fold_lines(text, codes_of(text))[0] == [fold(line) for line in lines]


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("our NEWSLETTER", 0b001),
        ("news…letter", 0b010),
        ("X 2020", 0),
        ("x12", 0b100),
        ("éxx٣٤", 0b100),
        ("newslétter", 0),
    ],
)
def test_words_are_found_on_the_way(text: str, bits: int) -> None:
    found = fold_all(text, codes_of(text), WORDS)
    assert found is not None
    assert found[1] == bits


@pytest.mark.parametrize("text", ["Straße", "😀", "\ud800"])
def test_what_is_not_folded_to_one_character_of_the_first_plane_is_left_to_python(text: str) -> None:
    assert fold_all(text, codes_of(text), WORDS) is None
