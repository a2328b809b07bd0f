"""Windows: what a transformer reads of a document."""

from hypothesis import given
from hypothesis import strategies as st

from streams.tagging.tokens import tokenize
from streams.tagging.windows import CASES, LONGEST_WORD, case, windows

BEGIN, END = 1, 2


def letters(word: str) -> list[int]:
    """One subword a character."""
    return [ord(letter) for letter in word]


@given(st.text(max_size=300), st.integers(min_value=LONGEST_WORD + 2, max_value=40))
def test_every_token_but_line_breaks_is_in_one_window_that_fits(text: str, size: int) -> None:
    document = tokenize(text)
    cut = list(windows(document, letters, BEGIN, END, size))
    expected = [token for token, word in enumerate(document.words) if word[0] != "\n"]
    assert [token for window in cut for token in window.tokens] == expected
    for window in cut:
        assert len(window.ids) == len(window.cases) <= size
        assert (window.ids[0], window.ids[-1]) == (BEGIN, END)
        firsts = [window.ids[first] for first in window.firsts]
        assert firsts == [ord(document.words[token][0]) for token in window.tokens]


def test_a_sentence_that_does_not_fit_begins_a_window_of_its_own() -> None:
    document = tokenize("Ada left. Bo came.")
    first, second = windows(document, letters, BEGIN, END, 14)
    assert [document.words[token] for token in first.tokens] == ["Ada", "left", "."]
    assert [document.words[token] for token in second.tokens] == ["Bo", "came", "."]


def test_a_sentence_longer_than_a_window_is_cut_between_tokens() -> None:
    document = tokenize("one two three four")
    cut = [[document.words[token] for token in w.tokens] for w in windows(document, letters, BEGIN, END, 10)]
    assert cut == [["one", "two"], ["three"], ["four"]]


def test_only_the_beginning_of_a_long_word_is_read() -> None:
    (window,) = windows(tokenize("Donaudampfschiff"), letters, BEGIN, END)
    assert window.ids == [BEGIN, *letters("Donaud"), END]
    assert window.cases == [0, 2, *[CASES - 1] * 5, 0]


def test_cases_tell_spellings_apart() -> None:
    words = ["rome", "Rome", "I", "UN", "McKay", "iPhone", "1999", "3rd", ","]
    assert [case(word) for word in words] == [1, 2, 2, 3, 4, 6, 5, 1, 0]
