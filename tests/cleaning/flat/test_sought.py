"""Words looked for all at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.flat.sought import MAX_WORDS, searcher, words_in

WORDS = ("he", "she", "his", "hers", "a b", "cookies", "ie", "she")


def found(text: str, words: tuple[str, ...] = WORDS) -> set[str]:
    bits = words_in(np.frombuffer(text.encode(), np.uint8), searcher(words))
    return {word for bit, word in enumerate(words) if bits >> bit & 1}


@given(st.text(alphabet="shera bcookiesé\n", max_size=200))
def test_those_words_are_found_that_a_text_holds(text: str) -> None:
    assert found(text) == {word for word in WORDS if word in text}


def test_a_word_that_ends_within_another_is_found_too() -> None:
    assert found("ushers") == {"she", "he", "hers"}


def test_as_many_words_as_bits_are_told_apart() -> None:
    words = tuple(f"w{nth:02}" for nth in range(MAX_WORDS))
    assert found("w62 w07", words) == {"w62", "w07"}
    with pytest.raises(ValueError, match="64 words, at most 63"):
        searcher((*words, "one more"))
