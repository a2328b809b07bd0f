"""Tokens and where sentences begin."""

from hypothesis import given
from hypothesis import strategies as st

from streams.tagging.tokens import tokenize


@given(st.text())
def test_tokens_are_slices_of_the_text_in_order(text: str) -> None:
    document = tokenize(text)
    at = 0
    for word, start, end in zip(document.words, document.starts, document.ends, strict=True):
        assert text[start:end] == word
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


def test_a_possessive_is_a_token_of_its_own() -> None:
    assert tokenize("Keller’s and O’Brien's").words == ["Keller", "’s", "and", "O’Brien", "'s"]


def test_an_abbreviation_ends_no_sentence() -> None:
    document = tokenize("Mr. Keller left. He ran.")
    assert [word for i, word in enumerate(document.words) if document.opens(i)] == ["Mr", "He"]
